package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestPackagesAreNamedForWhatTheyDo(t *testing.T) {
	t.Parallel()
	check(t, packagesAreNamed, []planted{
		{"a noun", files{"internal/bench/a.go": "package bench", "cmd/assay/main.go": "package main"}, ""},
		{"an address", files{"web/models/a.go": "package models"}, ""},
		{"a test from outside", files{"internal/bench/a_test.go": "package bench_test"}, ""},
		{"a drawer", files{"internal/util/a.go": "package util"}, "internal/util/a.go:1: util says nothing of what the package does"},
		{"a drawer's folder", files{"internal/shared/bench/a.go": "package bench"}, "shared says nothing"},
		{"a page that is no address", files{"web/common/a.go": "package common"}, "common says nothing"},
		{"a model outside the pages", files{"internal/models/a.go": "package models"}, "models says nothing"},
		{"another name than its folder", files{"internal/bench/a.go": "package run"}, "the folder of package run is called bench"},
	})
}

// hollow names could stand on any package.
var hollow = []string{"util", "utils", "common", "helper", "helpers", "base", "model", "models", "types", "shared", "core", "manager"}

func packagesAreNamed(tree fs.FS) ([]string, error) {
	list, err := sources(tree, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	complaints := map[string]string{} // by folder
	for _, s := range list {
		name := strings.TrimSuffix(s.Name.Name, "_test")
		for part := range strings.SplitSeq(s.dir, "/") {
			// The page of /models is called as its address is.
			if slices.Contains(hollow, part) && s.dir != "web/models" {
				complaints[s.dir] = s.complain(s.Name, "%s says nothing of what the package does", part)
			}
		}
		if folder := path.Base(s.dir); name != "main" && name != folder {
			complaints[s.dir] = s.complain(s.Name, "the folder of package %s is called %s", name, folder)
		}
	}
	return slices.Sorted(maps.Values(complaints)), nil
}

func TestNothingRunsBeforeMain(t *testing.T) {
	t.Parallel()
	check(t, nothingRunsBeforeMain, []planted{
		{"a method may be called so", files{"a/a.go": "package a; func (t T) init() {}"}, ""},
		{"init", files{"a/a.go": "package a\n\nfunc init() {}"}, "a/a.go:3: no init"},
		{"init in a test", files{"a/a_test.go": "package a; func init() {}"}, "no init"},
	})
}

func nothingRunsBeforeMain(tree fs.FS) ([]string, error) {
	return inspect(tree, func(s source, n ast.Node) string {
		if f, ok := n.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			return s.complain(f, "no init: whoever needs it calls it")
		}
		return ""
	})
}

func TestTestsSayWhyTheySkip(t *testing.T) {
	t.Parallel()
	check(t, testsSayWhyTheySkip, []planted{
		{"with a reason", files{"a/a_test.go": `package a; func f() { t.Skip("reads 130 MB"); t.Skipf("%s", x); t.Skip(err) }`}, ""},
		{"another's Skip", files{"a/a.go": `package a; func f() { reader.Skip() }`}, ""},
		{"without", files{"a/a_test.go": `package a; func f() { t.Skip() }`}, "a/a_test.go:1: say why the test is skipped"},
		{"with too little", files{"a/a_test.go": `package a; func f() { b.Skip("later") }`}, "say why"},
		{"now", files{"a/a.go": `package a; func f() { tb.SkipNow() }`}, "say why"},
	})
}

func testsSayWhyTheySkip(tree fs.FS) ([]string, error) {
	return inspect(tree, func(s source, n ast.Node) string {
		for _, receiver := range []string{"t", "b", "tb", "f"} {
			call, ok := calls(n, receiver, "Skip", "Skipf", "SkipNow")
			if !ok {
				continue
			}
			said := len(call.Args) > 1
			if len(call.Args) == 1 {
				literal, constant := call.Args[0].(*ast.BasicLit)
				said = !constant || strings.Contains(literal.Value, " ")
			}
			if !said {
				return s.complain(call, "say why the test is skipped, and what it needs")
			}
		}
		return ""
	})
}

func TestTestsDoNotSleep(t *testing.T) {
	t.Parallel()
	check(t, testsDoNotSleep, []planted{
		{"outside tests", files{"a/a.go": "package a; func f() { time.Sleep(1) }"}, ""},
		{"where time is not real", files{"a/a_test.go": "package a; func f() { synctest.Test(t, func(t *testing.T) { time.Sleep(1) }) }"}, ""},
		{"asleep", files{"a/a_test.go": "package a; func f() { time.Sleep(1) }"}, "a/a_test.go:1: wait on a condition"},
	})
}

func testsDoNotSleep(tree fs.FS) ([]string, error) {
	var unreal token.Pos // until where time is synctest's
	return inspect(tree, func(s source, n ast.Node) string {
		if call, ok := calls(n, "synctest", "Test"); ok {
			unreal = call.End()
		}
		if call, ok := calls(n, "time", "Sleep"); ok && s.test && call.Pos() >= unreal {
			return s.complain(call, "wait on a condition; a sleep is too long on one machine and too short on another")
		}
		return ""
	})
}

// inspect calls look with each node of all Go that was written by hand.
func inspect(tree fs.FS, look func(s source, n ast.Node) string) ([]string, error) {
	list, err := sources(tree, 0)
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, s := range list {
		ast.Inspect(s.File, func(n ast.Node) bool {
			if complaint := look(s, n); complaint != "" {
				complaints = append(complaints, complaint)
			}
			return true
		})
	}
	return complaints, nil
}

func TestSQLStandsInItsPlace(t *testing.T) {
	t.Parallel()
	check(t, sqlStandsInItsPlace, []planted{
		{"in a store", files{"internal/bench/store.go": "package bench; const q = `SELECT id FROM run`"}, ""},
		{"in pg", files{"internal/pg/roles.go": "package pg; const q = `select 1`"}, ""},
		{"in a test", files{"internal/bench/a_test.go": "package bench; const q = `SELECT id FROM run`"}, ""},
		{"words for people", files{"web/runs/a.go": "package runs; const a, b, c, d = `Select a model`, `update`, `Delete the run`, `With it`"}, ""},
		{"select", files{"internal/bench/a.go": "package bench; const q = `SELECT id\nFROM run`"}, "internal/bench/a.go:1: SQL belongs in queries"},
		{"select without a table", files{"internal/bench/a.go": "package bench; const q = `select pg_notify('x', '')`"}, "SQL belongs"},
		{"a smaller select", files{"internal/bench/a.go": "package bench; const q = \"select 1\""}, "SQL belongs"},
		{"insert", files{"web/runs/a.go": "package runs; const q = `\n  insert into run values (1)`"}, "SQL belongs"},
		{"update", files{"internal/bench/a.go": "package bench; const q = `UPDATE run SET id = 1`"}, "SQL belongs"},
		{"delete", files{"cmd/assay/a.go": "package main; const q = `DELETE FROM run`"}, "SQL belongs"},
		{"a CTE", files{"internal/bench/a.go": "package bench; const q = `WITH x AS (SELECT 1) SELECT 2`"}, "SQL belongs"},
		{"listen", files{"internal/bench/a.go": "package bench; const q = `LISTEN ` + c"}, "SQL belongs"},
	})
}

// sqlStart is how a statement begins, and seldom a sentence.
var sqlStart = regexp.MustCompile(`(?is)^\s*(select\s+(\d|[\w.]+\(|exists\b|.+\bfrom\b)|insert\s+into\b|update\s+(only\s+)?[\w."]+\s+(\w+\s+)?set\b|delete\s+from\b|` +
	`merge\s+into\b|with\s+(recursive\s+)?\w+\s+as\s+(materialized\s+)?\(|truncate\s+\w|copy\s+\w+\s+(from|to)\b|(create|alter|drop)\s+(table|index|schema|role|database|view|function)\b|grant\s+\w+\s+on\b)` +
	`|^(LISTEN|NOTIFY|BEGIN|COMMIT|ROLLBACK)\b`)

// sqlAllowed are files with SQL that sqlc cannot generate, each with its reason.
var sqlAllowed = map[string]string{
	"internal/event/hub.go": "LISTEN belongs to one connection, which sqlc knows nothing of",
}

func sqlStandsInItsPlace(tree fs.FS) ([]string, error) {
	return inspect(tree, func(s source, n ast.Node) string {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING || s.test || isStore(s.path) || within(s.dir, "internal/pg") || sqlAllowed[s.path] != "" {
			return ""
		}
		if text, err := strconv.Unquote(literal.Value); err != nil || !sqlStart.MatchString(text) {
			return ""
		}
		return s.complain(literal, "SQL belongs in queries, or if sqlc cannot do it in store.go")
	})
}
