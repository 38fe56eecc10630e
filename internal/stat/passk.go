package stat

import (
	"errors"
	"fmt"
)

// ErrSamples says that counts do not fit each other: fewer samples than pass@k
// needs, more passes than samples, or a negative number.
var ErrSamples = errors.New("counts of samples do not fit")

// PassAtK returns the unbiased estimate of the chance that at least one of k
// samples passes, from n samples of which c passed. It returns ErrSamples where
// n < k, since nothing unbiased can be said then.
//
//	1 − C(n−c, k) / C(n, k) = 1 − Π_{i=n−c+1..n} (1 − k/i)
//
// Source: M. Chen et al., "Evaluating large language models trained on code"
// (arXiv 2107.03374, 2021), equation 1.
func PassAtK(n, c, k int) (float64, error) {
	if k < 1 || c < 0 || c > n || n < k {
		return 0, fmt.Errorf("pass@%d of %d passed in %d: %w", k, c, n, ErrSamples)
	}
	if n-c < k {
		return 1, nil
	}
	none := 1.0
	for i := n - c + 1; i <= n; i++ {
		none *= 1 - float64(k)/float64(i)
	}
	return 1 - none, nil
}
