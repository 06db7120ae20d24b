# Every target that a person types has a line after two hashes; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint suite bench containers format schema reference examples licences constraints wheel clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv-demo/made  ## Install, load the curated seeds, ask the README's questions (no Java, no Docker)
	@.venv-demo/bin/python docs/demo.py README.md

test: lint suite  ## All that CI checks, on the embedded engine and on Neo4j

lint: .venv/made  ## Format, lint, layers, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy --strict kb

suite: .venv/made  ## The tests alone
	$(BIN)/pytest --numprocesses auto --dist worksteal

bench: .venv/made  ## Time loads against a bare loop of the driver (PEOPLE=20000; on NEO4J_URI if it is set: emptied)
	$(BIN)/python -m benchmarks.load $(PEOPLE)

containers: .venv/made  ## The test against a Neo4j container (starts a Docker daemon when root and none runs)
	tests/containers/run $(BIN)/python

format: .venv/made  ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/made  ## Write cypher/schema.cypher and seeds/seeds.schema.json again, after a change of the ontology
	$(BIN)/kb schema --format cypher > .venv/schema.cypher
	$(BIN)/kb schema --format jsonschema > .venv/seeds.schema.json
	mv .venv/schema.cypher cypher/schema.cypher
	mv .venv/seeds.schema.json seeds/seeds.schema.json

reference: .venv/made  ## Write the pages of docs/reference again, after a change of commands, ontology or queries
	$(BIN)/python docs/reference.py

examples: .venv/made  ## Write the output of the commands in README and docs again
	$(BIN)/python docs/examples.py

licences: .venv/made  ## Write docs/reference/licences.md again, after a change of the libraries
	$(BIN)/python docs/licences.py > .venv/licences.md
	mv .venv/licences.md docs/reference/licences.md

constraints:  ## Raise every library to its newest version and pin it in constraints.txt
	rm -rf .venv-new
	$(PYTHON) -m venv .venv-new
	.venv-new/bin/python -m pip install --quiet --upgrade pip
	.venv-new/bin/python -m pip install --quiet --group dev --editable .
	{ sed -n '/^#/p' constraints.txt; .venv-new/bin/python -m pip freeze --all --exclude-editable --exclude setuptools; } > .venv-new/constraints.txt
	mv .venv-new/constraints.txt constraints.txt
	rm -rf .venv-new

wheel: .venv/made  ## Build dist/*.whl
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:  ## Remove the environments, the caches and what was built
	rm -rf .venv .venv-demo .cache dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/made: pyproject.toml constraints.txt
	@$(call environment,.venv)
	$(BIN)/python $(INSTALL) --build-constraint constraints.txt --group dev --editable .
	@touch $@

.venv-demo/made: pyproject.toml constraints.txt
	@$(call environment,.venv-demo)
	.venv-demo/bin/python $(INSTALL) --build-constraint constraints.txt --editable .
	@touch $@

# $(call environment,FOLDER): an empty virtual environment with the pip that constraints.txt names.
define environment
command -v $(PYTHON) > /dev/null || { echo "No $(PYTHON) here: install Python 3.11 or newer, or say make PYTHON=/path/to/python"; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
    { echo "$$($(PYTHON) --version) is too old, 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
    { echo "$(PYTHON) cannot make virtual environments: on Debian and Ubuntu, apt-get install python3-venv"; exit 1; }; \
echo "Making $(1) with $$($(PYTHON) --version)"; \
$(PYTHON) -m venv --clear $(1); \
$(1)/bin/python $(INSTALL) --upgrade pip
endef
