/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_drain.c - the outbox empties itself: into the plain sink that the peers use, and over TLS into the
 * mock cloud, which commits durably before it answers. The till ticks when the plugin asks for it.
 */
#include "bench/drain.h"
#include "bench/till.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zstd.h>

#define LIMIT_S     300
#define FLOOR_BATCH 100
#define FLOOR_LEVEL 3

static bench_shop shop;
static bench_till till;
static int64_t next_number = 1;

/* ---- the floor: what has to be done at the least, a report at a time where no batch helps ---- */

static int32_t visit(void *ctx, uint64_t id, uint32_t size_bytes)
{
    (void)size_bytes;
    bench_add(ctx, (double)id);
    return 0;
}

/* Reads every record once, as the storage gives it. */
static double read_all_us(void)
{
    static uint8_t record[8192];
    const pos_storage *storage = bench_till_storage(&till);
    bench_samples ids = {0};
    uint32_t total;
    double start_us = bench_thread_us();
    ck_assert_int_eq(storage->list(storage->ctx, BENCH_COLLECTION, 0, visit, &ids), POS_OK);
    ck_assert_uint_eq(ids.count, drain_count());
    for (size_t i = 0; i < ids.count; i++)
        ck_assert_int_eq(
            storage->get(storage->ctx, BENCH_COLLECTION, (uint64_t)ids.values[i], 0, record, sizeof record, &total),
            POS_OK);
    bench_clear(&ids);
    return bench_thread_us() - start_us;
}

static void put_all(void)
{
    const pos_storage *storage = bench_till_storage(&till);
    bench_sync_leave_out(true);
    for (size_t i = 0; i < drain_count(); i++) {
        uint32_t length;
        const char *document = bench_document((int64_t)i, DRAIN_REPORT_BYTES, &length);
        ck_assert_int_eq(storage->put(storage->ctx, BENCH_COLLECTION, i, document, length), POS_OK);
    }
    bench_sync_leave_out(false);
}

static void remove_all(void)
{
    const pos_storage *storage = bench_till_storage(&till);
    for (uint64_t i = 0; i < drain_count(); i++)
        ck_assert_int_eq(storage->remove(storage->ctx, BENCH_COLLECTION, &i, 1), POS_OK);
}

static double compress_all_us(void)
{
    static char batch[FLOOR_BATCH * DRAIN_REPORT_BYTES * 2], packed[FLOOR_BATCH * DRAIN_REPORT_BYTES * 2];
    double us = 0;
    for (size_t i = 0; i < drain_count(); i += FLOOR_BATCH) {
        size_t used = 0;
        for (size_t k = 0; k < FLOOR_BATCH; k++) {
            uint32_t length;
            const char *document = bench_document((int64_t)(i + k), DRAIN_REPORT_BYTES, &length);
            memcpy(batch + used, document, length);
            used += length;
        }
        double start_us = bench_thread_us();
        ck_assert(!ZSTD_isError(ZSTD_compress(packed, sizeof packed, batch, used, FLOOR_LEVEL)));
        us += bench_thread_us() - start_us;
    }
    return us;
}

/* The reports as they are, one request after the other on one connection. */
static double post_all_us(void)
{
    int port, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char bytes[DRAIN_REPORT_BYTES + 1024], answer[1024];
    double us = 0;
    pid_t sink = drain_sink_start(NULL, &port);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    for (size_t i = 0; i < drain_count(); i++) {
        uint32_t length;
        const char *document = bench_document((int64_t)i, DRAIN_REPORT_BYTES, &length);
        int head =
            snprintf(bytes, sizeof bytes, "POST /r HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %u\r\n\r\n", length);
        memcpy(bytes + head, document, length);
        double start_us = bench_thread_us();
        ck_assert_int_gt(write(fd, bytes, (size_t)head + length), 0);
        ck_assert_int_gt(read(fd, answer, sizeof answer), 0);
        us += bench_thread_us() - start_us;
    }
    close(fd);
    e2e_kill(sink);
    return us;
}

/* ---- ours ---- */

static void fill(const char *url)
{
    bench_till_open(&till, shop.host.folder, url, shop.cloud.ca);
    bench_till_fill(&till, next_number, drain_count(), DRAIN_REPORT_BYTES);
    next_number += (int64_t)drain_count();
    till.use = (bench_use){0};
}

static void drain_plain(void)
{
    char url[64];
    int port;
    pid_t sink = drain_sink_start(shop.company_id, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    fill(url);
    bench_pause("drain, plain HTTP");
    uint64_t syncs = bench_syncs();
    double cpu_us = bench_process_us(), start_us = bench_now_us();
    bench_till_drain(&till, LIMIT_S);
    double took_us = bench_now_us() - start_us;
    cpu_us = bench_process_us() - cpu_us;
    syncs = bench_syncs() - syncs;
    drain_stats seen = drain_sink_stop(sink, port);
    put_all();
    double floor_us = read_all_us() + compress_all_us() + post_all_us();
    remove_all();
    bench_till_close(&till);
    drain_print(NULL, &seen, took_us, cpu_us, NULL);
    bench_print(
        (bench_part){.name = "drain, plain HTTP, client CPU s", .unit = "s", .side = "floor", .value = floor_us / 1e6});
    bench_print((bench_part){.name = "drain, plain HTTP, reports a batch",
                             .unit = "reports",
                             .value = (double)drain_count() / seen.requests});
    bench_print((bench_part){.name = "drain, plain HTTP, syncs a batch",
                             .unit = "syncs",
                             .value = (double)syncs / seen.requests,
                             .aim = "<= 1.1",
                             .note = "one a batch; the rest is SQLite moving its journal into place"});
    bench_print((bench_part){
        .name = "drain, plain HTTP, storage share of the time", .unit = "%", .value = till.use.us / took_us * 100});
}

static void drain_tls(void)
{
    fill(shop.cloud.url);
    double cpu_us = bench_process_us(), start_us = bench_now_us();
    bench_till_drain(&till, LIMIT_S);
    double took_us = bench_now_us() - start_us;
    cpu_us = bench_process_us() - cpu_us;
    bench_till_close(&till);
    bench_print((bench_part){.name = "drain, TLS into mock-cloud, reports/s",
                             .unit = "1/s",
                             .value = (double)drain_count() / took_us * 1e6,
                             .note = "the cloud checks and commits every report durably"});
    bench_print((bench_part){.name = "drain, TLS into mock-cloud, client CPU s", .unit = "s", .value = cpu_us / 1e6});
}

/* One report alone: a close while the cloud is there. */
static void send_alone(void)
{
    char url[64];
    int port;
    pid_t sink = drain_sink_start(shop.company_id, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    bench_till_open(&till, shop.host.folder, url, shop.cloud.ca);
    bench_till_fill(&till, next_number++, 1, DRAIN_REPORT_BYTES); /* learns what the sink can unpack */
    bench_till_drain(&till, LIMIT_S);
    drain_stats before = drain_sink_ask(port);
    bench_till_fill(&till, next_number++, 1, DRAIN_REPORT_BYTES);
    bench_till_drain(&till, LIMIT_S);
    bench_till_close(&till);
    drain_stats after = drain_sink_stop(sink, port);
    bench_print((bench_part){.name = "a 4 KB report alone, bytes up",
                             .unit = "bytes",
                             .value = after.body_bytes + after.head_bytes - before.body_bytes - before.head_bytes,
                             .aim = "<= 1300"});
}

START_TEST(drain)
{
    bench_shop_open(&shop);
    drain_plain();
    send_alone();
    drain_tls();
    bench_shop_close(&shop);
}
END_TEST

int main(void)
{
    return bench_run("drain", drain);
}
