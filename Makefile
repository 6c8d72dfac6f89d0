# The commands of the project. `make try` and `make test` are the two to begin with.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Many of the tests wait for a process, a browser or a server: two of them for each processor keep it at work. A test
# that kills plays in three worlds at once, so fewer do.
WORKERS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))
KILLERS ?= $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN))
# How often a bot dies in one playing: with four it takes half the time.
DEATHS  ?= 1

# The tests start some hundreds of bots: each would compile all of it anew where a machine keeps no compiled files.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: try test coverage check fix crash bench docs pictures run setup clean
.DEFAULT_GOAL := try

$(VENV)/ready: pyproject.toml constraints.txt setup.sh
	@sh setup.sh "$(PYTHON)" "$(VENV)"

setup: $(VENV)/ready

try: setup            ## the whole world in a box, and the real bot inside it
	@exec $(BIN)/python -m sandbox

test: setup           ## the whole suite, without network or services
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests

coverage: setup       ## the whole suite, and whether it runs 95 % of the branches of domain, engine and handlers
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report= tests
	@for folder in bot/domain bot/engine handlers; do \
		$(BIN)/python -m coverage report --include="$$folder/*" --fail-under=95 || exit 1; \
	done

crash: setup          ## kill -9 at every write of every handler, on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest -n $(KILLERS) --dist worksteal tests/crash --every-handler --deaths $(DEATHS)

check: setup          ## types, lint, layers, documents
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

fix: setup            ## what a machine can put right
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup          ## the figures of the README
	@$(BIN)/python -m benchmarks

docs: setup           ## the pages of the commands, from their classes
	@$(BIN)/python -m bot docs docs/commands

pictures: setup       ## the screenshots of the README
	@$(BIN)/python -m sandbox.pictures docs/pictures

run: setup            ## the bot itself, as .env and the environment say
	@exec $(BIN)/aureus serve

clean:
	rm -rf $(VENV) var
