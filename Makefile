# `make` alone says what there is. Everything Python lives in .venv and comes from the lock files.

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check format bench bench-scale soak upgrade-check screenshots lock vendor messages clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.stamp-run ## get ready to run (the first time about 15 seconds)
	@echo "Ready: make run"

setup-dev: .venv/.stamp-dev ## get ready to test: also the tools for tests, and Chromium by apt
	@deploy/install-test-tools.sh

run: .venv/.stamp-run ## start Kinboard with a demo meeting; PORT=8001 make run for another port
	@exec .venv/bin/kinboard demo

test: setup-dev ## run all tests
	$(PYTHON) -m pytest -q -n 2 --dist loadfile -m "not alone and not long"
	$(PYTHON) -m pytest -q -m alone

check: .venv/.stamp-dev ## look for mistakes: style, layers, types, known weaknesses
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/bandit --quiet --recursive --configfile pyproject.toml app .ci
	@$(PYTHON) .ci/audit_packages.py

format: .venv/.stamp-dev ## put the code in the common style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: setup-dev ## measure how fast it is
	$(PYTHON) -m benchmarks.run
	$(PYTHON) -m benchmarks.reconnect

bench-scale: setup-dev ## measure several workers, PostgreSQL, and other servers (needs npm)
	$(PYTHON) -m benchmarks.scale

soak: setup-dev ## hours of use, and while things break (DATABASE=postgresql for that one)
	$(PYTHON) -m benchmarks.soak
	$(PYTHON) -m benchmarks.faults
	$(PYTHON) -m pytest -q -m long

upgrade-check: setup-dev ## run an older release's workers beside these: OLD=<commit> make upgrade-check
	$(PYTHON) -m tests.upgrade.beside $(OLD)

screenshots: setup-dev ## take the pictures of the documentation
	$(PYTHON) -m tests.screenshots

# What is pinned stays as it is; UPGRADE=--upgrade takes the newest of everything.
lock: .venv/.stamp-venv ## pin the packages that pyproject.toml names (UPGRADE=--upgrade for newest)
	$(PIP) install uv==0.13.9
	.venv/bin/uv --no-config --quiet pip compile $(LOCK_OPTIONS) -o requirements.lock pyproject.toml
	.venv/bin/uv --no-config --quiet pip compile $(LOCK_OPTIONS) --group dev -c requirements.lock \
		-o requirements-dev.lock pyproject.toml
LOCK_OPTIONS = --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UPGRADE)

vendor: .venv/.stamp-venv ## build frontend/static/vendor and the fonts of the PDF again (needs npm)
	npm --prefix frontend/vendor ci
	node frontend/vendor/build.mjs
	$(PIP) install fonttools==4.68.0 brotli==1.2.1
	$(PYTHON) frontend/vendor/fonts.py

messages: .venv/.stamp-run ## collect the words to translate into frontend/locale
	.venv/bin/pybabel --quiet extract --mapping-file frontend/babel.cfg --sort-by-file --add-location file \
		--add-comments NOTE: --project kinboard --output-file .venv/kinboard.pot .
	.venv/bin/pybabel --quiet update --domain kinboard --input-file .venv/kinboard.pot \
		--output-dir frontend/locale --no-fuzzy-matching --ignore-pot-creation-date

clean: ## remove what was installed and cached; data stays
	rm -rf .venv frontend/vendor/node_modules tests/agency/node_modules test-results
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.stamp-run: requirements.lock .venv/.stamp-venv
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.stamp-dev: requirements-dev.lock .venv/.stamp-venv
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ .venv/.stamp-run

# The environment, and in it this checkout (by a path file) and the command `kinboard`.
.venv/.stamp-venv:
	@for python in python3.11 python3; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
		python=; \
	done; \
	if [ -z "$$python" ]; then echo "Kinboard needs Python 3.11 or newer: please install it."; exit 1; fi; \
	rm -rf .venv; \
	if ! $$python -m venv .venv 2>/dev/null >&2; then \
		rm -rf .venv; \
		package=$$($$python -c 'import sys; print("python3.%d-venv" % sys.version_info.minor)'); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing $$package"; \
			apt-get update -qq && apt-get install -y -qq $$package && $$python -m venv .venv || exit 1; \
		else \
			echo "Python cannot make environments yet: please install $$package (by apt)."; exit 1; \
		fi; \
	fi
	@echo ../../../.. > "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/kinboard.pth"
	@printf '%s\n' '#!/bin/sh' \
		'exec "$$(dirname "$$0")/python" -P -c "import sys; from app.cli import main; sys.exit(main())" "$$@"' \
		> .venv/bin/kinboard
	@chmod +x .venv/bin/kinboard
	@touch $@
