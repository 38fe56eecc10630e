package providertest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/provider"
)

func (s suite) request(t *testing.T) {
	t.Parallel()
	w := s.wire
	var sent map[string]any
	allowed := false
	got := s.ask(t, func(rw http.ResponseWriter, r *http.Request) {
		allowed = w.Allowed(r, Key)
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			t.Errorf("the request is no JSON: %v", err)
		}
		stream(sse, w.Delta("Hello"), w.Finish("stop"), w.Done)(rw, r)
	})
	if got.err != nil || !allowed {
		t.Fatalf("got %v, the key in its place: %v", got.err, allowed)
	}
	w.Check(t, sent)
}

// addresses looks at bases that cannot be used, and at those that merely look
// unusual.
func (s suite) addresses(t *testing.T) {
	srv := httptest.NewServer(stream(sse, s.wire.Delta("Hello"), s.wire.Finish("stop"), s.wire.Done))
	t.Cleanup(srv.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, c := range map[string]struct {
		to        provider.Endpoint
		code      string
		retryable bool
	}{
		"a slash at the end":       {provider.Endpoint{BaseURL: srv.URL + "/v1/"}, "", false},
		"spaces around":            {provider.Endpoint{BaseURL: " " + srv.URL + "/v1\n"}, "", false},
		"nothing":                  {provider.Endpoint{}, provider.Misaddressed, false},
		"no scheme":                {provider.Endpoint{BaseURL: "api.example.com/v1"}, provider.Misaddressed, false},
		"a file":                   {provider.Endpoint{BaseURL: "file:///etc/passwd"}, provider.Misaddressed, false},
		"no host":                  {provider.Endpoint{BaseURL: "http:///v1"}, provider.Misaddressed, false},
		"a password":               {provider.Endpoint{BaseURL: strings.Replace(srv.URL, "//", "//me:"+Key+"@", 1)}, provider.Misaddressed, false},
		"no URL":                   {provider.Endpoint{BaseURL: "http://[::1/" + Key}, provider.Misaddressed, false},
		"a key with a line break":  {provider.Endpoint{BaseURL: srv.URL, Key: Key + "\nX-Evil: 1"}, provider.Misaddressed, false},
		"nobody listens":           {provider.Endpoint{BaseURL: closed.URL, Key: Key}, provider.Unreachable, true},
		"a name that is no host's": {provider.Endpoint{BaseURL: "http://nowhere.invalid/v1", Key: Key}, provider.Unreachable, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.to.Timeout = 20 * time.Second
			got := s.askAt(t, t.Context(), c.to)
			switch {
			case c.code == "" && got.err != nil:
				t.Errorf("error: %v", got.err)
			case c.code != "" && (got.err == nil || got.err.Code != c.code || got.err.Retryable != c.retryable):
				t.Errorf("error: got %v, want %s, retryable %v", got.err, c.code, c.retryable)
			}
		})
	}
}

func (s suite) models(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   []string
		code   string
	}{
		"a list, sorted and without doubles": {200, s.wire.Models("b", "a", "b", "", strings.Repeat("x", 201)), []string{"a", "b"}, ""},
		"an empty list":                      {200, s.wire.Models(), []string{}, ""},
		"something else":                     {200, `{"hello": 1}`, nil, provider.Garbled},
		"a page":                             {200, "<html>", nil, provider.Garbled},
		"a refusal":                          {401, s.wire.Failure("invalid_api_key", "not "+Key), nil, "invalid_api_key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(reply(c.status, "application/json", c.body))
			defer srv.Close()
			names, err := s.adapter.Models(t.Context(), provider.Endpoint{BaseURL: srv.URL, Key: Key, Timeout: 20 * time.Second})
			e := typed(t, err)
			if (e == nil) != (c.code == "") || e != nil && e.Code != c.code {
				t.Fatalf("error: got %v, want %q", e, c.code)
			}
			if !slices.Equal(names, c.want) {
				t.Errorf("names: got %q, want %q", names, c.want)
			}
		})
	}
}
