/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/till.c - the till of the benchmark: see till.h. */
#include "bench/till.h"

#include "support/e2e_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define CLOSED_AT_MS INT64_C(1767643200000)
#define US_PER_MS    1e3

/* ---- what the plugin may call ---- */

static const pos_host_info *give_info(void *ctx)
{
    return &((bench_till *)ctx)->info;
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void give_time(void *ctx, pos_time *out)
{
    const bench_till *till = ctx;
    out->wall_ms = read_clock(CLOCK_REALTIME) + till->clock_ahead_ms;
    out->elapsed_ms = read_clock(CLOCK_BOOTTIME) + till->clock_ahead_ms;
}

static void take_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    if (level >= POS_LOG_ERROR || getenv("BENCH_LOG"))
        fprintf(stderr, "[%u] %s\n", level, text);
}

static const void *give_extension(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

/* ---- storage ---- */

const pos_storage *bench_till_storage(const bench_till *till)
{
    return poshost_storage_calls(till->storage);
}

typedef struct span {
    double us, cpu_us;
} span;

static void end(bench_till *till, span start)
{
    till->use.us += bench_now_us() - start.us;
    till->use.cpu_us += bench_thread_us() - start.cpu_us;
}

static span begin(const bench_till *till, bool writes)
{
    span start = {bench_now_us(), bench_thread_us()};
    if (writes && till->write_delay_ms > 0)
        bench_nap_us(till->write_delay_ms * 1e3);
    return start;
}

static int32_t storage_acquire(void *ctx)
{
    const pos_storage *inner = bench_till_storage(ctx);
    return inner->acquire(inner->ctx);
}

static void storage_release(void *ctx)
{
    const pos_storage *inner = bench_till_storage(ctx);
    inner->release(inner->ctx);
}

static int32_t storage_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    bench_till *till = ctx;
    const pos_storage *inner = bench_till_storage(till);
    span start = begin(till, true);
    int32_t result = inner->put(inner->ctx, collection, id, bytes, size_bytes);
    end(till, start);
    till->use.puts++;
    till->use.put_bytes += size_bytes;
    return result;
}

static int32_t storage_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                           uint32_t capacity_bytes, uint32_t *size_bytes)
{
    bench_till *till = ctx;
    const pos_storage *inner = bench_till_storage(till);
    span start = begin(till, false);
    int32_t result = inner->get(inner->ctx, collection, id, offset_bytes, buffer, capacity_bytes, size_bytes);
    end(till, start);
    till->use.gets++;
    till->use.get_bytes += capacity_bytes;
    return result;
}

static int32_t storage_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    bench_till *till = ctx;
    const pos_storage *inner = bench_till_storage(till);
    span start = begin(till, true);
    int32_t result = inner->remove(inner->ctx, collection, ids, count);
    end(till, start);
    till->use.removes++;
    return result;
}

static int32_t storage_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                            void *visiting)
{
    bench_till *till = ctx;
    const pos_storage *inner = bench_till_storage(till);
    span start = begin(till, false);
    int32_t result = inner->list(inner->ctx, collection, from_id, visitor, visiting);
    end(till, start);
    till->use.lists++;
    return result;
}

/* ---- life ---- */

void bench_shop_open(bench_shop *shop)
{
    e2e_cloud_open(&shop->cloud);
    e2e_host_open(&shop->host, &shop->cloud);
    e2e_owner_set_up(&shop->host, &shop->cloud);
    e2e_host_stop(&shop->host);
    char *company = e2e_sql_text(shop->cloud.database, "SELECT company_id FROM stores");
    snprintf(shop->company_id, sizeof shop->company_id, "%s", company);
    free(company);
}

void bench_shop_close(bench_shop *shop)
{
    e2e_host_close(&shop->host);
    e2e_cloud_close(&shop->cloud);
}

static void fill_abi(bench_till *till)
{
    till->info = (pos_host_info){.struct_size = sizeof till->info,
                                 .product = "bench 1",
                                 .register_id = "T1",
                                 .device_name = "Counter 1",
                                 .language = "en",
                                 .time_zone = "Europe/Madrid",
                                 .country = "ES",
                                 .currency = "EUR",
                                 .cloud_url = till->url,
                                 .ca_file = till->ca_file[0] ? till->ca_file : NULL};
    till->abi = (pos_host){sizeof till->abi, POS_ABI_MINOR, till,           give_info,
                           give_time,        take_log,      give_extension, &till->counted};
    till->counted = (pos_storage){sizeof till->counted, 0,           till,           storage_acquire, storage_release,
                                  storage_put,          storage_get, storage_remove, storage_list};
}

void bench_till_open(bench_till *till, const char *folder, const char *url, const char *ca_file)
{
    char path[E2E_PATH_BYTES], database[E2E_PATH_BYTES], key_file[E2E_PATH_BYTES], why[256];
    memset(till, 0, sizeof *till);
    snprintf(till->folder, sizeof till->folder, "%s", folder);
    snprintf(till->url, sizeof till->url, "%s", url);
    snprintf(till->ca_file, sizeof till->ca_file, "%s", ca_file);
    fill_abi(till);
    e2e_built("factorycloud.so", path);
    e2e_join_path(database, folder, "plugin.db");
    e2e_join_path(key_file, folder, "keys/plugin.key");
    int32_t result = poshost_plugin_open(path, NULL, &till->plugin, why, sizeof why);
    ck_assert_msg(result == POS_OK, "%s", why);
    till->calls = poshost_plugin_calls(till->plugin);
    result = poshost_storage_open(database, key_file, &till->storage, why, sizeof why);
    ck_assert_msg(result == POS_OK, "storage: %s", why);
    result = till->calls->create(&till->abi, &till->self, why, sizeof why);
    ck_assert_msg(result == POS_OK, "create: %s", why);
}

void bench_till_close(bench_till *till)
{
    till->calls->stop(till->self, 1000);
    ck_assert_int_eq(till->calls->destroy(till->self), POS_OK);
    poshost_storage_close(till->storage);
    poshost_plugin_close(till->plugin);
}

/* ---- calls ---- */

void bench_till_hand_over(bench_till *till, int64_t z_number, const void *document, uint32_t length)
{
    pos_report report = {.struct_size = sizeof report,
                         .kind = POS_REPORT_Z,
                         .origin = POS_ORIGIN_ORIGINAL,
                         .document_size = length,
                         .document = document,
                         .register_id = "T1",
                         .business_date = "2026-01-05",
                         .currency = "EUR",
                         .z_number = z_number,
                         .closed_at_ms = CLOSED_AT_MS + z_number,
                         .grand_total_minor = z_number * 1000000};
    int32_t result = till->calls->on_daily_close(till->self, &report);
    ck_assert_msg(result == POS_OK, "on_daily_close: %d %s", result, till->calls->last_error(till->self));
}

void bench_till_tick(bench_till *till)
{
    till->tick.struct_size = sizeof till->tick;
    int32_t result = till->calls->on_tick(till->self, NULL, &till->tick);
    ck_assert_msg(result == POS_OK, "on_tick: %d %s", result, till->calls->last_error(till->self));
}

void bench_till_beat(bench_till *till)
{
    bench_till_tick(till);
    bench_nap_us(till->tick.next_tick_ms * US_PER_MS);
}

void bench_till_drain(bench_till *till, double limit_s)
{
    double until_us = bench_now_us() + limit_s * 1e6;
    for (;;) {
        bench_till_tick(till);
        if (till->tick.pending == 0 && till->tick.next_tick_ms > 0)
            return;
        ck_assert_msg(bench_now_us() < until_us, "%u still pending: %s", till->tick.pending, till->tick.attention_text);
        bench_nap_us(till->tick.next_tick_ms * US_PER_MS);
    }
}

void bench_till_fill(bench_till *till, int64_t first, size_t count, size_t size_bytes)
{
    bench_sync_leave_out(true);
    for (size_t i = 0; i < count; i++) {
        uint32_t length;
        const char *document = bench_document(first + (int64_t)i, size_bytes, &length);
        bench_till_hand_over(till, first + (int64_t)i, document, length);
    }
    bench_sync_leave_out(false);
}
