package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/score"
)

// BankImport reads a file in the HumanEval JSONL format into a suite of the first
// org; an empty name takes the file's. It may run beside a server.
func BankImport(ctx context.Context, c Config, log *slog.Logger, out io.Writer, path, suite string) error {
	file, err := os.Open(path)
	if err != nil {
		return fault.New(fault.Invalid, "the file cannot be read: %w", err)
	}
	defer file.Close()
	if suite == "" {
		suite, _, _ = strings.Cut(filepath.Base(path), ".")
	}
	a, err := Open(ctx, c, log, true)
	if err != nil {
		return err
	}
	report, err := a.problems.Import(a.asHome(ctx), suite, file)
	if err != nil {
		return errors.Join(fmt.Errorf("%s was not imported, not even in part: %w", path, err), a.Close())
	}
	_, err = fmt.Fprintf(out, "suite %q: %d problems, of which %d are new, %d changed and %d as they were\n",
		report.Suite.Name, report.Suite.Problems, report.Added, report.Changed, report.Unchanged)
	return errors.Join(err, a.Close())
}

// solution is a program that Assay itself puts in a model's place.
type solution struct {
	name    string
	program func(problem.Text) string
	passes  bool // what a right problem does to it
}

// solutions are the two between which every right problem tells.
var solutions = []solution{
	{"canonical", func(t problem.Text) string { return t.Prompt + t.Reference }, true},
	{"stub", func(t problem.Text) string { return t.Prompt + "    pass\n" }, false},
}

// BankCheck executes the canonical solution and a stub of every problem in a
// suite: all of the former have to pass, none of the latter. It names the
// problems that are not right and fails if there are any.
func BankCheck(ctx context.Context, c Config, log *slog.Logger, out io.Writer, suite string) error {
	a, err := Open(ctx, c, log, true)
	if err != nil {
		return err
	}
	return errors.Join(a.bankCheck(ctx, out, suite), a.Close())
}

func (a *App) bankCheck(ctx context.Context, out io.Writer, suite string) error {
	texts, err := a.suiteTexts(ctx, suite)
	if err != nil {
		return err
	}
	wrong := 0
	for _, s := range solutions {
		passed, notes, err := a.try(ctx, texts, s)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s solutions: %d of %d pass\n%s", s.name, passed, len(texts), strings.Join(notes, ""))
		wrong += len(notes)
	}
	if wrong > 0 {
		return fault.New(fault.Invalid, "%d checks of suite %q did not go as they must", wrong, suite)
	}
	return nil
}

// try executes one solution of every problem, on all slots.
func (a *App) try(ctx context.Context, texts []problem.Text, s solution) (passed int, notes []string, err error) {
	results, errs := make([]score.Result, len(texts)), make([]error, len(texts))
	var wait sync.WaitGroup
	free := make(chan struct{}, a.slots())
	for i, t := range texts {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			results[i], errs[i] = a.lab.Score(ctx, score.Suite{Prompt: t.Prompt, Test: t.Test, EntryPoint: t.EntryPoint}, s.program(t))
		})
	}
	wait.Wait()
	for i, r := range results {
		if errs[i] != nil {
			return 0, nil, errs[i]
		}
		if r.Verdict == score.Passed {
			passed++
		}
		if (r.Verdict == score.Passed) != s.passes {
			notes = append(notes, fmt.Sprintf("  %s: %s %s\n", texts[i].Name, r.Verdict, r.Reason))
		}
	}
	return passed, notes, nil
}

// suiteTexts finds a suite of the first org by name.
func (a *App) suiteTexts(ctx context.Context, name string) ([]problem.Text, error) {
	suites, err := a.problems.Suites(a.asHome(ctx))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range suites {
		if strings.EqualFold(s.Name, name) {
			return a.problems.Texts(ctx, a.home.ID, s.ID)
		}
		names = append(names, s.Name)
	}
	return nil, fault.New(fault.NotFound, "there is no suite %q; there are: %s", name, strings.Join(names, ", "))
}
