package problems

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// perPage is the number of rows on a page of a suite.
const perPage = 200

// suiteProps is the page of one suite.
type suiteProps struct {
	Shell  shell.Props
	Name   string
	Lead   string
	Notice string // what an import did just now
	Run    bool   // whether the viewer may start one
	Rows   []problemRow
	Pager  *ui.PagerProps // nil when everything fits
}

// problemRow is one problem of a suite.
type problemRow struct {
	Name       string
	Href       string
	Language   string
	EntryPoint string
	Version    string
	Prompt     string // characters
	Reference  string
}

// suite answers GET /problems/suites/{id}.
func (h *Handlers) suite(w http.ResponseWriter, r *http.Request) error {
	want, err := idOf(r, "suite")
	if err != nil {
		return err
	}
	all, err := h.bank.Suites(r.Context())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(s problem.Suite) bool { return s.ID == want })
	if at < 0 {
		return absent("suite", want.String())
	}
	list, err := h.bank.List(r.Context(), want)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page")) // the first for what is no number
	p := newSuite(all[at], list, page)
	p.Notice, p.Run = notice(r.URL.Query()), can(r, access.RunBenchmarks)
	p.Shell = h.site.Props(r, p.Name, section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, http.StatusOK, suitePage(p))
}

// newSuite describes one page, counted from 1, of a suite's problems.
func newSuite(s problem.Suite, list []problem.Problem, page int) suiteProps {
	p := suiteProps{Name: s.Name, Lead: count(len(list), "problem")}
	if languages := languagesOf(list); languages != "" {
		p.Lead += " in " + languages
	}
	p.Lead += ". Runs put each of them to every model they name."
	last := max(1, (len(list)+perPage-1)/perPage)
	page = min(max(page, 1), last)
	from, to := (page-1)*perPage, min(page*perPage, len(list))
	for _, pr := range list[from:to] {
		p.Rows = append(p.Rows, problemRow{Name: pr.Name, Href: hrefOf(pr.ID), Language: languageName(pr.Language), EntryPoint: pr.EntryPoint,
			Version: strconv.Itoa(pr.Number), Prompt: ui.Count(pr.PromptChars), Reference: ui.Count(pr.ReferenceChars)})
	}
	if last == 1 {
		return p
	}
	p.Pager = &ui.PagerProps{Text: ui.Count(from+1) + " to " + ui.Count(to) + " of " + ui.Count(len(list)), Back: "Previous", On: "Next"}
	at := hrefOfSuite(s.ID) + "?page="
	if page > 1 {
		p.Pager.Prev = at + strconv.Itoa(page-1)
	}
	if page < last {
		p.Pager.Next = at + strconv.Itoa(page+1)
	}
	return p
}

// languagesOf lists the languages of the problems, each once.
func languagesOf(list []problem.Problem) string {
	var names []string
	for _, p := range list {
		if name := languageName(p.Language); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names); n > 3 {
		return strconv.Itoa(n) + " languages"
	}
	return joined(names)
}

func joined(names []string) string {
	text := ""
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += name
	}
	return text
}

// languageName is how people write the name of a language.
func languageName(language string) string {
	names := map[string]string{"python": "Python", "go": "Go", "rust": "Rust", "cpp": "C++", "typescript": "TypeScript",
		"javascript": "JavaScript", "java": "Java"}
	if name, ok := names[language]; ok {
		return name
	}
	return language
}
