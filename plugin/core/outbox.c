/* SPDX-License-Identifier: Apache-2.0 */
/* core/outbox.c - accepts Z reports, durably, and knows every one that is here (core/outbox.h). */
#include "core/outbox.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/internal.h"
#include "core/place.h"

#define NOT_TAKEN "the storage did not take the report; hand it over again"

/* ---- start ---- */

typedef struct lister {
    idset *set;
    bool failed;
} lister;

static int32_t list_id(void *ctx, uint64_t id, uint32_t size_bytes)
{
    lister *l = ctx;
    (void)size_bytes;
    l->failed = !idset_add(l->set, id);
    return l->failed ? 1 : 0;
}

static int32_t list_collection(core *c, uint32_t collection, idset *set)
{
    lister l = {.set = set};
    int32_t result = c->vault.storage->list(c->vault.ctx, collection, 0, list_id, &l);
    return l.failed ? POS_E_NO_MEMORY : result;
}

/* The highest epoch and number of this register among the ids of a set. A run may span epochs only in theory (numbers
 * end far below 2^40), but it may span slots never: so its last id tells. */
static void note_highest(outbox *o, const idset *set)
{
    for (size_t i = 0; i < set->count; i++) {
        report_key key = key_unpack(set->runs[i].last);
        if (key.slot >= o->slot_bound)
            o->slot_bound = key.slot + 1;
        if (key.reg != o->reg)
            continue;
        if (key.epoch > o->epoch) {
            o->epoch = key.epoch;
            o->last_number = 0;
        }
        if (key.epoch == o->epoch && key.number > o->last_number)
            o->last_number = key.number;
    }
}

typedef struct ledger_lister {
    uint32_t reg;
    uint64_t last; /* the highest page id of this register */
    bool found;
} ledger_lister;

static int32_t list_ledger_id(void *ctx, uint64_t id, uint32_t size_bytes)
{
    ledger_lister *l = ctx;
    (void)size_bytes;
    if (id >> 56 != l->reg)
        return 1;
    l->last = id;
    l->found = true;
    return 0;
}

/* The ledger's last page may know a later epoch or a higher number than what is still waiting. */
static int32_t note_ledger(core *c)
{
    outbox *o = &c->outbox;
    ledger_lister l = {.reg = o->reg};
    int32_t result =
        c->vault.storage->list(c->vault.ctx, COLLECTION_LEDGER, ledger_key_pack(o->reg, 0, 0), list_ledger_id, &l);
    if (result != POS_OK || !l.found)
        return result;
    uint32_t epoch = (uint32_t)(l.last >> 48) & EPOCH_MAX;
    int64_t block = (int64_t)(l.last & ((UINT64_C(1) << 48) - 1));
    if (epoch < o->epoch)
        return POS_OK;
    if (epoch > o->epoch) {
        o->epoch = epoch;
        o->last_number = 0;
    }
    vault_result read = ledger_load(&c->ledger, &c->vault, o->reg, epoch, block * LEDGER_BLOCK);
    o->ledger_unread = read == VAULT_ERROR;
    if (read != VAULT_OK)
        core_log(c, POS_LOG_ERROR, "a page of the delivery ledger cannot be read; it is found again by sending");
    if (c->ledger.count > 0) {
        const ledger_entry *last = &c->ledger.entries[c->ledger.count - 1];
        int64_t number = block * LEDGER_BLOCK + last->index;
        if (number > o->last_number) {
            o->last_number = number;
            o->last_closed_at_ms = last->closed_at_ms;
        }
    }
    return POS_OK;
}

static void note_last_closed_at(core *c)
{
    outbox *o = &c->outbox;
    record_header header;
    uint64_t id;
    uint32_t collection = COLLECTION_OUTBOX;
    if (!place_find_record(o, &o->waiting, o->epoch, o->last_number, &id)) {
        collection = COLLECTION_KEPT;
        if (!place_find_record(o, &o->kept, o->epoch, o->last_number, &id))
            return;
    }
    if (vault_read_header(&c->vault, collection, id, &header) != VAULT_OK)
        return;
    o->last_closed_at_ms = header.closed_at_ms;
    memcpy(c->currency, header.currency, sizeof c->currency);
}

/* Where the state record was damaged, or a crash came between a report and it, a report's slot may be without a name:
 * then the owner decides again where it goes. */
static void name_slots(core *c)
{
    state *s = &c->state;
    while (s->slot_count < c->outbox.slot_bound) {
        s->slots[s->slot_count++] = SLOT_UNDECIDED;
        c->state_dirty = true;
    }
}

int32_t outbox_open(core *c, const char **reason)
{
    outbox *o = &c->outbox;
    o->slot_bound = c->state.slot_count;
    *reason = "the storage cannot be listed";
    int32_t result = list_collection(c, COLLECTION_OUTBOX, &o->waiting);
    if (result == POS_OK)
        result = list_collection(c, COLLECTION_KEPT, &o->kept);
    if (result == POS_OK)
        result = list_collection(c, COLLECTION_DAMAGED, &o->damaged);
    if (result != POS_OK)
        return result;
    note_highest(o, &o->waiting);
    note_highest(o, &o->kept);
    name_slots(c);
    result = note_ledger(c);
    if (result != POS_OK)
        return result;
    note_last_closed_at(c);
    uint32_t floor = c->state.registers[o->reg].epoch_floor;
    if (floor > o->epoch) {
        o->epoch = floor;
        o->last_number = 0;
    }
    return POS_OK;
}

void outbox_read_ledger_again(core *c)
{
    if (c->outbox.ledger_unread)
        (void)note_ledger(c);
}

void outbox_close(outbox *o)
{
    idset_free(&o->waiting);
    idset_free(&o->kept);
    idset_free(&o->damaged);
    idset_free(&o->written);
}

void outbox_note_kept(outbox *o, record_verdict verdict)
{
    if (verdict == VERDICT_CONFLICT)
        o->conflicts++;
    else if (verdict == VERDICT_ELSEWHERE)
        o->elsewheres++;
    else if (verdict == VERDICT_REJECTED)
        o->rejections++;
    else
        o->unreadable++;
}

void outbox_count_kept(core *c)
{
    outbox *o = &c->outbox;
    uint64_t id = 0;
    if (o->kept_counted)
        return;
    bool more = idset_next(&o->kept, 0, &id);
    for (; more; more = id < UINT64_MAX && idset_next(&o->kept, id + 1, &id)) {
        record_header header;
        bool readable = vault_read_header(&c->vault, COLLECTION_KEPT, id, &header) == VAULT_OK;
        outbox_note_kept(o, readable ? header.verdict : VERDICT_DAMAGED);
    }
    o->kept_counted = true;
}

/* ---- accepting ---- */

static void fill_header(record_header *header, const pos_report *z, core_time now)
{
    *header = (record_header){
        .kind = RECORD_Z,
        .payload_bytes = z->document_size,
        .origin = z->origin,
        .z_number = z->z_number,
        .closed_at_ms = z->closed_at_ms,
        .grand_total_minor = z->grand_total_minor,
        .accepted_at_ms = now.wall_ms,
        .verdict = VERDICT_WAITING,
    };
    memcpy(header->business_date, z->business_date, 10);
    memcpy(header->currency, z->currency, 3);
    memcpy(header->register_id, z->register_id, strlen(z->register_id));
    crypto_hash_sha256(header->sha256, z->document, z->document_size);
}

static void reject(record_header *header, const char *code, const char *detail)
{
    header->verdict = VERDICT_REJECTED;
    memcpy(header->code, code, strnlen(code, sizeof header->code - 1));
    memcpy(header->detail, detail, strnlen(detail, sizeof header->detail - 1));
}

/* What no cloud can take is kept here at once: the day is closed whatever we think of its report. */
static void reject_unfit(record_header *header, const pos_report *z)
{
    document_fault fault = document_check(z->document, z->document_size);
    if (fault.code) {
        char where[48];
        snprintf(where, sizeof where, "byte %zu of %u", fault.at_byte, z->document_size);
        reject(header, fault.code, where);
        return;
    }
    protocol_item item;
    record_to_item(header, &item);
    const char *problem = protocol_item_problem(&item);
    if (problem)
        reject(header, "invalid-figures", problem);
}

/* Reports of a register whose index is not stored yet would be nameless after a crash: the state goes first. Once a
 * register, so this is the second write that pos/plugin.h allows the first close. (A slot that is not stored yet is
 * found again by outbox_open, undecided as it was.) */
static int32_t store_names(core *c)
{
    if (!c->outbox.nameless)
        return POS_OK;
    int32_t result = state_save(&c->vault, &c->state);
    c->state_dirty = result != POS_OK;
    c->outbox.nameless = result != POS_OK;
    return result;
}

/* An original takes the place of a rebuilt one that was not sent yet. One that was kept is removed first: it would win
 * over what waits. */
static int32_t replace_rebuilt(core *c, const placing *where)
{
    outbox *o = &c->outbox;
    if (where->collection == COLLECTION_OUTBOX)
        sender_forget_item(c, where->id);
    if (where->collection != COLLECTION_KEPT)
        return POS_OK;
    int32_t result = vault_remove(&c->vault, COLLECTION_KEPT, &where->id, 1);
    if (result != POS_OK)
        return result;
    idset_remove(&o->kept, where->id);
    o->kept_counted = false;
    o->conflicts = o->rejections = o->elsewheres = o->unreadable = 0;
    return POS_OK;
}

/* The codes of on_daily_close() that a failed write may have. The host gives up after some of the others, but the storage's
 * TOO_LARGE or MISUSE is no reason to: the report is neither. */
static int32_t result_of_write(int32_t result)
{
    bool known = result == POS_OK || result == POS_E_NO_SPACE || result == POS_E_IO || result == POS_E_BUSY ||
                 result == POS_E_NO_MEMORY;
    return known ? result : POS_E_FAILED;
}

/* Where a report goes: as it was decided when it was accepted first, if this one takes the place of a damaged record;
 * else where new ones go. */
static uint32_t choose_slot(const core *c, const record_header *header)
{
    const outbox *o = &c->outbox;
    uint64_t damaged;
    if (!place_find_record(o, &o->damaged, header->epoch, header->z_number, &damaged))
        return c->state.current_slot;
    uint32_t slot = key_unpack(damaged).slot;
    return slot < c->state.slot_count ? slot : c->state.current_slot;
}

static int32_t write_report(core *c, record_header *header, const pos_report *z, const placing *where, uint64_t *put)
{
    outbox *o = &c->outbox;
    bool keep = header->verdict == VERDICT_REJECTED;
    uint32_t collection = keep ? COLLECTION_KEPT : COLLECTION_OUTBOX;
    idset *set = keep ? &o->kept : &o->waiting;
    if (!idset_reserve(set))
        return POS_E_NO_MEMORY;
    int32_t result = store_names(c);
    if (result != POS_OK)
        return result;
    uint32_t slot = choose_slot(c, header);
    uint64_t id = key_pack((report_key){slot, o->reg, header->epoch, z->z_number});
    *put = 0;
    if (where->known == PLACE_BETTER && where->collection == COLLECTION_OUTBOX && !keep)
        id = where->id;
    if (where->known == PLACE_BETTER)
        result = replace_rebuilt(c, where);
    if (result != POS_OK)
        return result;
    result = vault_put(&c->vault, collection, id, header, z->document);
    if (result != POS_OK)
        return result;
    idset_add(set, id);
    (void)idset_add(&o->written, id);
    *put = id;
    if (keep && o->kept_counted)
        outbox_note_kept(o, header->verdict);
    if (slot >= o->slot_bound)
        o->slot_bound = slot + 1;
    return POS_OK;
}

bool outbox_has_room(const core *c, uint32_t slot)
{
    return idset_count_between(&c->outbox.waiting, key_first(slot, 0, 0), key_last(slot, REGISTERS_MAX, EPOCH_MAX)) <
           OUTBOX_WINDOW;
}

int32_t outbox_put_again(core *c, core_time now, const pos_report *z, uint32_t slot, uint32_t epoch)
{
    outbox *o = &c->outbox;
    record_header header;
    uint64_t id = key_pack((report_key){slot, o->reg, epoch, z->z_number});
    fill_header(&header, z, now);
    header.epoch = epoch;
    if (!idset_reserve(&o->waiting))
        return POS_E_NO_MEMORY;
    int32_t result = vault_put(&c->vault, COLLECTION_OUTBOX, id, &header, z->document);
    if (result == POS_OK)
        idset_add(&o->waiting, id);
    return result;
}

static void advance(core *c, const record_header *header)
{
    outbox *o = &c->outbox;
    if (header->epoch > o->epoch) {
        core_log(c, POS_LOG_WARNING,
                 "Z %lld of register %s was used before with other content: a new epoch, %u, begins",
                 (long long)header->z_number, header->register_id, header->epoch);
        o->epoch = header->epoch;
        o->last_number = 0;
        o->last_closed_at_ms = 0;
    }
    if (header->z_number > o->last_number) {
        o->last_number = header->z_number;
        o->last_closed_at_ms = header->closed_at_ms;
        memcpy(c->currency, header->currency, sizeof c->currency);
    }
}

outbox_entry outbox_accept(core *c, core_time now, const pos_report *z, bool from_history, bool too_large,
                           int32_t *error, const char **why)
{
    pos_report report = *z;
    if (too_large)
        report.document_size = 0;
    record_header header;
    fill_header(&header, &report, now);
    placing where = place_report(c, &report, header.sha256, from_history);
    if (where.known == PLACE_SAME) {
        *why = NOT_TAKEN;
        *error = from_history ? POS_OK : result_of_write(repeat_secure(c, &report, header.sha256, &where));
        return *error == POS_OK ? ENTRY_KNOWN : ENTRY_ERROR;
    }
    *error = POS_E_IO;
    *why = "the storage could not be read, so it is not known whether this report is here already";
    if (where.known == PLACE_UNREADABLE)
        return ENTRY_ERROR;
    *why = "the register was reset more than 255 times";
    *error = POS_E_FAILED;
    if (where.epoch > EPOCH_MAX)
        return ENTRY_ERROR;
    header.epoch = where.epoch;
    if (too_large)
        reject(&header, "too-large", "larger than 4 MiB; the till still has it");
    else
        reject_unfit(&header, &report);
    uint64_t id = 0;
    *error = result_of_write(write_report(c, &header, &report, &where, &id));
    *why = NOT_TAKEN;
    if (*error != POS_OK)
        return ENTRY_ERROR;
    advance(c, &header);
    if (!from_history)
        c->outbox.fresh_id = id;
    core_log(c, POS_LOG_INFO, "Z %lld accepted%s%s%s", (long long)z->z_number, from_history ? " from the history" : "",
             header.code[0] ? ", rejected: " : "", header.code);
    core_changed(c);
    return ENTRY_NEW;
}
