# One set of commands, for people and for CI. `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check security dist format generate generate-check schema schema-upgrade bench live clean docs docs-serve pictures sdk-oracle

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installs into $(VENV), and says so: nobody should look at a silent terminal for a minute. $(1): what; $(2): in words.
define install
	@test -x $(BIN)/python || { echo "Making an environment in $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing into $(VENV): $(2). This happens once, and may take a minute or two ..."
	@if command -v uv >/dev/null; then \
	    VIRTUAL_ENV=$(VENV) uv pip install --quiet $(1); \
	else \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); \
	fi
	@echo "Installed."
	@touch $@
endef

$(READY): pyproject.toml
	$(call install,--editable . --group dev,py-wikijs with all its extras and the tools of development)

comma := ,
# The demo needs the client and the sandbox, and names the command at its end; where everything is installed nothing is done.
$(VENV)/.ready-demo: pyproject.toml
	$(if $(wildcard $(READY)),@touch $@,$(call install,--editable '.[cli$(comma)sandbox]',py-wikijs$(comma) its command and its sandbox))

setup: $(READY) ## create .venv with everything needed for development

demo: $(VENV)/.ready-demo ## do the main job before your eyes
	@$(BIN)/python examples/demo.py

# Many tests wait, for a process or a clock: half as many again as there are cores, usually 2.
WORKERS ?= 3

test: $(READY) generate-check ## run all tests with coverage
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term --cov-report=html:.stamps/coverage

test-all: ## run all tests on each Python from 3.11 to 3.14 that is installed
	@for version in 3.11 3.12 3.13 3.14; do \
	    if ! python$$version --version >/dev/null 2>&1; then echo "python$$version is not installed; skipped"; continue; fi; \
	    echo "== Python $$version"; \
	    $(MAKE) --no-print-directory test-one VENV=.stamps/python$$version PYTHON=python$$version || exit 1; \
	done

.PHONY: test-one
test-one: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS)

check: $(READY) ## format check, lint, spelling, import contracts, mypy --strict, pyright strict
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs examples wikijs
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/pyright

security: $(READY) ## look for known weaknesses of dependencies, and for bandit's patterns in the code
	$(BIN)/ruff check --select S wikijs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python -m pip_audit --skip-editable

dist: $(READY) ## build the wheel and the source archive into dist/, check them, try the wheel
	@rm -rf dist
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build twine
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*
	$(BIN)/python -m pytest -q tests/packaging/test_wheel.py

format: $(READY) ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: $(READY) ## compile schema/ and queries/ into generated/; write docs/errors.md and openapi.json
	$(BIN)/python -m wikijs.codegen
	$(BIN)/python docs/errors.py
	$(BIN)/python docs/events.py
	$(BIN)/python -m wikijs.gateway.contract docs/openapi.json
	@$(BIN)/python -m wikijs.codegen --check 2>/dev/null || $(BIN)/python -m wikijs.codegen  # the contract is a source too

generate-check: $(READY) ## fail when generated/ is not what `make generate` writes
	$(BIN)/python -m wikijs.codegen --check
	$(BIN)/python -m wikijs.gateway.contract --check docs/openapi.json

schema: $(READY) ## report how many operations each Wiki.js version since 2.0.1 serves
	$(BIN)/python -m wikijs.codegen.reading.versions

schema-upgrade: $(READY) ## take over the schema of another Wiki.js: URL=... or SDL=..., and VERSION= where it cannot be read
	@$(BIN)/python -m wikijs.schema_tools.upgrade $(if $(URL),--url '$(URL)') $(if $(SDL),--sdl '$(SDL)') \
	    $(if $(VERSION),--server-version '$(VERSION)') $(if $(REPORT),--report '$(REPORT)') -- $(TESTS)

docs: $(READY) ## build the documentation's site into .stamps/site, with broken links as errors
	cd docs && ../$(BIN)/python -m website

pictures: $(READY) ## make the pictures of the command line and what the reference says that commands print, from real runs
	$(BIN)/python docs/screenshots.py
	cd docs && ../$(BIN)/python -m website.running

docs-serve: $(READY) ## serve the documentation's site on this machine
	cd docs && ../$(BIN)/python -m website --serve

sdk-oracle: $(READY) ## compare the types of the npm package with those of graphql-codegen (needs Node)
	$(BIN)/python -m tests.typescript.oracle
	$(BIN)/python -m pytest -q tests/typescript/test_types.py

bench: $(READY) ## measure: each number beside a peer or a floor
	$(BIN)/python benchmarks/run.py

live: $(READY) ## run the tests that need a real Wiki.js at WIKIJS_URL
	$(BIN)/python -m pytest -m live

clean: ## remove the environment and caches
	rm -rf $(VENV) .stamps .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
