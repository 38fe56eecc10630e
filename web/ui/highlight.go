package ui

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// Highlight splits source into numbered lines with the syntax classes of the
// language, such as "Go" or "TypeScript". An unknown language, or source that
// its lexer cannot read, gives plain lines.
func Highlight(language, source string) []CodeLine {
	source = strings.TrimRight(source, "\n")
	lexer := lexers.Get(language)
	if lexer == nil {
		return Plainly(strings.Split(source, "\n")...)
	}
	tokens, err := chroma.Tokenise(chroma.Coalesce(lexer), nil, source)
	if err != nil {
		return Plainly(strings.Split(source, "\n")...)
	}
	var lines []CodeLine
	for i, parts := range chroma.SplitTokensIntoLines(tokens) {
		line := CodeLine{No: i + 1}
		for _, t := range parts {
			text := strings.TrimSuffix(t.Value, "\n")
			if text != "" {
				line.Tokens = append(line.Tokens, Token{Class: syntaxClass(t.Type), Text: text})
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// syntaxClass keeps only the classes that the style sheet colours.
func syntaxClass(t chroma.TokenType) string {
	switch {
	case t.InCategory(chroma.Keyword), t == chroma.NameTag:
		return "k"
	case t.InSubCategory(chroma.LiteralString):
		return "s"
	case t.InSubCategory(chroma.LiteralNumber):
		return "m"
	case t == chroma.NameFunction, t == chroma.NameFunctionMagic, t == chroma.NameDecorator, t == chroma.NameBuiltin:
		return "nf"
	case t.InCategory(chroma.Comment):
		return "c"
	}
	return ""
}
