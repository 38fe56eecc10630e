package extract

import "strings"

// kind is what an unindented line of an answer looks like.
type kind int

const (
	prose   kind = iota
	comment      // fits everywhere
	weak         // a statement
	strong       // begins a function or class
)

// kindOf looks at one line that begins in column 0 outside of strings and
// brackets; after is the text behind it.
func kindOf(line, after string) kind {
	line = strings.TrimRight(line, " \t\n")
	word := line[:identifierLength(line)]
	switch {
	case line == "":
		return comment
	case line[0] == '#':
		return comment
	case strings.IndexByte(")]}", line[0]) >= 0, strings.HasPrefix(line, `"""`), strings.HasPrefix(line, "'''"):
		return weak
	case line[0] == '@':
		return decorator(line)
	case word == "def", word == "class", strings.HasPrefix(line, "async def "):
		return definition(line)
	case adjacentWords(line):
		return prose
	}
	return statement(line, word, after)
}

func decorator(line string) kind {
	name := strings.TrimRight(strings.SplitN(line[1:], "(", 2)[0], " ")
	if name == "" || strings.ContainsAny(name, " ,;:!?@") {
		return prose
	}
	return weak
}

// definition tells "def f(" and "class C:" from sentences that begin like them.
func definition(line string) kind {
	rest := strings.TrimPrefix(line, "async ")
	word := rest[:identifierLength(rest)]
	rest = strings.TrimLeft(rest[len(word):], " \t")
	n := identifierLength(rest)
	after := strings.TrimLeft(rest[n:], " \t")
	switch {
	case n == 0 || after == "":
		return prose
	case word == "def" && (after[0] == '(' || after[0] == '['):
		if strings.HasSuffix(line, "{") || !signatureEnds(after) {
			return prose // Scala, Ruby
		}
		return strong
	case word == "class" && strings.IndexByte(":([", after[0]) >= 0 && !strings.HasSuffix(line, "{"):
		return strong
	}
	return prose
}

func statement(line, word, after string) kind {
	if beginsBlock(word) {
		opens := strings.HasSuffix(strings.TrimRight(cutComment(line), " \t"), ":")
		if opens && nextIndented(after) || !opens && oneLineBlock(line) {
			return weak
		}
		return prose
	}
	switch word {
	case "import":
		return weak
	case "from":
		if strings.Contains(line, " import ") {
			return weak
		}
		return prose
	case "return", "yield", "assert", "raise", "del", "global", "nonlocal", "pass", "break", "continue", "await":
		return weak
	}
	if word == "" && !strings.HasPrefix(line, "(") && !strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "*") {
		return prose
	}
	if assigns(line) || word != "" && calls(line[len(word):]) {
		return weak
	}
	return prose
}

// beginsBlock tells whether a line begins with a word that wants a block.
func beginsBlock(line string) bool {
	switch line[:identifierLength(line)] {
	case "if", "for", "while", "with", "try", "else", "elif", "except", "finally", "async", "match":
		return true
	}
	return false
}

// oneLineBlock tells whether a statement follows the first colon of a line that
// stands outside of brackets and strings: "if x: return y".
func oneLineBlock(line string) bool {
	depth := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"', '\'':
			i = stringEnd(line, i) - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ':':
			if depth <= 0 && i+1 < len(line) && line[i+1] != '=' {
				rest := strings.TrimLeft(line[i+1:], " \t")
				return rest != "" && rest[0] != '#' && !beginsBlock(rest) && kindOf(rest, "") != prose
			}
		}
	}
	return false
}

// assigns tells whether a line assigns to something: there is a sign of
// assignment, and no quote before it but in a subscript.
func assigns(line string) bool {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '#':
			return false
		case '"', '\'':
			if !strings.Contains(line[:i], "[") {
				return false
			}
			i = stringEnd(line, i) - 1
		case '=':
			if i+1 < len(line) && line[i+1] == '=' {
				i++
				continue
			}
			return i > 0 && !strings.Contains("!:", line[i-1:i])
		}
	}
	return false
}

// calls tells whether what follows a name is a call or method calls to the end.
func calls(rest string) bool {
	rest = strings.TrimRight(cutComment(rest), " \t;")
	if rest == "" || rest[0] != '(' && rest[0] != '.' && rest[0] != '[' {
		return false
	}
	last := rest[len(rest)-1]
	return strings.Contains(rest, "(") && strings.IndexByte(")([{,", last) >= 0
}

// nextIndented tells whether the first line of text that is not blank is
// indented. An end counts as indented, as the answer may have been cut off there.
func nextIndented(text string) bool {
	for line := range strings.Lines(text) {
		if !blank(line) {
			return indentOf(line) != ""
		}
	}
	return true
}

// adjacentWords tells whether two names follow each other with nothing between
// them, outside of strings and comments: prose does so all the time, and Python
// never, since one of two such words is a keyword.
func adjacentWords(line string) bool {
	before := false
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == '#':
			return false
		case c == '"' || c == '\'':
			i = stringEnd(line, i)
			before = false
			continue
		case c == ' ' || c == '\t':
			i++
			continue
		}
		n := identifierLength(line[i:])
		if n == 0 {
			before = false
			i++
			continue
		}
		name := !keyword(line[i : i+n])
		if before && name {
			return true
		}
		before = name
		i += n
	}
	return false
}

func keyword(word string) bool {
	switch word {
	case "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
		"finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
		"return", "try", "while", "with", "yield", "match", "case", "type", "print", "exec":
		return true
	}
	return false
}

// stringEnd returns the index behind the string of one line that begins at i, or
// the end of the line where nothing closes it.
func stringEnd(line string, i int) int {
	quote := line[i]
	for j := i + 1; j < len(line); j++ {
		switch line[j] {
		case '\\':
			j++
		case quote:
			return j + 1
		}
	}
	return len(line)
}

// cutComment cuts a line before its comment.
func cutComment(line string) string {
	for i := 0; i < len(line); {
		switch line[i] {
		case '#':
			return line[:i]
		case '"', '\'':
			i = stringEnd(line, i)
		default:
			i++
		}
	}
	return line
}

// identifierLength returns how many bytes at the front of s are a name; letters
// beyond ASCII count.
func identifierLength(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}
