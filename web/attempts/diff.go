package attempts

import "github.com/assay-bench/assay/web/ui"

// maxCompared bounds the table of a comparison; longer texts are told apart by
// what they share at both ends only.
const maxCompared = 1_000_000

// diff compares texts line by line: lines of before alone are removed, lines of
// after alone are added, and the longest common subsequence stays.
func diff(before, after []string) []ui.CodeLine {
	var out []ui.CodeLine
	put := func(text string, mark ui.LineMark) {
		out = append(out, ui.CodeLine{No: len(out) + 1, Tokens: []ui.Token{{Text: text}}, Mark: mark})
	}
	start := 0
	for start < len(before) && start < len(after) && before[start] == after[start] {
		put(before[start], ui.Unmarked)
		start++
	}
	end := 0
	for end < len(before)-start && end < len(after)-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	a, b := before[start:len(before)-end], after[start:len(after)-end]
	common := table(a, b)
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && common != nil && a[i] == b[j]:
			put(a[i], ui.Unmarked)
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common == nil || common[i+1][j] >= common[i][j+1]):
			put(a[i], ui.Removed)
			i++
		default:
			put(b[j], ui.Added)
			j++
		}
	}
	for _, line := range before[len(before)-end:] {
		put(line, ui.Unmarked)
	}
	return out
}

// table holds in [i][j] how many lines a[i:] and b[j:] have in common; nil when
// it would be too big.
func table(a, b []string) [][]int32 {
	if len(a)*len(b) > maxCompared {
		return nil
	}
	rows := make([][]int32, len(a)+1)
	for i := range rows {
		rows[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				rows[i][j] = rows[i+1][j+1] + 1
			} else {
				rows[i][j] = max(rows[i+1][j], rows[i][j+1])
			}
		}
	}
	return rows
}
