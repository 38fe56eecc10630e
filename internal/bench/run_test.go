package bench

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/score"
)

func TestARunSettlesEveryAttemptOnceAndCompletes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 5)
	n := h.running(t)
	h.score = func(_ context.Context, program string) (score.Result, error) {
		return score.Result{Verdict: score.WrongAnswer, Reason: "line 2 expects \x00 and got \xff"}, nil
	}
	run, err := n.Start(h.owner(t.Context()), h.plan())
	if err != nil {
		t.Fatal(err)
	}
	r := n.await(t, run, completed)
	if r.Planned != 20 || r.Settled != 20 || r.FinishedAt == nil || !r.Simulated {
		t.Errorf("run: got %+v", r)
	}
	counts := h.settlements(t, run)
	for attempt, times := range counts {
		if times != 1 {
			t.Errorf("attempt %s was settled %d times", attempt, times)
		}
	}
	p, err := n.Progress(t.Context(), run) // a visitor: the run is public
	if err != nil {
		t.Fatal(err)
	}
	if len(counts) != 20 || p.Verdicts[score.WrongAnswer] != 20 || p.Cost != 140 || len(p.Standings) != 2 || p.Standings[0].Settled != 10 {
		t.Errorf("settled %d, progress %+v", len(counts), p)
	}
	d, err := n.Attempt(t.Context(), p.Latest[0].ID)
	if err != nil || d.Program == "" || d.Answer == "" || d.Reason != "line 2 expects \ufffd and got \ufffd" {
		t.Errorf("attempt: %v, program %q, reason %q", err, d.Program, d.Reason)
	}
}

func TestAnAnswerWithoutCodeIsScoredWithItsReason(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.running(t)
	h.call = func(context.Context, id.ID, provider.Request) (gateway.Answer, error) {
		return gateway.Answer{Response: provider.Response{Text: "I would rather not."}}, nil
	}
	run, err := n.Start(h.owner(t.Context()), h.plan())
	if err != nil {
		t.Fatal(err)
	}
	n.await(t, run, completed)
	list, err := n.Attempts(t.Context(), Filter{Run: run, Verdict: score.NoCode}, 10)
	if err != nil || len(list) != 4 || list[0].Reason == "" {
		t.Errorf("attempts without code: %v, %+v", err, list)
	}
}

func TestATransientFailureIsTriedAgainAndAFinalOneDoesNotCount(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.running(t)
	var calls atomic.Int64
	h.call = func(_ context.Context, model id.ID, _ provider.Request) (gateway.Answer, error) {
		if model == h.models[1].ID {
			return gateway.Answer{}, &provider.Error{Status: 401, Code: "invalid_api_key", Message: "no"}
		}
		if calls.Add(1) == 1 {
			return gateway.Answer{}, &provider.Error{Status: 429, Code: "busy", Message: "later", Retryable: true}
		}
		return gateway.Answer{Response: provider.Response{Text: "def f(x): return x"}}, nil
	}
	run, err := n.Start(h.owner(t.Context()), h.plan())
	if err != nil {
		t.Fatal(err)
	}
	n.await(t, run, completed)
	p, err := n.Progress(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	one, two := p.Standings[0], p.Standings[1]
	if one.Passed != 2 || one.Counted != 2 || calls.Load() != 3 {
		t.Errorf("the busy provider's model: %+v after %d calls", one, calls.Load())
	}
	if two.Settled != 2 || two.Counted != 0 || p.Verdicts[score.Infrastructure] != 2 {
		t.Errorf("the refused model: %+v, verdicts %v", two, p.Verdicts)
	}
}

func TestAPausedRunRestsUntilItIsResumed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 20)
	n := h.running(t)
	g := newGate()
	h.call = func(ctx context.Context, _ id.ID, _ provider.Request) (gateway.Answer, error) {
		return gateway.Answer{Response: provider.Response{Text: "def f(x): return x"}}, g.pass(ctx)
	}
	owner := h.owner(t.Context())
	run, err := n.Start(owner, h.plan())
	if err != nil {
		t.Fatal(err)
	}
	g.await(t, 8) // all workers are inside
	if err := n.Pause(owner, run); err != nil {
		t.Fatal(err)
	}
	if err := n.Pause(owner, run); fault.KindOf(err) != fault.Conflict {
		t.Errorf("pausing twice: got %v", err)
	}
	close(g.open)
	h.awaitRest(t, run)
	if r := n.await(t, run, func(Run) bool { return true }); r.State != Paused || r.Settled >= r.Planned {
		t.Errorf("paused run: %+v", r)
	}
	if err := n.Resume(owner, run); err != nil {
		t.Fatal(err)
	}
	r := n.await(t, run, completed)
	if got := h.settlements(t, run); len(got) != r.Planned {
		t.Errorf("settled: got %d, want %d", len(got), r.Planned)
	}
}

// awaitRest waits until nobody works on the run.
func (h *house) awaitRest(t *testing.T, run id.ID) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		var busy int
		err := h.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM attempt WHERE run_id = $1 AND state IN ('generating', 'scoring')`, run).Scan(&busy)
		})
		if err != nil {
			t.Fatal(err)
		}
		if busy == 0 {
			return
		}
	}
	t.Fatal("the run never came to rest")
}

func TestACancelledRunStopsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 20)
	n := h.running(t)
	g := newGate() // never opened: only the end of the context lets anybody out
	var stopped atomic.Int64
	h.call = func(ctx context.Context, _ id.ID, _ provider.Request) (gateway.Answer, error) {
		err := g.pass(ctx)
		stopped.Add(1)
		return gateway.Answer{}, err
	}
	owner := h.owner(t.Context())
	run, err := n.Start(owner, h.plan())
	if err != nil {
		t.Fatal(err)
	}
	g.await(t, 8)
	if err := n.Cancel(owner, run); err != nil {
		t.Fatal(err)
	}
	h.awaitRest(t, run)
	r := n.await(t, run, func(Run) bool { return true })
	if r.State != Cancelled || r.Settled != 0 || stopped.Load() != 8 {
		t.Errorf("cancelled run: %+v, %d calls stopped", r, stopped.Load())
	}
	if err := n.Resume(owner, run); fault.KindOf(err) != fault.Conflict {
		t.Errorf("resuming a cancelled run: got %v", err)
	}
}

func TestWhatADeadNodeHeldIsTakenUpAndItsLateAnswersChangeNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2) // as many attempts as workers, so that the second node takes up just those of the first
	dead := h.running(t)
	g, again := newGate(), newGate()
	var first atomic.Bool
	first.Store(true)
	h.call = func(ctx context.Context, _ id.ID, _ provider.Request) (gateway.Answer, error) {
		answer := gateway.Answer{Response: provider.Response{Text: "def f(x): return x"}, Cost: 1}
		if first.Load() {
			answer.Cost = 1000
			return answer, g.pass(context.WithoutCancel(ctx))
		}
		return answer, again.pass(ctx)
	}
	run, err := dead.Start(h.owner(t.Context()), h.plan())
	if err != nil {
		t.Fatal(err)
	}
	g.await(t, 8)
	first.Store(false)
	// To the others a node is dead that has been silent for long.
	err = h.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE node SET seen_at = now() - interval '1 hour'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	alive := h.running(t)
	again.await(t, 8)
	close(g.open) // now the dead one's answers come in, while others wait for theirs
	dead.awaitIdle(t)
	close(again.open)
	r := alive.await(t, run, completed)
	p, err := alive.Progress(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.settlements(t, run); len(got) != r.Planned || int(p.Cost) != r.Planned {
		t.Errorf("settled %d of %d, cost %d", len(got), r.Planned, p.Cost)
	}
}

// awaitIdle waits until the node holds nothing of what it held at the start.
func (n *node) awaitIdle(t *testing.T) {
	t.Helper()
	old := n.holding()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for held := old; slices.ContainsFunc(held, func(a id.ID) bool { return slices.Contains(old, a) }); held = n.holding() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the node never let go")
		}
	}
}

func TestWhatANodeLostHoldOfIsSweptUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.running(t)
	g := newGate()
	h.call = func(ctx context.Context, _ id.ID, _ provider.Request) (gateway.Answer, error) {
		return gateway.Answer{Response: provider.Response{Text: "def f(x): return x"}}, g.pass(ctx)
	}
	run, err := n.Start(h.owner(t.Context()), h.plan())
	if err != nil {
		t.Fatal(err)
	}
	g.await(t, 4)
	n.mu.Lock() // as if the node had failed to give them back
	clear(n.held)
	n.mu.Unlock()
	close(g.open)
	if err := n.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := n.await(t, run, completed)
	if got := h.settlements(t, run); len(got) != r.Planned {
		t.Errorf("settled: got %d, want %d", len(got), r.Planned)
	}
}

func TestAPlanThatCannotBeCarriedOutIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2)
	n := h.node(t)
	for name, spoil := range map[string]func(*Plan){
		"no name":              func(p *Plan) { p.Name = "  " },
		"no suite":             func(p *Plan) { p.Suite = id.Nil },
		"an unknown suite":     func(p *Plan) { p.Suite = id.New() },
		"no model":             func(p *Plan) { p.Models = nil },
		"a model twice":        func(p *Plan) { p.Models = []id.ID{h.models[0].ID, h.models[0].ID} },
		"an unknown model":     func(p *Plan) { p.Models = []id.ID{id.New()} },
		"no samples":           func(p *Plan) { p.Samples = 0 },
		"too hot":              func(p *Plan) { p.Temperature = 2.1 },
		"a temperature of NaN": func(p *Plan) { p.Temperature = math.NaN() },
		"endless answers":      func(p *Plan) { p.MaxTokens = 1 << 30 },
	} {
		p := h.plan()
		spoil(&p)
		if _, err := n.Start(h.owner(t.Context()), p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSimulatedAndRealModelsDoNotMeetInARun(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.node(t)
	owner := h.owner(t.Context())
	_, err := h.providers.Connect(owner, provider.Connection{Name: "Real", BaseURL: "http://127.0.0.1:1/v1", Models: []provider.NewModel{{Name: "gpt"}}})
	if err != nil {
		t.Fatal(err)
	}
	models, err := h.providers.Models(owner)
	if err != nil {
		t.Fatal(err)
	}
	p := h.plan()
	for _, m := range models {
		if !m.Simulated {
			p.Models = append(p.Models, m.ID)
		}
	}
	if _, err := n.Start(owner, p); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a mixed run: got %v", err)
	}
}

func TestOnlyThoseWhoMaySeeARunDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	n := h.node(t)
	owner := h.owner(t.Context())
	p := h.plan()
	p.Public = false
	run, err := n.Start(owner, p)
	if err != nil {
		t.Fatal(err)
	}
	stranger := access.With(t.Context(), access.Actor{Account: id.New(), Org: id.New(), Role: "owner"})
	viewer := access.With(t.Context(), access.Actor{Account: id.New(), Org: h.home.ID, Role: "viewer"})
	for name, c := range map[string]struct {
		ctx  context.Context
		want fault.Kind
	}{"owner": {owner, ""}, "viewer": {viewer, ""}, "visitor": {t.Context(), fault.NotFound}, "stranger": {stranger, fault.NotFound}} {
		_, err := n.Get(c.ctx, run)
		_, err2 := n.Progress(c.ctx, run)
		_, err3 := n.Attempts(c.ctx, Filter{Run: run}, 5)
		for _, err := range []error{err, err2, err3} {
			if got := fault.KindOf(err); got != c.want {
				t.Errorf("%s: got %q, want %q", name, got, c.want)
			}
		}
	}
	absent := id.New()
	_, there := n.Get(stranger, run)
	_, gone := n.Get(stranger, absent)
	if there.Error() != "there is no run "+run.String() || gone.Error() != "there is no run "+absent.String() {
		t.Errorf("a stranger's run reads %q, an absent one %q", there, gone)
	}
	for name, ctx := range map[string]context.Context{"viewer": viewer, "visitor": t.Context()} {
		if err := n.Cancel(ctx, run); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Unsigned {
			t.Errorf("%s cancels: got %v", name, err)
		}
	}
	if err := n.Cancel(stranger, run); fault.KindOf(err) != fault.NotFound {
		t.Errorf("stranger cancels: got %v", err)
	}
}
