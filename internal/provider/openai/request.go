package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-bench/assay/internal/provider"
)

type chatRequest struct {
	Model               string             `json:"model"`
	Messages            []provider.Message `json:"messages"`
	Temperature         *float64           `json:"temperature,omitempty"`
	MaxTokens           int                `json:"max_tokens,omitempty"`
	MaxCompletionTokens int                `json:"max_completion_tokens,omitempty"`
	Seed                *int64             `json:"seed,omitempty"`
	Stream              bool               `json:"stream"`
	StreamOptions       struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

func wire(to provider.Endpoint, req provider.Request) chatRequest {
	w := chatRequest{Model: req.Model, Messages: req.Messages, Temperature: req.Temperature, Seed: req.Seed, Stream: true}
	w.StreamOptions.IncludeUsage = true
	// OpenAI's own newer models refuse max_tokens, and many other servers do not
	// know its successor.
	if successor(to.BaseURL) {
		w.MaxCompletionTokens = req.MaxTokens
	} else {
		w.MaxTokens = req.MaxTokens
	}
	return w
}

func successor(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "api.openai.com" || strings.HasSuffix(host, ".openai.azure.com")
}

// request builds the HTTP request; body is sent as JSON unless it is nil.
func request(ctx context.Context, to provider.Endpoint, method, path string, body any) (*http.Request, error) {
	u, err := url.Parse(strings.TrimSpace(to.BaseURL))
	switch {
	case err != nil:
		return nil, misaddressed("the base URL cannot be read", nil)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, misaddressed("the base URL must begin with http:// or https:// and name a host", nil)
	case u.User != nil:
		return nil, misaddressed("the base URL must not hold a user name or password", nil)
	case strings.ContainsFunc(to.Key, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return nil, misaddressed("the key holds a space or a line break", nil)
	}
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, misaddressed("the request cannot be written as JSON", err)
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, u.JoinPath(path).String(), content)
	if err != nil {
		return nil, misaddressed("the request cannot be built", nil)
	}
	r.Header.Set("Accept", "text/event-stream, application/json")
	r.Header.Set("User-Agent", "assay")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if to.Key != "" {
		r.Header.Set("Authorization", "Bearer "+to.Key)
	}
	return r, nil
}

func misaddressed(text string, err error) error {
	return &provider.Error{Code: provider.Misaddressed, Message: text, Err: err}
}

// Models reads the list of models; names that are empty or over 200 bytes are
// left out.
func (c *Client) Models(ctx context.Context, to provider.Endpoint) ([]string, error) {
	call, err := c.open(ctx, to, http.MethodGet, "models", nil)
	if err != nil {
		return nil, err
	}
	defer call.close()
	raw, err := call.whole(maxModels)
	if err != nil {
		return nil, err
	}
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &list); err != nil || list.Data == nil {
		return nil, call.garbled(raw)
	}
	names := make([]string, 0, len(list.Data))
	for _, m := range list.Data {
		if m.ID != "" && len(m.ID) <= 200 {
			names = append(names, clean(m.ID))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
