/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/slow.c - the cloud is there, but the way to it is slow or goes silent: every byte in a packet of its own,
 * a drip, a stall in each part of an exchange. The plugin's own time-outs end it (libcurl's clock runs fast here), the
 * owner is told, and all is delivered once the way is free. The till goes on meanwhile: no call waits.
 */
#include "netcut/bench.h"
#include "netcut/fast_clock.h"
#include "netcut/netcut.h"
#include "netcut/wrong.h"

#include <string.h>

#define FAST       60
#define DRIP_MS    20     /* 50 bytes a second, so less than one a second by libcurl's clock */
#define LONGEST_US 500000 /* of a call, on a busy machine; one that waits for the network takes seconds */

static const char no_connection[] = "No connection to FactoryCLOUD.";
static const char nothing_answers[] = "nothing answers there";
static const char not_in_time[] = "FactoryCLOUD did not answer in time";
static const char not_whole[] = "its answer does not arrive whole";

/* In the fresh TLS connection of an upload: the handshake takes about 600 bytes up and 1,000 down; then comes the
 * request, and the answer of about 650. */
static const struct slow {
    const char *name;
    proxy_plan plan;
    const char *line, *diagnosis; /* NULL: it is slow, and nothing else */
} slows[] = {
    {"every byte of the request in a packet of its own", {PROXY_CHOP, PROXY_UP, 0, 0, true}, NULL, NULL},
    {"every byte of the answer in a packet of its own", {PROXY_CHOP, PROXY_DOWN, 0, 0, true}, NULL, NULL},
    {"the handshake drips", {PROXY_DRIP, PROXY_DOWN, 0, DRIP_MS, true}, no_connection, nothing_answers},
    {"the request drips", {PROXY_DRIP, PROXY_UP, 700, DRIP_MS, true}, not_in_time, not_whole},
    {"the answer drips", {PROXY_DRIP, PROXY_DOWN, 1100, DRIP_MS, true}, not_in_time, not_whole},
    {"silence at once", {PROXY_STALL, PROXY_UP, 0, 0, true}, no_connection, nothing_answers},
    {"silence in the handshake", {PROXY_STALL, PROXY_DOWN, 500, 0, true}, no_connection, nothing_answers},
    {"silence in the head of the request", {PROXY_STALL, PROXY_UP, 700, 0, true}, not_in_time, not_whole},
    {"silence in the body of the request", {PROXY_STALL, PROXY_UP, 1000, 0, true}, not_in_time, NULL},
    {"silence in the head of the answer", {PROXY_STALL, PROXY_DOWN, 1000, 0, true}, not_in_time, not_whole},
    {"silence in the body of the answer", {PROXY_STALL, PROXY_DOWN, 1500, 0, true}, not_in_time, NULL},
};

#define SLOWS ((int)(sizeof slows / sizeof slows[0]))

static void be_slow(bench *b, const struct slow *s)
{
    proxy_arm(b->proxy, &s->plan);
    proxy_drop(b->proxy);
    fast_clock_set(s->line ? FAST : 1);
    bench_close_days(b, 1);
    if (s->line)
        wrong_check_words(b, s->line, s->diagnosis);
    else
        bench_await_delivered(b);
    ck_assert(proxy_has_acted(b->proxy));
    fast_clock_set(1);
    ck_assert_uint_eq(b->host.tick.pending, s->line ? 1 : 0);
}

static void run_case(const struct slow *s)
{
    static bench b;
    const proxy_plan pass = {.act = PROXY_PASS};
    bench_open(&b, false);
    int64_t began_us = e2e_now_us();
    be_slow(&b, s);
    proxy_arm(b.proxy, &pass);
    proxy_drop(b.proxy);
    bench_await_delivered(&b);
    wrong_check_healed(&b);
    ck_assert_msg(b.longest_us < LONGEST_US, "a call took %lld us", (long long)b.longest_us);
    bench_close(&b);
    netcut_print_told(s->name, began_us);
}

START_TEST(slow_way)
{
    run_case(&slows[_i]);
}
END_TEST

void slow_add_cases(Suite *suite, unsigned part, unsigned of)
{
    TCase *tests = tcase_create("slow");
    tcase_set_timeout(tests, 120);
    for (int i = 0; i < SLOWS; i++) {
        if ((unsigned)i % of == part)
            tcase_add_loop_test(tests, slow_way, i, i + 1);
    }
    suite_add_tcase(suite, tests);
}
