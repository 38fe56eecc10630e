// Package starter brings twenty problems that were written for Assay, so that a
// first run needs no problem set from elsewhere. Like all of Assay they are under
// the Apache License 2.0. Five are easy, ten of middle difficulty, five hard; the
// METADATA in each test says which.
package starter

import (
	"bytes"
	_ "embed"
	"fmt"

	"github.com/assay-bench/assay/internal/problem/humaneval"
)

//go:embed starter.jsonl
var jsonl []byte

// Problems returns the problems in the order of their ids, Assay/1 to Assay/20.
func Problems() ([]humaneval.Problem, error) {
	out, err := humaneval.Read(bytes.NewReader(jsonl), humaneval.Limits{})
	if err != nil {
		return nil, fmt.Errorf("read the starter problems: %w", err)
	}
	return out, nil
}

// JSONL returns the problems as the file that they are kept in.
func JSONL() []byte { return bytes.Clone(jsonl) }
