/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/core_bench_life.h - a core on virtual time: records in memory, a host with a history of closes, a model cloud,
 * and a clock that only moves when a test says so. Starting, ending, crashing and ticking it; support/core_bench.h has
 * the host's closes and the owner's hands on top.
 *
 * Every call into the core is measured: one write a tick and a command, at most two a close, 256 KiB of reading (and
 * headers) a tick. So each test of any suite also tests the budget.
 */
#ifndef SUPPORT_CORE_BENCH_LIFE_H
#define SUPPORT_CORE_BENCH_LIFE_H

#include <check.h>

#include "core/internal.h"
#include "support/core_cloud_routes.h"
#include "support/storage_memory.h"

#define BENCH_WALL_MS   INT64_C(1795201500000) /* 2026-11-20 19:05 UTC */
#define BENCH_DAY_MS    (INT64_C(24) * 60 * 60 * 1000)
#define BENCH_HOUR_MS   (INT64_C(60) * 60 * 1000)
#define BENCH_READ_MAX  (256u * 1024u + 128u * 1024u) /* a tick's pieces, and headers and a ledger page or two */
#define BENCH_LOG_BYTES (256u * 1024u)

/* A close as the host's own books have it. */
typedef struct bench_close {
    int64_t number, closed_at_ms, grand_total_minor;
    char date[11];
    char *document;
    uint32_t size;
    uint32_t origin;  /* what the history says when it gives it out */
    char *rebuilt;    /* the history gives this instead of the original; NULL: the original */
    bool forgotten;   /* the history does not have it (any more) */
    bool handed_over; /* the plugin said OK */
    char sha[65];
} bench_close;

typedef struct bench {
    storage_memory *disk;
    pos_storage storage;
    pos_reports reports;
    bool has_reports;
    const pos_catalogue *catalogue; /* NULL: the host has none; likewise */
    const pos_setup *setup;
    const pos_licence *licence;
    net_script *net;
    core_cloud cloud;
    core *core;
    core_time now;
    const char *reg;
    const char *why;
    /* the host */
    bench_close *closes;
    uint32_t close_count, close_capacity;
    int32_t range_error, closed_error, running_error;
    int64_t closed_error_number; /* closed_error for this number only; 0: for all */
    int64_t x_z_number, x_drift; /* of the open period; 0: one after the last close */
    uint32_t x_taken;
    bool x_frozen; /* nothing was sold: the same figures again */
    uint32_t document_bytes;
    /* measuring */
    uint32_t writes, read_bytes, writes_worst, zero_ticks;
    uint64_t ticks;
    char *log;
    size_t log_bytes;
} bench;

static uint64_t bench_seed;

static inline void bench_random(void *bytes, size_t count)
{
    uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++) {
        bench_seed = bench_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        at[i] = (uint8_t)(bench_seed >> 56);
    }
}

static inline void bench_log(void *ctx, uint32_t level, const char *text)
{
    bench *b = ctx;
    size_t length = strlen(text);
    (void)level;
    if (getenv("BENCH_LOG"))
        fprintf(stderr, "%12lld  %s\n", (long long)b->now.elapsed_ms, text);
    if (b->log_bytes + length + 2 > BENCH_LOG_BYTES)
        b->log_bytes = 0;
    memcpy(b->log + b->log_bytes, text, length);
    b->log_bytes += length;
    b->log[b->log_bytes++] = '\n';
    b->log[b->log_bytes] = '\0';
}

/* ---- storage: counted on the way ---- */

static inline int32_t bench_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    bench *b = ctx;
    b->writes++;
    return storage_memory_calls()->put(b->disk, collection, id, bytes, size);
}

static inline int32_t bench_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer,
                                uint32_t capacity, uint32_t *size)
{
    bench *b = ctx;
    int32_t result = storage_memory_calls()->get(b->disk, collection, id, offset, buffer, capacity, size);
    b->read_bytes += capacity;
    return result;
}

static inline int32_t bench_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    bench *b = ctx;
    b->writes++;
    return storage_memory_calls()->remove(b->disk, collection, ids, count);
}

static inline int32_t bench_list(void *ctx, uint32_t collection, uint64_t from, pos_record_visitor visitor, void *vctx)
{
    bench *b = ctx;
    return storage_memory_calls()->list(b->disk, collection, from, visitor, vctx);
}

/* ---- the host's history ---- */

static inline pos_report bench_report(const bench *b, const bench_close *z)
{
    return (pos_report){.struct_size = sizeof(pos_report),
                        .kind = POS_REPORT_Z,
                        .origin = z->origin,
                        .document_size = z->size,
                        .document = z->document,
                        .register_id = b->reg,
                        .business_date = z->date,
                        .currency = "EUR",
                        .z_number = z->number,
                        .closed_at_ms = z->closed_at_ms,
                        .grand_total_minor = z->grand_total_minor};
}

/* The newest close of that number. */
static inline bench_close *bench_find(const bench *b, int64_t number)
{
    for (uint32_t i = b->close_count; i-- > 0;) {
        if (b->closes[i].number == number && !b->closes[i].forgotten)
            return &b->closes[i];
    }
    return NULL;
}

static inline int32_t bench_closed_range(void *ctx, int64_t *first, int64_t *last)
{
    const bench *b = ctx;
    if (b->range_error != POS_OK)
        return b->range_error;
    *first = *last = 0;
    for (uint32_t i = 0; i < b->close_count; i++) {
        const bench_close *z = &b->closes[i];
        if (z->forgotten)
            continue;
        if (*first == 0 || z->number < *first)
            *first = z->number;
        if (z->number > *last)
            *last = z->number;
    }
    return POS_OK;
}

static inline int32_t bench_closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    const bench *b = ctx;
    if (b->closed_error != POS_OK && (b->closed_error_number == 0 || b->closed_error_number == number))
        return b->closed_error;
    const bench_close *z = bench_find(b, number);
    if (!z)
        return POS_E_NOT_FOUND;
    pos_report report = bench_report(b, z);
    if (z->rebuilt) {
        report.origin = POS_ORIGIN_REBUILT;
        report.document = z->rebuilt;
        report.document_size = (uint32_t)strlen(z->rebuilt);
    }
    return visitor(visitor_ctx, &report);
}

static inline int64_t bench_last_number(const bench *b)
{
    int64_t first, last;
    bench *self = (bench *)(uintptr_t)b;
    int32_t error = self->range_error;
    self->range_error = POS_OK;
    bench_closed_range(self, &first, &last);
    self->range_error = error;
    return last;
}

static inline int32_t bench_running(void *ctx, int64_t min_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    bench *b = ctx;
    char document[160];
    if (b->running_error != POS_OK)
        return b->running_error;
    if (!b->x_frozen)
        b->x_taken++;
    int64_t z = b->x_z_number ? b->x_z_number : bench_last_number(b) + 1;
    snprintf(document, sizeof document, "{\"report_type\":\"X\",\"z\":%lld,\"seq\":%lld,\"n\":%u}", (long long)z,
             b->x_frozen ? 0 : (long long)min_sequence, b->x_taken);
    pos_report x = {.struct_size = sizeof x,
                    .kind = POS_REPORT_X,
                    .document = document,
                    .document_size = (uint32_t)strlen(document),
                    .register_id = b->reg,
                    .business_date = "2026-11-20",
                    .currency = "EUR",
                    .z_number = z,
                    .x_sequence = min_sequence + b->x_drift,
                    .closed_at_ms = b->now.wall_ms};
    return visitor(visitor_ctx, &x);
}

/* ---- life ---- */

static inline void bench_measure(bench *b)
{
    b->writes = 0;
    b->read_bytes = 0;
}

static inline void bench_check_budget(bench *b, uint32_t writes)
{
    if (b->writes > b->writes_worst)
        b->writes_worst = b->writes;
    /* Not ck_assert: in a loop of a million, its note of each success is most of the time. */
    if (b->writes > writes)
        ck_abort_msg("%u writes in one call", b->writes);
    if (b->read_bytes > BENCH_READ_MAX)
        ck_abort_msg("%u bytes read in one call", b->read_bytes);
}

/* Starts a core on the disk as it is. False: it did not start (b->why). */
static inline bool bench_start(bench *b)
{
    ck_assert_ptr_null(b->core);
    if (storage_memory_calls()->acquire(b->disk) != POS_OK)
        return false;
    b->net = script_new();
    b->net->handle = cloud_handle;
    b->net->handle_ctx = &b->cloud;
    core_env env = {.storage = &b->storage,
                    .host_ctx = b,
                    .reports = b->has_reports ? &b->reports : NULL,
                    .catalogue = b->catalogue,
                    .setup = b->setup,
                    .licence = b->licence,
                    .log = bench_log,
                    .net = &b->net->face,
                    .random = bench_random,
                    .register_id = b->reg,
                    .device_name = "Counter 1"};
    bench_measure(b);
    int32_t result = core_create(&env, b->now, &b->core, &b->why);
    ck_assert_uint_eq(b->writes, 0);
    if (result == POS_OK)
        return true;
    storage_memory_calls()->release(b->disk);
    script_free(b->net);
    b->net = NULL;
    return false;
}

/* Ends the process, cleanly or not: the core writes nothing at its end, so both are the same to it. */
static inline void bench_stop(bench *b)
{
    bench_measure(b);
    if (b->core) {
        core_destroy(b->core);
        storage_memory_calls()->release(b->disk);
    }
    ck_assert_uint_eq(b->writes, 0);
    b->core = NULL;
    script_free(b->net);
    b->net = NULL;
}

static inline void bench_restart(bench *b)
{
    bench_stop(b);
    b->now.elapsed_ms = 1000 + (int64_t)(bench_seed % 100000); /* another boot: another origin */
    ck_assert_msg(bench_start(b), "%s", b->why);
}

/* The power goes: what is left is what was durable at the last put. */
static inline void bench_crash(bench *b)
{
    storage_memory *disk = storage_memory_after_crash(b->disk, storage_memory_durable(b->disk), 0);
    ck_assert_ptr_nonnull(disk);
    bench_stop(b);
    storage_memory_free(b->disk);
    b->disk = disk;
    ck_assert_msg(bench_start(b), "%s", b->why);
}

static inline void bench_open(bench *b)
{
    ck_assert_int_ge(sodium_init(), 0);
    *b = (bench){.has_reports = true, .reg = "till-1", .now = {BENCH_WALL_MS, 5000}};
    b->disk = storage_memory_new();
    b->storage = (pos_storage){.struct_size = sizeof(pos_storage),
                               .ctx = b,
                               .put = bench_put,
                               .get = bench_get,
                               .remove = bench_remove,
                               .list = bench_list};
    b->reports = (pos_reports){.struct_size = sizeof(pos_reports),
                               .ctx = b,
                               .closed_range = bench_closed_range,
                               .closed = bench_closed,
                               .running = bench_running};
    b->cloud.retry_after_ms = -1;
    b->log = calloc(1, BENCH_LOG_BYTES);
    ck_assert_ptr_nonnull(b->log);
    bench_seed = 42;
}

static inline void bench_close_all(bench *b)
{
    bench_stop(b);
    storage_memory_free(b->disk);
    for (uint32_t i = 0; i < b->close_count; i++) {
        free(b->closes[i].document);
        free(b->closes[i].rebuilt);
    }
    free(b->closes);
    free(b->log);
    cloud_free(&b->cloud);
    *b = (bench){0};
}

static inline bool bench_logged(const bench *b, const char *words)
{
    return strstr(b->log, words) != NULL;
}

/* Nothing of what the bench plants as password or token stands in a plain record, the log or an address. */
static inline void bench_check_secrets(const bench *b)
{
    static const char *const planted[] = {"password planted", "session_planted", "tilltoken_planted"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert(!storage_memory_has_plain(b->disk, planted[i], (uint32_t)strlen(planted[i])));
        ck_assert(!bench_logged(b, planted[i]));
        for (uint32_t k = 0; k < b->net->count; k++)
            ck_assert_ptr_null(strstr(b->net->requests[k].request->path, planted[i]));
    }
}

/* ---- time ---- */

static inline uint32_t bench_tick(bench *b, uint32_t flags)
{
    bench_measure(b);
    uint32_t delay = core_tick(b->core, b->now, flags);
    b->ticks++;
    bench_check_budget(b, 1);
    if (delay > 60000)
        ck_abort_msg("a delay of %u ms", delay);
    return delay;
}

static inline void bench_pass(bench *b, int64_t ms)
{
    b->now.elapsed_ms += ms;
    b->now.wall_ms += ms;
}

/* Ticks as the core asks for them. "More to do at once" must come to an end. */
static inline void bench_run(bench *b, int64_t ms)
{
    int64_t end = b->now.elapsed_ms + ms;
    uint32_t zeros = 0;
    while (b->now.elapsed_ms < end) {
        uint32_t delay = bench_tick(b, 0);
        zeros = delay == 0 ? zeros + 1 : 0;
        if (zeros > b->zero_ticks)
            b->zero_ticks = zeros;
        if (zeros >= 20000)
            ck_abort_msg("the core never comes to rest (sender %d, catch-up %d, person %d, %u writes)",
                         (int)b->core->sender.batches[0].phase, (int)b->core->catchup.phase,
                         (int)core_get_person(b->core)->request, b->writes);
        int64_t left = end - b->now.elapsed_ms;
        bench_pass(b, delay < left ? delay : left);
    }
}

/* Until nothing waits any more, at most that long. */
static inline bool bench_drain(bench *b, int64_t ms)
{
    for (int64_t passed = 0; passed < ms; passed += 1000) {
        bench_run(b, 1000);
        core_queue q = core_get_queue(b->core, b->now);
        if (q.pending == 0 && !q.catching_up && sender_is_idle(b->core))
            return true;
    }
    return false;
}

#endif
