/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_trouble.c - what goes wrong with a till: one table, an entry each. Beyond the contract are a disk that lies,
 * restored backups and images, wiped storage, clones and resets. The cloud's troubles are in sim_trouble_cloud.c.
 */
#include "sim/sim_trouble.h"

#include <string.h>

/* ---- within the contract ---- */

static void power_cut(sim *s, sim_till *t)
{
    sim_till_power_cut(s, t);
}

static void power_cut_in_a_write(sim *s, sim_till *t)
{
    storage_memory_cut_at(t->disk, storage_memory_operations(t->disk) + 1 + sim_random_below(&s->random, 12));
}

static void process_dies(sim *s, sim_till *t)
{
    sim_till_stop(s, t);
    sim_till_start_at(s, t, s->now_ms + sim_random_between(&s->random, 500, 10 * SIM_MINUTE));
}

static void puts_fail(sim *s, sim_till *t)
{
    storage_memory_fault_plan *plan = storage_memory_faults(t->disk);
    plan->put_at = 1 + sim_random_below(&s->random, 5);
    plan->put_times = 1 + sim_random_below(&s->random, 4);
    plan->put_shows = sim_random_below(&s->random, 2);
    plan->put_code = sim_random_below(&s->random, 2) ? POS_E_NO_SPACE : POS_E_IO;
}

static void disk_full(sim *s, sim_till *t)
{
    storage_memory_fault_plan *plan = storage_memory_faults(t->disk);
    plan->put_at = 1;
    plan->put_times = UINT32_MAX;
    plan->put_code = POS_E_NO_SPACE;
    t->disk_ill_until_ms = s->now_ms + sim_random_between(&s->random, SIM_MINUTE, 2 * SIM_DAY);
}

static void disk_unreadable(sim *s, sim_till *t)
{
    storage_memory_fault_plan *plan = storage_memory_faults(t->disk);
    int32_t code = sim_random_below(&s->random, 2) ? POS_E_IO : POS_E_BUSY;
    plan->get_code = code;
    plan->remove_code = sim_random_below(&s->random, 2) ? code : 0;
    plan->list_code = code;
    t->disk_ill_until_ms = s->now_ms + sim_random_between(&s->random, 1000, 3 * SIM_HOUR);
}

static void weather_changes(sim *s, sim_till *t)
{
    t->weather = (sim_weather)(WEATHER_OFFLINE + sim_random_below(&s->random, 5));
    int64_t longest = sim_random_once_in(&s->random, 6) ? 6 * SIM_DAY : 8 * SIM_HOUR;
    t->weather_until_ms = s->now_ms + sim_random_between(&s->random, SIM_MINUTE, longest);
    sim_log(t->index, "network: %d until further notice", (int)t->weather);
}

static void clock_jumps(sim *s, sim_till *t)
{
    static const int64_t far[] = {INT64_C(3600000), INT64_C(-3600000), INT64_C(86400000), INT64_C(-86400000)};
    sim_random *r = &s->random;
    switch (sim_random_below(r, 5)) {
    case 0: /* the battery is empty */
        t->wall_offset_ms = sim_random_between(r, 0, SIM_DAY) - s->now_ms;
        break;
    case 1:
        t->wall_offset_ms = INT64_C(2147483647000) - SIM_DAY - s->now_ms; /* over the end of 32 bits */
        break;
    case 2:
        t->wall_offset_ms = sim_random_between(r, -2000, 2000); /* set right */
        break;
    case 3:
        t->wall_offset_ms += sim_random_between(r, -400, 400) * SIM_DAY;
        break;
    default:
        t->wall_offset_ms += far[sim_random_below(r, 4)];
    }
    if (s->now_ms + t->wall_offset_ms < 0)
        t->wall_offset_ms = -s->now_ms;
}

static void falls_asleep(sim *s, sim_till *t)
{
    (void)s;
    t->asleep = true; /* until the shop opens */
}

static void rights_revoked(sim *s, sim_till *t)
{
    if (t->joined < 0 || s->cloud_down)
        return;
    if (!sim_cloud_revoke_tokens(s->companies[t->company].company_id, s->stores[t->joined].store_id, s->now_ms))
        return;
    if (t->token_store == t->joined)
        memcpy(t->revoked, t->token, sizeof t->revoked);
    sim_log(SIM_LOG_WORLD, "all till tokens of %s are revoked", s->stores[t->joined].name);
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

static void bit_rot(sim *s, sim_till *t)
{
    victim v = {.chosen = UINT32_MAX};
    const pos_storage *calls = storage_memory_calls();
    uint32_t of = collections[sim_random_below(&s->random, 8)];
    v.at_collection = of;
    calls->list(t->disk, of, 0, visit_record, &v);
    if (v.seen == 0)
        return;
    v = (victim){.chosen = sim_random_below(&s->random, v.seen), .at_collection = of};
    calls->list(t->disk, of, 0, visit_record, &v);
    if (v.size == 0)
        return;
    uint32_t offset = sim_random_below(&s->random, v.size < 700 ? v.size : 700);
    storage_memory_damage(t->disk, v.collection, v.id, offset, (uint8_t)(1u << sim_random_below(&s->random, 8)));
    sim_log(t->index, "a bit rots in %u:%llx at %u", of & 0xffffu, (unsigned long long)v.id, offset);
    t->rotten = true;
    t->shop.x_sequence = 0;
    if (of == 1 || of == 7 + POS_COLLECTION_DEVICE || of == 4 || of == 5)
        sim_till_expose(t, false);
    if (of == 1 || of == 7 + POS_COLLECTION_DEVICE)
        t->fresh = true;
}

/* ---- beyond it ---- */

static void change_disk(sim *s, sim_till *t, storage_memory *disk, const char *how)
{
    sim_log(t->index, "%s", how);
    sim_till_stop(s, t);
    storage_memory_free(t->disk);
    t->disk = disk;
    t->disk_ill_until_ms = 0;
    t->settled_at = 0;
    t->left = false; /* what was there before may be there again */
    sim_till_expose(t, true);
    sim_till_start_at(s, t, s->now_ms + sim_random_between(&s->random, 1000, SIM_HOUR));
}

static void take_backup(sim *s, sim_till *t)
{
    bool whole = sim_random_below(&s->random, 2);
    storage_memory **to = whole ? &t->image : &t->backup;
    storage_memory_free(*to);
    *to = storage_memory_copy(t->disk, whole);
    sim_log(t->index, "a %s is made", whole ? "disk image" : "backup");
}

static void restore_backup(sim *s, sim_till *t)
{
    if (!t->backup)
        return;
    t->fresh = true;
    change_disk(s, t, storage_memory_copy(t->backup, 1), "the backup is restored");
}

static void restore_image(sim *s, sim_till *t)
{
    if (t->image)
        change_disk(s, t, storage_memory_copy(t->image, 1), "the disk image is restored");
}

static void storage_wiped(sim *s, sim_till *t)
{
    t->fresh = true;
    change_disk(s, t, storage_memory_new(), "the plugin's storage is wiped, or the till replaced");
}

static void lie_comes_out(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    if (!t->lie || s->healing || t->scrapped)
        return;
    storage_memory *left = t->lie;
    t->lie = NULL;
    change_disk(s, t, left, "power cut, and the disk had not written what it said it had");
}

static void disk_lies(sim *s, sim_till *t)
{
    if (t->lie)
        return;
    t->lie = storage_memory_copy(t->disk, 1);
    sim_log(t->index, "the disk begins to lie");
    sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_SECOND, 2 * SIM_DAY), lie_comes_out, t, 0);
}

static void host_reset(sim *s, sim_till *t)
{
    (void)s;
    if (t->shop.history == HISTORY_REBUILT || t->shop.count == t->shop.numbering_from)
        return;
    for (uint32_t i = 0; i < t->shop.count; i++) {
        if (!t->shop.closes[i].accepted)
            return;
    }
    sim_log(t->index, "the host is reset: it counts from 1 again");
    sim_shop_forget_numbering(t);
}

static void till_cloned(sim *s, sim_till *t)
{
    if (s->clones > 0 || s->till_count == SIM_TILLS_MAX || t->shop.history == HISTORY_REBUILT || t->fresh)
        return;
    sim_till *copy = sim_build_till(s, t->company, t->home);
    s->clones++;
    memcpy(copy->register_id, t->register_id, sizeof copy->register_id);
    memcpy(copy->counter, t->counter, sizeof copy->counter);
    copy->disk = storage_memory_copy(t->disk, 1);
    copy->cloned_from = t->index;
    copy->stores_used = t->stores_used;
    copy->honest = t->honest = false;
    copy->cloned = t->cloned = true;
    sim_till_expose(t, false);
    sim_log(t->index, "the disk is cloned: till %d has the same", copy->index);
    sim_books_offer(copy);
    sim_shop_clone(s, copy, t);
    sim_owner_start(s, copy);
    copy->last_store = t->last_store;
    sim_till_start_at(s, copy, s->now_ms + SIM_MINUTE);
}

static const struct {
    uint32_t weight;
    void (*happen)(sim *s, sim_till *t);
} troubles[] = {{60, power_cut},        {60, power_cut_in_a_write},
                {60, process_dies},     {80, puts_fail},
                {20, disk_full},        {20, disk_unreadable},
                {120, weather_changes}, {60, clock_jumps},
                {10, falls_asleep},     {12, rights_revoked},
                {20, bit_rot},          {8, take_backup},
                {3, restore_backup},    {3, restore_image},
                {3, storage_wiped},     {6, disk_lies},
                {2, host_reset},        {1, till_cloned}};

#define TROUBLES (sizeof troubles / sizeof troubles[0])

static void trouble(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    uint32_t sum = 0;
    (void)argument;
    if (s->healing || t->scrapped)
        return;
    sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_MINUTE, 5 * SIM_DAY), trouble, t, 0);
    if (t->weather != WEATHER_GOOD && s->now_ms >= t->weather_until_ms)
        t->weather = WEATHER_GOOD;
    if (!t->core)
        return;
    for (size_t i = 0; i < TROUBLES; i++)
        sum += troubles[i].weight;
    uint32_t draw = sim_random_below(&s->random, sum);
    size_t at = 0;
    while (draw >= troubles[at].weight)
        draw -= troubles[at++].weight;
    s->figures.troubles++;
    troubles[at].happen(s, t);
}

void sim_trouble_start(sim *s)
{
    if (s->options.calm)
        return;
    for (int i = 0; i < s->till_count; i++)
        sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_HOUR, 5 * SIM_DAY), trouble, s->tills[i], 0);
    sim_trouble_cloud_start(s);
}

void sim_trouble_end(sim *s)
{
    sim_trouble_cloud_end(s);
    for (int i = 0; i < s->till_count; i++) {
        sim_till *t = s->tills[i];
        t->weather = WEATHER_GOOD;
        t->asleep = false;
        t->owner.away_until_ms = 0;
        *storage_memory_faults(t->disk) = (storage_memory_fault_plan){0};
        storage_memory_cut_at(t->disk, 0);
        t->disk_ill_until_ms = 0;
        storage_memory_free(t->lie);
        t->lie = NULL;
        if (t->core)
            sim_till_tick_soon(s, t, 1);
        else
            sim_till_start_at(s, t, s->now_ms + 1);
    }
}
