# Everything a person or CI does, by name. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/.ready
.DEFAULT_GOAL := help
.PHONY: help setup demo test nightly lint generate bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## create .venv with locked dependencies and .venv/bin/routeproof

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found on PATH." >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "python -m venv failed (on Debian: apt-get install python3-venv)." >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup  ## the sample pull request, from its webhook to what is posted
	@$(BIN)/routeproof demo --output out/demo.html

test: setup lint  ## lint, types, contracts, docs and the tests
	$(BIN)/python -m pytest -n 2 -m "not nightly" --quiet

nightly: setup lint  ## everything, the long tests included
	$(BIN)/python -m pytest -n 2 --quiet

lint: setup  ## ruff, mypy, import contracts
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

generate: setup  ## write the generated pages and schemas again
	$(BIN)/python -m tests.docs.generate

bench: setup  ## speed and memory, as ratios to named peers in one run
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.rendering
	$(BIN)/python -m tests.bench.service

lock: setup  ## choose dependency versions anew (needs uv on PATH)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate \
	  --no-header --group dev --all-extras pyproject.toml --output-file requirements.lock
	$(BIN)/python -m tests.action.lock

clean:  ## remove what the targets made
	rm -rf .venv .venv-bench out .mypy_cache .ruff_cache .pytest_cache .hypothesis
