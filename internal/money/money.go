// Package money counts in micro-dollars.
package money

import "fmt"

// Micro is an amount of US dollars in millionths, so that sums are exact.
type Micro int64

// Dollar is one US dollar.
const Dollar Micro = 1_000_000

// PerMillion returns the price of n tokens at price micro-dollars per million
// tokens, rounded half up to a whole micro-dollar.
func PerMillion(n int64, price Micro) Micro {
	return Micro((n*int64(price) + 500_000) / 1_000_000)
}

// Dollars returns the amount as a number of US dollars.
func (m Micro) Dollars() float64 { return float64(m) / float64(Dollar) }

// String returns the amount with as many decimals as it needs to say something:
// two from ten dollars on, otherwise four, and six below a tenth of a cent.
func (m Micro) String() string {
	a := max(m, -m)
	switch {
	case a >= 10*Dollar || a == 0:
		return fmt.Sprintf("$%.2f", m.Dollars())
	case a >= Dollar/1000:
		return fmt.Sprintf("$%.4f", m.Dollars())
	}
	return fmt.Sprintf("$%.6f", m.Dollars())
}
