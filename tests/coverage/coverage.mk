# Coverage: included by the Makefile. tests/coverage/report.sh says what is gated, and where.
#
# A build of its own, counted and not optimised. The gate asks for plugin/core and plugin/protocol, which the plugin's own
# tests and a single cut at every point of the crash days reach: those of the net and the texts are left out there, and
# those that run long to reach what others reach too. WHOLE=yes runs every test program and reports the rest of the tree.
deps_coverage := $(deps_test) gcovr

COVERAGE_LATE  := net% texts% core_catalogue_large core_resend_bytes screens_monkey
COVERAGE_GATE   = $(filter-out $(COVERAGE_LATE:%=$(BUILD)/tests/plugin/test_%), \
                      $(filter $(BUILD)/tests/plugin/% $(BUILD)/tests/crash/%,$(TEST_BINS)))
# How long a call takes says nothing where nothing is optimised.
COVERAGE_TESTS  = $(if $(filter yes,$(WHOLE)),$(filter-out %/test_waiting %/test_timing,$(TEST_BINS)) $(FUZZ_TESTS), \
                      $(COVERAGE_GATE))

.PHONY: coverage coverage-run
.SECONDEXPANSION:
coverage-run: $$(COVERAGE_TESTS) $(if $(filter yes,$(WHOLE)),build tests)
	@find $(BUILD) -name '*.gcda' -delete
	@BUILD=$(abspath $(BUILD)) CC='$(CC)' CRASH_CUTS=1 CORE_SEEDS=10 TEST_JOBS=$(test_jobs) \
	    tests/run.sh $(abspath $(COVERAGE_TESTS))

## make coverage       which lines and branches of plugin/core and plugin/protocol the plugin's tests reach; fails
##                     below the gate; HTML in build/coverage/html. WHOLE=yes: all tests, and the rest of the tree
coverage: deps-needed
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage SAN='--coverage -fprofile-update=atomic' OPT='-O0 -g' \
	    WERROR='-Wno-format-truncation -Wno-maybe-uninitialized' DEPS=no coverage-run
	@BUILD=$(BUILD)/coverage WHOLE=$(WHOLE) tests/coverage/report.sh
