# The life of an instance, tortured: included by the Makefile. `make test`, `make asan` and `make tsan` run these, too.
TORTURE_BINS := $(filter $(BUILD)/tests/torture/%,$(TEST_BINS))
deps_torture := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)
deps_torture-valgrind := $(deps_torture) valgrind

## make torture        copies, lives, forks, misuse, an end in the middle, other versions' records: the tests alone
.PHONY: torture torture-valgrind
torture: build $(TORTURE_BINS)
	@VERBOSE=1 BUILD=$(abspath $(BUILD)) CC='$(CC)' TEST_JOBS=$(test_jobs) tests/run.sh $(abspath $(TORTURE_BINS))

## make torture-valgrind  the same under valgrind, a few times each (TIMES=)
TIMES ?= 10
torture-valgrind: build $(TORTURE_BINS)
	@TORTURE_TIMES=$(TIMES) CK_TIMEOUT_MULTIPLIER=20 TEST_DEADLINE_S=900 TEST_UNDER=tests/torture/valgrind.sh \
	    BUILD=$(abspath $(BUILD)) CC='$(CC)' TEST_JOBS=$(test_jobs) tests/run.sh $(abspath $(TORTURE_BINS))
