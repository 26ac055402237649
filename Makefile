PYTHON ?= python3.10
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(INSTALLED) ## install everything into .venv

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null || { \
	  echo "Python 3.10 is needed (the newest that Rasa 3.6 supports); set PYTHON=/path/to/python3.10"; exit 1; }
	@echo "Setting up $(VENV): some 200 packages, one to four minutes ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# Telemetry stays off for every command in this environment, plain `rasa` included.
	@echo 'import os; os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")' \
	  > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/rasa_telemetry_off.pth"
	@touch $@

.PHONY: run
run: $(INSTALLED) ## set up, train if needed and serve the bot on this machine
	@$(BIN)/programme-chatbot run

.PHONY: serve
serve: $(INSTALLED) ## the same for the public, behind a proxy: no REST channel, no demo page
	@$(BIN)/programme-chatbot run --production

.PHONY: shell
shell: $(INSTALLED) ## talk to the bot in the terminal
	@$(BIN)/programme-chatbot shell

.PHONY: train
train: $(INSTALLED) ## train the model
	@$(BIN)/programme-chatbot train

.PHONY: validate
validate: $(INSTALLED) ## check the knowledge file
	@$(BIN)/programme-chatbot validate

.PHONY: fast
fast: $(INSTALLED) ## lint, types and the tests that need no model (four minutes)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/programme-chatbot validate
	$(BIN)/programme-chatbot schema --check
	$(BIN)/pytest -q -m "not bot"

.PHONY: test
test: fast ## everything that CI checks: `make fast`, the training data, the tests through the trained bot, `make evaluate`
	$(BIN)/python tests/check_rasa_data.py
	$(BIN)/pytest -q -m bot
	$(BIN)/programme-chatbot evaluate

.PHONY: faults
faults: $(INSTALLED) ## kill, fill and break parts of a running bot, and measure how long until it works again (three minutes)
	$(BIN)/pytest -q -m bot tests/faults

.PHONY: evaluate
evaluate: $(INSTALLED) ## put all cases of tests/evaluation to the bot; writes reports/, fails under tests/thresholds.yml
	@$(BIN)/programme-chatbot evaluate

.PHONY: evaluate-baseline
evaluate-baseline: $(INSTALLED) ## the same for Rasa's default pipeline, side by side (more than an hour)
	@$(BIN)/python benchmarks/baseline.py $(ARGUMENTS)

.PHONY: tune
tune: $(INSTALLED) ## set the thresholds of config.yml by cross-validation on the training data (fifteen minutes)
	@$(BIN)/python -W ignore benchmarks/tuning.py

.PHONY: benchmark
benchmark: $(INSTALLED) ## measure this bot beside Rasa's default pipeline; writes reports/ (the baseline trains for more than an hour, once)
	$(BIN)/python benchmarks/benchmark.py $(ARGUMENTS)

.PHONY: load-test
load-test: $(INSTALLED) ## measure up to 200 visitors at once, memory and long conversations; writes reports/ (fifteen minutes)
	@$(BIN)/python -W ignore benchmarks/load.py

.PHONY: understanding
understanding: $(INSTALLED) ## measure how many questions of tests/evaluation are understood
	$(BIN)/python benchmarks/understanding.py

.PHONY: lock
lock: $(INSTALLED) ## choose the newest allowed versions and write requirements.lock
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.10 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --override requirements.overrides --output-file requirements.lock --quiet

.PHONY: clean
clean: ## remove models, logs and caches
	rm -rf models logs .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
