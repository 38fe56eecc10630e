package gallery

import "github.com/assay-bench/assay/web/ui"

const sampleCode = `func Key(s string) string {
	// fold, then trim
	return strings.TrimSpace(fold.String(s))
}`

func selected(lines []ui.CodeLine) []ui.CodeLine {
	lines[2].Mark = ui.Selected
	return lines
}

func sampleDiff() []ui.CodeLine {
	lines := ui.Highlight("Go", "func Key(s string) string {\n\treturn strings.ToLower(s)\n\treturn fold.String(s)\n}")
	lines[1].Mark, lines[2].Mark = ui.Removed, ui.Added
	return lines
}

// hollowed marks two points as simulated, which a real chart never mixes.
func hollowed(p ui.FrontierProps) ui.FrontierProps {
	last := len(p.Points) - 1
	p.Points[last].Hollow, p.Points[last-1].Hollow = true, true
	return p
}
