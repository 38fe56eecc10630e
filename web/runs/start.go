package runs

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/bench"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// maxForm is the most that the form may send.
const maxForm = 64 << 10

// plannedFragment names the part of the form that counts attempts.
const plannedFragment = "planned"

// counting makes the form ask for the number of attempts whenever it changes.
var counting = templ.Attributes{"hx-get": "/runs/new", "hx-trigger": "change", "hx-target": "#planned", "hx-swap": "innerHTML", "hx-sync": "this:replace"}

// draftProps is the form that starts a run.
type draftProps struct {
	Shell     shell.Props
	Suites    []ui.Option
	Providers []draftProvider
	Typed     typed
	Planned   string
	Errors    map[string]string // sentences by field; "" is that of the whole form
}

// draftProvider is a provider with its models.
type draftProvider struct {
	Name      string
	Simulated bool
	Models    []draftModel
}

// draftModel is a model that can be ticked.
type draftModel struct {
	ID, Title string
	Ticked    bool
}

// typed is the form as it was sent.
type typed struct {
	Name, Suite, Samples, Temperature, MaxTokens string
	Models                                       []string
	Public                                       bool
}

func readTyped(v url.Values) typed {
	return typed{Name: v.Get("name"), Suite: v.Get("suite"), Samples: v.Get("samples"), Temperature: v.Get("temperature"),
		MaxTokens: v.Get("max_tokens"), Models: v["models"], Public: v.Get("public") != ""}
}

// draft answers GET /runs/new: the form, filled with what the query holds.
func (h *Handlers) draft(w http.ResponseWriter, r *http.Request) error {
	if _, err := access.Require(r.Context(), access.RunBenchmarks); err != nil {
		return err
	}
	t := typed{Samples: "1", Temperature: "0.2", MaxTokens: "2048", Public: true}
	if len(r.URL.Query()) > 0 {
		t = readTyped(r.URL.Query())
	}
	return h.form(w, r, http.StatusOK, t, nil)
}

// start answers POST /runs: 303 to the run, or 422 with the form.
func (h *Handlers) start(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "the form could not be read; send it again")
	}
	t := readTyped(r.PostForm)
	plan, errors := t.plan()
	if len(errors) > 0 {
		return h.form(w, r, http.StatusUnprocessableEntity, t, errors)
	}
	run, err := h.bench.Start(r.Context(), plan)
	if fault.KindOf(err) == fault.Invalid {
		return h.form(w, r, http.StatusUnprocessableEntity, t, atField(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, hrefOf(run), http.StatusSeeOther)
	return nil
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request, status int, t typed, errors map[string]string) error {
	suites, err := h.suites.Suites(r.Context())
	if err != nil {
		return err
	}
	models, err := h.models.Models(r.Context())
	if err != nil {
		return err
	}
	p := newDraft(suites, models, t, errors)
	p.Shell = h.site.Props(r, "Start a run", section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, status, draftPage(p), plannedFragment)
}

// plan reads the fields; the errors are sentences by field.
func (t typed) plan() (bench.Plan, map[string]string) {
	p, wrong := bench.Plan{Name: t.Name, Public: t.Public}, map[string]string{}
	var ok bool
	var err error
	if p.Suite, ok = id.Parse(t.Suite); !ok {
		wrong["suite"] = "Choose a suite."
	}
	for _, text := range t.Models {
		m, ok := id.Parse(text)
		if !ok {
			wrong["models"] = "One of the chosen models is not there any more. Choose again."
		}
		p.Models = append(p.Models, m)
	}
	if p.Samples, err = strconv.Atoi(strings.TrimSpace(t.Samples)); err != nil {
		wrong["samples"] = "Enter a whole number from 1 to 100."
	}
	if p.Temperature, err = strconv.ParseFloat(strings.TrimSpace(t.Temperature), 64); err != nil {
		wrong["temperature"] = "Enter a number from 0 to 2, such as 0.2."
	}
	if p.MaxTokens, err = strconv.Atoi(strings.TrimSpace(t.MaxTokens)); err != nil || p.MaxTokens == 0 {
		wrong["max_tokens"] = "Enter a whole number from 1 to 200,000."
	}
	return p, wrong
}

// atField takes a fault such as "samples: enter a number" to its field.
func atField(err error) map[string]string {
	text := fault.Sentence(err)
	name, rest, ok := strings.Cut(text, ": ")
	name = strings.ReplaceAll(name, " ", "_")
	if !ok || !slices.Contains([]string{"name", "suite", "models", "samples", "temperature", "max_tokens"}, name) {
		name, rest = "", text
	}
	return map[string]string{name: capital(strings.TrimSuffix(rest, ".")) + "."}
}

// newDraft describes the form.
func newDraft(suites []problem.Suite, models []provider.Model, t typed, errors map[string]string) draftProps {
	p := draftProps{Typed: t, Errors: errors}
	if t.Suite == "" && len(suites) > 0 {
		p.Typed.Suite = suites[0].ID.String()
	}
	for _, s := range suites {
		p.Suites = append(p.Suites, ui.Option{Value: s.ID.String(), Label: s.Name + ", " + count(s.Problems, "problem")})
	}
	at := map[id.ID]int{}
	for _, m := range models {
		i, ok := at[m.ProviderID]
		if !ok {
			i = len(p.Providers)
			at[m.ProviderID] = i
			p.Providers = append(p.Providers, draftProvider{Name: m.Provider, Simulated: m.Simulated})
		}
		text := m.ID.String()
		p.Providers[i].Models = append(p.Providers[i].Models, draftModel{text, m.Title, slices.Contains(t.Models, text)})
	}
	p.Planned = planned(suites, p.Typed)
	return p
}

// planned says how many attempts the form as it stands would make.
func planned(suites []problem.Suite, t typed) string {
	samples, _ := strconv.Atoi(strings.TrimSpace(t.Samples)) // 0 for what is no number
	for _, s := range suites {
		if s.ID.String() != t.Suite {
			continue
		}
		if len(t.Models) == 0 || samples < 1 {
			return fmt.Sprintf("Each model makes %s for each sample. Choose models to see the sum.", count(s.Problems, "attempt"))
		}
		return fmt.Sprintf("%s planned: %s × %s × %s.", count(s.Problems*len(t.Models)*samples, "attempt"),
			count(s.Problems, "problem"), count(len(t.Models), "model"), count(samples, "sample"))
	}
	return "Choose a suite to see how many attempts the run makes."
}
