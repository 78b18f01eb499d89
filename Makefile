# The verbs of this project; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo up test test-engines faults engines check gen bench lock

# Dozens of short processes are started here: none should compile anew what another one has compiled.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
bin := .venv/bin
compile = $(bin)/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
  --no-emit-index-url --no-header --no-annotate --generate-hashes

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: .venv/.installed ## See real checks run through the whole system on a sample shop, then stop everything
	@$(bin)/dq demo $(ARGS)

up: .venv/.installed ## Keep the whole system running on this machine, without Docker, until Ctrl-C
	@$(bin)/dq up $(ARGS)

test: .venv/.installed ## Run the tests against real PostgreSQL, Redis, MariaDB and DuckDB
	@$(bin)/pytest -m "not engines" --numprocesses 2 --dist loadfile $(ARGS)

test-engines: .venv/.installed ## Run the tests of engines whose stand-ins have an environment of their own
	@$(bin)/pytest -m engines --numprocesses 2 --dist loadfile $(ARGS)

faults: .venv/.installed ## Kill, pause and cut things under real processes, then check the books; ARGS="--seconds 600 --seed 7"
	@$(bin)/python -m tests.faults $(ARGS)

engines: .venv/.installed ## Run what is true of every engine on every server there is, and write the table in docs/engines.md
	@$(bin)/pytest -q --numprocesses 2 --dist loadfile --engines-report .cache/engines.json tests/contract tests/integration/sensors
	@$(bin)/python -m tests.contract.table .cache/engines.json

check: .venv/.installed ## Run every check that reads code: style, types, architecture, contract, drift
	@scripts/check.sh

gen: .venv/.installed ## Write dq/v1 again from protos/, and docs/catalog.md from the catalogue
	@scripts/generate.sh

bench: .venv/.installed ## Print the speed promises as ratios measured now
	@$(bin)/python -m benchmarks $(ARGS)

lock: .venv/.installed ## Choose the newest allowed dependencies and write the two lock files
	@$(compile) --upgrade --all-extras -o requirements-dev.lock
	@$(compile) --extra all --extra otel -c requirements-dev.lock -o requirements.lock

.venv/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Installing what requirements-dev.lock names into .venv ..."
	@test -x $(bin)/python || $(PYTHON) -m venv .venv
	@$(bin)/python -m pip install -q --disable-pip-version-check "$$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements-dev.lock)"
	@$(bin)/uv pip sync -q --require-hashes --python $(bin)/python requirements-dev.lock
	@$(bin)/uv pip install -q --python $(bin)/python --no-deps -e .
	@touch $@
