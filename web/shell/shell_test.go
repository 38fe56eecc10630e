package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

func page(t *testing.T, ctx context.Context, p Props) *html.Node {
	t.Helper()
	if p.Asset == nil {
		p.Asset = func(name string) string { return "/static/" + name }
	}
	var out bytes.Buffer
	if err := Page(p).Render(ctx, &out); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func count(doc *html.Node, selector string) int {
	return len(cascadia.QueryAll(doc, cascadia.MustCompile(selector)))
}

func attr(doc *html.Node, selector, name string) string {
	node := cascadia.Query(doc, cascadia.MustCompile(selector))
	if node == nil {
		return ""
	}
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestAPageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	doc := page(t, t.Context(), Props{
		Title: "Runs", Description: "All runs", Path: "/runs", BaseURL: "https://assay.example/", Image: "/og.png", Theme: "dark",
		Nav: []NavItem{{"Runs", "/runs"}, {"Vote", "/vote"}}, Active: "/runs",
	})
	for _, c := range []struct{ selector, name, want string }{
		{"html", "lang", "en"},
		{"html", "data-theme", "dark"},
		{`meta[property="og:url"]`, "content", "https://assay.example/runs"},
		{`meta[property="og:image"]`, "content", "https://assay.example/og.png"},
		{`meta[property="og:title"]`, "content", "Runs · Assay"},
		{`nav[aria-label="Main"] a[aria-current]`, "href", "/runs"},
		{"form.search", "action", "/search"},
		{"form.theme", "action", "/theme"},
		{`form.theme input[name="back"]`, "value", "/runs"},
		{"a.skip", "href", "#main"},
	} {
		if got := attr(doc, c.selector, c.name); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.selector, c.name, got, c.want)
		}
	}
	if got := count(doc, "[aria-live]"); got != 1 {
		t.Errorf("got %d live regions, want one", got)
	}
	if got := count(doc, "a[href='/sign-in']"); got == 0 {
		t.Error("there is no way to sign in")
	}
}

func TestALivePageStreamsAndNothingReloadsByItself(t *testing.T) {
	t.Parallel()
	still, live := page(t, t.Context(), Props{}), page(t, t.Context(), Props{LiveURL: "/live/runs/1"})
	if got := count(still, "noscript") + count(still, "#live"); got != 0 {
		t.Error("a still page streams")
	}
	if got := attr(live, "#live", "hx-sse:connect"); got != "/live/runs/1" {
		t.Errorf("stream: got %q", got)
	}
	if got := count(live, "meta[http-equiv]"); got != 0 {
		t.Error("the page takes itself away from whoever reads it (WCAG 2.2.1)")
	}
}

func TestHtmxIsToldWhatItMayDo(t *testing.T) {
	t.Parallel()
	for nonce, want := range map[string]string{"": "sse", "abc": "sse,hx-csp"} {
		ctx := t.Context()
		if nonce != "" {
			ctx = templ.WithNonce(ctx, nonce)
		}
		doc := page(t, ctx, Props{LiveURL: "/live"})
		var config struct {
			Extensions  string
			Prefix      string
			MorphIgnore []string
		}
		if err := json.Unmarshal([]byte(attr(doc, `meta[name="htmx-config"]`, "content")), &config); err != nil {
			t.Fatal(err)
		}
		if config.Extensions != want || config.Prefix != "hx-" || len(config.MorphIgnore) != 2 {
			t.Errorf("got %+v, want extensions %q", config, want)
		}
		if got := attr(doc, "#live", "hx-nonce"); got != nonce {
			t.Errorf("nonce of the stream: got %q, want %q", got, nonce)
		}
	}
}

func TestAViewerFindsTheirMenuAndAnOrganisation(t *testing.T) {
	t.Parallel()
	doc := page(t, t.Context(), Props{
		Viewer:     Viewer{SignedIn: true, Name: "M. Okafor", Role: "owner", OrgName: "Northgate", Menu: []NavItem{{"Profile", "/me"}}},
		Rail:       []RailGroup{{"Observe", []RailItem{{"Costs", "/costs", ""}, {"Tasks", "/tasks", "41,208"}}}},
		RailActive: "/costs",
	})
	for selector, want := range map[string]int{
		"summary.who": 1, "a.org": 1, "a[href='/sign-in']": 0, "details.wide form[action='/sign-out']": 1, "nav.rail a[aria-current]": 1, "main": 1,
	} {
		if got := count(doc, selector); got != want {
			t.Errorf("%s: got %d, want %d", selector, got, want)
		}
	}
}

func TestAnErrorPageNamesTheRequest(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := Props{Asset: func(string) string { return "" }}
	e := ErrorProps{Status: 404, Title: "There is no such run", Sentence: "Run 9 does not exist.", Next: "Check the address.", RequestID: "01JX"}
	if err := ErrorPage(p, e).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"404 Not Found", "<h1>There is no such run</h1>", e.Sentence, e.Next, "01JX"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestTheThemeIsKeptAndLeadsBackToThisSiteOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ theme, back, kept, place string }{
		{"dark", "/runs?x=1", "dark", "/runs?x=1"},
		{"light", "", "light", "/"},
		{"auto", "/", "", "/"},
		{"<script>", "//evil.example", "", "/"},
		{"dark", "///evil.example", "dark", "/"},
		{"dark", "/\t/evil.example", "dark", "/"},
		{"dark", "/%zz", "dark", "/"},
		{"dark", "https://evil.example/", "dark", "/"},
		{"dark", `/\evil.example`, "dark", "/"},
		{"dark", "javascript:alert(1)", "dark", "/"},
	} {
		form := url.Values{"theme": {c.theme}, "back": {c.back}}
		r := httptest.NewRequest(http.MethodPost, "/theme", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		SetTheme(w, r)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != c.place {
			t.Errorf("%q: got %d to %q, want 303 to %q", c.back, w.Code, got, c.place)
		}
		next := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, cookie := range w.Result().Cookies() {
			next.AddCookie(cookie)
		}
		if got := ThemeOf(next); got != c.kept {
			t.Errorf("theme %q: got %q, want %q", c.theme, got, c.kept)
		}
	}
}
