package signin

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/org"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func newService(t *testing.T) (*Service, *pg.DB) {
	t.Helper()
	db := pgtest.DB(t)
	orgs := org.New(db)
	home, err := orgs.First(t.Context(), "Home")
	if err != nil {
		t.Fatal(err)
	}
	return New(db, orgs, home), db
}

func link(t *testing.T, s *Service) string {
	t.Helper()
	token, err := s.NewLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTheFirstLinkMakesTheOwnerAndLaterOnesSignThemIn(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	token := link(t, s)
	if open, first, err := s.Look(t.Context(), token); err != nil || !open || !first {
		t.Fatalf("first look: open %t, first %t, %v", open, first, err)
	}
	owner, err := s.Use(t.Context(), token, " Mara Okafor ", "mara@example.org")
	if err != nil {
		t.Fatal(err)
	}
	actor, err := s.Actor(t.Context(), owner)
	if err != nil || actor.Name != "Mara Okafor" || actor.Role != "owner" || actor.OrgName != "Home" {
		t.Errorf("owner: got %+v, %v", actor, err)
	}
	second := link(t, s)
	if open, first, err := s.Look(t.Context(), second); err != nil || !open || first {
		t.Errorf("second look: open %t, first %t, %v", open, first, err)
	}
	if again, err := s.Use(t.Context(), second, "Someone Else", "else@example.org"); err != nil || again != owner {
		t.Errorf("second link: got %s, %v; want %s", again, err, owner)
	}
}

func TestALinkWorksOnceAndNotForever(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	token := link(t, s)
	if _, err := s.Use(t.Context(), token, "Mara", "mara@example.org"); err != nil {
		t.Fatal(err)
	}
	old := link(t, s)
	err := db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE signin_link SET expires_at = now() - interval '1 second' WHERE used_at IS NULL`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"spent": token, "old": old, "unknown": "x", "empty": ""} {
		if _, err := s.Use(t.Context(), bad, "Eve", "eve@example.org"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s link: got %v", name, err)
		}
		if open, _, err := s.Look(t.Context(), bad); err != nil || open {
			t.Errorf("%s link looks open: %t, %v", name, open, err)
		}
	}
}

func TestAWrongNameSpendsNoLink(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	token := link(t, s)
	for _, c := range [][2]string{{"", "a@example.org"}, {"Mara", "not an address"}, {"Mara", "Mara <m@example.org>"}, {strings.Repeat("x", 201), "a@example.org"}} {
		if _, err := s.Use(t.Context(), token, c[0], c[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q %q: got %v", c[0], c[1], err)
		}
	}
	if open, _, err := s.Look(t.Context(), token); err != nil || !open {
		t.Errorf("the link is spent: %t, %v", open, err)
	}
}

func TestTwoFirstLinksAtOnceMakeOneOwner(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	var wait sync.WaitGroup
	owners := make([]id.ID, 4)
	for i := range owners {
		token := link(t, s)
		wait.Go(func() {
			var err error
			if owners[i], err = s.Use(t.Context(), token, "Mara", "mara@example.org"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, o := range owners[1:] {
		if o != owners[0] {
			t.Errorf("owners: got %v", owners)
		}
	}
}

func TestASessionIsKnownByItsCookieUntilItEnds(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	owner, err := s.Use(t.Context(), link(t, s), "Mara", "mara@example.org")
	if err != nil {
		t.Fatal(err)
	}
	sessions := NewSessions(s, db.System, false)
	defer sessions.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /in", func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.SignIn(r.Context(), owner); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /out", func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.SignOut(r.Context()); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		a, _ := access.From(r.Context())
		_, _ = w.Write([]byte(a.Name))
	})
	server := httptest.NewServer(sessions.Middleware(mux))
	defer server.Close()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	who := func() string {
		resp, err := client.Get(server.URL + "/who")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var name [100]byte
		n, _ := resp.Body.Read(name[:])
		return string(name[:n])
	}
	post := func(path string) *http.Response {
		resp, err := client.Post(server.URL+path, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	if got := who(); got != "" {
		t.Errorf("before signing in: got %q", got)
	}
	cookie := post("/in").Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("cookie: got %+v", cookie)
	}
	if got := who(); got != "Mara" {
		t.Errorf("signed in: got %q", got)
	}
	var stored string
	err = db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT token FROM sessions`).Scan(&stored)
	})
	if err != nil || stored == cookie.Value {
		t.Errorf("the database holds the cookie's own value: %v", err)
	}
	post("/out")
	if got := who(); got != "" {
		t.Errorf("after signing out: got %q", got)
	}
}

func TestOverHTTPSTheCookieIsBoundToTheHost(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	sessions := NewSessions(s, db.System, true)
	defer sessions.Close()
	w := httptest.NewRecorder()
	sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := sessions.SignIn(r.Context(), id.New()); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	c := w.Result().Cookies()[0]
	if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie: got %+v", c)
	}
}
