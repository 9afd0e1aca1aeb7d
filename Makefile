# `make serve` and `make test` set up everything they need on a fresh Debian or Ubuntu machine.
# Every recipe that runs long is one process (exec), so that a signal to make reaches it.
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
GENERATED := docs/charts docs/openapi.json approvals/translations
GENERATED_NOW = find $(GENERATED) -type f -exec sha256sum {} + | sort
POT := approvals/translations/messages.pot
# Hashes and no addresses: people install through mirrors.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-annotate
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal
ARGS ?=

.NOTPARALLEL:
.PHONY: help serve quick test soak bench pictures check lint generated charts openapi texts lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

serve:  ## start the service at http://127.0.0.1:8000 (PORT=… for another port); Ctrl-C stops it
	@exec ./bootstrap.sh run $(BIN)/guahao serve

quick:  ## rules, actions and queries on SQLite, under 90 seconds
	@TESTS=quick exec ./bootstrap.sh test $(PYTEST) $(ARGS)

test:  ## all that guards a release, on SQLite and PostgreSQL, some 20 minutes (ARGS="-k calendar" for some of it)
	@TESTS=test exec ./bootstrap.sh test $(PYTEST) $(ARGS)

soak:  ## what `make test` leaves out: long searches, races and replays, and pages on PostgreSQL too
	@TESTS=soak exec ./bootstrap.sh test $(PYTEST) $(ARGS)

bench:  ## measure the product beside others, 20 minutes (ROWS=1,2 for some rows, ROUNDS=3 for fewer rounds)
	@exec ./bootstrap.sh test $(BIN)/python -m tests.bench $(if $(ROWS),--rows $(ROWS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(APPROVALS),--approvals $(APPROVALS)) $(if $(ENGINES),--engines $(ENGINES)) $(ARGS)

pictures:  ## take the pictures of README and handbook anew, of the example city, some minutes
	@exec ./bootstrap.sh test $(BIN)/python -m tests.pictures $(ARGS)

check: lint generated test  ## exactly what CI runs: linters, generated files, tests, each once

lint:  ## format, linters, types and the order of imports
	@exec ./bootstrap.sh test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy approvals workflows wsgi.py migrations
	$(BIN)/lint-imports

generated:  ## make the generated files again; fails when that changes any of them
	@before=$$($(GENERATED_NOW)); $(MAKE) charts openapi texts || exit; \
	[ "$$before" = "$$($(GENERATED_NOW))" ] || { git status --short -- $(GENERATED); \
	echo "The generated files were out of date and have been made again: look at them and commit them."; exit 1; }

charts:  ## draw the charts and the handbook's tables anew
	@exec ./bootstrap.sh test $(BIN)/guahao charts

openapi:  ## write the description of the JSON API anew
	@exec ./bootstrap.sh test $(BIN)/guahao openapi --format json --indent 1 --output docs/openapi.json

texts:  ## collect the texts to translate and compile the translations
	@exec ./bootstrap.sh test
	$(BIN)/pybabel -q extract -F pyproject.toml -k lazy_gettext --no-location --sort-output -o $(POT) .
	$(BIN)/pybabel -q update -i $(POT) -d approvals/translations -N --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d approvals/translations
	@rm $(POT)

lock:  ## lock the newest allowed versions of all packages, with their hashes
	@exec ./bootstrap.sh test
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/lock.txt
	$(LOCK) pyproject.toml --output-file requirements/run.txt
	$(LOCK) pyproject.toml --group test --constraint requirements/run.txt --output-file requirements/test.txt
	$(LOCK) pyproject.toml --extra signing --constraint requirements/test.txt --output-file requirements/signing.txt
	$(LOCK) --group lock --output-file requirements/lock.txt
	$(LOCK) --group peers --output-file requirements/peers.txt

clean:  ## remove the virtual environment and caches; the data under var/ stays
	rm -rf .venv .venv-peers .setup.lock .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis test-results
	find approvals workflows migrations tests -name __pycache__ -prune -exec rm -rf {} +
