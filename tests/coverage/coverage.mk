# Coverage: included by the Makefile. tests/coverage/report.sh says what is gated, and where.
#
# A build of its own, counted and not optimised. The gate asks for plugin/core and plugin/protocol, which the plugin's own
# tests reach: those of the net and the texts are left out there, and those that run for a minute to reach what others
# reach too. WHOLE=yes runs every test program and reports the rest of the tree.
deps_coverage := $(deps_test) gcovr

COVERAGE_LATE  := net% texts% core_crash core_catalogue_large core_random core_resend_random screens_monkey
COVERAGE_GATE   = $(filter-out $(COVERAGE_LATE:%=$(BUILD)/tests/plugin/test_%),$(filter $(BUILD)/tests/plugin/%,$(TEST_BINS)))
COVERAGE_TESTS  = $(if $(filter yes,$(WHOLE)),$(TEST_BINS) $(FUZZ_TESTS),$(COVERAGE_GATE))

.PHONY: coverage coverage-run
.SECONDEXPANSION:
coverage-run: $$(COVERAGE_TESTS) $(if $(filter yes,$(WHOLE)),build)
	@find $(BUILD) -name '*.gcda' -delete
	@BUILD=$(abspath $(BUILD)) CC='$(CC)' TEST_JOBS=$(test_jobs) tests/run.sh $(abspath $(COVERAGE_TESTS))

## make coverage       which lines and branches of plugin/core and plugin/protocol the plugin's tests reach; fails
##                     below the gate; HTML in build/coverage/html. WHOLE=yes: all tests, and the rest of the tree
coverage: deps-needed
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage SAN='--coverage -fprofile-update=atomic' OPT='-O0 -g' \
	    WERROR='-Wno-format-truncation -Wno-maybe-uninitialized' DEPS=no coverage-run
	@BUILD=$(BUILD)/coverage WHOLE=$(WHOLE) tests/coverage/report.sh
