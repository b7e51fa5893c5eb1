# FactoryCLOUD sync. `make help` lists the targets.
#
# Every folder is discovered by wildcard: a new source file needs no line here.

BUILD   ?= build
DESTDIR ?=
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
VERSION := 0.1.0

# All cores, unless told otherwise with -j.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules

# ---------------------------------------------------------------- dependencies
# The one list of Debian packages. A target installs only what it needs of it, before anything else; DEPS=no skips that.
DEPS_BUILD := gcc libc6-dev make pkg-config libcurl4-openssl-dev libcjson-dev libsodium-dev libzstd-dev zlib1g-dev \
              libsqlite3-dev libmicrohttpd-dev libgnutls28-dev
DEPS_RUN   := ca-certificates tzdata sqlite3
DEPS_TEST  := check python3-yaml
# Where node comes with an npm of its own, Debian's does not fit beside it.
DEPS_BROWSER := chromium $(if $(shell command -v npm),,nodejs npm)
DEPS_LINT  := clang clang-format clang-tidy cppcheck g++ libclang-rt-14-dev \
              $(if $(filter x86_64,$(shell uname -m)),gcc-multilib g++-multilib)

deps_test  := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)
deps_lint  := $(deps_test) $(DEPS_LINT)
deps_demo  := $(DEPS_BUILD) $(DEPS_RUN)
deps_run   := $(deps_demo)
deps_test-browser := $(deps_demo) $(DEPS_BROWSER)
DEPS_ASAN  := clang libclang-rt-14-dev llvm
deps_asan  := $(deps_test) $(DEPS_ASAN)
deps_tsan  := $(deps_test)
deps_tests := $(deps_test)
deps_sim   := $(deps_test)
deps_test-run := $(deps_test)
# Whatever a target asks for: an area with an include file of its own names there what its targets need. What only
# a target *-deps asks for is left to it.
deps_deps  = $(foreach list,$(filter-out deps_%deps,$(filter deps_%,$(.VARIABLES))),$($(list)))
needed = $(sort $(DEPS_BUILD) $(foreach goal,$(MAKECMDGOALS),$(deps_$(goal))) \
                $(if $(filter $(BUILD)/tests/%,$(MAKECMDGOALS)),$(deps_test)))

# ---------------------------------------------------------------- flags
# CFLAGS, CPPFLAGS and LDFLAGS are the caller's: they come on top. WERROR= builds on in spite of warnings.
STD      := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
WARN     := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
WERROR   ?= -Werror
OPT      ?= -O2 -g
# What only tests: it takes most of a build, and some builds want it quickly.
OPT_TESTS ?= $(OPT)
# The plugin is made small, but for the files that look at every byte of a report or an answer: of what a till computes
# besides, all but a hundredth is the libraries'.
OPT_PLUGIN ?= $(OPT:-O2=-Os)
FAST := plugin/core/document.c plugin/protocol/catalogue_line.c plugin/protocol/json.c plugin/protocol/text.c
SAN      ?=
# -U first: some toolchains predefine it. Sanitizer builds go without.
FORTIFY  := -U_FORTIFY_SOURCE $(if $(SAN)$(filter -O0,$(OPT) $(OPT_TESTS)),,-D_FORTIFY_SOURCE=2)
HARDEN   := -fstack-protector-strong -fPIC -fvisibility=hidden $(FORTIFY)
OPT_FOR   = $(if $(filter tests/%,$<),$(OPT_TESTS),$(if $(filter-out $(FAST),$(filter plugin/%,$<)),$(OPT_PLUGIN),$(OPT)))
COMPILE   = $(STD) $(WARN) $(WERROR) $(OPT_FOR) $(HARDEN) $(SAN) \
            -ffile-prefix-map=$(CURDIR)/= -Iinclude $(CPPFLAGS) $(CFLAGS)
LINK     := -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN) $(LDFLAGS)
NO_UNDEF := $(if $(SAN),,-Wl,-z,defs)

# What a folder's files may include besides include/ and the system: this is where the layers are kept apart.
INC_plugin          := -Iplugin
INC_host-sdk        := -Ihost-sdk
INC_mock-host-till  := -Ihost-sdk
INC_mock-host-cloud :=
INC_tests           := -Ihost-sdk -Iplugin -Itests -Imock-host
area     = $(firstword $(subst /, ,$1))
includes = $(INC_$(call area,$1)) $(INC_$(call area,$1)-$(word 2,$(subst /, ,$1)))

# Asked once, and only when a recipe needs it: pkg-config itself may have just been installed.
once = $(eval $1 := $(shell pkg-config $2))$($1)
PLUGIN_LIBS = $(call once,PLUGIN_LIBS,--libs libcurl libcjson libsodium libzstd zlib) -lpthread
SDK_LIBS    = $(call once,SDK_LIBS,--libs sqlite3 libsodium libcjson zlib) -ldl -lpthread
CLOUD_LIBS  = $(call once,CLOUD_LIBS,--libs libmicrohttpd gnutls sqlite3 libsodium libcjson libzstd zlib libcurl) -lpthread -lm
TILL_LIBS   = $(call once,TILL_LIBS,--libs libmicrohttpd) $(SDK_LIBS) -lm
CHECK_LIBS  = $(call once,CHECK_LIBS,--libs check)
TEST_LIBS   = $(PLUGIN_LIBS) $(SDK_LIBS) $(CLOUD_LIBS) $(CHECK_LIBS)

# V=1 shows the commands.
say = $(if $(V),,@printf '%-6s %s\n' '$1' '$2';)

# ---------------------------------------------------------------- sources
srcs    = $(sort $(wildcard $(addsuffix /*.c,$1)))
objs_of = $(patsubst %.c,$(BUILD)/obj/%.o,$1)
objs    = $(call objs_of,$(call srcs,$1))
no_main = $(filter-out %/main.o,$1)

PLUGIN_OBJS := $(call objs,plugin plugin/core plugin/protocol plugin/net plugin/screens plugin/texts)
SDK_OBJS    := $(call objs,host-sdk)
TILL_OBJS   := $(call objs,mock-host/till)
CLOUD_OBJS  := $(call objs,mock-host/cloud)

# tests/AREA/test_NAME.c is a test program; the area's other files, and tests/support, are there for those that call
# them. tests/NAME.c is a program written against include/ alone. tests/AREA/test_NAME.sh is a test as it stands.
# Those that wait for other processes come first: they take longest. An area with targets of its own has them in
# tests/AREA/AREA.mk, and its files are not there for others.
AREA_MKS    := $(sort $(wildcard tests/*/*.mk))
TEST_SRCS   := $(call srcs,tests/e2e) $(call srcs,$(filter-out tests/e2e,$(wildcard tests/*)))
TEST_BINS   := $(patsubst %.c,$(BUILD)/%,$(filter $(addsuffix /test_%,$(wildcard tests/*)),$(TEST_SRCS)))
TEST_SCRIPTS := $(sort $(wildcard tests/*/test_*.sh))
TEST_HELPERS := $(call objs_of,$(filter-out $(TEST_BINS:$(BUILD)/%=%.c) tests/sim/% \
                   $(addsuffix %,$(dir $(AREA_MKS))),$(TEST_SRCS)))
BARE_BINS   := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/*.c)))
TEST_OBJS   := $(call objs_of,$(TEST_SRCS) $(sort $(wildcard tests/*.c)))

ALL_OBJS    := $(PLUGIN_OBJS) $(SDK_OBJS) $(TILL_OBJS) $(CLOUD_OBJS) $(TEST_OBJS)
ALL_SRCS    := $(ALL_OBJS:$(BUILD)/obj/%.o=%.c)
ALL_HEADERS := $(sort $(shell find include plugin host-sdk mock-host tests -name '*.h'))

.DEFAULT_GOAL := build
.SECONDEXPANSION:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: help deps deps-needed build objects tests test test-run test-browser demo run lint asan tsan install uninstall clean format FORCE

help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST)) $(AREA_MKS)
	@echo "Variables: BUILD= CC= OPT= CFLAGS= LDFLAGS= WERROR= DESTDIR= PREFIX= LIBDIR= DEPS=no V=1"

## make deps           install every package that any target needs (each target installs its own anyway)
deps: deps-needed
deps-needed:
	$(if $(filter no,$(DEPS)),,@.ci/deps $(needed))

# ---------------------------------------------------------------- build
## make build          the plugin, the SDK, the mock till and the mock cloud, into build/
build: $(BUILD)/factorycloud.so $(BUILD)/libposhost.a $(BUILD)/libposhost.so $(BUILD)/mock-host $(BUILD)/mock-cloud
objects: $(ALL_OBJS)

# Other flags, another compiler or another version: everything is built anew.
flags = $(VERSION) $(CC) $(COMPILE) $(LINK) tests: $(OPT_TESTS) plugin: $(OPT_PLUGIN)
$(BUILD)/flags: FORCE | deps-needed
	@mkdir -p $(@D)
	@echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(COMPILE) $(call includes,$<) -MMD -MP -c $< -o $@

# -z nodelete: a resolver thread of libcurl may outlive dlclose(); unloading under it is a crash.
$(BUILD)/factorycloud.so: $(PLUGIN_OBJS) plugin/exports.map
	$(call say,LINK,$@)$(CC) -shared $(LINK) -Wl,-z,nodelete $(NO_UNDEF) -Wl,--version-script=plugin/exports.map \
	    -Wl,-soname,factorycloud.so $(PLUGIN_OBJS) $(PLUGIN_LIBS) -o $@

SONAME := libposhost.so.$(word 1,$(subst ., ,$(VERSION)))

$(BUILD)/libposhost.a: $(SDK_OBJS)
	@rm -f $@
	$(call say,AR,$@)ar rcs $@ $^

$(BUILD)/libposhost.so: $(BUILD)/libposhost.so.$(VERSION)
	@ln -sf $(<F) $(@D)/$(SONAME) && ln -sf $(SONAME) $@
$(BUILD)/libposhost.so.$(VERSION): $(SDK_OBJS)
	$(call say,LINK,$@)$(CC) -shared $(LINK) $(NO_UNDEF) -Wl,-soname,$(SONAME) $^ $(SDK_LIBS) -o $@

$(BUILD)/mock-host: $(TILL_OBJS) $(BUILD)/libposhost.a
	$(call say,LINK,$@)$(CC) -pie $(LINK) $^ $(TILL_LIBS) -o $@
# Linked in as they are.
$(BUILD)/obj/mock-host/till/web_files.o: $(wildcard mock-host/till/web*.css mock-host/till/web*.js)

$(BUILD)/mock-cloud: $(CLOUD_OBJS)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $^ $(CLOUD_LIBS) -o $@

# ---------------------------------------------------------------- tests
## make test           build everything and run every test; the last line counts them. TESTS='plugin/%' runs some,
##                     VERBOSE=1 shows what they print
TESTS ?= %
chosen = $(filter $(addprefix $1,$(TESTS)) $(addprefix $1,$(TESTS:%=%.sh)),$2)
# As many at a time as make runs recipes.
test_jobs = $(patsubst -j%,%,$(firstword $(filter -j%,$(MAKEFLAGS))))
test: test-run
test-run: build $(BARE_BINS) $$(chosen_bins)
	@BUILD=$(abspath $(BUILD)) CC='$(CC)' TEST_JOBS=$(test_jobs) tests/run.sh \
	    $(abspath $(chosen_bins)) $(call chosen,tests/,$(TEST_SCRIPTS))
chosen_bins = $(filter-out $(if $(SAN),$(MEASURING:%=$(BUILD)/tests/%)), \
    $(call chosen,$(BUILD)/tests/,$(TEST_BINS) $(FUZZ_TESTS)))
# What these measure in bulk, a sanitizer distorts; what they call, others call under it.
# A year of real days calls what a week of made-up ones calls, for minutes.
BULK      := cloud/test_real till/test_replay
MEASURING := cloud/test_timing cloud/test_catalogue_large plugin/test_core_catalogue_large plugin/test_core_resend_bytes \
             $(BULK)

tests: $(TEST_BINS) $(BARE_BINS)

# The simulator has the plugin's core and the cloud's logic in one process. Both sides use some names twice: of the
# cloud's only those of sim_cloud.h stay visible. Its log.c gives way to the simulator's.
SIM_OBJS := $(call objs_of,$(filter-out %/test_sim.c %/sim.c %/sim_cloud.c,$(call srcs,tests/sim))) $(BUILD)/obj/sim-cloud.o
$(BUILD)/obj/sim-cloud.o: $(filter-out %/main.o %/log.o,$(CLOUD_OBJS)) $(BUILD)/obj/tests/sim/sim_cloud.o
	$(call say,LINK,$@)$(CC) -r -nostdlib $^ -o $@ && objcopy --wildcard --keep-global-symbol='sim_cloud_*' $@

# Archives, so that a test gets only what it calls, and what that calls in turn: its helpers, and the area it tests.
$(BUILD)/tests/helpers.a: $(TEST_HELPERS)
$(BUILD)/tests/plugin.a: $(PLUGIN_OBJS)
$(BUILD)/tests/till.a: $(call no_main,$(TILL_OBJS))
$(BUILD)/tests/cloud.a: $(call no_main,$(CLOUD_OBJS))
$(BUILD)/tests/sim.a: $(SIM_OBJS) $(PLUGIN_OBJS)
TEST_ARCHIVES := $(addprefix $(BUILD)/tests/,helpers.a plugin.a till.a cloud.a sim.a)
$(TEST_ARCHIVES):
	@mkdir -p $(@D) && rm -f $@
	$(call say,AR,$@)ar rcs $@ $^

# The area's archive, if it has one; the SDK is there for every test.
tested = $(filter $(BUILD)/$(patsubst %/,%.a,$(dir $1)),$(TEST_ARCHIVES))
$(TEST_BINS) $(BUILD)/tests/sim/sim: $(BUILD)/%: $(BUILD)/obj/%.o $(BUILD)/tests/helpers.a $$(call tested,$$*) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) -o $@

include $(AREA_MKS)

# Plugins that each get one thing wrong, for tests/abi/test_loader.c.
FAKES := $(patsubst %.c,$(BUILD)/%.so,$(sort $(wildcard tests/abi/fakes/*.c)))
$(FAKES): $(BUILD)/%.so: %.c tests/abi/fakes/fake.h $(wildcard include/pos/*.h) $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(COMPILE) -shared $(LINK) $< -o $@
$(BUILD)/tests/abi/test_loader: | $(FAKES)

$(BARE_BINS): $(BUILD)/%: $(BUILD)/obj/%.o
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $< -ldl -o $@
$(BARE_BINS:$(BUILD)/%=$(BUILD)/obj/%.o): INC_tests :=

## make demo           days of sales to the cloud and back, compared to the cent; REPLAY=FOLDER for recorded reports
demo: build
	@BUILD=$(abspath $(BUILD)) REPLAY='$(REPLAY)' mock-host/demo/run.sh

## make run            cloud and till to try by hand, the shop trading; prints two addresses; DATA= SPEED= keep and hurry
run: build
	@BUILD=$(abspath $(BUILD)) DATA='$(DATA)' SPEED='$(SPEED)' mock-host/demo/serve.sh

## make test-browser   the owner's journey in Chromium, with and without JavaScript, and axe-core on every page
test-browser: build
	@BUILD=$(abspath $(BUILD)) tests/browser/run.sh

# Address space randomisation off where that is allowed: the sanitizers of this generation cannot stand every layout.
NO_ASLR  = $(shell setarch -R true 2>/dev/null && echo setarch -R)
# Not -Werror: an instrumented program hides from gcc the ranges by which it knows that all is well.
COMMA    := ,
sanitize  = $(MAKE) --no-print-directory BUILD=$(BUILD)/$1 SAN='$2 -fno-omit-frame-pointer' OPT='-O1 -g' \
            OPT_TESTS='-O0 -g' WERROR='-Wno-format-truncation -Wno-maybe-uninitialized' TEST_SCRIPTS= DEPS=no
# One build for the tests and for libFuzzer: that is why it is clang's. This clang does not say so by that name.
asan_build = $(call sanitize,asan,-fsanitize=address$(COMMA)undefined$(COMMA)fuzzer-no-link -fno-sanitize-recover=all \
            -D__SANITIZE_ADDRESS__) CC=clang WERROR=

## make asan           the tests under address and undefined behaviour sanitizer
asan: deps-needed
	+@ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=1:$$ASAN_OPTIONS \
	    UBSAN_OPTIONS=print_stacktrace=1:$$UBSAN_OPTIONS CK_TIMEOUT_MULTIPLIER=4 TEST_DEADLINE_S=600 \
	    SCREEN_MONKEY_EVENTS=$${SCREEN_MONKEY_EVENTS:-10000} CORE_SEEDS=$${CORE_SEEDS:-50} \
	    TEST_UNDER='$(NO_ASLR)' $(asan_build) test-run

# The simulator has one thread.
TSAN_LEAVES_OUT := -e sim/test_sim
## make tsan           the tests in which threads may run, under thread sanitizer
tsan: deps-needed tests
	+@TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:$$TSAN_OPTIONS CK_TIMEOUT_MULTIPLIER=10 TEST_DEADLINE_S=900 \
	    TEST_UNDER='$(NO_ASLR)' $(call sanitize,tsan,-fsanitize=thread) \
	    TESTS="$$(tests/threaded.sh $(chosen_bins) | sed 's|.*/tests/||' | grep -vx $(TSAN_LEAVES_OUT))" test-run

# ---------------------------------------------------------------- lint
## make lint           formatting, warnings of two compilers, headers alone in C and C++, clang-tidy, cppcheck
lint: lint-format lint-compilers lint-headers lint-tidy lint-cppcheck
.PHONY: lint-format lint-compilers lint-headers lint-tidy lint-cppcheck

lint-format: | deps-needed
	$(call say,FORMAT,)clang-format --dry-run --Werror $(ALL_SRCS) $(ALL_HEADERS)

# gcc finds some only when it optimises. clang finds its own as it reads: lint-tidy shows them, with the same flags.
lint-compilers:
ifneq ($(findstring clang,$(CC)),)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/other CC=gcc DEPS=no objects
else
lint-compilers: objects
endif

# `make test` runs this too, with those of the compilers that are there; here all are.
lint-headers: | deps-needed
	@BUILD=$(abspath $(BUILD)) CC='$(CC)' tests/run.sh tests/abi/test_headers.sh

# Which checks and why: .clang-tidy. The path analysis is for the product: a test's checks fork at every line, so that
# the analyser would spend most of its time where a mistake shows anyway. TIDY_NODES= is how far it goes in a function.
TIDY_NODES ?= 50000
lint-tidy: $(ALL_SRCS:%=$(BUILD)/lint/tidy/%)
$(BUILD)/lint/tidy/%.c: %.c .clang-tidy $(ALL_HEADERS) | deps-needed
	@mkdir -p $(@D)
	$(call say,TIDY,$<)clang-tidy --quiet --warnings-as-errors='*' $(if $(filter tests/%,$<),--checks='-clang-analyzer-*') $< -- $(STD) $(WARN) -Iinclude $(call includes,$<) \
	    $(addprefix -Xclang ,-analyzer-config max-nodes=$(TIDY_NODES)) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

# cppcheck reads no system headers: Check's macros are given to it, and what needs types or paths to be judged well is
# left to the compilers and clang-tidy (uninitvar, printf types, null pointers across a chain of conditions). glibc
# recommends readdir(). A test may leave a descriptor to the end of its process.
CPPCHECK := cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 --std=c11 --inline-suppr \
            $(addprefix --suppress=,readdirCalled uninitvar ctunullpointer nullPointerRedundantCheck \
                invalidPrintfArgType_uint invalidPrintfArgType_sint resourceLeak:tests/*) \
            --library=posix -Iinclude -Ihost-sdk -Iplugin -Itests -Imock-host -D_POSIX_C_SOURCE=200809L \
            '-DSTART_TEST(name)=static void name(int _i)' -DEND_TEST=
lint-cppcheck: $(ALL_SRCS:%=$(BUILD)/lint/cppcheck/%)
$(BUILD)/lint/cppcheck/%.c: %.c $(ALL_HEADERS) | deps-needed
	@mkdir -p $(@D)
	$(call say,CHECK,$<)$(CPPCHECK) $<
	@touch $@

## make format         format every source as .clang-format says
format:
	clang-format -i $(ALL_SRCS) $(ALL_HEADERS)

# ---------------------------------------------------------------- install
put = install -D -m $1 $2 '$(DESTDIR)$3/$(notdir $2)'

## make install        plugin, libposhost, headers, contracts and pkg-config files; DESTDIR= PREFIX= LIBDIR=
install: build
	$(call put,755,$(BUILD)/factorycloud.so,$(LIBDIR)/pos-plugins)
	$(call put,644,$(BUILD)/libposhost.a,$(LIBDIR))
	$(call put,755,$(BUILD)/libposhost.so.$(VERSION),$(LIBDIR))
	ln -sf libposhost.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/$(SONAME)'
	ln -sf $(SONAME) '$(DESTDIR)$(LIBDIR)/libposhost.so'
	install -d '$(DESTDIR)$(PREFIX)/include/pos' '$(DESTDIR)$(PREFIX)/include/poshost' \
	    '$(DESTDIR)$(PREFIX)/share/factorycloud' '$(DESTDIR)$(LIBDIR)/pkgconfig'
	install -m 644 include/pos/*.h '$(DESTDIR)$(PREFIX)/include/pos'
	install -m 644 host-sdk/poshost/*.h '$(DESTDIR)$(PREFIX)/include/poshost'
	install -m 644 include/pos/report.schema.json include/cloud/openapi.yaml '$(DESTDIR)$(PREFIX)/share/factorycloud'
	for pc in posplugin poshost; do \
	    sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' host-sdk/$$pc.pc.in \
	        >'$(DESTDIR)$(LIBDIR)/pkgconfig/'$$pc.pc || exit 1; done

## make uninstall      take away what install put there
uninstall:
	cd '$(DESTDIR)$(LIBDIR)' && rm -f pos-plugins/factorycloud.so libposhost.a libposhost.so libposhost.so.* \
	    pkgconfig/posplugin.pc pkgconfig/poshost.pc
	cd '$(DESTDIR)$(PREFIX)' && rm -f $(wildcard include/pos/*.h) \
	    $(patsubst host-sdk/%,include/%,$(wildcard host-sdk/poshost/*.h)) \
	    share/factorycloud/report.schema.json share/factorycloud/openapi.yaml
	rmdir '$(DESTDIR)$(PREFIX)/include/pos' '$(DESTDIR)$(PREFIX)/include/poshost' \
	    '$(DESTDIR)$(PREFIX)/share/factorycloud' '$(DESTDIR)$(LIBDIR)/pos-plugins' 2>/dev/null || true

## make clean          remove build/
clean:
	rm -rf $(BUILD)

-include $(ALL_OBJS:.o=.d)
