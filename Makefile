# The first and second command of the README, and what the gate calls. A bare machine has only
# python3 (3.11 or newer) with venv and pip, and make.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip --require-virtualenv install --quiet --quiet \
	--disable-pip-version-check --no-input

.PHONY: run test lint bench

run: .venv/.installed
	@exec $(BIN)/portal serve --demo

test: .venv/.installed-test
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 $(ARGS)

lint: .venv/.installed-test
	$(BIN)/ruff check portal tests wsgi.py
	$(BIN)/ruff format --check portal tests wsgi.py
	$(BIN)/mypy

bench: .venv/.installed-test
	@$(BIN)/python -m tests.bench

# Stamps: pip is asked again only when pyproject.toml is newer than its last answer.
.venv/.installed: pyproject.toml | .venv/.made
	@echo "正在安装运行所需的组件，请稍候……"
	@$(PIP_INSTALL) --editable .
	@touch $@

.venv/.installed-test: pyproject.toml | .venv/.made
	@echo "正在安装测试所需的组件，请稍候……"
	@$(PIP_INSTALL) --editable '.[test]'
	@touch .venv/.installed $@

# Stamped at its end, so that a .venv broken off half-way is made again.
.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo "找不到 $(PYTHON)，请先安装 Python 3.11 或更新的版本。" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，现有的是 $$($(PYTHON) --version 2>&1)。可用 make PYTHON=python3.12 run 另行指定。" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@
