/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/repeat.c - a close that is handed over again (core/outbox.h).
 *
 * A host does that until it has had its OK, and OK means that the report is safe. What this process wrote is. A record
 * that was found at start need not be: a write that failed may have left it to be read, and not on the disk. So it is
 * written once more before it is vouched for.
 */
#include <string.h>

#include "core/internal.h"
#include "core/place.h"

int32_t repeat_secure(core *c, const pos_report *z, const uint8_t *sha256, const placing *where)
{
    outbox *o = &c->outbox;
    record_header stored;
    if (where->collection == 0 || idset_has(&o->written, where->id))
        return POS_OK;
    if (vault_read_header(&c->vault, where->collection, where->id, &stored) != VAULT_OK)
        return POS_E_IO;
    if (memcmp(stored.sha256, sha256, sizeof stored.sha256) != 0 || stored.payload_bytes != z->document_size)
        return POS_OK; /* the original of a rebuilt one: what stands there stays */
    int32_t result = vault_put(&c->vault, where->collection, where->id, &stored, z->document);
    if (result == POS_OK)
        (void)idset_add(&o->written, where->id); /* out of memory: it is written again, should it come again */
    return result;
}
