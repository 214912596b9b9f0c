# Every target sets up what it needs; `make` alone prints what there is.
PYTHON ?= python3
STACK  ?= dev
IMAGES ?= samples
PORT   ?= 8080
PINS    = requirements/run.txt requirements/dev.txt requirements/edge.txt
BIN     = .venv/bin

.DEFAULT_GOAL = help
.PHONY: help setup run test check format pins clean

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/done  ## .venv with everything pinned, and nothing else

.venv/done: $(PINS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

run: setup  ## the dev stack with samples/ on http://localhost:8080 (STACK=, IMAGES=, PORT=)
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

pins: setup  ## requirements/*.txt anew from requirements/*.in
	for part in edge run dev; do $(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make pins' requirements/$$part.in -o requirements/$$part.txt; done

clean:  ## removes what the other targets made
	rm -rf .venv build .coverage .coverage.*
