# The commands of the project. `make demo` and `make test` work on a fresh clone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := demo

PREFIX ?= /usr/local
DESTDIR ?=
# The benchmark that `make bench` runs, with its arguments; without one, all but encode and the headline.
BENCH ?=
FUZZ ?=
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1
PROGRAM := .build/release/batchrun
PROGRAMS := batchrun batchrun-encode
# Kept apart from the ordinary build, whose products would be linked anew each time.
STATIC := --static-swift-stdlib --scratch-path .build/static
SOURCES := Sources Tests $(wildcard benchmarks) Package.swift

.PHONY: demo test test-remote fuzz cluster cluster-stop release install bench headline lint docs data \
  packages test-fresh clean

demo: packages
	for program in $(PROGRAMS); do swift build -c release --product $$program; done
	tools/demo.sh $(PROGRAM)

# One configuration for everything. Nothing is imported as testable, so the tests link with what lint
# has built.
test: lint
	tools/install-remote-packages.sh
	tools/run-tests.sh

# Invents pages, selectors, lists and more until something breaks: minutes, and no part of `make test`.
# FUZZ names what is fuzzed, all of it without; FUZZ_SECONDS is for each, FUZZ_SEED repeats a run.
fuzz: packages
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$(FUZZ_SEED) tools/fuzz.sh $(FUZZ)

# Only the tests with the engines themselves: a Slurm cluster, an S3 server, functions.
test-remote: packages
	tools/install-remote-packages.sh
	tools/run-tests.sh --filter RemoteTests

# A Slurm cluster, an S3 server and functions on this machine, to try `--on` with.
cluster: packages
	tools/install-remote-packages.sh
	for program in $(PROGRAMS); do swift build -c release --product $$program; done
	tools/cluster/all.sh start

cluster-stop:
	tools/cluster/all.sh stop

# Optimised, with the Swift runtime inside and without symbols: build/ can be copied elsewhere.
release: packages
	for program in $(PROGRAMS); do swift build -c release --product $$program $(STATIC); done
	mkdir -p build
	for program in $(PROGRAMS); do \
	  strip -o build/$$program "$$(swift build -c release $(STATIC) --show-bin-path)/$$program"; \
	done
	build/batchrun help --man > build/batchrun.1
	for shell in bash zsh fish; do build/batchrun completion $$shell > build/completion.$$shell; done

install: release
	install -d "$(DESTDIR)$(PREFIX)/bin"
	for program in $(PROGRAMS); do install -m 755 build/$$program "$(DESTDIR)$(PREFIX)/bin/"; done
	install -D -m 644 build/batchrun.1 "$(DESTDIR)$(PREFIX)/share/man/man1/batchrun.1"
	install -D -m 644 build/completion.bash \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/batchrun"
	install -D -m 644 build/completion.zsh \
	  "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_batchrun"
	install -D -m 644 build/completion.fish \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/batchrun.fish"

bench: packages
	for program in $(PROGRAMS) sample-program; do swift build -c release --product $$program; done
	swift run -c release benchmarks $(BENCH)

headline: packages
	swift build -c release --product batchrun
	swift run -c release benchmarks headline

lint: packages
	swift format lint --strict --recursive $(SOURCES)
	swift build -c release --explicit-target-dependency-import-check error
	if [[ -x tools/check-kernels.sh ]]; then tools/check-kernels.sh; fi

docs:
	tools/docs.sh build/docs

# The inputs that the documentation names: firms.csv, options.csv, series.csv, big.csv, urls.txt,
# long.mkv, video.
data: packages
	swift run -c release benchmarks data .

packages:
	tools/install-packages.sh

test-fresh:
	tools/test-fresh.sh

clean:
	rm -rf .build build
