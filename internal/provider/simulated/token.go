package simulated

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the sort of a token of Python.
type kind int

const (
	name kind = iota
	number
	text // a string literal, an f-string with all that is in it
	operator
)

// token is one token of Python, with its place in the source.
type token struct {
	kind     kind
	text     string
	from, to int
	depth    int // of brackets around it
}

// line is one logical line: tokens without comments, and the bytes from the
// beginning of its indentation to the end of its line break.
type line struct {
	tokens   []token
	from, to int
	indent   int
}

// first returns the text of the first token.
func (l line) first() string { return l.tokens[0].text }

// last returns the last token.
func (l line) last() token { return l.tokens[len(l.tokens)-1] }

const quotes = `"'`

// scan splits Python source into its logical lines; ok is false when it is not
// well formed. Blank lines and comments belong to no line.
func scan(src string) (lines []line, ok bool) {
	s := scanner{src: src}
	for s.at < len(s.src) {
		if !s.step() {
			return nil, false
		}
	}
	s.endLine()
	return s.lines, s.depth == 0
}

type scanner struct {
	src   string
	at    int
	depth int
	begin int // of the logical line
	now   []token
	lines []line
}

// step takes one token, break or blank.
func (s *scanner) step() bool {
	rest := s.src[s.at:]
	switch c := rest[0]; {
	case c == '\n':
		s.at++
		if s.depth == 0 {
			s.endLine()
		}
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		s.at++
	case strings.HasPrefix(rest, "\\\n"), strings.HasPrefix(rest, "\\\r\n"):
		s.at += strings.IndexByte(rest, '\n') + 1
	case c == '#':
		s.at += len(rest)
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			s.at += end - len(rest)
		}
	case stringAt(rest) >= 0:
		n := stringLen(rest, stringAt(rest))
		if n < 0 {
			return false
		}
		s.take(text, n)
	case c >= '0' && c <= '9', c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		s.take(number, numberLen(rest))
	case nameLen(rest) > 0:
		s.take(name, nameLen(rest))
	default:
		return s.operator(rest)
	}
	return true
}

func (s *scanner) take(k kind, n int) {
	if len(s.now) == 0 {
		s.begin = strings.LastIndexByte(s.src[:s.at], '\n') + 1
	}
	s.now = append(s.now, token{kind: k, text: s.src[s.at : s.at+n], from: s.at, to: s.at + n, depth: s.depth})
	s.at += n
}

func (s *scanner) endLine() {
	if len(s.now) > 0 {
		s.lines = append(s.lines, line{tokens: s.now, from: s.begin, to: s.at, indent: s.now[0].from - s.begin})
	}
	s.now = nil
}

// operators, longest first.
var operators = []string{
	"**=", "//=", ">>=", "<<=", "...",
	"==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>",
}

func (s *scanner) operator(rest string) bool {
	n := 1
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			n = len(op)
			break
		}
	}
	switch {
	case strings.ContainsAny(rest[:1], "([{"):
		s.take(operator, 1)
		s.depth++
		return true
	case strings.ContainsAny(rest[:1], ")]}"):
		s.depth--
	case !strings.ContainsAny(rest[:1], "+-*/%@&|^~<>()[]{},:.;=!"):
		return false
	}
	s.take(operator, n)
	return s.depth >= 0
}

// stringAt returns the place of the quote when a string literal begins here,
// after a prefix of up to two letters, and otherwise -1.
func stringAt(rest string) int {
	for i := 0; i < len(rest) && i <= 2; i++ {
		if strings.IndexByte(quotes, rest[i]) >= 0 {
			return i
		}
		if strings.IndexByte("rRbBuUfFtT", rest[i]) < 0 {
			break
		}
	}
	return -1
}

// stringLen returns the length of a literal whose quote is at i, or -1.
func stringLen(rest string, i int) int {
	end := rest[i : i+1]
	if strings.HasPrefix(rest[i:], strings.Repeat(end, 3)) {
		end = strings.Repeat(end, 3)
	}
	for j := i + len(end); j < len(rest); j++ {
		switch {
		case rest[j] == '\\':
			j++
		case strings.HasPrefix(rest[j:], end):
			return j + len(end)
		case rest[j] == '\n' && len(end) == 1:
			return -1
		}
	}
	return -1
}

func numberLen(rest string) int {
	n := 0
	for n < len(rest) {
		c := rest[n]
		sign := (c == '+' || c == '-') && n > 0 && (rest[n-1]|0x20) == 'e' && !strings.HasPrefix(rest, "0x")
		if c != '.' && c != '_' && !sign && !unicode.IsLetter(rune(c)) && (c < '0' || c > '9') {
			break
		}
		n++
	}
	return n
}

func nameLen(rest string) int {
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if r != '_' && !unicode.IsLetter(r) && (n == 0 || !unicode.IsDigit(r)) {
			break
		}
		n += size
	}
	return n
}
