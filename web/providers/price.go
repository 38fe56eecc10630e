package providers

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/ui"
)

const (
	// maxPrice is the most that a million tokens may cost; more is a slip of the pen.
	maxPrice = 1_000_000 * money.Dollar
	// maxModels is the most that one provider may be connected with.
	maxModels = 500
	// maxName bounds names and titles, in bytes.
	maxName = 200
)

// parsePrice reads US dollars such as "0.15", exactly: at most six decimals, no
// sign, no exponent.
func parsePrice(text string) (money.Micro, bool) {
	whole, part, dot := strings.Cut(strings.TrimPrefix(text, "$"), ".")
	if len(whole) == 0 || len(whole) > 7 || dot && len(part) == 0 || len(part) > 6 {
		return 0, false
	}
	var micro money.Micro
	for _, digit := range []byte(whole + part + strings.Repeat("0", 6-len(part))) {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		micro = 10*micro + money.Micro(digit-'0')
	}
	return micro, micro <= maxPrice
}

// decimalsOf returns how many decimals a column needs to show every price as it
// is, two at least.
func decimalsOf(prices ...money.Micro) int {
	decimals := 2
	for _, p := range prices {
		for decimals < 6 && p%steps[decimals] != 0 {
			decimals++
		}
	}
	return decimals
}

// steps are what the last of so many decimals is worth.
var steps = [...]money.Micro{1_000_000, 100_000, 10_000, 1_000, 100, 10, 1}

// formatPrice writes a price with so many decimals, of which none is lost if
// decimalsOf gave their number.
func formatPrice(p money.Micro, decimals int) string {
	text := fmt.Sprintf("%06d", p%money.Dollar)
	return ui.Count(int(p/money.Dollar)) + "." + text[:decimals]
}

// lineFault is what is wrong with a line of the models, counted from 1.
type lineFault struct {
	Line int
	Text string
}

// parseModels reads one model a line: "name", "name, title", or both with the
// prices of a million input and output tokens, in dollars. Titles may hold
// commas. A model without prices costs nothing.
func parseModels(text string) ([]provider.NewModel, []lineFault) {
	var list []provider.NewModel
	var faults []lineFault
	lineOf := map[string]int{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(lineOf) == maxModels {
			return nil, append(faults, lineFault{number, fmt.Sprintf("is one too many: connect at most %d models", maxModels)})
		}
		m, wrong := parseModel(line)
		if first, taken := lineOf[m.Name]; taken && wrong == "" {
			wrong = fmt.Sprintf("names the model of line %d again; name each once", first)
		} else {
			lineOf[m.Name] = number
		}
		if wrong != "" {
			faults = append(faults, lineFault{number, wrong})
		}
		list = append(list, m)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return list, nil
}

// parseModel reads one line; the text says what is wrong with it.
func parseModel(line string) (m provider.NewModel, wrong string) {
	parts := strings.Split(line, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	m.Name, m.Title = parts[0], parts[0]
	var ok bool
	switch n := len(parts); n {
	case 1:
	case 2:
		m.Title = parts[1]
	case 3:
		return m, "has three parts; write name, title, input price, output price"
	default:
		m.Title = strings.Join(parts[1:n-2], ", ")
		if m.InputPrice, ok = parsePrice(parts[n-2]); !ok {
			return m, notPrice("input", parts[n-2])
		}
		if m.OutputPrice, ok = parsePrice(parts[n-1]); !ok {
			return m, notPrice("output", parts[n-1])
		}
	}
	if m.Title == "" {
		m.Title = m.Name
	}
	if m.Name == "" || len(m.Name) > maxName || len(m.Title) > maxName || strings.ContainsFunc(m.Name+m.Title, unseen) {
		return m, "needs a name of 1 to 200 letters first, and a title that is no longer"
	}
	return m, ""
}

func notPrice(which, text string) string {
	if runes := []rune(text); len(runes) > 20 {
		text = string(runes[:20]) + "…"
	}
	return fmt.Sprintf("%q is no %s price; write dollars per 1M tokens such as 0.15, with at most six decimals", text, which)
}

// unseen is true of what a name cannot hold: control characters and broken text.
func unseen(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }
