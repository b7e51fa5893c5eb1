/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/till.h - a till as a vendor would ship it: the built object through the SDK's loader, the SDK's storage
 * on SQLite, and no guard in between, so that what is measured is the plugin. Storage calls are counted and timed.
 */
#ifndef BENCH_TILL_H
#define BENCH_TILL_H

#include "bench/bench.h"
#include "support/e2e_owner.h"

#include <poshost/loader.h>
#include <poshost/storage.h>

#define BENCH_COLLECTION 0x7000u /* of ours: for what is put beside the plugin */

typedef struct bench_use {
    uint64_t puts, removes, gets, lists, put_bytes, get_bytes;
    double us, cpu_us; /* spent in the storage's functions; of the thread's processor time */
} bench_use;

typedef struct bench_till {
    char folder[E2E_PATH_BYTES];
    char url[128];
    char ca_file[E2E_PATH_BYTES];
    pos_host_info info;
    pos_host abi;
    pos_storage counted;
    const pos_plugin *calls;
    pos_instance *self;
    poshost_plugin *plugin;
    poshost_storage *storage;
    pos_tick_out tick;
    uint32_t write_delay_ms; /* each put and remove takes so much longer, as on a till's flash */
    int64_t clock_ahead_ms;
    bench_use use;
} bench_till;

/* A cloud, and the folder of a till that has registered and chosen its store there; the till does not run. */
typedef struct bench_shop {
    e2e_cloud cloud;
    e2e_host host;
    char company_id[128];
} bench_shop;

void bench_shop_open(bench_shop *shop);
void bench_shop_close(bench_shop *shop);

/* Starts an instance on that folder. ca_file "": none. */
void bench_till_open(bench_till *till, const char *folder, const char *url, const char *ca_file);
void bench_till_close(bench_till *till);

/* The storage alone, on that folder: what the floors are measured with. */
const pos_storage *bench_till_storage(const bench_till *till);

/* Hands a document over; it must be taken. */
void bench_till_hand_over(bench_till *till, int64_t z_number, const void *document, uint32_t length);
void bench_till_tick(bench_till *till);
/* A tick, then a sleep of as long as the plugin asked for. */
void bench_till_beat(bench_till *till);
/* Beats until nothing is pending; fails after `limit_s`. */
void bench_till_drain(bench_till *till, double limit_s);

/* Closes `count` days of that size, from number `first` on, without syncs: a queue to begin with. */
void bench_till_fill(bench_till *till, int64_t first, size_t count, size_t size_bytes);

#endif
