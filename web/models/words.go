package models

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/ui"
)

// outcome returns how a verdict reads and looks.
func outcome(v score.Verdict) (string, ui.Status) {
	word := strings.ReplaceAll(string(v), "_", " ")
	switch v {
	case score.Passed:
		return word, ui.Passed
	case score.TimeLimit:
		return word, ui.TimedOut
	case score.Infrastructure:
		return word, ui.Infrastructure
	case score.NoCode:
		word = "no code found"
	}
	return word, ui.Failed
}

// plain shortens what a program may have written to about n letters and makes
// blanks of what is invisible in it.
func plain(s string, n int) string {
	invisible := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	s = strings.Join(strings.FieldsFunc(s, invisible), " ")
	if letters := []rune(s); len(letters) > n {
		return strings.TrimSpace(string(letters[:n-1])) + "…"
	}
	return s
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return ui.Count(n) + " " + noun
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func languageName(s string) string {
	switch s {
	case "typescript":
		return "TypeScript"
	case "javascript":
		return "JavaScript"
	case "csharp":
		return "C#"
	}
	return upper(s)
}

func kind(simulated bool) string {
	if simulated {
		return "simulated"
	}
	return "real"
}

// ordinal writes 1st, 2nd, 3rd, 4th, 11th.
func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}
