/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_plugin.c - the object itself: its size as shipped (stripped), how long loading takes in a process that
 * has none of its libraries yet, and the processor time of a day on which a shop trades: a tick a second, an X every
 * half-hour, one close.
 */
#include "bench/till.h"
#include "bench/drain.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLOSE_BYTES 49152
#define LOADS       21
#define LOAD_MS     10000
#define DAY_TICKS   86400
#define STRIP       "/usr/bin/strip"
#define STRIP_MS    10000
#define REST_US     2000
#define SETTLE_MS   500

static double load_us(const char *path)
{
    char self[E2E_PATH_BYTES], object[E2E_PATH_BYTES], line[64];
    int out[2];
    e2e_built("tests/bench/loader", self);
    snprintf(object, sizeof object, "%s", path);
    char *const argv[] = {self, object, NULL};
    ck_assert_int_eq(pipe(out), 0);
    pid_t pid = e2e_spawn(argv, out[1], -1);
    close(out[1]);
    ssize_t got = read(out[0], line, sizeof line - 1);
    close(out[0]);
    ck_assert_int_gt(got, 0);
    line[got] = '\0';
    ck_assert_int_eq(e2e_await_exit(pid, LOAD_MS), 0);
    return strtod(line, NULL);
}

/* The libraries that it needs have to be loaded whoever asks for them: an object that needs them and has nothing in it
 * is the floor. */
static void measure_load(const char *path)
{
    bench_samples ours = {0}, floor = {0}, curl = {0};
    char empty[E2E_PATH_BYTES];
    e2e_built("tests/bench/empty.so", empty);
    for (int i = 0; i < LOADS; i++) {
        bench_add(&ours, load_us(path));
        bench_add(&floor, load_us(empty));
        bench_add(&curl, load_us("libcurl.so.4"));
    }
    const char *name = "plugin, load time";
    bench_print((bench_part){.name = name,
                             .unit = "ms",
                             .value = bench_quantile(&ours, 0.5) / 1e3,
                             .aim = "<= 5",
                             .note = "the floor is an empty object that needs the same libraries"});
    bench_print((bench_part){.name = name, .unit = "ms", .side = "floor", .value = bench_quantile(&floor, 0.5) / 1e3});
    bench_print(
        (bench_part){.name = name, .unit = "ms", .side = "libcurl alone", .value = bench_quantile(&curl, 0.5) / 1e3});
    bench_clear(&ours);
    bench_clear(&floor);
    bench_clear(&curl);
}

static void measure_size(const char *path, const char *folder)
{
    char stripped[E2E_PATH_BYTES], object[E2E_PATH_BYTES];
    struct stat info;
    if (access(STRIP, X_OK) != 0) {
        printf("SKIPPED size of the plugin: strip is not installed (make bench-deps)\n");
        return;
    }
    e2e_join_path(stripped, folder, "stripped.so");
    snprintf(object, sizeof object, "%s", path);
    char *const argv[] = {STRIP, "-o", stripped, object, NULL};
    ck_assert_int_eq(e2e_await_exit(e2e_spawn(argv, -1, -1), STRIP_MS), 0);
    ck_assert_int_eq(stat(stripped, &info), 0);
    bench_print((bench_part){.name = "plugin, size stripped",
                             .unit = "KiB",
                             .value = (double)info.st_size / 1024,
                             .aim = "<= 160",
                             .note =
                                 "of 310 KiB 161 are code, 69 words in two languages and constants, 43 the tables by "
                                 "which a host's crash report sees through the plugin"});
}

/* A day in fast motion: the till's clock jumps a second a tick; while something is under way, real time passes too. */
static void measure_day(bench_shop *shop)
{
    static bench_till till;
    uint32_t length;
    const char *document = bench_document(1, CLOSE_BYTES, &length);
    bench_till_open(&till, shop->host.folder, shop->cloud.url, shop->cloud.ca);
    for (double until_us = bench_now_us() + SETTLE_MS * 1e3; bench_now_us() < until_us;) {
        bench_till_tick(&till);
        bench_nap_us(REST_US);
    }
    double cpu_us = bench_process_us();
    for (int i = 0; i < DAY_TICKS; i++) {
        if (i == DAY_TICKS / 2)
            bench_till_hand_over(&till, 1, document, length);
        till.clock_ahead_ms += 1000;
        bench_till_tick(&till);
        for (int rest = 0; till.tick.pending > 0 && rest < 1000; rest++) {
            bench_nap_us(REST_US);
            bench_till_tick(&till);
        }
    }
    cpu_us = bench_process_us() - cpu_us;
    ck_assert_uint_eq(till.tick.pending, 0);
    bench_till_close(&till);
    bench_print((bench_part){.name = "plugin, processor time of a day with 86,400 ticks and a close",
                             .unit = "s",
                             .value = cpu_us / 1e6,
                             .aim = "<= 1"});
}

START_TEST(measure_plugin)
{
    static bench_shop shop;
    char path[E2E_PATH_BYTES];
    bench_shop_open(&shop);
    e2e_built("factorycloud.so", path);
    measure_size(path, shop.host.folder);
    measure_load(path);
    measure_day(&shop);
    bench_shop_close(&shop);
}
END_TEST

int main(void)
{
    return bench_run("plugin", measure_plugin);
}
