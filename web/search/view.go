package search

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// Props is all that the page shows.
type Props struct {
	Shell  shell.Props
	Query  string
	Lead   string
	Groups []Group
	Bank   bool // problems were searched as well
}

// Group is what was found of one kind. Found counts all, Hits holds the first.
type Group struct {
	Title string
	Found int
	Hits  []Hit
}

// Hit is one thing that was found.
type Hit struct {
	Title     string
	Href      string
	Note      string
	Simulated bool
}

// material is all that can be found.
type material struct {
	boards   []board.Board
	runs     []bench.Run
	bank     bool
	suites   []problem.Suite
	problems []problem.Problem
}

// Build searches the material; without a query it finds nothing.
func Build(query string, m material) Props {
	p := Props{Query: query, Bank: m.bank}
	if query == "" {
		p.Lead = "Type part of the name of a model, its provider, or a run. Signed in, you find problems as well."
		return p
	}
	words := strings.Fields(strings.ToLower(query))
	total := 0
	for _, g := range []Group{
		pick("Models", words, models(m.boards)), pick("Runs", words, runs(m.runs)),
		pick("Suites", words, suites(m.suites)), pick("Problems", words, problems(m)),
	} {
		total += g.Found
		if g.Found > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	p.Lead = fmt.Sprintf("%s for “%s”.", count(total, "result"), query)
	if total == 0 {
		p.Lead = fmt.Sprintf("Nothing found for “%s”.", query)
	}
	return p
}

// candidate is a thing that may be found by its text.
type candidate struct {
	Hit
	text string
}

// pick keeps the candidates that hold every word, those that begin with the first
// one before others.
func pick(title string, words []string, list []candidate) Group {
	var found []candidate
	for _, c := range list {
		c.text = strings.ToLower(c.text)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c.text, w) }) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Compare(late(a.text, words[0]), late(b.text, words[0]))
	})
	g := Group{Title: title, Found: len(found)}
	for _, c := range found[:min(len(found), most)] {
		g.Hits = append(g.Hits, c.Hit)
	}
	return g
}

func late(text, word string) int {
	if strings.HasPrefix(text, word) {
		return 0
	}
	return 1
}

func models(boards []board.Board) (list []candidate) {
	for _, b := range boards {
		for _, e := range b.Entries {
			list = append(list, candidate{Hit{Title: e.Title, Href: "/models/" + e.Model.String(), Simulated: b.Filter.Simulated,
				Note: e.Provider + ", " + ui.Fixed(100*e.Rate.Mean, 1) + " % pass@1"}, e.Title + " " + e.Provider})
		}
	}
	return list
}

func runs(all []bench.Run) (list []candidate) {
	for _, r := range all {
		list = append(list, candidate{Hit{Title: r.Name, Href: "/runs/" + r.ID.String(), Simulated: r.Simulated,
			Note: fmt.Sprintf("%s, %s of %s attempts, %s", r.State, ui.Count(r.Settled), ui.Count(r.Planned), r.CreatedAt.UTC().Format("2006-01-02"))}, r.Name + " " + r.SuiteName})
	}
	return list
}

func suites(all []problem.Suite) (list []candidate) {
	for _, s := range all {
		list = append(list, candidate{Hit{Title: s.Name, Href: "/problems/suites/" + s.ID.String(), Note: count(s.Problems, "problem")}, s.Name})
	}
	return list
}

func problems(m material) (list []candidate) {
	names := map[id.ID]string{}
	for _, s := range m.suites {
		names[s.ID] = s.Name
	}
	for _, p := range m.problems {
		list = append(list, candidate{Hit{Title: p.Name, Href: "/problems/" + p.ID.String(), Note: p.EntryPoint + ", " + names[p.Suite]},
			p.Name + " " + p.EntryPoint})
	}
	return list
}

func address(query string) string {
	if query == "" {
		return "/search"
	}
	return "/search?" + url.Values{"q": {query}}.Encode()
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return ui.Count(n) + " " + noun
}
