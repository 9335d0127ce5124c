# `make` alone prints what there is. Needs make and Python 3.11 or newer with venv; the rest comes by pip.

# The first Python that is new enough and can make virtual environments; PYTHON=... chooses another.
FIND_PYTHON = for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done
PYTHON ?= $(shell $(FIND_PYTHON))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
BUNDLE_PLATFORMS ?= $(shell uname -m)
BUNDLE_PYTHONS ?=
PYTHON_FILES := appliance modem web tests benchmarks .ci
SHELL_FILES := install.sh tests/run .ci/run systemd/aftercall.command

.DEFAULT_GOAL := help
.PHONY: help setup demo test peers check fix bench soak bundle lock clean

help:  ## print this
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "  make %-8s %s\n", $$1, $$2 }'

setup: $(VENV)/.tests  ## make .venv with everything the tests and checks need
	@:

demo: $(VENV)/.runtime  ## show the whole product with a simulated modem: no hardware, no root
	@$(BIN)/aftercall demo

test:  ## run all tests; sets up what it needs and says at the end what could not run
	@PYTHON="$(PYTHON)" tests/run $(TESTS)

peers: $(VENV)/.tests  ## let gammu-smsd and smstools3 drive the simulated modem (apt install gammu-smsd smstools)
	@$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m pytest tests/peers

check: $(VENV)/.tests  ## run the static checks: ruff, mypy, import-linter, shellcheck
	$(BIN)/ruff format --check --quiet $(PYTHON_FILES)
	$(BIN)/ruff check --quiet $(PYTHON_FILES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@if command -v shellcheck >/dev/null; then echo shellcheck $(SHELL_FILES); shellcheck $(SHELL_FILES); \
	elif [ "$${CI:-}" = true ]; then echo "shellcheck is missing" >&2; exit 1; \
	else echo "Not run: shellcheck (apt install shellcheck)"; fi

fix: $(VENV)/.tests  ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix --quiet $(PYTHON_FILES)
	$(BIN)/ruff format $(PYTHON_FILES)

bench: $(VENV)/.tests  ## run the benchmarks, the peers beside us (BENCH=--quick, --write renews benchmarks/RESULTS.md)
	$(BIN)/python -m benchmarks $(BENCH)

soak: $(VENV)/.tests  ## try 100,000 PDUs, every byte of a session, 10,000 replugs (SOAK="--minutes 10")
	$(BIN)/python -m tests.soak $(SOAK)

bundle: $(VENV)/.tests  ## make dist/aftercall-VERSION-ARCH.tar.gz for a box without network (BUNDLE_PLATFORMS, BUNDLE_PYTHONS)
	$(BIN)/python .ci/bundle.py --platforms $(BUNDLE_PLATFORMS) $(if $(BUNDLE_PYTHONS),--pythons $(BUNDLE_PYTHONS))

lock: $(VENV)/.tests  ## renew requirements.lock and requirements-test.lock (needs the network)
	$(BIN)/python .ci/lock.py

clean:  ## remove .venv, dist and caches
	rm -rf $(VENV) build dist demo-data *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(PYTHON_FILES) -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "No Python 3.11 or newer with venv was found. Remedy: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. Remedy: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV)

# Only what the product itself needs: `make demo` is somebody's first minute.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the product needs ..."
	@awk '/^setuptools==/ { on = 1 } on { print; if (!/\\$$/) exit }' requirements-test.lock >$(VENV)/build.lock
	@$(PIP) install --require-hashes -r requirements.lock -r $(VENV)/build.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tests: requirements-test.lock $(VENV)/.runtime
	@echo "Installing what the tests and checks need ..."
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@
