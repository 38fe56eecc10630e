#!/bin/sh
# Puts on this machine what Assay needs and does not find. It is quick when
# nothing is missing.
#
#   tools/setup.sh run     what "make run" needs: Postgres, bubblewrap, python3
#   tools/setup.sh test    the same, and a browser for the browser tests
#
# On Debian and its kin it installs by apt as root, or by a sudo that asks for
# no password. Everyone else is told what is missing, and what to type; the exit
# code is then 1.
set -eu
cd "$(dirname "$0")/.."

min_postgres=15
log=
dropin=
sudo=
missing=
by_hand=

say() { printf 'setup: %s\n' "$*"; }
stop() { say "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

clean_up() {
	[ -z "$log" ] || rm -f "$log"
	[ -z "$dropin" ] || $sudo rm -f "$dropin"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# need notes a missing package and what it is for.
need() {
	missing="$missing$1|$2
"
}

# each calls a function with every missing package and its purpose.
each() {
	while IFS='|' read -r package purpose <&3; do
		[ -z "$package" ] || "$1" "$package" "$purpose"
	done 3<<-LIST
		$missing
	LIST
}

check_builders() {
	has go || stop "go is missing: install Go, then try again (see go.mod for the version)"
	if ! why=$(go list -m 2>&1); then
		stop "this Go ($(go env GOVERSION 2>/dev/null || echo unknown)) will not do: $why"
	fi
	for program in node npm; do
		has "$program" || stop "$program is missing: install Node.js with npm, then try again (fonts and scripts of the pages)"
	done
}

has_postgres() {
	for dir in "${ASSAY_POSTGRES_BIN:-}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
		"$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v postgres)" 2>/dev/null)"; do
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] || continue
		major=$("$dir/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
		[ "${major:-0}" -ge "$min_postgres" ] && return 0
	done
	return 1
}

has_font() {
	for dir in /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts"; do
		[ -d "$dir" ] && [ -n "$(find "$dir" -name '*.[ot]tf' -print -quit)" ] && return 0
	done
	return 1
}

look_for_postgres() { has_postgres || need postgresql "database server"; }

look_for_sandbox() {
	has "${ASSAY_BWRAP:-bwrap}" || need bubblewrap "sandbox for model code"
	has "${ASSAY_PYTHON:-/usr/bin/python3}" || need python3 "runs the answers of models, inside the sandbox"
}

look_for_browser() {
	has_font || need fonts-dejavu-core "letters for the browser tests"
	! has chromium || return 0
	if grep -qs '^ID=ubuntu' /etc/os-release; then
		by_hand="snap install chromium" # Ubuntu has no package of it
	else
		need chromium "browser tests"
	fi
}

# name_one prints what is missing, one per line.
name_one() { say "missing: $1 ($2)" >&2; }

# list_one prints the bare name of a package.
list_one() { printf ' %s' "$1"; }

# become finds a way to install as root, or fails.
become() {
	[ "$(id -u)" -ne 0 ] || return 0
	has sudo && sudo -n true 2>/dev/null || return 1
	sudo="sudo -n"
}

# quietly runs a command as root and shows its output only if it fails.
quietly() {
	if ! $sudo env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >"$log" 2>&1; then
		cat "$log" >&2
		stop "$* failed: see above"
	fi
}

# install_one installs one package.
install_one() {
	name=$1
	if [ "$name" = postgresql ]; then
		prepare_postgres
	fi
	say "installing $name ($2)"
	quietly apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$name"
}

# prepare_postgres chooses the server package, and keeps Debian from making a
# system-wide cluster with it: Assay starts its own.
prepare_postgres() {
	major=$(LC_ALL=C apt-cache depends postgresql | sed -n 's/^.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1)
	[ "${major:-0}" -ge "$min_postgres" ] || stop "this system offers Postgres ${major:-of no version}" \
		"and Assay needs $min_postgres or later: add the packages of postgresql.org, or set DATABASE_URL"
	name=postgresql-$major
	dropin=/etc/postgresql-common/createcluster.d/assay-setup.conf
	$sudo mkdir -p "${dropin%/*}"
	printf 'create_main_cluster = false\n' | $sudo tee "$dropin" >/dev/null
}

install_missing() {
	if ! has apt-get; then
		each name_one
		stop "there is no apt on this system: install these its own way, then try again"
	fi
	if ! become; then
		each name_one
		say "installing them takes root. Type this, then try again:" >&2
		printf '\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends%s\n\n' "$(each list_one)" >&2
		exit 1
	fi
	log=$(mktemp)
	say "reading the package lists (apt-get update)${sudo:+, with sudo}"
	quietly apt-get -q -o DPkg::Lock::Timeout=300 update
	each install_one
}

look_for() {
	missing=
	case "$1" in
	run)
		[ -n "${DATABASE_URL:-}" ] || look_for_postgres
		look_for_sandbox
		;;
	test)
		look_for_postgres
		look_for_sandbox
		look_for_browser
		;;
	*) stop "say what for: tools/setup.sh run, or tools/setup.sh test" ;;
	esac
}

look_for "${1:-}"
check_builders
if [ -n "$missing" ]; then
	install_missing
	look_for "$1"
	[ -z "$missing" ] || { each name_one; stop "apt installed it and it is still not found: look at PATH"; }
fi
[ -z "$by_hand" ] || stop "missing: a browser (browser tests). Type this, then try again: sudo $by_hand"
say "this machine has what make $1 needs"
