# Every crash point of the canonical days: tests/crash/points.h says how. `make test` has them with two cuts.
deps_crash := $(deps_test)

CRASH_OBJS := $(call objs_of,$(filter-out %/test_crash.c,$(call srcs,tests/crash)))
$(BUILD)/tests/crash.a: $(CRASH_OBJS)
	@mkdir -p $(@D) && rm -f $@
	$(call say,AR,$@)ar rcs $@ $^
$(BUILD)/tests/crash/test_crash: $(BUILD)/tests/crash.a $(BUILD)/tests/plugin.a

## make crash          the power cut at every point of 21 days, and again at every point of the recovery; CUTS= in
##                     a row (3), DAY='batch upload' only that one
.PHONY: crash
crash: CUTS ?= 3
crash: $(BUILD)/tests/crash/test_crash
	@BUILD=$(abspath $(BUILD)) VERBOSE=1 CRASH_CUTS=$(CUTS) $(if $(DAY),CRASH_DAY='$(DAY)') tests/run.sh $(abspath $<)
