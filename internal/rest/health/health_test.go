package health

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/assay-bench/assay/internal/pg/pgtest"
	"github.com/assay-bench/assay/internal/provider"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// field is a set of providers of which some answer.
type field map[string]error

func (f field) Endpoints(context.Context) ([]provider.Target, error) {
	var list []provider.Target
	for name := range f {
		list = append(list, provider.Target{Model: provider.Model{Provider: name}})
	}
	return list, nil
}

func (f field) Reach(_ context.Context, t provider.Target) error { return f[t.Model.Provider] }

func TestHealthIsThatOfTheDatabaseAndOfAnyProvider(t *testing.T) {
	t.Parallel()
	away := errors.New("no route")
	for name, c := range map[string]struct {
		providers field
		looked    bool
		broken    bool
		status    int
		active    int
	}{
		"all is well":        {field{"a": nil}, true, false, 200, 1},
		"one of two answers": {field{"a": nil, "b": away}, true, false, 200, 1},
		"none answers":       {field{"a": away}, true, false, 503, 0},
		"none is connected":  {field{}, true, false, 503, 0},
		"not asked yet":      {field{"a": nil}, false, false, 200, 0},
		"no database":        {field{"a": nil}, true, true, 503, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.DB(t)
			s := New(db, c.providers, c.providers, "1.2.3")
			if c.looked {
				s.look(t.Context())
			}
			if c.broken {
				db.System.Close()
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", "/api/health", nil))
			var got answer
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || got.Providers != c.active || got.Version != "1.2.3" || (got.Status == "healthy") != (c.status == 200) {
				t.Errorf("got %d %+v", w.Code, got)
			}
		})
	}
}
