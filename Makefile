# make report   the default studies, told in build/reports/
# make reports  every study: further laws, composed laws
# make test     lint, types, tests (what .ci/run calls)
# make look     screenshots of the pages, the TeX compiled, source code held against enclosures; needs Chromium and TeX
# make verify   every test, those of the extras too, with a fresh seed, which is printed, then the mutation score;
#               fails if a mutant survives
# make bench    every benchmark, one after the other, written to bench/RESULTS.md; make bench PEERS=PYTHON takes the peers
#               from the environment of that interpreter
# make docs     docs/CLAIMS.md and docs/API.md from claims and docstrings, and what type checkers see
# make clean    everything that was made
#
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready

# One lock for what is installed and, by either of pip's two ways, for what builds it.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Tests start a hundred processes: what is imported is compiled once, not in each of them.
unexport PYTHONDONTWRITEBYTECODE

DEFAULT_STUDIES := $(patsubst %,reports/studies/%.toml,textbook production_trace schemes)

.PHONY: report reports test look verify bench docs clean
.DELETE_ON_ERROR:

report: $(READY)
	$(RUN)/staleproof report $(DEFAULT_STUDIES)

reports: $(READY)
	$(RUN)/staleproof report reports/studies/*.toml

test: $(READY)
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	@$(RUN)/mypy & types=$$!; \
	echo "mypy beside pytest -n 2 --dist worksteal"; \
	$(RUN)/python -m pytest -n 2 --dist worksteal; tests=$$?; \
	wait $$types && exit $$tests

look: $(READY)
	$(RUN)/python tests/look.py

verify: $(READY)
	$(RUN)/python -m pip install --quiet -e '.[test,parquet,xarray]'
	@seed=$${STALEPROOF_SEED:-$$($(RUN)/python -c 'import secrets; print(secrets.randbelow(2**32))')}; \
	echo "to repeat this run: make verify STALEPROOF_SEED=$$seed"; \
	STALEPROOF_SEED=$$seed HYPOTHESIS_PROFILE=verify STALEPROOF_CHECKS= \
	$(RUN)/python -m pytest -m "slow or not slow" --hypothesis-seed=$$seed
	$(RUN)/python -m verify.mutants.score

bench: $(READY)
	$(RUN)/python bench/results.py $(PEERS)

docs: $(READY)
	$(RUN)/python docs/pages.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .ruff_cache .mypy_cache
	find derive numeric verify tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; try: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/python -m pip install --quiet -e '.[test]'
	@touch $(READY)
