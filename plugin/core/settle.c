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

#define WRITE_RETRY_MS INT64_C(1000)

static void write_failed(core *c, core_time now, const char *what)
{
    c->write_retry_at = now.elapsed_ms + WRITE_RETRY_MS;
    core_log(c, POS_LOG_ERROR, "the storage does not take %s; trying again", what);
    core_changed(c);
}

/* ---- delivered ---- */

static uint32_t count_fate(const sender *s, sender_fate fate)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->count; i++)
        count += s->items[i].fate == fate;
    return count;
}

static void fill_entry(const core *c, uint32_t i, ledger_entry *entry)
{
    const sender_item *item = &c->sender.items[i];
    memset(entry, 0, sizeof *entry);
    entry->index = (uint8_t)(item->z_number % LEDGER_BLOCK);
    entry->destination = (uint16_t)c->sender.destination;
    entry->origin = (uint8_t)item->origin;
    entry->closed_at_ms = item->closed_at_ms;
    memcpy(entry->business_date, item->business_date, sizeof entry->business_date);
    const protocol_result *result = &c->sender.results.items[i];
    /* Of a rebuilt one that was not needed: what the cloud has in its place, so that a comparison finds it there. */
    bool superseded = result->status == STATUS_SUPERSEDED;
    memcpy(entry->sha256, superseded ? result->receipt.sha256 : item->sha256, sizeof entry->sha256);
    memcpy(entry->receipt_id, result->receipt.receipt_id, sizeof entry->receipt_id);
    ledger_mark_till(c->state.destinations[c->sender.destination].till_id, entry->till_mark);
}

/* The epoch in which the cloud counts a delivered one: mostly the one it was sent in. It had that very document before,
 * perhaps: a till that lost its storage and fetches its history anew does not know which days were of which epoch. */
static uint32_t counted_in(const core *c, uint32_t i)
{
    uint32_t epoch = c->sender.results.items[i].receipt.key.epoch;
    return epoch <= EPOCH_MAX ? epoch : c->sender.epoch;
}

static void add_entries(core *c, uint32_t epoch)
{
    sender *s = &c->sender;
    for (uint32_t i = 0; i < s->count; i++) {
        ledger_entry entry;
        bool is_own = epoch == s->epoch;
        if (s->items[i].fate != FATE_DELIVERED || (!is_own && counted_in(c, i) != epoch))
            continue;
        fill_entry(c, i, &entry);
        entry.elsewhere = is_own && counted_in(c, i) != epoch;
        if (is_own || !ledger_find(&c->ledger, s->items[i].z_number))
            ledger_set(&c->ledger, &entry);
    }
}

/* The next epoch, after those that are done, in which some of the batch are counted; last comes the batch's own, which
 * is what says that they are delivered. */
static uint32_t next_epoch(const core *c)
{
    const sender *s = &c->sender;
    uint32_t next = s->epoch;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t epoch = s->items[i].fate == FATE_DELIVERED ? counted_in(c, i) : s->epoch;
        if (epoch != s->epoch && epoch >= s->ledger_from && (next == s->epoch || epoch < next))
            next = epoch;
    }
    return next;
}

static void put_ledger_page(core *c, core_time now)
{
    sender *s = &c->sender;
    uint32_t epoch = next_epoch(c);
    vault_result result = ledger_load(&c->ledger, &c->vault, s->reg, epoch, s->items[0].z_number);
    if (result == VAULT_ERROR || result == VAULT_NEWER) {
        write_failed(c, now, "the delivery ledger");
        return;
    }
    add_entries(c, epoch);
    if (ledger_save(&c->ledger, &c->vault, c->state.registers[s->reg].register_id, epoch) != POS_OK)
        write_failed(c, now, "the delivery ledger");
    else if (epoch == s->epoch)
        s->ledger_done = true;
    else
        s->ledger_from = epoch + 1;
}

static void remove_delivered(core *c, core_time now)
{
    sender *s = &c->sender;
    uint64_t ids[PROTOCOL_BATCH_ITEMS_MAX] = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->items[i].fate == FATE_DELIVERED)
            ids[count++] = s->items[i].id;
    }
    if (vault_remove(&c->vault, COLLECTION_OUTBOX, ids, count) != POS_OK) {
        write_failed(c, now, "a removal");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        /* Out of memory here leaves an id that is met again, and found in the ledger then. */
        idset_remove(&c->outbox.waiting, ids[i]);
    }
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->items[i].fate == FATE_DELIVERED)
            s->items[i].fate = FATE_DONE;
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
static bool read_document(core *c, core_time now, uint64_t id)
{
    sender *s = &c->sender;
    uint32_t got = 0;
    if (!s->moving) {
        record_header header;
        s->reader = (vault_reader){.collection = COLLECTION_OUTBOX, .id = id};
        if (vault_read_header(&c->vault, COLLECTION_OUTBOX, id, &header) == VAULT_OK)
            s->moving = malloc((size_t)header.payload_bytes + 1);
        if (!s->moving) {
            write_failed(c, now, "a report that is to be kept");
            return false;
        }
    }
    vault_result result =
        vault_read_piece(&c->vault, &s->reader, s->moving + s->reader.done_bytes, VAULT_PIECE_BYTES, &got);
    if (result != VAULT_OK) {
        free(s->moving);
        s->moving = NULL;
        write_failed(c, now, "a report that is to be kept");
        return false;
    }
    return s->reader.done_bytes == s->reader.header.payload_bytes;
}

static void keep(core *c, core_time now, uint32_t i)
{
    sender *s = &c->sender;
    uint64_t id = s->items[i].id;
    if (idset_has(&c->outbox.kept, id)) {
        if (vault_remove(&c->vault, COLLECTION_OUTBOX, &id, 1) != POS_OK) {
            write_failed(c, now, "a removal");
            return;
        }
        idset_remove(&c->outbox.waiting, id);
        s->items[i].fate = FATE_DONE;
        core_changed(c);
        return;
    }
    if (!idset_reserve(&c->outbox.kept) || !read_document(c, now, id))
        return;
    record_header header = s->reader.header;
    describe(c, &s->results.items[i], &header);
    int32_t result = vault_put(&c->vault, COLLECTION_KEPT, id, &header, s->moving);
    free(s->moving);
    s->moving = NULL;
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

static void settle_x(core *c, core_time now)
{
    const sender_item *item = &c->sender.items[0];
    if (item->fate == FATE_DELIVERED) {
        const protocol_result *result = &c->sender.results.items[0];
        if (result->status == STATUS_REJECTED)
            core_log(c, POS_LOG_ERROR, "the cloud rejects X %lld: %s %s", (long long)item->x_sequence,
                     result->problem_code, result->problem_detail);
        if (xslot_mark_sent(c, now, item->z_number, item->x_sequence, result->last_x_sequence) != POS_OK) {
            write_failed(c, now, "the mark that an X was sent");
            return;
        }
    }
    sender_finish(c);
}

void settle_step(core *c, core_time now)
{
    sender *s = &c->sender;
    if (s->is_x) {
        settle_x(c, now);
        return;
    }
    if (count_fate(s, FATE_DELIVERED) > 0) {
        if (s->ledger_done)
            remove_delivered(c, now);
        else
            put_ledger_page(c, now);
        return;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->items[i].fate == FATE_KEEP) {
            keep(c, now, i);
            return;
        }
    }
    sender_finish(c);
}
