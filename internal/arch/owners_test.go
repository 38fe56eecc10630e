package arch

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestOnlyOwnersWrite(t *testing.T) {
	t.Parallel()
	const tables = "-- owner: bench\nCREATE TABLE run (id uuid);\n\n-- Told.\n-- owner: board\nCREATE TABLE IF NOT EXISTS board_run (id uuid);\n"
	in := func(file, sql string) files {
		return files{"migrations/1.sql": tables, "queries/" + file: "-- name: Q :exec\n" + sql}
	}
	check(t, onlyOwnersWrite, []planted{
		{"the owner writes", in("bench.sql", "INSERT INTO run (id) VALUES (1);"), ""},
		{"the owner writes in a CTE", in("bench.sql", "WITH gone AS (DELETE FROM run RETURNING id) INSERT INTO run SELECT id FROM gone;"), ""},
		{"another reads", in("board.sql", "SELECT r.id FROM run r JOIN board_run b ON b.id = r.id FOR UPDATE;"), ""},
		{"another locks", in("board.sql", "SELECT id FROM run FOR NO KEY UPDATE OF run;"), ""},
		{"a conflict in its own", in("board.sql", "INSERT INTO board_run SELECT id FROM run ON CONFLICT (id) DO UPDATE SET id = excluded.id;"), ""},
		{"words in comments and strings", in("board.sql", "-- DELETE FROM run\n/* UPDATE run */ SELECT 'INSERT INTO run';"), ""},
		{"insert", in("board.sql", "INSERT INTO run (id) VALUES (1);"), "queries/board.sql:2: board writes to run, which belongs to bench"},
		{"update", in("board.sql", "UPDATE run SET id = 1;"), "board writes to run"},
		{"update only", in("board.sql", "update only public.run set id = 1;"), "board writes to run"},
		{"delete", in("board.sql", "DELETE FROM \"run\";"), "board writes to run"},
		{"merge", in("board.sql", "MERGE INTO run USING board_run b ON b.id = run.id WHEN MATCHED THEN UPDATE SET id = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (1);"), "board writes to run"},
		{"truncate", in("board.sql", "TRUNCATE TABLE run;"), "board writes to run"},
		{"in a CTE over lines", in("board.sql", "WITH gone AS (\n  DELETE -- all\n  FROM run RETURNING id)\nINSERT INTO board_run SELECT id FROM gone;"), "queries/board.sql:4: board writes to run"},
		{"no such table", in("board.sql", "DELETE FROM attic;"), "board writes to attic, which no migration makes"},
		{"the engine's table", in("board.sql", "SELECT id FROM river_job;"), "river_job belongs to River"},
		{"the engine's schema", in("board.sql", "SELECT id FROM river.job;"), "river belongs to River"},
		{"a table without owner", files{"migrations/1.sql": "-- owner: bench\nCREATE TABLE run (id int);\n-- A note.\nCREATE UNLOGGED TABLE note (id int);"}, "migrations/1.sql:4: note has no owner"},
		{"an owner that is no room", files{"migrations/1.sql": "-- owner: attic\nCREATE TABLE run (id int);"}, "run belongs to attic, which is not listed"},
	})
}

// onlyOwnersWrite reads above each table who owns it, and looks for writes in
// the query files of others.
func onlyOwnersWrite(tree fs.FS) ([]string, error) {
	owners, complaints, err := tableOwners(tree)
	if err != nil {
		return nil, err
	}
	names, queries, err := sqlFiles(tree, "queries/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		domain, sql := domainOf(name), code(queries[name])
		for _, t := range writes(sql) {
			switch owner, known := owners[t.text]; {
			case !known:
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s writes to %s, which no migration makes", name, t.line, domain, t.text))
			case owner != domain && owner != "": // without an owner the table is named already
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s writes to %s, which belongs to %s", name, t.line, domain, t.text, owner))
			}
		}
		for _, t := range sql {
			if t.kind == isWord && (t.text == "river" || strings.HasPrefix(t.text, "river_")) {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s belongs to River; use its client", name, t.line, t.text))
			}
		}
	}
	return complaints, nil
}

// tableOwners returns who owns each table, and what is missing.
func tableOwners(tree fs.FS) (owners map[string]string, complaints []string, err error) {
	names, migrations, err := sqlFiles(tree, "migrations/*.sql")
	if err != nil {
		return nil, nil, err
	}
	owners = map[string]string{}
	for _, name := range names {
		for _, s := range statements(migrations[name]) {
			t, ok := creates(code(s))
			if !ok {
				continue
			}
			owner := ownerLine(s)
			owners[t.text] = owner
			if owner == "" {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s has no owner; say -- owner: <domain> above it", name, t.line, t.text))
			} else if _, listed := roomOf("internal/" + owner); !listed {
				complaints = append(complaints, fmt.Sprintf("%s:%d: %s belongs to %s, which is not listed in the house", name, t.line, t.text, owner))
			}
		}
	}
	return owners, complaints, nil
}

// creates returns the table that a statement makes.
func creates(sql []piece) (piece, bool) {
	n := follow(sql, "create unlogged? table if? not? exists?")
	if n == 0 {
		return piece{}, false
	}
	return nameAt(sql[n:])
}

// ownerLine returns who is named in the comments above a statement, last of all.
func ownerLine(statement []piece) string {
	owner := ""
	for _, t := range statement {
		if t.kind != isComment {
			break
		}
		if name, ok := strings.CutPrefix(t.text, "owner:"); ok {
			owner = strings.TrimSpace(name)
		}
	}
	return owner
}

// writes returns the tables that SQL without comments writes to.
func writes(sql []piece) []piece {
	var list []piece
	for i := range sql {
		rest := sql[i:]
		n := max(follow(rest, "insert into"), follow(rest, "merge into only?"), follow(rest, "delete from only?"),
			follow(rest, "truncate table? only?"))
		// UPDATE is also part of locks, conflicts and merges.
		if n == 0 && (i == 0 || !slices.Contains([]string{"for", "key", "do", "then"}, sql[i-1].text)) {
			n = follow(rest, "update only?")
		}
		if t, ok := nameAt(rest[n:]); n > 0 && ok {
			list = append(list, t)
		}
	}
	return list
}

func TestQueriesFeedTheirDomain(t *testing.T) {
	t.Parallel()
	const yaml = "    queries: queries/bench.sql\n    gen: {go: {out: internal/bench/internal/db}}\n"
	check(t, queriesFeedTheirDomain, []planted{
		{"as it is said", files{"queries/bench.sql": "", "sqlc.yaml": yaml}, ""},
		{"a file that feeds nothing", files{"queries/bench.sql": "", "queries/board.sql": "", "sqlc.yaml": yaml}, "queries/board.sql: sqlc.yaml does not generate internal/board/internal/db from it"},
		{"a file that feeds another", files{"queries/bench.sql": "", "sqlc.yaml": strings.Replace(yaml, "internal/bench", "internal/board", 1)}, "does not generate internal/bench/internal/db"},
	})
}

// queriesFeedTheirDomain takes the settings as text: each queries line has its
// out in what follows, before the next queries line.
func queriesFeedTheirDomain(tree fs.FS) ([]string, error) {
	settings, err := fs.ReadFile(tree, "sqlc.yaml")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(tree, "queries/*.sql")
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, name := range names {
		out := "internal/" + domainOf(name) + "/internal/db"
		_, after, _ := strings.Cut(string(settings), "queries: "+name+"\n")
		entry, _, _ := strings.Cut(after, "queries: ")
		if !strings.Contains(entry, "out: "+out) {
			complaints = append(complaints, fmt.Sprintf("%s: sqlc.yaml does not generate %s from it", name, out))
		}
	}
	return complaints, nil
}
