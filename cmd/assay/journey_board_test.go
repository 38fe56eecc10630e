package main

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// line is a row of the leaderboard as people read it.
type line struct{ Rank, Model, Score, Interval string }

const shownLines = `[...document.querySelectorAll("#table-1 tbody tr")].map(r => ({
	Rank: r.querySelector(".rank span").innerText, Model: r.querySelector("th a").innerText,
	Score: r.querySelector(".score").innerText, Interval: r.querySelector(".ci").innerText}))`

// readLeaderboard reads the ranking, filters it, sorts it, and takes it away as
// CSV and JSON.
func (b *tab) readLeaderboard() {
	b.Helper()
	b.follow(chromedp.Click(link("Leaderboard")))
	b.eventuallyRanked()
	b.see("leaderboard")
	got := read[[]line](b, shownLines)
	if len(got) != 3 || got[0].Model != "Tessera Large" || got[0].Rank != "1" {
		b.Errorf("leaderboard: got %v", got)
	}
	if !slices.IsSortedFunc(got, func(x, y line) int { return compareScores(y, x) }) {
		b.Errorf("not by score: %v", got)
	}
	marked := `[...document.querySelectorAll("#table-1 tbody tr")].every(r => r.querySelector(".hm.simulated") && r.querySelector("svg.whisker .hollow"))`
	if !read[bool](b, marked) {
		b.Error("a row lacks its hallmark or its whisker")
	}
	b.compareFiles()
	if b.plain {
		b.filterPlainly()
	} else {
		b.filterInPlace()
		b.changeTheme()
	}
	b.sort(got)
}

// eventuallyRanked waits for the board to count the run.
func (b *tab) eventuallyRanked() {
	b.Helper()
	await(b.T, "the run is counted", func() bool {
		b.visit("/leaderboard")
		return read[int](b, `document.querySelectorAll("#table-1 tbody tr").length`) > 0
	})
}

func compareScores(x, y line) int {
	a, _ := strconv.ParseFloat(x.Score, 64) // what is no number is 0 and out of order
	z, _ := strconv.ParseFloat(y.Score, 64)
	return int(10*a) - int(10*z)
}

// filterInPlace changes two filters by keyboard, one after the other, and goes
// back: the address follows, and the page is never left.
func (b *tab) filterInPlace() {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`window.stays = true`))
	visited := read[int](b, `history.length`)
	b.do(chromedp.Focus(chromedp.CSS(`select[name="period"]`)), chromedp.KeyEvent(kb.ArrowDown))
	b.until(`location.search.includes("period=90") && document.querySelector("select[name=period]").value === "90"`)
	b.do(chromedp.Focus(chromedp.CSS(`select[name="suite"]`)), chromedp.KeyEvent(kb.ArrowDown))
	b.until(`location.search.includes("period=90") && location.search.includes("suite=") && document.querySelectorAll("#table-1 tbody tr").length === 3`)
	b.until(`document.querySelector('a[href^="/leaderboard.csv"]').href.includes("suite=")`)
	if n := read[int](b, `window.stays ? history.length : -1`); n != visited+2 {
		b.Errorf("entries of the history: got %d, want %d", n, visited+2)
	}
	if focus := read[string](b, `document.activeElement.name ?? ""`); focus != "suite" {
		b.Errorf("focus after a filter: got %q", focus)
	}
	b.see("leaderboard-filtered", looks[0], looks[2])
	b.compareFiles()
	b.do(chromedp.NavigateBack())
	b.until(`location.search.includes("period=90") && !location.search.includes("suite=") && document.querySelector("select[name=suite]").value === ""`)
	b.follow(chromedp.Click(link("Clear 1")))
	b.until(`!location.search.includes("period")`)
}

// filterPlainly sends the form of filters.
func (b *tab) filterPlainly() {
	b.Helper()
	b.do(chromedp.SetValue(chromedp.CSS(`select[name="period"]`), "90"))
	b.follow(chromedp.Click(button("Apply")))
	b.until(`location.search === "?period=90&set=simulated" && document.querySelector("select[name=period]").value === "90"`)
	b.compareFiles()
	b.follow(chromedp.Click(link("Clear 1")))
}

// sort turns the table round.
func (b *tab) sort(best []line) {
	b.Helper()
	for _, order := range []string{"descending", "ascending"} {
		b.follow(chromedp.Click(link("Score")))
		b.until(`document.querySelector("th[aria-sort]").innerText.trim() === "Score" && document.querySelector("th[aria-sort]").ariaSort === "` + order + `"`)
	}
	slices.Reverse(best)
	if diff := cmp.Diff(best, read[[]line](b, shownLines)); diff != "" {
		b.Errorf("worst first (-want +got):\n%s", diff)
	}
	b.compareFiles()
}

// changeTheme presses the switch; the server remembers.
func (b *tab) changeTheme() {
	b.Helper()
	for _, theme := range []string{"dark", "light"} {
		b.do(chromedp.Click(chromedp.CSS("header.top button.to-" + theme)))
		b.until(`document.documentElement.dataset.theme === "` + theme + `"`)
		b.until(`performance.getEntriesByType("resource").some(e => e.name.endsWith("/theme"))`)
		b.visit("/leaderboard")
		b.until(`document.documentElement.dataset.theme === "` + theme + `"`)
		if theme == "dark" {
			b.see("leaderboard-switched", looks[len(looks)-1]) // the switch outweighs the system
		}
	}
	b.do(chromedp.Evaluate[chromedp.Void](`fetch("/theme", {method: "POST", body: new URLSearchParams({theme: "auto"})})`, chromedp.EvalAwaitPromise))
	b.visit("/leaderboard")
}

// compareFiles takes what the page offers to take away: it has to hold the rows
// that the page shows.
func (b *tab) compareFiles() {
	b.Helper()
	want := read[[]line](b, shownLines)
	if diff := cmp.Diff(want, b.linesOfCSV()); diff != "" {
		b.Errorf("CSV (-page +file):\n%s", diff)
	}
	if diff := cmp.Diff(want, b.linesOfJSON()); diff != "" {
		b.Errorf("JSON (-page +file):\n%s", diff)
	}
}

// fetch gets what a button of the page leads to.
func (b *tab) fetch(button string) *http.Response {
	b.Helper()
	address := read[string](b, `[...document.querySelectorAll("header.head a")].find(a => a.textContent.trim() === "`+button+`").href`)
	resp, err := http.Get(address)
	if err != nil {
		b.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: got %s", address, resp.Status)
	}
	return resp
}

func (b *tab) linesOfCSV() (list []line) {
	b.Helper()
	resp := b.fetch("CSV")
	defer resp.Body.Close()
	rows, err := csv.NewReader(resp.Body).ReadAll()
	if err != nil || len(rows) == 0 {
		b.Fatalf("CSV: %v", err)
	}
	at := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	for _, row := range rows[1:] {
		list = append(list, line{at(row, "rank"), at(row, "model"), rounded(at(row, "pass_at_1_percent")),
			rounded(at(row, "pass_at_1_low_percent")) + "–" + rounded(at(row, "pass_at_1_high_percent"))})
	}
	return list
}

func (b *tab) linesOfJSON() (list []line) {
	b.Helper()
	resp := b.fetch("JSON")
	defer resp.Body.Close()
	var doc struct {
		Rows []struct {
			Rank  json.Number `json:"rank"`
			Model string      `json:"model"`
			Score json.Number `json:"pass_at_1_percent"`
			Low   json.Number `json:"pass_at_1_low_percent"`
			High  json.Number `json:"pass_at_1_high_percent"`
		} `json:"rows"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		b.Fatal(err)
	}
	for _, r := range doc.Rows {
		list = append(list, line{r.Rank.String(), r.Model, rounded(r.Score.String()), rounded(r.Low.String()) + "–" + rounded(r.High.String())})
	}
	return list
}

// rounded writes a number with one decimal, as the page does.
func rounded(text string) string {
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}
