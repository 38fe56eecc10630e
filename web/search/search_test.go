package search

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
)

// fake holds a few of everything and notes whether the bank was opened.
type fake struct{ opened bool }

func (f *fake) Get(_ context.Context, q board.Filter) (board.Board, error) {
	b := board.Board{Filter: q}
	if q.Simulated {
		b.Entries = []board.Entry{{Model: id.ID{1}, Title: "Puppet Ore", Provider: "Assay"}}
		return b, nil
	}
	b.Entries = []board.Entry{{Model: id.ID{2}, Title: "Iron ore 7B", Provider: "Mine"}, {Model: id.ID{3}, Title: "Ore Large", Provider: "Mine"},
		{Model: id.ID{4}, Title: `<script>alert("x")</script>`, Provider: "Evil"}}
	return b, nil
}

func (f *fake) List(_ context.Context, _ *id.ID, n int) ([]bench.Run, error) {
	var list []bench.Run
	for i := range 25 {
		list = append(list, bench.Run{ID: id.ID{5, byte(i)}, Name: fmt.Sprintf("Nightly %d", i), SuiteName: "Basics", State: bench.Completed})
	}
	return list[:min(n, len(list))], nil
}

type bank struct{ *fake }

func (b bank) Suites(context.Context) ([]problem.Suite, error) {
	b.opened = true
	return []problem.Suite{{ID: id.ID{6}, Name: "Oresmith", Problems: 1}}, nil
}

func (b bank) List(context.Context, id.ID) ([]problem.Problem, error) {
	return []problem.Problem{{ID: id.ID{7}, Suite: id.ID{6}, Name: "Basics/7", EntryPoint: "smelt_ore"}}, nil
}

func get(t *testing.T, f *fake, query string, actor *access.Actor) *html.Node {
	t.Helper()
	router := chi.NewRouter()
	New(&shell.Site{Asset: func(name string) string { return "/static/" + name }}, f, f, bank{f}).Routes(router)
	r := httptest.NewRequest(http.MethodGet, "/search?"+url.Values{"q": {query}}.Encode(), nil)
	if actor != nil {
		r = r.WithContext(access.With(r.Context(), *actor))
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%q: got %d", query, w.Code)
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func all(n *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// found lists titles by group: "Models: a, b".
func found(doc *html.Node) (list []string) {
	for _, g := range all(doc, "main section") {
		var titles []string
		for _, a := range all(g, "th a") {
			titles = append(titles, text(a))
		}
		list = append(list, text(all(g, "h2")[0])+": "+strings.Join(titles, ", "))
	}
	return list
}

func TestASearchFindsWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	owner := &access.Actor{Role: "owner", Org: id.ID{8}}
	for name, c := range map[string]struct {
		query string
		actor *access.Actor
		want  []string
	}{
		"a visitor":              {"ORE", nil, []string{"Models: Ore Large, Iron ore 7B, Puppet Ore"}},
		"an owner":               {"ore", owner, []string{"Models: Ore Large, Iron ore 7B, Puppet Ore", "Suites: Oresmith", "Problems: Basics/7"}},
		"a member without right": {"ore", &access.Actor{Role: "guest", Org: id.ID{8}}, []string{"Models: Ore Large, Iron ore 7B, Puppet Ore"}},
		"every word counts":      {" mine   large ", nil, []string{"Models: Ore Large"}},
		"a run by its number":    {"nightly 24", nil, []string{"Runs: Nightly 24"}},
		"nothing":                {"gold", owner, nil},
		"no query":               {"  ", owner, nil},
	} {
		f := &fake{}
		if got := found(get(t, f, c.query, c.actor)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if f.opened && (c.actor == nil || c.actor.Role == "guest") {
			t.Errorf("%s: the bank was opened", name)
		}
	}
}

func TestHitsLeadToTheirPages(t *testing.T) {
	t.Parallel()
	doc := get(t, &fake{}, "ore", &access.Actor{Role: "owner", Org: id.ID{8}})
	var got []string
	for _, a := range all(doc, "main th a") {
		for _, at := range a.Attr {
			got = append(got, at.Val)
		}
	}
	want := []string{"/models/" + id.ID{3}.String(), "/models/" + id.ID{2}.String(), "/models/" + id.ID{1}.String(), "/problems/suites/" + id.ID{6}.String(), "/problems/" + id.ID{7}.String()}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASearchSaysWhatItDidNotFind(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{"": "Type part of the name", "gold": "Nothing found for “gold”."} {
		doc := get(t, &fake{}, query, nil)
		if got := text(all(doc, ".lead")[0]); !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %q", query, got)
		}
		if got := len(all(doc, ".empty")); got != len(query)/4 {
			t.Errorf("%q: got %d empty states", query, got)
		}
	}
}

func TestALongListIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	doc := get(t, &fake{}, "nightly", nil)
	if got := len(all(doc, "tbody tr")); got != most {
		t.Errorf("got %d runs, want %d", got, most)
	}
	if got := text(all(doc, "main section p")[0]); !strings.HasPrefix(got, "The first 20 of 25.") {
		t.Errorf("got %q", got)
	}
}

func TestQueriesAndTitlesStayText(t *testing.T) {
	t.Parallel()
	for _, query := range []string{`<script>`, `"><img src=x onerror=alert(1)>`, strings.Repeat("ü", 500), "\xff\x00"} {
		doc := get(t, &fake{}, query, nil)
		if n := len(all(doc, "main script, main img, main [onerror]")); n > 0 {
			t.Errorf("%q: %d elements came out of text", query, n)
		}
	}
	doc := get(t, &fake{}, "script", nil)
	if got := found(doc); !slices.Equal(got, []string{`Models: <script>alert("x")</script>`}) {
		t.Errorf("got %q", got)
	}
	if got := len([]rune(clean(strings.Repeat("ü ", 500)))); got > mostText {
		t.Errorf("a query of %d letters is kept", got)
	}
}
