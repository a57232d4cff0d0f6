# The chores of the project. `make` lists them; `make reproduce` and `make test` need nothing but Python, git and make.

PYTHON ?= python3
VENV ?= .venv
FRAMEWORKS := torch,jax,keras
# What tests need beside: the largest collection of optimizers, the peers that results are checked against, and clusters.
CHECKED := $(FRAMEWORKS),pytorch-optimizer,peers,distributed
EXTRAS ?= plot,$(FRAMEWORKS)
OUT ?= report
AUDIT ?= audit
ARGS ?=
# At most 4: a container may show many more processors than it lends.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$n" -gt 4 ] && echo 4 || echo "$$n")

BIN := $(VENV)/bin
TO_RUN := $(VENV)/.has-$(EXTRAS)
TO_AUDIT := $(VENV)/.has-$(FRAMEWORKS),pytorch-optimizer
TO_TEST := $(VENV)/.has-test,$(CHECKED)
TO_CHECK := $(VENV)/.has-dev,docs,test,$(CHECKED)
TO_DOCUMENT := $(VENV)/.has-docs
TO_BENCH := $(VENV)/.has-bench,peers,torch,jax,sweep

# Keras writes a settings file; it stays out of the home folder. Tests already run one process a core.
export KERAS_HOME := $(abspath $(VENV))/keras
# Kernels are compiled once for this checkout.
export MISSTEP_CACHE := $(abspath $(VENV))/cache
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help reproduce audit certificates studies test mutate fuzz check lint types layers docs bench clean

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done
	@echo
	@echo '  PYTHON=python3.12 picks the interpreter (3.11 or later); EXTRAS=plot runs reproduce without frameworks.'

reproduce: $(TO_RUN)  ## Answer every statement of the paper; page and figures in report/
	@$(BIN)/misstep reproduce --out '$(OUT)' $(ARGS)

audit: $(TO_AUDIT)  ## Audit every optimizer of torch, optax, keras and pytorch_optimizer; page in audit/, docs/audit.md
	@$(BIN)/misstep audit torch optax keras pytorch_optimizer --workers 2 --out '$(AUDIT)' $(ARGS)
	@cp '$(AUDIT)/audit.md' docs/audit.md

certificates: $(TO_RUN)  ## Make the shipped certificates anew, and the page about them: docs/certificates.md
	@$(BIN)/python tools/make_certificates.py --page docs/certificates.md

studies: $(VENV)/.has-plot,sweep,torch  ## Run the studies anew: docs/studies/ (ARGS=theorem for one)
	@$(BIN)/python tools/make_studies.py $(ARGS)

test: $(TO_TEST)  ## Run the tests and every example in the documentation
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

mutate: $(TO_TEST)  ## Change one thing in a certificate, 12 000 times: nothing false may be accepted
	@OMP_NUM_THREADS=1 $(BIN)/python tools/mutate_certificates.py --processes $(WORKERS) $(ARGS)

fuzz: $(TO_TEST)  ## Fuzz both readers of certificates for ten minutes (ARGS='--seconds 3600' for longer)
	@OMP_NUM_THREADS=1 $(BIN)/python tools/fuzz_certificates.py $(ARGS)

check: lint types layers docs test  ## Everything that CI runs: format, lint, types, layers, docs, tests

lint: $(TO_CHECK)
	@echo '== format and lint'
	@$(BIN)/ruff format --check --quiet . || { echo 'run: ruff format .' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .

types: $(TO_CHECK)
	@echo '== types'
	@$(BIN)/mypy --no-error-summary

layers: $(TO_CHECK)
	@echo '== layers'
	@$(BIN)/lint-imports --no-cache > $(VENV)/layers.log 2>&1 || { cat $(VENV)/layers.log; exit 1; }

docs: $(TO_DOCUMENT)  ## Build the documentation; warnings are errors
	@echo '== documentation'
	@$(BIN)/python -m sphinx -q -W --keep-going -n -b html docs docs/_build/html
	@echo 'The documentation: $(abspath docs/_build/html/index.html)'

bench: $(TO_BENCH)  ## Time functions, interpolant, words, constructions, certificates; sweeps: docs/benchmarks.md
	@$(BIN)/python -m benchmarks.function_evaluation
	@$(BIN)/python -m benchmarks.interpolant
	@$(BIN)/python -m benchmarks.words
	@$(BIN)/python -m benchmarks.construct
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.certificates
	@$(BIN)/python -m benchmarks.sweep --page docs/benchmarks.md

clean:  ## Remove the environment and everything that was built
	rm -rf .venv report audit docs/_build build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks \
		.import_linter_cache
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "misstep needs Python 3.11 or later, and $(PYTHON) is $$({ $(PYTHON) --version || echo missing; } 2>/dev/null):" \
			'name another with make PYTHON=python3.12 …' >&2; exit 2; }
	@echo 'Creating $(VENV)'
	@$(PYTHON) -m venv '$(VENV)' || { rm -rf '$(VENV)/bin'; \
		echo '$(PYTHON) has no working venv module (on Debian: apt-get install python3-venv)' >&2; exit 2; }

# One stamp for each set of extras, older than what they are read from.
$(VENV)/.has-%: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing misstep[$*]: once, a minute or two'
	@$(BIN)/python -m pip install -qq -c constraints.txt -e '.[$*]'
	@touch '$@'
