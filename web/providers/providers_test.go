package providers

import (
	"context"
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
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/provider"
	"github.com/assay-bench/assay/web/shell"
	"github.com/assay-bench/assay/web/ui"
)

// fake is a book that asks for the same permissions as the real one.
type fake struct {
	providers []provider.Provider
	models    []provider.Model
	connected []provider.Connection
	removed   []id.ID
	refuse    error
}

func (f *fake) List(ctx context.Context) ([]provider.Provider, error) {
	_, err := access.Require(ctx, access.ViewOrg)
	return f.providers, err
}

func (f *fake) Models(ctx context.Context) ([]provider.Model, error) {
	_, err := access.Require(ctx, access.ViewOrg)
	return f.models, err
}

func (f *fake) Connect(ctx context.Context, c provider.Connection) (id.ID, error) {
	if _, err := access.Require(ctx, access.ManageProviders); err != nil {
		return id.Nil, err
	}
	if f.refuse == nil {
		f.connected = append(f.connected, c)
	}
	return id.New(), f.refuse
}

func (f *fake) Remove(ctx context.Context, p id.ID) error {
	if _, err := access.Require(ctx, access.ManageProviders); err != nil {
		return err
	}
	if f.refuse == nil {
		f.removed = append(f.removed, p)
	}
	return f.refuse
}

func ask(t *testing.T, f *fake, method, path string, form url.Values, role string) (*http.Response, *html.Node, string) {
	t.Helper()
	site := &shell.Site{Asset: func(name string) string { return "/static/" + name }, Version: "test"}
	router := chi.NewRouter()
	New(site, f).Routes(router)
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if role != "" {
		r = r.WithContext(access.With(r.Context(), access.Actor{Name: "Mara", OrgName: "Northgate", Role: role}))
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), doc, string(body)
}

func number(doc *html.Node, selector string) int {
	return len(cascadia.QueryAll(doc, cascadia.MustCompile(selector)))
}

func texts(doc *html.Node, selector string) []string {
	var list []string
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		var out strings.Builder
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			if n.Type == html.TextNode {
				out.WriteString(n.Data)
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
			if n.Data == "td" || n.Data == "dt" || n.Data == "dd" {
				out.WriteByte(' ')
			}
		}
		walk(n)
		list = append(list, strings.Join(strings.Fields(out.String()), " "))
	}
	return list
}

func text(doc *html.Node, selector string) string { return strings.Join(texts(doc, selector), " ") }

func attr(doc *html.Node, selector, name string) string {
	if n := cascadia.Query(doc, cascadia.MustCompile(selector)); n != nil {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
	}
	return ""
}

func full() url.Values {
	return url.Values{"name": {"OpenAI"}, "base_url": {"https://api.openai.com/v1"}, "key": {"sk-secret"}, "at_once": {" 8 "},
		"models": {"gpt-5-mini, GPT-5 mini, 0.25, 2\r\n\r\nlocal\r\n"}}
}

func TestStrangersAndViewersAreRefusedWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	v := id.New()
	at := "/providers/" + v.String() + "/remove"
	for _, c := range []struct {
		method, path, role string
		want               int
	}{
		{"GET", "/providers", "", 401}, {"GET", "/providers/new", "", 401}, {"POST", "/providers", "", 401}, {"GET", at, "", 401}, {"POST", at, "", 401},
		{"GET", "/providers", "viewer", 200}, {"GET", "/providers/new", "viewer", 403}, {"POST", "/providers", "viewer", 403}, {"GET", at, "viewer", 403}, {"POST", at, "viewer", 403},
		{"GET", at, "owner", 200}, {"GET", "/providers/" + id.New().String() + "/remove", "owner", 404}, {"GET", "/providers/x/remove", "owner", 404}, {"POST", "/providers/x/remove", "owner", 404},
	} {
		f := &fake{providers: []provider.Provider{{ID: v, Name: "Ollama"}}}
		for name, form := range map[string]url.Values{"full": full(), "empty": {}} {
			resp, _, _ := ask(t, f, c.method, c.path, form, c.role)
			if resp.StatusCode != c.want || len(f.connected)+len(f.removed) != 0 {
				t.Errorf("%s %s as %q, form %s: got %d, want %d", c.method, c.path, c.role, name, resp.StatusCode, c.want)
			}
		}
	}
}

func TestTheListShowsWhoIsConnected(t *testing.T) {
	t.Parallel()
	a, b := id.New(), id.New()
	got := newList([]provider.Provider{{ID: a, Name: "Assay", Kind: provider.Simulated, Concurrency: 32},
		{ID: b, Name: "OpenAI", Kind: provider.OpenAI, BaseURL: "https://api.openai.com/v1", HasKey: true, Concurrency: 1000}},
		[]provider.Model{{ProviderID: a, Provider: "Assay", Name: "tessera", Title: "Tessera", Simulated: true},
			{ProviderID: b, Provider: "OpenAI", Name: "gpt", Title: "GPT", InputPrice: 125_000, OutputPrice: 1_200 * money.Dollar}})
	want := listProps{
		Providers: []providerRow{{Name: "Assay", Simulated: true, BaseURL: "inside this Assay", Key: ui.Cancelled, KeyWord: "not needed", AtOnce: "32", Models: "1"},
			{Name: "OpenAI", Dialog: "remove-" + b.String(), Remove: "/providers/" + b.String() + "/remove", BaseURL: "https://api.openai.com/v1",
				Key: ui.Done, KeyWord: "set", AtOnce: "1,000", Models: "1"}},
		Models: []modelRow{{Title: "Tessera", Name: "tessera", Provider: "Assay", Simulated: true, Input: "0.000", Output: "0.00"},
			{Title: "GPT", Name: "gpt", Provider: "OpenAI", Input: "0.125", Output: "1,200.00"}}}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b shell.Props) bool { return a.Title == b.Title })); d != "" {
		t.Error(d)
	}
}

func TestOnlyWhoMayManageSeesButtons(t *testing.T) {
	t.Parallel()
	f := &fake{providers: []provider.Provider{{ID: id.New(), Name: "Assay", Kind: provider.Simulated}, {ID: id.New(), Name: "Ollama"}}}
	_, doc, _ := ask(t, f, "GET", "/providers", nil, "owner")
	if number(doc, `main a[href="/providers/new"]`) != 1 || number(doc, "[command=show-modal]") != 1 || number(doc, "dialog form") != 1 {
		t.Error("an owner misses a button")
	}
	if _, doc, _ := ask(t, f, "GET", "/providers", nil, "viewer"); number(doc, "main .btn, main dialog, main form") != 0 {
		t.Error("a viewer sees a button")
	}
	if _, doc, _ := ask(t, &fake{}, "GET", "/providers", nil, "viewer"); !strings.Contains(text(doc, ".empty"), "Ask an owner") {
		t.Error("a viewer of an empty list is not told whom to ask")
	}
}

func TestConnectingStoresWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := &fake{}
	resp, _, _ := ask(t, f, "POST", "/providers", full(), "owner")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/providers" {
		t.Errorf("got %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	want := []provider.Connection{{Name: "OpenAI", BaseURL: "https://api.openai.com/v1", Key: "sk-secret", Concurrency: 8, Models: []provider.NewModel{
		{Name: "gpt-5-mini", Title: "GPT-5 mini", InputPrice: 250_000, OutputPrice: 2_000_000}, {Name: "local", Title: "local"}}}}
	if d := cmp.Diff(want, f.connected); d != "" {
		t.Error(d)
	}
}

func TestWhatIsWrongStandsAtItsFieldAndTheKeyGoesNowhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field, value string
		refuse       error
		want         string // at that field
	}{
		"no name":        {"name", " ", nil, "Enter a name, such as Ollama."},
		"no address":     {"base_url", "", nil, "Enter an address, such as http://127.0.0.1:11434/v1."},
		"no number":      {"at_once", "many", nil, "Enter a whole number from 1 to 1000."},
		"zero":           {"at_once", "0", nil, "Enter a whole number from 1 to 1000."},
		"no models":      {"models", " \n", nil, "Name at least one model, one in each line."},
		"bad model":      {"models", "a, b, c", nil, "One line cannot be used; see the list below."},
		"bad models":     {"models", "a, b, c\nd, e, f", nil, "2 lines cannot be used; see the list below."},
		"refused URL":    {"base_url", "x", fault.New(fault.Invalid, "base URL: enter an address"), "Enter an address."},
		"refused key":    {"key", "sk-secret\nx", fault.New(fault.Invalid, "key: enter it in one line"), "Enter it in one line."},
		"refused number": {"at_once", "9999", fault.New(fault.Invalid, "requests at once: enter a number from 1 to 1000"), "Enter a number from 1 to 1000."},
		"taken name":     {"name", "Taken", fault.New(fault.Conflict, "a provider or model of that name exists already; choose another name"), "A provider or model of that name exists already; choose another name."},
	} {
		form := full()
		form.Set(c.field, c.value)
		f := &fake{refuse: c.refuse}
		resp, doc, body := ask(t, f, "POST", "/providers", form, "owner")
		if got := text(doc, "#"+c.field+"-error"); resp.StatusCode != 422 || got != c.want || number(doc, ".err") != 1 {
			t.Errorf("%s: got %d, %q among %d", name, resp.StatusCode, got, number(doc, ".err"))
		}
		if strings.Contains(body, "sk-secret") || attr(doc, "#key", "value") != "" || !strings.Contains(text(doc, "form"), "Enter it") {
			t.Errorf("%s: the page holds the key, or does not ask for it again", name)
		}
		if c.field != "models" && !strings.Contains(text(doc, "#models"), "gpt-5-mini, GPT-5 mini, 0.25, 2") {
			t.Errorf("%s: the models that were typed are lost", name)
		}
		if len(f.connected) != 0 {
			t.Errorf("%s: connected", name)
		}
	}
}

func TestAFaultOfNoFieldIsSaidAtTheTop(t *testing.T) {
	t.Parallel()
	_, doc, _ := ask(t, &fake{refuse: fault.New(fault.Invalid, "not: today")}, "POST", "/providers", full(), "owner")
	if got := text(doc, "main [role=alert]"); got != "Not: today." {
		t.Errorf("got %q", got)
	}
}

func TestFaultsOfModelsAreListedByLine(t *testing.T) {
	t.Parallel()
	form := full()
	form.Set("models", "good\n\n<b>a</b>, t, <i>, 1")
	_, doc, _ := ask(t, &fake{}, "POST", "/providers", form, "owner")
	want := []string{`3 "<i>" is no input price; write dollars per 1M tokens such as 0.15, with at most six decimals`}
	if d := cmp.Diff(want, texts(doc, "#faults tbody tr")); d != "" {
		t.Error(d)
	}
}

func TestPresetsFillTheFormAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	_, doc, _ := ask(t, &fake{}, "GET", "/providers/new?preset=ollama", nil, "owner")
	if attr(doc, "#base_url", "value") != "http://127.0.0.1:11434/v1" || attr(doc, "#name", "value") != "Ollama" || attr(doc, "#at_once", "value") != "8" {
		t.Error("the preset does not fill the form")
	}
	if attr(doc, "#key", "type") != "password" || attr(doc, "#key", "autocomplete") != "off" {
		t.Error("the key is shown or remembered")
	}
	_, doc, _ = ask(t, &fake{}, "GET", "/providers/new?preset=x&base_url=https://evil.example&name=OpenAI", nil, "owner")
	if attr(doc, "#base_url", "value") != "" || attr(doc, "#name", "value") != "" {
		t.Error("a link can choose where a key is sent")
	}
}

func TestRemovingAsksFirst(t *testing.T) {
	t.Parallel()
	v := id.New()
	f := &fake{providers: []provider.Provider{{ID: v, Name: "Ollama"}}}
	at := "/providers/" + v.String() + "/remove"
	resp, doc, _ := ask(t, f, "GET", at, nil, "owner")
	if resp.StatusCode != 200 || len(f.removed) != 0 || text(doc, "h1") != "Remove Ollama?" || attr(doc, "main form", "action") != at {
		t.Errorf("got %d, %q, removed %v", resp.StatusCode, text(doc, "h1"), f.removed)
	}
	resp, _, _ = ask(t, f, "POST", at, nil, "owner")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/providers" || !cmp.Equal(f.removed, []id.ID{v}) {
		t.Errorf("got %d to %q, removed %v", resp.StatusCode, resp.Header.Get("Location"), f.removed)
	}
}

func TestAProviderThatRunsHaveUsedSaysWhyItStays(t *testing.T) {
	t.Parallel()
	v := id.New()
	f := &fake{providers: []provider.Provider{{ID: v, Name: "Ollama"}}, refuse: fault.New(fault.Conflict, "runs have used models of this provider")}
	resp, doc, _ := ask(t, f, "POST", "/providers/"+v.String()+"/remove", nil, "owner")
	if resp.StatusCode != http.StatusConflict || text(doc, "#refused") != "Runs have used models of this provider." || number(doc, "main form") != 0 {
		t.Errorf("got %d, %q", resp.StatusCode, text(doc, "main"))
	}
}

func TestHostileNamesStayText(t *testing.T) {
	t.Parallel()
	evil := `"><img src=x onerror=alert(1)>`
	v := id.New()
	f := &fake{providers: []provider.Provider{{ID: v, Name: evil, BaseURL: evil}}, models: []provider.Model{{Name: evil, Title: evil, Provider: evil}}}
	for _, path := range []string{"/providers", "/providers/" + v.String() + "/remove"} {
		_, doc, _ := ask(t, f, "GET", path, nil, "owner")
		if number(doc, "img") != 0 || !strings.Contains(text(doc, "main"), evil) {
			t.Errorf("%s: got %d pictures in %q", path, number(doc, "img"), text(doc, "main"))
		}
	}
	form := url.Values{"name": {evil}, "base_url": {evil}, "at_once": {evil}, "models": {evil + ",,,"}}
	_, doc, _ := ask(t, f, "POST", "/providers", form, "owner")
	if number(doc, "img") != 0 || attr(doc, "#base_url", "value") != evil {
		t.Errorf("form: got %d pictures, %q", number(doc, "img"), attr(doc, "#base_url", "value"))
	}
}
