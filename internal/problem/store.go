package problem

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem/humaneval"
	"github.com/assay-bench/assay/internal/problem/internal/db"
)

// store writes what differs from the suite as it stands.
func store(ctx context.Context, tx pgx.Tx, org id.ID, name string, list []humaneval.Problem) (Report, error) {
	q := db.New(tx)
	suite, err := takeSuite(ctx, q, org, name)
	if err != nil {
		return Report{}, err
	}
	rows, err := q.LatestVersions(ctx, org, suite.ID)
	if err != nil {
		return Report{}, err
	}
	known := make(map[string]db.LatestVersionsRow, len(rows))
	for _, r := range rows {
		known[r.Name] = r
	}
	report := Report{Suite: suite}
	fresh := db.InsertProblemsParams{OrgID: org, SuiteID: suite.ID, Language: "python"}
	texts := db.InsertVersionsParams{OrgID: org}
	var raised []id.ID
	var numbers []int32
	for i, p := range list {
		digest, problem, number := digestOf(p), id.New(), int32(1)
		old, ok := known[p.TaskID]
		switch {
		case ok && bytes.Equal(old.Digest, digest):
			report.Unchanged++
			continue
		case ok:
			report.Changed++
			problem, number = old.ProblemID, old.Number+1
			raised, numbers = append(raised, problem), append(numbers, number)
		default:
			report.Added++
			fresh.Ids, fresh.Names = append(fresh.Ids, problem), append(fresh.Names, p.TaskID)
			fresh.Positions = append(fresh.Positions, int32(len(rows)+i))
		}
		addText(&texts, problem, number, p, digest)
	}
	report.Suite.Problems = len(rows) + report.Added
	if err := q.InsertProblems(ctx, fresh); err != nil {
		return report, err
	}
	if err := q.InsertVersions(ctx, texts); err != nil {
		return report, err
	}
	return report, q.RaiseVersions(ctx, org, raised, numbers)
}

func addText(to *db.InsertVersionsParams, problem id.ID, number int32, p humaneval.Problem, digest []byte) {
	to.Ids, to.ProblemIds = append(to.Ids, id.New()), append(to.ProblemIds, problem)
	to.Numbers, to.Digests = append(to.Numbers, number), append(to.Digests, digest)
	to.Prompts, to.Refs = append(to.Prompts, p.Prompt), append(to.Refs, p.Solution)
	to.Tests, to.EntryPoints = append(to.Tests, p.Test), append(to.EntryPoints, p.EntryPoint)
}

func takeSuite(ctx context.Context, q *db.Queries, org id.ID, name string) (Suite, error) {
	row, err := q.SuiteByName(ctx, org, name)
	if errors.Is(err, pgx.ErrNoRows) {
		made := Suite{ID: id.New(), Name: name}
		return made, q.InsertSuite(ctx, made.ID, org, name)
	}
	return Suite{ID: row.ID, Name: row.Name}, err
}

func suites(ctx context.Context, tx pgx.Tx, org id.ID) ([]Suite, error) {
	rows, err := db.New(tx).Suites(ctx, org)
	if err != nil {
		return nil, err
	}
	list := make([]Suite, len(rows))
	for i, r := range rows {
		list[i] = Suite{ID: r.ID, Name: r.Name, Problems: int(r.Problems), CreatedAt: r.CreatedAt}
	}
	return list, nil
}

func problems(ctx context.Context, tx pgx.Tx, org, suite id.ID) ([]Problem, error) {
	rows, err := db.New(tx).Problems(ctx, org, suite)
	if err != nil {
		return nil, err
	}
	list := make([]Problem, len(rows))
	for i, r := range rows {
		list[i] = Problem{ID: r.ID, Suite: r.SuiteID, Name: r.Name, Language: r.Language, EntryPoint: r.EntryPoint,
			Number: int(r.Version), Version: r.VersionID, PromptChars: int(r.PromptChars), ReferenceChars: int(r.ReferenceChars)}
	}
	return list, nil
}

func current(ctx context.Context, tx pgx.Tx, org, problem id.ID) (Text, error) {
	r, err := db.New(tx).CurrentVersion(ctx, org, problem)
	return newText(db.SuiteTextsRow(r)), err
}

func versionText(ctx context.Context, tx pgx.Tx, org, version id.ID) (Text, error) {
	r, err := db.New(tx).Version(ctx, org, version)
	return newText(db.SuiteTextsRow(r)), err
}

func suiteTexts(ctx context.Context, tx pgx.Tx, org, suite id.ID) ([]Text, error) {
	rows, err := db.New(tx).SuiteTexts(ctx, org, suite)
	if err != nil {
		return nil, err
	}
	list := make([]Text, len(rows))
	for i, r := range rows {
		list[i] = newText(r)
	}
	return list, nil
}

func allTexts(ctx context.Context, tx pgx.Tx) ([]Text, error) {
	rows, err := db.New(tx).AllTexts(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Text, len(rows))
	for i, r := range rows {
		list[i] = Text{Version: r.ID, Prompt: r.Prompt, Reference: r.Reference, Test: r.Test, EntryPoint: r.EntryPoint}
	}
	return list, nil
}

func newText(r db.SuiteTextsRow) Text {
	return Text{Version: r.ID, Problem: r.ProblemID, Number: int(r.Number), Name: r.Name, Language: r.Language,
		Suite: r.SuiteID, SuiteName: r.SuiteName, Prompt: r.Prompt, Reference: r.Reference, Test: r.Test, EntryPoint: r.EntryPoint}
}
