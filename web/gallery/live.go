package gallery

import (
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

func titled(p shell.Props, title, path string) shell.Props {
	p.Title, p.Path = title, path
	p.Description = "A sample page of the gallery with invented figures."
	return p
}

func runStrip() []ui.Datum {
	return []ui.Datum{
		{Label: "Progress", Value: "61.0 %", Unit: "1,464 of 2,400", Bar: &ui.Meter{Label: "Progress", Share: .61}},
		{Label: "Remaining", Value: "24 min", Unit: "ETA 09:05", Note: "80 % interval 21 to 31 min"},
		{Label: "Throughput", Value: "38.2", Unit: "attempts / min", Note: "12 of 12 workers, 4 parked"},
		{Label: "Cost against budget", Value: "$34.31", Unit: "of 60.00", Note: "forecast 56.20",
			Bar: &ui.Meter{Label: "Cost against budget", Share: .572, Tick: .937, Meter: true, Text: "34.31 of 60.00 dollars"}},
		{Label: "Failures", Value: "7", Unit: "infrastructure", Note: "0.5 %, all retried once"},
	}
}

func verdictStrip() []ui.Datum {
	return []ui.Datum{
		{Label: "Verdict", Value: "Fail", Tone: ui.Fail, Unit: "6 of 10 vectors", Note: "first failure vector 5"},
		{Label: "Composite", Value: "62.4", Unit: "weights 3.1", Note: "95 % CI 55.0 to 69.1"},
		{Label: "Latency", Value: "4.12 s", Note: "first token 0.61 s"},
		{Label: "Tokens", Value: "1,204", Unit: "in 842", Note: "out 362, cached 512"},
		{Label: "Cost", Value: "$0.0112", Note: "route eu-west, no fail-over"},
	}
}

func seriesInterval(series int, s standing) ui.Interval {
	v := s.interval()
	v.Series = series
	return v
}
