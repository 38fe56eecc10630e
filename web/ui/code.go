package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Token is a piece of a line with its syntax class, as chroma names them: "k",
// "s", "nf". The empty class is plain text.
type Token struct {
	Class string
	Text  string
}

// LineMark says what is special about a line of code.
type LineMark string

// The marks of lines.
const (
	Unmarked LineMark = ""
	Selected LineMark = "sel"
	Finding  LineMark = "find"
	Added    LineMark = "add"
	Removed  LineMark = "del"
)

func (m LineMark) sign() string {
	switch m {
	case Added:
		return "+"
	case Removed:
		return "−"
	}
	return " "
}

// CodeLine is a line of code. Why is a sentence shown under it.
type CodeLine struct {
	No     int
	Tokens []Token
	Mark   LineMark
	Why    string
}

// Plainly makes lines without syntax from text split at newlines.
func Plainly(lines ...string) []CodeLine {
	out := make([]CodeLine, len(lines))
	for i, line := range lines {
		out[i] = CodeLine{No: i + 1, Tokens: []Token{{Text: line}}}
	}
	return out
}

// CodeProps describes a block of code. ID prefixes the lines' anchors, so
// "answer-L22" is line 22; Label names the block to screen readers.
type CodeProps struct {
	ID    string
	Label string
	Lines []CodeLine
	Bare  bool // no numbers: commands and output
}

// LogLine is one line of a log. Level is "info", "warn" or "error".
type LogLine struct {
	At    string
	Level string
	From  string
	Text  string
}

// tokens writes them without a space between: inside a line every one counts.
func tokens(all []Token) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if len(all) == 0 { // or copying would lose the empty line
			_, err := io.WriteString(w, "<br>")
			return err
		}
		for _, t := range all {
			text := templ.EscapeString(t.Text)
			if t.Class != "" {
				text = `<span class="` + templ.EscapeString(t.Class) + `">` + text + `</span>`
			}
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
		}
		return nil
	})
}
