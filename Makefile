# The first and second command of the README, and what the gate calls. A bare machine has only
# python3 (3.11 or newer) with venv and pip, and make.

PYTHON ?= python3
ARGS ?=
PORT ?=
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip --require-virtualenv install --quiet --quiet \
	--disable-pip-version-check --no-input

.PHONY: run test test-long lint bench sound lock wheelhouse sbom

# As a module: the script `portal` names the folder in which .venv was made.
run: sound .venv/.installed
	@exec $(BIN)/python -m portal serve --demo $(if $(PORT),--port "$(PORT)")

test: sound .venv/.installed-test
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 $(ARGS)

# All tests, with those marked long: what takes minutes and is worth it before a release.
test-long: export PORTAL_TEST_LONG = 1
test-long: test

lint: sound .venv/.installed-test
	$(BIN)/ruff check portal tests deploy wsgi.py
	$(BIN)/ruff format --check portal tests deploy wsgi.py
	$(BIN)/mypy

bench: sound .venv/.installed-test
	@$(BIN)/python -m tests.bench

# What operators install: every version and every hash, made anew after pyproject.toml changed.
lock: dist/lock/bin/pip-compile
	@CUSTOM_COMPILE_COMMAND="make lock" dist/lock/bin/pip-compile --quiet --upgrade \
		--extra postgresql --generate-hashes --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links \
		--output-file deploy/requirements.lock pyproject.toml
	@echo "已写出 deploy/requirements.lock。"

dist/lock/bin/pip-compile:
	@$(PYTHON) -m venv dist/lock
	@dist/lock/bin/python -m pip install --quiet --quiet --disable-pip-version-check 'pip-tools>=7.4'

# Everything that an intranet needs to install the portal, for this kind of machine and Python.
wheelhouse: sound .venv/.made
	@rm -rf dist/wheelhouse
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes \
		--only-binary :all: --requirement deploy/requirements.lock --dest dist/wheelhouse $(OR_OFFLINE)
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps \
		--wheel-dir dist/wheelhouse . $(OR_OFFLINE)
	@cp deploy/requirements.lock dist/wheelhouse/
	@echo "已备好 dist/wheelhouse：整个目录拷到内网，按运行手册“安装”一节装。"

sbom:
	@mkdir -p dist
	@$(PYTHON) deploy/sbom.py deploy/requirements.lock > dist/sbom.json
	@echo "已写出 dist/sbom.json（CycloneDX）。"

OR_OFFLINE = || { echo "组件没有装上（原因见上面几行）。请核对网络；内网可用镜像：PIP_INDEX_URL=https://镜像地址/simple make $(or $(firstword $(MAKECMDGOALS)),run)，没有网络见运行手册“没有网络”一节。" >&2; exit 1; }

# An environment that was moved with its folder, or lost its Python, fails in strange ways later.
sound:
	@test ! -e .venv/.made || { $(BIN)/python -c 'import pip' 2>/dev/null \
		&& { test ! -s .venv/.made || test "$$(cat .venv/.made)" = "$$(pwd -P)"; }; } \
		|| { echo ".venv 不能用了（目录搬过，或者 Python 换过）。请删去它再来一次，数据不受影响：rm -rf .venv && make $(or $(firstword $(MAKECMDGOALS)),run)" >&2; exit 1; }

# Stamps: pip is asked again only when pyproject.toml is newer than its last answer.
.venv/.installed: pyproject.toml | .venv/.made
	@echo "正在安装运行所需的组件，请稍候……"
	@$(PIP_INSTALL) --editable . $(OR_OFFLINE)
	@touch $@

.venv/.installed-test: pyproject.toml | .venv/.made
	@echo "正在安装测试所需的组件，请稍候……"
	@$(PIP_INSTALL) --editable '.[test]' $(OR_OFFLINE)
	@touch .venv/.installed $@

# Stamped at its end, so that a .venv broken off half-way is made again.
.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo "找不到 $(PYTHON)，请先安装 Python 3.11 或更新的版本。" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，现有的是 $$($(PYTHON) --version 2>&1)。可用 make PYTHON=python3.12 run 另行指定。" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@pwd -P > $@
