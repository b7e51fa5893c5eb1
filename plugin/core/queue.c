/* SPDX-License-Identifier: Apache-2.0 */
/* core/queue.c - the queue as the screens see it: counts, and a page of rows. Derived anew each time, nothing stored. */
#include <string.h>

#include "core/internal.h"

#define ROW_ID_X UINT64_MAX /* no report key is this large: numbers end far below */

/* ---- counts ---- */

static uint32_t count_slot(const core *c, uint32_t slot)
{
    return (uint32_t)idset_count_between(&c->outbox.waiting, key_first(slot, 0, 0),
                                         key_last(slot, REGISTERS_MAX, EPOCH_MAX));
}

/* The more urgent of two reasons: what stops the shop of today comes before what is left of an old store. */
static core_hold more_urgent(core_hold a, core_hold b)
{
    static const core_hold order[] = {HOLD_LOG_IN, HOLD_STORE_REFUSED, HOLD_NO_STORE};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (a == order[i] || b == order[i])
            return order[i];
    }
    return HOLD_DISCONNECTED;
}

static void count_held(const core *c, core_queue *q)
{
    for (uint32_t slot = 0; slot < c->outbox.slot_bound; slot++) {
        core_hold hold = sender_hold_of(c, state_slot_destination(&c->state, slot));
        uint32_t reports = hold == HOLD_NONE ? 0 : count_slot(c, slot);
        if (reports > 0) {
            q->held += reports;
            q->hold = more_urgent(q->hold, hold);
        }
    }
    if (xslot_is_pending(c)) {
        core_hold hold = sender_hold_of(c, state_slot_destination(&c->state, c->x.header.slot));
        if (hold != HOLD_NONE) {
            q->held++;
            q->hold = more_urgent(q->hold, hold);
        }
    }
}

static void count_kept(core *c, core_queue *q)
{
    outbox_count_kept(c);
    q->conflict = c->outbox.conflicts;
    q->rejected = c->outbox.rejections;
    q->elsewhere = c->outbox.elsewheres;
    q->damaged = (uint32_t)c->outbox.damaged.size + c->outbox.unreadable;
}

static void note_schedule(const core *c, core_time now, core_queue *q)
{
    q->next_try_in_ms = -1;
    if (q->pending == q->held)
        return;
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        if (sender_hold_of(c, &c->state.destinations[i]) != HOLD_NONE)
            continue;
        int64_t wait = backoff_wait_ms(&c->credentials[i].backoff, now.elapsed_ms);
        if (q->next_try_in_ms < 0 || wait < q->next_try_in_ms)
            q->next_try_in_ms = wait;
    }
}

static void note_upload(const core *c, core_queue *q)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        const sender_batch *b = &c->sender.batches[i];
        net_progress progress;
        if (b->phase != SENDER_IN_FLIGHT)
            continue;
        q->sending += b->count;
        if (c->env.net->progress(c->env.net, b->ticket, &progress)) {
            q->upload_sent_bytes += progress.sent_bytes;
            q->upload_total_bytes += progress.total_bytes;
        }
    }
}

/* The last number of this epoch before the first one that still waits. */
static void note_delivered_through(core *c, core_queue *q)
{
    const outbox *o = &c->outbox;
    int64_t through = o->last_number;
    for (uint32_t slot = 0; slot < o->slot_bound; slot++) {
        uint64_t first = key_first(slot, o->reg, o->epoch);
        uint64_t last = key_last(slot, o->reg, o->epoch);
        uint64_t id;
        if (idset_next(&o->waiting, first, &id) && id <= last && key_unpack(id).number <= through)
            through = key_unpack(id).number - 1;
    }
    const catchup *k = &c->catchup;
    int64_t lacking = k->epoch == o->epoch ? catchup_first_lacking(k) : 0;
    if (lacking != 0) {
        q->kept_back = k->lacking_at;
        if (through >= lacking)
            through = lacking - 1;
    }
    if (through <= 0)
        return;
    q->delivered_through = through;
    if (ledger_load(&c->ledger, &c->vault, o->reg, o->epoch, through) != VAULT_OK)
        return;
    const ledger_entry *entry = ledger_find(&c->ledger, through);
    record_header header;
    if (entry)
        memcpy(q->delivered_through_date, entry->business_date, sizeof q->delivered_through_date);
    else if (outbox_read_kept(c, o->epoch, through, &header))
        memcpy(q->delivered_through_date, header.business_date, sizeof q->delivered_through_date);
}

core_queue core_get_queue(const core *c, core_time now)
{
    core *self = (core *)(uintptr_t)c; /* reads records through the vault; changes nothing that shows */
    core_queue q = {.hold = HOLD_NONE, .last_failure = c->last_failure};
    q.pending = (uint32_t)c->outbox.waiting.size + (xslot_is_pending(c) ? 1 : 0);
    count_held(c, &q);
    count_kept(self, &q);
    note_upload(c, &q);
    q.waiting = q.pending - q.held - (q.sending < q.pending - q.held ? q.sending : q.pending - q.held);
    note_schedule(c, now, &q);
    note_delivered_through(self, &q);
    q.last_contact_ms = c->last_contact_ms;
    q.failing_since_ms = c->failing_since_ms;
    q.storage_failing = vault_is_failing(&c->vault);
    q.catching_up = c->catchup.phase != CATCHUP_IDLE;
    return q;
}

/* ---- rows ---- */

static void fill_row(const record_header *header, core_row *row)
{
    row->readable = true;
    row->kind = header->kind == RECORD_X ? POS_REPORT_X : POS_REPORT_Z;
    row->epoch = header->epoch;
    row->z_number = header->z_number;
    row->x_sequence = header->x_sequence;
    row->closed_at_ms = header->closed_at_ms;
    row->accepted_at_ms = header->accepted_at_ms;
    row->grand_total_minor = header->grand_total_minor;
    row->size_bytes = header->payload_bytes;
    memcpy(row->business_date, header->business_date, sizeof row->business_date);
    memcpy(row->currency, header->currency, sizeof row->currency);
    memcpy(row->code, header->code, sizeof header->code);
    memcpy(row->detail, header->detail, sizeof header->detail);
}

static void fill_destination(const core *c, uint32_t slot, core_row *row)
{
    const destination *d = state_slot_destination(&c->state, slot);
    if (d)
        memcpy(row->store_name, d->store_name, sizeof row->store_name);
    if (row->state != STATE_WAITING)
        return;
    row->hold = sender_hold_of(c, d);
    if (row->hold != HOLD_NONE)
        row->state = STATE_HELD;
}

static core_state state_of(record_verdict verdict)
{
    switch (verdict) {
    case VERDICT_CONFLICT:
        return STATE_CONFLICT;
    case VERDICT_ELSEWHERE:
        return STATE_ELSEWHERE;
    case VERDICT_DAMAGED:
        return STATE_DAMAGED;
    default:
        return STATE_REJECTED;
    }
}

static void row_of_kept(core *c, uint64_t id, uint32_t collection, core_row *row)
{
    record_header header;
    report_key key = key_unpack(id);
    *row = (core_row){.id = id, .kept = true, .kind = POS_REPORT_Z, .hold = HOLD_NONE, .next_try_in_ms = -1};
    row->z_number = key.number;
    row->epoch = key.epoch;
    row->state = STATE_DAMAGED;
    if (vault_read_header(&c->vault, collection, id, &header) == VAULT_OK) {
        fill_row(&header, row);
        row->state = state_of(header.verdict);
    }
    fill_destination(c, key.slot, row);
}

static void row_of_waiting(core *c, core_time now, uint64_t id, core_row *row)
{
    record_header header;
    report_key key = key_unpack(id);
    *row = (core_row){.id = id, .kind = POS_REPORT_Z, .hold = HOLD_NONE, .next_try_in_ms = -1};
    row->z_number = key.number;
    row->epoch = key.epoch;
    row->state = sender_is_sending(c, id) ? STATE_SENDING : STATE_WAITING;
    if (vault_read_header(&c->vault, COLLECTION_OUTBOX, id, &header) == VAULT_OK)
        fill_row(&header, row);
    const sender_aside *aside = sender_find_aside(c, id);
    if (aside) {
        row->attempts = aside->attempts;
        row->next_try_in_ms = aside->retry_at > now.elapsed_ms ? aside->retry_at - now.elapsed_ms : 0;
    }
    fill_destination(c, key.slot, row);
}

static void row_of_x(const core *c, core_row *row)
{
    *row = (core_row){.id = ROW_ID_X, .hold = HOLD_NONE, .next_try_in_ms = -1};
    fill_row(&c->x.header, row);
    row->state = sender_is_sending_x(c) ? STATE_SENDING : STATE_WAITING;
    fill_destination(c, c->x.header.slot, row);
}

uint32_t core_list_queue(core *c, core_time now, uint32_t first, uint32_t capacity, core_row *rows, uint32_t *total)
{
    const outbox *o = &c->outbox;
    uint64_t damaged = o->damaged.size;
    uint64_t kept = damaged + o->kept.size;
    uint64_t zs = kept + o->waiting.size;
    uint64_t all = zs + (xslot_is_pending(c) ? 1 : 0);
    uint32_t count = 0;
    *total = (uint32_t)all;
    for (uint64_t i = first; i < all && count < capacity; i++) {
        uint64_t id = 0;
        core_row *row = &rows[count++];
        if (i < damaged) {
            idset_at(&o->damaged, i, &id);
            row_of_kept(c, id, COLLECTION_DAMAGED, row);
        } else if (i < kept) {
            idset_at(&o->kept, i - damaged, &id);
            row_of_kept(c, id, COLLECTION_KEPT, row);
        } else if (i < zs) {
            idset_at(&o->waiting, i - kept, &id);
            row_of_waiting(c, now, id, row);
        } else {
            row_of_x(c, row);
        }
    }
    return count;
}

bool core_get_item(core *c, core_time now, uint64_t id, bool kept, core_row *row)
{
    const outbox *o = &c->outbox;
    if (kept && idset_has(&o->kept, id))
        row_of_kept(c, id, COLLECTION_KEPT, row);
    else if (kept && idset_has(&o->damaged, id))
        row_of_kept(c, id, COLLECTION_DAMAGED, row);
    else if (!kept && id == ROW_ID_X && xslot_is_pending(c))
        row_of_x(c, row);
    else if (!kept && idset_has(&o->waiting, id))
        row_of_waiting(c, now, id, row);
    else
        return false;
    return true;
}

/* ---- search ---- */

/* The position of that number among the ids of one set, at or after `from`. There are as many ranges to look into as
 * stores, registers and epochs have left something here: a handful, however long the queue is. */
static bool find_in_set(const idset *set, int64_t z_number, uint64_t from, uint64_t *position)
{
    uint64_t id, start = 0;
    while (idset_next(set, start, &id)) {
        report_key key = key_unpack(id);
        uint64_t last = key_last(key.slot, key.reg, key.epoch);
        uint64_t wanted = key_pack((report_key){key.slot, key.reg, key.epoch, z_number});
        if (idset_has(set, wanted)) {
            *position = idset_count_between(set, 0, wanted) - 1;
            if (*position >= from)
                return true;
        }
        if (last == UINT64_MAX)
            return false;
        start = last + 1;
    }
    return false;
}

bool core_find_in_queue(const core *c, int64_t z_number, uint32_t from, uint32_t *index)
{
    const idset *const sets[] = {&c->outbox.damaged, &c->outbox.kept, &c->outbox.waiting};
    uint64_t base = 0, position;
    if (z_number < 1 || z_number > POS_Z_NUMBER_MAX)
        return false;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (base + sets[i]->size > from && find_in_set(sets[i], z_number, from > base ? from - base : 0, &position)) {
            *index = (uint32_t)(base + position);
            return true;
        }
        base += sets[i]->size;
    }
    return false;
}
