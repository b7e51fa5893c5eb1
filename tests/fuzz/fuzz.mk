# Fuzzers: included by the Makefile. tests/fuzz/fuzz.h says what a fuzzer is.
#
deps_fuzz := $(deps_asan)

# Each is built twice: with replay.c into a test, and (in the build of `make asan`) with libFuzzer.
FUZZERS      := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_TESTS   := $(FUZZERS:%=$(BUILD)/tests/fuzz/test_%)
FUZZ_BINS    := $(FUZZERS:%=$(BUILD)/fuzz_%)
FUZZ_COMMON  := $(BUILD)/obj/tests/fuzz/input.o $(BUILD)/tests/helpers.a $(BUILD)/libposhost.a

# What a fuzzer looks at. Plugin and cloud use some names twice: where both are asked, of the cloud's only the names of
# cloud_side.h stay visible.
FUZZ_CLOUD   := $(BUILD)/obj/fuzz-cloud.o
$(FUZZ_CLOUD): $(addprefix $(BUILD)/obj/mock-host/cloud/,batch.o catalogue_line.o ident.o json_check.o json_read.o \
                   report_check.o) $(BUILD)/obj/tests/fuzz/cloud_side.o
	$(call say,LINK,$@)$(CC) -r -nostdlib $^ -o $@ && objcopy --wildcard --keep-global-symbol='cloud_side_*' $@
FUZZ_OF_http   := $(BUILD)/obj/tests/fuzz/http_world.o $(BUILD)/tests/cloud.a
FUZZ_OF_script := $(BUILD)/tests/till.a
FUZZ_OF_both   := $(BUILD)/tests/plugin.a $(FUZZ_CLOUD)
FUZZ_OF_batch     := $(FUZZ_OF_both)
FUZZ_OF_catalogue := $(FUZZ_OF_both)
FUZZ_OF_document  := $(FUZZ_OF_both)
fuzz_of = $(or $(FUZZ_OF_$1),$(BUILD)/tests/plugin.a)
# Objects first; archives together, for they need each other.
fuzz_parts = $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group

$(FUZZ_TESTS): $(BUILD)/tests/fuzz/test_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o \
               $(FUZZ_COMMON) $$(call fuzz_of,$$*)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $(fuzz_parts) $(TEST_LIBS) -o $@
$(FUZZ_BINS): $(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/no_check.o $(FUZZ_COMMON) \
              $$(call fuzz_of,$$*)
	$(call say,LINK,$@)$(CC) -pie $(LINK) -fsanitize=fuzzer $(fuzz_parts) $(PLUGIN_LIBS) $(SDK_LIBS) $(CLOUD_LIBS) \
	    -o $@
tests: $(FUZZ_TESTS)

.PHONY: fuzz fuzz-bins
fuzz-bins: $(FUZZ_BINS)

## make fuzz           search for inputs that break something, SECONDS= a fuzzer (20); FUZZ='record batch' runs some
fuzz: SECONDS ?= 20
fuzz: FUZZ ?= $(FUZZERS)
fuzz: deps-needed
	+@$(asan_build) fuzz-bins
	@BUILD=$(abspath $(BUILD))/asan JOBS=$(test_jobs) UNDER='$(NO_ASLR)' tests/fuzz/run.sh $(SECONDS) $(FUZZ)
