package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/problem/starter"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/provider/simulated"
	"github.com/assay-bench/assay/internal/score"
)

const (
	// starterSuite and simulatedProvider are what a new Assay begins with.
	starterSuite      = "Assay starter"
	simulatedProvider = "Assay"
	firstRunSamples   = 6
	firstRunSeed      = 7
)

// seed gives a new Assay its starter problems and, where simulated models run,
// those models and a first run of them, so that there is something to see.
func (a *App) seed(ctx context.Context) error {
	ctx = a.asHome(ctx)
	suites, err := a.problems.Suites(ctx)
	if err != nil {
		return err
	}
	if len(suites) == 0 {
		if _, err := a.problems.Import(ctx, starterSuite, bytes.NewReader(starter.JSONL())); err != nil {
			return fmt.Errorf("import starter problems: %w", err)
		}
	}
	if !a.config.Simulated {
		return nil
	}
	if err := a.providers.EnsureSimulated(ctx, a.home.ID, simulatedProvider, simulatedModels()); err != nil {
		return fmt.Errorf("add simulated models: %w", err)
	}
	runs, err := a.bench.List(ctx, nil, 1)
	if err != nil || len(runs) > 0 {
		return err
	}
	return a.firstRun(ctx)
}

func simulatedModels() []provider.NewModel {
	var list []provider.NewModel
	for _, m := range append(simulated.Catalogue(), simulated.Controls()...) {
		list = append(list, provider.NewModel{Name: m.Name, Title: m.Title, InputPrice: m.InputPrice, OutputPrice: m.OutputPrice})
	}
	return list
}

// firstRun starts a run of every simulated contestant on the starter problems.
func (a *App) firstRun(ctx context.Context) error {
	suites, err := a.problems.Suites(ctx)
	if err != nil {
		return err
	}
	models, err := a.providers.Models(ctx)
	if err != nil {
		return err
	}
	plan := bench.Plan{Name: "First look", Samples: firstRunSamples, Seed: firstRunSeed, Temperature: 0.2, Public: true}
	for _, s := range suites {
		if s.Name == starterSuite {
			plan.Suite = s.ID
		}
	}
	for _, m := range models {
		if m.Simulated && !simulated.Control(m.Name) {
			plan.Models = append(plan.Models, m.ID)
		}
	}
	if plan.Suite == id.Nil {
		return nil // somebody has brought problems of their own, and chooses
	}
	_, err = a.bench.Start(ctx, plan)
	return err
}

// bankSource finds the problem that a simulated model is asked, in the bank as it
// stands; a prompt that it does not know makes it read the bank again.
type bankSource struct {
	problems *problem.Service
	mu       sync.Mutex
	index    simulated.Index
	read     time.Time
}

// Lookup returns the problem whose prompt stands in text.
func (b *bankSource) Lookup(text string) (simulated.Item, bool) {
	if item, ok := b.index.Lookup(text); ok {
		return item, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.read) < time.Second {
		return b.index.Lookup(text)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	texts, err := b.problems.All(ctx)
	if err != nil {
		return simulated.Item{}, false
	}
	items := make([]simulated.Item, len(texts))
	for i, t := range texts {
		items[i] = simulated.Item{ID: fingerprint(t), Prompt: t.Prompt, Reference: t.Reference, Test: t.Test, EntryPoint: t.EntryPoint}
	}
	b.index.Replace(items)
	b.read = time.Now()
	return b.index.Lookup(text)
}

// fingerprint names a text by what it says, so that simulated models answer the
// same problem alike in every Assay.
func fingerprint(t problem.Text) string {
	sum := sha256.Sum256([]byte(t.Prompt + "\x00" + t.Reference))
	return hex.EncodeToString(sum[:16])
}

// judge lets simulated models make sure that a wrong answer is wrong.
func (a *App) judge(ctx context.Context, item simulated.Item, code string) (bool, error) {
	result, err := a.lab.Score(ctx, score.Suite{Prompt: item.Prompt, Test: item.Test, EntryPoint: item.EntryPoint}, code)
	if err == nil && result.Verdict == score.CompileError {
		err = simulated.ErrSyntax
	}
	return result.Verdict == score.Passed, err
}
