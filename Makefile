# Everything runs in .venv; nothing else on the machine is touched.
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null \
	&& { echo $$p; break; }; done)
export GX_ANALYTICS_ENABLED := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-full test-browser bench bench-quick null-rates reference lint format docs lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## make .venv with the locked packages

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "cytomart needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: make setup PYTHON=/path/to/python3.12"; exit 2; }
	@echo "Setting up .venv with $(PYTHON) (about two minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## simulate the founding study, load, test, gate, publish and report it
	@$(BIN)/cytomart demo

test: $(STAMP) ## run the tests (no Java, R or browser needed)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser"

test-full: $(STAMP) ## the long fault, fuzz and seed suites as well
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser"

test-browser: $(STAMP) ## the report in headless Chromium (extra: needs chromium)
	@$(BIN)/python -m pytest -m browser

bench: $(STAMP) ## pairs against limma, written to docs/performance.md (extra: needs R; half an hour)
	@$(BIN)/python -m benchmarks.reading
	@$(BIN)/python -m benchmarks.signal
	@$(BIN)/python -m benchmarks.moderated

bench-quick: $(STAMP) ## the same at small sizes, only shown (under three minutes)
	@$(BIN)/python -m benchmarks.reading --quick
	@$(BIN)/python -m benchmarks.signal --quick
	@$(BIN)/python -m benchmarks.moderated --quick

null-rates: $(STAMP) ## how often each test rejects a true null, written to docs/error-rates.md (ten minutes)
	@$(BIN)/python -m benchmarks.null_rates

reference: $(STAMP) ## make the R reference values again (extra: needs R)
	@sh tests/reference/run_all.sh

lint: $(STAMP) ## ruff, sqlfluff, mypy, import-linter
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint warehouse --processes 2
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## let ruff and sqlfluff format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@$(BIN)/sqlfluff fix warehouse --processes 2

docs: $(STAMP) ## regenerate the data dictionary and the CLI reference
	@$(BIN)/python -m cytomart.docs

lock: ## resolve requirements.lock again (versions and hashes, no index addresses)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-strip-extras --quiet -o requirements.lock

clean: ## remove the environment and build products (never a warehouse: data/ stays)
	@rm -rf $(VENV) target logs build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
