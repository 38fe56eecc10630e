package leaderboard

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/stat"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

var (
	suiteA = id.ID{1}
	suiteB = id.ID{2}
	noon   = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)

// fake serves one board for real and one for simulated models.
type fake struct {
	real, simulated []board.Entry
	updated         time.Time
	facets          []board.Facet
	asked           int // for facets
	err             error
}

func (f *fake) Get(_ context.Context, q board.Filter) (board.Board, error) {
	b := board.Board{Filter: q, UpdatedAt: f.updated, Runs: 3, Entries: f.real}
	if q.Simulated {
		b.Entries = f.simulated
	}
	if q.Days == 7 { // nothing is that young
		b.Entries = nil
	}
	for _, e := range b.Entries {
		b.Problems, b.Attempts = e.Rate.Problems, b.Attempts+e.Rate.Samples
	}
	return b, f.err
}

func (f *fake) Facets(context.Context) ([]board.Facet, error) {
	f.asked++
	return f.facets, f.err
}

func entry(rank int, title string, passed int, dollars, p50 float64) board.Entry {
	rate := stat.Rate{Mean: float64(passed) / 80, Problems: 20, Samples: 80, Effective: 40}
	rate.Interval = stat.WilsonEff(rate.Mean, rate.Effective, board.Level)
	return board.Entry{Model: id.ID{9, byte(rank)}, Title: title, Provider: "Lab " + title, Passed: passed, Rate: rate,
		Spread: stat.Spread{Rank: rank, Low: max(1, rank-1), High: rank + 1}, PerHundred: money.Micro(dollars * 1e6),
		P50: time.Duration(p50 * 1e9), P95: time.Duration(3 * p50 * 1e9), Pareto: rank == 1}
}

func measured() *fake {
	return &fake{updated: noon,
		real:      []board.Entry{entry(1, "Ore", 70, 9, 4), entry(2, "Alloy", 60, 12, 2), entry(3, "Dross", 20, 0.5, 8)},
		simulated: []board.Entry{entry(1, "Puppet", 70, 1, 1)},
		facets: []board.Facet{{Suite: suiteA, SuiteName: "Basics", Language: "python"}, {Suite: suiteB, SuiteName: "Deep", Language: "go"},
			{Suite: suiteA, SuiteName: "Basics", Language: "python", Simulated: true}},
	}
}

func onlySimulated() *fake {
	f := measured()
	f.real, f.facets = nil, f.facets[2:]
	return f
}

func handler(f *fake) http.Handler {
	r := chi.NewRouter()
	site := &shell.Site{Asset: func(name string) string { return "/static/" + name }, BaseURL: "https://assay.test"}
	New(site, f).Routes(r)
	return r
}

func get(t *testing.T, f *fake, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler(f).ServeHTTP(w, r)
	return w
}

func page(t *testing.T, f *fake, path string) *html.Node {
	t.Helper()
	w := get(t, f, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: got %d", path, w.Code)
	}
	return parseHTML(t, w)
}

func parseHTML(t *testing.T, w *httptest.ResponseRecorder) *html.Node {
	t.Helper()
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func all(n *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func texts(n *html.Node, selector string) (list []string) {
	for _, m := range all(n, selector) {
		list = append(list, content(m))
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

func TestAnAddressKeepsWhatWasChosenAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		boards *fake
		query  string
		want   string
		filter board.Filter
	}{
		"real models come first":        {measured(), "", "/leaderboard", board.Filter{}},
		"simulated ones are asked for":  {measured(), "set=simulated", "/leaderboard?set=simulated", board.Filter{Simulated: true}},
		"only simulated ones there are": {onlySimulated(), "", "/leaderboard?set=simulated", board.Filter{Simulated: true}},
		"real ones that there are not":  {onlySimulated(), "set=real", "/leaderboard?set=real", board.Filter{}},
		"a form sends everything":       {measured(), "set=real&suite=&language=&period=&sort=", "/leaderboard", board.Filter{}},
		"everything is chosen": {measured(), "set=real&suite=" + suiteB.String() + "&language=go&period=30&sort=-cost&utm=x",
			"/leaderboard?language=go&period=30&sort=-cost&suite=" + suiteB.String(), board.Filter{Suite: suiteB, Language: "go", Days: 30}},
		"the last first": {measured(), "sort=-rank", "/leaderboard?sort=-rank", board.Filter{}},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse(q, c.boards.facets)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.address("/leaderboard") != c.want || got.filter != c.filter {
			t.Errorf("%s: got %s %+v, want %s %+v", name, got.address("/leaderboard"), got.filter, c.want, c.filter)
		}
	}
}

func TestAFormSentWithoutAScriptLeadsToTheShortAddress(t *testing.T) {
	t.Parallel()
	w := get(t, measured(), "/leaderboard?set=real&suite=&language=go&period=")
	if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != "/leaderboard?language=go" {
		t.Errorf("got %d %s", w.Code, got)
	}
}

func TestAnUnknownFilterIsNamedWithAWayBack(t *testing.T) {
	t.Parallel()
	for _, q := range []string{"set=both", "suite=" + id.ID{7}.String(), "suite=x", "language=cobol", "period=5", "period=x", "sort=luck", "sort=--rank"} {
		w := get(t, measured(), "/leaderboard?"+q)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d, want 422", q, w.Code)
		}
		doc := parseHTML(t, w)
		_, value, _ := strings.Cut(q, "=")
		if got := content(all(doc, "main")[0]); !strings.Contains(got, value) {
			t.Errorf("%s: the page does not name it: %s", q, got)
		}
		if len(all(doc, `main a[href="/leaderboard"]`)) == 0 {
			t.Errorf("%s: no link clears the filters", q)
		}
		for _, kind := range []string{"csv", "json"} {
			w := get(t, measured(), "/leaderboard."+kind+"?"+q)
			if got := w.Header().Get("Content-Type"); w.Code != http.StatusUnprocessableEntity || got != "application/problem+json" {
				t.Errorf("%s as %s: got %d %s", q, kind, w.Code, got)
			}
		}
	}
	w := get(t, measured(), "/leaderboard?language=cobol", "HX-Request-Type", "partial")
	if got := w.Header().Get("HX-Redirect"); got != "/leaderboard?language=cobol" {
		t.Errorf("in part: got %q, want the page itself", got)
	}
}

func TestPageCSVAndJSONShowTheSameRows(t *testing.T) {
	t.Parallel()
	for _, q := range []string{"", "?sort=-score", "?sort=cost", "?sort=-model", "?sort=p50", "?sort=-p95", "?set=simulated", "?language=go&period=90"} {
		var d document
		if err := json.Unmarshal(get(t, measured(), "/leaderboard.json"+q).Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(get(t, measured(), "/leaderboard.csv"+q).Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		table := all(page(t, measured(), "/leaderboard"+q), "#table-1 tbody tr")
		if len(d.Rows) == 0 || len(lines) != len(d.Rows)+1 || len(table) != len(d.Rows) {
			t.Fatalf("%s: %d rows as JSON, %d lines as CSV, %d on the page", q, len(d.Rows), len(lines), len(table))
		}
		for i, r := range d.Rows {
			if diff := cmp.Diff(asMap(t, r), named(t, lines[0], lines[i+1])); diff != "" {
				t.Errorf("%s, row %d: JSON and CSV differ: %s", q, i, diff)
			}
			want := []string{fmt.Sprintf("%d %s", r.Rank, r.spread()), r.Model, ui.Fixed(r.Score, 1), ui.Fixed(r.Low, 1) + "–" + ui.Fixed(r.High, 1),
				"$ per 100" + ui.Fixed(r.PerHundred, 2), "p50 s" + ui.Fixed(r.P50, 1)}
			var got []string
			for _, cell := range []string{".rank", ".who2 a", ".score", ".ci", ".cost", ".lat"} {
				got = append(got, texts(table[i], cell)...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, row %d: the page shows %q, want %q", q, i, got, want)
			}
			if got := attr(all(table[i], ".who2 a")[0], "href"); got != "/models/"+r.ID.String() {
				t.Errorf("%s, row %d: got %s", q, i, got)
			}
		}
	}
}

// asMap and named bring a row of JSON and a line of CSV to one form.
func asMap(t *testing.T, r Row) map[string]any {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func named(t *testing.T, heads, line []string) map[string]any {
	t.Helper()
	m := map[string]any{}
	for i, head := range heads {
		m[head] = line[i]
		if x, err := strconv.ParseFloat(line[i], 64); err == nil {
			m[head] = x
		} else if line[i] == "true" || line[i] == "false" {
			m[head] = line[i] == "true"
		}
	}
	return m
}

func TestRowsKeepFullPrecision(t *testing.T) {
	t.Parallel()
	f := measured()
	f.real[0].Rate.Mean = 1.0 / 3
	lines, err := csv.NewReader(get(t, f, "/leaderboard.csv").Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got, err := strconv.ParseFloat(lines[1][slices.Index(lines[0], "pass_at_1_percent")], 64)
	if err != nil || math.Abs(got-100.0/3) > 1e-12 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestHostileTitlesStayText(t *testing.T) {
	t.Parallel()
	for title, cell := range map[string]string{
		`<script>alert(1)</script>`: `<script>alert(1)</script>`,
		`=HYPERLINK("//evil")`:      `'=HYPERLINK("//evil")`,
		"+1":                        "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "＝1": "'＝1", "＠1": "'＠1",
		`"><img src=x onerror=alert(1)>`: `"><img src=x onerror=alert(1)>`,
		"a,b\r\n=c":                      "a,b\n=c", // the reader of the test makes one of two
		"javascript:alert(1)":            "javascript:alert(1)",
	} {
		f := measured()
		f.real[0].Title, f.real[0].Provider = title, title
		doc := page(t, f, "/leaderboard")
		if got := texts(doc, "#table-1 tbody tr:first-child .who2 a"); len(got) != 1 || got[0] != strings.Join(strings.Fields(title), " ") {
			t.Errorf("%q: the page shows %q", title, got)
		}
		if n := len(all(doc, "main script, main img, main [onerror]")); n > 0 {
			t.Errorf("%q: %d elements came out of a title", title, n)
		}
		lines, err := csv.NewReader(get(t, f, "/leaderboard.csv").Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := lines[1][3]; got != cell || lines[1][4] != cell {
			t.Errorf("%q: the CSV holds %q, want %q", title, got, cell)
		}
	}
}

func TestHeadsSortAndSayHow(t *testing.T) {
	t.Parallel()
	doc := page(t, measured(), "/leaderboard?sort=-cost&language=go")
	sorted := all(doc, "th[aria-sort]")
	if len(sorted) != 1 || attr(sorted[0], "aria-sort") != "descending" || content(sorted[0]) != "$ per 100" {
		t.Fatalf("got %q", texts(doc, "th[aria-sort]"))
	}
	hrefs := map[string]string{}
	for _, a := range all(doc, "#table-1 thead a") {
		hrefs[content(a)] = attr(a, "href")
	}
	want := map[string]string{"Rank": "/leaderboard?language=go", "Model": "/leaderboard?language=go&sort=model", "Score": "/leaderboard?language=go&sort=-score",
		"$ per 100": "/leaderboard?language=go&sort=cost", "p50 s": "/leaderboard?language=go&sort=p50", "p95 s": "/leaderboard?language=go&sort=p95"}
	if diff := cmp.Diff(want, hrefs); diff != "" {
		t.Error(diff)
	}
	if got := texts(doc, "#table-1 tbody .who2 a"); !slices.Equal(got, []string{"Alloy", "Ore", "Dross"}) {
		t.Errorf("rows: got %q", got)
	}
	if got := attr(all(doc, "#table-1 thead th")[0], "aria-sort"); got != "" {
		t.Errorf("rank: got aria-sort %q", got)
	}
}

func TestEveryRowShowsItsIntervalAndFrontier(t *testing.T) {
	t.Parallel()
	doc := page(t, measured(), "/leaderboard")
	if got := len(all(doc, "#table-1 tbody svg.whisker")); got != 3 {
		t.Errorf("whiskers: got %d, want 3", got)
	}
	if got := texts(doc, "#table-1 .hm.pareto"); len(got) != 1 {
		t.Errorf("marks of the frontier: got %q", got)
	}
	if got := len(all(doc, "figure svg.chart.wide .wk")); got != 3 {
		t.Errorf("points of the figure: got %d, want 3", got)
	}
	if len(all(doc, `figure a[href="#table-1"]`)) == 0 {
		t.Error("the figure does not lead to its data")
	}
	if got := len(all(doc, ".hm.simulated")); got != 1 { // the one that explains the mark
		t.Errorf("real models bear the hallmark: %d", got)
	}
}

func TestSimulatedModelsAreMarkedAndExplained(t *testing.T) {
	t.Parallel()
	for path, sentence := range map[string]string{"/leaderboard": "No real model has public results yet", "/leaderboard?set=simulated": "No real model has public results yet"} {
		doc := page(t, onlySimulated(), path)
		for _, where := range []string{"#table-1 caption .hm.simulated", "#table-1 tbody tr .hm.simulated", ".note .hm.simulated"} {
			if len(all(doc, where)) != 1 {
				t.Errorf("%s: no hallmark at %s", path, where)
			}
		}
		if got := content(all(doc, ".note")[0]); !strings.Contains(got, sentence) {
			t.Errorf("%s: got %s", path, got)
		}
		if n := len(all(doc, ".filter .changed")); n != 0 {
			t.Errorf("%s: %d cells carry the streak", path, n)
		}
	}
	doc := page(t, measured(), "/leaderboard?set=simulated")
	if got := texts(doc, ".filter .changed > span"); !slices.Equal(got, []string{"Models"}) {
		t.Errorf("streak: got %q", got)
	}
	if got := texts(doc, "#table-1 tbody .who2 a"); !slices.Equal(got, []string{"Puppet"}) {
		t.Errorf("rows: got %q", got)
	}
}

func TestWithoutRowsThePageSaysWhyAndWhatNext(t *testing.T) {
	t.Parallel()
	onlyReal := measured()
	onlyReal.simulated, onlyReal.facets = nil, onlyReal.facets[:2]
	for name, c := range map[string]struct {
		boards *fake
		path   string
		title  string
		links  []string
	}{
		"nothing at all":      {&fake{}, "/leaderboard", "No model has been measured yet.", []string{"/start", "/runs"}},
		"no such combination": {measured(), "/leaderboard?period=7&language=go", "No result fits these filters.", []string{"/leaderboard"}},
		"no real model":       {onlySimulated(), "/leaderboard?set=real", "No real model has been measured yet.", []string{"/providers", "/leaderboard?set=simulated"}},
		"no simulated model":  {onlyReal, "/leaderboard?set=simulated", "No simulated model has been measured.", []string{"/leaderboard"}},
	} {
		doc := page(t, c.boards, c.path)
		if got := texts(doc, ".empty b"); !slices.Equal(got, []string{c.title}) {
			t.Errorf("%s: got %q", name, got)
		}
		var links []string
		for _, a := range all(doc, ".empty a") {
			links = append(links, attr(a, "href"))
		}
		if !slices.Equal(links, c.links) {
			t.Errorf("%s: leads to %q, want %q", name, links, c.links)
		}
		if len(all(doc, "#table-1")) != 0 {
			t.Errorf("%s: there is a table", name)
		}
	}
}

func TestAPartOfThePageHasItsAddress(t *testing.T) {
	t.Parallel()
	w := get(t, measured(), "/leaderboard?set=real&language=go&period=", "HX-Request-Type", "partial")
	if got := w.Header().Get("HX-Push-Url"); got != "/leaderboard?language=go" {
		t.Errorf("address: got %q", got)
	}
	if body := w.Body.String(); strings.Contains(body, "<html") || !strings.HasPrefix(body, `<div id="board">`) {
		t.Errorf("got %.80s", body)
	}
}

func TestTheFormWorksInPlaceOnlyWithTheNonce(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/leaderboard", nil)
	w := httptest.NewRecorder()
	shell.Secure(handler(measured())).ServeHTTP(w, r)
	form := all(parseHTML(t, w), "form.filter[hx-get]")
	if len(form) != 1 || attr(form[0], "hx-nonce") == "" || attr(form[0], "method") != "get" || attr(form[0], "action") != "/leaderboard" {
		t.Error("the form lacks its nonce, or does not work without a script")
	}
}

func TestFilesAreSentAgainOnlyWhenTheyChange(t *testing.T) {
	t.Parallel()
	f := measured()
	for _, path := range []string{"/leaderboard.csv", "/leaderboard.json"} {
		first := get(t, f, path)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" || first.Header().Get("Last-Modified") == "" {
			t.Fatalf("%s: got %d %v", path, first.Code, first.Header())
		}
		if got := get(t, f, path, "If-None-Match", tag).Code; got != http.StatusNotModified {
			t.Errorf("%s: got %d, want 304", path, got)
		}
		changed := measured()
		changed.real[1].Title = "Renamed"
		if got := get(t, changed, path, "If-None-Match", tag).Code; got != http.StatusOK {
			t.Errorf("%s changed: got %d, want 200", path, got)
		}
	}
	if got := get(t, f, "/leaderboard.csv").Header().Get("Content-Disposition"); got != `attachment; filename="assay-leaderboard-2026-03-04.csv"` {
		t.Errorf("file name: got %s", got)
	}
	if got := get(t, f, "/leaderboard.csv?period=30").Header().Get("Last-Modified"); got != "" {
		t.Errorf("a window of days changes by itself, and yet says it was last modified %s", got)
	}
}

func TestFacetsAreAskedForOncePerState(t *testing.T) {
	t.Parallel()
	f := measured()
	h := handler(f)
	ask := func() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/leaderboard", nil))
	}
	ask()
	ask()
	if f.asked != 1 {
		t.Errorf("one state: asked %d times", f.asked)
	}
	f.updated = noon.Add(time.Minute)
	ask()
	if f.asked != 2 {
		t.Errorf("the next state: asked %d times", f.asked)
	}
}

func TestAFaultOfTheBoardIsAPage(t *testing.T) {
	t.Parallel()
	f := measured()
	f.err = fault.New(fault.Unavailable, "the database is away")
	if got := get(t, f, "/leaderboard").Code; got != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", got)
	}
}

func TestFreeModelsAreInTheTableButNotInTheFigure(t *testing.T) {
	t.Parallel()
	f := measured()
	f.real[1].PerHundred, f.real[1].P50 = 0, 0
	c, err := parse(url.Values{}, f.facets)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Get(t.Context(), c.filter)
	if err != nil {
		t.Fatal(err)
	}
	p := Build(c, b)
	if len(p.Rows) != 3 || len(p.Frontier.Points) != 2 || !strings.HasPrefix(p.Undrawn, "1 model without a price") {
		t.Errorf("got %d rows, %d points, %q", len(p.Rows), len(p.Frontier.Points), p.Undrawn)
	}
	if got := texts(page(t, f, "/leaderboard"), "#table-1 tbody tr:nth-child(2) .lat"); got[0] != "p50 s–" {
		t.Errorf("no time: got %q", got)
	}
}

func TestBuildMakesThePropsOfASmallBoard(t *testing.T) {
	t.Parallel()
	f := onlySimulated()
	c, err := parse(url.Values{}, f.facets)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Get(t.Context(), c.filter)
	if err != nil {
		t.Fatal(err)
	}
	got := Build(c, b)
	e := f.simulated[0]
	row := Row{Rank: 1, RankLow: 1, RankHigh: 2, Model: "Puppet", Provider: "Lab Puppet", Simulated: true, Score: 87.5,
		Low: 100 * e.Rate.Interval.Low, High: 100 * e.Rate.Interval.High, Problems: 20, Attempts: 80, Passed: 70, Effective: 40,
		PerHundred: 1, P50: 1, P95: 3, Pareto: true, ID: e.Model}
	want := Props{
		Lead: "1 model, 20 problems, 80 attempts. A rank needs a second one.", Set: got.Set,
		Permalink: "/leaderboard?set=simulated", CSV: "/leaderboard.csv?set=simulated", JSON: "/leaderboard.json?set=simulated",
		Filter: got.Filter, Heads: got.Heads, Rows: []Row{row}, Scale: ui.NewScale(65, 100), Decimals: Decimals{Cost: 2, Seconds: 1},
		Simulated: true, Updated: noon, Runs: 3,
		Frontier: ui.FrontierProps{ID: "frontier", Title: "Cost against quality", Unit: "$", XTitle: "cost per 100 problems, log scale", YTitle: "score, %",
			Desc:   "1 model; the frontier runs from Puppet at 1.00 dollars to Puppet at 1.00. Table 1 holds every figure.",
			Points: []ui.FrontierPoint{{Label: "Puppet", X: 1, Y: 87.5, Lo: row.Low, Hi: row.High, Pareto: true, Hollow: true}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// crowded is a board of n models.
func crowded(n int) *fake {
	f := measured()
	f.real = nil
	for i := range n {
		e := entry(i+1, fmt.Sprintf("Model %d of a long list", i), 80-i*80/n, 0.2+float64(i*37%101)/5, 1+float64(i%9))
		e.Model, e.Pareto = id.New(), i%20 == 0
		f.real = append(f.real, e)
	}
	return f
}

func TestTwoHundredRowsFitTheBudget(t *testing.T) {
	t.Parallel()
	w := get(t, crowded(200), "/leaderboard")
	plain := w.Body.Len()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(w.Body.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if zipped.Len() > 60<<10 {
		t.Errorf("got %d bytes zipped of %d, want at most 60 KB", zipped.Len(), plain)
	}
}

func TestADrawingIsThatOfItsBoard(t *testing.T) {
	t.Parallel()
	f := measured()
	h := handler(f)
	first := func(path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return texts(parseHTML(t, w), "#table-1 tbody .who2 a")[0]
	}
	for range 2 {
		if got, other := first("/leaderboard"), first("/leaderboard?sort=cost"); got != "Ore" || other != "Dross" {
			t.Fatalf("two orders: got %s and %s first", got, other)
		}
	}
	f.real = []board.Entry{entry(1, "Newcomer", 79, 1, 1), f.real[1], f.real[2]}
	if got := first("/leaderboard"); got != "Newcomer" {
		t.Errorf("after a run was counted: got %s first", got)
	}
}

func BenchmarkLeaderboardPage(b *testing.B) {
	h := shell.Secure(handler(crowded(200)))
	r := httptest.NewRequest(http.MethodGet, "/leaderboard", nil)
	b.Run("kept", func(b *testing.B) { serve(b, func() http.Handler { return h }, r) })
	b.Run("drawn", func(b *testing.B) {
		f := crowded(200)
		serve(b, func() http.Handler { return shell.Secure(handler(f)) }, r)
	})
}

func serve(b *testing.B, h func() http.Handler, r *http.Request) {
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
