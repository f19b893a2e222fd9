# make demo   sets everything up and runs the main job on the sample book
# make test   sets everything up and passes the tests
# make setup  builds .venv, the run-time environment: .venv/bin/hotich
# make lint   ruff and mypy --strict

VENV     := .venv
DEV      := .venv-dev
DEMO_OUT := demo-out
PYTHON   ?= $(shell sh scripts/find_python.sh)
# The suite on the machine's cores, four at the most; a file's tests stay together.
WORKERS  ?= -n logical --maxprocesses 4 --dist loadgroup --no-loadscope-reorder
SOURCES  := common preprocessing models extract annotation hotich tests

.PHONY: demo test setup dev lint format system browser clean

demo: setup
	$(VENV)/bin/python -m hotich.demo --out $(DEMO_OUT)

test: setup dev browser
	$(DEV)/bin/python -m pytest $(WORKERS)

lint: dev
	$(DEV)/bin/ruff check $(SOURCES)
	$(DEV)/bin/ruff format --check $(SOURCES)
	$(DEV)/bin/mypy

format: dev
	$(DEV)/bin/ruff check --fix $(SOURCES)
	$(DEV)/bin/ruff format $(SOURCES)

setup: $(VENV)/.stamp

dev: $(DEV)/.stamp

system:
	sh scripts/system_packages.sh

browser:
	sh scripts/system_packages.sh chromium

$(VENV)/.stamp: pyproject.toml constraints.txt | system
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(DEV)/.stamp: pyproject.toml constraints.txt | system
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(DEV)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train,synth,notebooks,dev]'
	touch $@

clean:
	rm -rf $(VENV) $(DEV) $(DEMO_OUT) build *.egg-info
