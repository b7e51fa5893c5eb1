# Every allocation of the object and of the libraries under it fails: tests/oom/oom.c says how.
deps_oom := $(deps_test)

OOM_OBJS := $(call objs,tests/oom) $(BUILD)/obj/tests/fuzz/no_check.o
$(BUILD)/tests/oom/oom: $(OOM_OBJS) $(BUILD)/tests/helpers.a $(BUILD)/tests/plugin.a | $(BUILD)/factorycloud.so
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $(OOM_OBJS) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) -o $@

## make oom            every allocation of the plugin and its libraries fails, once and for a while; STRIDE= every so
##                     many-th only (1), DAY='log in' only that day
.PHONY: oom
oom: STRIDE ?= 1
oom: $(BUILD)/tests/oom/oom $(BUILD)/factorycloud.so
	@$< $(STRIDE) $(if $(DAY),'$(DAY)')
