package simulated

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// edit replaces the bytes from..to.
type edit struct {
	from, to int
	with     string
}

// mutation is a small mistake of the kind that people and models make. It
// keeps the source well formed.
type mutation struct {
	kind  string
	rank  int // 0 the likely ones, 1 the clumsy ones, 2 those that may never end
	edits []edit
}

// apply returns src with the mistake in it.
func (m mutation) apply(src string) string {
	var b strings.Builder
	at := 0
	for _, e := range m.edits {
		b.WriteString(src[at:e.from])
		join(&b, e.with)
		at = e.to
		// What follows must not grow together with what now stands before it.
		join(&b, src[at:min(at+1, len(src))])
		at = min(at+1, len(src))
	}
	b.WriteString(src[at:])
	return b.String()
}

// join adds part, with a space before it where two words would become one.
func join(b *strings.Builder, part string) {
	sofar := b.String()
	if sofar != "" && part != "" && wordly(sofar[len(sofar)-1]) && wordly(part[0]) {
		b.WriteByte(' ')
	}
	b.WriteString(part)
}

func wordly(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// mutations returns the mistakes that can be made in Python source, which may be
// a function's body alone, in an order that dice gives within each rank. Strings,
// comments, signatures and imports stay as they are.
func mutations(src string, dice *rand.Rand) []mutation {
	lines, ok := scan(src)
	if !ok {
		return nil
	}
	m := mutator{src: src, lines: lines}
	for i, l := range lines {
		if !slices.Contains(fixed, l.first()) {
			m.line(i, l)
		}
	}
	dice.Shuffle(len(m.found), func(i, j int) { m.found[i], m.found[j] = m.found[j], m.found[i] })
	slices.SortStableFunc(m.found, func(a, b mutation) int { return a.rank - b.rank })
	return m.found
}

// fixed begin the lines that are left alone.
var fixed = []string{"def", "async", "class", "import", "from", "@", "global", "nonlocal", "match", "case", "type"}

// notDropped begin the lines that are no simple statement, or whose absence
// would not show or not end.
var notDropped = []string{
	"if", "elif", "else", "for", "while", "try", "except", "finally", "with", "return",
	"pass", "break", "continue", "raise", "yield", "assert", "del",
}

type mutator struct {
	src   string
	lines []line
	found []mutation
	rank  int // of the present line
}

func (m *mutator) add(kind string, rank int, edits ...edit) {
	m.found = append(m.found, mutation{kind: kind, rank: max(rank, m.rank), edits: edits})
}

// swap replaces one token.
func (m *mutator) swap(kind string, rank int, t token, with string) {
	m.add(kind, rank, edit{t.from, t.to, with})
}

func (m *mutator) line(i int, l line) {
	m.rank = 0
	if m.repeats(i) {
		m.rank = 2
	}
	inFor := map[int]bool{}
	for j, t := range l.tokens {
		switch t.kind {
		case operator:
			m.operator(l, j, t)
		case number:
			m.number(t)
		case name:
			m.name(l, j, t, inFor)
		}
	}
	m.branch(l)
	m.result(l)
	if m.droppable(i) {
		m.add("dropped line", 1, edit{l.from, l.to, ""})
	}
}

// repeats tells whether the line at i decides how long a while loop goes on: a
// mistake there may make it endless.
func (m *mutator) repeats(i int) bool {
	indent := m.lines[i].indent
	if m.lines[i].first() == "while" {
		return true
	}
	for i--; i >= 0 && indent > 0; i-- {
		if m.lines[i].indent < indent {
			indent = m.lines[i].indent
			if m.lines[i].first() == "while" {
				return true
			}
		}
	}
	return false
}

var compares = map[string][]string{
	"<": {"<=", ">"}, "<=": {"<", ">="}, ">": {">=", "<"}, ">=": {">", "<="}, "==": {"!="}, "!=": {"=="},
}

// binaries are swapped between two values; the second of the pair is the rank.
var binaries = map[string]struct {
	with string
	rank int
}{
	"+": {"-", 0}, "-": {"+", 0}, "*": {"+", 0}, "//": {"/", 1}, "/": {"//", 0}, "%": {"//", 0}, "**": {"*", 0},
	"&": {"|", 0}, "|": {"&", 0}, "^": {"|", 0},
	"+=": {"-=", 0}, "-=": {"+=", 0}, "*=": {"+=", 0}, "//=": {"*=", 1}, "/=": {"*=", 0}, "%=": {"//=", 1},
}

func (m *mutator) operator(l line, j int, t token) {
	for _, with := range compares[t.text] {
		m.swap("comparison", 0, t, with)
	}
	if j == 0 || j == len(l.tokens)-1 {
		return
	}
	before, after := l.tokens[j-1], l.tokens[j+1]
	b, ok := binaries[t.text]
	switch {
	case ok && value(before):
		// Texts can be added but not subtracted: that would be no plausible mistake.
		if before.kind != text && after.kind != text {
			m.swap("operator", b.rank, t, b.with)
		}
	case t.text == "-" && (after.kind == number || after.kind == name):
		m.swap("lost sign", 0, t, "")
	}
}

var keywords = []string{
	"and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
	"finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
	"return", "try", "while", "with", "yield", "print",
}

// value tells whether an operand can end with t.
func value(t token) bool {
	switch t.kind {
	case name:
		return !slices.Contains(keywords, t.text)
	case operator:
		return strings.Contains(")]}", t.text)
	}
	return true
}

func (m *mutator) number(t token) {
	n, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil || len(t.text) > 1 && t.text[0] == '0' {
		return
	}
	m.swap("number", 0, t, strconv.FormatInt(n+1, 10))
	if n > 0 {
		m.swap("number", 0, t, strconv.FormatInt(n-1, 10))
	}
}

var others = map[string]string{"and": "or", "or": "and", "True": "False", "False": "True", "break": "continue"}

var calls = map[string]string{
	"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor", "abs": "",
	"set": "list", "reversed": "list", "sum": "max",
}

var methods = map[string]string{
	"lower": "upper", "upper": "lower", "startswith": "endswith", "endswith": "startswith", "lstrip": "rstrip",
	"rstrip": "lstrip", "isupper": "islower", "islower": "isupper", "isalpha": "isdigit", "isdigit": "isalpha",
	"find": "rfind", "rfind": "find", "floor": "ceil", "ceil": "floor", "keys": "values", "values": "keys",
}

func (m *mutator) name(l line, j int, t token, inFor map[int]bool) {
	var before, after token
	if j > 0 {
		before = l.tokens[j-1]
	}
	if j+1 < len(l.tokens) {
		after = l.tokens[j+1]
	}
	if with, ok := others[t.text]; ok {
		m.swap("word", 0, t, with)
	}
	call := after.text == "(" && after.kind == operator
	if with, ok := methods[t.text]; ok && call && before.text == "." {
		m.swap("method", 0, t, with)
	}
	if with, ok := calls[t.text]; ok && call && before.text != "." {
		m.swap("function", 0, t, with)
	}
	switch {
	case t.text == "for":
		inFor[t.depth] = true
	case t.text == "in" && inFor[t.depth]:
		inFor[t.depth] = false
	case t.text == "in" && before.text != "not":
		m.swap("membership", 0, t, "not in")
	case t.text == "is" && after.text != "not":
		m.swap("identity", 0, t, "is not")
	case t.text == "not" && after.text != "":
		m.add("lost not", 0, edit{t.from, after.from, ""})
	case t.text == "range" && call && before.text != ".":
		m.bounds(l, j)
	case t.text == "len" && call && before.text != ".":
		m.length(l, j)
	case t.text == "if" && j > 0:
		m.choice(l, j)
	}
}

// closing returns the index of the bracket that closes the one at j.
func (l line) closing(j int) int {
	for k := j + 1; k < len(l.tokens); k++ {
		if l.tokens[k].depth == l.tokens[j].depth && strings.Contains(")]}", l.tokens[k].text) {
			return k
		}
	}
	return len(l.tokens) - 1
}

// bounds shifts the ends of a range that begins at token j.
func (m *mutator) bounds(l line, j int) {
	end := l.closing(j + 1)
	inner := l.tokens[j+2 : end]
	if len(inner) == 0 || inner[0].text == "*" || inner[len(inner)-1].text == "," || slices.ContainsFunc(inner, isFor) {
		return
	}
	at := l.tokens[end].from
	m.add("bound", 0, edit{at, at, " + 1"})
	m.add("bound", 0, edit{at, at, " - 1"})
	depth := l.tokens[j+1].depth + 1
	if !slices.ContainsFunc(inner, func(t token) bool { return t.text == "," && t.depth == depth }) {
		m.add("bound", 0, edit{inner[0].from, inner[0].from, "1, "})
	}
}

func isFor(t token) bool { return t.text == "for" }

// length makes a length one too short.
func (m *mutator) length(l line, j int) {
	end := l.closing(j + 1)
	if end+1 < len(l.tokens) && strings.Contains(".([", l.tokens[end+1].text) {
		return
	}
	at := l.tokens[end].to
	m.add("length", 0, edit{at, at, " - 1"})
}

// choice swaps the sides of a conditional expression whose if is at token j.
func (m *mutator) choice(l line, j int) {
	t := l.tokens[j]
	for k := j + 2; k < len(l.tokens); k++ {
		other := l.tokens[k]
		if other.depth < t.depth || other.depth == t.depth && slices.Contains([]string{",", "for", "if", ":"}, other.text) {
			return
		}
		if other.depth == t.depth && other.text == "else" && other.kind == name {
			m.add("swapped branches", 0, edit{l.tokens[j+1].from, l.tokens[j+1].from, "not ("}, edit{l.tokens[k-1].to, l.tokens[k-1].to, ")"})
			return
		}
	}
}

// branch swaps the branches of an if statement.
func (m *mutator) branch(l line) {
	if first := l.first(); first != "if" && first != "elif" || l.last().text != ":" || len(l.tokens) < 3 {
		return
	}
	from, to := l.tokens[1].from, l.tokens[len(l.tokens)-2].to
	m.add("swapped branches", 0, edit{from, from, "not ("}, edit{to, to, ")"})
}

// result spoils what a return statement gives.
func (m *mutator) result(l line) {
	if l.first() != "return" || len(l.tokens) < 2 || slices.ContainsFunc(l.tokens, func(t token) bool { return t.text == ";" }) {
		return
	}
	from, to := l.tokens[1].from, l.last().to
	m.add("lost result", 1, edit{from, to, "None"})
	logical := func(t token) bool {
		return t.depth == 0 && (compares[t.text] != nil || slices.Contains([]string{"and", "or", "not", "in", "is", "True", "False"}, t.text))
	}
	tuple := func(t token) bool { return t.depth == 0 && (t.text == "," || t.text == "*") }
	if slices.ContainsFunc(l.tokens[1:], logical) && !slices.ContainsFunc(l.tokens[1:], tuple) {
		m.add("reversed result", 0, edit{from, from, "not ("}, edit{to, to, ")"})
	}
}

// droppable tells whether the line at i is a simple statement in a block that
// has others.
func (m *mutator) droppable(i int) bool {
	l := m.lines[i]
	odd := func(t token) bool { return t.depth == 0 && (t.text == ";" || t.text == "lambda") }
	if l.tokens[0].kind == text || slices.Contains(notDropped, l.first()) || slices.ContainsFunc(l.tokens, odd) {
		return false
	}
	for k := i - 1; k >= 0 && m.lines[k].indent >= l.indent; k-- {
		if m.lines[k].indent == l.indent {
			return true
		}
	}
	return i+1 < len(m.lines) && m.lines[i+1].indent == l.indent
}
