# A newcomer needs Python 3.11 or newer and make: `make demo` to see it, `make test` to check it.
PYTHON ?= python3
# Not `?=`: some shells export a HOST of their own, and it is not an address to listen on.
HOST := 127.0.0.1
PORT := 8000
UPGRADE :=

# Some machines forbid it for all of Python; the tests start many processes, and each would
# compile everything again.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The hashes in the lock vouch for every download. The project itself is built with the
# setuptools of the lock and never asks a registry.
INSTALL_LOCK = $(PIP) install --require-hashes -r
INSTALL_PROJECT = $(PIP) install --no-index --no-deps --no-build-isolation --editable .

.PHONY: help install install-dev demo test lint bench storm peers faults walks clients browser \
	screenshots lock clean

help:
	@echo 'make demo   serve the 2010 record and the practice talks on http://$(HOST):$(PORT)'
	@echo 'make test   run every test this machine can run'
	@echo 'make lint   check style, types and who imports whom'
	@echo 'make bench  what serving, the matrix, each page, posting a result and planning cost, how soon mails go'
	@echo 'make storm  ten thousand calendars at once'
	@echo 'make peers  the same calendar served by Radicale and Xandikos'
	@echo 'make faults what kills, races and broken rows do (make faults F=F7 for one)'
	@echo 'make walks  the long walks over routes, readers and values whole on both engines'
	@echo 'make clients calendar programs follow the talks: khal, Evolution, Thunderbird'
	@echo 'make browser more pages, for more people, wide, narrow and in the dark, looked at by axe'
	@echo 'make screenshots take the pictures of the README anew'
	@echo 'make lock   pin the packages again (make lock UPGRADE=--upgrade for newer ones)'
	@echo 'make clean  remove .venv and what the tests installed'

install: .venv/installed
install-dev: .venv/installed-dev

demo: install
	@exec $(BIN)/negotiations demo --host $(HOST) --port $(PORT)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo 'Python could not make .venv (on Debian: apt-get install python3-venv)' >&2; exit 1; }

.venv/installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing into .venv (once; about 220 MB) ...'
	@$(INSTALL_LOCK) requirements.lock
	@$(INSTALL_PROJECT)
	@touch $@

# The development set contains the other one with the same pins, so both stamps are set.
.venv/installed-dev: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the development packages into .venv (once) ...'
	@$(INSTALL_LOCK) requirements-dev.lock
	@$(INSTALL_PROJECT)
	@touch $(@D)/installed $@

tests/node_modules/installed: tests/package.json
	@if command -v npm >/dev/null; then \
		cd tests && npm install --no-package-lock --no-audit --no-fund --loglevel=error && touch node_modules/installed; \
	fi

# What a machine lacks is said before the tests, and pytest lists at its end what it skipped;
# with CI=true either is an error. (PostgreSQL comes with the development packages where the
# machine has none.)
RESULTS := .pytest_cache/results.xml
test: install-dev tests/node_modules/installed
	@lacking=; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| command -v google-chrome >/dev/null || lacking="$$lacking Chromium"; \
	command -v node >/dev/null && test -e tests/node_modules/installed || lacking="$$lacking node"; \
	$(BIN)/python -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("ical"))' \
		|| lacking="$$lacking libical"; \
	command -v openssl >/dev/null || lacking="$$lacking openssl"; \
	command -v khal >/dev/null || lacking="$$lacking khal"; \
	command -v strace >/dev/null || lacking="$$lacking strace"; \
	PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || lacking="$$lacking nginx"; \
	if [ -n "$$lacking" ]; then \
		echo "Left out, not on this machine:$$lacking"; \
		[ "$$CI" != true ] || exit 1; \
	fi
	$(BIN)/python -m pytest --numprocesses logical --dist worksteal --junit-xml=$(RESULTS) \
		|| { [ $$? = 1 ] && $(BIN)/python tests/once_more.py; }
	@if [ "$$CI" = true ] && grep -Eq 'type="pytest.skip"|"collection skipped"' $(RESULTS); then \
		echo 'With CI=true no test may be skipped; they are listed above.' >&2; exit 1; \
	fi

lint: install-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: install-dev
	$(BIN)/python tests/benchmarks/feeds.py
	$(BIN)/python tests/benchmarks/visibility.py
	$(BIN)/python tests/benchmarks/serving.py
	$(BIN)/python tests/benchmarks/matrix.py
	$(BIN)/python tests/benchmarks/posting.py
	$(BIN)/python tests/benchmarks/reminders.py
	$(BIN)/python tests/benchmarks/notices.py
	$(BIN)/python tests/benchmarks/showing.py
	$(BIN)/python tests/benchmarks/planning.py
	$(BIN)/python tests/benchmarks/busy.py

storm: install-dev
	$(BIN)/python tests/benchmarks/storm.py

# Two CalDAV servers in an environment of their own, in their newest versions.
peers: install-dev
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/pip --disable-pip-version-check --quiet install radicale xandikos
	$(BIN)/python tests/benchmarks/peers.py .venv-peers/bin/python

# The full rounds, of which the tests hold reduced ones: about two hours in all.
faults: install-dev
	$(BIN)/python tests/faults/run.py $(F)
	$(if $(F),,@$(MAKE) --no-print-directory walks)

# `make test` walks a part of the way, on PostgreSQL above all: tests/sharing.py.
walks: install-dev
	WHOLE_WALKS=1 $(BIN)/python -m pytest -m walks --numprocesses logical --dist worksteal

# Those that are quick run in the tests as well. What the machine lacks is left out and listed.
clients: install-dev tests/node_modules/installed
	$(BIN)/python -m pytest -m clients --numprocesses logical tests/clients

browser: install-dev tests/node_modules/installed
	$(BIN)/python -m pytest -m browser --numprocesses logical tests/pages

screenshots: install-dev
	$(BIN)/python tests/screenshots.py

# uv resolves for every platform and Python at once; it is not needed for anything else.
lock:
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && "$$tools/bin/pip" install --quiet uv && \
	compile() { "$$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command 'make lock' $(UPGRADE) "$$@" pyproject.toml; } && \
	compile --group build --extra planner --output-file requirements.lock && \
	compile --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .venv-peers tests/node_modules
