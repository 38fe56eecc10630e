package attempts

import (
	"regexp"
	"strings"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/problem"
)

// docstring finds the text that opens a function.
var docstring = regexp.MustCompile(`(?s)^[^\n]*?(?:"""|''')(.*?)(?:"""|''')`)

// task returns the first words of the entry point's docstring, without examples;
// empty when there are none.
func task(prompt, entry string) string {
	_, rest, ok := strings.Cut(prompt, "def "+entry+"(")
	if !ok {
		return ""
	}
	_, body, ok := strings.Cut(rest, ":\n")
	if !ok {
		return ""
	}
	m := docstring.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	text, _, _ := strings.Cut(m[1], ">>>")
	return clip(text, 320)
}

func problemText(d bench.Detail) problem.Text {
	return problem.Text{Name: d.ProblemName, Language: d.Language, Prompt: d.Prompt, EntryPoint: d.EntryPoint}
}
