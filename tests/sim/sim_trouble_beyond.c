/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_trouble_beyond.c - what the storage contract rules out, and happens all the same: a disk that lies, restored
 * backups and images, wiped storage, replaced tills, clones; and a host that counts from 1 again.
 */
#include "sim/sim_trouble.h"

#include <string.h>

static void change_disk(sim *s, sim_till *t, storage_memory *disk, const char *how)
{
    sim_log(t->index, "%s", how);
    sim_till_stop(s, t);
    storage_memory_free(t->disk);
    t->disk = disk;
    t->disk_ill_until_ms = 0;
    t->put_row = -1;
    t->settled_at = 0;
    t->identities++;
    t->looks_after_cut = false;
    t->left = false; /* what was there before may be there again */
    sim_till_expose(t, true);
    sim_till_start_at(s, t, s->now_ms + sim_random_between(&t->random, 1000, SIM_HOUR));
}

bool trouble_take_backup(sim *s, sim_till *t)
{
    (void)s;
    bool whole = sim_random_below(&t->random, 2);
    storage_memory **to = whole ? &t->image : &t->backup;
    storage_memory_free(*to);
    *to = storage_memory_copy(t->disk, whole);
    sim_log(t->index, "a %s is made", whole ? "disk image" : "backup");
    return true;
}

bool trouble_restore_backup(sim *s, sim_till *t)
{
    if (!t->backup)
        return false;
    t->fresh = true;
    change_disk(s, t, storage_memory_copy(t->backup, 1), "the backup is restored");
    return true;
}

bool trouble_restore_image(sim *s, sim_till *t)
{
    if (!t->image)
        return false;
    change_disk(s, t, storage_memory_copy(t->image, 1), "the disk image is restored");
    return true;
}

bool trouble_storage_wiped(sim *s, sim_till *t)
{
    t->fresh = true;
    change_disk(s, t, storage_memory_new(), "the plugin's storage is wiped");
    return true;
}

/* The same counter, other hardware: of the old one only the host's books were carried over. */
bool trouble_till_replaced(sim *s, sim_till *t)
{
    t->fresh = true;
    t->wall_offset_ms = sim_random_between(&t->random, -3000, 3000);
    t->tick_ms = sim_random_below(&t->random, 2) ? 1000 : 250;
    storage_memory_free(t->image);
    t->image = NULL;
    sim_till_stop(s, t);
    sim_catalogue_reset(s, t);
    change_disk(s, t, storage_memory_new(), "the till is replaced by another machine");
    return true;
}

static void lie_comes_out(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    if (!t->lie || s->healing || t->scrapped)
        return;
    storage_memory *left = t->lie;
    t->lie = NULL;
    sim_happened(s, ROW_DISK_LIES);
    change_disk(s, t, left, "power cut, and the disk had not written what it said it had");
}

bool trouble_disk_lies(sim *s, sim_till *t)
{
    if (t->lie)
        return false;
    t->lie = storage_memory_copy(t->disk, 1);
    sim_log(t->index, "the disk begins to lie");
    sim_plan(s, s->now_ms + sim_random_between(&t->random, SIM_SECOND, 2 * SIM_DAY), lie_comes_out, t, 0);
    return true;
}

bool trouble_host_reset(sim *s, sim_till *t)
{
    (void)s;
    if (t->shop.history == HISTORY_REBUILT || t->shop.count == t->shop.numbering_from)
        return false;
    for (uint32_t i = 0; i < t->shop.count; i++) {
        if (!t->shop.closes[i].accepted)
            return false;
    }
    /* What was lost with the storage lies in the history, of which a till without a store fetches the first 64: the rest is
     * out of reach from here on. */
    for (uint32_t i = t->shop.numbering_from; i < t->shop.count; i++)
        t->shop.closes[i].may_be_lost = t->shop.closes[i].may_be_lost || (t->exposed && t->shop.closes[i].exposed);
    sim_log(t->index, "the host is reset: it counts from 1 again");
    sim_shop_forget_numbering(t);
    return true;
}

bool trouble_till_cloned(sim *s, sim_till *t)
{
    if (s->clones > 0 || s->till_count == SIM_TILLS_MAX || t->shop.history == HISTORY_REBUILT || t->fresh)
        return false;
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
    sim_catalogue_clone(copy, t);
    sim_owner_start(s, copy);
    copy->last_store = t->last_store;
    sim_till_start_at(s, copy, s->now_ms + SIM_MINUTE);
    return true;
}
