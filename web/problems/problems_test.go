package problems

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/problem/humaneval"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// fake is a bank that asks for the same permissions as the real one.
type fake struct {
	suites   []problem.Suite
	list     []problem.Problem
	texts    map[id.ID]problem.Text
	report   problem.Report
	imported []string // suite and text of each import
	refuse   error
}

func (f *fake) Suites(ctx context.Context) ([]problem.Suite, error) {
	_, err := access.Require(ctx, access.ViewOrg)
	return f.suites, err
}

func (f *fake) List(ctx context.Context, _ id.ID) ([]problem.Problem, error) {
	_, err := access.Require(ctx, access.ViewOrg)
	return f.list, err
}

func (f *fake) Get(ctx context.Context, p id.ID) (problem.Text, error) {
	if _, err := access.Require(ctx, access.ViewOrg); err != nil {
		return problem.Text{}, err
	}
	if t, ok := f.texts[p]; ok {
		return t, nil
	}
	return problem.Text{}, fault.New(fault.NotFound, "there is no problem %s", p)
}

func (f *fake) Import(ctx context.Context, suite string, r io.Reader) (problem.Report, error) {
	if _, err := access.Require(ctx, access.ManageBank); err != nil {
		return problem.Report{}, err
	}
	text, err := io.ReadAll(r)
	f.imported = append(f.imported, suite+"|"+string(text))
	if f.refuse != nil {
		err = f.refuse
	}
	return f.report, err
}

func send(t *testing.T, f *fake, r *http.Request, role string) (*http.Response, *html.Node) {
	t.Helper()
	site := &shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test"}
	router := chi.NewRouter()
	New(site, f).Routes(router)
	if role != "" {
		r = r.WithContext(access.With(r.Context(), access.Actor{Name: "Mara", OrgName: "Northgate", Role: role}))
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), doc
}

func get(t *testing.T, f *fake, path, role string) (*http.Response, *html.Node) {
	t.Helper()
	return send(t, f, httptest.NewRequest("GET", path, nil), role)
}

// upload is a request that imports; a nil file is left out.
func upload(t *testing.T, suite string, file io.Reader) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("suite", suite); err != nil {
		t.Fatal(err)
	}
	if file != nil {
		part, err := form.CreateFormFile("file", "x.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(part, file); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/problems/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func number(doc *html.Node, selector string) int {
	return len(cascadia.QueryAll(doc, cascadia.MustCompile(selector)))
}

func texts(doc *html.Node, selector string) []string {
	var list []string
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		var out strings.Builder
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			if n.Type == html.TextNode {
				out.WriteString(n.Data)
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
			if n.Data == "td" || n.Data == "dt" || n.Data == "dd" {
				out.WriteByte(' ')
			}
		}
		walk(n)
		list = append(list, strings.Join(strings.Fields(out.String()), " "))
	}
	return list
}

func text(doc *html.Node, selector string) string { return strings.Join(texts(doc, selector), " ") }

func TestStrangersAndViewersAreRefusedWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	suite, p := id.New(), id.New()
	for _, c := range []struct {
		method, path, role string
		want               int
	}{
		{"GET", "/problems", "", 401}, {"GET", "/problems/suites/" + suite.String(), "", 401}, {"GET", "/problems/" + p.String(), "", 401},
		{"POST", "/problems/import", "", 401}, {"POST", "/problems/import", "viewer", 403},
		{"GET", "/problems", "viewer", 200}, {"GET", "/problems/" + p.String(), "viewer", 200},
		{"GET", "/problems/suites/" + id.New().String(), "owner", 404}, {"GET", "/problems/suites/x", "owner", 404},
		{"GET", "/problems/" + id.New().String(), "owner", 404}, {"GET", "/problems/x", "owner", 404},
		{"GET", "/problems/import", "owner", 303},
	} {
		f := &fake{suites: []problem.Suite{{ID: suite}}, texts: map[id.ID]problem.Text{p: {}}}
		resp, _ := send(t, f, httptest.NewRequest(c.method, c.path, nil), c.role)
		if resp.StatusCode != c.want || len(f.imported) != 0 {
			t.Errorf("%s %s as %q: got %d, want %d; imported %v", c.method, c.path, c.role, resp.StatusCode, c.want, f.imported)
		}
	}
}

func TestAForeignSuiteIsRefusedLikeOneThatIsNotThere(t *testing.T) {
	t.Parallel()
	f := &fake{}
	foreign := id.New().String()
	_, a := get(t, f, "/problems/suites/"+foreign, "owner")
	_, b := get(t, f, "/problems/"+foreign, "owner")
	for _, doc := range []*html.Node{a, b} {
		if got := text(doc, "h1"); got != "There is nothing here" || !strings.Contains(text(doc, ".lead"), foreign) {
			t.Errorf("got %q", got)
		}
	}
}

func TestTheListShowsSuitesAndWhoMayImportTheForm(t *testing.T) {
	t.Parallel()
	f := &fake{suites: []problem.Suite{{ID: id.New(), Name: "Starter", Problems: 48}, {ID: id.New(), Name: "HumanEval", Problems: 1640}}}
	_, doc := get(t, f, "/problems", "owner")
	if d := cmp.Diff([]string{"Starter", "HumanEval"}, texts(doc, "tbody th")); d != "" {
		t.Error(d)
	}
	if got := text(doc, "caption"); got != "Table 1. 1,688 problems in 2 suites." {
		t.Errorf("caption: got %q", got)
	}
	if number(doc, `form[action="/problems/import"][enctype="multipart/form-data"] input[type=file]`) != 1 {
		t.Error("an owner finds no form")
	}
	if _, doc := get(t, f, "/problems", "viewer"); number(doc, "main form") != 0 {
		t.Error("a viewer finds a form")
	}
	if _, doc := get(t, &fake{}, "/problems", "viewer"); !strings.Contains(text(doc, ".empty"), "Ask an owner") {
		t.Error("a viewer of an empty bank is not told whom to ask")
	}
}

func TestAnImportLeadsToItsSuiteAndSaysWhatItDid(t *testing.T) {
	t.Parallel()
	suite := problem.Suite{ID: id.New(), Name: "Mine"}
	f := &fake{suites: []problem.Suite{suite}, report: problem.Report{Suite: suite, Added: 3, Changed: 1, Unchanged: 0}}
	resp, _ := send(t, f, upload(t, " Mine ", strings.NewReader("lines")), "owner")
	if resp.StatusCode != http.StatusSeeOther || len(f.imported) != 1 || f.imported[0] != "Mine|lines" {
		t.Fatalf("got %d, imported %q", resp.StatusCode, f.imported)
	}
	resp, doc := get(t, f, resp.Header.Get("Location"), "owner")
	if got := text(doc, "#notice"); resp.StatusCode != 200 || got != "Imported: 3 problems added and 1 problem changed to a new version." {
		t.Errorf("got %d, notice %q", resp.StatusCode, got)
	}
}

func TestNoticesComeOnlyOfWholeAddresses(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "", "added=1": "", "added=1&changed=x&unchanged=0": "", "added=-1&changed=0&unchanged=0": "",
		"added=0&changed=0&unchanged=7": "Nothing was imported: all 7 problems were there already, word for word.",
		"added=1&changed=2&unchanged=3": "Imported: 1 problem added, 2 problems changed to a new version and 3 problems as before.",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := notice(q); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func TestFaultsOfAFileAreListedByLineAndEscaped(t *testing.T) {
	t.Parallel()
	_, err := humaneval.Read(strings.NewReader("{}\n[]\n{\"task_id\":\"\\u003cscript\\u003e\\n\",\"prompt\":\"p\",\"canonical_solution\":\"c\",\"test\":\"t\",\"entry_point\":\"<b>x</b>\"}\n"), humaneval.Limits{})
	f := &fake{refuse: err, suites: []problem.Suite{{Name: "Old"}}}
	resp, doc := send(t, f, upload(t, "Mine", strings.NewReader("{}")), "owner")
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", resp.StatusCode)
	}
	rows := texts(doc, "#faults tbody tr")
	if len(rows) < 7 || !strings.HasPrefix(rows[0], `1 field "task_id" is missing`) || !strings.HasPrefix(rows[5], "2 is an array") {
		t.Errorf("got %q", rows)
	}
	if !strings.Contains(text(doc, "#faults"), "<b>x</b>") || number(doc, "#faults b:not(caption b), #faults script") != 0 {
		t.Errorf("the file's own words became elements: %q", rows)
	}
	if number(doc, `#suite[value="Mine"]`) != 1 || text(doc, "tbody th") != "Old" {
		t.Error("the suite that was typed, or the table of suites, is lost")
	}
}

func TestAFaultOfTheWholeFileHasNoLineAndMoreIsSaid(t *testing.T) {
	t.Parallel()
	f := &fake{refuse: &humaneval.Faults{Entries: []humaneval.Entry{{Text: "the file is a zip archive"}}, More: true}}
	_, doc := send(t, f, upload(t, "Mine", strings.NewReader("PK")), "owner")
	if d := cmp.Diff([]string{"file the file is a zip archive"}, texts(doc, "#faults tbody tr")); d != "" {
		t.Error(d)
	}
	if !strings.Contains(text(doc, "main form"), "There may be more.") {
		t.Error("nothing says that there may be more")
	}
}

func TestWhatIsWrongWithAnImportStandsAtItsField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file     io.Reader
		refuse   error
		selector string
		want     string
	}{
		"no file":   {nil, nil, "#file-error", "Choose a file of JSON lines, plain or gzipped."},
		"bad suite": {strings.NewReader("x"), fault.New(fault.Invalid, "suite: enter a name of 1 to 100 letters"), "#suite-error", "Enter a name of 1 to 100 letters."},
		"the rest":  {strings.NewReader("x"), fault.New(fault.Invalid, "not today"), ".note [role=alert]", "Not today."},
	} {
		resp, doc := send(t, &fake{refuse: c.refuse}, upload(t, "", c.file), "owner")
		if got := text(doc, c.selector); resp.StatusCode != 422 || got != c.want {
			t.Errorf("%s: got %d, %q", name, resp.StatusCode, got)
		}
	}
}

// zeros is a file of n bytes that takes no memory.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAnImportOverTheLimitIsRefusedWithAPage(t *testing.T) {
	t.Parallel()
	const head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"
	r := httptest.NewRequest("POST", "/problems/import", io.MultiReader(strings.NewReader(head), zeros(maxUpload)))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	f := &fake{}
	resp, doc := send(t, f, r, "owner")
	if resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(text(doc, "#file-error"), "over 64 MB") || len(f.imported) != 0 {
		t.Errorf("got %d, %q", resp.StatusCode, text(doc, "#file-error"))
	}
}

func TestNothingOfAStrangersFileIsRead(t *testing.T) {
	t.Parallel()
	body := zeros(maxUpload).(*io.LimitedReader)
	r := httptest.NewRequest("POST", "/problems/import", body)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if resp, _ := send(t, &fake{}, r, "viewer"); resp.StatusCode != http.StatusForbidden || body.N != maxUpload {
		t.Errorf("got %d, %d bytes read", resp.StatusCode, maxUpload-body.N)
	}
}

func TestASuiteListsItsProblems(t *testing.T) {
	t.Parallel()
	s, p := problem.Suite{ID: id.New(), Name: "Starter"}, id.New()
	got := newSuite(s, []problem.Problem{{ID: p, Name: "Assay/1", Language: "python", EntryPoint: "total", Number: 2, PromptChars: 1633, ReferenceChars: 521}}, 0)
	want := suiteProps{Name: "Starter", Lead: "1 problem in Python. Runs put each of them to every model they name.", Rows: []problemRow{
		{Name: "Assay/1", Href: "/problems/" + p.String(), Language: "Python", EntryPoint: "total", Version: "2", Prompt: "1,633", Reference: "521"}}}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b shell.Props) bool { return a.Title == b.Title })); d != "" {
		t.Error(d)
	}
}

func TestALongSuiteHasPages(t *testing.T) {
	t.Parallel()
	s := problem.Suite{ID: id.New()}
	at := "/problems/suites/" + s.ID.String() + "?page="
	list := make([]problem.Problem, 2*perPage+1)
	for page, want := range map[int]ui.PagerProps{
		1:  {Text: "1 to 200 of 401", Next: at + "2"},
		2:  {Text: "201 to 400 of 401", Prev: at + "1", Next: at + "3"},
		3:  {Text: "401 to 401 of 401", Prev: at + "2"},
		99: {Text: "401 to 401 of 401", Prev: at + "2"},
		-1: {Text: "1 to 200 of 401", Next: at + "2"},
	} {
		want.Back, want.On = "Previous", "Next"
		if d := cmp.Diff(&want, newSuite(s, list, page).Pager); d != "" {
			t.Errorf("page %d: %s", page, d)
		}
	}
	if newSuite(s, list[:perPage], 1).Pager != nil {
		t.Error("what fits has a pager")
	}
}

func TestAProblemShowsItsPromptAndHidesWhatSolvesIt(t *testing.T) {
	t.Parallel()
	p := id.New()
	f := &fake{texts: map[id.ID]problem.Text{p: {Problem: p, Number: 2, Name: "Assay/1", Language: "python", SuiteName: "Starter",
		Prompt: "def total(xs):\n", Reference: "    return sum(xs)\n", Test: "def check(candidate):\n    assert candidate([]) == 0\n", EntryPoint: "total"}}}
	_, doc := get(t, f, "/problems/"+p.String(), "viewer")
	if got := text(doc, "#prompt"); got != "def total(xs):" || number(doc, "#prompt .k") == 0 {
		t.Errorf("prompt: got %q", got)
	}
	if number(doc, "details:not([open]) #reference") != 1 || number(doc, "details:not([open]) #test") != 1 || number(doc, "details[open]") != 0 {
		t.Error("the solution or the tests stand open, or not at all")
	}
	if got := text(doc, "dl.kv"); got != "Suite Starter Language Python Entry point total Version 2 Id "+p.String() {
		t.Errorf("facts: got %q", got)
	}
}

func TestAnEndlessTextIsCut(t *testing.T) {
	t.Parallel()
	s := newSource("python", strings.Repeat("x = 1\n", shown))
	if !s.Cut || len(s.Lines) != shown/6 || s.Size != "393,216 characters" {
		t.Errorf("got cut %t, %d lines, %s", s.Cut, len(s.Lines), s.Size)
	}
	one := newSource("", strings.Repeat("ä", shown))
	if !one.Cut || len(one.Lines) != 1 || !strings.HasSuffix(one.Lines[0].Tokens[0].Text, "ä") {
		t.Errorf("one line: got cut %t, %d lines", one.Cut, len(one.Lines))
	}
	if odd := newSource("", "x"+strings.Repeat("ä", shown)); strings.ContainsRune(odd.Lines[0].Tokens[0].Text, '\uFFFD') {
		t.Error("a letter was cut in two")
	}
}

func TestHostileNamesStayText(t *testing.T) {
	t.Parallel()
	evil := `</code><img src=x onerror=alert(1)>`
	s, p := problem.Suite{ID: id.New(), Name: evil, CreatedAt: time.Now()}, id.New()
	f := &fake{suites: []problem.Suite{s}, list: []problem.Problem{{ID: p, Name: evil, Language: evil, EntryPoint: evil}},
		texts: map[id.ID]problem.Text{p: {Problem: p, Name: evil, Language: evil, SuiteName: evil, Prompt: evil, Reference: evil, Test: evil, EntryPoint: evil}}}
	for _, path := range []string{"/problems", "/problems/suites/" + s.ID.String(), "/problems/" + p.String()} {
		_, doc := get(t, f, path, "owner")
		if number(doc, "img") != 0 || !strings.Contains(text(doc, "main"), evil) {
			t.Errorf("%s: got %d pictures in %q", path, number(doc, "img"), text(doc, "main"))
		}
	}
}

func TestReadingImportsNothing(t *testing.T) {
	t.Parallel()
	f := &fake{}
	for _, path := range []string{"/problems", "/problems/import?suite=x&file=y", "/problems/" + id.New().String()} {
		get(t, f, path, "owner")
	}
	if len(f.imported) != 0 {
		t.Errorf("got %q", f.imported)
	}
}
