package board

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
	"github.com/assay-bench/assay/internal/stat"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// bank is an org with a suite of problems and models that runs can be written for.
type bank struct {
	db       *pg.DB
	org      id.ID
	suite    id.ID
	problems []id.ID
	versions []id.ID
}

func newBank(t *testing.T, n int) *bank {
	t.Helper()
	b := &bank{db: pgtest.DB(t), org: id.New(), suite: id.New()}
	b.exec(t, `INSERT INTO org (id, name) VALUES ($1, 'Home')`, b.org)
	b.exec(t, `INSERT INTO suite (id, org_id, name) VALUES ($1, $2, 'suite')`, b.suite, b.org)
	b.exec(t, `INSERT INTO provider (id, org_id, name, kind, base_url) VALUES ($1, $1, 'Lab', 'simulated', '')`, b.org)
	for i := range n {
		p, v := id.New(), id.New()
		b.exec(t, `INSERT INTO problem (id, org_id, suite_id, name, language, position, version) VALUES ($1, $2, $3, $4, 'python', $5, 1)`, p, b.org, b.suite, p.String(), i)
		b.exec(t, `INSERT INTO problem_version (id, org_id, problem_id, number, prompt, reference, test, entry_point, digest) VALUES ($1, $2, $3, 1, '', '', '', '', '')`, v, b.org, p)
		b.problems, b.versions = append(b.problems, p), append(b.versions, v)
	}
	return b
}

func (b *bank) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	err := b.db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (b *bank) model(t *testing.T, title string, simulated bool) id.ID {
	t.Helper()
	m := id.New()
	b.exec(t, `INSERT INTO model (id, org_id, provider_id, name, title, simulated, input_price, output_price) VALUES ($1, $2, $2, $3, $3, $4, 0, 0)`, m, b.org, title, simulated)
	return m
}

// outcome is one attempt that a test writes: verdict, cost and latency.
type outcome struct {
	problem int
	verdict string
	cost    int64
	latency time.Duration
}

// run writes a completed run of one model, finished so many days ago.
func (b *bank) run(t *testing.T, model id.ID, public bool, daysAgo int, list ...outcome) {
	t.Helper()
	run, bm := id.New(), id.New()
	at := id.Time(run)
	b.exec(t, `INSERT INTO benchmark (id, org_id, name, suite_id, samples, temperature, max_tokens, public) VALUES ($1, $2, $3, $4, 1, 0, 100, $5)`, bm, b.org, bm.String(), b.suite, public)
	b.exec(t, `INSERT INTO run (id, org_id, benchmark_id, name, suite_id, samples, temperature, max_tokens, public, simulated, seed, state, planned, settled, created_at, finished_at)
		VALUES ($1, $2, $3, 'run', $4, 1, 0, 100, $5, true, 1, 'completed', $6, $6, $8, now() - make_interval(days => $7))`, run, b.org, bm, b.suite, public, len(list), daysAgo, at)
	for _, o := range list {
		a := id.At(at)
		b.exec(t, `INSERT INTO attempt (id, created_at, org_id, run_id, model_id, problem_id, version_id, sample, seed, state, verdict, settled_at, cost, latency)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1, 'settled', $8, now(), $9, $10)`,
			a, at, b.org, run, model, b.problems[o.problem], b.versions[o.problem], o.verdict, o.cost, o.latency.Microseconds())
	}
}

func (b *bank) board(t *testing.T, f Filter) Board {
	t.Helper()
	s := New(b.db)
	if err := s.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestABoardCountsWhatCountsOnce(t *testing.T) {
	t.Parallel()
	b := newBank(t, 4)
	m := b.model(t, "One", false)
	b.run(t, m, true, 0, outcome{0, "passed", 10, time.Second}, outcome{1, "passed", 10, time.Second},
		outcome{2, "wrong_answer", 30, time.Second}, outcome{3, "infrastructure", 0, time.Minute})
	b.run(t, m, false, 0, outcome{3, "passed", 500, time.Hour}) // private: not on the public board
	var wait sync.WaitGroup
	for range 4 { // four nodes at once
		wait.Go(func() {
			if err := New(b.db).Count(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got := b.board(t, Filter{})
	if len(got.Entries) != 1 || got.Attempts != 3 || got.Problems != 3 || got.Runs != 1 {
		t.Fatalf("board: got %+v", got)
	}
	e := got.Entries[0]
	if e.Passed != 2 || math.Abs(e.Rate.Mean-2.0/3) > 1e-12 || e.Cost != 50 || e.PerHundred != 1666 {
		t.Errorf("entry: got %+v", e)
	}
	if want := stat.Wilson(2, 3, Level); math.Abs(e.Rate.Interval.Low-want.Low) > 1e-12 {
		t.Errorf("interval: got %v, want %v", e.Rate.Interval, want)
	}
	if e.P95 < 990*time.Millisecond || e.P95 > 1010*time.Millisecond {
		t.Errorf("p95: got %s", e.P95)
	}
}

func TestSimulatedModelsNeverStandAmongRealOnes(t *testing.T) {
	t.Parallel()
	b := newBank(t, 1)
	b.run(t, b.model(t, "Real", false), true, 0, outcome{0, "passed", 1, time.Second})
	b.run(t, b.model(t, "Made up", true), true, 0, outcome{0, "passed", 1, time.Second})
	for simulated, want := range map[bool]string{false: "Real", true: "Made up"} {
		got := b.board(t, Filter{Simulated: simulated})
		if len(got.Entries) != 1 || got.Entries[0].Title != want {
			t.Errorf("simulated %t: got %+v", simulated, got.Entries)
		}
	}
}

func TestAFilterChangesWhatIsCounted(t *testing.T) {
	t.Parallel()
	b := newBank(t, 2)
	m := b.model(t, "One", false)
	b.run(t, m, true, 0, outcome{0, "passed", 1, time.Second})
	b.run(t, m, true, 40, outcome{1, "wrong_answer", 1, 3 * time.Second})
	for name, c := range map[string]struct {
		filter   Filter
		attempts int
	}{
		"everything":        {Filter{}, 2},
		"the last 30 days":  {Filter{Days: 30}, 1},
		"the last 90 days":  {Filter{Days: 90}, 2},
		"the suite":         {Filter{Suite: b.suite}, 2},
		"another suite":     {Filter{Suite: id.New()}, 0},
		"the language":      {Filter{Language: "python"}, 2},
		"another language":  {Filter{Language: "rust"}, 0},
		"language and time": {Filter{Language: "python", Days: 7}, 1},
	} {
		if got := b.board(t, c.filter); got.Attempts != c.attempts {
			t.Errorf("%s: got %d attempts, want %d", name, got.Attempts, c.attempts)
		}
	}
}

func TestModelsThatCannotBeToldApartShareTheirSpread(t *testing.T) {
	t.Parallel()
	b := newBank(t, 30)
	all := func(from, to int, yes, no string) (list []outcome) {
		for i := range 30 {
			verdict := no
			if i >= from && i < to {
				verdict = yes
			}
			list = append(list, outcome{i, verdict, 10, time.Second})
		}
		return list
	}
	b.run(t, b.model(t, "Best", false), true, 0, all(0, 29, "passed", "wrong_answer")...)
	b.run(t, b.model(t, "Near", false), true, 0, all(0, 28, "passed", "wrong_answer")...)
	b.run(t, b.model(t, "Far", false), true, 0, all(0, 5, "passed", "runtime_error")...)
	got := b.board(t, Filter{}).Entries
	var spreads []stat.Spread
	for _, e := range got {
		spreads = append(spreads, e.Spread)
	}
	want := []stat.Spread{{Rank: 1, Low: 1, High: 2}, {Rank: 2, Low: 1, High: 2}, {Rank: 3, Low: 3, High: 3}}
	for i := range want {
		if spreads[i] != want[i] {
			t.Errorf("%s: got %+v, want %+v", got[i].Title, spreads[i], want[i])
		}
	}
	if !got[0].Pareto || got[1].Pareto || got[2].Pareto {
		t.Errorf("frontier at one price: got %t %t %t, want the best alone", got[0].Pareto, got[1].Pareto, got[2].Pareto)
	}
}

func TestABoardIsKeptUntilARunIsCounted(t *testing.T) {
	t.Parallel()
	b := newBank(t, 1)
	m := b.model(t, "One", false)
	s := New(b.db)
	attempts := func() int {
		got, err := s.Get(t.Context(), Filter{})
		if err != nil {
			t.Fatal(err)
		}
		return got.Attempts
	}
	if got := attempts(); got != 0 {
		t.Fatalf("empty board: got %d", got)
	}
	b.run(t, m, true, 0, outcome{0, "passed", 1, time.Second})
	if err := New(b.db).Count(t.Context()); err != nil { // another node counts
		t.Fatal(err)
	}
	if got := attempts(); got != 0 {
		t.Errorf("before the news: got %d, want the board in memory", got)
	}
	s.Changed()
	if got := attempts(); got != 1 {
		t.Errorf("after the news: got %d, want 1", got)
	}
}

func TestAReaderWhoLeavesSpoilsNothingForTheOthers(t *testing.T) {
	t.Parallel()
	b := newBank(t, 1)
	s := New(b.db)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, _ = s.Get(gone, Filter{}) // whatever it gets
	if _, err := s.Get(t.Context(), Filter{}); err != nil {
		t.Errorf("the next reader: got %v", err)
	}
}
