# The commands of Handheld Mailbox: `make` or `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv/bin

.PHONY: help python run test test-all faults bench test-services check setup lock
help: ## this list
	@echo "Handheld Mailbox"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "  Python is missing: run \`apt install python3 python3-venv\`, then try again."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "  $(PYTHON) is older than 3.11: name a newer one, for example \`PYTHON=python3.12 make run\`."; exit 1; }

run: python ## the whole program: PORT=8000, DEMO=0, DEMO_CONNECTOR=csv, DATABASE_URL and REDIS_URL change what it does
	@$(PYTHON) -m hhcportal.run.bootstrap
	@exec $(VENV)/python -m hhcportal.run

# As modules (`python -m`): the checkout's `mailbox` has to come before the standard library's.
# A file's tests share what they start, in the order that tests/conftest.py gives. They start hundreds
# of processes: where nothing compiled may be kept, each would compile the same source again.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(VENV)/python -m pytest --numprocesses 5 --dist loadfile --no-loadscope-reorder --durations 15 --durations-min 8
test: setup ## every test, on PostgreSQL and Valkey of its own (PYTEST_ADDOPTS narrows it down)
	@$(PYTEST)

test-all: setup ## the same with more records, longer outages, more examples (SEED=… repeats a run's)
	@seed=$${SEED:-$$(date +%s)}; echo "  SEED=$$seed"; \
	  LONG_FIGURES=1 $(PYTEST) --hypothesis-seed=$$seed

# What these would add costs minutes and no other SQL.
NO_SQL := act browser journeys hostile clients run faults planted waiting
test-services: setup ## the tests of the SQL, on the services that DATABASE_URL and REDIS_URL name
	@test -n "$$DATABASE_URL" -a -n "$$REDIS_URL" || { \
	  echo "  DATABASE_URL and REDIS_URL have to name the services to test on."; exit 1; }
	@$(PYTEST) $(NO_SQL:%=--ignore=tests/%)

faults: setup ## kill, pause and cut everything for half an hour; nothing may be lost (SEED=…)
	@$(VENV)/python -m tests.faults

bench: setup ## how fast it is, beside yardsticks measured in the same run
	@$(VENV)/python -m tests.bench

check: setup ## lint, format, types, import direction, migrations, translations, check --deploy
	@$(VENV)/python -m hhcportal.run.check

setup: python ## the virtual environment .venv with everything that running, testing and checking need
	@$(PYTHON) -m hhcportal.run.bootstrap --dev

# Needs uv (`pip install uv`). Universal: one lock for every platform, with hashes, naming no index.
UV_COMPILE := uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"
lock: ## pin the dependencies of pyproject.toml anew into the three requirements files
	@$(UV_COMPILE) --group server -o requirements.txt
	@$(UV_COMPILE) --group dev -c requirements.txt -o requirements-dev.txt
	@$(UV_COMPILE) --group embedded -c requirements.txt -o requirements-embedded.txt
