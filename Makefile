# make lab   the workshop in JupyterLab        make test       the whole suite, minutes
# make run   the workshop in the terminal      make test-long  what takes longer
# make check formatting, types, layers           make bench      how fast it is, beside others

.DEFAULT_GOAL := lab
.PHONY: lab run test test-long check bench clean

VENV := .venv
WORKSHOP := $(VENV)/bin/workshop

# The first Python that is new enough; name another with `make lab PYTHON=…`.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

ifdef VERBOSE
QUIET :=
else
QUIET := --quiet
endif

lab: $(VENV)/.installed
	@$(WORKSHOP) lab

run: $(VENV)/.installed
	@$(WORKSHOP) run

# Two at a time, a file's tests together: much of their time is waiting for processes to start.
PYTEST := $(VENV)/bin/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.installed-for-tests
	$(PYTEST) -m "not long"

test-long: $(VENV)/.installed-for-tests
	$(PYTEST)

# The clouds it is compared with get environments of their own under build/, made with pip.
bench: $(VENV)/.installed-for-tests
	$(VENV)/bin/python -m tests.benchmarks $(PARTS)

check: $(VENV)/.installed-for-tests
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or name it: make lab PYTHON=/path/to/python3"; exit 1; }
	@echo "Making an isolated environment in $(VENV) …"
	@if command -v uv >/dev/null; then uv venv $(QUIET) --seed --allow-existing --python $(PYTHON) $(VENV); \
	else $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt install python3-venv, or use the environment.yml"; exit 1; }; fi
	@touch $@

# What Jupyter looks for is copied into the environment when the workshop is installed.
COPIED := $(wildcard workshop_lib/jupyter_extension/*.json) \
	$(wildcard workshop_lib/jupyter_extension/labextension/*.json workshop_lib/jupyter_extension/labextension/*/*.js)

$(VENV)/.installed: pyproject.toml $(COPIED) $(VENV)/.made
	@echo "Installing, a minute or two the first time …"
	@if command -v uv >/dev/null; then uv pip install $(QUIET) --python $(VENV) -e .; \
	else $(VENV)/bin/python -m pip install $(QUIET) --disable-pip-version-check -e .; fi
	@touch $@

$(VENV)/.installed-for-tests: pyproject.toml $(COPIED) $(VENV)/.made
	@echo "Installing with the tests' tools, a minute or two the first time …"
	@if command -v uv >/dev/null; then uv pip install $(QUIET) --python $(VENV) -e '.[test]'; \
	else $(VENV)/bin/python -m pip install $(QUIET) --disable-pip-version-check -e '.[test]'; fi
	@touch $@ $(VENV)/.installed

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
