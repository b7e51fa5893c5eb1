/* SPDX-License-Identifier: Apache-2.0 */
/* support/core_bench.h - what a host and an owner do with the core of core_bench_life.h: close days, log in, choose a
 * store, leave it. */
#ifndef SUPPORT_CORE_BENCH_H
#define SUPPORT_CORE_BENCH_H

#include "support/core_bench_life.h"

/* ---- closing days ---- */

/* The host commits a close; the plugin is not told yet. */
static inline bench_close *bench_commit(bench *b, int64_t number, const char *salt)
{
    b->closes = script_grow(b->closes, b->close_count, &b->close_capacity, sizeof *b->closes);
    bench_close *z = &b->closes[b->close_count++];
    uint8_t hash[32];
    *z = (bench_close){.number = number,
                       .closed_at_ms = b->now.wall_ms,
                       .grand_total_minor = 1000 * number,
                       .origin = POS_ORIGIN_ORIGINAL};
    snprintf(z->date, sizeof z->date, "2026-%02u-%02u", (unsigned)((uint64_t)number / 28 % 12) + 1,
             (unsigned)((uint64_t)number % 28) + 1);
    uint32_t room = b->document_bytes > 200 ? b->document_bytes : 200;
    z->document = malloc(room + 1);
    ck_assert_ptr_nonnull(z->document);
    int used = snprintf(z->document, room, "{\"report_type\":\"Z\",\"z_number\":%lld,\"salt\":\"%s\",\"pad\":\"",
                        (long long)number, salt);
    memset(z->document + used, 'x', room - (size_t)used);
    memcpy(z->document + room - 2, "\"}", 3);
    z->size = room;
    crypto_hash_sha256(hash, (const uint8_t *)z->document, z->size);
    sodium_bin2hex(z->sha, sizeof z->sha, hash, sizeof hash);
    return z;
}

static inline int32_t bench_hand_over(bench *b, bench_close *z)
{
    pos_report report = bench_report(b, z);
    bench_measure(b);
    int32_t result = core_close_day(b->core, b->now, &report, &b->why);
    bench_check_budget(b, 2);
    if (result == POS_OK)
        z->handed_over = true;
    return result;
}

/* A day: time passes, the host commits, hands over. */
static inline bench_close *bench_day(bench *b, int64_t number)
{
    bench_pass(b, BENCH_HOUR_MS);
    bench_close *z = bench_commit(b, number, "a");
    ck_assert_int_eq(bench_hand_over(b, z), POS_OK);
    return &b->closes[b->close_count - 1];
}

/* ---- the owner ---- */

static inline core_progress bench_wait_person(bench *b)
{
    for (int i = 0; i < 200 && core_get_person(b->core)->progress == PROGRESS_RUNNING; i++) {
        bench_tick(b, 0);
        bench_pass(b, 20);
    }
    return core_get_person(b->core)->progress;
}

static inline bool bench_log_in(bench *b)
{
    bench_measure(b);
    core_begin_call(b->core);
    ck_assert(core_log_in(b->core, b->now, "ana@example.com", "password planted here"));
    bench_check_budget(b, 1);
    return bench_wait_person(b) == PROGRESS_DONE;
}

static inline core_progress bench_assign(bench *b, const char *store_id, protocol_claim claim, const char *known)
{
    protocol_company company = {.company_id = "com_1", .name = "Ruiz S.L.", .country = "ES", .currency = "EUR"};
    protocol_store store = {.company_id = "com_1", .time_zone = "Europe/Madrid", .currency = "EUR"};
    memcpy(store.store_id, store_id, strlen(store_id) + 1);
    memcpy(store.name, store_id, strlen(store_id) + 1);
    bench_measure(b);
    core_begin_call(b->core);
    ck_assert(core_assign(b->core, b->now, &company, &store, claim, known));
    bench_check_budget(b, 1);
    return bench_wait_person(b);
}

static inline core_progress bench_disconnect(bench *b)
{
    bench_measure(b);
    core_begin_call(b->core);
    ck_assert(core_disconnect(b->core, b->now));
    bench_check_budget(b, 1);
    return bench_wait_person(b);
}

/* A till that is connected to store A. */
static inline void bench_connect(bench *b)
{
    bench_open(b);
    ck_assert_msg(bench_start(b), "%s", b->why);
    ck_assert(bench_log_in(b));
    ck_assert_int_eq(bench_assign(b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
}

#endif
