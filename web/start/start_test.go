package start

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

var (
	northgate = id.New()
	owner     = access.Actor{Name: "Mara Okafor", Org: northgate, OrgName: "Northgate", Role: "owner"}
	viewer    = access.Actor{Name: "Vic", Org: northgate, OrgName: "Northgate", Role: "viewer"}
)

// fake stands for every service.
type fake struct {
	suites []problem.Suite
	models []provider.Model
	runs   []bench.Run
	boards map[bool]board.Board // by whether they are of simulated models
	err    error
}

func (f fake) Suites(context.Context) ([]problem.Suite, error)        { return f.suites, f.err }
func (f fake) Models(context.Context) ([]provider.Model, error)       { return f.models, nil }
func (f fake) List(context.Context, *id.ID, int) ([]bench.Run, error) { return f.runs, nil }
func (f fake) Get(_ context.Context, b board.Filter) (board.Board, error) {
	got := f.boards[b.Simulated]
	got.Filter = b
	return got, nil
}

func get(t *testing.T, f fake, as *access.Actor) (*http.Response, *html.Node) {
	t.Helper()
	site := &shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test"}
	router := chi.NewRouter()
	New(site, f, f, f, f, func(context.Context) []Fact {
		return []Fact{{Term: "Sandbox", Status: ui.Done, Text: "2 at once"}}
	}).Routes(router)
	r := httptest.NewRequest("GET", "/start", nil)
	if as != nil {
		r = r.WithContext(access.With(r.Context(), *as))
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	resp := w.Result()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return resp, doc
}

func number(doc *html.Node, selector string) int {
	return len(cascadia.QueryAll(doc, cascadia.MustCompile(selector)))
}

func text(doc *html.Node, selector string) string {
	var out strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		walk(n)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func entry(title string) board.Entry {
	return board.Entry{Model: id.New(), Title: title, Spread: stat.Spread{Rank: 1, Low: 1, High: 1},
		Rate: stat.Rate{Mean: 0.5, Interval: stat.Interval{Low: 0.4, High: 0.6}}}
}

func TestAStrangerIsSentToSignIn(t *testing.T) {
	t.Parallel()
	resp, _ := get(t, fake{}, nil)
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/sign-in" {
		t.Errorf("got %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func TestANewAssayLeadsToProblemsFirst(t *testing.T) {
	t.Parallel()
	resp, doc := get(t, fake{}, &owner)
	if resp.StatusCode != 200 || number(doc, ".steps li") != 5 || number(doc, ".steps li.done") != 1 {
		t.Fatalf("got %d, %d steps, %d done", resp.StatusCode, number(doc, ".steps li"), number(doc, ".steps li.done"))
	}
	if got := text(doc, ".lead"); got != "One of five steps is done. The leaderboard appears after the first complete run." {
		t.Errorf("lead: got %q", got)
	}
	if got := text(doc, ".steps li.next .btn"); got != "Import problems" || number(doc, ".steps .btn") != 1 {
		t.Errorf("next: got %q", got)
	}
	if number(doc, "table .ghost-bar") == 0 || text(doc, "dl.kv dd") != "2 at once" {
		t.Error("the ghost or the facts are missing")
	}
}

func TestAViewerSeesNoButtons(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fake{"empty": {}, "problems": {suites: []problem.Suite{{Problems: 1}}},
		"models": {suites: []problem.Suite{{Problems: 1}}, models: []provider.Model{{Simulated: true}}}} {
		_, doc := get(t, f, &viewer)
		if n := number(doc, "main .btn") + number(doc, `main a[href$="/new"]`); n != 0 {
			t.Errorf("%s: got %d buttons", name, n)
		}
	}
}

func TestStepsSayWhatIsThere(t *testing.T) {
	t.Parallel()
	run := bench.Run{ID: id.New(), Org: northgate, Name: "First look, run 1", SuiteName: "Starter", Planned: 864, Settled: 527, State: bench.Running, Simulated: true}
	href := "/runs/" + run.ID.String()
	complete, older := run, run
	complete.State, complete.Settled = bench.Completed, 864
	older.ID, older.State = id.New(), bench.Cancelled
	real := provider.Model{Provider: "Ollama"}
	see := func(label, href string) ui.Choice { return ui.Choice{Label: label, Href: href} }
	start := []ui.ButtonProps{{Label: "Start a run", Icon: ui.Play, Kind: ui.Primary, Href: "/runs/new"}}
	idle := "Put the same problems to two models or more. A run of simulated models costs nothing and takes a minute."
	for name, c := range map[string]struct {
		make func(found) step
		f    found
		want step
	}{
		"owner":    {account, found{}, step{Title: "Create the owner account", Done: true, Text: "Mara Okafor, owner of Northgate"}},
		"problems": {problems, found{suites: []problem.Suite{{Problems: 48}, {Problems: 1164}}}, step{Title: "Fill the problem bank", Done: true, Text: "1,212 problems in 2 suites.", Link: see("See the problems", "/problems")}},
		"simulated models": {models, found{models: []provider.Model{{Simulated: true}}}, step{Title: "Connect a provider", Done: true, Simulated: true,
			Text: "1 built-in model, free and without a key.", Link: see("Connect real ones", "/providers/new")}},
		"real models": {models, found{models: []provider.Model{{Simulated: true}, real, real, {Provider: "OpenAI"}}}, step{Title: "Connect a provider", Done: true,
			Text: "3 models of Ollama and OpenAI.", Link: see("See the providers", "/providers")}},
		"no run": {firstRun, found{}, step{Title: "Start the first run", Text: idle, Acts: start}},
		"running": {firstRun, found{runs: []bench.Run{run}}, step{Title: "Start the first run", Simulated: true, When: "running",
			Text: "First look, run 1: 527 of 864 attempts on Starter done.", Acts: []ui.ButtonProps{{Label: "Watch the run", Icon: ui.Half, Kind: ui.Primary, Href: href}}}},
		"cancelled": {firstRun, found{runs: []bench.Run{older}}, step{Title: "Start the first run", Text: idle, Acts: start}},
		"complete": {firstRun, found{runs: []bench.Run{older, complete}}, step{Title: "Start the first run", Done: true, Simulated: true,
			Text: "First look, run 1: 864 attempts on Starter.", Link: see("See the run", href)}},
		"real board": {leaderboard, found{real: board.Board{Entries: []board.Entry{entry("a")}, Problems: 48}, simulated: board.Board{Filter: board.Filter{Simulated: true}, Entries: make([]board.Entry, 3)}},
			step{Title: "Read the leaderboard", Done: true, Text: "1 model ranked over 48 problems.", Link: see("Open the leaderboard", "/leaderboard")}},
	} {
		c.f.actor = owner
		if d := cmp.Diff(c.want, c.make(c.f)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestRunsOfOthersDoNotCount(t *testing.T) {
	t.Parallel()
	_, doc := get(t, fake{runs: []bench.Run{{ID: id.New(), Org: id.New(), Name: "Theirs", State: bench.Completed}}}, &owner)
	if got := text(doc, ".steps"); strings.Contains(got, "Theirs") || number(doc, ".steps li.done") != 1 {
		t.Errorf("got %q", got)
	}
}

func TestSimulatedModelsStandOnlyWhereThereAreNoRealOnes(t *testing.T) {
	t.Parallel()
	simulated := board.Board{Entries: []board.Entry{entry("Sim")}}
	_, doc := get(t, fake{boards: map[bool]board.Board{true: simulated}}, &owner)
	if got := text(doc, "tbody th"); got != "Sim" || number(doc, "caption .simulated") != 1 || number(doc, ".whisker .hollow") != 1 {
		t.Errorf("only simulated: got %q", got)
	}
	_, doc = get(t, fake{boards: map[bool]board.Board{true: simulated, false: {Entries: []board.Entry{entry("Real")}}}}, &owner)
	if got := text(doc, "tbody th"); got != "Real" || number(doc, "caption .simulated") != 0 {
		t.Errorf("both: got %q", got)
	}
}

func TestTheLeaderboardBesideIsShort(t *testing.T) {
	t.Parallel()
	b := board.Board{}
	for range 9 {
		b.Entries = append(b.Entries, entry("M"))
	}
	got := newRanking(found{real: b})
	want := row{Rank: "1", Model: "M", Href: "/models/" + b.Entries[0].Model.String(), Score: "50.0",
		Mark: ui.Interval{Value: 50, Lo: 40, Hi: 60, Text: "95 % interval 40.0 to 60.0"}}
	if len(got.Rows) != shown || got.More != "/leaderboard" || cmp.Diff(want, got.Rows[0]) != "" {
		t.Errorf("got %+v", got)
	}
}

func TestTheLeadCountsSteps(t *testing.T) {
	t.Parallel()
	for done, want := range map[int]string{1: "One of five steps is done. ", 4: "Four of five steps are done. ", 5: "All five steps are done. "} {
		if got := lead(done, 5); !strings.HasPrefix(got, want) {
			t.Errorf("%d: got %q", done, got)
		}
	}
}

func TestProvidersAreListedShortly(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{"A": {"A"}, "A and B": {"A", "B"}, "A, B and C": {"A", "B", "C"}, "A, B and 2 more": {"A", "B", "C", "D"}} {
		if got := listed(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHostileNamesStayText(t *testing.T) {
	t.Parallel()
	evil := `<img src=x onerror=alert(1)>`
	actor := owner
	actor.Name, actor.OrgName = evil, evil
	f := fake{suites: []problem.Suite{{Problems: 1}}, models: []provider.Model{{Provider: evil}}, boards: map[bool]board.Board{false: {Entries: []board.Entry{entry(evil)}}},
		runs: []bench.Run{{Org: northgate, Name: evil, SuiteName: evil, State: bench.Completed}}}
	_, doc := get(t, f, &actor)
	if n := number(doc, "img"); n != 0 || strings.Count(text(doc, "main"), evil) != 6 {
		t.Errorf("got %d pictures in %q", n, text(doc, "main"))
	}
}

func TestAServiceThatFailsIsNoEmptyBench(t *testing.T) {
	t.Parallel()
	if resp, _ := get(t, fake{err: errors.New("connection refused")}, &owner); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("got %d", resp.StatusCode)
	}
}
