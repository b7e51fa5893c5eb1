/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/aside.c - reports that failed alone and are left out for a while, so that one never blocks another.
 *
 * What was never tried goes first; of those that are set aside and due again, the one that has waited longest. So a
 * report that always fails comes back at each of its turns, and whatever else there is comes in between.
 */
#include "core/internal.h"
#include "core/sender.h"

const sender_aside *sender_find_aside(const core *c, uint64_t id)
{
    for (uint32_t i = 0; i < c->sender.aside_count; i++) {
        if (c->sender.aside[i].id == id)
            return &c->sender.aside[i];
    }
    return NULL;
}

/* Forgets those that were sent meanwhile. */
static void purge(core *c)
{
    sender *s = &c->sender;
    uint32_t left = 0;
    for (uint32_t i = 0; i < s->aside_count; i++) {
        if (idset_has(&c->outbox.waiting, s->aside[i].id))
            s->aside[left++] = s->aside[i];
    }
    s->aside_count = left;
}

bool sender_set_aside(core *c, uint64_t id, int64_t retry_at, bool alone)
{
    sender *s = &c->sender;
    for (uint32_t i = 0; i < s->aside_count; i++) {
        if (s->aside[i].id == id) {
            s->aside[i].retry_at = retry_at;
            s->aside[i].alone = alone;
            s->aside[i].attempts++;
            return true;
        }
    }
    if (s->aside_count == SENDER_ASIDE_MAX)
        purge(c);
    if (s->aside_count == SENDER_ASIDE_MAX)
        return false;
    s->aside[s->aside_count++] = (sender_aside){id, retry_at, 1, alone};
    return true;
}

void sender_forget_aside(core *c)
{
    for (uint32_t i = 0; i < c->sender.aside_count; i++)
        c->sender.aside[i].retry_at = 0;
}

const sender_aside *sender_oldest_aside(const core *c, core_time now, uint32_t index)
{
    const sender_aside *oldest = NULL;
    for (uint32_t i = 0; i < c->sender.aside_count; i++) {
        const sender_aside *aside = &c->sender.aside[i];
        uint32_t slot = key_unpack(aside->id).slot;
        if (aside->retry_at > now.elapsed_ms || !idset_has(&c->outbox.waiting, aside->id) ||
            slot >= c->state.slot_count || c->state.slots[slot] != (int)index)
            continue;
        if (!oldest || aside->retry_at < oldest->retry_at)
            oldest = aside;
    }
    return oldest;
}
