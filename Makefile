# Everything is in packaging/develop.py, which works without make too.
PYTHON ?= python3

.PHONY: setup run test
setup run test:
	@$(PYTHON) packaging/develop.py $@ $(ARGS)
