package bench

import (
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/id"
)

// The queues that bench uses: generating waits for providers, scoring for cores.
const (
	GenerateQueue = "generate"
	ScoreQueue    = "score"
)

// GenerateArgs asks for the model's answer to one attempt.
type GenerateArgs struct {
	Org     id.ID `json:"org"`
	Attempt id.ID `json:"attempt"`
}

// Kind names the job.
func (GenerateArgs) Kind() string { return "bench_generate" }

// InsertOpts says where the job goes.
func (GenerateArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: GenerateQueue} }

// ScoreArgs asks for the score of one answered attempt.
type ScoreArgs struct {
	Org     id.ID `json:"org"`
	Attempt id.ID `json:"attempt"`
}

// Kind names the job.
func (ScoreArgs) Kind() string { return "bench_score" }

// InsertOpts says where the job goes.
func (ScoreArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: ScoreQueue} }
