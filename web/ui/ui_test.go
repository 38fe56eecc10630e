package ui

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestComponentsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	noon := time.Date(2025, 6, 12, 12, 0, 5, 0, time.FixedZone("", 7200))
	for name, c := range map[string]struct {
		component templ.Component
		want      []string
		not       []string
	}{
		"a link looks like a button":       {Button(ButtonProps{Label: "Open", Href: "/x", Kind: Primary}), []string{`<a class="btn pri" href="/x">`}, []string{"<button"}},
		"a button submits unless told":     {Button(ButtonProps{Label: "Save", Name: "do", Value: "save"}), []string{`type="submit"`, `name="do" value="save"`}, nil},
		"a script address is not followed": {Button(ButtonProps{Label: "x", Href: "javascript:alert(1)"}), nil, []string{`"javascript:`}},
		"an error is named and described": {
			Input(InputProps{FieldProps: FieldProps{ID: "b", Label: "Budget", Hint: "USD", Error: "Try 12.00"}, Value: `"><script>`}),
			[]string{`for="b"`, `aria-invalid="true"`, `aria-describedby="b-error"`, `id="b-error"`, "Try 12.00"}, []string{"<script>", "USD"},
		},
		"a hint describes its field":    {Input(InputProps{FieldProps: FieldProps{ID: "b", Label: "Budget", Hint: "USD"}}), []string{`aria-describedby="b-hint"`, `id="b-hint"`}, []string{"aria-invalid"}},
		"a select keeps its choice":     {Select(SelectProps{FieldProps: FieldProps{ID: "s", Label: "S"}, Options: []Option{{Value: "1", Label: "One"}, {Value: "2", Label: "Two"}}, Value: "2"}), []string{`<option value="2" selected>`}, []string{`value="1" selected`}},
		"a sorted head says which way":  {SortHead(Sort{Label: "Score", Href: "?", Dir: "descending"}), []string{`aria-sort="descending"`, "<svg"}, nil},
		"an unsorted head has no arrow": {SortHead(Sort{Label: "Score", Href: "?"}), nil, []string{"aria-sort", "<svg"}},
		"a pager's end cannot be used":  {Pager(PagerProps{Text: "1 to 3", Next: "?p=2"}), []string{`aria-disabled="true"`, `href="?p=2"`}, nil},
		"a status has glyph and word":   {State(TimedOut, ""), []string{`class="st warn"`, "<svg", "timeout"}, nil},
		"an unknown status still shows": {State("odd", ""), []string{"<svg", "odd"}, nil},
		"times are in UTC":              {Clock(noon), []string{`datetime="2025-06-12T10:00:05Z"`, ">10:00:05<"}, nil},
		"a filter counts what changed": {
			FilterStrip(FilterProps{Label: "f", Cells: []FilterCell{{Name: "a", Value: "x"}, {Name: "b", Value: "y", Default: "y"}}}),
			[]string{"Clear 1", `class="cell pick changed"`}, nil,
		},
		"progress says its share":   {Bar(Meter{Label: "Done", Share: 0.61}), []string{`role="progressbar"`, `aria-valuenow="61"`, `width="61.00%"`}, nil},
		"too much is drawn full":    {Bar(Meter{Label: "Budget", Share: 1.4, Meter: true}), []string{`role="meter"`, `aria-valuenow="100"`, "over"}, nil},
		"few samples show no value": {HeatMap(HeatProps{Columns: []HeatColumn{{Label: "c"}}, Rows: []HeatRow{{Label: "r", Cells: []HeatCell{{99, 4}, {91, 5}, {39, 5}}}}}), []string{"n&lt;5", `class="h6"`, `class="h0"`}, []string{">99<"}},
		"a missing bar is a dash":   {MiniBars([]MiniBar{{Missing: true}}, "x"), []string{`class="miss"`, `class="dash"`}, []string{"<rect"}},
		"code is text":              {Code(CodeProps{ID: "c", Label: "Code", Lines: Plainly("<b>&")}), []string{"&lt;b&gt;&amp;", `data-no="1"`, `id="c-L1"`}, []string{"<b>"}},
		"a diff carries signs":      {Diff(CodeProps{ID: "d", Label: "Diff", Lines: []CodeLine{{No: 1, Mark: Removed}}}), []string{"−", "ln del"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := render(t, c.component)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s is missing in %s", want, got)
				}
			}
			for _, not := range c.not {
				if strings.Contains(got, not) {
					t.Errorf("%s stands in %s", not, got)
				}
			}
		})
	}
}

func TestHighlightingChangesNoText(t *testing.T) {
	t.Parallel()
	const source = "package x\n\n// Über <b>\nfunc F() string {\n\treturn \"a\\n\"\n}"
	for _, language := range []string{"Go", "TypeScript", "C#", "Java", "Python", "Ruby", "Rust", "no such language"} {
		lines := Highlight(language, source+"\n")
		texts := make([]string, len(lines))
		for i, l := range lines {
			for _, token := range l.Tokens {
				texts[i] += token.Text
			}
		}
		if got := strings.Join(texts, "\n"); got != source {
			t.Errorf("%s: got %q, want %q", language, got, source)
		}
	}
	if got := Highlight("Go", source)[0].Tokens[0]; got != (Token{Class: "k", Text: "package"}) {
		t.Errorf("got %v, want a keyword", got)
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", -100: "-100"} {
		if got := Count(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEveryStatusHasItsOwnLook(t *testing.T) {
	t.Parallel()
	for status, l := range looks {
		if d := drawings[l.glyph]; d.line == "" && d.fill == "" {
			t.Errorf("%s has no glyph", status)
		}
	}
}
