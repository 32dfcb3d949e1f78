# Shortcuts for work on the code; CONTRIBUTING.md explains them.
# `make quick` creates the virtual environment .venv if there is none.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help quick test lint format docs site bench ci

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 10

.venv: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[dev]'
	@touch .venv

quick: .venv  ## the fast tests that start no process
	$(BIN)/python -m pytest -m "not process and not slow"

test: .venv  ## all tests
	$(BIN)/python -m pytest

lint: .venv  ## ruff and mypy, as in CI
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv  ## format the code, and sort imports
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

docs: .venv  ## write the generated pages and pictures
	$(BIN)/python docs/make.py

site: .venv  ## build the documentation as a site, with the playground
	$(BIN)/python -m website

bench: .venv  ## measure time and memory, in some minutes
	$(BIN)/python -m bench --no-peers

ci:  ## all checks that must pass before a change is merged
	.ci/run
