/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The removes that are visible but not yet durable. They stay out of the database until they can ride in a put's
 * transaction: were they applied at once inside an open transaction, a put that fails and rolls back would bring the
 * removed records to life again.
 */
#include "storage_waiting.h"

#include <string.h>

/* The first position whose key is not below the one asked for. */
static uint32_t position_of(const poshost_waiting *waiting, uint32_t collection, uint64_t id)
{
    uint32_t low = 0;
    uint32_t high = waiting->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const poshost_waiting_key *key = &waiting->keys[middle];
        if (key->collection < collection || (key->collection == collection && key->id < id))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int poshost_waiting_has(const poshost_waiting *waiting, uint32_t collection, uint64_t id)
{
    uint32_t at = position_of(waiting, collection, id);
    return at < waiting->count && waiting->keys[at].collection == collection && waiting->keys[at].id == id;
}

void poshost_waiting_add(poshost_waiting *waiting, uint32_t collection, uint64_t id)
{
    if (poshost_waiting_has(waiting, collection, id))
        return;
    uint32_t at = position_of(waiting, collection, id);
    memmove(&waiting->keys[at + 1], &waiting->keys[at], (waiting->count - at) * sizeof waiting->keys[0]);
    waiting->keys[at] = (poshost_waiting_key){.collection = collection, .id = id};
    waiting->count++;
}
