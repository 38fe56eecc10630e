// Package providertest holds the cases that every provider adapter has to pass,
// played by a scripted server in the adapter's own wire format.
package providertest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/provider"
)

// Key is the key that the suite uses. No error may show it.
const Key = "sk-suite-0123456789abcdef"

// Wire is a provider's format, as far as a scripted server needs it. Each
// function returns bytes as they go over the line, event framing included.
type Wire struct {
	Delta   func(text string) string                // a streamed piece of text
	Finish  func(reason string) string              // the end of a streamed text
	Usage   func(in, out, cached int) string        // a streamed count of tokens
	Done    string                                  // the end of a stream
	Broken  func(code, text string) string          // an error inside a stream
	Whole   func(text string, in, out int) string   // an answer in one piece
	Failure func(code, text string) string          // the body of an error answer
	Models  func(names ...string) string            // the list of models
	Allowed func(r *http.Request, key string) bool  // whether r carries the key as it should
	Check   func(t *testing.T, body map[string]any) // looks at what the adapter sent for Ask
}

// Ask returns the request that the suite's cases send.
func Ask() provider.Request {
	warm, seed := 0.5, int64(7)
	return provider.Request{
		Model:       "some-model",
		Messages:    []provider.Message{{Role: provider.System, Content: "Be brief."}, {Role: provider.User, Content: "Say hello."}},
		Temperature: &warm, MaxTokens: 64, Seed: &seed,
	}
}

// Run puts adapter through every case. It has to be made for the suite with
// waiting times of a second or two, and with a text limit between 6 and 16 MB.
func Run(t *testing.T, adapter provider.Adapter, w Wire) {
	t.Helper()
	s := suite{adapter: adapter, wire: w}
	t.Run("answers", s.answers)
	t.Run("failures", s.failures)
	t.Run("statuses", s.statuses)
	t.Run("waiting", s.waiting)
	t.Run("request", s.request)
	t.Run("models", s.models)
	t.Run("size", s.size)
	t.Run("addresses", s.addresses)
	t.Run("giving up", s.givingUp)
}

type suite struct {
	adapter provider.Adapter
	wire    Wire
}

// outcome is what one request came to.
type outcome struct {
	provider.Response
	err    *provider.Error
	deltas []string
}

// ask plays script to the adapter once.
func (s suite) ask(t *testing.T, script http.HandlerFunc) outcome {
	t.Helper()
	srv := httptest.NewServer(script)
	defer srv.Close()
	return s.askAt(t, t.Context(), provider.Endpoint{BaseURL: srv.URL + "/v1", Key: Key, Timeout: 20 * time.Second})
}

func (s suite) askAt(t *testing.T, ctx context.Context, to provider.Endpoint) outcome {
	t.Helper()
	var got outcome
	var err error
	got.Response, err = s.adapter.Complete(ctx, to, Ask(), func(d string) { got.deltas = append(got.deltas, d) })
	got.err = typed(t, err)
	if joined := strings.Join(got.deltas, ""); joined != got.Text {
		t.Errorf("the pieces do not make up the text: got %d bytes, want %d", len(joined), len(got.Text))
	}
	return got
}

// typed holds an error to what every one of them has to keep to.
func typed(t *testing.T, err error) *provider.Error {
	t.Helper()
	if err == nil {
		return nil
	}
	e, ok := err.(*provider.Error)
	if !ok {
		t.Fatalf("error: got a %T, want a *provider.Error: %v", err, err)
	}
	if strings.Contains(e.Error(), Key) {
		t.Errorf("the error shows the key: %v", e)
	}
	if n := len([]rune(e.Message)); n == 0 || n > 500 {
		t.Errorf("message: got %d characters, want 1 to 500", n)
	}
	if strings.ContainsAny(e.Error(), "\r\n\x1b") {
		t.Errorf("the error is not one clean line: %q", e.Error())
	}
	return e
}

// stream returns a script that sends events one by one.
func stream(kind string, events ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		for _, e := range events {
			_, _ = w.Write([]byte(e))
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// reply returns a script that sends one body.
func reply(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// hang keeps the line open without a word until the client leaves, which a
// server notices only when it has read the request.
func hang(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}
