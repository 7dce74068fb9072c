# Needs Python 3.11 or later, git and make; everything else goes into .venv, from the hashed lock files.

VENV   := .venv
BIN    := $(VENV)/bin
CONFIG ?= config.yaml
JOBS   ?= 2
UV     := 0.13.9

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
INSTALL = $(PIP) -r requirements-build.lock && $(PIP) --no-build-isolation --use-pep517 -r
NOTICE_BOT = HOOK_SECRET="$${HOOK_SECRET:-$$(cat data/hook.secret)}" exec $(BIN)/python -m bot

# The newest Python on PATH that is new enough and can make a virtual environment.
FIND_PYTHON = for python in $${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do \
	if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$python; exit; fi; done; \
	echo "Python 3.11 or later, with its venv module, was not found (on Debian and Ubuntu: apt-get install" \
	"python3-venv). If it is not on PATH, name it: make PYTHON=/where/python3 ..." >&2; exit 1

##@ Use it

run: $(VENV)/.run data/hook.secret  ## start the service on config.yaml (CONFIG=other.yaml for another)
	@$(NOTICE_BOT) run --config $(CONFIG)

check: $(VENV)/.run data/hook.secret  ## config, templates, database, and whether the bot may post in each chat
	@$(NOTICE_BOT) check --config $(CONFIG)

preview: $(VENV)/.run data/hook.secret  ## read every notice in every language
	@$(NOTICE_BOT) preview --config $(CONFIG)

venv: $(VENV)/.run  ## only install what the service needs, into .venv

##@ Work on it

test: $(VENV)/.test  ## everything CI asks for: lint, then all tests
	@lint=0; $(MAKE) lint || lint=1; \
	$(BIN)/python -m pytest -n $(JOBS) || exit; \
	if [ $$lint = 1 ]; then echo "The tests passed, but lint did not: see the top, or run make lint." >&2; exit 1; fi

test-quick: $(VENV)/.test  ## the tests that take a moment, for while you work
	@$(BIN)/python -m pytest -q -n $(JOBS) -m "not slow"

lint: $(VENV)/.test  ## style, types and import directions
	@failed=0; \
	echo "ruff check";     $(BIN)/ruff check --quiet || failed=1; \
	echo "ruff format";    $(BIN)/ruff format --quiet --diff || failed=1; \
	echo "lint-imports";   $(BIN)/lint-imports || failed=1; \
	echo "mypy --strict";  $(BIN)/mypy || failed=1; \
	exit $$failed

format: $(VENV)/.test  ## put code into its one form
	@$(BIN)/ruff check --quiet --fix; $(BIN)/ruff format

bench: $(VENV)/.test  ## how fast it is on this machine
	@exec $(BIN)/python -m benchmarks

lock:  ## write the lock files anew from pyproject.toml, with the newest versions
	@python=$$($(FIND_PYTHON)) && $$python -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(COMPILE) --group build --output-file requirements-build.lock
	@$(COMPILE) pyproject.toml --extra postgres --extra s3 --output-file requirements.lock
	@$(COMPILE) pyproject.toml --extra postgres --extra s3 --group test --constraint requirements.lock \
		--output-file requirements-test.lock

COMPILE = build/lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:  ## remove what was made, except data/
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { print "\n" substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

.PHONY: run check preview venv test test-quick lint format bench lock clean help

# ── What the targets above stand on ──

$(BIN)/python:
	@python=$$($(FIND_PYTHON)) && $$python -m venv $(VENV)

# A stamp newer than its lock files says: all of it is installed.
$(VENV)/.run: requirements.lock requirements-build.lock | $(BIN)/python
	@echo "Installing what the service needs, once ..."
	@$(INSTALL) requirements.lock
	@touch $@

$(VENV)/.test: requirements-test.lock requirements-build.lock | $(BIN)/python
	@echo "Installing what the tests need, once ..."
	@$(INSTALL) requirements-test.lock
	@touch $@

# The shared secret of the sources in the shipped config.yaml: random, made once, readable by its owner only.
data/hook.secret: | $(BIN)/python
	@umask 077 && mkdir -p data && $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(24))' > $@
