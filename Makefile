# A menu. `make` alone shows it.

FUZZTIME ?= 10s
KILLS ?= 200
LINT = go tool -modfile=tools/go.mod golangci-lint

.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

build: ## a static binary in dist/
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o dist/silkwire ./cmd/silkwire

demo: ## the demo: a made-up press, tagged, with a digest and pages
	go run ./cmd/silkwire demo

test: ## what the README says
	go test ./...

race: ## the same under the race detector
	go test -race -short ./...

lint: ## golangci-lint, in the version of tools/go.mod
	$(LINT) run ./...

fuzz: ## every fuzz target for FUZZTIME
	@tools/fuzz.sh $(FUZZTIME)

kill: ## SIGKILL a writing process KILLS times, and a mailing one as often in each of its states
	SILKWIRE_KILLS=$(KILLS) go test -count=1 -timeout 0 -v -run SIGKILL ./store/bolt ./cmd/silkwire

bench: ## benchmarks
	go test -run '^$$' -bench . -benchmem ./tagger ./text ./store/bolt

eval: ## measure the tagger on the demo world's labelled items
	go run ./cmd/silkwire eval --gold demo/items.jsonl

taxonomy: ## check the taxonomy and run its test sentences
	go run ./cmd/silkwire taxonomy lint
	go run ./cmd/silkwire taxonomy test

container-check: ## the Dockerfile's steps, without a container engine
	./contrib/container-check.sh

.PHONY: help build demo test race lint fuzz kill bench eval taxonomy container-check
