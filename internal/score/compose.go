package score

import (
	"regexp"
	"slices"
	"strings"
)

// Compose makes a complete program of code from an answer. The body of a function
// continues the prompt; anything else is put after what the prompt offers before
// its signature: imports and helpers.
func Compose(suite Suite, code string) string {
	if continues(suite.EntryPoint, code) {
		return joinBody(suite.Prompt, code)
	}
	start := definition(suite.EntryPoint).FindStringIndex(suite.Prompt)
	if start == nil {
		return code
	}
	future, rest := splitFuture(code)
	preamble := strings.TrimSpace(suite.Prompt[:start[0]])
	if preamble != "" {
		preamble += "\n\n"
	}
	return future + preamble + rest
}

func definition(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(?:(?:async[ \t]+)?def|class)[ \t]+` + regexp.QuoteMeta(name) + `\b|^` + regexp.QuoteMeta(name) + `[ \t]*[:=]`)
}

// continues tells whether code is the body of the function and not a program: it
// does not define the function, and it is indented. Trimming may have taken the
// indentation of the first line, so that of all others decides, or a return.
func continues(entry, code string) bool {
	if definition(entry).MatchString(code) {
		return false
	}
	var lines []string
	for _, line := range strings.Split(code, "\n") {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "#") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 || statement.MatchString(lines[0]) {
		return false
	}
	rest := lines[1:]
	return indented(lines[0]) || strings.HasPrefix(lines[0], "return") ||
		len(rest) > 0 && !slices.ContainsFunc(rest, func(l string) bool { return !indented(l) })
}

// statement matches the beginning of what stands at the top of a program.
var statement = regexp.MustCompile(`^(?:def|class|async|import|from|@|if __name__)`)

func indented(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }

func joinBody(prompt, code string) string {
	code = strings.TrimLeft(code, "\r\n")
	if !strings.HasSuffix(prompt, "\n") {
		prompt += "\n"
	}
	first, _, _ := strings.Cut(code, "\n")
	if !indented(first) && !strings.HasPrefix(first, "#") {
		code = "    " + code
	}
	if !strings.HasSuffix(code, "\n") {
		code += "\n"
	}
	return prompt + code
}

// splitFuture takes the imports that must stand at the top of a program out of it.
func splitFuture(code string) (future, rest string) {
	var kept []string
	for _, line := range strings.SplitAfter(code, "\n") {
		if strings.HasPrefix(line, "from __future__ import") {
			future += strings.TrimRight(line, "\r\n") + "\n"
			line = ""
		}
		kept = append(kept, line)
	}
	return future, strings.Join(kept, "")
}
