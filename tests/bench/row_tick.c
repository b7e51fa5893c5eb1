/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_tick.c - what a tick costs the till's thread: with nothing to do, while a queue is uploaded, and while
 * that goes on with a storage of 10 ms a write. What the storage itself takes is told apart.
 *
 * With arguments it is what it runs under callgrind: FOLDER URL CA TICKS ticks, to be counted in instructions.
 */
#include "bench/drain.h"
#include "bench/till.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SLOW_WRITE_MS 10
#define SINK_NICENESS 15
#define COUNTED_TICKS 1000
#define SETTLE_TICKS  50
#define VALGRIND_MS   300000
#define VALGRIND      "/usr/bin/valgrind"

static bench_shop shop;
static bench_till till;
static int64_t next_number = 1;

/* ---- instructions ---- */

static char **arguments;

START_TEST(tick_only)
{
    bench_till_open(&till, arguments[1], arguments[2], arguments[3]);
    for (int i = 0; i < atoi(arguments[4]); i++)
        bench_till_tick(&till);
    bench_till_close(&till);
}
END_TEST

/* All instructions of on_tick, of whatever it calls, in so many ticks. */
static double count_instructions(int ticks)
{
    char self[E2E_PATH_BYTES], out[E2E_PATH_BYTES], out_option[E2E_PATH_BYTES + 32], number[16];
    e2e_built("tests/bench/row_tick", self);
    e2e_join_path(out, shop.host.folder, "callgrind.out");
    snprintf(out_option, sizeof out_option, "--callgrind-out-file=%s", out);
    snprintf(number, sizeof number, "%d", ticks);
    char *const argv[] = {VALGRIND,
                          "--quiet",
                          "--tool=callgrind",
                          "--toggle-collect=plugin_on_tick",
                          out_option,
                          self,
                          shop.host.folder,
                          "https://127.0.0.1:1",
                          "",
                          number,
                          NULL};
    ck_assert_int_eq(e2e_await_exit(e2e_spawn(argv, STDERR_FILENO, -1), VALGRIND_MS), 0);
    char *text = e2e_read_file(out, NULL);
    const char *line = text ? strstr(text, "\nsummary: ") : NULL;
    ck_assert_msg(line, "callgrind wrote no summary");
    double counted = strtod(line + 10, NULL);
    free(text);
    return counted;
}

static void measure_instructions(void)
{
    if (access(VALGRIND, X_OK) != 0) {
        printf("SKIPPED instructions of a tick: valgrind is not installed (make bench-deps)\n");
        return;
    }
    double few = count_instructions(SETTLE_TICKS), many = count_instructions(SETTLE_TICKS + COUNTED_TICKS);
    bench_print((bench_part){
        .name = "tick, idle, instructions", .unit = "instr.", .value = (many - few) / COUNTED_TICKS, .aim = "<= 2000"});
}

/* ---- time ---- */

typedef struct measured {
    bench_samples whole, outside, work;
    uint64_t most_writes;
} measured;

static void tick(measured *m)
{
    bench_use before = till.use;
    double start_us = bench_now_us(), start_cpu_us = bench_thread_us();
    bench_till_tick(&till);
    double cpu_us = bench_thread_us() - start_cpu_us, took_us = bench_now_us() - start_us;
    uint64_t writes = till.use.puts + till.use.removes - before.puts - before.removes;
    bench_add(&m->whole, took_us);
    bench_add(&m->outside, took_us - (till.use.us - before.us));
    bench_add(&m->work, cpu_us - (till.use.cpu_us - before.cpu_us));
    m->most_writes = writes > m->most_writes ? writes : m->most_writes;
}

static void print_one(const char *what, const char *name, const char *unit, double value, const char *aim)
{
    char full[120];
    snprintf(full, sizeof full, "tick, %s, %s", what, name);
    bench_print((bench_part){.name = full, .unit = unit, .value = value, .aim = aim});
}

static void print(const char *what, measured *m, const char *aim)
{
    print_one(what, "p50", "us", bench_quantile(&m->whole, 0.5), NULL);
    print_one(what, "outside storage, p50", "us", bench_quantile(&m->outside, 0.5), NULL);
    print_one(what, "outside storage, p99.9", "us", bench_quantile(&m->outside, 0.999), aim);
    print_one(what, "outside storage, max", "us", bench_quantile(&m->outside, 1), NULL);
    print_one(what, "processor outside storage, p99.9", "us", bench_quantile(&m->work, 0.999), aim);
    print_one(what, "processor outside storage, max", "us", bench_quantile(&m->work, 1), NULL);
    print_one(what, "writes, at most", "a tick", (double)m->most_writes, "<= 1");
    bench_clear(&m->whole);
    bench_clear(&m->outside);
    bench_clear(&m->work);
}

static void measure_idle(void)
{
    measured m = {0};
    bench_till_open(&till, shop.host.folder, "https://127.0.0.1:1", "");
    for (size_t i = 0; i < bench_scale(100000, 1000); i++)
        tick(&m);
    bench_till_close(&till);
    print("idle", &m, NULL);
}

static void measure_uploading(uint32_t write_ms, size_t count, const char *what)
{
    measured m = {0};
    char url[64];
    int port;
    pid_t sink = drain_sink_start(shop.company_id, &port);
    (void)setpriority(PRIO_PROCESS, (id_t)sink, SINK_NICENESS); /* a cloud takes nothing of a till's processor */
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    bench_till_open(&till, shop.host.folder, url, "");
    bench_till_fill(&till, next_number, count, DRAIN_REPORT_BYTES);
    next_number += (int64_t)count;
    till.write_delay_ms = write_ms;
    do {
        tick(&m);
        bench_nap_us(till.tick.next_tick_ms < 1000 ? till.tick.next_tick_ms * 1e3 : 0);
    } while (till.tick.pending > 0 || till.tick.next_tick_ms == 0);
    bench_till_close(&till);
    e2e_kill(sink);
    print(what, &m, "<= 200");
}

START_TEST(measure_ticks)
{
    bench_shop_open(&shop);
    measure_idle();
    measure_instructions();
    measure_uploading(0, bench_scale(20000, 1000), "uploading");
    measure_uploading(SLOW_WRITE_MS, bench_scale(20000, 500), "uploading, 10 ms a write");
    bench_shop_close(&shop);
}
END_TEST

int main(int argc, char **argv)
{
    arguments = argv;
    return bench_run("tick", argc == 5 ? tick_only : measure_ticks);
}
