// Package problem keeps the test bank: suites of problems, each with numbered
// versions of its text.
package problem

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/problem/humaneval"
)

// Suite is a named set of problems.
type Suite struct {
	ID        id.ID
	Name      string
	Problems  int
	CreatedAt time.Time
}

// Problem is an entry of the test bank, without its text.
type Problem struct {
	ID             id.ID
	Suite          id.ID
	Name           string
	Language       string
	EntryPoint     string
	Number         int // of the current version
	Version        id.ID
	PromptChars    int
	ReferenceChars int
}

// Text is one version of a problem: what a model reads, and what Assay knows.
type Text struct {
	Version    id.ID
	Problem    id.ID
	Number     int
	Name       string
	Language   string
	Suite      id.ID
	SuiteName  string
	Prompt     string // imports, helpers, signature and docstring
	Reference  string // the body that completes Prompt
	Test       string // defines check(candidate), which asserts
	EntryPoint string // the function that Prompt opens and Test calls
}

// Report says what an import did.
type Report struct {
	Suite     Suite
	Added     int
	Changed   int // problems that got a new version
	Unchanged int
}

// Service keeps suites and problems.
type Service struct{ db *pg.DB }

// New returns the service on db.
func New(db *pg.DB) *Service { return &Service{db: db} }

// Import reads problems in the HumanEval JSONL format, plain or gzipped, into the
// suite of that name, which it makes if need be: new ones are added, those whose
// text differs get a new version, the others stay. It does all or nothing. It
// needs manage_bank; a file with faults is Invalid and the fault names each with
// its line.
func (s *Service) Import(ctx context.Context, suite string, r io.Reader) (Report, error) {
	actor, err := access.Require(ctx, access.ManageBank)
	if err != nil {
		return Report{}, err
	}
	suite = strings.TrimSpace(suite)
	if suite == "" || len(suite) > 100 || !utf8.ValidString(suite) || strings.ContainsFunc(suite, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return Report{}, fault.New(fault.Invalid, "suite: enter a name of 1 to 100 letters")
	}
	list, err := humaneval.Read(r, humaneval.Limits{})
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) (err error) {
		report, err = store(ctx, tx, actor.Org, suite, list)
		return err
	})
	return report, err
}

// Suites lists the org's suites by name. It needs view_org.
func (s *Service) Suites(ctx context.Context) ([]Suite, error) {
	actor, err := access.Require(ctx, access.ViewOrg)
	if err != nil {
		return nil, err
	}
	var list []Suite
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) (err error) {
		list, err = suites(ctx, tx, actor.Org)
		return err
	})
	return list, err
}

// List returns the problems of a suite in their order. It needs view_org.
func (s *Service) List(ctx context.Context, suite id.ID) ([]Problem, error) {
	actor, err := access.Require(ctx, access.ViewOrg)
	if err != nil {
		return nil, err
	}
	var list []Problem
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) (err error) {
		list, err = problems(ctx, tx, actor.Org, suite)
		return err
	})
	return list, err
}

// Get returns a problem's current text. It needs view_org; the fault is NotFound
// for another org's problem as for one that is not there.
func (s *Service) Get(ctx context.Context, problem id.ID) (Text, error) {
	actor, err := access.Require(ctx, access.ViewOrg)
	if err != nil {
		return Text{}, err
	}
	var t Text
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) (err error) {
		t, err = current(ctx, tx, actor.Org, problem)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Text{}, fault.New(fault.NotFound, "there is no problem %s", problem)
	}
	return t, err
}

// InSuite lists a suite's problems within tx. Its callers have checked who asks.
func (s *Service) InSuite(ctx context.Context, tx pgx.Tx, org, suite id.ID) ([]Problem, error) {
	return problems(ctx, tx, org, suite)
}

// Version returns one version of a problem of org. It serves runs, which have
// been allowed when they were started.
func (s *Service) Version(ctx context.Context, org, version id.ID) (Text, error) {
	var t Text
	err := s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		t, err = versionText(ctx, tx, org, version)
		return err
	})
	return t, err
}

// Texts returns the current texts of org's suite, references included. It serves
// Assay's own checks.
func (s *Service) Texts(ctx context.Context, org, suite id.ID) ([]Text, error) {
	var list []Text
	err := s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		list, err = suiteTexts(ctx, tx, org, suite)
		return err
	})
	return list, err
}

// All returns the current texts of every org, for the simulated models, which
// answer with them.
func (s *Service) All(ctx context.Context) ([]Text, error) {
	var list []Text
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		list, err = allTexts(ctx, tx)
		return err
	})
	return list, err
}

// digestOf tells texts apart. A NUL, which no part can hold, ends each, so that
// moving a line from one to the next changes the digest.
func digestOf(p humaneval.Problem) []byte {
	h := sha256.New()
	for _, part := range []string{p.Prompt, p.Solution, p.Test, p.EntryPoint} {
		io.WriteString(h, part) // a hash never fails to take bytes
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}
