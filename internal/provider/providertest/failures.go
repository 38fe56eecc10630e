package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/provider"
)

func (s suite) failures(t *testing.T) {
	w := s.wire
	long := strings.Repeat("é\x1b[31m\n", 2000)
	for name, c := range map[string]struct {
		script    http.HandlerFunc
		code      string
		text      string // what had arrived by then
		retryable bool
	}{
		"a stream that ends early":           {stream(sse, w.Delta("Hel")), provider.Cut, "Hel", true},
		"a stream that ends inside an event": {stream(sse, w.Delta("Hel"), "data: {\"choi"), provider.Cut, "Hel", true},
		"a connection that breaks":           {broken(w.Delta("Hel")), provider.Cut, "Hel", true},
		"a connection that breaks at once":   {broken(""), "", "", true},
		"an empty body":                      {reply(200, sse, ""), provider.Cut, "", true},
		"no content":                         {reply(204, "", ""), provider.Cut, "", true},
		"only the end of a stream":           {stream(sse, w.Done), provider.Garbled, "", true},
		"garbage in a stream":                {stream(sse, w.Delta("Hel"), "data: {oops\n\n", w.Delta("lo"), w.Done), provider.Garbled, "Hel", true},
		"garbage that shows the key":         {stream(sse, "data: "+Key+"\n\n", w.Done), provider.Garbled, "", true},
		"garbage instead of JSON":            {reply(200, "application/json", "{\"choices\": [oops"), provider.Garbled, "", true},
		"JSON of something else":             {reply(200, "application/json", "{\"hello\": 1}"), provider.Garbled, "", true},
		"a page of HTML":                     {reply(200, "text/html", "<html><body>Sign in to the proxy</body></html>"), provider.Garbled, "", true},
		"prose":                              {reply(200, "text/plain", "it works!"), provider.Cut, "", true},
		"an error inside a stream":           {stream(sse, w.Delta("Hel"), w.Broken("server_error", "overloaded "+long)), "server_error", "Hel", true},
		"a final error inside a stream":      {stream(sse, w.Broken("invalid_request_error", "no such thing")), "invalid_request_error", "", false},
		"an error with status 200":           {reply(200, "application/json", w.Failure("server_error", "try again with "+Key)), "server_error", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, c.script)
			switch {
			case got.err == nil:
				t.Fatalf("got the answer %q, want an error", got.Text)
			case c.code != "" && got.err.Code != c.code, got.err.Retryable != c.retryable:
				t.Errorf("error: got %s, retryable %v; want %s, %v: %v", got.err.Code, got.err.Retryable, c.code, c.retryable, got.err)
			case got.Text != c.text:
				t.Errorf("what arrived: got %q, want %q", got.Text, c.text)
			}
		})
	}
}

// broken sends text and resets the connection.
func broken(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if text != "" {
			_, _ = w.Write([]byte(text))
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

func (s suite) statuses(t *testing.T) {
	said := "The key " + Key + " will not do."
	for status, retryable := range map[int]bool{
		400: false, 401: false, 402: false, 403: false, 404: false, 413: false, 422: false,
		408: true, 409: true, 425: true, 429: true, 500: true, 502: true, 503: true, 504: true, 529: true,
	} {
		for name, body := range map[string]string{
			"its own format":   s.wire.Failure("some_code", said),
			"a bare string":    fmt.Sprintf(`{"error": %q}`, said),
			"a detail":         fmt.Sprintf(`{"detail": [{"msg": %q}]}`, said),
			"a list of errors": fmt.Sprintf(`[{"error": {"code": %d, "message": %q}}]`, status, said),
			"a page of HTML":   "<html>\n<body>" + said + "</body>",
		} {
			t.Run(fmt.Sprintf("%d in %s", status, name), func(t *testing.T) {
				t.Parallel()
				got := s.ask(t, reply(status, "application/json", body))
				if got.err == nil || got.err.Status != status || got.err.Retryable != retryable {
					t.Fatalf("got %#v, want status %d, retryable %v", got.err, status, retryable)
				}
				if !strings.Contains(got.err.Message, "will not do.") {
					t.Errorf("message: got %q, want what the provider said", got.err.Message)
				}
			})
		}
	}
	t.Run("an empty body", func(t *testing.T) {
		t.Parallel()
		if got := s.ask(t, reply(503, "", "")); got.err == nil || got.err.Message != "Service Unavailable" {
			t.Errorf("got %v, want the name of the status", got.err)
		}
	})
	t.Run("a redirect is not followed", func(t *testing.T) {
		t.Parallel()
		asked := 0
		got := s.ask(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			http.Redirect(w, r, "/v2/elsewhere", http.StatusTemporaryRedirect)
		})
		if got.err == nil || got.err.Code != provider.Redirected || got.err.Retryable || asked != 1 {
			t.Errorf("got %v after %d requests, want %s after 1", got.err, asked, provider.Redirected)
		}
	})
}

func (s suite) waiting(t *testing.T) {
	date := time.Date(2031, 5, 4, 3, 2, 1, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0.5": 500 * time.Millisecond, "0": 0, "-3": 0, "soon": 0, "": 0, "NaN": 0,
		"1e300": 24 * time.Hour,
		date.Add(time.Minute).Format(http.TimeFormat): time.Minute,
		date.Add(-time.Hour).Format(http.TimeFormat):  0,
	} {
		t.Run("asked to wait "+said, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", said)
				w.Header().Set("Date", date.Format(http.TimeFormat))
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = w.Write([]byte(s.wire.Failure("rate_limit_exceeded", "slow down")))
			})
			if got.err == nil || got.err.RetryAfter != want || !got.err.Retryable {
				t.Errorf("got %#v, want a wait of %v", got.err, want)
			}
		})
	}
}

// givingUp looks at servers that say nothing and at callers who leave.
func (s suite) givingUp(t *testing.T) {
	silent := func(before string) *httptest.Server {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if before != "" {
				_, _ = w.Write([]byte(before))
				_ = http.NewResponseController(w).Flush()
			}
			hang(r)
		}))
		t.Cleanup(srv.Close)
		return srv
	}
	for name, before := range map[string]string{"without a word": "", "after the first words": s.wire.Delta("Hel")} {
		t.Run("a server that falls silent "+name, func(t *testing.T) {
			t.Parallel()
			got := s.askAt(t, t.Context(), provider.Endpoint{BaseURL: silent(before).URL, Timeout: time.Minute})
			if got.err == nil || got.err.Code != provider.Silent || !got.err.Retryable {
				t.Errorf("got %v, want %s", got.err, provider.Silent)
			}
		})
	}
	t.Run("a server that only keeps the line alive", func(t *testing.T) {
		t.Parallel()
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for err := error(nil); err == nil && r.Context().Err() == nil; {
				_, err = w.Write([]byte(": wait\n\n"))
			}
		}))
		defer srv.Close()
		got := s.askAt(t, t.Context(), provider.Endpoint{BaseURL: srv.URL, Timeout: 200 * time.Millisecond})
		if got.err == nil || got.err.Code != provider.Overdue || !got.err.Retryable || !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %s", got.err, provider.Overdue)
		}
	})
	t.Run("a caller who leaves", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			cancel()
			hang(r)
		}))
		defer srv.Close()
		got := s.askAt(t, ctx, provider.Endpoint{BaseURL: srv.URL, Timeout: time.Minute})
		if got.err == nil || got.err.Code != provider.Cancelled || got.err.Retryable || !errors.Is(got.err, context.Canceled) {
			t.Errorf("got %v, want %s", got.err, provider.Cancelled)
		}
	})
}
