package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/gateway"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/org"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/internal/queue"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/internal/secret"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is an Assay as far as bench needs one, with a made-up model and sandbox.
type house struct {
	db        *pg.DB
	home      org.Org
	problems  *problem.Service
	providers *provider.Service
	suite     id.ID
	models    []provider.Model
	call      func(ctx context.Context, model id.ID, req provider.Request) (gateway.Answer, error)
	score     func(ctx context.Context, program string) (score.Result, error)
}

func (h *house) Complete(ctx context.Context, _, model id.ID, req provider.Request) (gateway.Answer, error) {
	return h.call(ctx, model, req)
}

func (h *house) Score(ctx context.Context, _ score.Suite, program string) (score.Result, error) {
	return h.score(ctx, program)
}

// newHouse has a suite of n problems and the simulated models "one" and "two".
func newHouse(t *testing.T, n int) *house {
	t.Helper()
	db := pgtest.DB(t)
	home, err := org.New(db).First(t.Context(), "Home")
	if err != nil {
		t.Fatal(err)
	}
	box, err := secret.FromFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: db, home: home, problems: problem.New(db), providers: provider.New(db, box)}
	h.call = func(context.Context, id.ID, provider.Request) (gateway.Answer, error) {
		return gateway.Answer{Response: provider.Response{Text: "```python\ndef f(x):\n    return x\n```", InputTokens: 10, OutputTokens: 5,
			Latency: 20 * time.Millisecond}, Cost: 7}, nil
	}
	h.score = func(context.Context, string) (score.Result, error) {
		return score.Result{Verdict: score.Passed, Passed: 1, Total: 1, Reason: "all 1 assertions hold"}, nil
	}
	report, err := h.problems.Import(h.owner(t.Context()), "suite", bytes.NewReader(jsonl(t, n)))
	if err != nil {
		t.Fatal(err)
	}
	h.suite = report.Suite.ID
	if err := h.providers.EnsureSimulated(t.Context(), home.ID, "Lab", []provider.NewModel{{Name: "one", Title: "One"}, {Name: "two", Title: "Two"}}); err != nil {
		t.Fatal(err)
	}
	if h.models, err = h.providers.Models(h.owner(t.Context())); err != nil {
		t.Fatal(err)
	}
	return h
}

func jsonl(t *testing.T, n int) []byte {
	var all bytes.Buffer
	for i := range n {
		line, err := json.Marshal(map[string]string{"task_id": fmt.Sprintf("Test/%d", i), "prompt": "def f(x):\n    \"\"\"Return x.\"\"\"\n",
			"canonical_solution": "    return x\n", "test": "def check(candidate):\n    assert candidate(1) == 1\n", "entry_point": "f"})
		if err != nil {
			t.Fatal(err)
		}
		all.Write(append(line, '\n'))
	}
	return all.Bytes()
}

// owner lets the home's owner act.
func (h *house) owner(ctx context.Context) context.Context {
	return access.With(ctx, access.Actor{Account: id.New(), Name: "Mara", Org: h.home.ID, OrgName: h.home.Name, Role: "owner"})
}

// node is one running process of the house.
type node struct {
	*Service
	queue *queue.Queue
}

// node makes a service with a queue, not started.
func (h *house) node(t *testing.T) *node {
	t.Helper()
	n := &node{}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[GenerateArgs]) error {
		return n.Service.Generate(ctx, job.Args)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[ScoreArgs]) error {
		return n.Service.Score(ctx, job.Args)
	}))
	var err error
	n.queue, err = queue.New(h.db, queue.Config{Workers: workers, Queues: map[string]int{ScoreQueue: 4}, Most: 8,
		Recover: func(ctx context.Context) error { return n.Service.Recover(ctx) }})
	if err != nil {
		t.Fatal(err)
	}
	n.Service = New(h.db, n.queue, h.problems, h.providers, h, h)
	return n
}

// running starts a node that stops when the test ends.
func (h *house) running(t *testing.T) *node {
	t.Helper()
	n := h.node(t)
	if err := n.queue.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := n.queue.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return n
}

// plan is a run of both models on every problem, twice.
func (h *house) plan() Plan {
	return Plan{Name: "Weekly", Suite: h.suite, Models: []id.ID{h.models[0].ID, h.models[1].ID}, Samples: 2, Public: true}
}

// await waits until the run's state and number of settled attempts satisfy ok.
func (n *node) await(t *testing.T, run id.ID, ok func(Run) bool) Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := n.Get(ctx, run)
		if err != nil {
			t.Fatalf("waiting for run: %v", err)
		}
		if ok(r) {
			return r
		}
		select {
		case <-ctx.Done():
			t.Fatalf("run is %s with %d of %d settled", r.State, r.Settled, r.Planned)
		case <-tick.C:
		}
	}
}

func completed(r Run) bool { return r.State == Completed }

// settlements counts, for each attempt, how many settlements were published.
func (h *house) settlements(t *testing.T, run id.ID) map[string]int {
	t.Helper()
	counts := map[string]int{}
	err := h.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT data->>'attempt' FROM outbox WHERE kind = 'attempt.settled' AND subject = $1`, run)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, a := range list {
			counts[a]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// gate lets workers in one by one, on demand.
type gate struct {
	mu      sync.Mutex
	arrived int
	open    chan struct{}
	change  chan struct{}
}

func newGate() *gate { return &gate{open: make(chan struct{}), change: make(chan struct{})} }

// pass waits until the gate is open or ctx ends.
func (g *gate) pass(ctx context.Context) error {
	g.mu.Lock()
	g.arrived++
	close(g.change)
	g.change = make(chan struct{})
	g.mu.Unlock()
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await waits until n have arrived.
func (g *gate) await(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		g.mu.Lock()
		arrived, change := g.arrived, g.change
		g.mu.Unlock()
		if arrived >= n {
			return
		}
		select {
		case <-change:
		case <-ctx.Done():
			t.Fatalf("%d of %d arrived", arrived, n)
		}
	}
}
