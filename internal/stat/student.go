package stat

import "math"

// studentP returns the two-sided p-value of Student's t with df degrees of
// freedom: I_x(df/2, 1/2) at x = df/(df+t²).
// Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.1.
func studentP(t, df float64) float64 {
	return incompleteBeta(df/2, 0.5, df/(df+t*t))
}

// studentTwoSided returns t such that a Student value with df degrees of freedom
// lies in [-t, t] with the given probability, found by halving.
func studentTwoSided(level, df float64) float64 {
	if df > 1e6 {
		return normalTwoSided(level)
	}
	low, high := 0.0, 1.0
	for studentP(high, df) > 1-level && high < 1e9 {
		high *= 2
	}
	for range 100 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if studentP(mid, df) > 1-level {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// incompleteBeta returns the regularised incomplete beta function I_x(a, b) by
// its continued fraction. Source: Abramowitz & Stegun 26.5.8, evaluated by the
// method of Lentz (Applied Optics 15, 1976).
func incompleteBeta(a, b, x float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	// The fraction converges quickly only on this side of the mean.
	if x > (a+1)/(a+b+2) {
		return 1 - incompleteBeta(b, a, 1-x)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	return front / a / betaFraction(a, b, x)
}

// betaFraction evaluates 1 + d1/(1 + d2/(1 + ...)) of Abramowitz & Stegun 26.5.8.
func betaFraction(a, b, x float64) float64 {
	const tiny = 1e-300
	value, c, d := 1.0, 1.0, 0.0
	for i := 1; i <= 1000; i++ {
		m := float64(i / 2)
		term := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		if i%2 == 1 {
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 / nonZero(1+term*d, tiny)
		c = nonZero(1+term/c, tiny)
		value *= c * d
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return value
}

func nonZero(v, tiny float64) float64 {
	if v == 0 {
		return tiny
	}
	return v
}
