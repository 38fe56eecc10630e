package arch

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kind says what a piece of SQL is.
type kind byte

const (
	isWord    kind = iota // lower case, without quotes
	isText                // a string, without quotes
	isComment             // without its dashes
	isMark                // one character
)

type piece struct {
	kind kind
	text string
	line int
}

// lexeme matches one piece: what stands in a group is its text.
var lexeme = regexp.MustCompile(`(?s)^(?:` +
	`--([^\n]*)` + // 1: a comment to the end of the line
	`|/\*.*?\*/` +
	`|'((?:[^']|'')*)'` + // 2: a string
	`|"((?:[^"]|"")*)"` + // 3: a quoted name
	`|([A-Za-z_][\w$]*)` + // 4: a word
	`|\d[\w.]*|\s+|.)`)

// dollar begins a string that ends with the same tag.
var dollar = regexp.MustCompile(`^\$(?:[A-Za-z_]\w*)?\$`)

// lex splits SQL into pieces. Blanks, numbers and block comments go.
func lex(sql string) []piece {
	var list []piece
	line := 1
	for len(sql) > 0 {
		m := lexeme.FindStringSubmatch(sql)
		if tag := dollar.FindString(sql); tag != "" {
			body, _, _ := strings.Cut(sql[len(tag):], tag)
			m = []string{sql[:min(len(sql), len(body)+2*len(tag))], "", "", "", ""}
			list = append(list, piece{isText, body, line})
		} else if t, ok := pieceOf(m, line); ok {
			list = append(list, t)
		}
		line += strings.Count(m[0], "\n")
		sql = sql[len(m[0]):]
	}
	return list
}

func pieceOf(m []string, line int) (piece, bool) {
	switch first := m[0][0]; {
	case strings.HasPrefix(m[0], "--"):
		return piece{isComment, strings.TrimSpace(m[1]), line}, true
	case first == '\'':
		return piece{isText, strings.ReplaceAll(m[2], "''", "'"), line}, true
	case first == '"' && len(m[0]) > 1:
		return piece{isWord, m[3], line}, true
	case m[4] != "":
		return piece{isWord, strings.ToLower(m[4]), line}, true
	case len(m[0]) == 1 && !strings.ContainsAny(m[0], " \t\r\n0123456789"):
		return piece{isMark, m[0], line}, true
	}
	return piece{}, false
}

// statements splits pieces at semicolons. A comment belongs to the statement after it.
func statements(pieces []piece) [][]piece {
	var list [][]piece
	for len(pieces) > 0 {
		end := slices.IndexFunc(pieces, func(t piece) bool { return t.kind == isMark && t.text == ";" })
		if end < 0 {
			return append(list, pieces)
		}
		list = append(list, pieces[:end])
		pieces = pieces[end+1:]
	}
	return list
}

// code returns the pieces without comments.
func code(pieces []piece) []piece {
	return slices.DeleteFunc(slices.Clone(pieces), func(t piece) bool { return t.kind == isComment })
}

// follow reports how many pieces at the start of list spell the words; of a word
// that ends with "?" the list may do without. Without all of them it returns 0.
func follow(list []piece, words string) int {
	n := 0
	for w := range strings.FieldsSeq(words) {
		name, optional := strings.CutSuffix(w, "?")
		switch {
		case n < len(list) && list[n].kind == isWord && list[n].text == name:
			n++
		case !optional:
			return 0
		}
	}
	return n
}

// nameAt returns the table named at the start of list, without its schema.
func nameAt(list []piece) (piece, bool) {
	if len(list) == 0 || list[0].kind != isWord {
		return piece{}, false
	}
	if len(list) > 2 && list[1].text == "." && list[2].kind == isWord {
		return list[2], true
	}
	return list[0], true
}

// sqlFiles returns the pieces of each file that the pattern matches, by name.
func sqlFiles(tree fs.FS, pattern string) (names []string, pieces map[string][]piece, err error) {
	if names, err = fs.Glob(tree, pattern); err != nil {
		return nil, nil, err
	}
	pieces = make(map[string][]piece, len(names))
	for _, name := range names {
		sql, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, nil, err
		}
		pieces[name] = lex(string(sql))
	}
	return names, pieces, nil
}

// domainOf is the domain that a query file feeds.
func domainOf(name string) string { return strings.TrimSuffix(path.Base(name), ".sql") }

func TestSQLIsSplitIntoPieces(t *testing.T) {
	t.Parallel()
	sql := "SELECT 'it''s -- text', \"Odd Name\", $1\n/* from gone\n*/ FROM run -- the rest\nWHERE id = @id AS $f$ DELETE FROM x; $f$; DROP"
	got := lex(sql)
	want := []piece{
		{isWord, "select", 1}, {isText, "it's -- text", 1}, {isMark, ",", 1}, {isWord, "Odd Name", 1}, {isMark, ",", 1}, {isMark, "$", 1},
		{isWord, "from", 3}, {isWord, "run", 3}, {isComment, "the rest", 3},
		{isWord, "where", 4}, {isWord, "id", 4}, {isMark, "=", 4}, {isMark, "@", 4}, {isWord, "id", 4}, {isWord, "as", 4},
		{isText, " DELETE FROM x; ", 4}, {isMark, ";", 4}, {isWord, "drop", 4},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(piece{})); diff != "" {
		t.Error(diff)
	}
}
