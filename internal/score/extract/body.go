package extract

import "strings"

// body takes code for the body of a function where it can only be that: it is
// indented as a whole, its first line alone has lost its indentation, or it
// returns outside of any function. It gives the body without its common
// indentation, and what stands unindented after it.
func (t target) body(code string) (inside, after string, ok bool) {
	code = cutBlankLines(code)
	first, rest, _ := strings.Cut(code, "\n")
	indent := indentOf(first)
	k := kindOf(first[len(indent):], rest)
	if k == prose {
		return "", "", false
	}
	if indent == "" && t.lostIndent(code, k) {
		indent = t.unit
		code = indent + code
	}
	if indent == "" {
		return code, "", leavesAtTop(code)
	}
	end := bodyEnd(code)
	return dedent(code[:end]), code[end:], true
}

// lostIndent tells whether only a first line that was indented explains how deep
// the next ones are: servers strip the blanks around an answer.
func (t target) lostIndent(code string, k kind) bool {
	first, rest := firstStatement(code)
	rest = cutBlankLines(rest)
	next := indentOf(rest)
	if !strings.HasSuffix(strings.TrimRight(cutComment(first), " \t\n"), ":") {
		return k != strong && next != ""
	}
	// A block that ends on a depth where none began, or that is too deep.
	for line := range strings.Lines(rest) {
		if indent := indentOf(line); !blank(line) && len(indent) < len(next) {
			return indent != ""
		}
	}
	return k != strong && len(next) >= 2*len(t.unit)
}

// firstStatement cuts code behind its first statement, which may go over lines,
// and returns the last of them.
func firstStatement(code string) (last, rest string) {
	var lex lexer
	at := 0
	for line := range strings.Lines(code) {
		lex.step(line)
		last = line
		if at += len(line); !lex.inside() {
			break
		}
	}
	return last, code[at:]
}

// bodyEnd returns where the first unindented line of a body begins.
func bodyEnd(code string) int {
	var lex lexer
	at := 0
	for line := range strings.Lines(code) {
		if at > 0 && !blank(line) && indentOf(line) == "" && !lex.inside() {
			return at
		}
		lex.step(line)
		at += len(line)
	}
	return len(code)
}

// cutBlankLines returns text from its first line that is not blank.
func cutBlankLines(text string) string {
	at := len(text) - len(strings.TrimLeft(text, " \t\n"))
	return text[strings.LastIndexByte(text[:at], '\n')+1:]
}

// leavesAtTop tells whether an unindented statement returns, or an unindented
// block other than a function does.
func leavesAtTop(code string) bool {
	var lex lexer
	inDefinition := false
	for line := range strings.Lines(code) {
		if lex.inside() || blank(line) {
			lex.step(line)
			continue
		}
		trimmed := strings.TrimLeft(line, " \t")
		word := trimmed[:identifierLength(trimmed)]
		if indentOf(line) == "" {
			inDefinition = word == "def" || word == "class" || word == "async"
		}
		if !inDefinition && (word == "return" || word == "yield") && !adjacentWords(trimmed) {
			return true
		}
		lex.step(line)
	}
	return false
}

// bareBody takes text without fences for the body of a function; prose may only
// follow it.
func (t target) bareBody(text string) (inside, after string, ok bool) {
	text = cutBlankLines(text)
	if indentOf(text) == "" && segments(text).prose {
		return "", "", false
	}
	return t.body(text)
}

// underPrompt puts a body without indentation under the prompt, and behind it
// the functions and classes of what stood after the body.
func (t target) underPrompt(inside, after string) Result {
	var out strings.Builder
	out.WriteString(strings.TrimRight(t.prompt, " \t\n"))
	out.WriteByte('\n')
	for line := range strings.Lines(strings.TrimRight(inside, " \t\n") + "\n") {
		if !blank(line) {
			out.WriteString(t.unit)
		}
		out.WriteString(line)
	}
	if more := segments(after).defining(); len(more) > 0 {
		out.WriteString("\n\n" + join(more))
	}
	return Result{Code: out.String(), Rule: BodyOnly, OK: true}
}

// dedent takes the indentation off that all lines but blank ones have in common.
func dedent(text string) string {
	common, any := "", false
	for line := range strings.Lines(text) {
		if blank(line) {
			continue
		}
		indent := indentOf(line)
		if !any {
			common, any = indent, true
		}
		for !strings.HasPrefix(indent, common) {
			common = common[:len(common)-1]
		}
		if common == "" {
			return text
		}
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if blank(line) {
			out.WriteByte('\n')
			continue
		}
		out.WriteString(line[len(common):])
	}
	return out.String()
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
