package problem

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func newBank(t *testing.T) (*Service, context.Context, context.Context) {
	t.Helper()
	db := pgtest.DB(t)
	as := func() context.Context {
		org := id.New()
		err := db.AsSystem(t.Context(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO org (id, name) VALUES ($1, 'Org')`, org)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return access.With(t.Context(), access.Actor{Account: id.New(), Org: org, Role: "owner"})
	}
	return New(db), as(), as()
}

// line is one problem; what tells its versions apart.
func line(n int, what string) string {
	raw, _ := json.Marshal(map[string]string{"task_id": fmt.Sprint("T/", n), "prompt": "def f():\n", "entry_point": "f", // strings always encode
		"canonical_solution": fmt.Sprintf("    return %q\n", what), "test": "def check(candidate):\n    assert candidate()\n"})
	return string(raw) + "\n"
}

func TestAnImportAddsChangesAndLeavesAlone(t *testing.T) {
	t.Parallel()
	s, owner, _ := newBank(t)
	steps := []struct {
		file                      string
		added, changed, unchanged int
	}{
		{line(1, "a") + line(2, "b"), 2, 0, 0},
		{line(1, "a") + line(2, "b"), 0, 0, 2},
		{line(3, "c") + line(2, "B") + line(1, "a"), 1, 1, 1},
	}
	var suite id.ID
	for i, c := range steps {
		r, err := s.Import(owner, "suite", strings.NewReader(c.file))
		if err != nil || r.Added != c.added || r.Changed != c.changed || r.Unchanged != c.unchanged {
			t.Fatalf("step %d: got %+v, %v", i, r, err)
		}
		suite = r.Suite.ID
	}
	list, err := s.List(owner, suite)
	if err != nil || len(list) != 3 {
		t.Fatalf("list: got %+v, %v", list, err)
	}
	for i, want := range []struct {
		name   string
		number int
	}{{"T/1", 1}, {"T/2", 2}, {"T/3", 1}} {
		if list[i].Name != want.name || list[i].Number != want.number {
			t.Errorf("problem %d: got %s version %d, want %s version %d", i, list[i].Name, list[i].Number, want.name, want.number)
		}
	}
	text, err := s.Get(owner, list[1].ID)
	if err != nil || !strings.Contains(text.Reference, `"B"`) {
		t.Errorf("current text: got %+v, %v", text, err)
	}
}

func TestAFileWithAFaultChangesNothing(t *testing.T) {
	t.Parallel()
	s, owner, _ := newBank(t)
	_, err := s.Import(owner, "suite", strings.NewReader(line(1, "a")+"{\n"+line(2, "b")))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("import: got %v", err)
	}
	if list, err := s.Suites(owner); err != nil || len(list) != 0 {
		t.Errorf("suites: got %+v, %v", list, err)
	}
	for _, name := range []string{"", " ", strings.Repeat("x", 101)} {
		if _, err := s.Import(owner, name, strings.NewReader(line(1, "a"))); fault.KindOf(err) != fault.Invalid {
			t.Errorf("suite %q: got %v", name, err)
		}
	}
}

func TestOrgsDoNotSeeEachOthersProblems(t *testing.T) {
	t.Parallel()
	s, owner, other := newBank(t)
	for _, ctx := range []context.Context{owner, other} {
		if r, err := s.Import(ctx, "same name", strings.NewReader(line(1, "a"))); err != nil || r.Added != 1 {
			t.Fatalf("import: got %+v, %v", r, err)
		}
	}
	suites, err := s.Suites(owner)
	if err != nil || len(suites) != 1 || suites[0].Problems != 1 {
		t.Fatalf("suites: got %+v, %v", suites, err)
	}
	list, err := s.List(owner, suites[0].ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("list: got %+v, %v", list, err)
	}
	if _, err := s.Get(other, list[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another org's problem: got %v", err)
	}
	if foreign, err := s.List(other, suites[0].ID); err != nil || len(foreign) != 0 {
		t.Errorf("another org's suite: got %+v, %v", foreign, err)
	}
	if _, err := s.Suites(t.Context()); fault.KindOf(err) != fault.Unsigned {
		t.Errorf("a visitor: got %v", err)
	}
}
