/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_trouble_disk.c - what goes wrong with a till's disk within the contract of its storage. */
#include "sim/sim_trouble.h"

static void puts_fail(sim_till *t, sim_row row)
{
    storage_memory_fault_plan *plan = storage_memory_faults(t->disk);
    plan->put_at = 1 + sim_random_below(&t->random, 5);
    plan->put_times = 1 + sim_random_below(&t->random, 4);
    plan->put_shows = row == ROW_PUT_FAILS_SHOWN;
    plan->put_code = sim_random_below(&t->random, 2) ? POS_E_NO_SPACE : POS_E_IO;
    t->put_row = (int)row;
}

bool trouble_puts_fail_shown(sim *s, sim_till *t)
{
    (void)s;
    puts_fail(t, ROW_PUT_FAILS_SHOWN);
    return true;
}

bool trouble_puts_fail_hidden(sim *s, sim_till *t)
{
    (void)s;
    puts_fail(t, ROW_PUT_FAILS_HIDDEN);
    return true;
}

bool trouble_disk_full(sim *s, sim_till *t)
{
    storage_memory_fault_plan *plan = storage_memory_faults(t->disk);
    plan->put_at = 1;
    plan->put_times = UINT32_MAX;
    plan->put_code = POS_E_NO_SPACE;
    t->put_row = ROW_DISK_FULL;
    int64_t longest = sim_random_once_in(&t->random, 10) ? 2 * SIM_DAY : 4 * SIM_HOUR;
    t->disk_ill_until_ms = s->now_ms + sim_random_between(&t->random, SIM_MINUTE, longest);
    return true;
}

bool trouble_disk_unreadable(sim *s, sim_till *t)
{
    storage_memory_fault_plan *plan = storage_memory_faults(t->disk);
    int32_t code = sim_random_below(&t->random, 2) ? POS_E_IO : POS_E_BUSY;
    plan->get_code = code;
    plan->remove_code = sim_random_below(&t->random, 2) ? code : 0;
    plan->list_code = code;
    t->disk_ill_until_ms = s->now_ms + sim_random_between(&t->random, 1000, 3 * SIM_HOUR);
    if (sim_random_below(&t->random, 2)) {
        sim_till_stop(s, t);
        sim_till_start_at(s, t, s->now_ms + SIM_SECOND);
    }
    return true;
}

/* The host cannot read its own books for a while. */
bool trouble_history_busy(sim *s, sim_till *t)
{
    t->history_ill_until_ms = s->now_ms + sim_random_between(&t->random, SIM_HOUR, 4 * SIM_DAY);
    return t->shop.history != HISTORY_NONE;
}

/* Every call takes its time, and the till stands still meanwhile. */
bool trouble_disk_slow(sim *s, sim_till *t)
{
    t->slow_put_ms = (uint32_t)sim_random_between(&t->random, 10, 3000);
    t->slow_get_ms = (uint32_t)sim_random_between(&t->random, 1, 200);
    t->slow_until_ms = s->now_ms + sim_random_between(&t->random, SIM_HOUR, 3 * SIM_DAY);
    sim_log(t->index, "the disk is slow: %u ms a write", t->slow_put_ms);
    return true;
}

typedef struct victim {
    uint32_t chosen, seen;
    uint32_t collection;
    uint64_t id;
    uint32_t size;
    uint32_t at_collection;
} victim;

static int32_t visit_record(void *ctx, uint64_t id, uint32_t size)
{
    victim *v = ctx;
    if (v->seen++ == v->chosen && size > 0) {
        v->collection = v->at_collection;
        v->id = id;
        v->size = size;
    }
    return 0;
}

static const uint32_t collections[] = {1, 2, 3, 4, 5, 6 | POS_COLLECTION_SECRET, 7 | POS_COLLECTION_DEVICE, 8};

bool trouble_bit_rot(sim *s, sim_till *t)
{
    (void)s;
    victim v = {.chosen = UINT32_MAX};
    const pos_storage *calls = storage_memory_calls();
    uint32_t of = collections[sim_random_below(&t->random, 8)];
    if (sim_random_below(&t->random, 2) && storage_memory_record_count(t->disk, 2) > 0)
        of = 2; /* what waits to be sent */
    v.at_collection = of;
    calls->list(t->disk, of, 0, visit_record, &v);
    if (v.seen == 0)
        return false;
    v = (victim){.chosen = sim_random_below(&t->random, v.seen), .at_collection = of};
    calls->list(t->disk, of, 0, visit_record, &v);
    if (v.size == 0)
        return false;
    uint32_t offset = sim_random_below(&t->random, v.size < 700 ? v.size : 700);
    storage_memory_damage(t->disk, v.collection, v.id, offset, (uint8_t)(1u << sim_random_below(&t->random, 8)));
    sim_log(t->index, "a bit rots in %u:%llx at %u", of & 0xffffu, (unsigned long long)v.id, offset);
    t->rotten = true;
    t->shop.x_sequence = 0;
    if (of == 1 || of == 7 + POS_COLLECTION_DEVICE || of == 4 || of == 5)
        sim_till_expose(t, false);
    t->shop.x_at_ms = 0;
    t->told_elsewhere = 0;
    if (of == 1 || of == 7 + POS_COLLECTION_DEVICE) {
        t->fresh = true;
        t->identities++;
    }
    return true;
}
