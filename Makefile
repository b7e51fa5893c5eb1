# FactoryCLOUD sync. `make help` lists the targets.
#
# Every folder is discovered by wildcard: a new source file needs no line here.

BUILD   ?= build
DESTDIR ?=
PREFIX  ?= /usr/local
CC      ?= gcc
VERSION := 0.1.0

# ---------------------------------------------------------------- dependencies
# The one list of Debian packages; `make deps` installs what is missing of it.
DEPS_BUILD := gcc make pkg-config libcurl4-openssl-dev libcjson-dev libsodium-dev libzstd-dev zlib1g-dev \
              libsqlite3-dev libmicrohttpd-dev libgnutls28-dev
DEPS_TEST  := check sqlite3 python3-yaml
DEPS_LINT  := clang clang-format clang-tidy cppcheck g++ gcc-multilib g++-multilib libclang-rt-14-dev
DEPS_ALL   := $(DEPS_BUILD) $(DEPS_TEST) $(DEPS_LINT)

# ---------------------------------------------------------------- flags
STD      := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
WARN     := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIC -fvisibility=hidden
OPT      ?= -O2 -g
SAN      ?=
# -U first: some toolchains predefine it, and sanitizer builds go without.
CFLAGS   += $(STD) $(WARN) $(OPT) -U_FORTIFY_SOURCE $(if $(SAN),$(filter-out -D_FORTIFY_SOURCE=2,$(HARDEN)),$(HARDEN)) $(SAN) -MMD -MP
LDHARD   := -Wl,-z,relro,-z,now $(SAN)
CPPFLAGS += -Iinclude

pc = $(shell pkg-config $(1) 2>/dev/null)

PLUGIN_LIBS = $(call pc,--libs libcurl libcjson libsodium libzstd zlib) -lpthread
SDK_LIBS    = $(call pc,--libs sqlite3 libsodium libcjson zlib) -ldl -lpthread
CLOUD_LIBS  = $(call pc,--libs libmicrohttpd gnutls sqlite3 libsodium libcjson libzstd zlib libcurl) -lpthread
CHECK_LIBS  = $(call pc,--libs check)

# ---------------------------------------------------------------- sources
srcs = $(sort $(wildcard $(addsuffix /*.c,$(1))))
objs = $(patsubst %.c,$(BUILD)/obj/%.o,$(call srcs,$(1)))

PLUGIN_DIRS := plugin plugin/core plugin/protocol plugin/net plugin/screens plugin/texts
PLUGIN_OBJS := $(call objs,$(PLUGIN_DIRS))
SDK_OBJS    := $(call objs,host-sdk)
TILL_OBJS   := $(call objs,mock-host/till)
CLOUD_OBJS  := $(call objs,mock-host/cloud)
SUPPORT_OBJS := $(call objs,tests/support)

# A test program is tests/AREA/test_NAME.c; what it is linked with follows from the area.
TEST_SRCS := $(sort $(wildcard tests/*/test_*.c))
TEST_BINS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SRCS))

$(BUILD)/obj/plugin/%.o:    CPPFLAGS += -Iplugin
$(BUILD)/obj/host-sdk/%.o:  CPPFLAGS += -Ihost-sdk
$(BUILD)/obj/mock-host/%.o: CPPFLAGS += -Ihost-sdk
$(BUILD)/obj/tests/%.o:     CPPFLAGS += -Ihost-sdk -Iplugin -Itests -Imock-host

.PHONY: all help deps build test test-run demo lint asan tsan install clean format
.DEFAULT_GOAL := build
.SECONDARY:

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make build          the plugin, the SDK, the mock host and the mock cloud, into build/
build: $(BUILD)/factorycloud.so $(BUILD)/libposhost.a $(BUILD)/libposhost.so $(BUILD)/mock-host $(BUILD)/mock-cloud
all: build

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# -z nodelete: a resolver thread of libcurl may outlive dlclose(); unloading under it is a crash.
$(BUILD)/factorycloud.so: $(PLUGIN_OBJS) plugin/exports.map
	$(CC) -shared $(LDHARD) -Wl,-z,nodelete -Wl,--version-script=plugin/exports.map \
	    -Wl,-soname,factorycloud.so $(if $(SAN),,-Wl,-z,defs) $(PLUGIN_OBJS) $(PLUGIN_LIBS) -o $@

$(BUILD)/libposhost.a: $(SDK_OBJS)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/libposhost.so: $(SDK_OBJS)
	$(CC) -shared $(LDHARD) -Wl,-soname,libposhost.so.0 $(if $(SAN),,-Wl,-z,defs) $^ $(SDK_LIBS) -o $@

$(BUILD)/mock-host: $(TILL_OBJS) $(BUILD)/libposhost.a
	$(CC) -pie $(LDHARD) $^ $(SDK_LIBS) -o $@

$(BUILD)/mock-cloud: $(CLOUD_OBJS)
	$(CC) -pie $(LDHARD) $^ $(CLOUD_LIBS) -o $@

# ---------------------------------------------------------------- tests
no_main = $(filter-out %/main.o,$(1))
$(BUILD)/tests/abi/%:    $(BUILD)/obj/tests/abi/%.o $(SUPPORT_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(CC) $(LDHARD) $^ $(SDK_LIBS) $(CHECK_LIBS) -o $@
$(BUILD)/tests/plugin/%: $(BUILD)/obj/tests/plugin/%.o $(PLUGIN_OBJS) $(SUPPORT_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(CC) $(LDHARD) $^ $(PLUGIN_LIBS) $(SDK_LIBS) $(CHECK_LIBS) -o $@
$(BUILD)/tests/sdk/%:    $(BUILD)/obj/tests/sdk/%.o $(SUPPORT_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(CC) $(LDHARD) $^ $(SDK_LIBS) $(CHECK_LIBS) -o $@
$(BUILD)/tests/till/%:   $(BUILD)/obj/tests/till/%.o $(call no_main,$(TILL_OBJS)) $(SUPPORT_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(CC) $(LDHARD) $^ $(SDK_LIBS) $(CHECK_LIBS) -o $@
$(BUILD)/tests/cloud/%:  $(BUILD)/obj/tests/cloud/%.o $(call no_main,$(CLOUD_OBJS)) $(SUPPORT_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(CC) $(LDHARD) $^ $(CLOUD_LIBS) $(SDK_LIBS) $(CHECK_LIBS) -o $@
$(BUILD)/tests/e2e/%:    $(BUILD)/obj/tests/e2e/%.o $(SUPPORT_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(CC) $(LDHARD) $^ $(SDK_LIBS) $(CHECK_LIBS) $(call pc,--libs libcurl) -o $@

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

clean:
	rm -rf $(BUILD)
