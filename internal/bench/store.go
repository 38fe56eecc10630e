package bench

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/bench/internal/db"
	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/score"
)

// plannedAttempt is an attempt that is about to be written.
type plannedAttempt struct {
	ID, Model, Problem, Version id.ID
	Sample                      int
	Seed                        int64
}

// claimed is an attempt that this worker has taken up.
type claimed struct {
	org, attempt, run, model, version id.ID
	claim                             int32
	tries                             int
	seed                              int64
	temperature                       float64
	maxTokens                         int
	public                            bool
	answer                            string // when claimed for scoring
}

// waitingAttempt is one that somebody should take up.
type waitingAttempt struct {
	id       id.ID
	provider id.ID
	answered bool
}

// orphan is an attempt whose claimant may have gone.
type orphan struct {
	id    id.ID
	claim int32
}

func visibleRun(ctx context.Context, tx pgx.Tx, run id.ID, org *id.ID) (id.ID, error) {
	return db.New(tx).VisibleRun(ctx, run, org)
}

func getRun(ctx context.Context, tx pgx.Tx, org, run id.ID) (Run, error) {
	r, err := db.New(tx).Run(ctx, org, run)
	return Run{ID: r.ID, Org: r.OrgID, Benchmark: r.BenchmarkID, Name: r.Name, Suite: r.SuiteID, SuiteName: r.SuiteName,
		Samples: int(r.Samples), Temperature: r.Temperature, MaxTokens: int(r.MaxTokens), Public: r.Public, Simulated: r.Simulated,
		Seed: r.Seed, State: State(r.State), Planned: int(r.Planned), Settled: int(r.Settled), CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt}, err
}

// lastID is above every UUIDv7 of the coming millennia.
var lastID = uuid.MustParse("ffffffff-ffff-7fff-bfff-ffffffffffff")

func visibleRuns(ctx context.Context, tx pgx.Tx, org, before *id.ID, n int) ([]Run, error) {
	if before == nil {
		before = &lastID
	}
	rows, err := db.New(tx).VisibleRuns(ctx, org, *before, int32(n))
	if err != nil {
		return nil, err
	}
	list := make([]Run, len(rows))
	for i, r := range rows {
		list[i] = Run{ID: r.ID, Org: r.OrgID, Benchmark: r.BenchmarkID, Name: r.Name, Suite: r.SuiteID, SuiteName: r.SuiteName,
			Samples: int(r.Samples), Temperature: r.Temperature, MaxTokens: int(r.MaxTokens), Public: r.Public, Simulated: r.Simulated,
			Seed: r.Seed, State: State(r.State), Planned: int(r.Planned), Settled: int(r.Settled), Models: int(r.Models),
			CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt}
	}
	return list, nil
}

func takeRun(ctx context.Context, tx pgx.Tx, org, run id.ID, p Plan, simulated bool, planned int) error {
	q := db.New(tx)
	b, err := q.TakeBenchmark(ctx, db.TakeBenchmarkParams{ID: id.New(), OrgID: org, Name: p.Name, SuiteID: p.Suite,
		Samples: int32(p.Samples), Temperature: p.Temperature, MaxTokens: int32(p.MaxTokens), Public: p.Public})
	if err != nil {
		return err
	}
	err = q.InsertRun(ctx, db.InsertRunParams{ID: run, OrgID: org, BenchmarkID: b.ID, Name: runName(p.Name, int(b.Runs)),
		SuiteID: p.Suite, Samples: int32(p.Samples), Temperature: p.Temperature, MaxTokens: int32(p.MaxTokens), Public: p.Public,
		Simulated: simulated, Seed: p.Seed, Planned: int32(planned), CreatedAt: born(run)})
	if err != nil {
		return err
	}
	rows := db.InsertRunModelsParams{OrgID: org, RunID: run, Planned: int32(planned / len(p.Models))}
	for i, m := range p.Models {
		rows.ModelIds, rows.Positions = append(rows.ModelIds, m), append(rows.Positions, int32(i))
	}
	return q.InsertRunModels(ctx, rows)
}

func insertAttempts(ctx context.Context, tx pgx.Tx, org, run id.ID, at time.Time, list []plannedAttempt) error {
	rows := db.InsertAttemptsParams{CreatedAt: at, OrgID: org, RunID: run}
	for _, a := range list {
		rows.Ids, rows.ModelIds = append(rows.Ids, a.ID), append(rows.ModelIds, a.Model)
		rows.ProblemIds, rows.VersionIds = append(rows.ProblemIds, a.Problem), append(rows.VersionIds, a.Version)
		rows.Samples, rows.Seeds = append(rows.Samples, int32(a.Sample)), append(rows.Seeds, a.Seed)
	}
	return db.New(tx).InsertAttempts(ctx, rows)
}

func claimGenerate(ctx context.Context, tx pgx.Tx, org, attempt, node id.ID) (claimed, error) {
	r, err := db.New(tx).ClaimGenerate(ctx, db.ClaimGenerateParams{OrgID: org, ID: attempt, CreatedAt: born(attempt), NodeID: &node})
	return claimed{org: org, attempt: attempt, run: r.RunID, model: r.ModelID, version: r.VersionID, claim: r.Claim, tries: int(r.Tries),
		seed: r.Seed, temperature: r.Temperature, maxTokens: int(r.MaxTokens), public: r.Public}, err
}

func claimScore(ctx context.Context, tx pgx.Tx, org, attempt, node id.ID) (claimed, error) {
	r, err := db.New(tx).ClaimScore(ctx, db.ClaimScoreParams{OrgID: org, ID: attempt, CreatedAt: born(attempt), NodeID: &node})
	return claimed{org: org, attempt: attempt, run: r.RunID, model: r.ModelID, version: r.VersionID, claim: r.Claim, tries: int(r.Tries),
		public: r.Public, answer: r.Answer}, err
}

func release(ctx context.Context, tx pgx.Tx, c claimed, reason string, counted bool) error {
	_, err := db.New(tx).Release(ctx, db.ReleaseParams{OrgID: c.org, ID: c.attempt, CreatedAt: born(c.attempt), Claim: c.claim,
		Reason: storable(reason), Uncounted: !counted})
	return err
}

// storeAnswer reports whether the claim still held.
func storeAnswer(ctx context.Context, tx pgx.Tx, c claimed, a gateway.Answer) (bool, error) {
	q := db.New(tx)
	n, err := q.Answer(ctx, db.AnswerParams{OrgID: c.org, ID: c.attempt, CreatedAt: born(c.attempt), Claim: c.claim,
		FinishReason: storable(a.FinishReason), InputTokens: a.InputTokens, OutputTokens: a.OutputTokens, Estimated: a.UsageEstimated,
		Cost: int64(a.Cost), Latency: a.Latency.Microseconds(), FirstToken: a.FirstToken.Microseconds()})
	if err != nil || n == 0 {
		return false, err
	}
	return true, q.InsertTranscript(ctx, db.InsertTranscriptParams{AttemptID: c.attempt, CreatedAt: born(c.attempt), OrgID: c.org, Answer: storable(a.Text)})
}

// storeOutcome reports whether the claim still held.
func storeOutcome(ctx context.Context, tx pgx.Tx, c claimed, o outcome) (bool, error) {
	q, at := db.New(tx), born(c.attempt)
	n, err := q.Settle(ctx, db.SettleParams{OrgID: c.org, ID: c.attempt, CreatedAt: at, Claim: c.claim, Verdict: string(o.Verdict),
		Reason: storable(o.Reason), Rule: o.Rule, ChecksPassed: count32(o.Passed), ChecksTotal: count32(o.Total),
		Wall: o.Wall.Microseconds(), Cpu: o.CPU.Microseconds(), PeakMemory: o.PeakMemory})
	if err != nil || n == 0 {
		return false, err
	}
	checks, err := json.Marshal(o.Checks)
	if err != nil {
		return false, err
	}
	return true, q.CompleteTranscript(ctx, db.CompleteTranscriptParams{OrgID: c.org, AttemptID: c.attempt, CreatedAt: at,
		Program: storable(o.Program), Checks: json.RawMessage(strings.ReplaceAll(string(checks), `\u0000`, `\ufffd`)),
		Output: storable(o.Output)})
}

// storable makes hostile text fit for a Postgres column: valid UTF-8 without NUL.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

func count32(n int) int32 { return int32(min(n, math.MaxInt32)) }

func countSettled(ctx context.Context, tx pgx.Tx, org, run id.ID) (state State, settled, planned int, err error) {
	r, err := db.New(tx).CountSettled(ctx, org, run)
	return State(r.State), int(r.Settled), int(r.Planned), err
}

func changeState(ctx context.Context, tx pgx.Tx, org, run id.ID, to State, from []State) (public bool, err error) {
	arg := db.ChangeStateParams{OrgID: org, ID: run, State: string(to)}
	for _, s := range from {
		arg.FromStates = append(arg.FromStates, string(s))
	}
	return db.New(tx).ChangeState(ctx, arg)
}

func waiting(ctx context.Context, tx pgx.Tx, org, run id.ID) ([]waitingAttempt, error) {
	rows, err := db.New(tx).Waiting(ctx, org, run, born(run))
	if err != nil {
		return nil, err
	}
	list := make([]waitingAttempt, len(rows))
	for i, r := range rows {
		list[i] = waitingAttempt{id: r.ID, provider: r.ProviderID, answered: r.State == "answered"}
	}
	return list, nil
}

func runningRuns(ctx context.Context, tx pgx.Tx) ([]Run, error) {
	rows, err := db.New(tx).RunningRuns(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Run, len(rows))
	for i, r := range rows {
		list[i] = Run{ID: r.ID, Org: r.OrgID}
	}
	return list, nil
}

// orphans lists the attempts of a run that look taken by this node, or by one that
// has been silent for so long.
func orphans(ctx context.Context, tx pgx.Tx, org, run, node id.ID, silence time.Duration) ([]orphan, error) {
	rows, err := db.New(tx).Orphans(ctx, db.OrphansParams{OrgID: org, RunID: run, CreatedAt: born(run), NodeID: &node, Seconds: silence.Seconds()})
	if err != nil {
		return nil, err
	}
	list := make([]orphan, len(rows))
	for i, r := range rows {
		list[i] = orphan{id: r.ID, claim: r.Claim}
	}
	return list, nil
}

// free puts orphans back where they can be claimed, unless somebody has claimed
// them since.
func free(ctx context.Context, tx pgx.Tx, org, run id.ID, list []orphan) ([]waitingAttempt, error) {
	arg := db.FreeParams{OrgID: org, CreatedAt: born(run)}
	for _, o := range list {
		arg.Ids, arg.Claims = append(arg.Ids, o.id), append(arg.Claims, o.claim)
	}
	rows, err := db.New(tx).Free(ctx, arg)
	if err != nil {
		return nil, err
	}
	freed := make([]waitingAttempt, len(rows))
	for i, r := range rows {
		freed[i] = waitingAttempt{id: r.ID, provider: r.ProviderID, answered: r.State == "answered"}
	}
	return freed, nil
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

func attempts(ctx context.Context, tx pgx.Tx, org id.ID, f Filter, n int) ([]Attempt, error) {
	var rows []db.AttemptsRow
	at, before := f.cursor()
	if f.Run != id.Nil {
		found, err := db.New(tx).Attempts(ctx, db.AttemptsParams{OrgID: org, RunID: f.Run, CreatedAt: born(f.Run), ModelID: some(f.Model), ProblemID: some(f.Problem),
			Verdict: someText(string(f.Verdict)), BeforeTime: at, BeforeID: before, Most: int32(n)})
		if err != nil {
			return nil, err
		}
		rows = found
	} else {
		found, err := db.New(tx).ModelAttempts(ctx, db.ModelAttemptsParams{OrgID: org, ModelID: f.Model, ProblemID: some(f.Problem),
			Verdict: someText(string(f.Verdict)), BeforeTime: at, BeforeID: before, Most: int32(n)})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			rows = append(rows, db.AttemptsRow(r))
		}
	}
	list := make([]Attempt, len(rows))
	for i, r := range rows {
		list[i] = Attempt{ID: r.ID, Run: r.RunID, Model: r.ModelID, ModelTitle: r.Title, Simulated: r.Simulated, Problem: r.ProblemID,
			ProblemName: r.ProblemName, Language: r.Language, Sample: int(r.Sample), Verdict: score.Verdict(r.Verdict), Reason: r.Reason,
			ChecksPassed: int(r.ChecksPassed), ChecksTotal: int(r.ChecksTotal), Cost: money.Micro(r.Cost), Latency: micros(r.Latency),
			SettledAt: *r.SettledAt}
	}
	return list, nil
}

func some(v id.ID) *id.ID {
	if v == id.Nil {
		return nil
	}
	return &v
}

func someText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func visibleAttempt(ctx context.Context, tx pgx.Tx, attempt id.ID, org *id.ID) (id.ID, error) {
	return db.New(tx).VisibleAttempt(ctx, attempt, born(attempt), org)
}

func getAttempt(ctx context.Context, tx pgx.Tx, org, attempt id.ID) (Detail, error) {
	r, err := db.New(tx).Attempt(ctx, org, attempt, born(attempt))
	if err != nil {
		return Detail{}, err
	}
	d := Detail{
		Attempt: Attempt{ID: r.ID, Run: r.RunID, Model: r.ModelID, ModelTitle: r.Title, Simulated: r.Simulated, Problem: r.ProblemID,
			ProblemName: r.ProblemName, Language: r.Language, Sample: int(r.Sample), Verdict: score.Verdict(r.Verdict), Reason: r.Reason,
			ChecksPassed: int(r.ChecksPassed), ChecksTotal: int(r.ChecksTotal), Cost: money.Micro(r.Cost), Latency: micros(r.Latency)},
		RunName: r.RunName, Provider: r.ProviderName, Temperature: r.Temperature, Samples: int(r.Samples), Seed: r.Seed,
		Version: int(r.VersionNumber), Settled: r.State == "settled", Rule: r.Rule, FinishReason: r.FinishReason,
		InputTokens: r.InputTokens, OutputTokens: r.OutputTokens, Estimated: r.Estimated, FirstToken: micros(r.FirstToken),
		Wall: micros(r.Wall), CPU: micros(r.Cpu), PeakMemory: r.PeakMemory,
		Prompt: r.Prompt, Reference: r.Reference, Test: r.Test, EntryPoint: r.EntryPoint,
		Answer: r.Answer, Program: r.Program, Output: r.Output,
	}
	if r.SettledAt != nil {
		d.SettledAt = *r.SettledAt
	}
	if err := json.Unmarshal(r.Checks, &d.Checks); err != nil {
		return Detail{}, err
	}
	previous, err := db.New(tx).PreviousAttempt(ctx, db.PreviousAttemptParams{OrgID: org, RunID: r.RunID, CreatedAt: born(r.ID), ID: r.ID})
	if d.Previous, err = orNone(previous, err); err != nil {
		return Detail{}, err
	}
	next, err := db.New(tx).NextAttempt(ctx, db.NextAttemptParams{OrgID: org, RunID: r.RunID, CreatedAt: born(r.ID), ID: r.ID})
	d.Next, err = orNone(next, err)
	return d, err
}

// orNone takes an absent row for no id.
func orNone(v id.ID, err error) (*id.ID, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &v, err
}

func standing(ctx context.Context, tx pgx.Tx, org, run id.ID) ([]Standing, error) {
	q := db.New(tx)
	models, err := q.RunModels(ctx, org, run)
	if err != nil {
		return nil, err
	}
	rows, err := q.Standing(ctx, org, run, born(run))
	if err != nil {
		return nil, err
	}
	counts := make(map[id.ID]db.StandingRow, len(rows))
	for _, r := range rows {
		counts[r.ModelID] = r
	}
	list := make([]Standing, len(models))
	for i, m := range models {
		c := counts[m.ModelID]
		list[i] = Standing{Model: m.ModelID, Title: m.Title, Provider: m.ProviderName, Simulated: m.Simulated, Planned: int(m.Planned),
			Settled: int(c.Settled), Answered: int(c.Answered), Counted: int(c.Counted), Passed: int(c.Passed), Working: int(c.Working),
			Cost: money.Micro(c.Cost), Tokens: c.Tokens}
	}
	return list, nil
}

func verdictCounts(ctx context.Context, tx pgx.Tx, org, run id.ID) (map[score.Verdict]int, error) {
	rows, err := db.New(tx).VerdictCounts(ctx, org, run, born(run))
	counts := make(map[score.Verdict]int, len(rows))
	for _, r := range rows {
		counts[score.Verdict(r.Verdict)] = int(r.Attempts)
	}
	return counts, err
}

func pace(ctx context.Context, tx pgx.Tx, org, run id.ID) (recent int, sinceFirst time.Duration, err error) {
	r, err := db.New(tx).Pace(ctx, org, run, born(run))
	return int(r.Recent), time.Duration(r.SinceFirst * float64(time.Second)), err
}

func convergence(ctx context.Context, tx pgx.Tx, org, run id.ID, total int) ([]Step, error) {
	rows, err := db.New(tx).Convergence(ctx, db.ConvergenceParams{OrgID: org, RunID: run, CreatedAt: born(run), Beyond: float64(total + 1)})
	if err != nil {
		return nil, err
	}
	list := make([]Step, len(rows))
	for i, r := range rows {
		list[i] = Step{Bucket: int(r.Bucket), Model: r.ModelID, Counted: int(r.Counted), Passed: int(r.Passed), UpTo: int(r.Upto)}
	}
	return list, nil
}

func byProblem(ctx context.Context, tx pgx.Tx, org, run id.ID) ([]Cell, error) {
	rows, err := db.New(tx).ByProblem(ctx, org, run, born(run))
	if err != nil {
		return nil, err
	}
	list := make([]Cell, len(rows))
	for i, r := range rows {
		list[i] = Cell{Problem: r.ProblemID, Name: r.Name, Language: r.Language, Model: r.ModelID, Counted: int(r.Counted), Passed: int(r.Passed)}
	}
	return list, nil
}
