/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_till.c - the life of a plugin instance on a till: starts, ticks, ends, crashes. Every call into the core is
 * measured: one write a tick and a command, two a close, and 256 KiB of reading.
 */
#include "sim/sim.h"

#include <string.h>

#define READ_MAX        (256u * 1024u + 96u * 1024u) /* the documents of a tick, and headers and a page or two */
#define GETS_MAX        224u /* of a batch of 64: header and document of each; of a resend: a page; and a few more */
#define OPERATIONS_KEPT 200u
#define ZERO_TICKS_MAX  20000u
#define START_AGAIN_MS  SIM_MINUTE

/* ---- storage, counted on the way ---- */

static int32_t till_acquire(void *ctx)
{
    return storage_memory_calls()->acquire(((sim_till *)ctx)->disk);
}

static void till_release(void *ctx)
{
    storage_memory_calls()->release(((sim_till *)ctx)->disk);
}

static void note_failed_put(sim_till *t)
{
    t->shop.x_at_ms = 0;
    if (t->put_row < 0 || storage_memory_is_cut(t->disk))
        return;
    sim_happened(t->world, (sim_row)t->put_row);
    if ((t->put_row == ROW_PUT_FAILS_SHOWN || t->put_row == ROW_PUT_FAILS_HIDDEN) &&
        sim_random_once_in(&t->random, 4) && sim_may_happen(t->world, ROW_CUT_AFTER_UNKNOWN_PUT)) {
        sim_happened(t->world, ROW_CUT_AFTER_UNKNOWN_PUT);
        storage_memory_cut_at(t->disk, storage_memory_operations(t->disk) + 1);
    }
}

static int32_t till_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    sim_till *t = ctx;
    t->writes++;
    t->cost_ms += t->slow_put_ms;
    int32_t result = storage_memory_calls()->put(t->disk, collection, id, bytes, size);
    if (result != POS_OK)
        note_failed_put(t);
    if (result != POS_OK)
        sim_log(t->index, "storage: put of %u:%llx fails, %d", collection & 0xffffu, (unsigned long long)id, result);
    return result;
}

static int32_t till_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer, uint32_t capacity,
                        uint32_t *size)
{
    sim_till *t = ctx;
    t->gets++;
    t->cost_ms += t->slow_get_ms;
    int32_t result = storage_memory_calls()->get(t->disk, collection, id, offset, buffer, capacity, size);
    if (result != POS_OK && storage_memory_faults(t->disk)->get_code != 0)
        sim_happened(t->world, ROW_DISK_UNREADABLE);
    if (result == POS_OK && *size > offset)
        t->read_bytes += *size - offset < capacity ? *size - offset : capacity;
    return result;
}

static int32_t till_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    sim_till *t = ctx;
    t->writes++;
    t->cost_ms += t->slow_put_ms;
    return storage_memory_calls()->remove(t->disk, collection, ids, count);
}

static int32_t till_list(void *ctx, uint32_t collection, uint64_t from, pos_record_visitor visitor, void *visitor_ctx)
{
    return storage_memory_calls()->list(((sim_till *)ctx)->disk, collection, from, visitor, visitor_ctx);
}

static void till_log(void *ctx, uint32_t level, const char *text)
{
    (void)level;
    sim_log(((const sim_till *)ctx)->index, "  %s", text);
}

/* ---- time and measure ---- */

core_time sim_till_time(const sim_till *t)
{
    int64_t now = t->world->now_ms;
    return (core_time){.wall_ms = now + t->wall_offset_ms, .elapsed_ms = t->boot_elapsed_ms + now - t->boot_at_ms};
}

void sim_till_measure(sim_till *t)
{
    t->writes = t->gets = t->read_bytes = t->catalogue.pages = 0;
    t->cost_ms = 0;
    sim_random_use(&t->core_random);
}

void sim_till_after(sim *s, sim_till *t, uint32_t writes)
{
    if (t->writes > writes)
        sim_fail(s, t->index, "%u writes in one call", t->writes);
    if (t->read_bytes > READ_MAX)
        sim_fail(s, t->index, "%u bytes read in one call", t->read_bytes);
    if (t->gets > GETS_MAX)
        sim_fail(s, t->index, "%u reads in one call", t->gets);
    if (t->catalogue.pages > 1)
        sim_fail(s, t->index, "%u pages of configuration data in one call", t->catalogue.pages);
    if (t->cost_ms > 0) {
        sim_happened(s, ROW_DISK_SLOW);
        t->busy_until_ms = s->now_ms + t->cost_ms;
    }
    if (storage_memory_is_cut(t->disk)) {
        sim_happened(s, ROW_POWER_CUT_IN_WRITE);
        sim_log(t->index, "the power fails in the middle of that");
        sim_till_power_cut(s, t);
    }
}

/* ---- starting and ending ---- */

static void start_event(sim *s, void *subject, uint64_t boot)
{
    sim_till *t = subject;
    if (t->boot == boot && !t->core && !t->scrapped)
        sim_till_start(s, t);
}

void sim_till_start_at(sim *s, sim_till *t, int64_t at_ms)
{
    sim_plan(s, at_ms, start_event, t, ++t->boot);
}

static void offer_storage(sim_till *t)
{
    t->storage = (pos_storage){.struct_size = sizeof t->storage,
                               .ctx = t,
                               .acquire = till_acquire,
                               .release = till_release,
                               .put = till_put,
                               .get = till_get,
                               .remove = till_remove,
                               .list = till_list};
}

static void heal_disk(sim *s, sim_till *t)
{
    if (s->now_ms >= t->slow_until_ms)
        t->slow_put_ms = t->slow_get_ms = 0;
    if (t->disk_ill_until_ms == 0 || s->now_ms < t->disk_ill_until_ms)
        return;
    *storage_memory_faults(t->disk) = (storage_memory_fault_plan){0};
    t->disk_ill_until_ms = 0;
    t->put_row = -1;
    sim_log(t->index, "the disk is well again");
}

/* A settings record that rots while the till runs is missed when it starts again: what it closed since then has no store
 * any more, either. */
static void note_lost_state(sim_till *t)
{
    if (t->rotten && t->joined >= 0 && !core_get_assignment(t->core).assigned)
        sim_till_expose(t, false);
}

bool sim_till_start(sim *s, sim_till *t)
{
    const char *reason = "the lock";
    t->powered = true;
    heal_disk(s, t);
    t->boot_at_ms = s->now_ms;
    t->boot_elapsed_ms = sim_random_between(&t->random, 1, 100000);
    offer_storage(t);
    int32_t result = t->storage.acquire(t);
    if (result == POS_OK) {
        t->net = sim_net_new(s, t);
        core_env env = {.storage = &t->storage,
                        .host_ctx = t,
                        .reports = t->shop.history == HISTORY_NONE ? NULL : &t->reports,
                        .catalogue = &t->catalogue.calls,
                        .setup = &t->catalogue.setup,
                        .licence = &t->catalogue.licence,
                        .log = till_log,
                        .net = &t->net->face,
                        .random = sim_random_fill,
                        .register_id = t->register_id,
                        .device_name = t->counter};
        sim_till_measure(t);
        result = core_create(&env, sim_till_time(t), &t->core, &reason);
        if (t->writes > 0)
            sim_fail(s, t->index, "%u writes at the start", t->writes);
        if (result != POS_OK)
            till_release(t);
    }
    s->figures.restarts++;
    if (result != POS_OK) {
        sim_log(t->index, "does not start: %s (%d)", reason, result);
        sim_net_free(t->net);
        t->net = NULL;
        t->core = NULL;
        sim_till_start_at(s, t, s->now_ms + START_AGAIN_MS);
        return false;
    }
    sim_log(t->index, "starts");
    note_lost_state(t);
    sim_owner_look(s, t);
    if (t->looks_after_cut)
        sim_check_start(s, t);
    t->looks_after_cut = false;
    sim_shop_hand_over(s, t);
    sim_till_tick_soon(s, t, 10);
    return true;
}

void sim_till_stop(sim *s, sim_till *t)
{
    (void)s;
    t->boot++;
    if (!t->core)
        return;
    sim_till_measure(t);
    core_destroy(t->core);
    t->core = NULL;
    sim_catalogue_stop(t);
    till_release(t);
    sim_net_free(t->net);
    t->net = NULL;
    sim_log(t->index, "stops");
    if (t->writes > 0)
        sim_fail(s, t->index, "%u writes at the end", t->writes);
}

void sim_till_power_cut(sim *s, sim_till *t)
{
    sim_random *r = &t->random;
    uint64_t first = storage_memory_durable(t->disk);
    uint64_t last = storage_memory_operations(t->disk);
    uint64_t prefix = first + sim_random_next(r) % (last - first + 1);
    storage_memory *left = storage_memory_after_crash(t->disk, prefix, sim_random_next(r));
    s->figures.cuts++;
    t->shop.x_at_ms = 0;
    sim_log(t->index, "power cut: %llu of %llu operations are left", (unsigned long long)prefix,
            (unsigned long long)last);
    sim_till_stop(s, t);
    storage_memory_free(t->disk);
    t->disk = left;
    t->looks_after_cut = true;
    t->disk_ill_until_ms = 0;
    t->put_row = -1;
    t->powered = false;
    int64_t longest = sim_random_once_in(r, 5) ? 8 * SIM_HOUR : 2 * SIM_MINUTE;
    sim_till_start_at(s, t, s->now_ms + sim_random_between(r, 2000, longest));
}

/* ---- the heartbeat ---- */

static void tick(sim *s, void *subject, uint64_t order)
{
    sim_till *t = subject;
    if (order != t->tick_order || !t->core || t->asleep)
        return;
    heal_disk(s, t);
    sim_till_measure(t);
    uint32_t delay = core_tick(t->core, sim_till_time(t), t->just_woken ? CORE_TICK_RESUMED : 0);
    t->just_woken = false;
    sim_till_after(s, t, 1);
    if (t->core)
        sim_owner_go_on(s, t);
    if (t->core)
        sim_catalogue_go_on(s, t);
    if (t->core && t->shop.to_hand_over < t->shop.count && s->now_ms >= t->shop.next_hand_over_ms)
        sim_shop_hand_over(s, t);
    if (!t->core)
        return;
    if (storage_memory_operations(t->disk) > t->settled_at + OPERATIONS_KEPT) {
        storage_memory_settle(t->disk);
        t->settled_at = storage_memory_operations(t->disk);
    }
    t->zero_ticks = delay == 0 ? t->zero_ticks + 1 : 0;
    if (t->zero_ticks > ZERO_TICKS_MAX)
        sim_fail(s, t->index, "the core never comes to rest");
    bool owner_waits = core_get_person(t->core)->progress == PROGRESS_RUNNING;
    if (delay != 0 && (delay < t->tick_ms || owner_waits))
        delay = t->tick_ms;
    sim_till_tick_soon(s, t, delay == 0 ? 1 : delay);
}

void sim_till_tick_soon(sim *s, sim_till *t, int64_t in_ms)
{
    int64_t at_ms = s->now_ms + in_ms;
    sim_plan(s, at_ms < t->busy_until_ms ? t->busy_until_ms : at_ms, tick, t, ++t->tick_order);
}

/* ---- where its closes may be counted ---- */

static void decide(sim_till *t, int store, bool by_itself)
{
    for (uint32_t i = 0; i < t->shop.count; i++) {
        sim_close *z = &t->shop.closes[i];
        if (z->fixed && !z->exposed)
            continue;
        z->stores |= 1u << store;
        z->fixed = z->fixed || (by_itself && z->accepted);
    }
}

void sim_till_joined(sim *s, sim_till *t, int store)
{
    if (t->joined == store)
        return;
    sim_log(t->index, "is %s %s", store >= 0 ? "now in" : "in no store", store >= 0 ? s->stores[store].name : "");
    t->joined = store;
    t->shop.x_at_ms = 0;
    if (store < 0)
        return;
    t->stores_used |= 1u << store;
    decide(t, store, true);
    if (t->cloned_from >= 0) /* what the other had not sent yet, this one sends, too */
        decide(s->tills[t->cloned_from], store, false);
}

void sim_till_expose(sim_till *t, bool records_gone)
{
    t->shop.x_sequence = t->shop.x_at_ms = 0;
    t->told_elsewhere = 0;
    t->exposed = t->exposed || records_gone;
    for (uint32_t i = 0; i < t->shop.count; i++) {
        sim_close *z = &t->shop.closes[i];
        z->exposed = true;
        bool in_history = t->shop.history != HISTORY_NONE && i >= t->shop.numbering_from;
        z->may_be_lost = z->may_be_lost || (records_gone && z->accepted && !in_history);
        if (t->joined >= 0)
            z->stores |= 1u << t->joined;
    }
}

bool sim_till_may_conflict(const sim_till *t, const sim_close *z)
{
    return t->cloned || (!t->honest && (z->exposed || t->rotten || t->exposed));
}
