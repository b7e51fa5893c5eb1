/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/settle.c - makes an answer durable: ledger page, removal, kept records; one write a tick, in this order.
 *
 *   1. put the ledger page with all delivered reports of the batch     crash after it: the ledger wins
 *      (before it, those of other epochs in which the cloud counts some of them)
 *   2. remove them from the outbox                                     lazy is fine
 *   3. for each report that is kept: put KEPT, then remove it          crash between: KEPT wins
 *
 * A step that fails is repeated from its beginning; until it succeeds the reports stay in the outbox, so the worst that
 * can happen is that they are sent again and get the same receipts.
 */
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"
#include "core/sender.h"
#include "protocol/text.h"

static void write_failed(core *c, core_time now, const char *what)
{
    core_wait_to_write(c, now);
    core_log(c, POS_LOG_ERROR, "the storage does not take %s; trying again", what);
    core_changed(c);
}

/* ---- delivered ---- */

static uint32_t count_fate(const sender_batch *b, sender_fate fate)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->count; i++)
        count += b->items[i].fate == fate;
    return count;
}

static void fill_entry(const core *c, const sender_batch *b, uint32_t i, ledger_entry *entry)
{
    const sender_item *item = &b->items[i];
    memset(entry, 0, sizeof *entry);
    entry->index = (uint8_t)(item->z_number % LEDGER_BLOCK);
    entry->destination = (uint16_t)b->destination;
    entry->origin = (uint8_t)item->origin;
    entry->closed_at_ms = item->closed_at_ms;
    memcpy(entry->business_date, item->business_date, sizeof entry->business_date);
    const protocol_result *result = &b->results.items[i];
    /* Of a rebuilt one that was not needed: what the cloud has in its place, so that a comparison finds it there. */
    bool superseded = result->status == STATUS_SUPERSEDED;
    memcpy(entry->sha256, superseded ? result->receipt.sha256 : item->sha256, sizeof entry->sha256);
    memcpy(entry->receipt_id, result->receipt.receipt_id, sizeof entry->receipt_id);
    ledger_mark_till(c->state.destinations[b->destination].till_id, entry->till_mark);
}

/* The epoch in which the cloud counts a delivered one: mostly the one it was sent in. It had that very document before,
 * perhaps: a till that lost its storage and fetches its history anew does not know which days were of which epoch. */
static uint32_t counted_in(const sender_batch *b, uint32_t i)
{
    uint32_t epoch = b->results.items[i].receipt.key.epoch;
    return epoch <= EPOCH_MAX ? epoch : b->epoch;
}

static void add_entries(core *c, const sender_batch *b, uint32_t epoch)
{
    for (uint32_t i = 0; i < b->count; i++) {
        ledger_entry entry;
        bool is_own = epoch == b->epoch;
        if (b->items[i].fate != FATE_DELIVERED || (!is_own && counted_in(b, i) != epoch))
            continue;
        fill_entry(c, b, i, &entry);
        entry.elsewhere = is_own && counted_in(b, i) != epoch;
        if (is_own || !ledger_find(&c->ledger, b->items[i].z_number))
            ledger_set(&c->ledger, &entry);
    }
}

/* The next epoch, after those that are done, in which some of the batch are counted; last comes the batch's own, which
 * is what says that they are delivered. */
static uint32_t next_epoch(const sender_batch *b)
{
    uint32_t next = b->epoch;
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t epoch = b->items[i].fate == FATE_DELIVERED ? counted_in(b, i) : b->epoch;
        if (epoch != b->epoch && epoch >= b->ledger_from && (next == b->epoch || epoch < next))
            next = epoch;
    }
    return next;
}

static void put_ledger_page(core *c, core_time now, sender_batch *b)
{
    uint32_t epoch = next_epoch(b);
    vault_result result = ledger_load(&c->ledger, &c->vault, b->reg, epoch, b->items[0].z_number);
    if (result == VAULT_ERROR || result == VAULT_NEWER) {
        write_failed(c, now, "the delivery ledger");
        return;
    }
    add_entries(c, b, epoch);
    if (ledger_save(&c->ledger, &c->vault, c->state.registers[b->reg].register_id, epoch) != POS_OK)
        write_failed(c, now, "the delivery ledger");
    else if (epoch == b->epoch)
        b->ledger_done = true;
    else
        b->ledger_from = epoch + 1;
}

static void remove_delivered(core *c, core_time now, sender_batch *b)
{
    uint64_t ids[PROTOCOL_BATCH_ITEMS_MAX] = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        if (b->items[i].fate == FATE_DELIVERED)
            ids[count++] = b->items[i].id;
    }
    if (vault_remove(&c->vault, COLLECTION_OUTBOX, ids, count) != POS_OK) {
        write_failed(c, now, "a removal");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        /* Out of memory here leaves an id that is met again, and found in the ledger then. */
        idset_remove(&c->outbox.waiting, ids[i]);
    }
    for (uint32_t i = 0; i < b->count; i++) {
        if (b->items[i].fate == FATE_DELIVERED)
            b->items[i].fate = FATE_DONE;
    }
    core_log(c, POS_LOG_INFO, "%u delivered, %llu waiting", count, (unsigned long long)c->outbox.waiting.size);
    core_changed(c);
}

/* ---- kept ---- */

/* Cut between two characters where it is too long: it goes to the screen. */
static void copy_text(char *to, size_t room, const char *from)
{
    memset(to, 0, room);
    memcpy(to, from, text_cut(from, room - 1));
}

static void describe(const core *c, const protocol_result *result, record_header *header)
{
    if (result->status == STATUS_CONFLICT) {
        header->verdict = VERDICT_CONFLICT;
        copy_text(header->code, sizeof header->code, "conflict");
        return;
    }
    if (result->status == STATUS_REJECTED) {
        header->verdict = VERDICT_REJECTED;
        copy_text(header->code, sizeof header->code, result->problem_code);
        copy_text(header->detail, sizeof header->detail, result->problem_detail);
        return;
    }
    header->verdict = VERDICT_ELSEWHERE;
    copy_text(header->code, sizeof header->code, "elsewhere");
    copy_text(header->detail, sizeof header->detail, result->receipt.store_id);
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        if (strcmp(c->state.destinations[i].store_id, result->receipt.store_id) == 0)
            copy_text(header->detail, sizeof header->detail, c->state.destinations[i].store_name);
    }
}

/* Reads the document, 256 KiB a tick. True: it is whole. */
static bool read_document(core *c, core_time now, sender_batch *b, uint64_t id)
{
    uint32_t got = 0;
    if (!b->moving) {
        record_header header;
        b->reader = (vault_reader){.collection = COLLECTION_OUTBOX, .id = id};
        if (vault_read_header(&c->vault, COLLECTION_OUTBOX, id, &header) == VAULT_OK)
            b->moving = malloc((size_t)header.payload_bytes + 1);
        if (!b->moving) {
            write_failed(c, now, "a report that is to be kept");
            return false;
        }
    }
    vault_result result =
        vault_read_piece(&c->vault, &b->reader, b->moving + b->reader.done_bytes, VAULT_PIECE_BYTES, &got);
    if (result != VAULT_OK) {
        free(b->moving);
        b->moving = NULL;
        write_failed(c, now, "a report that is to be kept");
        return false;
    }
    return b->reader.done_bytes == b->reader.header.payload_bytes;
}

static void keep(core *c, core_time now, sender_batch *b, uint32_t i)
{
    uint64_t id = b->items[i].id;
    if (idset_has(&c->outbox.kept, id)) {
        if (vault_remove(&c->vault, COLLECTION_OUTBOX, &id, 1) != POS_OK) {
            write_failed(c, now, "a removal");
            return;
        }
        idset_remove(&c->outbox.waiting, id);
        b->items[i].fate = FATE_DONE;
        core_changed(c);
        return;
    }
    if (!idset_reserve(&c->outbox.kept) || !read_document(c, now, b, id))
        return;
    record_header header = b->reader.header;
    describe(c, &b->results.items[i], &header);
    int32_t result = vault_put(&c->vault, COLLECTION_KEPT, id, &header, b->moving);
    free(b->moving);
    b->moving = NULL;
    if (result != POS_OK) {
        write_failed(c, now, "a report that is to be kept");
        return;
    }
    idset_add(&c->outbox.kept, id);
    if (c->outbox.kept_counted)
        outbox_note_kept(&c->outbox, header.verdict);
    core_log(c, POS_LOG_WARNING, "Z %lld is kept: %s %s", (long long)header.z_number, header.code, header.detail);
    core_changed(c);
}

/* ---- the X ---- */

static void settle_x(core *c, core_time now, sender_batch *b)
{
    const sender_item *item = &b->items[0];
    if (item->fate == FATE_DELIVERED) {
        const protocol_result *result = &b->results.items[0];
        if (result->status == STATUS_REJECTED)
            core_log(c, POS_LOG_ERROR, "the cloud rejects X %lld: %s %s", (long long)item->x_sequence,
                     result->problem_code, result->problem_detail);
        if (xslot_mark_sent(c, now, item->z_number, item->x_sequence, result->last_x_sequence) != POS_OK) {
            write_failed(c, now, "the mark that an X was sent");
            return;
        }
    }
    sender_finish(c, b);
}

void settle_step(core *c, core_time now, sender_batch *b)
{
    if (b->is_x) {
        settle_x(c, now, b);
        return;
    }
    if (count_fate(b, FATE_DELIVERED) > 0) {
        if (b->ledger_done)
            remove_delivered(c, now, b);
        else
            put_ledger_page(c, now, b);
        return;
    }
    for (uint32_t i = 0; i < b->count; i++) {
        if (b->items[i].fate == FATE_KEEP) {
            keep(c, now, b, i);
            return;
        }
    }
    sender_finish(c, b);
}
