package providers

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
)

// maxForm is the most that the form may send.
const maxForm = 256 << 10

// draftProps is the form that connects a provider.
type draftProps struct {
	Shell   shell.Props
	Typed   typed
	Again   bool              // the form was refused, and the key has to be typed again
	Errors  map[string]string // sentences by field; "" is that of the whole form
	Faults  []lineFault       // of the models
	Presets []preset
}

// typed is the form as it was sent. It has no key: that never goes back.
type typed struct{ Name, BaseURL, AtOnce, Models string }

// preset is an address that many people need.
type preset struct{ Slug, Name, BaseURL, Note string }

// presets are what servers and vendors listen on unless told otherwise.
var presets = []preset{
	{"openai", "OpenAI", "https://api.openai.com/v1", "takes a key"},
	{"ollama", "Ollama", "http://127.0.0.1:11434/v1", "needs no key"},
	{"vllm", "vLLM", "http://127.0.0.1:8000/v1", "a key if it was started with one"},
	{"lm-studio", "LM Studio", "http://127.0.0.1:1234/v1", "needs no key"},
}

// draft answers GET /providers/new: the form, filled with a preset if the query
// names one. It takes no other values from an address, so that no link can make
// people send their key elsewhere.
func (h *Handlers) draft(w http.ResponseWriter, r *http.Request) error {
	if _, err := access.Require(r.Context(), access.ManageProviders); err != nil {
		return err
	}
	t := typed{AtOnce: "8"}
	for _, p := range presets {
		if p.Slug == r.URL.Query().Get("preset") {
			t.Name, t.BaseURL = p.Name, p.BaseURL
		}
	}
	return h.form(w, r, http.StatusOK, newDraft(t))
}

// connect answers POST /providers: 303 to the list, or 422 with the form.
func (h *Handlers) connect(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "the form could not be read; send it again")
	}
	p := newDraft(readTyped(r.PostForm))
	c := p.read()
	c.Key = r.PostForm.Get("key")
	if len(p.Errors)+len(p.Faults) > 0 {
		return h.refuse(w, r, p)
	}
	_, err := h.book.Connect(r.Context(), c)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		p.takeFault(err)
		return h.refuse(w, r, p)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, section, http.StatusSeeOther)
	return nil
}

func (h *Handlers) refuse(w http.ResponseWriter, r *http.Request, p draftProps) error {
	if _, err := access.Require(r.Context(), access.ManageProviders); err != nil {
		return err
	}
	p.Again = true
	return h.form(w, r, http.StatusUnprocessableEntity, p)
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request, status int, p draftProps) error {
	p.Shell = h.site.Props(r, "Connect a provider", section)
	p.Shell.NoIndex = true
	return h.site.Render(w, r, status, draftPage(p))
}

func newDraft(t typed) draftProps {
	return draftProps{Typed: t, Errors: map[string]string{}, Presets: presets}
}

func readTyped(v url.Values) typed {
	return typed{Name: v.Get("name"), BaseURL: v.Get("base_url"), AtOnce: v.Get("at_once"), Models: v.Get("models")}
}

// read makes a connection of what was typed and notes what cannot be read.
func (p *draftProps) read() provider.Connection {
	c := provider.Connection{Name: p.Typed.Name, BaseURL: p.Typed.BaseURL}
	if strings.TrimSpace(c.Name) == "" {
		p.Errors["name"] = "Enter a name, such as Ollama."
	}
	if strings.TrimSpace(c.BaseURL) == "" {
		p.Errors["base_url"] = "Enter an address, such as http://127.0.0.1:11434/v1."
	}
	var err error
	if c.Concurrency, err = strconv.Atoi(strings.TrimSpace(p.Typed.AtOnce)); err != nil || c.Concurrency < 1 {
		p.Errors["at_once"] = "Enter a whole number from 1 to 1000."
	}
	if c.Models, p.Faults = parseModels(p.Typed.Models); len(c.Models)+len(p.Faults) == 0 {
		p.Errors["models"] = "Name at least one model, one in each line."
	}
	if n := len(p.Faults); n > 0 {
		p.Errors["models"] = lines(n) + " cannot be used; see the list below."
	}
	return c
}

func lines(n int) string {
	if n == 1 {
		return "One line"
	}
	return fmt.Sprintf("%d lines", n)
}

// fields are those of the form by what the service calls them.
var fields = map[string]string{"name": "name", "base URL": "base_url", "key": "key", "requests at once": "at_once", "models": "models"}

// takeFault notes a sentence of the service at the field that it is about.
func (p *draftProps) takeFault(err error) {
	text := fault.Sentence(err)
	what, rest, _ := strings.Cut(text, ": ")
	field, ok := fields[what]
	switch {
	case ok:
		text = rest
	case fault.KindOf(err) == fault.Conflict:
		field = "name"
	}
	p.Errors[field] = strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
