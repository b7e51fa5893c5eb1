/* SPDX-License-Identifier: Apache-2.0 */
/* core/aside.c - reports that failed alone and are left out for a while, so that one never blocks another. */
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

void sender_set_aside(core *c, uint64_t id, int64_t retry_at)
{
    sender *s = &c->sender;
    for (uint32_t i = 0; i < s->aside_count; i++) {
        if (s->aside[i].id == id) {
            s->aside[i].retry_at = retry_at;
            s->aside[i].attempts++;
            return;
        }
    }
    /* With so many of them it is not the reports: the destination's backoff is enough. */
    if (s->aside_count < SENDER_ASIDE_MAX)
        s->aside[s->aside_count++] = (sender_aside){id, retry_at, 1};
}

void sender_forget_aside(core *c)
{
    for (uint32_t i = 0; i < c->sender.aside_count; i++)
        c->sender.aside[i].retry_at = 0;
}
