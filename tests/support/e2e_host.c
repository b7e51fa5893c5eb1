/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_host.c - life and time of the host in this process. The guard aborts on any misuse of either side, so
 * every end-to-end test is a test of the ABI's rules as well.
 */
#include "support/e2e_host.h"
#include "support/e2e_sql.h"

#include <errno.h>
#include <pos/catalogue.h>
#include <pos/reports.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define STOP_MS  1000
#define AWAIT_MS 20000
#define NAP_MS   4
#define BRISK    100

/* ---- what the plugin may call ---- */

static const pos_host_info *give_info(void *ctx)
{
    return &((e2e_host *)ctx)->info;
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void give_time(void *ctx, pos_time *out)
{
    const e2e_host *host = ctx;
    out->wall_ms = read_clock(CLOCK_REALTIME) + host->clock_ahead_ms;
    out->elapsed_ms = read_clock(CLOCK_BOOTTIME) + host->clock_ahead_ms;
}

static void take_log(void *ctx, uint32_t level, const char *text)
{
    const e2e_host *host = ctx;
    fprintf(host->log, "[%u] %s\n", level, text);
    fflush(host->log);
}

static int32_t give_range(void *ctx, int64_t *first, int64_t *last)
{
    const e2e_host *host = ctx;
    *first = *last = 0;
    for (size_t i = 0; i < host->day_count; i++) {
        int64_t number = host->days[i].z_number;
        *first = *first == 0 || number < *first ? number : *first;
        *last = number > *last ? number : *last;
    }
    return POS_OK;
}

static int32_t give_closed(void *ctx, int64_t z_number, pos_report_visitor visitor, void *visiting)
{
    const e2e_host *host = ctx;
    pos_report report;
    for (size_t i = host->day_count; i-- > 0;) { /* the newest of a number */
        if (host->days[i].z_number != z_number)
            continue;
        e2e_day_report(host, &host->days[i], &report);
        return visitor(visiting, &report);
    }
    return POS_E_NOT_FOUND;
}

static int32_t give_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visiting)
{
    (void)ctx;
    (void)min_x_sequence;
    (void)visitor;
    (void)visiting;
    return POS_E_NOT_FOUND;
}

static const void *give_extension(void *ctx, const char *name)
{
    const e2e_host *host = ctx;
    if (strcmp(name, POS_CATALOGUE_1) == 0)
        return host->catalogue;
    return host->has_history && strcmp(name, POS_REPORTS_1) == 0 ? &host->reports : NULL;
}

/* ---- storage: the SDK's, as slow as the test wants it ---- */

static const pos_storage *inner(const e2e_host *host)
{
    return poshost_storage_calls(host->storage);
}

typedef struct span {
    int64_t us, cpu_us;
} span;

static span begin_storage(const e2e_host *host, bool writes)
{
    span start = {e2e_now_us(), e2e_cpu_us()};
    if (writes && host->write_delay_ms > 0)
        e2e_nap((int)host->write_delay_ms);
    return start;
}

static void end_storage(e2e_host *host, const span *start)
{
    host->storage_us += e2e_now_us() - start->us;
    host->storage_cpu_us += e2e_cpu_us() - start->cpu_us;
}

static int32_t storage_acquire(void *ctx)
{
    return inner(ctx)->acquire(inner(ctx)->ctx);
}

static void storage_release(void *ctx)
{
    inner(ctx)->release(inner(ctx)->ctx);
}

static int32_t storage_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    e2e_host *host = ctx;
    span start = begin_storage(host, true);
    int32_t result = inner(host)->put(inner(host)->ctx, collection, id, bytes, size_bytes);
    host->writes++;
    end_storage(host, &start);
    return result;
}

static int32_t storage_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                           uint32_t capacity_bytes, uint32_t *size_bytes)
{
    e2e_host *host = ctx;
    span start = begin_storage(host, false);
    int32_t result =
        inner(host)->get(inner(host)->ctx, collection, id, offset_bytes, buffer, capacity_bytes, size_bytes);
    host->reads++;
    end_storage(host, &start);
    return result;
}

static int32_t storage_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    e2e_host *host = ctx;
    span start = begin_storage(host, true);
    int32_t result = inner(host)->remove(inner(host)->ctx, collection, ids, count);
    host->writes++;
    end_storage(host, &start);
    return result;
}

static int32_t storage_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                            void *visiting)
{
    return inner(ctx)->list(inner(ctx)->ctx, collection, from_id, visitor, visiting);
}

/* ---- life ---- */

void e2e_host_aim(e2e_host *host, const char *url, const char *ca_file)
{
    snprintf(host->cloud_url, sizeof host->cloud_url, "%s", url);
    snprintf(host->ca_file, sizeof host->ca_file, "%s", ca_file);
}

void e2e_host_open(e2e_host *host, const e2e_cloud *cloud)
{
    char keys[E2E_PATH_BYTES], why[256];
    memset(host, 0, sizeof *host);
    e2e_make_folder(host->folder);
    e2e_join_path(host->log_file, host->folder, "host.log");
    e2e_join_path(keys, host->folder, "keys");
    ck_assert_int_eq(mkdir(keys, 0700), 0);
    e2e_host_aim(host, cloud->url, cloud->ca);
    host->has_history = true;
    host->info = (pos_host_info){.struct_size = sizeof host->info,
                                 .product = "e2e 1",
                                 .register_id = "T1",
                                 .device_name = "Counter 1",
                                 .language = "en",
                                 .time_zone = "Europe/Madrid",
                                 .country = "ES",
                                 .currency = "EUR"};
    ck_assert_msg(e2e_host_start(host, why, sizeof why) == POS_OK, "create: %s", why);
}

static void open_storage(e2e_host *host)
{
    char database[E2E_PATH_BYTES], key_file[E2E_PATH_BYTES], why[256];
    e2e_join_path(database, host->folder, "plugin.db");
    e2e_join_path(key_file, host->folder, "keys/plugin.key");
    int32_t result = poshost_storage_open(database, key_file, &host->storage, why, sizeof why);
    ck_assert_msg(result == POS_OK, "storage: %s", why);
}

void e2e_host_drop(e2e_host *host)
{
    poshost_guard_free(host->guard);
    poshost_storage_close(host->storage);
    poshost_plugin_close(host->plugin);
    poshost_screen_free(host->screen);
    fclose(host->log);
    host->guard = NULL;
    host->storage = NULL;
    host->plugin = NULL;
    host->screen = NULL;
}

int32_t e2e_host_start(e2e_host *host, char *why, uint32_t why_bytes)
{
    char path[E2E_PATH_BYTES], words[512] = "";
    e2e_built("factorycloud.so", path);
    ck_assert_ptr_null(host->guard);
    host->log = fopen(host->log_file, "ae");
    ck_assert_msg(host->log, "cannot open %s: %s", host->log_file, strerror(errno));
    host->info.cloud_url = host->cloud_url;
    host->info.ca_file = host->ca_file[0] ? host->ca_file : NULL;
    host->abi = (pos_host){sizeof host->abi, POS_ABI_MINOR, host,           give_info,
                           give_time,        take_log,      give_extension, &host->slow_storage};
    host->reports = (pos_reports){sizeof host->reports, 0, host, give_range, give_closed, give_running};
    host->slow_storage = (pos_storage){sizeof host->slow_storage,
                                       0,
                                       host,
                                       storage_acquire,
                                       storage_release,
                                       storage_put,
                                       storage_get,
                                       storage_remove,
                                       storage_list};
    int32_t result = poshost_plugin_open(path, NULL, &host->plugin, words, sizeof words);
    ck_assert_msg(result == POS_OK, "%s", words);
    open_storage(host);
    poshost_guard_options options = {.mode = POSHOST_GUARD_ABORT};
    result =
        poshost_guard_new(poshost_plugin_calls(host->plugin), &host->abi, &options, &host->guard, words, sizeof words);
    ck_assert_msg(result == POS_OK, "guard: %s", words);
    host->screen = poshost_screen_new();
    ck_assert_ptr_nonnull(host->screen);
    result = poshost_guard_create(host->guard, words, sizeof words);
    if (why)
        snprintf(why, why_bytes, "%s", words);
    if (result != POS_OK)
        e2e_host_drop(host);
    return result;
}

void e2e_host_stop(e2e_host *host)
{
    int64_t start_ms = e2e_now_ms();
    poshost_guard_stop(host->guard, STOP_MS);
    ck_assert_int_eq(poshost_guard_destroy(host->guard), POS_OK);
    int64_t took_ms = e2e_now_ms() - start_ms;
    ck_assert_msg(took_ms < STOP_MS, "stop and destroy took %lld ms", (long long)took_ms);
    e2e_host_drop(host);
}

void e2e_host_close(e2e_host *host)
{
    if (host->guard)
        e2e_host_stop(host);
    for (size_t i = 0; i < host->day_count; i++)
        free(host->days[i].document);
    free(host->days);
    e2e_remove_folder(host->folder);
}

/* ---- time ---- */

void e2e_host_tick(e2e_host *host, uint32_t flags)
{
    pos_tick_in in = {sizeof in, flags};
    host->tick.struct_size = sizeof host->tick;
    int32_t result = poshost_guard_tick(host->guard, &in, &host->tick);
    ck_assert_msg(result == POS_OK, "on_tick: %d %s", result, poshost_guard_last_error(host->guard));
    snprintf(host->status, sizeof host->status, "%s", host->tick.attention_text);
}

void e2e_host_beat(e2e_host *host)
{
    e2e_host_tick(host, 0);
    e2e_nap(host->tick.next_tick_ms < NAP_MS ? (int)host->tick.next_tick_ms : NAP_MS);
}

void e2e_host_await(e2e_host *host, e2e_condition holds, void *ctx, bool brisk, const char *what)
{
    int64_t until_ms = e2e_now_ms() + e2e_patience_ms(AWAIT_MS);
    while (!holds(ctx)) {
        ck_assert_msg(e2e_now_ms() < until_ms, "never: %s; %u pending, status \"%s\"; see %s", what, host->tick.pending,
                      host->status, host->log_file);
        e2e_host_beat(host);
        if (brisk)
            host->clock_ahead_ms += (int64_t)NAP_MS * BRISK;
    }
}

static bool is_delivered(void *ctx)
{
    const e2e_host *host = ctx;
    return host->tick.struct_size > 0 && host->tick.pending == 0 && host->tick.next_tick_ms > 0;
}

void e2e_host_await_delivered(e2e_host *host)
{
    e2e_host_tick(host, 0);
    e2e_host_await(host, is_delivered, host, true, "nothing pending");
}

typedef struct wanted {
    e2e_host *host;
    const e2e_cloud *cloud;
    const char *words;
    int64_t number;
} wanted;

static bool is_pending(void *ctx)
{
    const wanted *w = ctx;
    return (int64_t)w->host->tick.pending == w->number && w->host->tick.next_tick_ms > 0;
}

void e2e_host_await_pending(e2e_host *host, uint32_t pending)
{
    e2e_host_tick(host, 0);
    e2e_host_await(host, is_pending, &(wanted){.host = host, .number = pending}, false, "so many pending");
}

static bool is_status(void *ctx)
{
    const wanted *w = ctx;
    return strstr(w->host->status, w->words) != NULL;
}

void e2e_host_await_status(e2e_host *host, const char *words)
{
    e2e_host_await(host, is_status, &(wanted){.host = host, .words = words}, false, words);
}

static bool is_requested(void *ctx)
{
    const wanted *w = ctx;
    return e2e_cloud_requests(w->cloud, w->words) >= w->number;
}

void e2e_host_await_requests(e2e_host *host, const e2e_cloud *cloud, const char *route, int64_t count)
{
    e2e_host_await(host, is_requested, &(wanted){host, cloud, route, count}, false, route);
}

static bool is_in_database(void *ctx)
{
    const wanted *w = ctx;
    return e2e_sql_number(w->cloud->database, NULL, w->words) >= w->number;
}

void e2e_host_await_sql(e2e_host *host, const e2e_cloud *cloud, const char *query, int64_t at_least)
{
    e2e_host_await(host, is_in_database, &(wanted){host, cloud, query, at_least}, false, query);
}
