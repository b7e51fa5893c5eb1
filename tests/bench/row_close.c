/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_close.c - what a close costs the till's thread, in four states of the network, beside the same bytes
 * through the storage callback alone: one after the other, again and again, in the same database.
 */
#include "bench/till.h"
#include "support/http_server.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_HEADER_BYTES 512 /* what the plugin stores before a document */
#define STALL_MS            4000
#define BLACK_HOLE          1 /* index among the networks */
#define LARGE_BYTES         49152
#define SLOW_WRITE_MS       10
#define HASHES              200

typedef struct measured {
    bench_samples ours, floor;
    uint64_t puts, bytes, syncs;
    size_t closes;
} measured;

static bench_shop shop;
static int64_t next_number = 1;
static uint64_t next_floor = 1;

static void put_alone(bench_till *till, const void *bytes, uint32_t size_bytes, measured *m)
{
    const pos_storage *storage = bench_till_storage(till);
    double start_us = bench_now_us();
    if (till->write_delay_ms > 0)
        bench_nap_us(till->write_delay_ms * 1e3);
    int32_t result = storage->put(storage->ctx, BENCH_COLLECTION, next_floor++, bytes, size_bytes);
    bench_add(&m->floor, bench_now_us() - start_us);
    ck_assert_int_eq(result, POS_OK);
}

static void close_day(bench_till *till, const void *document, uint32_t length, measured *m)
{
    bench_use before = till->use;
    uint64_t syncs = bench_syncs();
    double start_us = bench_now_us();
    bench_till_hand_over(till, next_number++, document, length);
    bench_add(&m->ours, bench_now_us() - start_us);
    m->syncs += bench_syncs() - syncs;
    m->puts += till->use.puts - before.puts;
    m->bytes += till->use.put_bytes - before.put_bytes;
    m->closes++;
}

static void measure(const char *url, size_t size_bytes, size_t closes, uint32_t write_ms, measured *m)
{
    static char same[5 << 20];
    bench_till till;
    bench_till_open(&till, shop.host.folder, url, shop.cloud.ca);
    for (size_t i = 0; i < closes; i++) {
        uint32_t length;
        const char *document = bench_document(next_number, size_bytes, &length);
        memcpy(same + RECORD_HEADER_BYTES, document, length);
        till.write_delay_ms = write_ms;
        if (i % 2)
            put_alone(&till, same, length + RECORD_HEADER_BYTES, m);
        close_day(&till, document, length, m);
        if (i % 2 == 0)
            put_alone(&till, same, length + RECORD_HEADER_BYTES, m);
        till.write_delay_ms = 0;
        bench_till_tick(&till);
    }
    bench_till_close(&till);
}

static void print_quantile(const char *what, const char *name, double share, measured *m, const char *aim)
{
    char full[160];
    snprintf(full, sizeof full, "%s, %s", what, name);
    bench_print((bench_part){.name = full, .unit = "us", .value = bench_quantile(&m->ours, share), .aim = aim});
    bench_print((bench_part){.name = full, .unit = "us", .side = "floor", .value = bench_quantile(&m->floor, share)});
}

static void print_count(const char *what, const char *name, double value, const char *aim)
{
    char full[160];
    snprintf(full, sizeof full, "%s, %s", what, name);
    bench_print((bench_part){.name = full, .unit = "a close", .value = value, .aim = aim});
}

static void print(const char *what, measured *m, const char *aim)
{
    double closes = (double)m->closes;
    print_quantile(what, "p50", 0.5, m, aim);
    print_quantile(what, "p99", 0.99, m, aim);
    print_quantile(what, "p99.9", 0.999, m, NULL);
    print_quantile(what, "max", 1, m, NULL);
    print_count(what, "storage calls", (double)m->puts / closes, "<= 1");
    print_count(what, "bytes", (double)m->bytes / closes, NULL);
    /* One a put; now and then the database moves its journal into place, with two more. */
    print_count(what, "syncs", (double)m->syncs / closes, "<= 1.1");
}

/* Of what a close costs on top of the write, the part that nothing here can shorten. */
static void measure_hash(const char *size_name, size_t size_bytes)
{
    bench_samples took = {0};
    char name[80];
    for (int64_t i = 1; i <= HASHES; i++) {
        uint8_t sha256[crypto_hash_sha256_BYTES];
        uint32_t length;
        const char *document = bench_document(i, size_bytes, &length);
        double start_us = bench_now_us();
        crypto_hash_sha256(sha256, (const uint8_t *)document, length);
        bench_add(&took, bench_now_us() - start_us);
    }
    snprintf(name, sizeof name, "close %s, of it libsodium's SHA-256, p50", size_name);
    bench_print((bench_part){.name = name, .unit = "us", .value = bench_quantile(&took, 0.5)});
    bench_clear(&took);
}

typedef struct network {
    const char *name;
    char url[64];
    int stall_ms;
} network;

static void measure_size(const char *size_name, size_t size_bytes, const char *aim, network *networks, size_t count)
{
    double fastest = 0, slowest = 0;
    char what[80];
    measure_hash(size_name, size_bytes);
    for (size_t i = 0; i < count; i++) {
        measured m = {0};
        bench_stall_names(networks[i].stall_ms);
        measure(networks[i].url, size_bytes, bench_scale(1000, 50), 0, &m);
        snprintf(what, sizeof what, "close %s, %s", size_name, networks[i].name);
        print(what, &m, aim);
        if (i == BLACK_HOLE && size_bytes < LARGE_BYTES) /* beside the naive spooler's, which waits for its timeout */
            bench_print((bench_part){.name = "close with the cloud in a black hole, longest",
                                     .unit = "ms",
                                     .value = bench_quantile(&m.ours, 1) / 1e3,
                                     .aim = "ratio to naive <= 0.1"});
        double ratio = bench_quantile(&m.ours, 0.5) / bench_quantile(&m.floor, 0.5);
        fastest = i == 0 || ratio < fastest ? ratio : fastest;
        slowest = ratio > slowest ? ratio : slowest;
        bench_clear(&m.ours);
        bench_clear(&m.floor);
    }
    snprintf(what, sizeof what, "close %s, worst network over best, p50", size_name);
    bench_print((bench_part){.name = what, .unit = "x", .value = slowest / fastest, .aim = "<= 1.25"});
    for (size_t i = 0; i < 2; i++) {
        measured m = {0};
        bench_stall_names(0);
        measure(networks[i].url, size_bytes, bench_scale(100, 10), SLOW_WRITE_MS, &m);
        snprintf(what, sizeof what, "close %s, %s, 10 ms a write", size_name, networks[i].name);
        print(what, &m, aim);
        bench_clear(&m.ours);
        bench_clear(&m.floor);
    }
}

START_TEST(measure_closes)
{
    http_black_hole hole;
    http_black_hole_open(&hole);
    bench_shop_open(&shop);
    network networks[] = {{.name = "healthy"},
                          {.name = "black hole"},
                          {.name = "refused", .url = "https://127.0.0.1:1"},
                          {.name = "DNS stalled", .url = "https://cloud.stalled.test", .stall_ms = STALL_MS}};
    snprintf(networks[0].url, sizeof networks[0].url, "%s", shop.cloud.url);
    snprintf(networks[1].url, sizeof networks[1].url, "https://127.0.0.1:%d", hole.port);
    measure_size("4 KB", 4096, "ratio <= 1.3", networks, sizeof networks / sizeof networks[0]);
    measure_size("48 KB", LARGE_BYTES, "ratio <= 2", networks, sizeof networks / sizeof networks[0]);
    bench_shop_close(&shop);
    http_black_hole_close(&hole);
}
END_TEST

int main(void)
{
    return bench_run("close", measure_closes);
}
