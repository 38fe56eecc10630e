package extract

import "strings"

// block is a piece of an answer that may be code.
type block struct {
	text   string
	lang   string // what the fence says, in lower case
	closed bool
}

// fenceState follows the fences of a text line by line, as CommonMark 0.31
// section 4.5 has it but for two habits of models: an opening fence may be
// indented by any amount, and a fence with a language opens a new block even
// inside another.
type fenceState struct {
	open   bool
	mark   string // the run of ` or ~ that opened the block
	indent int
}

// step takes one line and tells whether it opens or closes a block; info is what
// the opening fence says.
func (f *fenceState) step(line string) (opens, closes bool, info string) {
	trimmed := strings.TrimLeft(line, " \t")
	mark := fenceMark(trimmed)
	if mark == "" {
		return false, false, ""
	}
	indent := len(line) - len(trimmed)
	info = strings.TrimSpace(trimmed[len(mark):])
	if strings.Contains(info, "`") {
		return false, false, ""
	}
	if !f.open {
		*f = fenceState{true, mark, indent}
		return true, false, info
	}
	// Deeper fences belong to a docstring.
	if indent > f.indent+3 || mark[0] != f.mark[0] || len(mark) < len(f.mark) {
		return false, false, ""
	}
	if info == "" {
		f.open = false
		return false, true, ""
	}
	*f = fenceState{true, mark, indent}
	return true, true, info
}

// fenceMark returns the run of at least three ` or ~ at the front of s.
func fenceMark(s string) string {
	if s == "" || s[0] != '`' && s[0] != '~' {
		return ""
	}
	n := 0
	for n < len(s) && s[n] == s[0] {
		n++
	}
	if n < 3 {
		return ""
	}
	return s[:n]
}

// fenced returns the fenced blocks of a text, those inside markdown blocks
// included, and all that stands outside them.
func fenced(text string) (blocks []block, outside string) {
	outer, outside := cutFences(text)
	for _, b := range outer {
		if b.lang == "markdown" || b.lang == "md" {
			if inner, _ := cutFences(b.text); len(inner) > 0 {
				blocks = append(blocks, inner...)
				continue
			}
		}
		blocks = append(blocks, b)
	}
	return blocks, outside
}

func cutFences(text string) (blocks []block, outside string) {
	var state fenceState
	var inside, around strings.Builder
	var lang string
	finish := func(closed bool) {
		blocks = append(blocks, block{inside.String(), lang, closed})
		inside.Reset()
	}
	for line := range strings.Lines(text) {
		if code, tag, ok := oneLineFence(line); ok && !state.open {
			blocks = append(blocks, block{code + "\n", tag, true})
			continue
		}
		wasOpen := state.open
		opens, closes, info := state.step(line)
		if closes {
			finish(!opens)
		}
		switch {
		case opens:
			lang = language(info)
		case closes:
		case wasOpen:
			inside.WriteString(cutIndent(line, state.indent))
		default:
			around.WriteString(line)
		}
	}
	if state.open {
		finish(false)
		last := &blocks[len(blocks)-1]
		last.text, last.closed = cutLateFence(last.text, state.mark)
	}
	return blocks, around.String()
}

// oneLineFence takes a line like ```python def f(): return 1``` apart.
func oneLineFence(line string) (code, lang string, ok bool) {
	line = strings.TrimSpace(line)
	if len(line) < 7 || !strings.HasPrefix(line, "```") || !strings.HasSuffix(line, "```") {
		return "", "", false
	}
	code = strings.TrimSpace(line[3 : len(line)-3])
	if code == "" || strings.Contains(code, "`") {
		return "", "", false
	}
	if word, rest, more := strings.Cut(code, " "); more && isPython(strings.ToLower(word)) {
		return strings.TrimSpace(rest), "python", true
	}
	return code, "", true
}

// cutLateFence ends a block at a closing fence that stands behind code on its
// line, for blocks that nothing else closes.
func cutLateFence(text, mark string) (string, bool) {
	at := 0
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, " \t\n")
		if code, ok := strings.CutSuffix(bare, mark); ok && !strings.HasSuffix(code, mark[:1]) {
			return text[:at] + code + "\n", true
		}
		at += len(line)
	}
	return text, false
}

// cutIndent removes up to n blanks from the front of a line.
func cutIndent(line string, n int) string {
	i := 0
	for i < n && i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	return line[i:]
}

// language returns the language that an opening fence names: "python" for
// "Python title=x" and "{.python}".
func language(info string) string {
	info = strings.TrimLeft(info, "{. ")
	end := strings.IndexFunc(info, func(r rune) bool { return strings.ContainsRune(" \t,:;{}()=", r) })
	if end >= 0 {
		info = info[:end]
	}
	return strings.ToLower(info)
}
