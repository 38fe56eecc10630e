package bench

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/event"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
)

// maxAttempts is the most attempts that one run may plan.
const maxAttempts = 200_000

// Plan is what a person chooses to start a run.
type Plan struct {
	Name        string // of the benchmark; runs of one name are its executions
	Suite       id.ID
	Models      []id.ID // all simulated or none
	Samples     int     // 1 to 100
	Temperature float64 // 0 to 2
	MaxTokens   int     // 0 means 2048
	Public      bool    // whether everybody may see the run, and its results count on the public leaderboard
	Seed        int64   // 0 means a random one
}

// Start plans a run and sets it going: the run, its attempts and their jobs are
// written in one transaction. It needs run_benchmarks. A plan that cannot be
// carried out is Invalid.
func (s *Service) Start(ctx context.Context, p Plan) (id.ID, error) {
	actor, err := access.Require(ctx, access.RunBenchmarks)
	if err != nil {
		return id.Nil, err
	}
	if p, err = p.checked(); err != nil {
		return id.Nil, err
	}
	run := id.New()
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) error { return s.start(ctx, tx, actor.Org, run, p) })
	if err != nil {
		return id.Nil, err
	}
	return run, s.serveProviders(ctx)
}

// checked returns p completed, or what is wrong with it.
func (p Plan) checked() (Plan, error) {
	p.Name = strings.TrimSpace(p.Name)
	if p.MaxTokens == 0 {
		p.MaxTokens = 2048
	}
	if p.Seed == 0 {
		p.Seed = rand.Int64N(1<<53-1) + 1
	}
	seen := map[id.ID]bool{}
	for _, m := range p.Models {
		if seen[m] {
			return p, fault.New(fault.Invalid, "models: one is chosen twice; choose each once")
		}
		seen[m] = true
	}
	switch {
	case p.Name == "" || len(p.Name) > 90 || !utf8.ValidString(p.Name) || strings.ContainsFunc(p.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return p, fault.New(fault.Invalid, "name: enter 1 to 90 letters, such as Weekly full bank")
	case p.Suite == id.Nil:
		return p, fault.New(fault.Invalid, "suite: choose one")
	case len(p.Models) == 0 || len(p.Models) > 100:
		return p, fault.New(fault.Invalid, "models: choose 1 to 100")
	case p.Samples < 1 || p.Samples > 100:
		return p, fault.New(fault.Invalid, "samples: enter a number from 1 to 100")
	case !(p.Temperature >= 0 && p.Temperature <= 2): // NaN is in neither
		return p, fault.New(fault.Invalid, "temperature: enter a number from 0 to 2")
	case p.MaxTokens < 1 || p.MaxTokens > 200_000:
		return p, fault.New(fault.Invalid, "max tokens: enter a number from 1 to 200000")
	}
	return p, nil
}

func (s *Service) start(ctx context.Context, tx pgx.Tx, org, run id.ID, p Plan) error {
	models, err := s.providers.ModelsByID(ctx, tx, org, p.Models)
	if err != nil {
		return err
	}
	simulated, err := alike(models, len(p.Models))
	if err != nil {
		return err
	}
	problems, err := s.problems.InSuite(ctx, tx, org, p.Suite)
	if err != nil {
		return err
	}
	planned := len(problems) * len(p.Models) * p.Samples
	if planned == 0 {
		return fault.New(fault.Invalid, "suite: it has no problems; import some first")
	}
	if planned > maxAttempts {
		return fault.New(fault.Invalid, "this run would make %d attempts, and %d is the most; choose fewer models or samples", planned, maxAttempts)
	}
	if err := takeRun(ctx, tx, org, run, p, simulated, planned); err != nil {
		return err
	}
	jobs, err := s.planAttempts(ctx, tx, org, run, p, problems, models)
	if err != nil {
		return err
	}
	if err := s.queue.Insert(ctx, tx, jobs...); err != nil {
		return err
	}
	return event.Publish(ctx, tx, event.Event{Org: org, Public: p.Public, Topic: "run", Kind: "run.started", Subject: run},
		map[string]any{"planned": planned})
}

// alike makes sure that every model was found and that simulated and real ones
// do not meet in one run, for they never stand in one ranking.
func alike(models []provider.Model, want int) (simulated bool, err error) {
	if len(models) != want {
		return false, fault.New(fault.Invalid, "models: one of those chosen is not there any more; choose again")
	}
	for _, m := range models {
		if m.Simulated != models[0].Simulated {
			return false, fault.New(fault.Invalid, "models: simulated and real models cannot be ranked together; choose one sort")
		}
	}
	return models[0].Simulated, nil
}

// planAttempts writes the attempts, problem by problem so that every model moves
// at the same pace, and returns their jobs.
func (s *Service) planAttempts(ctx context.Context, tx pgx.Tx, org, run id.ID, p Plan, problems []problem.Problem, models []provider.Model) ([]river.JobArgs, error) {
	at, providers := id.Time(run), map[id.ID]id.ID{}
	for _, m := range models {
		providers[m.ID] = m.ProviderID
	}
	var rows []plannedAttempt
	var jobs []river.JobArgs
	for sample := range p.Samples {
		for _, pr := range problems {
			for _, model := range p.Models {
				a := plannedAttempt{ID: id.At(at), Model: model, Problem: pr.ID, Version: pr.Version, Sample: sample + 1,
					Seed: seedOf(p.Seed, pr.Name, sample)}
				rows = append(rows, a)
				jobs = append(jobs, GenerateArgs{Org: org, Attempt: a.ID, Provider: providers[model]})
			}
		}
	}
	if err := insertAttempts(ctx, tx, org, run, at, rows); err != nil {
		return nil, fmt.Errorf("plan attempts: %w", err)
	}
	return jobs, nil
}

// seedOf gives a problem's sample the same seed for every model: 31 bits, which
// every provider takes.
func seedOf(seed int64, name string, sample int) int64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|%d", seed, name, sample))
	return int64(binary.BigEndian.Uint32(sum[:4]) >> 1)
}

// born returns the moment by which an attempt's partition is found.
func born(attempt id.ID) time.Time { return id.Time(attempt) }

// runName names the nth execution of a benchmark.
func runName(benchmark string, n int) string { return fmt.Sprintf("%s, run %d", benchmark, n) }
