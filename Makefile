# UPAY Web. `make help` lists the targets; docs/operations.md explains them.
PORT ?= 3000
SPEED ?= 1
PYTHON ?= python3
TESTS ?= tests
WORKERS ?= 2

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PORT SPEED
export UPAY_PUBLIC_URL ?= http://localhost:$(PORT)
export UPAY_DEMO ?= 1
export UPAY_UPI_ADDRESS ?= $(if $(filter 1,$(UPAY_DEMO)),demo@upay)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help run dev test check bench lock clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

run: .venv/run.lock ## Everything, with demonstration data, on PORT (default 3000); SPEED hurries the demo's clock
	@upay web build
	@upay db upgrade
	@upay demo make
	@exec upay start --port $(PORT)

dev: .venv/dev.lock ## The same with hot reload: pages on PORT, the doors on the next port
	@upay db upgrade
	@upay demo make
	@UPAY_LOG=console exec upay start --port $(PORT) --procfile Procfile.dev

test: .venv/dev.lock ## Every test; installs what they need (Chromium, PostgreSQL, Redis) when it may
	@.ci/prepare
	@upay web build
	@python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS)

check: .venv/dev.lock ## Style, types, imports, catalogues
	@ruff check .
	@pyright
	@python -m pytest -q --no-header tests/test_architecture.py tests/test_catalogues.py

bench: .venv/dev.lock ## The measurements, each beside its limit
	@python -m bench

lock: .venv/dev.lock ## Renew both requirement locks
	@.ci/lock

clean: ## Forget what was built and what ran; the sources stay
	rm -rf .venv .web var .states .pytest_cache .ruff_cache .hypothesis

# What is installed is the lock whose copy stands in .venv: written last, so an install that was killed is done again.
.venv/run.lock: requirements.txt pyproject.toml
	@.ci/venv "$(PYTHON)" requirements.txt
	@touch $@

.venv/dev.lock: requirements-dev.txt pyproject.toml
	@.ci/venv "$(PYTHON)" requirements-dev.txt
	@touch $@ .venv/run.lock
