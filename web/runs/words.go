package runs

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/web/ui"
)

// few is the number of samples under which a rate says nothing.
const few = 5

// percent writes a share as "61.0 %".
func percent(part, whole int) string {
	if whole == 0 {
		return "0.0 %"
	}
	return ui.Fixed(100*float64(part)/float64(whole), 1) + " %"
}

// count writes "1 model" or "6 models".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Count(n) + " " + noun + "s"
}

// span writes a length of time as people say it.
func span(d time.Duration) string {
	minutes := int(math.Round(d.Minutes()))
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%d s", int(math.Round(d.Seconds())))
	case minutes < 90:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%d h %02d min", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%d days %d h", minutes/60/24, minutes/60%24)
}

// spans writes "21 to 31 min" where both ends share a unit.
func spans(from, to time.Duration) string {
	a, b := span(from), span(to)
	if unit := a[strings.LastIndexByte(a, ' '):]; strings.Count(a, " ") == 1 && strings.HasSuffix(b, unit) {
		a = strings.TrimSuffix(a, unit)
	}
	return a + " to " + b
}

// usd writes a sum with cents from a dollar on, and exactly below.
func usd(m money.Micro) string {
	if m >= money.Dollar {
		return "$" + ui.Fixed(m.Dollars(), 2)
	}
	return m.String()
}

// dollars writes amounts of one column with the same decimals, which the
// greatest of them decides.
func dollars(amount, greatest money.Micro) string {
	decimals := 4
	if greatest >= 10*money.Dollar {
		decimals = 2
	}
	return ui.Fixed(amount.Dollars(), decimals)
}

// clip shortens s to about n letters and makes what is invisible in it a blank,
// for tables hold words of models.
func clip(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), " ")
	if letters := []rune(s); len(letters) > n {
		return strings.TrimSpace(string(letters[:n-1])) + "…"
	}
	return s
}

// capital makes the first letter a capital one.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// statusOf gives a run's state its look and word.
func statusOf(s bench.State) (ui.Status, string) {
	switch s {
	case bench.Running:
		return ui.Running, "running"
	case bench.Paused:
		return ui.Paused, "paused"
	case bench.Cancelled:
		return ui.Cancelled, "cancelled"
	case bench.Completed:
		return ui.Done, "complete"
	}
	return ui.Queued, string(s)
}

// visibility says who may see a run.
func visibility(public bool) string {
	if public {
		return "visible to everyone"
	}
	return "visible to your organization"
}
