# Every target sets up what it needs. A Python (3.11 or newer), git and make are enough to start with.

PYTHON ?= python3
VENV := .venv/bin/python
READY := .venv/ready

SYSTEM_PATH := $(PATH)
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
export JSII_NODE := $(CURDIR)/.tools/bin/node
export PYRIGHT_PYTHON_CACHE_DIR := $(CURDIR)/.tools/pyright
export CDK_DISABLE_CLI_TELEMETRY := true
# Without .pyc files the first import of aws_cdk takes six seconds, every time.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV

.NOTPARALLEL:
.PHONY: help synth test unit compat lint format integ bench clean

help:  ## What can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:[^#]*## /\t/' | expand -t 10

synth: $(READY)  ## The example app through a real `cdk synth`; neither Docker nor Node has to be there
	cd examples/app && cdk synth --quiet --no-notices

test: lint unit compat integ  ## Everything

unit: $(READY)  ## The tests that need no container engine and no network
	$(VENV) -m pytest tests --numprocesses auto

compat: $(READY)  ## The unit tests on the oldest Python with the lowest versions, and on the newest with the newest
	$(VENV) tools/compat.py

lint: $(READY)  ## Style and types
	ruff check
	ruff format --check
	mypy
	pyright --warnings --pythonpath $(VENV)

format: $(READY)  ## Put the code into its one form
	ruff check --fix
	ruff format

integ: $(READY)  ## Real CDK, real containers; without an engine those tests are skipped (with CI=true: fail)
	$(VENV) -m integ.setup
	$(VENV) -m pytest integ -rs --numprocesses auto --dist loadgroup

bench: $(READY)  ## Measure side by side with aws-lambda-python-alpha, and write docs/benchmarks.md
	$(VENV) -m integ.setup
	$(VENV) -m benchmarks.bundling

$(READY): pyproject.toml tools/bootstrap.py
	PATH="$(SYSTEM_PATH)" $(PYTHON) tools/bootstrap.py
	@touch $@

clean:  ## Remove everything made here
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name cdk.out -prune -exec rm -rf {} + -o -name __pycache__ -prune -exec rm -rf {} +
