# Mutants: included by the Makefile. Is what finds mistakes able to find them?
#
# Planted bugs (planted/NN-name.patch): each breaks one rule of the protocol, the way a tired programmer would. The
# product has no switch for any of them: a patch is applied to a copy of the sources, and must still apply. Its first
# lines say what it breaks and who is to find it: the simulator, within the 300 till-years that CI runs, or, where the
# simulator cannot see it by nature, the test that it names.
#
# Mutations (mutate.py): generated changes of one operator, constant, condition or statement of plugin/core and
# plugin/protocol, by a seed, spread over the files by their size. Those that the compiler turns into the same code are
# left out, and so are log lines, free() and the wiping of secrets (the sanitizers and test_secrets look after those).
# Each must be found by a test of tests/plugin, or by a few seeds of the simulator. What survives is listed in
# survivors.txt and judged: "equivalent: ..." where nobody could tell the difference, else what is missing. The run fails
# when one is not judged, or when less than 95 % of those that are not equivalent were found.
#
deps_sim-mutants := $(deps_test) python3 patch

.PHONY: sim-mutants
## make sim-mutants    does the simulator find planted bugs, do the tests find mutations? Two tables. PLANTED='01 17-name'
##                     or none; MUTATIONS= how many (240), 0: none; MUTANT_SEED= (1); MUTANT_FILES='core/settle.c'
##                     MUTANT_SEEDS= of the simulator for a planted bug (50)
PLANTED     ?= all
MUTATIONS   ?= 240
MUTANT_SEED ?= 1
sim-mutants: deps-needed
	@CC='$(CC)' PLUGIN_LIBS='$(PLUGIN_LIBS)' TEST_LIBS='$(TEST_LIBS)' MUTANT_FILES='$(MUTANT_FILES)' \
	    MUTANT_SEEDS='$(MUTANT_SEEDS)' \
	    python3 -B tests/mutants/run.py '$(abspath $(BUILD))/mutants' '$(PLANTED)' '$(MUTATIONS)' '$(MUTANT_SEED)'
