package methodology

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/shell"
)

func TestTheExamplesShowWhatTheySay(t *testing.T) {
	t.Parallel()
	p := Build()
	r := p.Rate
	if r.Rate.Problems != 8 || r.Rate.Samples != 40 || !(r.Rate.Effective > 8 && r.Rate.Effective < 40) {
		t.Errorf("effective n: got %+v, want it between problems and attempts", r.Rate)
	}
	if !(r.Naive.Width() < r.Rate.Interval.Width() && r.Rate.Interval.Width() < r.Single.Width()) {
		t.Errorf("widths: naive %.3f, ours %.3f, single %.3f", r.Naive.Width(), r.Rate.Interval.Width(), r.Single.Width())
	}
	e := p.Test
	if e.Told || e.P < stat.Alpha || e.MoreP >= stat.Alpha || e.MoreOnlyA <= e.OnlyA {
		t.Errorf("comparison: got %+v", e)
	}
	if a, b := e.cells(e.OnlyA); len(a) != e.Problems || len(b) != e.Problems {
		t.Errorf("got %d and %d problems, want %d", len(a), len(b), e.Problems)
	}
	if !strings.HasPrefix(p.Ask, bench.Ask(problem.Text{})[:40]) {
		t.Errorf("the words are not those that models are asked: %s", p.Ask)
	}
}

func TestThePageNamesEveryVerdictAndItsLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	r := chi.NewRouter()
	New(&shell.Site{Asset: func(name string) string { return "/static/" + name }}).Routes(r)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/methodology", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("got %d", w.Code)
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	all := func(selector string) []*html.Node { return cascadia.QueryAll(doc, cascadia.MustCompile(selector)) }
	if got := len(all("#verdicts tbody tr")); got != 10 {
		t.Errorf("verdicts: got %d, want 10", got)
	}
	if got := len(all("#score svg.whisker[role=img]")); got != 3 {
		t.Errorf("drawn intervals: got %d, want 3", got)
	}
	for _, c := range contents {
		if len(all("section"+c.Href)) != 1 {
			t.Errorf("%s leads nowhere", c.Href)
		}
	}
}
