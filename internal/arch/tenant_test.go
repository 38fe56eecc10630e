package arch

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestQueriesNameTheirTenant(t *testing.T) {
	t.Parallel()
	in := func(sql string) files { return files{"queries/bench.sql": sql} }
	check(t, queriesNameTheirTenant, []planted{
		{"by a parameter", in("-- name: Q :one\nSELECT id FROM run WHERE org_id = @org_id;"), ""},
		{"by a parameter that may be null", in("-- name: Q :one\nSELECT id FROM run WHERE public OR org_id = sqlc.narg(org_id)::uuid;"), ""},
		{"with a reason", in("-- name: Q :one\n-- tenantless: nodes serve every org.\nSELECT id FROM node;"), ""},
		{"not at all", in("-- name: Q :one\nSELECT id FROM run;"), "queries/bench.sql:1: Q does not name its tenant"},
		{"in the result alone", in("-- name: Q :one\nSELECT id, org_id FROM run;"), "Q does not name its tenant"},
		{"in a comment alone", in("-- name: Q :one\n-- WHERE org_id = @org_id\nSELECT id FROM run;"), "Q does not name its tenant"},
		{"in the query before", in("-- name: P :one\nSELECT id FROM run WHERE org_id = @org_id;\n\n-- name: Q :one\nSELECT id FROM run;"), "queries/bench.sql:4: Q"},
		{"with too short a reason", in("-- name: Q :one\n-- tenantless: because 1234567\nSELECT id FROM node;"), "Q does not name its tenant"},
		{"with the reason of another", in("-- name: P :one\nSELECT id FROM node WHERE org_id = @org_id;\n-- tenantless: nodes serve every org.\n-- name: Q :one\nSELECT id FROM node;"), "Q does not name its tenant"},
		{"without a name", in("SELECT id FROM run WHERE org_id = @org_id;"), "queries/bench.sql:1: SQL before the first -- name: line"},
	})
}

// queriesNameTheirTenant wants of each query that it is asked for one org, by a
// parameter org_id, or that it says why not.
func queriesNameTheirTenant(tree fs.FS) ([]string, error) {
	names, queries, err := sqlFiles(tree, "queries/*.sql")
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, name := range names {
		for _, q := range split(queries[name]) {
			title, named := queryName(q[0])
			switch {
			case !named && len(code(q)) > 0:
				complaints = append(complaints, fmt.Sprintf("%s:%d: SQL before the first -- name: line", name, code(q)[0].line))
			case named && !takesOrg(code(q)) && !tenantless(q):
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s does not name its tenant: take @org_id, or say -- tenantless: <reason>", name, q[0].line, title))
			}
		}
	}
	return complaints, nil
}

// split cuts a file before each name line.
func split(pieces []piece) [][]piece {
	var list [][]piece
	for i, t := range pieces {
		if _, named := queryName(t); named || i == 0 {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], t)
	}
	return list
}

func queryName(t piece) (string, bool) {
	rest, ok := strings.CutPrefix(t.text, "name:")
	if fields := strings.Fields(rest); t.kind == isComment && ok && len(fields) > 0 {
		return fields[0], true
	}
	return "", false
}

// takesOrg looks for @org_id, sqlc.arg(org_id) or sqlc.narg(org_id).
func takesOrg(sql []piece) bool {
	for i, t := range sql {
		if t.text != "org_id" || i < 2 {
			continue
		}
		if sql[i-1].text == "@" || sql[i-1].text == "(" && (sql[i-2].text == "arg" || sql[i-2].text == "narg") {
			return true
		}
	}
	return false
}

// tenantless reports whether a query says why it names no org. What stands after
// its semicolon belongs to the next.
func tenantless(query []piece) bool {
	for _, t := range statements(query)[0] {
		reason, ok := strings.CutPrefix(t.text, "tenantless:")
		if ok && t.kind == isComment && letters(reason) >= 10 {
			return true
		}
	}
	return false
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func TestEveryTenantTableIsProtected(t *testing.T) {
	t.Parallel()
	in := func(sql string) files { return files{"migrations/0001_a.sql": sql} }
	check(t, everyTenantTableIsProtected, []planted{
		{"protected", in("CREATE TABLE run (id uuid, org_id uuid NOT NULL);\nCREATE INDEX x ON run (id);\nSELECT protect_tenant('run');"), ""},
		{"protected by another column", in("CREATE TABLE org (id uuid);\nSELECT protect_tenant('org', 'id');"), ""},
		{"of no tenant", in("CREATE TABLE node (id uuid, host text CHECK (host <> 'org_id'));"), ""},
		{"a function's text", in("CREATE FUNCTION f() AS $$ CREATE TABLE run (org_id uuid); $$;"), ""},
		{"bare", in("CREATE TABLE run (id uuid, org_id uuid NOT NULL, PRIMARY KEY (org_id, id));"), "migrations/0001_a.sql:1: run has an org_id, but no SELECT protect_tenant('run') after it"},
		{"bare, the column first", in("CREATE TABLE run (\n    org_id uuid);"), "run has an org_id"},
		{"protected before it is there", in("SELECT protect_tenant('run');\nCREATE TABLE run (org_id uuid);"), "run has an org_id"},
		{"another is protected", in("CREATE TABLE run (org_id uuid);\nSELECT protect_tenant('rune');"), "run has an org_id"},
		{"in a comment", in("CREATE TABLE run (org_id uuid);\n-- SELECT protect_tenant('run');"), "run has an org_id"},
		{"the tenants themselves", in("CREATE TABLE org (id uuid);"), "org has an org_id"},
		{"a column added later", in("CREATE TABLE run (id uuid);\nALTER TABLE run ADD COLUMN org_id uuid;"), "migrations/0001_a.sql:2: run has an org_id"},
	})
}

// everyTenantTableIsProtected wants the second wall, row level security, in the
// migration that makes a tenant's table.
func everyTenantTableIsProtected(tree fs.FS) ([]string, error) {
	names, migrations, err := sqlFiles(tree, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, name := range names {
		list := statements(code(migrations[name]))
		for i, s := range list {
			t, ok := tenantTable(s)
			if ok && !slices.ContainsFunc(list[i+1:], func(s []piece) bool { return protects(s, t.text) }) {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s has an org_id, but no SELECT protect_tenant('%[3]s') after it", name, t.line, t.text))
			}
		}
	}
	return complaints, nil
}

// tenantTable returns the table that a statement makes a tenant's.
func tenantTable(sql []piece) (piece, bool) {
	if t, ok := creates(sql); ok {
		return t, t.text == "org" || slices.Contains(columns(sql), "org_id")
	}
	if n := follow(sql, "alter table if? exists? only?"); n > 0 {
		t, _ := nameAt(sql[n:])
		for i := range sql {
			if k := follow(sql[i:], "add column? if? not? exists?"); k > 0 && follow(sql[i+k:], "org_id") > 0 {
				return t, true
			}
		}
	}
	return piece{}, false
}

// columns returns the first word of each item between the outer brackets.
func columns(sql []piece) []string {
	var list []string
	depth := 0
	for i, t := range sql {
		if t.kind == isMark && t.text == ")" {
			depth--
		}
		if depth == 1 && t.kind == isWord && (sql[i-1].text == "(" || sql[i-1].text == ",") {
			list = append(list, t.text)
		}
		if t.kind == isMark && t.text == "(" {
			depth++
		}
	}
	return list
}

func protects(sql []piece, table string) bool {
	n := follow(sql, "select protect_tenant")
	return n > 0 && len(sql) > n+1 && sql[n].text == "(" && sql[n+1].kind == isText && sql[n+1].text == table
}
