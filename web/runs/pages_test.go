package runs

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/score"
)

const runURL = "/runs/0193f000-0000-7000-8000-000000000001"

func TestAPageOfARunTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	w, doc := ask(t, running(), nil, http.MethodGet, runURL, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("status: got %d", w.Code)
	}
	for selector, want := range map[string][]string{
		"h1":                         {"Weekly, run 3", "running"},
		".meta":                      {"2 models, 10 problems each, 2 samples", "seed 7", "suite HumanEval", "2026-11-22 11:50 UTC"},
		".strip":                     {"50.0 %", "20 of 40", "40 s", "ETA 12:00", "80 % interval", "30.0", "$3.00", "forecast $6.00", "1", "5.0 % of finished, not counted"},
		"#run-standing":              {"Ranks are withheld", "of 20", "Helios", "90.0", "33.3", "2.0000"},
		"#run-heat":                  {"HumanEval/0", "100"},
		"#run-latest":                {"HumanEval/1", "passed", "wrong answer"},
		"#verdicts":                  {"12 passed, 7 wrong answer, 1 infrastructure failure (not counted)."},
		"head title":                 {"Weekly, run 3"},
		".crumbs [aria-current]":     {"Weekly, run 3"},
		"#run-figure .wide text":     {"Helios", "Borealis", "now, 19"},
		"#run-standing .whisker .c1": {""},
	} {
		for _, part := range want {
			if got := text(doc, selector); !strings.Contains(got, part) {
				t.Errorf("%s: got %q, want %q", selector, got, part)
			}
		}
		if len(all(doc, selector)) == 0 {
			t.Errorf("%s is missing", selector)
		}
	}
	if n := len(all(doc, `#live[hx-sse\:connect="`+runURL+`/live"]`)); n != 1 {
		t.Errorf("live connection: got %d, want one", n)
	}
	if n := len(all(doc, "#run-figure .wide .band")); n != 2 {
		t.Errorf("bands: got %d, want two", n)
	}
}

func TestOnlyThoseWhoMayGetTheButtons(t *testing.T) {
	t.Parallel()
	other := access.Actor{Org: numbered(78), Role: "owner"}
	viewer := access.Actor{Org: home, Role: "viewer"}
	mara := owner()
	for name, c := range map[string]struct {
		actor *access.Actor
		state bench.State
		want  []string
	}{
		"a visitor":                    {nil, bench.Running, nil},
		"an owner elsewhere":           {&other, bench.Running, nil},
		"one who may only look":        {&viewer, bench.Running, nil},
		"the owner":                    {&mara, bench.Running, []string{"/pause", "/cancel"}},
		"the owner, paused":            {&mara, bench.Paused, []string{"/resume", "/cancel"}},
		"the owner, when all is over":  {&mara, bench.Completed, nil},
		"the owner of a cancelled one": {&mara, bench.Cancelled, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := running()
			f.progress.Run.State = c.state
			_, doc := ask(t, f, c.actor, http.MethodGet, runURL, nil)
			for _, action := range []string{"/pause", "/resume", "/cancel"} {
				got := len(all(doc, `form[method="post"][action="`+runURL+action+`"]`)) > 0
				if want := strings.Contains(strings.Join(c.want, " "), action); got != want {
					t.Errorf("%s: got %v, want %v", action, got, want)
				}
			}
		})
	}
}

func TestWhatModelsWroteStaysInert(t *testing.T) {
	t.Parallel()
	f := running()
	f.progress.Standings[0].Title = `"><img src=x onerror=alert(1)>`
	f.attempts[0].ModelTitle = `</script><script>alert(1)</script>`
	for _, target := range []string{runURL, runURL + "/attempts"} {
		w, doc := ask(t, f, nil, http.MethodGet, target, nil)
		if n := len(all(doc, "img, [onerror], body script")); n > 0 {
			t.Errorf("%s: %d elements came out of a model's words", target, n)
		}
		if body := w.Body.String(); strings.ContainsAny(body, "\u202e\x1b") {
			t.Errorf("%s: an invisible character went through", target)
		}
	}
}

func TestRunsThatAreNotThereAreAllNotFound(t *testing.T) {
	t.Parallel()
	private := running()
	private.progress.Run.Public = false
	stranger := access.Actor{Org: numbered(78), Role: "owner"}
	for _, suffix := range []string{"", "/live", "/attempts", "/cancel"} {
		hidden, _ := ask(t, private, &stranger, http.MethodGet, runURL+suffix, nil)
		absent, _ := ask(t, running(), &stranger, http.MethodGet, "/runs/0193f000-0000-7000-8000-000000000002"+suffix, nil)
		odd, _ := ask(t, running(), &stranger, http.MethodGet, "/runs/1184"+suffix, nil)
		for _, w := range []int{hidden.Code, absent.Code, odd.Code} {
			if w != http.StatusNotFound {
				t.Errorf("%s: got %d, want 404", suffix, w)
			}
		}
	}
}

func TestButtonsLeadBackToTheRun(t *testing.T) {
	t.Parallel()
	mara := owner()
	for _, action := range []string{"pause", "resume", "cancel"} {
		f := running()
		w, _ := ask(t, f, &mara, http.MethodPost, runURL+"/"+action, url.Values{})
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != runURL {
			t.Errorf("%s: got %d to %q", action, w.Code, w.Header().Get("Location"))
		}
		if len(f.called) != 1 || f.called[0] != action {
			t.Errorf("%s: called %v", action, f.called)
		}
		if w, _ := ask(t, f, nil, http.MethodPost, runURL+"/"+action, url.Values{}); w.Code != http.StatusUnauthorized {
			t.Errorf("%s by a visitor: got %d, want 401", action, w.Code)
		}
	}
}

func TestCancellingIsAskedOnAPageToo(t *testing.T) {
	t.Parallel()
	mara := owner()
	_, doc := ask(t, running(), &mara, http.MethodGet, runURL+"/cancel", nil)
	if len(all(doc, `main form[method="post"][action="`+runURL+`/cancel"]`)) != 1 {
		t.Error("the page has no form")
	}
	over := running()
	over.progress.Run.State = bench.Completed
	for want, w := range map[int]*fakeBench{http.StatusConflict: over} {
		if got, _ := ask(t, w, &mara, http.MethodGet, runURL+"/cancel", nil); got.Code != want {
			t.Errorf("got %d, want %d", got.Code, want)
		}
	}
	if got, _ := ask(t, running(), nil, http.MethodGet, runURL+"/cancel", nil); got.Code != http.StatusUnauthorized {
		t.Errorf("a visitor: got %d, want 401", got.Code)
	}
}

func TestTheListSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	mara := owner()
	viewer := access.Actor{Org: home, Role: "viewer"}
	for name, c := range map[string]struct {
		actor *access.Actor
		href  string
		want  string
	}{
		"owner":   {&mara, "/runs/new", "No run has been started yet."},
		"viewer":  {&viewer, "", "Ask an owner"},
		"visitor": {nil, "/sign-in", "There is no public run yet."},
	} {
		_, doc := ask(t, &fakeBench{}, c.actor, http.MethodGet, "/runs", nil)
		if got := text(doc, ".empty"); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if c.href != "" && len(all(doc, `.empty a[href="`+c.href+`"]`)) != 1 {
			t.Errorf("%s: no link to %s", name, c.href)
		}
	}
}

func TestTheListGoesOnFromItsLastRun(t *testing.T) {
	t.Parallel()
	f := &fakeBench{}
	for i := range perPage + 1 {
		f.list = append(f.list, bench.Run{ID: numbered(i), Name: "Run", State: bench.Completed, Planned: 10, Settled: 5, Models: 2, Simulated: i == 0})
	}
	_, doc := ask(t, f, nil, http.MethodGet, "/runs", nil)
	if got := len(all(doc, "tbody tr")); got != perPage {
		t.Errorf("rows: got %d, want %d", got, perPage)
	}
	if got := len(all(doc, "tbody .simulated")); got != 1 {
		t.Errorf("simulated marks: got %d, want one", got)
	}
	if len(all(doc, `.pager a[rel="next"][href="/runs?before=0193f000-0000-7000-8000-000000000049"]`)) != 1 {
		t.Error("there is no link to the older ones")
	}
	if w, _ := ask(t, f, nil, http.MethodGet, "/runs?before=x", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a cursor that is none: got %d, want 422", w.Code)
	}
}

func TestAttemptsAreFilteredByTheAddress(t *testing.T) {
	t.Parallel()
	f := running()
	query := "?model=" + numbered(101).String() + "&problem=" + numbered(1001).String() + "&verdict=wrong_answer&after=" + numbered(5000).String()
	_, doc := ask(t, f, nil, http.MethodGet, runURL+"/attempts"+query, nil)
	if f.filter.Model != numbered(101) || f.filter.Problem != numbered(1001) || f.filter.Verdict != score.WrongAnswer || f.filter.Before.ID != numbered(5000) {
		t.Errorf("filter: got %+v", f.filter)
	}
	if got := len(all(doc, ".filter .changed")); got != 3 {
		t.Errorf("changed cells: got %d, want 3", got)
	}
	f.attempts = append(f.attempts, bench.Attempt{ID: numbered(6000), Run: numbered(2)})
	for suffix, want := range map[string]int{"?verdict=odd": 422, "?model=x": 422, "?after=" + numbered(1).String(): 404, "?after=" + numbered(6000).String(): 404} {
		if w, _ := ask(t, f, nil, http.MethodGet, runURL+"/attempts"+suffix, nil); w.Code != want {
			t.Errorf("%s: got %d, want %d", suffix, w.Code, want)
		}
	}
	f.attempts = nil
	_, doc = ask(t, f, nil, http.MethodGet, runURL+"/attempts?verdict=passed", nil)
	if got := text(doc, ".empty"); !strings.Contains(got, "No finished attempt matches") {
		t.Errorf("empty: got %q", got)
	}
}

func TestTheFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	mara := owner()
	good := url.Values{"name": {"Weekly"}, "suite": {numbered(900).String()}, "models": {numbered(100).String()},
		"samples": {"3"}, "temperature": {"0.5"}, "max_tokens": {"512"}, "public": {"on"}}
	for name, c := range map[string]struct {
		field, value string
		refusal      error
		at           string
	}{
		"samples that are no number": {"samples", "many", nil, "#samples-error"},
		"no suite":                   {"suite", "", nil, "#suite-error"},
		"a temperature of none":      {"temperature", "warm", nil, "#temperature-error"},
		"tokens of none":             {"max_tokens", "0", nil, "#max_tokens-error"},
		"a model that is none":       {"models", "x", nil, "#models-error"},
		"what the service refuses":   {"name", "", fault.New(fault.Invalid, "name: enter 1 to 90 letters"), "#name-error"},
		"tokens that it refuses":     {"name", "N", fault.New(fault.Invalid, "max tokens: enter less"), "#max_tokens-error"},
		"what belongs nowhere":       {"name", "N", fault.New(fault.Invalid, "this run would make 300000 attempts"), "#form-error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := url.Values{}
			for k, v := range good {
				form[k] = v
			}
			form.Set(c.field, c.value)
			f := running()
			f.refusal = c.refusal
			w, doc := ask(t, f, &mara, http.MethodPost, "/runs", form)
			if w.Code != http.StatusUnprocessableEntity {
				t.Fatalf("status: got %d, want 422", w.Code)
			}
			if text(doc, c.at) == "" {
				t.Errorf("%s says nothing", c.at)
			}
			if c.field != "models" && len(all(doc, `input[name="models"][checked][value="`+numbered(100).String()+`"]`)) != 1 {
				t.Error("the tick is lost")
			}
			if c.field == "samples" && len(all(doc, `#samples[value="many"]`)) != 1 {
				t.Error("what was typed is lost")
			}
		})
	}
	f := running()
	w, _ := ask(t, f, &mara, http.MethodPost, "/runs", good)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != runURL {
		t.Errorf("got %d to %q", w.Code, w.Header().Get("Location"))
	}
	if p := f.plan; p.Name != "Weekly" || p.Samples != 3 || p.Temperature != 0.5 || p.MaxTokens != 512 || !p.Public || len(p.Models) != 1 {
		t.Errorf("plan: got %+v", p)
	}
	if w, _ := ask(t, running(), nil, http.MethodPost, "/runs", good); w.Code != http.StatusUnauthorized {
		t.Errorf("a visitor: got %d, want 401", w.Code)
	}
}

func TestTheFormCountsAttempts(t *testing.T) {
	t.Parallel()
	mara := owner()
	target := "/runs/new?suite=" + numbered(900).String() + "&models=" + numbered(100).String() + "&models=" + numbered(110).String() + "&samples=3"
	_, doc := ask(t, running(), &mara, http.MethodGet, target, nil)
	if got := text(doc, "#planned"); !strings.Contains(got, "984 attempts planned: 164 problems × 2 models × 3 samples") {
		t.Errorf("got %q", got)
	}
	if got := len(all(doc, "form .simulated")); got != 1 {
		t.Errorf("simulated marks: got %d, want one", got)
	}
}

func TestAFormWithoutSuitesOrModelsSaysWhereToGetThem(t *testing.T) {
	t.Parallel()
	h := newTest(running())
	h.suites, h.models = shelf{}, shelf{}
	mara := owner()
	doc := fetch(t, pages(h, &mara), "/runs/new")
	for _, href := range []string{"/problems", "/providers"} {
		if len(all(doc, `.empty a[href="`+href+`"]`)) != 1 {
			t.Errorf("no link to %s", href)
		}
	}
	if len(all(doc, "#draft")) != 0 {
		t.Error("the form shows although it cannot work")
	}
}
