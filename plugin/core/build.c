/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/build.c - builds a batch: reads reports piece by piece within a tick's budget, submits it when it is full.
 *
 * Here is also met what the storage did to the records meanwhile: settled already, damaged, lost, newer than we are.
 */
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"
#include "core/sender.h"

#define RETRY_MS    INT64_C(1000)
#define LEFT_OUT_MS (INT64_C(24) * 60 * 60 * 1000)

/* More than most reports of a small shop: these are read at one go. */
#define FIRST_READ_BYTES (16u * 1024u)

#define FIRST_BATCH_BYTES (64u * 1024u)

/* What a read takes of a tick's budget at the least: hundreds of small ones make a long tick, too. */
#define READ_COST_BYTES (16u * 1024u)

/* What is read is also checked and copied; of this much that takes a till's thread under 200 us. */
#define TICK_BYTES (96u * 1024u)

static void note_item(sender_batch *b, const record_header *header)
{
    sender_item *item = &b->items[b->count];
    memset(item, 0, sizeof *item);
    item->id = b->reader.id;
    item->z_number = header->z_number;
    item->x_sequence = header->x_sequence;
    item->closed_at_ms = header->closed_at_ms;
    item->origin = header->origin;
    item->fate = FATE_AGAIN;
    memcpy(item->sha256, header->sha256, sizeof item->sha256);
    memcpy(item->business_date, header->business_date, sizeof item->business_date);
}

static void submit(core *c, core_time now, sender_batch *b)
{
    const destination *d = &c->state.destinations[b->destination];
    b->encodings = c->encodings_refused ? 0 : c->encodings;
    net_request *request =
        protocol_upload(b->body, c->credentials[b->destination].token, d->store_id, d->till_id, b->encodings);
    b->body = NULL;
    free(b->piece);
    b->piece = NULL;
    b->ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    if (b->ticket == 0) {
        sender_finish(c, b);
        return;
    }
    b->phase = SENDER_IN_FLIGHT;
    b->submitted_at = now.elapsed_ms;
    core_changed(c);
}

typedef enum step {
    STEP_MORE = 1, /* go on within this tick */
    STEP_PAUSE,    /* budget used, or nothing more to do here in this tick */
    STEP_SUBMIT
} step;

/* What stands in the outbox but is settled already (a crash came between the two writes of core/outbox.h) is removed
 * as soon as it is met. */
static step remove_settled(core *c, core_time now, uint64_t id)
{
    if (!vault_may_write(&c->vault))
        return STEP_PAUSE;
    if (vault_remove(&c->vault, COLLECTION_OUTBOX, &id, 1) == POS_OK)
        idset_remove(&c->outbox.waiting, id);
    else
        c->sender.read_retry_at = now.elapsed_ms + RETRY_MS;
    return STEP_PAUSE;
}

static bool is_settled(core *c, uint64_t id, const record_header *header)
{
    report_key key = key_unpack(id);
    if (idset_has(&c->outbox.kept, id))
        return true;
    if (ledger_load(&c->ledger, &c->vault, key.reg, key.epoch, key.number) != VAULT_OK)
        return false;
    const ledger_entry *entry = ledger_find(&c->ledger, key.number);
    return entry && memcmp(entry->sha256, header->sha256, sizeof entry->sha256) == 0;
}

/* A damaged record: its bytes are put aside, then it leaves the outbox; the host's history is asked for the report. */
static step put_damaged_aside(core *c, core_time now, sender_batch *b, uint64_t id)
{
    report_key key = key_unpack(id);
    if (!vault_may_write(&c->vault) || !idset_reserve(&c->outbox.damaged))
        return STEP_PAUSE;
    if (idset_has(&c->outbox.damaged, id)) {
        if (vault_remove(&c->vault, COLLECTION_OUTBOX, &id, 1) == POS_OK) {
            idset_remove(&c->outbox.waiting, id);
            catchup_lacks(c, key.number);
        } else {
            c->sender.read_retry_at = now.elapsed_ms + RETRY_MS;
        }
        return STEP_PAUSE;
    }
    if (c->vault.read_bytes > FIRST_READ_BYTES + 2 * RECORD_PAYLOAD_OFFSET) {
        c->sender.spoilt_id = id; /* much of it was read in this tick: the rest of the work is the next one's */
        return STEP_PAUSE;
    }
    uint32_t total = 0;
    uint8_t *bytes = b->piece;
    if (c->vault.storage->get(c->vault.ctx, COLLECTION_OUTBOX, id, 0, bytes, VAULT_PIECE_BYTES, &total) != POS_OK)
        total = 0;
    record_header header = {
        .kind = RECORD_Z,
        .payload_bytes = total < VAULT_PIECE_BYTES ? total : VAULT_PIECE_BYTES,
        .z_number = key.number,
        .epoch = key.epoch,
        .verdict = VERDICT_DAMAGED,
    };
    memcpy(header.register_id, c->state.registers[key.reg].register_id, sizeof header.register_id);
    if (vault_put(&c->vault, COLLECTION_DAMAGED, id, &header, bytes) == POS_OK) {
        idset_add(&c->outbox.damaged, id);
        c->sender.spoilt_id = 0;
        core_log(c, POS_LOG_ERROR, "the stored Z %lld is damaged; it is put aside and asked for again",
                 (long long)key.number);
        core_changed(c);
    } else {
        c->sender.read_retry_at = now.elapsed_ms + RETRY_MS;
    }
    return STEP_PAUSE;
}

/* What cannot be sent by this plugin at all. */
static void leave_out(core *c, core_time now, sender_batch *b, uint64_t id)
{
    if (!sender_set_aside(c, id, now.elapsed_ms + LEFT_OUT_MS, true))
        backoff_fail(&c->credentials[b->destination].backoff, now.elapsed_ms, true, -1, core_random(c));
}

static step handle_unreadable(core *c, core_time now, sender_batch *b, vault_result result)
{
    uint64_t id = b->reader.id;
    protocol_batch_drop_item(b->body);
    b->reading = false;
    if (b->is_x && result != VAULT_ERROR) {
        xslot_give_up(c, b->items[0].z_number, b->items[0].x_sequence);
        return STEP_PAUSE;
    }
    switch (result) {
    case VAULT_BAD:
        return put_damaged_aside(c, now, b, id);
    case VAULT_NEWER:
        leave_out(c, now, b, id);
        return STEP_PAUSE;
    case VAULT_ABSENT:
        core_log(c, POS_LOG_ERROR, "the storage lost Z %lld; it is asked for again", (long long)key_unpack(id).number);
        if (idset_remove(&c->outbox.waiting, id))
            catchup_lacks(c, key_unpack(id).number);
        return STEP_PAUSE;
    default:
        c->sender.read_retry_at = now.elapsed_ms + RETRY_MS;
        return STEP_PAUSE;
    }
}

/* After an item: the next one of the same slot, register, epoch and ledger page, or the batch is full. */
static step next_item(core *c, core_time now, sender_batch *b)
{
    uint64_t id;
    if (b->is_x || b->count >= c->sender.limit || b->count == PROTOCOL_BATCH_ITEMS_MAX)
        return STEP_SUBMIT;
    const sender_aside *aside = sender_find_aside(c, b->items[b->count - 1].id);
    if (aside && aside->alone)
        return STEP_SUBMIT;
    report_key last = key_unpack(b->items[b->count - 1].id);
    if (!sender_next_in_slot(c, now, last.slot, b->items[b->count - 1].id + 1, b->is_retry, &id))
        return STEP_SUBMIT;
    report_key key = key_unpack(id);
    if (key.reg != last.reg || key.epoch != last.epoch || key.number / LEDGER_BLOCK != last.number / LEDGER_BLOCK)
        return STEP_SUBMIT;
    b->reader = (vault_reader){.collection = COLLECTION_OUTBOX, .id = id};
    return STEP_MORE;
}

static void charge(uint32_t *budget, uint32_t read_bytes)
{
    uint32_t cost = read_bytes > READ_COST_BYTES ? read_bytes : READ_COST_BYTES;
    *budget -= cost < *budget ? cost : *budget;
}

/* What a batch may come to. Until the cloud has said what it can unpack, everything goes as it is: a little is enough to
 * get an answer. */
static size_t room_bytes(const core *c)
{
    return c->encodings_known ? PROTOCOL_BATCH_BYTES : FIRST_BATCH_BYTES;
}

/* What was read of the item so far goes into the batch; after its end, what is next. */
static step append(core *c, core_time now, sender_batch *b, uint32_t got)
{
    if (!protocol_batch_append(b->body, b->piece, got)) {
        protocol_batch_drop_item(b->body);
        b->reading = false;
        return b->count > 0 ? STEP_SUBMIT : STEP_PAUSE;
    }
    if (b->reader.done_bytes < b->reader.header.payload_bytes)
        return STEP_MORE;
    if (!protocol_batch_end_item(b->body))
        return STEP_PAUSE;
    b->reading = false;
    b->count++;
    return next_item(c, now, b);
}

/* Reads the header of reader.id, and a small record whole; begins the item, unless it does not fit this batch any more. */
static step begin_item(core *c, core_time now, sender_batch *b, uint32_t *budget)
{
    uint32_t got = 0;
    if (!b->is_x && b->reader.id == c->sender.spoilt_id)
        return put_damaged_aside(c, now, b, b->reader.id);
    vault_result result = vault_read_first(&c->vault, &b->reader, b->piece, FIRST_READ_BYTES, &got);
    record_header header = b->reader.header;
    charge(budget, RECORD_PAYLOAD_OFFSET + got);
    /* After a put that failed the storage may show an X that we do not know: it is not the one that is pending. */
    if (result == VAULT_OK && b->is_x &&
        (header.z_number != b->items[0].z_number || header.x_sequence != b->items[0].x_sequence))
        result = VAULT_BAD;
    if (result != VAULT_OK)
        return handle_unreadable(c, now, b, result);
    if (!b->is_x && is_settled(c, b->reader.id, &header))
        return remove_settled(c, now, b->reader.id);
    if (vault_is_spoilt(&b->reader))
        return handle_unreadable(c, now, b, VAULT_BAD);
    if (b->count > 0 && protocol_batch_bytes(b->body) + header.payload_bytes > room_bytes(c))
        return STEP_SUBMIT;
    protocol_item item;
    record_to_item(&header, &item);
    if (!protocol_batch_begin_item(b->body, &item)) {
        if (b->count == 0 && protocol_item_problem(&item))
            leave_out(c, now, b, b->reader.id);
        return b->count > 0 ? STEP_SUBMIT : STEP_PAUSE;
    }
    note_item(b, &header);
    b->reading = true;
    return append(c, now, b, got);
}

static step read_piece(core *c, core_time now, sender_batch *b, uint32_t *budget)
{
    uint32_t got = 0;
    uint32_t want = *budget < VAULT_PIECE_BYTES ? *budget : VAULT_PIECE_BYTES;
    vault_result result = vault_read_piece(&c->vault, &b->reader, b->piece, want, &got);
    if (result != VAULT_OK)
        return handle_unreadable(c, now, b, result);
    charge(budget, got);
    return append(c, now, b, got);
}

bool build_step(core *c, core_time now, sender_batch *b)
{
    uint32_t left = vault_read_left(&c->vault);
    uint32_t budget = left < TICK_BYTES ? left : TICK_BYTES;
    step next = STEP_MORE;
    while (next == STEP_MORE && budget > 0) {
        next = b->reading ? read_piece(c, now, b, &budget) : begin_item(c, now, b, &budget);
    }
    if (next == STEP_SUBMIT) {
        submit(c, now, b);
        return false;
    }
    /* Paused with nothing being read: what was met there is out of the way; what is built so far goes. */
    if (next == STEP_PAUSE && !b->reading) {
        if (b->count > 0)
            submit(c, now, b);
        else
            sender_finish(c, b);
    }
    return true;
}
