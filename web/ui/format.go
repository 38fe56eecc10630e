package ui

import (
	"strconv"
	"time"
)

func px(n int) string { return strconv.Itoa(n) }

// num writes a coordinate with at most one decimal.
func num(x float64) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	if s[len(s)-2:] == ".0" {
		return s[:len(s)-2]
	}
	return s
}

// pct writes a share of one as a percentage for an SVG attribute.
func pct(share float64) string { return strconv.FormatFloat(100*share, 'f', 2, 64) + "%" }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Fixed writes a number with a fixed count of decimals, as every column does.
func Fixed(x float64, decimals int) string { return strconv.FormatFloat(x, 'f', decimals, 64) }

// Count writes a whole number with a comma between thousands.
func Count(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
