/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/bench.h - the shipped object in a host of this process, the real cloud as another, and the proxy between
 * them. The plugin's time is the host's: it is moved on to whenever the plugin wants to be called next, so that backoff
 * costs nothing.
 */
#ifndef NETCUT_BENCH_H
#define NETCUT_BENCH_H

#include <sqlite3.h>

#include "support/proxy.h"
#include "support/catalogue_host.h"
#include "support/e2e_owner.h"

typedef struct bench {
    e2e_cloud cloud;
    e2e_cloud door; /* the cloud as the till sees it: at the proxy's address */
    e2e_host host;
    proxy *proxy;
    catalogue_host catalogue;
    sqlite3 *database; /* the cloud's */
    sqlite3_stmt *arrivals;
    int64_t last_z;
    int64_t checked_z, last_row; /* up to where the cloud's rows were looked at */
    int64_t longest_us;          /* of a tick */
} bench;

void bench_open(bench *b, bool plain); /* registered, assigned, one day delivered */
void bench_close(bench *b);            /* every day of the till is counted once, and nothing else is */

/* Ticks once; then the host's clock moves on, or it naps for a moment while something is under way. */
void bench_beat(bench *b);
void bench_await(bench *b, e2e_condition holds, void *ctx, const char *what);

void bench_close_days(bench *b, uint32_t count);
void bench_await_delivered(bench *b); /* nothing pending; the cloud counts each of the newest days once */
int64_t bench_ask(const bench *b, const char *query); /* the one number that it answers, of the cloud's tables */

/* The owner. Words NULL: until the widget can be pressed. */
void bench_await_widget(bench *b, const char *widget, const char *words);
void bench_press(bench *b, const char *widget);

#endif
