# The front desk for habits. Each target is a line or two that also runs by hand.
PY ?= python3
BIN := .venv/bin
STAMP := .venv/.requirements

.PHONY: help install serve test trial lint format types docs bench lock

help:            ## what can be done here
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1	/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	$(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.requirements-dev: $(STAMP) requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(STAMP) ## make .venv from the locked requirements; leaves .venv/bin/memorial

serve: $(STAMP)  ## the archive at http://127.0.0.1:8000, with the starter collection
	$(BIN)/memorial serve

test: .venv/.requirements-dev ## run all tests
	$(BIN)/python -m pytest -m "not trial" -n auto

trial: .venv/.requirements-dev ## floods, mass kills, mutation: long, with dated output in docs/trials/
	$(BIN)/python -m pytest -m trial
	MEMORIAL_TEST_ENGINES=both $(BIN)/python -m pytest -m "not trial" -n auto tests/web
	$(BIN)/python tests/mutation.py

lint: .venv/.requirements-dev ## ruff
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: .venv/.requirements-dev ## let ruff format
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: .venv/.requirements-dev ## mypy --strict on the inner rings
	$(BIN)/mypy

docs: .venv/.requirements-dev ## every setting, command, state and door is documented
	$(BIN)/python -m pytest tests/test_docs.py

bench: .venv/.requirements-dev ## measure beside a bare page of the same server
	$(BIN)/memorial bench

lock: .venv/.requirements-dev ## resolve the lock files anew
	$(BIN)/uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.lock
