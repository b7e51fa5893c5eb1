/* SPDX-License-Identifier: Apache-2.0 */
/* tests/netcut/bench.c - sets the scene, moves time, and asks the cloud's own tables after every round. */
#include "netcut/bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "netcut/fast_clock.h"
#include "support/e2e_sql.h"

#define AWAIT_MS       20000
#define UNDER_WAY_MS   50 /* what the plugin asks for while an answer is on its way is less */
#define NAP_US         100
#define CATALOGUE_SIZE 12u

/* ---- what the cloud has got ---- */

/* After that row the cloud has got the days from that number on, each once, counted, with its very bytes; no other. */
static void check_arrivals(bench *b, int64_t after_row, int64_t first_z)
{
    size_t missing = (size_t)(b->last_z - first_z + 1);
    char *is_there = calloc(1, (size_t)b->last_z + 1);
    ck_assert_ptr_nonnull(is_there);
    sqlite3_reset(b->arrivals);
    sqlite3_bind_int64(b->arrivals, 1, after_row);
    while (sqlite3_step(b->arrivals) == SQLITE_ROW) {
        int64_t z = sqlite3_column_int64(b->arrivals, 1);
        b->last_row = sqlite3_column_int64(b->arrivals, 0);
        ck_assert_msg(z >= first_z && z <= b->last_z && !is_there[z]++, "Z %lld came twice", (long long)z);
        ck_assert_msg(sqlite3_column_int(b->arrivals, 2) == 1, "Z %lld does not count", (long long)z);
        const e2e_day *day = &b->host.days[z - 1];
        ck_assert(day->z_number == z && sqlite3_column_bytes(b->arrivals, 3) == (int)day->document_size);
        ck_assert(memcmp(sqlite3_column_blob(b->arrivals, 3), day->document, day->document_size) == 0);
        missing--;
    }
    sqlite3_reset(b->arrivals);
    free(is_there);
    ck_assert_msg(missing == 0, "%zu days of Z %lld to %lld are not there", missing, (long long)first_z,
                  (long long)b->last_z);
}

/* ---- beginning and end ---- */

static void prepare_arrivals(bench *b)
{
    int code = sqlite3_open_v2(b->cloud.database, &b->database, SQLITE_OPEN_READONLY, NULL);
    ck_assert_msg(code == SQLITE_OK, "cannot open %s", b->cloud.database);
    sqlite3_busy_timeout(b->database, AWAIT_MS);
    code = sqlite3_prepare_v2(b->database,
                              "SELECT report_no, z_number, counted = 1 AND copy = 0, document FROM reports"
                              " WHERE kind = 'Z' AND report_no > ?1 ORDER BY report_no",
                              -1, &b->arrivals, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s", sqlite3_errmsg(b->database));
}

void bench_open(bench *b, bool plain)
{
    memset(b, 0, sizeof *b);
    fast_clock_keep_out();
    if (plain)
        e2e_cloud_open_plain(&b->cloud);
    else
        e2e_cloud_open(&b->cloud);
    b->proxy = proxy_start(b->cloud.port);
    b->door = b->cloud;
    snprintf(b->door.url, sizeof b->door.url, "%s://127.0.0.1:%d", plain ? "http" : "https", proxy_port(b->proxy));
    host_open(&b->catalogue);
    lines_put_head(&b->catalogue.local);
    lines_put_items(&b->catalogue.local, "Coffee", 1, CATALOGUE_SIZE);
    e2e_host_open(&b->host, &b->door);
    e2e_host_stop(&b->host);
    b->host.catalogue = &b->catalogue.calls;
    ck_assert_int_eq(e2e_host_start(&b->host, NULL, 0), POS_OK);
    e2e_owner_set_up(&b->host, &b->cloud);
    prepare_arrivals(b);
    bench_close_days(b, 1);
    bench_await_delivered(b);
}

void bench_close(bench *b)
{
    bench_await_delivered(b);
    check_arrivals(b, 0, 1);
    sqlite3_finalize(b->arrivals);
    sqlite3_close(b->database);
    e2e_host_close(&b->host);
    host_close(&b->catalogue);
    proxy_stop(b->proxy);
    e2e_cloud_close(&b->cloud);
}

/* ---- time ---- */

static void nap(void)
{
    nanosleep(&(struct timespec){0, NAP_US * 1000L}, NULL);
}

void bench_beat(bench *b)
{
    int64_t began_us = e2e_now_us();
    e2e_host_tick(&b->host, 0);
    int64_t took_us = e2e_now_us() - began_us;
    if (took_us > b->longest_us)
        b->longest_us = took_us;
    if (b->host.tick.next_tick_ms > UNDER_WAY_MS)
        b->host.clock_ahead_ms += b->host.tick.next_tick_ms;
    else if (b->host.tick.next_tick_ms > 0)
        nap();
}

void bench_await(bench *b, e2e_condition holds, void *ctx, const char *what)
{
    int64_t until_ms = e2e_now_ms() + AWAIT_MS;
    while (!holds(ctx)) {
        ck_assert_msg(e2e_now_ms() < until_ms, "never: %s; %u pending, status \"%s\"; see %s", what,
                      b->host.tick.pending, b->host.status, b->host.log_file);
        bench_beat(b);
    }
}

/* ---- days ---- */

void bench_close_days(bench *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        e2e_close_day(&b->host, ++b->last_z);
    e2e_host_tick(&b->host, 0);
}

static bool is_delivered(void *ctx)
{
    const bench *b = ctx;
    return b->host.tick.pending == 0 && b->host.tick.next_tick_ms > 0;
}

void bench_await_delivered(bench *b)
{
    e2e_host_tick(&b->host, 0);
    bench_await(b, is_delivered, b, "nothing pending");
    check_arrivals(b, b->last_row, b->checked_z + 1);
    b->checked_z = b->last_z;
}

int64_t bench_ask(const bench *b, const char *query)
{
    return e2e_sql_number(b->cloud.database, NULL, query);
}

/* ---- the owner ---- */

typedef struct sight {
    bench *b;
    const char *widget, *words;
} sight;

static bool is_shown(void *ctx)
{
    const sight *s = ctx;
    poshost_screen *screen = s->b->host.screen;
    ck_assert_int_eq(poshost_screen_refresh(screen, poshost_guard_render, s->b->host.guard), POS_OK);
    if (s->words)
        return e2e_owner_reads(&s->b->host, s->widget, s->words);
    const poshost_widget *w = poshost_screen_find(screen, s->widget);
    return w && w->action && !w->disabled_reason;
}

void bench_await_widget(bench *b, const char *widget, const char *words)
{
    bench_await(b, is_shown, &(sight){b, widget, words}, words ? words : widget);
}

void bench_press(bench *b, const char *widget)
{
    bench_await_widget(b, widget, NULL);
    int32_t result = poshost_screen_press(b->host.screen, widget, poshost_guard_render, b->host.guard);
    ck_assert_msg(result == POS_OK, "pressing %s: %d %s", widget, result, poshost_screen_error(b->host.screen));
}
