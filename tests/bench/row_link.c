/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_link.c - a year of real Z reports (305, 14.6 MB) over 1 Mbit/s and 150 ms of round trip, beside curl
 * posting one body of as many bytes as ours came to. The floor is those bytes over the bandwidth, and three round trips.
 */
#include "bench/drain.h"
#include "bench/shaper.h"
#include "bench/till.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BITS_PER_S    1e6
#define ROUND_TRIP_MS 150.0
#define LINE_BYTES    (256u * 1024u)
#define LIMIT_S       300

static bench_shop shop;
static bench_till till;
static size_t raw_bytes;

static const char *data_path(void)
{
    const char *given = getenv("BENCH_REAL");
    return given ? given : "../shared/data/online-retail/z.ndjson.gz";
}

/* Hands every line over as a document. */
static int64_t fill(void)
{
    static char line[LINE_BYTES];
    int64_t number = 0;
    gzFile file = gzopen(data_path(), "rb");
    ck_assert_ptr_nonnull(file);
    bench_sync_leave_out(true);
    while (gzgets(file, line, sizeof line)) {
        size_t length = strcspn(line, "\n");
        raw_bytes += length;
        bench_till_hand_over(&till, ++number, line, (uint32_t)length);
    }
    bench_sync_leave_out(false);
    gzclose(file);
    return number;
}

static drain_stats send_ours(double *took_s)
{
    char url[64];
    int sink_port, port;
    pid_t sink = drain_sink_start(shop.company_id, &sink_port);
    shaper *link = shaper_start(sink_port, BITS_PER_S, ROUND_TRIP_MS, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    bench_till_open(&till, shop.host.folder, url, "");
    int64_t count = fill();
    double start_us = bench_now_us();
    bench_till_drain(&till, LIMIT_S);
    *took_s = (bench_now_us() - start_us) / 1e6;
    bench_till_close(&till);
    shaper_stop(link);
    drain_stats seen = drain_sink_stop(sink, sink_port);
    ck_assert_int_eq((int64_t)seen.distinct, count);
    return seen;
}

static size_t ignore(char *bytes, size_t unit, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return unit * count;
}

static double send_curl(size_t size)
{
    char url[64], *body = malloc(size);
    int sink_port, port;
    pid_t sink = drain_sink_start(NULL, &sink_port);
    shaper *link = shaper_start(sink_port, BITS_PER_S, ROUND_TRIP_MS, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/r", port);
    ck_assert_ptr_nonnull(body);
    memset(body, 'x', size);
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    double start_us = bench_now_us();
    ck_assert_int_eq(curl_easy_perform(easy), CURLE_OK);
    double took_s = (bench_now_us() - start_us) / 1e6;
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    free(body);
    shaper_stop(link);
    e2e_kill(sink);
    return took_s;
}

START_TEST(measure_link)
{
    static const char name[] = "real Z over 1 Mbit/s and 150 ms, time";
    double took_s;
    if (access(data_path(), R_OK) != 0) {
        printf("SKIPPED the real Z reports: %s is not there (BENCH_REAL= names it)\n", data_path());
        return;
    }
    bench_shop_open(&shop);
    drain_stats seen = send_ours(&took_s);
    double bytes = seen.body_bytes + seen.head_bytes;
    bench_shop_close(&shop);
    double floor_s = bytes * 8 / BITS_PER_S + 3 * ROUND_TRIP_MS / 1e3 / 1.1;
    bench_print((bench_part){.name = name, .unit = "s", .value = took_s, .aim = "ratio <= 1.1"});
    bench_print((bench_part){.name = name, .unit = "s", .side = "floor", .value = floor_s});
    bench_print((bench_part){.name = name, .unit = "s", .side = "raw curl", .value = send_curl((size_t)bytes)});
    bench_print((bench_part){.name = "real Z over 1 Mbit/s, raw bytes over bytes sent",
                             .unit = "x",
                             .value = (double)raw_bytes / bytes,
                             .aim = ">= 8"});
    bench_print((bench_part){.name = "real Z over 1 Mbit/s, batches", .unit = "batches", .value = seen.requests});
}
END_TEST

int main(void)
{
    return bench_run("link", measure_link);
}
