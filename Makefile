# Every target sets up .venv by itself, from the lock files, with hashes.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= castgraph-data
TEST_PROCESSES ?= 2
BIN := .venv/bin

.PHONY: help setup serve test lint bench bench-ask bench-catalog bench-links soak lock facts clean

help:
	@echo "make serve    build the bundled snapshot and serve it at http://$(HOST):$(PORT)"
	@echo "make test     run the tests, TEST_PROCESSES=2 at a time        make lint    ruff and mypy --strict"
	@echo "make bench    run the benchmarks   make setup   make .venv"
	@echo "make bench-ask  questions: right, wrong and missed, and how fast; FULL=--full asks all"
	@echo "make bench-catalog  whole catalogues: time, memory and disk, and how they grow"
	@echo "make bench-links   measure links on the five sets of ../shared"
	@echo "make soak     mixed load on a real server for SOAK_MINUTES=5; fails where a promise is broken"
	@echo "make lock     renew the lock files (needs uv)"

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "castgraph needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }

# What running needs; what developing needs comes on top.
.venv/.installed: requirements.lock pyproject.toml | .venv/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.developing: requirements-dev.lock .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: .venv/.installed

serve: .venv/.installed
	$(BIN)/castgraph serve --data $(DATA) --host $(HOST) --port $(PORT)

test: .venv/.developing
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile

lint: .venv/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.developing
	$(BIN)/python -m benchmarks

# Questions in words: the repository's sets, made from a cast table, MetaQA's. CASTGRAPH_BENCH_DATA=FOLDER keeps the snapshots.
bench-ask: .venv/.developing
	$(BIN)/python -m benchmarks.asking $(FULL)

.venv-morph/.installed: benchmarks/morph/requirements.txt
	$(PYTHON) -m venv .venv-morph
	.venv-morph/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

# One table against morph-kgc; whole catalogues of growing size (the curve goes to catalog-growth.svg): minutes; then the endpoint
# over the cast tables. CASTGRAPH_BENCH_DATA=FOLDER keeps the snapshots.
bench-catalog: .venv/.developing .venv-morph/.installed
	$(BIN)/python -m benchmarks --only mapping --only catalog --only catalog-endpoint

bench-links: .venv/.developing
	$(BIN)/python -m benchmarks --only links --only links_evidence --only links_people

# Settings: SOAK_MINUTES, SOAK_ROUND, SOAK_CLIENTS, SOAK_WORKERS, SOAK_KILL_EVERY (see tests/soak/__main__.py).
soak: .venv/.developing
	$(BIN)/python -m tests.soak

# The fact sheets, made again from the full captures.
facts: .venv/.installed
	$(BIN)/python -m castgraph.sheets ../shared/captures graph/facts

lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --group bench -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock

clean:
	rm -rf .venv .venv-morph build dist *.egg-info castgraph-data .pytest_cache .mypy_cache .ruff_cache .hypothesis
