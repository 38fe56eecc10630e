package models

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/shell"
)

var (
	known1 = id.ID{1}
	org    = id.ID{5}
	noon   = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)

// fake knows one model and remembers which attempts it was asked for.
type fake struct {
	model    board.Model
	results  []board.Result
	board    board.Board
	attempts []bench.Attempt
	org      id.ID
	asked    bench.Filter
	filter   board.Filter
}

func (f *fake) Get(_ context.Context, q board.Filter) (board.Board, error) {
	f.filter = q
	return f.board, nil
}

func (f *fake) Model(_ context.Context, m id.ID) (board.Model, []board.Result, error) {
	if m != f.model.ID {
		return board.Model{}, nil, fault.New(fault.NotFound, "there is no model %s on the leaderboard", m)
	}
	return f.model, f.results, nil
}

func (f *fake) OfModel(_ context.Context, org id.ID, q bench.Filter, n int) ([]bench.Attempt, error) {
	f.org, f.asked = org, q
	return f.attempts[:min(n, len(f.attempts))], nil
}

func measured(title string) *fake {
	f := &fake{model: board.Model{ID: known1, Org: org, Name: "lab/ore", Title: title, Provider: title, Simulated: true, InputPrice: 250_000, OutputPrice: 2 * money.Dollar}}
	for i, passed := range []int{4, 0, 2} {
		f.results = append(f.results, board.Result{Problem: id.ID{3, byte(i)}, Name: []string{"easy", "hard", title}[i], Language: "python", Suite: []string{"Basics", "Basics", "Deep"}[i],
			Cell: stat.Cell{N: 4, Passed: passed}})
	}
	f.board = board.Board{Entries: []board.Entry{{Model: id.ID{9}}, {Model: known1, Spread: stat.Spread{Rank: 2, Low: 1, High: 2},
		PerHundred: 1_500_000, P50: 40 * time.Millisecond, P95: 3 * time.Second, Pareto: true}}}
	for i, v := range verdicts {
		f.attempts = append(f.attempts, bench.Attempt{ID: id.ID{4, byte(i)}, ProblemName: title, Verdict: v, Reason: title + "\u202e", ChecksPassed: 1, ChecksTotal: 3,
			Cost: 2345, Latency: 1400 * time.Millisecond, SettledAt: noon})
	}
	return f
}

func get(t *testing.T, f *fake, path string) (int, *html.Node) {
	t.Helper()
	r := chi.NewRouter()
	New(&shell.Site{Asset: func(name string) string { return "/static/" + name }}, f, f).Routes(r)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, doc
}

func all(n *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}

func texts(n *html.Node, selector string) (list []string) {
	for _, m := range all(n, selector) {
		var b strings.Builder
		for d := range m.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
		list = append(list, strings.Join(strings.Fields(b.String()), " "))
	}
	return list
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

var path = "/models/" + known1.String()

func TestAProfileShowsWhatTheModelDid(t *testing.T) {
	t.Parallel()
	f := measured("Ore")
	code, doc := get(t, f, path)
	if code != http.StatusOK || !f.filter.Simulated || f.org != org || f.asked.Model != known1 {
		t.Fatalf("got %d, board %+v, attempts of %s %+v", code, f.filter, f.org, f.asked)
	}
	if got, want := texts(doc, ".strip .datum"), []string{"1–2", "50.0", "6", "$1.50", "0.04", "$0.25"}; !slices.Equal(got, want) {
		t.Errorf("figures: got %q, want %q", got, want)
	}
	if got := len(all(doc, ".head .hm.simulated")); got != 1 {
		t.Errorf("hallmarks: got %d", got)
	}
	if got, want := texts(doc, "table.list tbody th"), []string{"Basics", "Deep"}; !slices.Equal(got, want) {
		t.Errorf("suites: got %q, want %q", got, want)
	}
	if got, want := texts(doc, "#problems tbody th"), []string{"hard", "Ore", "easy"}; !slices.Equal(got, want) {
		t.Errorf("problems: got %q, want the worst first: %q", got, want)
	}
	if got := texts(doc, "#attempts tbody .st"); len(got) != len(verdicts) || got[0] != "passed" || got[8] != "no code found" {
		t.Errorf("attempts: got %q", got)
	}
	if got := attr(all(doc, "#attempts tbody a")[1], "href"); got != "/attempts/"+(id.ID{4, 1}).String() {
		t.Errorf("an attempt leads to %s", got)
	}
}

func TestTheAddressChoosesAttemptsAndOrder(t *testing.T) {
	t.Parallel()
	f := measured("Ore")
	problem := id.ID{3, 1}
	_, doc := get(t, f, path+"?verdict=no_code&sort=suite&problem="+problem.String())
	if f.asked.Verdict != score.NoCode || f.asked.Problem != problem {
		t.Errorf("asked for %+v", f.asked)
	}
	if got, want := texts(doc, "#problems tbody th"), []string{"easy", "hard", "Ore"}; !slices.Equal(got, want) {
		t.Errorf("problems: got %q, want %q", got, want)
	}
	if got := texts(doc, ".chip b"); !slices.Equal(got, []string{"hard"}) {
		t.Errorf("problem shown alone: got %q", got)
	}
	if got := attr(all(doc, ".chip a")[0], "href"); got != path+"?sort=suite&verdict=no_code#attempts" {
		t.Errorf("without it: %s", got)
	}
	if got := all(doc, "form.filter input[name=sort][value=suite]"); len(got) != 1 {
		t.Error("the filter forgets the order")
	}
	f.attempts = nil
	if _, doc := get(t, f, path+"?verdict=passed"); len(all(doc, "#attempts .empty a")) != 1 {
		t.Error("without attempts there is no way on")
	}
}

func TestWhatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]int{
		"/models/" + id.ID{2}.String(): http.StatusNotFound, "/models/x": http.StatusNotFound,
		path + "?verdict=lost": http.StatusUnprocessableEntity, path + "?problem=1": http.StatusUnprocessableEntity, path + "?sort=luck": http.StatusUnprocessableEntity,
	} {
		if got, _ := get(t, measured("Ore"), address); got != want {
			t.Errorf("%s: got %d, want %d", address, got, want)
		}
	}
}

func TestWhatModelsAndPeopleWroteStaysText(t *testing.T) {
	t.Parallel()
	hostile := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	_, doc := get(t, measured(hostile), path)
	if n := len(all(doc, "main script, main img, main [onerror]")); n > 0 {
		t.Errorf("%d elements came out of text", n)
	}
	if got := texts(doc, "h1"); !slices.Equal(got, []string{hostile}) {
		t.Errorf("title: got %q", got)
	}
	if got := attr(all(doc, "#attempts tbody td[title]")[0], "title"); strings.Contains(got, "\u202e") || !strings.HasPrefix(got, hostile) {
		t.Errorf("reason: got %q", got)
	}
}

func TestAModelNewerThanTheBoardHasNoRankYet(t *testing.T) {
	t.Parallel()
	f := measured("Ore")
	p := Build(choice{}, f.model, f.results, board.Board{}, nil)
	if len(p.Strip) != 3 || p.Strip[0].Value != "50.0" || p.Strip[2].Value != "$0.25" {
		t.Errorf("got %+v", p.Strip)
	}
}

func TestALongListOfProblemsIsCut(t *testing.T) {
	t.Parallel()
	results := make([]board.Result, mostProblems+7)
	p := Build(choice{}, board.Model{}, results, board.Board{}, nil)
	if len(p.Problems) != mostProblems || p.Left != 7 {
		t.Errorf("got %d, %d left", len(p.Problems), p.Left)
	}
}

func TestSmallPricesKeepTheirDigits(t *testing.T) {
	t.Parallel()
	for dollars, want := range map[float64]string{0: "0.00", 3: "3.00", 0.1: "0.10", 0.075: "0.075", 0.0012: "0.0012", 0.0000004: "0.000000"} {
		if got := price(dollars); got != want {
			t.Errorf("%v: got %s, want %s", dollars, got, want)
		}
	}
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 21: "21st", 112: "112th"} {
		if got := ordinal(n); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
}
