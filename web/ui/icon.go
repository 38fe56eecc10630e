package ui

// Glyph names one of the small drawings: states, shapes of series and judges,
// and the signs on buttons.
type Glyph string

// The glyphs. Those of states stand for one meaning each; see State.
const (
	Tick     Glyph = "tick"
	Cross    Glyph = "cross"
	Triangle Glyph = "triangle"
	Half     Glyph = "half"
	Ring     Glyph = "ring"
	Bars     Glyph = "bars"
	Dash     Glyph = "dash"
	Lozenge  Glyph = "lozenge"
	Disc     Glyph = "disc"
	Square   Glyph = "square"
	Octagon  Glyph = "octagon"
	Hexagon  Glyph = "hexagon"
	Search   Glyph = "search"
	Link     Glyph = "link"
	Download Glyph = "download"
	Lines    Glyph = "lines"
	Key      Glyph = "key"
	Copy     Glyph = "copy"
	Moon     Glyph = "moon"
	Sun      Glyph = "sun"
	Up       Glyph = "up"
	Down     Glyph = "down"
	Plus     Glyph = "plus"
	Play     Glyph = "play"
)

type drawing struct{ line, fill string }

// drawings lie in a box of 12 by 12.
var drawings = map[Glyph]drawing{
	Tick:     {line: "M2 6.6 4.7 9.3 10 2.8"},
	Cross:    {line: "m3 3 6 6M9 3 3 9"},
	Triangle: {fill: "M6 1.4 11.2 10.6H.8z"},
	Half:     {line: "M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9", fill: "M6 1.5a4.5 4.5 0 0 1 0 9z"},
	Ring:     {line: "M6 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8"},
	Bars:     {fill: "M2.8 2h2.2v8H2.8zM7 2h2.2v8H7z"},
	Dash:     {line: "M2.5 6h7"},
	Lozenge:  {fill: "M6 .8 11.2 6 6 11.2.8 6z"},
	Disc:     {fill: "M6 1.4a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2"},
	Square:   {fill: "M1.8 1.8h8.4v8.4H1.8z"},
	Octagon:  {fill: "M3.9 1h4.2L11 3.9v4.2L8.1 11H3.9L1 8.1V3.9z"},
	Hexagon:  {fill: "M6 .8 10.6 3.4v5.2L6 11.2 1.4 8.6V3.4z"},
	Search:   {line: "M5 1.7a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6M7.6 7.6l2.8 2.8"},
	Link:     {line: "M5 7 7.6 4.4M5.6 3.4l1-1a2.1 2.1 0 0 1 3 3l-1 1M6.4 8.6l-1 1a2.1 2.1 0 0 1-3-3l1-1"},
	Download: {line: "M6 1.5v5.6M3.4 4.8 6 7.4l2.6-2.6M1.8 10.4h8.4"},
	Lines:    {line: "M1.8 3.2h8.4M1.8 6h8.4M1.8 8.8h8.4"},
	Key:      {line: "M3.6 6a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4M5.2 6.7 10.2 1.8M8 4l1.7 1.6"},
	Copy:     {line: "M4.4 4.4h5.8v5.8H4.4zM2 7.6H1.8V1.8h5.8V2"},
	Moon:     {line: "M10 7.3A4.4 4.4 0 0 1 4.7 2 4.4 4.4 0 1 0 10 7.3z"},
	Sun:      {line: "M6 3.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4M6 .8v.9M6 10.3v.9M.8 6h.9M10.3 6h.9M2.3 2.3l.6.6M9.1 9.1l.6.6M2.3 9.7l.6-.6M9.1 2.9l.6-.6"},
	Up:       {line: "M6 10V2.4M3.2 5 6 2.2 8.8 5"},
	Down:     {line: "M6 2v7.6M3.2 7 6 9.8 8.8 7"},
	Plus:     {line: "M6 2v8M2 6h8"},
	Play:     {fill: "M3 1.6 10 6l-7 4.4z"},
}
