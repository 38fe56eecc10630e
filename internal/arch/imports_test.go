package arch

import (
	"go/ast"
	"go/parser"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
)

func TestImportsFlowInward(t *testing.T) {
	t.Parallel()
	check(t, importsFlowInward, []planted{
		{"inward", files{"internal/board/a.go": `package board; import _ "@/internal/pg"`}, ""},
		{"to a mate", files{"internal/bench/a.go": `package bench; import _ "@/internal/score"`}, ""},
		{"a test with its aid", files{"internal/pg/a_test.go": `package pg_test; import _ "@/internal/pg/pgtest"`}, ""},
		{"outward", files{"internal/score/a.go": `package score; import _ "@/internal/bench"`}, "internal/score/a.go:1: internal/score may not import internal/bench"},
		{"outward in a test", files{"internal/score/a_test.go": `package score; import _ "@/internal/bench"`}, "may not import internal/bench"},
		{"to a neighbour that is no mate", files{"internal/event/a.go": `package event; import _ "@/internal/queue"`}, "may not import internal/queue"},
		{"an aid outside tests", files{"internal/bench/a.go": `package bench; import _ "@/internal/pg/pgtest"`}, "only tests"},
		{"web in a domain", files{"internal/live/a.go": `package live; import _ "@/web/ui"`}, "may not import web/ui"},
		{"app in a page", files{"web/runs/a.go": `package runs; import _ "@/internal/app"`}, "may not import internal/app"},
		{"a room that is not listed", files{"internal/attic/a.go": "package attic\n"}, "internal/attic is not listed"},
		{"an import that is not listed", files{"internal/app/a.go": `package app; import _ "@/internal/attic"`}, "internal/attic is not listed"},
	})
}

func importsFlowInward(tree fs.FS) ([]string, error) {
	list, err := sources(tree, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, s := range list {
		from, listed := roomOf(s.dir)
		if !listed {
			complaints = append(complaints, s.complain(s.Name, "%s is not listed in the house", s.dir))
			continue
		}
		for _, i := range s.imports() {
			if !i.own {
				continue
			}
			to, listed := roomOf(i.path)
			aid := slices.Contains(aids, i.path)
			switch {
			case !listed:
				complaints = append(complaints, s.complain(i, "%s is not listed in the house", i.path))
			case aid && !s.test && !slices.Contains(aids, s.dir):
				complaints = append(complaints, s.complain(i, "only tests may import %s", i.path))
			case !aid && to.path != from.path && to.ring >= from.ring && !slices.Contains(from.mates, to.path):
				complaints = append(complaints, s.complain(i, "%s may not import %s: imports go inward", s.dir, i.path))
			}
		}
	}
	return complaints, nil
}

func TestOnlyAppImportsAdapters(t *testing.T) {
	t.Parallel()
	check(t, onlyAppImportsAdapters, []planted{
		{"app", files{"internal/app/a.go": `package app; import _ "@/internal/provider/openai"`}, ""},
		{"cmd", files{"cmd/assay/a.go": `package main; import _ "@/internal/provider/openai"`}, ""},
		{"its own test", files{"internal/provider/openai/a_test.go": `package openai_test; import _ "@/internal/provider/openai"`}, ""},
		{"another adapter's test", files{"internal/provider/simulated/a_test.go": `package simulated; import _ "@/internal/provider/openai"`}, ""},
		{"the generated code of provider", files{"internal/provider/store.go": `package provider; import _ "@/internal/provider/internal/db"`}, ""},
		{"gateway", files{"internal/gateway/a.go": `package gateway; import _ "@/internal/provider/openai"`}, "internal/gateway/a.go:1: only internal/app and cmd may import the adapter internal/provider/openai"},
		{"a test of gateway", files{"internal/gateway/a_test.go": `package gateway; import _ "@/internal/provider/openai"`}, "the adapter internal/provider/openai"},
		{"another adapter", files{"internal/provider/simulated/a.go": `package simulated; import _ "@/internal/provider/openai"`}, "the adapter internal/provider/openai"},
	})
}

func onlyAppImportsAdapters(tree fs.FS) ([]string, error) {
	list, err := sources(tree, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, s := range list {
		if within(s.dir, "internal/app", "cmd") || s.test && adapter(s.dir) {
			continue
		}
		for _, i := range s.imports() {
			if i.own && adapter(i.path) {
				complaints = append(complaints, s.complain(i, "only internal/app and cmd may import the adapter %s", i.path))
			}
		}
	}
	return complaints, nil
}

func TestOnlyStoreImportsGeneratedCode(t *testing.T) {
	t.Parallel()
	check(t, onlyStoreImportsGeneratedCode, []planted{
		{"store", files{"internal/bench/store.go": `package bench; import _ "@/internal/bench/internal/db"`}, ""},
		{"a second store", files{"internal/bench/store_view.go": `package bench; import _ "@/internal/bench/internal/db"`}, ""},
		{"another file", files{"internal/bench/start.go": `package bench; import _ "@/internal/bench/internal/db"`}, "internal/bench/start.go:1: only store.go may import internal/bench/internal/db"},
		{"a name that only begins so", files{"internal/bench/storey.go": `package bench; import _ "@/internal/bench/internal/db"`}, "only store.go"},
		{"another domain's", files{"internal/bench/store.go": `package bench; import _ "@/internal/board/internal/db"`}, "internal/board/internal/db belongs to internal/board"},
	})
}

func onlyStoreImportsGeneratedCode(tree fs.FS) ([]string, error) {
	list, err := sources(tree, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, s := range list {
		for _, i := range s.imports() {
			m := store.FindStringSubmatch(i.path)
			switch {
			case !i.own || m == nil:
			case m[1] != s.dir:
				complaints = append(complaints, s.complain(i, "%s belongs to %s", i.path, m[1]))
			case !isStore(s.path):
				complaints = append(complaints, s.complain(i, "only store.go may import %s", i.path))
			}
		}
	}
	return complaints, nil
}

// isStore reports whether a file is store.go or store_<what>.go.
func isStore(name string) bool {
	name = path.Base(name)
	return name == "store.go" || strings.HasPrefix(name, "store_")
}

func TestPagesImportNoOtherPage(t *testing.T) {
	t.Parallel()
	check(t, pagesImportNoOtherPage, []planted{
		{"its frame and a domain", files{"web/runs/a.go": `package runs; import (_ "@/web/ui"; _ "@/web/shell"; _ "@/web/asset"; _ "@/internal/bench")`}, ""},
		{"ui with a word", files{"web/ui/a.go": `package ui; import _ "@/internal/money"`}, ""},
		{"another page", files{"web/runs/a.go": `package runs; import _ "@/web/models"`}, "web/runs/a.go:1: the page web/runs may not import web/models"},
		{"another page in a test", files{"web/runs/a_test.go": `package runs; import _ "@/web/models"`}, "may not import web/models"},
		{"the frame with a page", files{"web/shell/a.go": `package shell; import _ "@/web/models"`}, "web/shell may not import the page web/models"},
		{"ui with a domain", files{"web/ui/a.go": `package ui; import _ "@/internal/bench"`}, "web/ui knows no domain, so it may not import internal/bench"},
		{"ui with machinery", files{"web/ui/a.go": `package ui; import _ "@/internal/pg"`}, "may not import internal/pg"},
		{"ui with the shell", files{"web/ui/a.go": `package ui; import _ "@/web/shell"`}, "may not import web/shell"},
	})
}

func pagesImportNoOtherPage(tree fs.FS) ([]string, error) {
	list, err := sources(tree, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, s := range list {
		for _, i := range s.imports() {
			if !i.own || i.path == s.dir {
				continue
			}
			to, _ := roomOf(i.path)
			switch {
			case s.dir == "web/ui" && to.ring > words:
				complaints = append(complaints, s.complain(i, "web/ui knows no domain, so it may not import %s", i.path))
			case page(s.dir) && within(i.path, "web") && !slices.Contains(frame, i.path):
				complaints = append(complaints, s.complain(i, "the page %s may not import %s", s.dir, i.path))
			case slices.Contains(frame, s.dir) && page(i.path):
				complaints = append(complaints, s.complain(i, "%s may not import the page %s", s.dir, i.path))
			}
		}
	}
	return complaints, nil
}

func TestOnlyAppTiesTheKnots(t *testing.T) {
	t.Parallel()
	check(t, onlyAppTiesTheKnots, []planted{
		{"app registers a worker", files{"internal/app/a.go": "package app; func f() { river.AddWorker(w, nil) }"}, ""},
		{"app mounts", files{"internal/app/a.go": `package app; import _ "github.com/go-chi/chi/v5"; func f() { r.Mount("/x", h) }`}, ""},
		{"the router mounts", files{"web/web.go": `package web; import _ "github.com/go-chi/chi/v5"; func f() { r.Mount("/x", h) }`}, ""},
		{"a page lists its routes", files{"web/runs/a.go": `package runs; import _ "github.com/go-chi/chi/v5"; func f() { r.Get("/", h) }`}, ""},
		{"a test has a queue", files{"internal/queue/a_test.go": "package queue; func f() { river.AddWorker(river.NewWorkers(), nil) }"}, ""},
		{"a domain registers a worker", files{"internal/bench/a.go": "package bench; func f() { river.AddWorker(w, nil) }"}, "internal/bench/a.go:1: only internal/app registers workers"},
		{"a domain registers a generic worker", files{"internal/bench/a.go": "package bench; func f() { river.AddWorker[T](w, nil) }"}, "registers workers"},
		{"a domain makes workers", files{"internal/queue/a.go": "package queue; var w = river.NewWorkers()"}, "registers workers"},
		{"a page mounts another", files{"web/runs/a.go": `package runs; import _ "github.com/go-chi/chi/v5"; func f() { r.Mount("/x", h) }`}, "only the router and internal/app mount"},
		{"a domain knows routes", files{"internal/bench/a.go": `package bench; import _ "github.com/go-chi/chi/v5"`}, "only surfaces, pages and internal/app know the router"},
	})
}

func onlyAppTiesTheKnots(tree fs.FS) ([]string, error) {
	list, err := sources(tree, 0)
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, s := range list {
		if s.test || within(s.dir, "internal/app", "cmd") {
			continue
		}
		router := slices.IndexFunc(s.imports(), func(i imported) bool { return strings.HasPrefix(i.path, "github.com/go-chi/chi/") })
		if router >= 0 && !within(s.dir, "web", "internal/rest") {
			complaints = append(complaints, s.complain(s.Imports[router], "only surfaces, pages and internal/app know the router"))
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if call, ok := calls(n, "river", "AddWorker", "AddWorkerSafely", "AddWorkerArgs", "NewWorkers"); ok {
				complaints = append(complaints, s.complain(call, "only internal/app registers workers"))
			}
			if call, ok := n.(*ast.CallExpr); ok && router >= 0 && s.dir != "web" && mounts(call) {
				complaints = append(complaints, s.complain(call, "only the router and internal/app mount routes"))
			}
			return true
		})
	}
	return complaints, nil
}

func mounts(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Mount"
}
