// Package shell is what stands around every page: head, header, menu, footer.
package shell

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/assay-bench/assay/web/ui"
)

// NavItem is a link of the header or of the viewer's menu.
type NavItem struct {
	Label string
	Href  string
}

// RailGroup is a titled part of the console's menu.
type RailGroup struct {
	Title string
	Items []RailItem
}

// RailItem is a link of the console's menu; Note is a count at its end.
type RailItem struct {
	Label string
	Href  string
	Note  string
}

// Viewer is who looks at the page. Menu lists what their menu offers before
// signing out; OrgHref leads to their organisation, or to choosing another.
type Viewer struct {
	SignedIn bool
	Name     string
	Role     string
	OrgName  string
	OrgHref  string
	Menu     []NavItem
}

// label is "M. Okafor, owner".
func (v Viewer) label() string {
	if v.Role == "" {
		return v.Name
	}
	return v.Name + ", " + v.Role
}

// Props describes a page to the shell. Asset gives the address of a built file;
// it is (*asset.Assets).URL.
type Props struct {
	Title       string
	Description string
	Path        string // of this page, for its canonical address and the theme form
	BaseURL     string // "https://assay.example", for absolute addresses in the head
	Image       string // path of a picture for shared links
	NoIndex     bool

	Nav    []NavItem
	Active string // the Href of the current section
	Viewer Viewer
	Theme  string // "", "light" or "dark": the cookie's, see ThemeOf

	// Rail is the console's menu at the side; a page without one is as wide as
	// it gets. RailActive is the Href of the current item.
	Rail       []RailGroup
	RailActive string

	Asset       func(name string) string
	Version     string
	Host        string // "assay.northgate.example"; empty leaves it out
	FooterRight string

	LiveURL string // of the page's event stream; empty for a page that stands still

	SearchURL  string // "/search" unless given
	SearchHint string // "Find a model, problem, run" unless given
	Query      string
}

func (p Props) title() string {
	if p.Title == "" {
		return "Assay"
	}
	return p.Title + " · Assay"
}

func (p Props) absolute(path string) string { return strings.TrimSuffix(p.BaseURL, "/") + path }

func (p Props) search() string { return or(p.SearchURL, "/search") }

func (p Props) hint() string { return or(p.SearchHint, "Find a model, problem, run") }

func (p Props) rest() string {
	if p.Host == "" {
		return ""
	}
	return ", self-hosted at " + p.Host
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// htmxConfig is read by htmx before anything else. The csp extension strips
// every hx-* that lacks the page's nonce, so it is named only where there is one.
func htmxConfig(ctx context.Context) string {
	extensions := "sse"
	if templ.GetNonce(ctx) != "" {
		extensions = "sse,hx-csp"
	}
	return `{"includeIndicatorCSS":false,"prefix":"hx-","morphIgnore":["data-htmx-powered","open"],"defaultTimeout":15000,"extensions":` + strconv.Quote(extensions) + `}`
}

// ErrorProps describes a page that says what went wrong. Next is a sentence of
// what to do; Links lead there. RequestID finds the request in the log.
type ErrorProps struct {
	Status    int
	Title     string
	Sentence  string
	Next      string
	Links     []ui.Choice
	RequestID string
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}
