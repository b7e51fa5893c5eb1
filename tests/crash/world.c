/* SPDX-License-Identifier: Apache-2.0 */
/* crash/world.c - making worlds, and living in them (crash/world.h). */
#include "crash/world.h"

#include "crash/points.h"

#define HALF_DAY_MS (12 * BENCH_HOUR_MS)
#define BOOT_SEED   UINT64_C(1000003) /* each boot draws other ids and keys */

static void point_at_itself(world *w)
{
    shop *s = &w->s;
    s->setup.ctx = s->licence.ctx = s;
    s->b.setup = &s->setup;
    s->b.licence = &s->licence;
    if (s->b.catalogue)
        s->b.catalogue = &s->host.calls;
    s->b.cloud.catalogue_ctx = &s->cloud;
    hooks_on(w);
}

void world_open(world *w, const crash_day *day)
{
    memset(w, 0, sizeof *w);
    shop_open(&w->s);
    w->s.b.catalogue = NULL; /* the days of the catalogue set it */
    w->day = day;
    w->host_repeats = true;
    point_at_itself(w);
}

void world_close(world *w)
{
    shop_close(&w->s);
    lines_clear(&w->old);
    lines_clear(&w->new);
}

/* ---- what survives ---- */

static void *copy(const void *bytes, size_t count)
{
    void *to = malloc(count > 0 ? count : 1);
    ck_assert_ptr_nonnull(to);
    return count > 0 ? memcpy(to, bytes, count) : to;
}

static void copy_lines(lines *to, const lines *from)
{
    *to = (lines){0};
    lines_copy(to, from);
}

static void copy_closes(bench *to, const bench *from)
{
    to->close_capacity = from->close_count;
    to->closes = copy(from->closes, from->close_count * sizeof *from->closes);
    for (uint32_t i = 0; i < from->close_count; i++) {
        to->closes[i].document = copy(from->closes[i].document, from->closes[i].size + 1);
        if (from->closes[i].rebuilt)
            to->closes[i].rebuilt = copy(from->closes[i].rebuilt, strlen(from->closes[i].rebuilt) + 1);
    }
}

void world_survive(world *left, const world *from, storage_memory *disk, bool staged)
{
    bench *b = &left->s.b;
    *left = *from;
    b->disk = disk;
    b->core = NULL;
    b->net = NULL;
    b->log_bytes = 0;
    b->log = calloc(1, BENCH_LOG_BYTES);
    ck_assert_ptr_nonnull(b->log);
    copy_closes(b, &from->s.b);
    b->cloud.reports = copy(from->s.b.cloud.reports, from->s.b.cloud.count * sizeof(cloud_report));
    b->cloud.capacity = from->s.b.cloud.count;
    copy_lines(&left->s.host.local, &from->s.host.local);
    copy_lines(&left->s.host.before, &from->s.host.before);
    left->s.host.staged = left->s.host.spare = (lines){0};
    if (staged)
        copy_lines(&left->s.host.staged, &from->s.host.staged);
    copy_lines(&left->s.cloud.now, &from->s.cloud.now);
    copy_lines(&left->s.cloud.before, &from->s.cloud.before);
    copy_lines(&left->s.cloud.up, &from->s.cloud.up);
    copy_lines(&left->old, &from->old);
    copy_lines(&left->new, &from->new);
    left->looked_at = left->changes;
    left->changes++;
    point_at_itself(left);
}

/* ---- the process ---- */

uint64_t world_swap_seed(uint64_t seed)
{
    uint64_t before = bench_seed;
    bench_seed = seed;
    return before;
}

void world_start(world *w)
{
    bench *b = &w->s.b;
    b->cloud.fault = b->cloud.compare_fault = CLOUD_FINE; /* an outage does not outlast a power cut here */
    b->cloud.fault_times = b->cloud.fault_after = 0;
    b->now.wall_ms = BENCH_WALL_MS + (1 + (int64_t)w->cuts) * HALF_DAY_MS;
    b->now.elapsed_ms = 777 + w->cuts;
    world_swap_seed(42 + w->cuts * BOOT_SEED);
    ck_assert_msg(bench_start(b), "no start: %s", b->why);
    hooks_on_net(w);
}

void world_stop(world *w)
{
    bench_stop(&w->s.b);
}

void world_wipe(world *w)
{
    bench_stop(&w->s.b);
    storage_memory_free(w->s.b.disk);
    w->s.b.disk = storage_memory_new();
}

/* ---- the host ---- */

static const char *store_of_now(world *w)
{
    static const char *const stores[] = {"sto_A", "sto_B"};
    core_assignment at = core_get_assignment(w->s.b.core);
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
        if (at.assigned && strcmp(at.store_id, stores[i]) == 0)
            return stores[i];
    }
    return NULL;
}

void world_hand_over(world *w)
{
    bench *b = &w->s.b;
    for (uint32_t i = 0; i < b->close_count; i++) {
        crash_place place = {BORDER_HOST, "hand-over", 0, (uint64_t)b->closes[i].number};
        if (b->closes[i].handed_over || b->closes[i].forgotten)
            continue;
        points_visit(w, &place, "before");
        int32_t result = bench_hand_over(b, &b->closes[i]);
        ck_assert_msg(result == POS_OK, "hand-over of Z %lld: %d %s", (long long)b->closes[i].number, result, b->why);
        if (!w->stores[i])
            w->stores[i] = store_of_now(w);
        w->changes++;
        points_visit(w, &place, "after");
    }
}

void world_shut(world *w, int64_t number, const char *salt, uint32_t epoch)
{
    bench *b = &w->s.b;
    ck_assert_uint_lt(b->close_count, WORLD_CLOSES_MAX);
    bench_pass(b, BENCH_HOUR_MS);
    w->epochs[b->close_count] = epoch;
    bench_commit(b, number, salt);
    w->changes++;
    world_hand_over(w);
}

void world_run(world *w, int64_t ms)
{
    bench *b = &w->s.b;
    int64_t end = b->now.elapsed_ms + ms;
    while (b->now.elapsed_ms < end)
        shop_tick(&w->s);
}

static bool is_at_rest(world *w)
{
    bench *b = &w->s.b;
    core_queue q = core_get_queue(b->core, b->now);
    return q.pending == q.held && !q.catching_up && sender_is_idle(b->core) && !b->core->state_dirty &&
           !core_resend_is_running(b->core) && core_get_person(b->core)->progress != PROGRESS_RUNNING &&
           (!b->catalogue || shop_rests(b->core->catalogue->v.phase));
}

void world_rest(world *w)
{
    bench *b = &w->s.b;
    int64_t end = b->now.elapsed_ms + 2 * BENCH_HOUR_MS;
    for (uint32_t calm = 0; calm < 5; calm = is_at_rest(w) ? calm + 1 : 0) {
        ck_assert_msg(b->now.elapsed_ms < end, "no rest after two hours: %u pending, sender %d, catch-up %d",
                      core_get_queue(b->core, b->now).pending, (int)b->core->sender.batches[0].phase,
                      (int)b->core->catchup.phase);
        shop_tick(&w->s);
    }
}

/* ---- the owner ---- */

bool world_is_in(world *w, const char *store)
{
    const core *c = w->s.b.core;
    core_assignment at = core_get_assignment(c);
    const destination *d = at.assigned ? state_slot_destination(&c->state, c->state.current_slot) : NULL;
    return d && strcmp(at.store_id, store) == 0 && c->credentials[d - c->state.destinations].token[0] != '\0';
}

void world_join(world *w, const char *store)
{
    bench *b = &w->s.b;
    char till[PROTOCOL_TILL_ID_LEN + 1];
    if (world_is_in(w, store))
        return;
    ck_assert_msg(core_get_account(b->core).logged_in || bench_log_in(b), "no log-in");
    core_progress progress = bench_assign(b, store, CLAIM_FIRST, NULL);
    if (progress == PROGRESS_FAILED && core_known_tills(b->core).count > 0) {
        memcpy(till, core_known_tills(b->core).items[0].till_id, sizeof till);
        progress = bench_assign(b, store, CLAIM_SAME, till);
    }
    ck_assert_msg(progress == PROGRESS_DONE && world_is_in(w, store), "not in %s", store);
}

void world_tell(world *w, uint32_t told)
{
    w->changes += (w->told | told) != w->told;
    w->told |= told;
}

void world_connect(world *w)
{
    world_start(w);
    world_join(w, "sto_A");
    world_rest(w);
}

void world_trade(world *w, int64_t from, int64_t to)
{
    for (int64_t n = from; n <= to; n++)
        world_shut(w, n, "a", 0);
    world_rest(w);
    ck_assert_uint_eq(core_get_queue(w->s.b.core, w->s.b.now).pending, 0);
}
