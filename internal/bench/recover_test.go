package bench

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/score"
)

// known makes a node that was not started known as alive.
func (h *house) known(t *testing.T, n *node) {
	t.Helper()
	err := h.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO node (id, host) VALUES ($1, 'test')`, n.queue.Node())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// single starts a run of one attempt and returns both.
func (h *house) single(t *testing.T, n *node) (run, attempt id.ID) {
	t.Helper()
	p := h.plan()
	p.Models, p.Samples = p.Models[:1], 1
	run, err := n.Start(h.owner(t.Context()), p)
	if err != nil {
		t.Fatal(err)
	}
	err = h.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT id FROM attempt WHERE run_id = $1`, run).Scan(&attempt)
	})
	if err != nil {
		t.Fatal(err)
	}
	return run, attempt
}

func TestAnAttemptThatBringsItsWorkerDownIsSettledInTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.node(t)
	h.known(t, n)
	h.score = func(context.Context, string) (score.Result, error) { panic("hostile") }
	run, attempt := h.single(t, n)
	if err := n.Generate(t.Context(), GenerateArgs{Org: h.home.ID, Attempt: attempt}); err != nil {
		t.Fatal(err)
	}
	for range maxTries + 1 {
		func() {
			defer func() { _ = recover() }() // as River does
			if err := n.Score(t.Context(), ScoreArgs{Org: h.home.ID, Attempt: attempt}); err != nil {
				t.Error(err)
			}
		}()
		if err := n.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p, err := n.Progress(t.Context(), run)
	if err != nil || p.Run.State != Completed || p.Verdicts[score.Infrastructure] != 1 {
		t.Errorf("run: got %+v, verdicts %v, %v", p.Run, p.Verdicts, err)
	}
}

func TestACallThatFailsEveryTimeIsNotMadeForever(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.node(t)
	h.known(t, n)
	calls := 0
	h.call = func(context.Context, id.ID, provider.Request) (gateway.Answer, error) {
		calls++
		return gateway.Answer{}, &provider.Error{Code: provider.Overdue, Message: "too slow", Retryable: true}
	}
	run, attempt := h.single(t, n)
	for range maxTries + 3 {
		_ = n.Generate(t.Context(), GenerateArgs{Org: h.home.ID, Attempt: attempt}) // asks to come again
	}
	p, err := n.Progress(t.Context(), run)
	if err != nil || p.Run.State != Completed || p.Verdicts[score.Infrastructure] != 1 || calls != maxTries {
		t.Errorf("run: got %+v, verdicts %v after %d calls, %v", p.Run, p.Verdicts, calls, err)
	}
}

func TestASecondJobOfAnAttemptLeavesTheFirstAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.node(t)
	h.known(t, n)
	g := newGate()
	h.call = func(ctx context.Context, _ id.ID, _ provider.Request) (gateway.Answer, error) {
		return gateway.Answer{Response: provider.Response{Text: "def f(x): return x"}}, g.pass(ctx)
	}
	run, attempt := h.single(t, n)
	job := GenerateArgs{Org: h.home.ID, Attempt: attempt}
	first := make(chan error, 1)
	go func() { first <- n.Generate(t.Context(), job) }()
	g.await(t, 1)
	if err := n.Generate(t.Context(), job); err != nil { // finds nothing to do
		t.Fatal(err)
	}
	if err := n.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := n.Generate(t.Context(), job); err != nil { // nothing was freed
		t.Fatal(err)
	}
	if err := n.Cancel(h.owner(t.Context()), run); err != nil {
		t.Fatal(err)
	}
	if err := <-first; err != nil { // the cancelling reaches it
		t.Errorf("first job: %v", err)
	}
	if g.arrived != 1 {
		t.Errorf("calls: got %d, want 1", g.arrived)
	}
}

func TestResumeMakesUpForJobsThatRested(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.node(t)
	h.known(t, n)
	run, attempt := h.single(t, n)
	owner := h.owner(t.Context())
	if err := n.Generate(t.Context(), GenerateArgs{Org: h.home.ID, Attempt: attempt}); err != nil {
		t.Fatal(err)
	}
	if err := n.Pause(owner, run); err != nil {
		t.Fatal(err)
	}
	if err := n.Score(t.Context(), ScoreArgs{Org: h.home.ID, Attempt: attempt}); err != nil { // rests
		t.Fatal(err)
	}
	if err := n.Resume(owner, run); err != nil {
		t.Fatal(err)
	}
	var jobs int
	err := h.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job WHERE kind = $1`, ScoreArgs{}.Kind()).Scan(&jobs)
	})
	if err != nil || jobs != 2 {
		t.Errorf("jobs that score: got %d, %v; want the one that rested and a new one", jobs, err)
	}
}

func TestASlowProviderHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 20)
	owner := h.owner(t.Context())
	err := h.providers.EnsureSimulated(t.Context(), h.home.ID, "Other", []provider.NewModel{{Name: "three", Title: "Three"}})
	if err != nil {
		t.Fatal(err)
	}
	models, err := h.providers.Models(owner)
	if err != nil {
		t.Fatal(err)
	}
	g := newGate() // the first provider answers only when all of the second's attempts are settled
	h.call = func(ctx context.Context, model id.ID, _ provider.Request) (gateway.Answer, error) {
		answer := gateway.Answer{Response: provider.Response{Text: "def f(x): return x"}}
		if model == h.models[0].ID {
			return answer, g.pass(ctx)
		}
		return answer, nil
	}
	p := h.plan()
	p.Models, p.Samples = []id.ID{h.models[0].ID}, 1
	for _, m := range models {
		if m.Name == "three" {
			p.Models = append(p.Models, m.ID)
		}
	}
	n := h.running(t)
	run, err := n.Start(owner, p)
	if err != nil {
		t.Fatal(err)
	}
	n.await(t, run, func(r Run) bool { return r.Settled == 20 })
	close(g.open)
	n.await(t, run, completed)
}
