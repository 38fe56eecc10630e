package signin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/web/shell"
)

// maxForm is the most that the form may send.
const maxForm = 16 << 10

// gateProps is a page of this package that has nothing of its own to say.
type gateProps struct{ Shell shell.Props }

// linkProps is the page of a link that may still be used.
type linkProps struct {
	Shell  shell.Props
	Action string
	First  bool // whether it makes the first owner, who then gives a name
	Typed  typed
	Errors map[string]string // sentences by field
}

// typed is the form as it was sent.
type typed struct{ Name, Email string }

// look answers GET /sign-in/{token} and changes nothing, whoever follows the link.
func (h *Handlers) look(w http.ResponseWriter, r *http.Request) error {
	token := chi.URLParam(r, "token")
	open, first, err := h.links.Look(r.Context(), token)
	if err != nil {
		return err
	}
	if !open {
		return h.spent(w, r)
	}
	return h.form(w, r, http.StatusOK, newLink(token, first, typed{}, nil))
}

// use answers POST /sign-in/{token}: 303 into Assay, or 422 with the form.
func (h *Handlers) use(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "the form could not be read; send it again")
	}
	token, t := chi.URLParam(r, "token"), typed{Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email")}
	open, first, err := h.links.Look(r.Context(), token)
	if err != nil {
		return err
	}
	if !open {
		return h.spent(w, r)
	}
	if wrong := t.missing(); first && len(wrong) > 0 {
		return h.form(w, r, http.StatusUnprocessableEntity, newLink(token, first, t, wrong))
	}
	account, err := h.links.Use(r.Context(), token, t.Name, t.Email)
	switch kind := fault.KindOf(err); {
	case kind == fault.Forbidden:
		return h.spent(w, r)
	case kind == fault.Invalid, kind == fault.Conflict:
		return h.form(w, r, http.StatusUnprocessableEntity, newLink(token, first, t, atField(err)))
	case err != nil:
		return err
	}
	if err := h.sessions.SignIn(r.Context(), account); err != nil {
		return err
	}
	http.Redirect(w, r, inside, http.StatusSeeOther)
	return nil
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request, status int, p linkProps) error {
	p.Shell = h.shell(w, r, p.title())
	return h.site.Render(w, r, status, linkPage(p))
}

// spent answers for a link that signs nobody in. Who is in already, and sent the
// form twice or followed an old link, just goes on.
func (h *Handlers) spent(w http.ResponseWriter, r *http.Request) error {
	if signedIn(r) {
		http.Redirect(w, r, inside, http.StatusSeeOther)
		return nil
	}
	return h.site.Render(w, r, http.StatusForbidden, spentPage(gateProps{Shell: h.shell(w, r, "This link no longer works")}))
}

// newLink describes the page of an open link.
func newLink(token string, first bool, t typed, errors map[string]string) linkProps {
	return linkProps{Action: section + "/" + url.PathEscape(token), First: first, Typed: t, Errors: errors}
}

func (p linkProps) title() string {
	if p.First {
		return "Create the owner account"
	}
	return "Sign in"
}

// focus names the field that the reader should be in: the first wrong one.
func (p linkProps) focus() string {
	if p.Errors["name"] == "" && p.Errors["email"] != "" {
		return "email"
	}
	return "name"
}

// missing says at once everything that was left empty.
func (t typed) missing() map[string]string {
	wrong := map[string]string{}
	if strings.TrimSpace(t.Name) == "" {
		wrong["name"] = "Enter your name, as others should read it."
	}
	if strings.TrimSpace(t.Email) == "" {
		wrong["email"] = "Enter your e-mail address, such as mara@example.org."
	}
	return wrong
}

// atField takes a fault of the form to the field that it speaks of.
func atField(err error) map[string]string {
	text := fault.Sentence(err)
	field := "name"
	if strings.Contains(text, "e-mail") {
		field = "email"
	}
	return map[string]string{field: strings.ToUpper(text[:1]) + text[1:] + "."}
}
