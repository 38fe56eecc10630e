package bench

import (
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/id"
)

// ScoreQueue is where answers wait for cores.
const ScoreQueue = "score"

// GenerateQueue is where attempts wait for a provider. Each provider has its own,
// so that a slow one holds up nobody else.
func GenerateQueue(provider id.ID) string { return "generate-" + provider.String() }

// GenerateArgs asks for the model's answer to one attempt.
type GenerateArgs struct {
	Org      id.ID `json:"org"`
	Attempt  id.ID `json:"attempt"`
	Provider id.ID `json:"provider"`
}

// Kind names the job.
func (GenerateArgs) Kind() string { return "bench_generate" }

// InsertOpts says where the job goes.
func (a GenerateArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: GenerateQueue(a.Provider)}
}

// ScoreArgs asks for the score of one answered attempt.
type ScoreArgs struct {
	Org     id.ID `json:"org"`
	Attempt id.ID `json:"attempt"`
}

// Kind names the job.
func (ScoreArgs) Kind() string { return "bench_score" }

// InsertOpts says where the job goes.
func (ScoreArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: ScoreQueue} }
