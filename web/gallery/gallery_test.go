package gallery

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"github.com/assay-bench/assay/web/shell"
)

func handler(url func(string) string) http.Handler {
	r := chi.NewRouter()
	r.Route("/gallery", func(r chi.Router) {
		Routes(r, func(r *http.Request) shell.Props {
			return shell.Props{
				Asset: url, Version: "test", Path: r.URL.Path,
				Nav:    []shell.NavItem{{Label: "Leaderboard", Href: "/gallery/leaderboard"}, {Label: "Live runs", Href: "/gallery/live"}},
				Active: r.URL.Path,
			}
		})
	})
	return r
}

func get(t *testing.T, path string) *html.Node {
	t.Helper()
	w := httptest.NewRecorder()
	handler(func(name string) string { return "/static/" + name }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/gallery"+path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: got %d", path, w.Code)
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func all(doc *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(doc, cascadia.MustCompile(selector))
}

func attr(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestNoPageNeedsALooserPolicy(t *testing.T) {
	t.Parallel()
	for _, path := range Paths {
		for _, node := range all(get(t, path), "*") {
			for _, a := range node.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("%s: <%s %s=%q>", path, node.Data, a.Key, a.Val)
				}
			}
			if node.Data == "style" || node.Data == "script" && attr(node, "src") == "" {
				t.Errorf("%s: an inline <%s>", path, node.Data)
			}
		}
	}
}

func TestEveryPageIsWellMade(t *testing.T) {
	t.Parallel()
	for _, path := range Paths {
		doc := get(t, path)
		if got := len(all(doc, "h1")); got != 1 {
			t.Errorf("%s: got %d h1, want one", path, got)
		}
		seen := map[string]bool{}
		for _, node := range all(doc, "[id]") {
			if id := attr(node, "id"); seen[id] {
				t.Errorf("%s: the id %q stands twice", path, id)
			} else {
				seen[id] = true
			}
		}
		for _, node := range all(doc, "[aria-labelledby], [aria-describedby], label[for]") {
			for _, id := range []string{attr(node, "aria-labelledby"), attr(node, "aria-describedby"), attr(node, "for")} {
				if id != "" && !seen[id] {
					t.Errorf("%s: <%s> points at %q, which is not there", path, node.Data, id)
				}
			}
		}
	}
}

func TestEveryPictureIsNamedOrHidden(t *testing.T) {
	t.Parallel()
	for _, path := range Paths {
		for _, node := range all(get(t, path), "svg") {
			nested := node.Parent != nil && slices.ContainsFunc(ancestors(node), func(n *html.Node) bool { return n.Data == "svg" })
			if !nested && attr(node, "aria-hidden") == "" && attr(node, "aria-label") == "" && attr(node, "aria-labelledby") == "" {
				t.Errorf("%s: an svg of class %q says nothing", path, attr(node, "class"))
			}
		}
	}
}

func ancestors(node *html.Node) (up []*html.Node) {
	for n := node.Parent; n != nil; n = n.Parent {
		up = append(up, n)
	}
	return up
}
