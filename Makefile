# make help lists what one can do. Every target brings what it needs.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# Without cgo everything builds on a machine that has no C compiler.
export CGO_ENABLED := 0

tool := go tool -modfile=tools/go.mod
humaneval := $(abspath $(wildcard ../shared/data/humaneval.jsonl.gz))
# Packages whose promise is about goroutines; all of them would take too long.
racy := $(patsubst %,./%/...,$(wildcard internal/event internal/live internal/queue internal/bench internal/board))
bench ?= .
# packages_with gives the packages that have a test file with a line like $(1).
packages_with = $(sort $(patsubst %,./%,$(dir $(shell grep -rlE --include='*_test.go' '$(1)' cmd internal web))))

npm_parts := static/node_modules/.complete
assets := static/dist/manifest.json
asset_sources := $(shell find static/css static/js static/img web/asset 2>/dev/null)

test race soak: export ASSAY_HUMANEVAL ?= $(humaneval)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 17

.PHONY: run
run: machine-run build ## Install what is missing, build, and serve Assay
	@exec ./bin/assay serve

.PHONY: test
test: machine-test $(assets) ## Install what is missing, and run every test
	@echo 'test: go test ./... (the first time compiles everything)'
	@go test -shuffle=on -timeout 14m ./...
	@$(MAKE) --no-print-directory race

.PHONY: race
race: $(assets) ## Run the concurrent packages under the race detector
	@if command -v "$$(go env CC)" >/dev/null; then \
		echo 'race: $(racy)'; CGO_ENABLED=1 go test -race -timeout 14m $(racy); \
	else echo 'race: left out, it takes a C compiler (such as gcc) and there is none'; fi

.PHONY: soak
soak: machine-test $(assets) ## Run the long tests (build tag soak)
	@echo 'soak: the tests of the files tagged soak'
	@go test -tags soak -run '^TestSoak' -count=1 -v -timeout 2h $(or $(call packages_with,^//go:build soak),$(error there is no soak test yet))

.PHONY: bench
bench: machine-test $(assets) ## Measure speed and size (bench=NAME for some)
	@echo 'bench: one package after the other; keep the machine quiet'
	@go test -run '^$$' -bench '$(bench)' -timeout 1h $(call packages_with,^func Benchmark)

.PHONY: check
check: ## Look for stale generated code, gofmt, tidy, vet and staticcheck
	@tools/check.sh

.PHONY: generate
generate: ## Write the code that comes from queries and templates
	@echo 'generate: sqlc (its first build takes a minute or two)'
	@$(tool) sqlc generate
	@echo 'generate: templ'
	@$(tool) templ generate -log-level warn

.PHONY: build
build: $(assets) ## Build bin/assay
	@echo 'build: bin/assay'
	@go build -o bin/assay ./cmd/assay

.PHONY: dev
dev: machine-run $(assets) ## Serve, and start again when a template or Go file changes
	@$(tool) templ generate --watch --cmd 'go run ./cmd/assay serve'

.PHONY: doctor
doctor: build ## Say what Assay finds on this machine and what is missing
	@./bin/assay doctor

.PHONY: clean
clean: ## Remove what was built and downloaded here (not .assay, your data)
	@rm -rf bin static/node_modules
	@find static/dist -mindepth 1 ! -name .gitkeep -delete

.PHONY: machine-run machine-test
machine-run machine-test: machine-%:
	@tools/setup.sh $*

$(npm_parts): static/package.json static/package-lock.json static/fonts.mjs
	@echo 'setup: npm ci in static (fonts and scripts of the pages)'
	@cd static && npm ci --include=dev --loglevel=error >/dev/null
	@test -d static/node_modules/.fonts || { cd static && node fonts.mjs; }
	@touch $@

$(assets): $(npm_parts) $(asset_sources)
	@echo 'build: style sheet, script and fonts into static/dist'
	@go run ./web/asset/cmd/build
