/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_queue.c - a till that was cut off for years: the start, a tick and the status screen with 100,000
 * reports pending, beside the same with 10; and the memory of it, up to draining and a report of 4 MB on its way.
 */
#include "bench/drain.h"
#include "bench/till.h"

#include <malloc.h>
#include <poshost/screen.h>
#include <stdio.h>
#include <string.h>

#define SHORT_QUEUE 10
#define LARGE_BYTES (4u << 20)
#define OFFLINE     "https://127.0.0.1:1"
#define DRAINED     20000
#define FIRST_S     10
#define STARTS      7
#define KIB         1024.0
#define RENDERS     200
#define TICKS       5000

static bench_shop shop;
static bench_till till;
static int64_t next_number = 1;

/* ---- start ---- */

static int32_t count_id(void *ctx, uint64_t id, uint32_t size_bytes)
{
    (void)id;
    (void)size_bytes;
    ++*(size_t *)ctx;
    return 0;
}

/* create() lists the outbox among others: the floor is one list of its ids, in a storage that was just opened. */
static double list_us(void)
{
    char database[E2E_PATH_BYTES], key_file[E2E_PATH_BYTES], why[256];
    poshost_storage *storage;
    size_t count = 0;
    e2e_join_path(database, shop.host.folder, "plugin.db");
    e2e_join_path(key_file, shop.host.folder, "keys/plugin.key");
    ck_assert_int_eq(poshost_storage_open(database, key_file, &storage, why, sizeof why), POS_OK);
    const pos_storage *calls = poshost_storage_calls(storage);
    double start_us = bench_now_us();
    ck_assert_int_eq(calls->acquire(calls->ctx), POS_OK);
    for (uint32_t collection = 1; collection < 64; collection++) /* whichever it is: the others are all but empty */
        ck_assert_int_eq(calls->list(calls->ctx, collection, 0, count_id, &count), POS_OK);
    double took_us = bench_now_us() - start_us;
    poshost_storage_close(storage);
    return took_us;
}

static void measure_start(size_t count)
{
    char url[64], name[96];
    int port;
    pid_t sink = drain_sink_start(shop.company_id, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    bench_samples floor = {0}, ours = {0};
    for (int i = 0; i < STARTS; i++) { /* the first finds nothing in the system's memory, neither library nor file */
        bench_add(&floor, list_us());
        double start_us = bench_now_us();
        bench_till_open(&till, shop.host.folder, OFFLINE, "");
        bench_add(&ours, bench_now_us() - start_us);
        bench_till_close(&till);
    }
    bench_till_open(&till, shop.host.folder, url, "");
    double ready_us = bench_now_us(), until_us = ready_us + FIRST_S * 1e6;
    do {
        bench_till_beat(&till);
        ck_assert(bench_now_us() < until_us);
    } while (till.use.gets == 0 || till.tick.next_tick_ms == 0 || drain_sink_ask(port).requests == 0);
    double first_us = drain_sink_ask(port).first_us;
    bench_till_close(&till);
    e2e_kill(sink);
    snprintf(name, sizeof name, "start, %zu pending, ready", count);
    bench_print((bench_part){.name = name,
                             .unit = "ms",
                             .value = bench_quantile(&ours, 0.5) / 1e3,
                             .aim = count > SHORT_QUEUE ? "ratio <= 1.2" : NULL});
    bench_print((bench_part){.name = name, .unit = "ms", .side = "floor", .value = bench_quantile(&floor, 0.5) / 1e3});
    snprintf(name, sizeof name, "start, %zu pending, first upload at the cloud after it", count);
    bench_print((bench_part){.name = name, .unit = "ms", .value = (first_us - ready_us) / 1e3, .aim = "<= 20"});
}

/* ---- calls ---- */

static int32_t render(void *ctx, const pos_event *event, const pos_builder *builder)
{
    bench_till *of = ctx;
    return of->calls->render_settings(of->self, event, builder);
}

static void measure_calls(size_t count)
{
    bench_samples screens = {0}, ticks = {0};
    char name[96];
    bench_till_open(&till, shop.host.folder, OFFLINE, "");
    poshost_screen *screen = poshost_screen_new();
    ck_assert_int_eq(poshost_screen_open(screen, render, &till), POS_OK);
    ck_assert_int_eq(poshost_screen_press(screen, "status", render, &till), POS_OK);
    ck_assert_str_eq(poshost_screen_id(screen), "status");
    for (int i = 0; i < RENDERS; i++) {
        double start_us = bench_now_us();
        ck_assert_int_eq(poshost_screen_refresh(screen, render, &till), POS_OK);
        bench_add(&screens, bench_now_us() - start_us);
    }
    for (int i = 0; i < TICKS; i++) {
        double start_us = bench_now_us();
        bench_till_tick(&till);
        bench_add(&ticks, bench_now_us() - start_us);
    }
    poshost_screen_free(screen);
    bench_till_close(&till);
    snprintf(name, sizeof name, "status screen, %zu pending, p50", count);
    bench_print((bench_part){.name = name, .unit = "us", .value = bench_quantile(&screens, 0.5), .aim = "<= 1000"});
    snprintf(name, sizeof name, "status screen, %zu pending, p99", count);
    bench_print((bench_part){.name = name, .unit = "us", .value = bench_quantile(&screens, 0.99)});
    snprintf(name, sizeof name, "tick, offline with %zu pending, p50", count);
    bench_print((bench_part){.name = name, .unit = "us", .value = bench_quantile(&ticks, 0.5)});
    bench_clear(&screens);
    bench_clear(&ticks);
}

/* ---- memory ---- */

static double resident_kib(void)
{
    malloc_trim(0);
    return bench_memory_kib(0, "VmRSS");
}

static void print_memory(const char *what, double kib, double idle_kib, const char *aim)
{
    char name[96];
    snprintf(name, sizeof name, "memory, %s", what);
    bench_print((bench_part){.name = name, .unit = "KiB", .value = kib - idle_kib, .aim = aim});
}

static void measure_memory(double idle_kib)
{
    char url[64];
    int port;
    bench_till_open(&till, shop.host.folder, OFFLINE, "");
    bench_till_tick(&till);
    print_memory("100,000 pending, over idle", resident_kib(), idle_kib, "<= 4096");
    bench_till_close(&till);
    pid_t sink = drain_sink_start(shop.company_id, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    bench_till_open(&till, shop.host.folder, url, "");
    double most_kib = 0;
    uint32_t until = (uint32_t)next_number > DRAINED ? (uint32_t)next_number - DRAINED : 0;
    do {
        double kib = bench_memory_kib(0, "VmRSS");
        bench_till_beat(&till);
        most_kib = kib > most_kib ? kib : most_kib;
    } while (till.tick.pending > until);
    print_memory("draining, over idle", most_kib, idle_kib, "<= 4096");
    bench_till_close(&till);
    e2e_kill(sink);
}

static void measure_large(const char *folder, double idle_kib)
{
    char url[64];
    int port;
    uint32_t length;
    pid_t sink = drain_sink_start(shop.company_id, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    const char *document = bench_document(1, LARGE_BYTES - 4096, &length);
    bench_till_open(&till, folder, url, "");
    bench_till_hand_over(&till, next_number++, document, length);
    double most_kib = 0;
    do {
        double kib = bench_memory_kib(0, "VmRSS");
        bench_till_beat(&till);
        most_kib = kib > most_kib ? kib : most_kib;
    } while (till.tick.pending > 0);
    bench_till_close(&till);
    e2e_kill(sink);
    print_memory("a 4 MB report on its way, over idle and itself", most_kib - LARGE_BYTES / KIB, idle_kib, "<= 4096");
}

/* The storage's own cache is the host's, so it is filled before "idle" is looked at: with a record as large as any. */
static void fill_cache(void)
{
    static uint8_t record[LARGE_BYTES];
    const pos_storage *storage = bench_till_storage(&till);
    uint64_t id = 1;
    uint32_t total;
    memset(record, 1, sizeof record);
    ck_assert_int_eq(storage->put(storage->ctx, BENCH_COLLECTION, id, record, sizeof record), POS_OK);
    ck_assert_int_eq(storage->get(storage->ctx, BENCH_COLLECTION, id, 0, record, sizeof record, &total), POS_OK);
    ck_assert_int_eq(storage->remove(storage->ctx, BENCH_COLLECTION, &id, 1), POS_OK);
}

static double measure_idle_memory(void)
{
    double before_kib = resident_kib();
    bench_till_open(&till, shop.host.folder, OFFLINE, "");
    bench_till_tick(&till);
    bench_print((bench_part){.name = "memory, loaded and idle",
                             .unit = "KiB",
                             .value = resident_kib() - before_kib,
                             .note = "beside the libraries, which the bench has loaded already"});
    fill_cache();
    double idle_kib = resident_kib();
    bench_till_close(&till);
    return idle_kib;
}

START_TEST(measure_queue)
{
    size_t many = bench_scale(100000, 5000);
    uint32_t length;
    bench_shop_open(&shop);
    (void)bench_document(1, LARGE_BYTES, &length); /* its room is ours, not the plugin's */
    double idle_kib = measure_idle_memory();
    measure_large(shop.host.folder, idle_kib);
    bench_till_open(&till, shop.host.folder, OFFLINE, "");
    bench_till_fill(&till, next_number, SHORT_QUEUE, DRAIN_REPORT_BYTES);
    next_number += SHORT_QUEUE;
    bench_till_close(&till);
    measure_calls(SHORT_QUEUE);
    bench_till_open(&till, shop.host.folder, OFFLINE, "");
    bench_till_fill(&till, next_number, many - SHORT_QUEUE, DRAIN_REPORT_BYTES);
    next_number += (int64_t)many - SHORT_QUEUE;
    bench_till_close(&till);
    measure_calls(many);
    measure_start(many);
    measure_memory(idle_kib);
    bench_shop_close(&shop);
}
END_TEST

int main(void)
{
    return bench_run("queue", measure_queue);
}
