// Package provider keeps the model providers that an org has connected, their
// models and prices.
package provider

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/secret"
)

// The kinds of provider.
const (
	OpenAI    = "openai"    // any endpoint that speaks OpenAI's chat completions
	Simulated = "simulated" // the models inside this Assay, which need no key
)

// Provider is a vendor's API as an org has connected it. The key never leaves
// the service.
type Provider struct {
	ID          id.ID
	Name        string
	Kind        string
	BaseURL     string
	HasKey      bool
	Concurrency int // requests under way at once
	CreatedAt   time.Time
}

// Model is one model of a provider.
type Model struct {
	ID          id.ID
	ProviderID  id.ID
	Provider    string
	Name        string // what the provider calls it
	Title       string // what people read
	Simulated   bool
	InputPrice  money.Micro // per million tokens
	OutputPrice money.Micro // per million tokens
}

// Target is all that a call to a model needs.
type Target struct {
	Provider    id.ID
	Kind        string
	Endpoint    Endpoint
	Concurrency int
	Model       Model
}

// Service keeps providers and models.
type Service struct {
	db  *pg.DB
	box *secret.Box
}

// New returns the service on db, with keys sealed by box.
func New(db *pg.DB, box *secret.Box) *Service { return &Service{db: db, box: box} }

// Connection is what a person enters to connect an OpenAI-compatible endpoint.
type Connection struct {
	Name        string
	BaseURL     string
	Key         string
	Concurrency int
	Models      []NewModel
}

// NewModel is what a person enters to add a model.
type NewModel struct {
	Name, Title             string
	InputPrice, OutputPrice money.Micro
}

// Connect stores an OpenAI-compatible endpoint with its key and models. It needs
// manage_providers; the fault is Invalid for entries that cannot be used and
// Conflict for a name that is taken.
func (s *Service) Connect(ctx context.Context, c Connection) (id.ID, error) {
	actor, err := access.Require(ctx, access.ManageProviders)
	if err != nil {
		return id.Nil, err
	}
	if c, err = c.checked(); err != nil {
		return id.Nil, err
	}
	p := id.New()
	var sealed []byte
	if c.Key != "" {
		sealed = s.box.Seal([]byte(c.Key), keyPlace(p))
	}
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) error {
		entry := Provider{ID: p, Name: c.Name, Kind: OpenAI, BaseURL: c.BaseURL, Concurrency: c.Concurrency}
		return insert(ctx, tx, actor.Org, entry, sealed, c.Models)
	})
	return p, clash(err, "a provider or model of that name exists already; choose another name")
}

// checked returns c trimmed and completed, or what is wrong with it.
func (c Connection) checked() (Connection, error) {
	c.Name, c.BaseURL, c.Key = strings.TrimSpace(c.Name), strings.TrimRight(strings.TrimSpace(c.BaseURL), "/"), strings.TrimSpace(c.Key)
	if c.Name == "" || len(c.Name) > 100 || !plain(c.Name) {
		return c, fault.New(fault.Invalid, "name: enter 1 to 100 letters, such as Ollama")
	}
	at, err := url.Parse(c.BaseURL)
	if err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") || at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return c, fault.New(fault.Invalid, "base URL: enter an address such as http://127.0.0.1:11434/v1, without key or query")
	}
	if strings.ContainsAny(c.Key, "\r\n\x00") {
		return c, fault.New(fault.Invalid, "key: enter it in one line")
	}
	if c.Concurrency == 0 {
		c.Concurrency = 8
	}
	if c.Concurrency < 1 || c.Concurrency > 1000 {
		return c, fault.New(fault.Invalid, "requests at once: enter a number from 1 to 1000")
	}
	if len(c.Models) == 0 {
		return c, fault.New(fault.Invalid, "models: name at least one, one in each line")
	}
	for i, m := range c.Models {
		if c.Models[i].Title == "" {
			c.Models[i].Title = m.Name
		}
		if m.Name == "" || !plain(m.Name) || !plain(m.Title) || len(m.Name) > 200 || len(m.Title) > 200 || m.InputPrice < 0 || m.OutputPrice < 0 {
			return c, fault.New(fault.Invalid, "models: line %d needs a name of 1 to 200 letters and prices that are not negative", i+1)
		}
	}
	return c, nil
}

// plain reports whether text can be shown in one line.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Remove forgets a provider and its models. It needs manage_providers; the fault
// is Conflict when a run has used one of them, for results keep their models.
func (s *Service) Remove(ctx context.Context, provider id.ID) error {
	actor, err := access.Require(ctx, access.ManageProviders)
	if err != nil {
		return err
	}
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) error { return remove(ctx, tx, actor.Org, provider) })
	return clash(err, "runs have used models of this provider, and their results keep them; it stays")
}

// List returns the org's providers by name. It needs view_org.
func (s *Service) List(ctx context.Context) ([]Provider, error) {
	actor, err := access.Require(ctx, access.ViewOrg)
	if err != nil {
		return nil, err
	}
	var list []Provider
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) (err error) {
		list, err = providers(ctx, tx, actor.Org)
		return err
	})
	return list, err
}

// Models returns the org's models by provider and title. It needs view_org.
func (s *Service) Models(ctx context.Context) ([]Model, error) {
	actor, err := access.Require(ctx, access.ViewOrg)
	if err != nil {
		return nil, err
	}
	var list []Model
	err = s.db.AsOrg(ctx, actor.Org, func(tx pgx.Tx) (err error) {
		list, err = models(ctx, tx, actor.Org)
		return err
	})
	return list, err
}

// ModelsByID returns those of the models that org has, within tx. Its callers
// have checked who asks.
func (s *Service) ModelsByID(ctx context.Context, tx pgx.Tx, org id.ID, ids []id.ID) ([]Model, error) {
	return modelsByID(ctx, tx, org, ids)
}

// Target returns what a call to org's model needs, key included. It serves the
// gateway, which checks who asks; the fault is NotFound for another org's model.
func (s *Service) Target(ctx context.Context, org, model id.ID) (Target, error) {
	var t Target
	var sealed []byte
	err := s.db.AsOrg(ctx, org, func(tx pgx.Tx) (err error) {
		t, sealed, err = target(ctx, tx, org, model)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Target{}, fault.New(fault.NotFound, "there is no model %s", model)
	}
	if err != nil {
		return Target{}, err
	}
	if sealed != nil {
		key, err := s.box.Open(sealed, keyPlace(t.Provider))
		if err != nil {
			return Target{}, err
		}
		t.Endpoint.Key = string(key)
	}
	return t, nil
}

// EnsureSimulated gives org the built-in provider under the given name with
// these models, unless it has it already. It acts for Assay itself.
func (s *Service) EnsureSimulated(ctx context.Context, org id.ID, name string, list []NewModel) error {
	return s.db.AsOrg(ctx, org, func(tx pgx.Tx) error {
		found, err := byName(ctx, tx, org, name)
		if errors.Is(err, pgx.ErrNoRows) {
			entry := Provider{ID: id.New(), Name: name, Kind: Simulated, BaseURL: "", Concurrency: 32}
			return insert(ctx, tx, org, entry, nil, list)
		}
		if err != nil || found.Kind != Simulated {
			return err
		}
		return addMissing(ctx, tx, org, found, list)
	})
}

// Endpoints returns up to a thousand connected providers of all orgs, keys
// included, for the health check and for the queues before them.
func (s *Service) Endpoints(ctx context.Context) ([]Target, error) {
	var list []Target
	var sealed [][]byte
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		list, sealed, err = endpoints(ctx, tx)
		return err
	})
	for i := range list {
		if sealed[i] == nil {
			continue
		}
		// A key that does not open leaves the endpoint without one: the check then says what the provider says.
		if key, err := s.box.Open(sealed[i], keyPlace(list[i].Provider)); err == nil {
			list[i].Endpoint.Key = string(key)
		}
	}
	return list, err
}

func keyPlace(provider id.ID) string { return "provider|sealed_key|" + provider.String() }

// clash turns a broken unique or foreign key into a Conflict with that sentence.
func clash(err error, sentence string) error {
	var broken *pgconn.PgError
	if errors.As(err, &broken) && (broken.Code == "23505" || broken.Code == "23503") {
		return fault.New(fault.Conflict, "%s", sentence)
	}
	return err
}
