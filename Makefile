# Two commands: `make demo` runs the main job and opens on real pages; `make test` passes the tests.
# Each does all its own set-up. PYTHON may name any Python >= 3.11.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p) 2>/dev/null)))
BIN := .venv/bin

.PHONY: demo test install check lock clean screenshots

demo: install
	$(BIN)/babelscope demo

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml hatch_build.py $(wildcard frontend/src/*) frontend/package-lock.json
	$(PYTHON) scripts/check_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/.tools: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

test: .venv/.tools
	sh scripts/debian_packages.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Pins for everybody: hashes, no addresses of any registry.
lock:
	$(BIN)/python scripts/lock.py

clean:
	rm -rf .venv dist build src/babelscope/web/static frontend/node_modules
