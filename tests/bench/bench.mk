# The benchmark: included by the Makefile. tests/bench/bench.h says what a row is, run.py how rows become the table.
#
# row_*.c are programs that share the folder's other files; what is not there to be compared with is named and left out.
BENCH_ROWS    := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/row_*.c)))
BENCH_SCRIPTS := $(sort $(wildcard tests/bench/row_*.sh tests/bench/row_*.py))
BENCH_TOOLS   := $(addprefix $(BUILD)/tests/bench/,sink loader)
BENCH_OBJS    := $(call objs_of,$(filter-out tests/bench/row_% tests/bench/sink.c tests/bench/loader.c,$(call srcs,tests/bench))) \
                 $(addprefix $(BUILD)/obj/tests/support/,e2e_base.o e2e_cloud.o e2e_days.o e2e_host.o e2e_owner.o \
                     e2e_sql.o http_black_hole.o)

# Programs to compare with. Asked for by name only, for a message broker and a log daemon are no part of a build.
deps_bench-deps := $(deps_test) python3 libpaho-mqtt-dev mosquitto syslog-ng-core syslog-ng-mod-http valgrind binutils
deps_bench      := $(deps_test) python3

# -rdynamic: SQLite and libcurl are to find our fsync() and getaddrinfo() first (syncs.c, names.c).
$(BENCH_ROWS): $(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(BENCH_OBJS) $(BUILD)/libposhost.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie -rdynamic $(LINK) $^ $(TEST_LIBS) -o $@
$(BUILD)/tests/bench/row_catalogue: $(BUILD)/obj/tests/support/e2e_till.o
# On virtual time, with the plugin's core inside.
$(BUILD)/tests/bench/row_outage $(BUILD)/tests/bench/row_fleet: \
    $(addprefix $(BUILD)/obj/tests/support/,storage_memory.o storage_table.o) $(BUILD)/tests/plugin.a
$(BENCH_TOOLS): $(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $^ $(call once,BENCH_TOOL_LIBS,--libs libzstd zlib) -ldl -lpthread -o $@

# Nothing but the plugin's libraries: what loading these takes, no plugin can go below.
$(BUILD)/tests/bench/empty.so: $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -shared -x c /dev/null -x none -Wl,--no-as-needed $(PLUGIN_LIBS) -o $@

.PHONY: bench bench-deps bench-bins bench-chart
## make bench-deps     install what the benchmark compares with: Paho MQTT and mosquitto, syslog-ng; and valgrind
bench-deps: deps-needed

## make bench          measure this and what people would otherwise use, side by side, into build/bench.json;
##                     ROWS='close drain' takes some, ROUNDS= how often (3)
ROUNDS ?= 3
ROWS   ?=
bench-bins: build $(BENCH_ROWS) $(BENCH_TOOLS) $(BUILD)/tests/bench/empty.so $(BUILD)/tests/plugin/test_core_resend_bytes
bench: bench-bins
	@BUILD=$(abspath $(BUILD)) ROUNDS='$(ROUNDS)' ROWS='$(ROWS)' python3 tests/bench/run.py \
	    $(abspath $(BENCH_ROWS)) $(BENCH_SCRIPTS)

## make bench-chart    draw tests/bench/chart.svg from build/bench.json, and put its figures into the README's table
bench-chart: | deps-needed
	@python3 tests/bench/chart.py $(BUILD)/bench.json tests/bench/chart.svg
	@python3 tests/bench/readme.py $(BUILD)/bench.json README.md
