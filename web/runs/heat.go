package runs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/ui"
)

const (
	heatRows    = 40 // with more problems, blocks of them share a row
	heatBlocks  = 17 // rows of a map of blocks, about
	heatColumns = 12
)

// newHeat draws what each model did on each problem.
func newHeat(p bench.Progress, cells []bench.Cell) *ui.HeatProps {
	if len(cells) == 0 {
		return nil
	}
	size := blockOf(problems(p))
	columns := map[id.ID]int{}
	out := &ui.HeatProps{Caption: "Figure 2.", Text: heatText(p, size), MinN: min(few, size*p.Run.Samples)}
	shown := p.Standings[:min(len(p.Standings), heatColumns)]
	short := shortNames(shown)
	for i, m := range shown {
		columns[m.Model] = i
		out.Columns = append(out.Columns, ui.HeatColumn{Label: clip(m.Title, max(5, 80/len(shown))), Short: clip(short[i], max(4, 48/len(shown)))})
	}
	seen := map[id.ID]int{}
	var passed [][]int
	for _, c := range cells {
		at, ok := seen[c.Problem]
		if !ok {
			at = len(seen)
			seen[c.Problem] = at
		}
		if at/size == len(out.Rows) {
			out.Rows = append(out.Rows, ui.HeatRow{Label: clip(c.Name, 24), Cells: make([]ui.HeatCell, len(shown))})
			passed = append(passed, make([]int, len(shown)))
		}
		if column, ok := columns[c.Model]; ok {
			out.Rows[at/size].Cells[column].N += c.Counted
			passed[at/size][column] += c.Passed
		}
	}
	for i, row := range out.Rows {
		for j, c := range row.Cells {
			row.Cells[j].Value = 100 * float64(passed[i][j]) / float64(max(1, c.N))
		}
		if from, to := i*size+1, min((i+1)*size, len(seen)); from < to {
			out.Rows[i].Label = fmt.Sprintf("%d–%d", from, to)
		} else if size > 1 {
			out.Rows[i].Label = strconv.Itoa(from)
		}
	}
	return out
}

// shortNames gives each model the first word of its title that no other has, for
// columns are narrow: Large and Small of Touchstone Large and Touchstone Small.
func shortNames(list []bench.Standing) []string {
	count := map[string]int{}
	for _, m := range list {
		for _, word := range strings.Fields(m.Title) {
			count[word]++
		}
	}
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = m.Title
		for _, word := range strings.Fields(m.Title) {
			if count[word] == 1 {
				out[i] = word
				break
			}
		}
	}
	return out
}

// blockOf is how many problems share a row: one up to forty problems, else a
// round number that leaves about seventeen rows.
func blockOf(problems int) int {
	if problems <= heatRows {
		return 1
	}
	for step := 5; ; step *= 10 {
		for _, size := range []int{step, 2 * step, 5 * step} {
			if size*heatBlocks >= problems {
				return size
			}
		}
	}
}

func heatText(p bench.Progress, size int) string {
	text := "Pass rate by problem and model, %."
	if size > 1 {
		text = fmt.Sprintf("Pass rate by problem and model, %%. Rows are blocks of %d problems in the suite's order.", size)
	}
	if len(p.Standings) > heatColumns {
		text += fmt.Sprintf(" The first %d of %d models.", heatColumns, len(p.Standings))
	}
	return text
}
