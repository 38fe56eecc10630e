package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
	"github.com/assay-bench/assay/internal/secret"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func newBook(t *testing.T) (*Service, *pg.DB, id.ID) {
	t.Helper()
	db := pgtest.DB(t)
	box, err := secret.FromFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return New(db, box), db, newOrg(t, db)
}

func newOrg(t *testing.T, db *pg.DB) id.ID {
	t.Helper()
	org := id.New()
	err := db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO org (id, name) VALUES ($1, 'Home')`, org)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func as(t *testing.T, org id.ID, role string) context.Context {
	return access.With(t.Context(), access.Actor{Account: id.New(), Org: org, Role: role})
}

func ollama() Connection {
	return Connection{Name: "Ollama", BaseURL: "http://127.0.0.1:11434/v1/", Key: "sk-very-secret", Models: []NewModel{{Name: "qwen", InputPrice: 5, OutputPrice: 7}}}
}

func TestAConnectedProviderCanBeCalledAndItsKeyIsNowhereToBeRead(t *testing.T) {
	t.Parallel()
	s, db, org := newBook(t)
	owner := as(t, org, "owner")
	p, err := s.Connect(owner, ollama())
	if err != nil {
		t.Fatal(err)
	}
	models, err := s.Models(owner)
	if err != nil || len(models) != 1 || models[0].Title != "qwen" || models[0].Simulated {
		t.Fatalf("models: got %+v, %v", models, err)
	}
	target, err := s.Target(t.Context(), org, models[0].ID)
	if err != nil || target.Endpoint.Key != "sk-very-secret" || target.Endpoint.BaseURL != "http://127.0.0.1:11434/v1" || target.Concurrency != 8 {
		t.Errorf("target: got %+v, %v", target, err)
	}
	var row string
	err = db.AsSystem(t.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT p::text || encode(sealed_key, 'escape') FROM provider p WHERE id = $1`, p).Scan(&row)
	})
	if err != nil || strings.Contains(row, "very-secret") {
		t.Errorf("the database shows the key: %v", err)
	}
}

func TestWhatCannotBeConnectedIsNamed(t *testing.T) {
	t.Parallel()
	s, _, org := newBook(t)
	owner := as(t, org, "owner")
	for want, spoil := range map[string]func(*Connection){
		"name":             func(c *Connection) { c.Name = " " },
		"base URL":         func(c *Connection) { c.BaseURL = "127.0.0.1:11434" },
		"without key":      func(c *Connection) { c.BaseURL = "http://user:pw@host/v1" },
		"or query":         func(c *Connection) { c.BaseURL = "http://host/v1?key=x" },
		"key":              func(c *Connection) { c.Key = "a\nb" },
		"requests at once": func(c *Connection) { c.Concurrency = -1 },
		"models":           func(c *Connection) { c.Models = nil },
		"line 1":           func(c *Connection) { c.Models = []NewModel{{Name: "x", InputPrice: -1}} },
	} {
		c := ollama()
		spoil(&c)
		_, err := s.Connect(owner, c)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
	if _, err := s.Connect(owner, ollama()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connect(owner, ollama()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same name again: got %v", err)
	}
}

func TestNobodyReachesAnotherOrgsModels(t *testing.T) {
	t.Parallel()
	s, db, org := newBook(t)
	owner, other := as(t, org, "owner"), newOrg(t, db)
	p, err := s.Connect(owner, ollama())
	if err != nil {
		t.Fatal(err)
	}
	models, err := s.Models(owner)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Target(t.Context(), other, models[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another org's target: got %v", err)
	}
	if err := s.Remove(as(t, other, "owner"), p); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another org removes: got %v", err)
	}
	if list, err := s.List(as(t, other, "owner")); err != nil || len(list) != 0 {
		t.Errorf("another org lists: got %v, %v", list, err)
	}
	for name, ctx := range map[string]context.Context{"viewer": as(t, org, "viewer"), "visitor": t.Context()} {
		if _, err := s.Connect(ctx, ollama()); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Unsigned {
			t.Errorf("%s connects: got %v", name, err)
		}
		if err := s.Remove(ctx, p); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Unsigned {
			t.Errorf("%s removes: got %v", name, err)
		}
	}
	if err := s.Remove(owner, p); err != nil {
		t.Errorf("the owner removes: got %v", err)
	}
}

func TestSimulatedModelsAreAddedOnce(t *testing.T) {
	t.Parallel()
	s, _, org := newBook(t)
	for _, list := range [][]NewModel{{{Name: "a", Title: "A"}}, {{Name: "a", Title: "A"}, {Name: "b", Title: "B"}}} {
		if err := s.EnsureSimulated(t.Context(), org, "Lab", list); err != nil {
			t.Fatal(err)
		}
	}
	models, err := s.Models(as(t, org, "viewer"))
	if err != nil || len(models) != 2 || !models[0].Simulated || !models[1].Simulated {
		t.Errorf("models: got %+v, %v", models, err)
	}
}
