# Everything a newcomer needs: `make brief` and `make test`. Needs Python 3.11 or newer, and the package index once.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PAIR   ?= CHN RUS
GROUPS_TEST := --group test
GROUPS_LINT := --group test --group lint

.PHONY: brief test lint bench release clean

brief: $(VENV)/.run
	$(BIN)/landbridge brief $(PAIR)

# Two workers share the cores: threads of their own in every matrix product would only wait for each other.
test: $(VENV)/.test
	OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.run
	$(BIN)/python scripts/bench.py
	$(BIN)/python scripts/bench_equilibrium.py
	$(BIN)/python scripts/bench_corridors.py

# WHEEL=path to the pinned sanction-simulator wheel rebuilds the accounts too.
release: $(VENV)/.build
	$(BIN)/python scripts/build_release.py $(if $(WHEEL),--wheel $(WHEEL))

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Landbridge needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "The venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(VENV)/.run: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/pip $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(GROUPS_TEST)
	@touch $@

$(VENV)/.lint: pyproject.toml | $(BIN)/pip $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(GROUPS_LINT) --group build
	@touch $@

$(VENV)/.build: pyproject.toml | $(BIN)/pip $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group build
	@touch $@
