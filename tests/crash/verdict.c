/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash/verdict.c - what must hold at the end of every world: each close in exactly one visible state, counted once,
 * with its bytes, its store and its key; credentials that the cloud takes and that stand nowhere in plain; and a till
 * that goes on trading.
 */
#include "crash/points.h"

/* ---- while it runs ---- */

void verdict_check_removal(world *w, uint32_t collection, uint64_t id)
{
    bench *b = &w->s.b;
    record_header header;
    char sha[65];
    uint32_t size = 0;
    const uint8_t *bytes = storage_memory_peek(b->disk, collection, id, &size);
    if (collection != COLLECTION_OUTBOX || !bytes || w->day->cloud_forgets ||
        storage_memory_peek(b->disk, COLLECTION_KEPT, id, NULL))
        return;
    ck_assert_int_eq(record_decode(bytes, RECORD_PAYLOAD_OFFSET, size, &header), RECORD_GOOD);
    sodium_bin2hex(sha, sizeof sha, header.sha256, sizeof header.sha256);
    ck_assert_msg(cloud_held(&b->cloud, sha), "Z %lld is removed, and neither delivered nor kept",
                  (long long)header.z_number);
}

/* ---- reports ---- */

static uint32_t count_rows(world *w, const bench_close *z)
{
    core_row rows[32];
    uint32_t total = 0, count = 0;
    uint32_t got = core_list_queue(w->s.b.core, w->s.b.now, 0, 32, rows, &total);
    ck_assert_uint_eq(got, total);
    for (uint32_t i = 0; i < got; i++)
        count += rows[i].z_number == z->number && rows[i].closed_at_ms == z->closed_at_ms;
    return count;
}

static void check_place(const world *w, uint32_t i, const cloud_report *held)
{
    const bench_close *z = &w->s.b.closes[i];
    bool right = held->z == z->number && held->epoch == w->epochs[i] && strcmp(held->reg, w->s.b.reg) == 0;
    ck_assert_msg(right, "Z %lld of epoch %u counts as %lld of %lld", (long long)z->number, w->epochs[i],
                  (long long)held->z, (long long)held->epoch);
    ck_assert_msg(!w->stores[i] || strcmp(held->store, w->stores[i]) == 0, "Z %lld is in %s, not in %s",
                  (long long)z->number, held->store, w->stores[i]);
}

static void check_close(world *w, uint32_t i)
{
    const bench_close *z = &w->s.b.closes[i];
    const cloud_report *held = cloud_held(&w->s.b.cloud, z->sha);
    bool rejected = w->rejected_number == z->number && w->epochs[i] == 0;
    bool conflict = w->conflict_number == z->number && w->epochs[i] == 0;
    uint32_t counted = cloud_counts(&w->s.b.cloud, z->sha), rows = count_rows(w, z);
    ck_assert_msg(counted == !(rejected || conflict), "Z %lld counts %u times", (long long)z->number, counted);
    ck_assert_msg(rows == (rejected || conflict), "Z %lld is shown %u times", (long long)z->number, rows);
    ck_assert_msg(rejected ? !held : held && held->conflict == conflict, "Z %lld is %s the cloud", (long long)z->number,
                  held ? "in" : "not in");
    if (held)
        check_place(w, i, held);
}

static void check_reports(world *w)
{
    const bench *b = &w->s.b;
    core_queue q = core_get_queue(b->core, b->now);
    uint32_t rejected = 0, conflict = 0;
    ck_assert_msg(q.pending == 0, "%u pending (%u held, hold %d)", q.pending, q.held, (int)q.hold);
    for (uint32_t i = 0; i < b->close_count; i++) {
        check_close(w, i);
        rejected += w->rejected_number == b->closes[i].number && w->epochs[i] == 0;
        conflict += w->conflict_number == b->closes[i].number && w->epochs[i] == 0;
    }
    uint32_t stored = cloud_count_kind(&b->cloud, 'Z', false);
    uint32_t wanted = b->close_count - rejected + (w->conflict_number != 0); /* and the one that was there before */
    ck_assert_msg(stored == wanted, "%u reports, and not %u", stored, wanted);
    ck_assert_msg(q.rejected == rejected && q.conflict == conflict && q.damaged == 0 && q.elsewhere == 0,
                  "%u rejected, %u in conflict, %u damaged, %u elsewhere", q.rejected, q.conflict, q.damaged,
                  q.elsewhere);
}

static void check_one_till(const world *w)
{
    const core_cloud *c = &w->s.b.cloud;
    const char *till = NULL;
    for (uint32_t i = 0; i < c->count; i++) {
        if (!till)
            till = c->reports[i].till;
        ck_assert_msg(strcmp(till, c->reports[i].till) == 0, "reports of two tills: %s, %s", till, c->reports[i].till);
    }
}

/* ---- credentials ---- */

static void check_credentials(world *w)
{
    bench *b = &w->s.b;
    const core *c = b->core;
    bench_check_secrets(b);
    for (uint32_t i = 0; i < DESTINATIONS_MAX; i++) {
        const char *token = c->credentials[i].token;
        bool stored = storage_memory_peek(b->disk, COLLECTION_SECRET, RECORD_TOKEN_ID + i, NULL) != NULL;
        ck_assert_msg(stored == (token[0] != '\0'), "permission %u is %s", i, stored ? "not used" : "not stored");
        if (!stored)
            continue;
        const cloud_token *known = cloud_find_token(&b->cloud, token);
        ck_assert_msg(known && strcmp(known->store, c->state.destinations[i].store_id) == 0,
                      "the cloud does not take permission %u", i);
        ck_assert_str_eq(known->till, c->state.destinations[i].till_id);
    }
    bool session = storage_memory_peek(b->disk, COLLECTION_SECRET, RECORD_SESSION_ID, NULL) != NULL;
    ck_assert_int_eq(session, core_get_account(c).logged_in);
}

/* ---- and on it goes ---- */

static void check_next_day(world *w)
{
    bench *b = &w->s.b;
    int64_t number = bench_last_number(b) + 1;
    uint32_t epoch = b->close_count > 0 ? w->epochs[b->close_count - 1] : 0;
    b->cloud.reject_z = 0;
    world_shut(w, number, "next", epoch);
    world_rest(w);
    ck_assert_msg(cloud_counts(&b->cloud, b->closes[b->close_count - 1].sha) == 1, "the next day does not arrive");
}

void verdict_check(world *w)
{
    bench *b = &w->s.b;
    check_reports(w);
    check_one_till(w);
    check_credentials(w);
    ck_assert_msg(b->cloud.x_reused == 0, "a sequence of an X was used twice");
    ck_assert_uint_eq(b->cloud.bodies_bad, 0);
    check_next_day(w);
}
