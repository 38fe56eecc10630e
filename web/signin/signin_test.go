package signin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/web/shell"
)

// fake stands for links and sessions and remembers what it was asked.
type fake struct {
	open, first bool
	lookErr     error
	useErr      error
	account     id.ID
	used        []string // token, name and e-mail of each Use
	in          []id.ID
	out         int
}

func (f *fake) Look(context.Context, string) (bool, bool, error) { return f.open, f.first, f.lookErr }

func (f *fake) Use(_ context.Context, token, name, email string) (id.ID, error) {
	f.used = append(f.used, token+"|"+name+"|"+email)
	return f.account, f.useErr
}

func (f *fake) SignIn(_ context.Context, account id.ID) error {
	f.in = append(f.in, account)
	return nil
}

func (f *fake) SignOut(context.Context) error { f.out++; return nil }

// ask sends a request as a visitor, or as the owner.
func ask(t *testing.T, f *fake, method, path string, form url.Values, owner bool) (*http.Response, *html.Node) {
	t.Helper()
	site := &shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test", BaseURL: "https://assay.example"}
	router := chi.NewRouter()
	router.Use(shell.Secure)
	New(site, f, f).Routes(router)
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if owner {
		r = r.WithContext(access.With(r.Context(), access.Actor{Name: "Mara", Role: "owner"}))
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	resp := w.Result()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return resp, doc
}

func count(doc *html.Node, selector string) int {
	return len(cascadia.QueryAll(doc, cascadia.MustCompile(selector)))
}

func text(doc *html.Node, selector string) string {
	var out strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		walk(n)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func attr(doc *html.Node, selector, name string) string {
	n := cascadia.Query(doc, cascadia.MustCompile(selector))
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestTheSignInPageSaysHowToGetALink(t *testing.T) {
	t.Parallel()
	resp, doc := ask(t, &fake{}, "GET", "/sign-in", nil, false)
	if resp.StatusCode != 200 || text(doc, "#command") != "assay link" || count(doc, `main a[href="/leaderboard"]`) != 1 {
		t.Errorf("got %d, %q", resp.StatusCode, text(doc, "main"))
	}
	if n := count(doc, "main input"); n != 0 {
		t.Errorf("got %d fields that lead nowhere", n)
	}
}

func TestWhoIsInGoesOnToTheStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, path string }{
		"the page": {"GET", "/sign-in"}, "an old link": {"GET", "/sign-in/old"}, "a form sent twice": {"POST", "/sign-in/old"},
	} {
		resp, _ := ask(t, &fake{}, c.method, c.path, nil, true)
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/start" {
			t.Errorf("%s: got %d to %q", name, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}

func TestLookingAtALinkChangesNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*fake{"first": {open: true, first: true}, "later": {open: true}, "spent": {}} {
		resp, _ := ask(t, f, "GET", "/sign-in/abc", nil, false)
		if len(f.used)+len(f.in)+f.out != 0 || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: looking did %v, %v", name, f.used, f.in)
		}
	}
}

func TestTheFirstLinkAsksForNameAndEMail(t *testing.T) {
	t.Parallel()
	resp, doc := ask(t, &fake{open: true, first: true}, "GET", "/sign-in/abc", nil, false)
	if resp.StatusCode != 200 || attr(doc, "main form", "action") != "/sign-in/abc" || attr(doc, "main form", "method") != "post" {
		t.Fatalf("got %d, form to %q", resp.StatusCode, attr(doc, "main form", "action"))
	}
	for field, want := range map[string]string{"#name": "name", "#email": "email"} {
		if got := attr(doc, field, "autocomplete"); got != want || count(doc, `label[for="`+field[1:]+`"]`) != 1 {
			t.Errorf("%s: autocomplete %q, want %q", field, got, want)
		}
	}
}

func TestALaterLinkAsksForNothingButAButton(t *testing.T) {
	t.Parallel()
	_, doc := ask(t, &fake{open: true}, "GET", "/sign-in/abc", nil, false)
	if got := text(doc, "main form button"); got != "Continue as owner" || count(doc, "main input") != 0 {
		t.Errorf("got button %q", got)
	}
}

func TestASpentLinkSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "POST"} {
		resp, doc := ask(t, &fake{}, method, "/sign-in/abc", url.Values{"name": {"Eve"}}, false)
		if resp.StatusCode != http.StatusForbidden || text(doc, "#command") != "assay link" || count(doc, "main form") != 0 {
			t.Errorf("%s: got %d, %q", method, resp.StatusCode, text(doc, "main"))
		}
	}
}

func TestALinkSpentWhileTheFormWasOpenSaysTheSame(t *testing.T) {
	t.Parallel()
	f := &fake{open: true, useErr: fault.New(fault.Forbidden, "used before")}
	resp, doc := ask(t, f, "POST", "/sign-in/abc", nil, false)
	if resp.StatusCode != http.StatusForbidden || text(doc, "h1") != "This link no longer works" || len(f.in) != 0 {
		t.Errorf("got %d, %q, signed in %v", resp.StatusCode, text(doc, "h1"), f.in)
	}
}

func TestUsingALinkSignsIn(t *testing.T) {
	t.Parallel()
	f := &fake{open: true, first: true, account: id.New()}
	resp, _ := ask(t, f, "POST", "/sign-in/a%2Fb", url.Values{"name": {"Mara Okafor"}, "email": {"mara@example.org"}}, false)
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/start" {
		t.Errorf("got %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if d := cmp.Diff([]id.ID{f.account}, f.in); d != "" {
		t.Errorf("signed in: %s", d)
	}
	if len(f.used) != 1 || !strings.HasSuffix(f.used[0], "|Mara Okafor|mara@example.org") {
		t.Errorf("used %q", f.used)
	}
}

func TestWhatIsWrongStandsAtItsFieldAndWhatWasTypedStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form   url.Values
		useErr error
		want   map[string]string
	}{
		"all empty": {url.Values{"name": {" "}}, nil, map[string]string{
			"#name-error": "Enter your name, as others should read it.", "#email-error": "Enter your e-mail address, such as mara@example.org."}},
		"bad address": {url.Values{"name": {"Mara"}, "email": {"mara at home"}}, fault.New(fault.Invalid, "enter an e-mail address such as mara@example.org"),
			map[string]string{"#name-error": "", "#email-error": "Enter an e-mail address such as mara@example.org."}},
		"taken address": {url.Values{"name": {"Mara"}, "email": {"m@example.org"}}, fault.New(fault.Conflict, "that e-mail address is taken; enter another"),
			map[string]string{"#name-error": "", "#email-error": "That e-mail address is taken; enter another."}},
		"long name": {url.Values{"name": {"xxx"}, "email": {"m@example.org"}}, fault.New(fault.Invalid, "enter your name, 1 to 200 letters"),
			map[string]string{"#name-error": "Enter your name, 1 to 200 letters.", "#email-error": ""}},
	} {
		f := &fake{open: true, first: true, useErr: c.useErr}
		resp, doc := ask(t, f, "POST", "/sign-in/abc", c.form, false)
		if resp.StatusCode != http.StatusUnprocessableEntity || len(f.in) != 0 {
			t.Errorf("%s: got %d, signed in %v", name, resp.StatusCode, f.in)
		}
		for selector, want := range c.want {
			if got := text(doc, selector); got != want {
				t.Errorf("%s: %s: got %q, want %q", name, selector, got, want)
			}
		}
		if got, want := attr(doc, "#email", "value"), c.form.Get("email"); got != want {
			t.Errorf("%s: e-mail typed: got %q, want %q", name, got, want)
		}
	}
}

func TestAHostileNameStaysText(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script>`
	_, doc := ask(t, &fake{open: true, first: true}, "POST", "/sign-in/abc", url.Values{"name": {evil}}, false)
	if got := attr(doc, "#name", "value"); got != evil || count(doc, "main script") != 0 {
		t.Errorf("got %q, %d scripts", got, count(doc, "main script"))
	}
}

func TestNothingKeepsOrRepeatsAToken(t *testing.T) {
	t.Parallel()
	resp, doc := ask(t, &fake{open: true}, "GET", "/sign-in/secret-token", nil, false)
	for header, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
		if got := resp.Header.Get(header); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	if attr(doc, `meta[name="robots"]`, "content") != "noindex" {
		t.Error("search engines may list the page")
	}
	if n := count(doc, `head [href*="secret-token"], head [content*="secret-token"]`); n != 0 {
		t.Errorf("the head repeats the token %d times", n)
	}
}

func TestADatabaseThatIsAwayIsNotASpentLink(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "POST"} {
		resp, _ := ask(t, &fake{lookErr: errors.New("connection refused")}, method, "/sign-in/abc", nil, false)
		if resp.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: got %d", method, resp.StatusCode)
		}
	}
}

func TestSigningOutEndsTheSession(t *testing.T) {
	t.Parallel()
	f := &fake{}
	resp, _ := ask(t, f, "POST", "/sign-out", nil, true)
	if f.out != 1 || resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/leaderboard" {
		t.Errorf("got %d to %q, %d sessions ended", resp.StatusCode, resp.Header.Get("Location"), f.out)
	}
	if resp, _ := ask(t, f, "GET", "/sign-out", nil, true); resp.StatusCode != http.StatusMethodNotAllowed || f.out != 1 {
		t.Errorf("GET: got %d, %d sessions ended", resp.StatusCode, f.out)
	}
}

func TestTheFormIsFocusedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	got := newLink("t", true, typed{Name: "Mara"}, map[string]string{"email": "Wrong."})
	want := linkProps{Action: "/sign-in/t", First: true, Typed: typed{Name: "Mara"}, Errors: map[string]string{"email": "Wrong."}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got.focus() != "email" {
		t.Errorf("focus on %q", got.focus())
	}
}
