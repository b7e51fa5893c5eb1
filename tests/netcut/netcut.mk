# The network cut at every byte, and everything else that can be wrong with it: included by the Makefile.
NETCUT_OBJS := $(call objs,tests/netcut) $(addprefix $(BUILD)/obj/tests/support/,e2e_base.o e2e_cloud.o e2e_days.o \
                   e2e_host.o e2e_owner.o e2e_sql.o http_connection.o http_server.o http_tls.o proxy.o)
deps_netcut := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)

$(BUILD)/tests/netcut/netcut: $(NETCUT_OBJS) $(BUILD)/tests/plugin.a $(BUILD)/libposhost.a \
                              | $(BUILD)/factorycloud.so $(BUILD)/mock-cloud
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	    $(TEST_LIBS) -o $@

## make netcut         the connection cut at every byte, both ways, and everything else that can be wrong with it;
##                     STRIDE= cuts at every so many bytes only (1)
STRIDE ?= 1
.PHONY: netcut
netcut: $(BUILD)/tests/netcut/netcut
	@$< $(STRIDE) $$(nproc)
