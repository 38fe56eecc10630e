package extract

import (
	"slices"
	"strings"
)

// target is what the program has to be: the prompt taken apart.
type target struct {
	prompt   string
	entry    string
	preamble string // what stands in the prompt before the function
	unit     string // the indentation of the function's body
}

func newTarget(prompt, entry string) target {
	prompt, _ = clean(prompt)
	t := target{prompt: prompt, entry: entry, unit: "    "}
	at, found := 0, -1
	for line := range strings.Lines(prompt) {
		if definesHere(prompt[at:], entry) {
			found = at
		} else if indent := indentOf(line); found >= 0 && indent != "" && !blank(line) && at > found {
			t.unit = indent
			break
		}
		at += len(line)
	}
	if found > 0 {
		t.preamble = cutDecorators(prompt[:found])
	}
	return t
}

// cutDecorators leaves out the decorators at the end, which belong to the
// function that the answer brings itself.
func cutDecorators(preamble string) string {
	for {
		trimmed := strings.TrimRight(preamble, " \t\n")
		start := strings.LastIndexByte(trimmed, '\n') + 1
		if start == len(trimmed) || trimmed[start] != '@' {
			return preamble
		}
		preamble = preamble[:start]
	}
}

// longestSignature bounds how far the end of a signature is looked for.
const longestSignature = 2_000

// mostTries bounds how many definitions of one program are looked at.
const mostTries = 10_000

// definesHere tells whether text begins with the definition of name, colon
// included; brackets still open at the end count, as the answer may be cut off.
func definesHere(text, name string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(text, "async "), "def")
	if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return false
	}
	rest = strings.TrimLeft(rest, " \t")
	if n := identifierLength(rest); n == 0 || rest[:n] != name {
		return false
	}
	rest = strings.TrimLeft(rest[len(name):], " \t")
	if rest == "" || rest[0] != '(' && rest[0] != '[' {
		return false
	}
	return signatureEnds(rest[:min(len(rest), longestSignature)])
}

// signatureEnds tells whether a colon or arrow follows the brackets that text
// begins with.
func signatureEnds(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			i = stringEnd(text, i) - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ':':
			if depth <= 0 {
				return true
			}
		case '-':
			if depth <= 0 {
				return strings.HasPrefix(text[i:], "->")
			}
		case '\n', ';', '=':
			if depth <= 0 {
				return false
			}
		}
	}
	return depth > 0
}

// defines tells whether an unindented line of the program gives the function its
// name: by def, by assignment or by import.
func (t target) defines(code string) bool {
	at, tries := 0, 0
	for line := range strings.Lines(code) {
		here := code[at:]
		at += len(line)
		switch word := line[:identifierLength(line)]; word {
		case "def", "async":
			if tries++; tries <= mostTries && definesHere(here, t.entry) {
				return true
			}
		case t.entry:
			if rest := strings.TrimLeft(line[len(word):], " \t"); strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") {
				return true
			}
		case "from", "import":
			if slices.Contains(importedNames(line), t.entry) {
				return true
			}
		}
	}
	return false
}

// usedAtTop tells whether an unindented line of code holds the function's name.
func (t target) usedAtTop(code string) bool {
	for line := range strings.Lines(code) {
		if !blank(line) && indentOf(line) == "" && words(cutComment(line))[t.entry] {
			return true
		}
	}
	return false
}

// dedented returns text without its common indentation where that makes it
// define the function, and unchanged otherwise: indentation is what tells a body.
func (t target) dedented(text string) string {
	if plain := dedent(text); t.defines(plain) {
		return plain
	}
	return text
}

// program makes code into the result: as it is, behind what the prompt brings,
// or under the prompt where it is a body.
func (t target) program(code, rule string) Result {
	code = strings.TrimRight(code, " \t\n") + "\n"
	if t.defines(dedent(code)) {
		return Result{Code: t.withPreamble(dedent(code)), Rule: rule, Note: cutOffNote(rule), OK: true}
	}
	if inside, after, ok := t.body(code); ok {
		r := t.underPrompt(inside, after)
		r.Note = cutOffNote(rule)
		return r
	}
	note := "the answer does not define " + t.entry
	if cut := cutOffNote(rule); cut != "" {
		note = cut + "; " + note
	}
	return Result{Code: t.withPreamble(dedent(code)), Rule: rule, Note: note, OK: true}
}

func cutOffNote(rule string) string {
	if rule == UnclosedFence {
		return "the block is never closed; the answer may have been cut off"
	}
	return ""
}

// withPreamble puts what the prompt brings in front of a program that lacks some
// of it.
func (t target) withPreamble(code string) string {
	code = strings.TrimLeft(code, "\n")
	if !t.lacks(code) {
		return code
	}
	future, rest := cutFuture(code)
	return future + strings.TrimRight(t.preamble, " \t\n") + "\n\n\n" + rest
}

// lacks tells whether the preamble brings something that the program does not:
// a name, or a line that is more than a definition.
func (t target) lacks(code string) bool {
	has := map[string]bool{}
	for _, name := range topNames(code) {
		has[name] = true
	}
	for _, name := range topNames(t.preamble) {
		if !has[name] {
			return true
		}
	}
	for line := range strings.Lines(t.preamble) {
		switch line[:identifierLength(line)] {
		case "import", "from", "def", "class", "async":
		default:
			if !blank(line) && indentOf(line) == "" && line[0] != '#' && line[0] != '@' {
				return true
			}
		}
	}
	return false
}

// cutFuture takes the imports from __future__ out, which Python wants first.
func cutFuture(code string) (future, rest string) {
	if !strings.Contains(code, "from __future__ ") {
		return "", code
	}
	var a, b strings.Builder
	for line := range strings.Lines(code) {
		if strings.HasPrefix(line, "from __future__ ") {
			a.WriteString(line)
		} else {
			b.WriteString(line)
		}
	}
	return a.String(), b.String()
}
