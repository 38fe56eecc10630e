package extract

import "strings"

// parts is a text taken apart into runs of code and the prose between them.
type parts struct {
	code  []string
	kinds []kind // of each run: the strongest kind that occurs in it
	prose bool   // there is something besides code
}

// defining returns the runs that define a function or class.
func (p parts) defining() []block {
	var out []block
	for i, k := range p.kinds {
		if k == strong {
			out = append(out, block{text: p.code[i], closed: true})
		}
	}
	return out
}

// segments finds the runs of code in text that stands in no fence. A run begins
// with an unindented statement and ends before the next unindented line that is
// none, strings and brackets over several lines being passed over.
func segments(text string) parts {
	r := run{text: text, first: -1}
	at := 0
	for line := range strings.Lines(text) {
		r.take(line, at)
		at += len(line)
	}
	r.finish()
	return r.out
}

// run is the run of code that is being read.
type run struct {
	text       string
	first, end int // text[first:end]; first is -1 outside of any
	best       kind
	lex        lexer
	out        parts
}

// take looks at the line that begins at the given place.
func (r *run) take(line string, at int) {
	inside := r.first >= 0 && r.lex.inside() && !r.lex.resumes(line)
	switch {
	case inside:
	case blank(line):
		return
	case indentOf(line) != "":
		if r.best <= comment { // indented, but under nothing
			r.finish()
			r.out.prose = true
			return
		}
	default:
		k := kindOf(line, r.text[at+len(line):])
		if k == prose {
			r.finish()
			r.out.prose = true
			return
		}
		if r.first < 0 {
			r.first = at
		}
		r.best = max(r.best, k)
		if k == comment { // may be a heading of the prose that follows
			return
		}
	}
	r.lex.step(line)
	r.end = at + len(line)
}

func (r *run) finish() {
	if r.first >= 0 && r.best > comment {
		r.out.code = append(r.out.code, r.text[r.first:r.end])
		r.out.kinds = append(r.out.kinds, r.best)
	}
	r.first, r.best, r.lex = -1, prose, lexer{}
}

// lexer follows strings, brackets and continued lines from line to line.
type lexer struct {
	triple    string // the quotes that a long string waits for
	depth     int    // of open brackets
	continued bool
}

func (l *lexer) inside() bool { return l.triple != "" || l.depth > 0 || l.continued }

// resumes tells whether a line shows that a bracket was forgotten: a definition
// cannot stand in brackets.
func (l *lexer) resumes(line string) bool {
	if l.triple != "" || !strings.HasPrefix(line, "def ") && !strings.HasPrefix(line, "class ") {
		return false
	}
	l.depth, l.continued = 0, false
	return true
}

func (l *lexer) step(line string) {
	l.continued = false
	for i := 0; i < len(line); {
		if l.triple != "" {
			i = l.skipTriple(line, i)
			continue
		}
		switch line[i] {
		case '#':
			return
		case '"', '\'':
			if strings.HasPrefix(line[i:], `"""`) || strings.HasPrefix(line[i:], "'''") {
				l.triple = line[i : i+3]
				i += 3
				continue
			}
			i = stringEnd(line, i)
			continue
		case '(', '[', '{':
			l.depth++
		case ')', ']', '}':
			l.depth = max(0, l.depth-1)
		case '\\':
			l.continued = strings.TrimRight(line[i+1:], "\n") == ""
		}
		i++
	}
}

// skipTriple moves to behind the end of a long string, or of the line.
func (l *lexer) skipTriple(line string, i int) int {
	for ; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(line[i:], l.triple) {
			l.triple = ""
			return i + 3
		}
	}
	return len(line)
}
