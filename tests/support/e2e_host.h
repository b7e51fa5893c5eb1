/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_host.h - a host in this process, on the SDK: loader, guard that aborts on any misuse, SQLite storage,
 * screen model, and a history of closed days. What a test changes are plain members.
 */
#ifndef SUPPORT_E2E_HOST_H
#define SUPPORT_E2E_HOST_H

#include <poshost/guard.h>
#include <poshost/loader.h>
#include <poshost/screen.h>
#include <poshost/storage.h>
#include <stdio.h>

#include "support/e2e_cloud.h"

/* A day that was closed: what the host would have committed in its own database. */
typedef struct e2e_day {
    int64_t z_number;
    int64_t gross_minor;
    int64_t grand_total_minor;
    int64_t closed_at_ms;
    char business_date[11];
    void *document;
    uint32_t document_size;
} e2e_day;

typedef struct e2e_host {
    char folder[E2E_PATH_BYTES]; /* plugin.db, keys/, host.log */
    char log_file[E2E_PATH_BYTES];
    char cloud_url[128];
    char ca_file[E2E_PATH_BYTES];
    pos_host_info info;
    bool has_history;        /* offers pos.reports/1; from the next start on */
    const void *catalogue;   /* pos.catalogue/1; NULL: not offered. From the next start on, too */
    uint32_t write_delay_ms; /* slow flash: each put and remove takes so much longer */
    int64_t clock_ahead_ms;  /* of the real clocks */

    /* Spent in the storage's functions, and calls of them, since the host was opened. */
    int64_t storage_us;
    int64_t storage_cpu_us;
    uint64_t writes; /* put and remove */
    uint64_t reads;  /* get */

    e2e_day *days;
    size_t day_count, day_room;

    pos_host abi;
    pos_storage slow_storage; /* the SDK's, slowed and measured */
    pos_reports reports;
    FILE *log;
    poshost_plugin *plugin;
    poshost_storage *storage;
    poshost_guard *guard; /* NULL: no instance runs */
    poshost_screen *screen;
    pos_tick_out tick; /* of the last tick; attention_text is in `status` */
    char status[400];
} e2e_host;

/* ---- life ---- */

void e2e_host_open(e2e_host *host, const e2e_cloud *cloud); /* a new data folder; starts an instance */
/* Starts an instance on the folder. Returns the result of create, with the words in `why` (may be NULL). */
int32_t e2e_host_start(e2e_host *host, char *why, uint32_t why_bytes);
void e2e_host_stop(e2e_host *host);  /* stop, destroy; under a second or the test fails */
void e2e_host_drop(e2e_host *host);  /* what is left of an instance that a test has destroyed itself */
void e2e_host_close(e2e_host *host); /* stops it if need be and removes the folder */
void e2e_host_aim(e2e_host *host, const char *url, const char *ca_file); /* another cloud, from the next start on */

/* ---- days ---- */

/* A good document of that number; gross differs from number to number, and with `salt`. */
e2e_day *e2e_day_make(e2e_host *host, int64_t z_number, int64_t salt);
/* A day with bytes of one's own (copied). */
e2e_day *e2e_day_make_raw(e2e_host *host, int64_t z_number, const void *document, size_t size_bytes);
void e2e_day_report(const e2e_host *host, const e2e_day *day, pos_report *out);
int32_t e2e_day_hand_over(e2e_host *host, const e2e_day *day);
/* Makes a good day and hands it over; it must be taken. */
void e2e_close_day(e2e_host *host, int64_t z_number);

/* ---- time ---- */

void e2e_host_tick(e2e_host *host, uint32_t flags);
/* Ticks, and naps as long as the plugin asks for but a few ms at most. */
void e2e_host_beat(e2e_host *host);

typedef bool (*e2e_condition)(void *ctx);
/* Beats until it holds; fails the test with `what` when it does not within 20 s. With brisk the till's clock runs a
 * hundred times as fast, so that backoff does not hold the test up. */
void e2e_host_await(e2e_host *host, e2e_condition holds, void *ctx, bool brisk, const char *what);
void e2e_host_await_delivered(e2e_host *host); /* nothing pending and nothing left to fetch; brisk */
void e2e_host_await_pending(e2e_host *host, uint32_t pending);
void e2e_host_await_status(e2e_host *host, const char *words); /* in the status bar */
/* Until the one number that this query of the cloud's database answers is at least `at_least`. */
void e2e_host_await_sql(e2e_host *host, const e2e_cloud *cloud, const char *query, int64_t at_least);
/* Until the cloud has seen so many requests to that route. */
void e2e_host_await_requests(e2e_host *host, const e2e_cloud *cloud, const char *route, int64_t count);

/* ---- checks ---- */

/* So many days, beginning with that index of host->days, are counted once in that store. */
void e2e_check_in_store(const e2e_host *host, const e2e_cloud *cloud, size_t first, size_t count, const char *store);
/* Every day of the host is counted by the cloud exactly once, with its bytes and figures, in `store` (NULL: any), and
 * the cloud holds no other Z. */
void e2e_check_delivered(const e2e_host *host, const e2e_cloud *cloud, const char *store);

#endif
