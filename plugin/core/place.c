/* SPDX-License-Identifier: Apache-2.0 */
/* core/place.c - looks a report up in the outbox, among the kept ones and in the ledger (core/place.h). */
#include "core/place.h"

#include <string.h>

#include "core/internal.h"

bool place_find_record(const outbox *o, const idset *set, uint32_t epoch, int64_t number, uint64_t *id)
{
    for (uint32_t slot = 0; slot < o->slot_bound; slot++) {
        *id = key_pack((report_key){slot, o->reg, epoch, number});
        if (idset_has(set, *id))
            return true;
    }
    return false;
}

bool outbox_has_number(core *c, uint32_t epoch, int64_t number, bool *failed)
{
    outbox *o = &c->outbox;
    uint64_t id;
    *failed = false;
    if (place_find_record(o, &o->waiting, epoch, number, &id) || place_find_record(o, &o->kept, epoch, number, &id))
        return true;
    vault_result result = ledger_load(&c->ledger, &c->vault, o->reg, epoch, number);
    *failed = result == VAULT_ERROR || result == VAULT_NEWER;
    return !*failed && ledger_find(&c->ledger, number) != NULL;
}

bool outbox_read_kept(core *c, uint32_t epoch, int64_t number, record_header *header)
{
    uint64_t id;
    return place_find_record(&c->outbox, &c->outbox.kept, epoch, number, &id) &&
           vault_read_header(&c->vault, COLLECTION_KEPT, id, header) == VAULT_OK;
}

/* Other bytes under the same number: of the same close all the same? Where one of the two was made again later, the
 * business date tells: its bytes may differ, its day does not. Two originals are two closes. */
static acquaintance compare(const pos_report *z, const uint8_t *sha256, const uint8_t *held_sha256,
                            uint32_t held_origin, const char *held_date)
{
    if (memcmp(held_sha256, sha256, PROTOCOL_SHA256_BYTES) == 0)
        return PLACE_SAME;
    bool same_day = strncmp(z->business_date, held_date, 10) == 0;
    if (same_day && z->origin == POS_ORIGIN_REBUILT)
        return PLACE_SAME;
    if (same_day && held_origin == POS_ORIGIN_REBUILT)
        return PLACE_BETTER;
    return PLACE_OTHER;
}

static placing compare_record(core *c, uint32_t collection, uint64_t id, const pos_report *z, const uint8_t *sha256)
{
    record_header header;
    placing found = {.known = PLACE_OTHER, .collection = collection, .id = id}; /* damaged: whatever it was, not this */
    switch (vault_read_header(&c->vault, collection, id, &header)) {
    case VAULT_OK:
        found.known = compare(z, sha256, header.sha256, header.origin, header.business_date);
        break;
    case VAULT_ERROR:
        found.known = PLACE_UNREADABLE;
        break;
    default:
        break;
    }
    return found;
}

static placing look_up(core *c, uint32_t epoch, const pos_report *z, const uint8_t *sha256)
{
    outbox *o = &c->outbox;
    uint64_t id;
    placing found = {.known = PLACE_UNREADABLE};
    if (place_find_record(o, &o->waiting, epoch, z->z_number, &id)) {
        found = compare_record(c, COLLECTION_OUTBOX, id, z, sha256);
    } else if (place_find_record(o, &o->kept, epoch, z->z_number, &id)) {
        found = compare_record(c, COLLECTION_KEPT, id, z, sha256);
    } else {
        vault_result result = ledger_load(&c->ledger, &c->vault, o->reg, epoch, z->z_number);
        const ledger_entry *entry = ledger_find(&c->ledger, z->z_number);
        if (result != VAULT_ERROR && result != VAULT_NEWER)
            found.known =
                entry ? compare(z, sha256, entry->sha256, entry->origin, entry->business_date) : PLACE_UNKNOWN;
    }
    found.epoch = epoch;
    return found;
}

/* Handed over by a machine that took a till's place, under a number of which the cloud has another close. */
static bool counts_anew(const core *c, const pos_report *z, const uint8_t *sha256)
{
    const state_register *reg = &c->state.registers[c->outbox.reg];
    bool is_last = z->z_number == reg->z_floor && memcmp(sha256, reg->z_floor_sha256, PROTOCOL_SHA256_BYTES) == 0;
    return c->outbox.epoch == reg->epoch_floor && z->z_number <= reg->z_floor && !is_last;
}

/*
 * The same close is known in whichever epoch. A number that goes on is of the current epoch. One that goes back is a
 * late hand-over if its number is free and it was closed before the last one, or comes from the host's history; else
 * the host counts anew: a new epoch. A rebuilt document proves nothing and opens none.
 */
placing place_report(core *c, const pos_report *z, const uint8_t *sha256, bool from_history)
{
    outbox *o = &c->outbox;
    outbox_read_ledger_again(c); /* a number that goes back must not pass for one that goes on */
    bool rebuilt = z->origin == POS_ORIGIN_REBUILT;
    bool goes_on = z->z_number > o->last_number;
    placing current = {.known = PLACE_UNKNOWN, .epoch = o->epoch};
    if (!goes_on)
        current = look_up(c, o->epoch, z, sha256);
    if (current.known == PLACE_OTHER && rebuilt)
        current.known = PLACE_SAME;
    if (current.known != PLACE_UNKNOWN && current.known != PLACE_OTHER)
        return current;
    for (uint32_t epoch = o->epoch; epoch-- > 0;) {
        placing earlier = look_up(c, epoch, z, sha256);
        if (earlier.known != PLACE_UNKNOWN && earlier.known != PLACE_OTHER)
            return earlier;
    }
    bool anew = current.known == PLACE_UNKNOWN && !from_history && !rebuilt && counts_anew(c, z, sha256);
    bool late = current.known == PLACE_UNKNOWN && (from_history || z->closed_at_ms <= o->last_closed_at_ms);
    if ((goes_on || late || rebuilt) && !anew)
        return (placing){.known = PLACE_UNKNOWN, .epoch = o->epoch};
    return (placing){.known = PLACE_UNKNOWN, .epoch = o->epoch + 1};
}
