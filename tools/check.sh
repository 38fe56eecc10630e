#!/bin/sh
# Holds the tree against what nobody should have to look for in a review:
# generated code that is current, formatting, module files, vet, staticcheck.
# It goes through all of them and then says what to mend.
set -eu
cd "$(dirname "$0")/.."

failed=
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT TERM

say() { printf 'check: %s\n' "$*"; }
fail() {
	say "FAILED: $*" >&2
	failed="$failed
  - $*"
}

# generated lists the generated files with their sums.
generated() {
	find internal web \( -name '*_templ.go' -o -path '*/internal/db/*.go' \) -type f -exec cksum {} + | sort
}

generated_code_is_current() {
	generated >"$temp/before"
	if ! make --no-print-directory generate; then
		fail "the generators do not run: see above"
		return
	fi
	generated >"$temp/after"
	changed=$(comm -3 "$temp/before" "$temp/after" | awk '{print "    " $3}' | sort -u)
	if [ -n "$changed" ]; then
		printf '%s\n' "$changed" >&2
		fail "the generated code above was not current; it is now: commit it (or run make generate before you commit)"
	fi
}

go_files_are_formatted() {
	unformatted=$(find cmd internal web static migrations -name node_modules -prune -o -name '*.go' -type f -print 2>/dev/null |
		xargs gofmt -l) || true
	if [ -n "$unformatted" ]; then
		printf '%s\n' "$unformatted" | sed 's/^/    /' >&2
		fail "the files above are not formatted: run gofmt -w on them"
	fi
}

module_files_are_tidy() {
	go mod tidy -diff >&2 || fail "go.mod or go.sum is not tidy: run go mod tidy"
}

say "generated code"
generated_code_is_current
say "gofmt"
go_files_are_formatted
say "go mod tidy"
module_files_are_tidy
say "go vet"
go vet -tags soak ./... || fail "go vet has something to say: see above"
say "staticcheck"
go tool -modfile=tools/go.mod staticcheck -tags soak ./... || fail "staticcheck has something to say: see above"

if [ -n "$failed" ]; then
	printf 'check: to mend:%s\n' "$failed" >&2
	exit 1
fi
say "all is well"
