package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/signin"
)

// served is an Assay with its pages, and what they answer.
func served(t *testing.T) (http.Handler, *App) {
	t.Helper()
	a := working(t)
	sessions := signin.NewSessions(a.signin, a.storage.db.System, false)
	t.Cleanup(sessions.Close)
	h, err := a.handler(sessions)
	if err != nil {
		t.Fatal(err)
	}
	return h, a
}

func ask(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(""))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAVisitorMayReadAndNothingElse(t *testing.T) {
	t.Parallel()
	h, _ := served(t)
	absent := id.New().String()
	open := []string{"/", "/leaderboard", "/leaderboard.csv", "/leaderboard.json", "/runs", "/methodology", "/search", "/gallery/", "/sign-in", "/api/health", "/api/v1/health", "/api/v1/events"}
	for _, path := range open {
		if got := ask(h, "GET", path).Code; got != 200 && got != 302 && got != 503 {
			t.Errorf("GET %s: got %d", path, got)
		}
	}
	err := chi.Walk(h.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		path := strings.NewReplacer("{id}", absent, "{token}", "x", "/*", "/x").Replace(route)
		if method == http.MethodGet || path == "/theme" || path == "/sign-out" {
			return nil
		}
		if got := ask(h, method, path).Code; got < 400 {
			t.Errorf("%s %s by a visitor: got %d", method, path, got)
		}
		if got := ask(h, method, path, "Sec-Fetch-Site", "cross-site").Code; got != http.StatusForbidden && method != http.MethodHead {
			t.Errorf("%s %s from another site: got %d", method, path, got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryPageCarriesThePolicyThatKeepsItSafe(t *testing.T) {
	t.Parallel()
	h, _ := served(t)
	for _, path := range []string{"/leaderboard", "/no/such/page", "/sign-in"} {
		w := ask(h, "GET", path)
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
	}
}

func TestWhatIsNotThereAndWhatIsSomebodyElsesLookTheSame(t *testing.T) {
	t.Parallel()
	h, _ := served(t)
	for _, path := range []string{"/runs/", "/attempts/", "/models/"} {
		for _, name := range []string{id.New().String(), "x", "00000000-0000-0000-0000-000000000000"} {
			if got := ask(h, "GET", path+name).Code; got != http.StatusNotFound {
				t.Errorf("GET %s%s: got %d", path, name, got)
			}
		}
	}
}

func TestProgramsGetProblemsAsJSON(t *testing.T) {
	t.Parallel()
	h, _ := served(t)
	w := ask(h, "GET", "/api/v1/events?run=x")
	if w.Code != 422 || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"detail"`) {
		t.Errorf("got %d, %s, %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
}
