// Package models serves the public profile of each model.
package models

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/score"
	"github.com/assay-bench/assay/web/shell"
)

// shown is how many of a model's latest attempts its profile lists.
const shown = 50

// Boards knows the models of the public board; *board.Service does.
type Boards interface {
	Get(ctx context.Context, f board.Filter) (board.Board, error)
	Model(ctx context.Context, model id.ID) (board.Model, []board.Result, error)
}

// Attempts lists what a model did in public runs; *bench.Service does.
type Attempts interface {
	OfModel(ctx context.Context, org id.ID, f bench.Filter, n int) ([]bench.Attempt, error)
}

// Handlers answers requests for profiles of models.
type Handlers struct {
	site     *shell.Site
	boards   Boards
	attempts Attempts
}

// New returns the handlers.
func New(site *shell.Site, boards Boards, attempts Attempts) *Handlers {
	return &Handlers{site: site, boards: boards, attempts: attempts}
}

// Routes mounts the profiles. Everybody may see those of models on the board.
func (h *Handlers) Routes(r chi.Router) {
	r.Get("/models/{id}", h.site.Handle(h.model))
}

func (h *Handlers) model(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	model, ok := id.Parse(r.PathValue("id"))
	if !ok {
		return fault.New(fault.NotFound, "there is no model %s on the leaderboard", r.PathValue("id"))
	}
	c, err := parse(r.URL.Query())
	if err != nil {
		return err
	}
	m, results, err := h.boards.Model(ctx, model)
	if err != nil {
		return err
	}
	b, err := h.boards.Get(ctx, board.Filter{Simulated: m.Simulated})
	if err != nil {
		return err
	}
	latest, err := h.attempts.OfModel(ctx, m.Org, bench.Filter{Model: m.ID, Problem: c.problem, Verdict: c.verdict}, shown)
	if err != nil {
		return err
	}
	p := Build(c, m, results, b, latest)
	p.Shell = h.site.Props(r, m.Title, "/leaderboard")
	p.Shell.Description, p.Shell.Path = p.Lead, c.address(p.Path)
	return h.site.Render(w, r, http.StatusOK, Page(p))
}

// choice is what a visitor has chosen to see of a model.
type choice struct {
	verdict score.Verdict // "" for all
	problem id.ID         // Nil for all
	suite   bool          // problems in the order of their suites instead of the worst first
}

// verdicts are all that an attempt can come to, as score names them.
var verdicts = []score.Verdict{score.Passed, score.WrongAnswer, score.RuntimeError, score.CompileError, score.TimeLimit,
	score.MemoryLimit, score.OutputLimit, score.SandboxViolation, score.NoCode, score.Infrastructure}

func parse(q url.Values) (choice, error) {
	c := choice{verdict: score.Verdict(q.Get("verdict"))}
	if c.verdict != "" && !slices.Contains(verdicts, c.verdict) {
		return c, fault.New(fault.Invalid, "there is no verdict %q", c.verdict)
	}
	if v := q.Get("problem"); v != "" {
		var ok bool
		if c.problem, ok = id.Parse(v); !ok {
			return c, fault.New(fault.Invalid, "there is no problem %q", v)
		}
	}
	switch v := q.Get("sort"); v {
	case "", "worst":
	case "suite":
		c.suite = true
	default:
		return c, fault.New(fault.Invalid, "problems cannot be sorted by %q, only by worst or suite", v)
	}
	return c, nil
}

// address is that of the profile under path with this choice.
func (c choice) address(path string) string {
	q := url.Values{}
	if c.verdict != "" {
		q.Set("verdict", string(c.verdict))
	}
	if c.problem != id.Nil {
		q.Set("problem", c.problem.String())
	}
	if c.suite {
		q.Set("sort", "suite")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
