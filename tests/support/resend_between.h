/* SPDX-License-Identifier: Apache-2.0 */
/* support/resend_between.h - something goes wrong just when the cloud has answered: between two steps of the core. */
#ifndef RESEND_BETWEEN_H
#define RESEND_BETWEEN_H

#include "support/resend_bench.h"

/* Something happens as soon as the cloud has answered a request of that kind. */
static const char *trigger;
static void (*event)(void);

static inline void handle_then(void *ctx, net_script *s, const script_request *r)
{
    uint32_t ready = s->ready_count;
    cloud_handle(ctx, s, r);
    if (s->ready_count == ready || !event || strstr(r->request->path, trigger) == NULL)
        return;
    void (*happens)(void) = event;
    event = NULL;
    happens();
}

static inline void after(const char *path, void (*happens)(void))
{
    trigger = path;
    event = happens;
    b.net->handle = handle_then;
}

static inline void fail_reading(void)
{
    ledger_drop(&b.core->ledger);
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
}

#endif
