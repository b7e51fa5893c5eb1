/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/resend_history.c - compares the host's history with the cloud: the days that neither the ledger nor the outbox
 * knows, a block at a time (core/resend_internal.h).
 *
 * A document is read twice when the cloud lacks it, once for its hash and once to be queued: so that a block costs
 * hashes in memory, not documents.
 */
#include <stdlib.h>
#include <string.h>

#include "core/intake.h"
#include "core/internal.h"
#include "core/place.h"

#define HOST_RETRY_MS   INT64_C(60000)
#define HOST_READ_BYTES 4096u /* of the tick's budget, for any look into the history */

static void begin_block(core *c)
{
    resend *r = &c->resend;
    r->found_count = 0;
    r->at = 0;
    r->is_unsaved = false;
    r->block = r->cursor / LEDGER_BLOCK;
    r->epoch = c->outbox.epoch;
    memset(r->needs, NEED_NOTHING, sizeof r->needs);
    r->phase = RESEND_SCAN;
}

void history_compare_begin(core *c)
{
    resend *r = &c->resend;
    resend_drop_question(c);
    r->phase = c->env.reports && resend_is_connected(c) ? RESEND_SCAN : RESEND_DRAIN;
    if (r->phase == RESEND_SCAN)
        r->destination = (uint32_t)c->state.slots[c->state.current_slot];
    r->scanning = false;
    core_changed(c);
}

/* Where the history begins and ends. False: later. */
static bool begin_scan(core *c, core_time now)
{
    resend *r = &c->resend;
    if (catchup_is_finding_epoch(c, now)) {
        resend_pause(c, now, RESEND_RETRY_MS);
        return false;
    }
    if (!r->found)
        r->found = calloc(LEDGER_BLOCK, sizeof *r->found);
    if (!r->found || catchup_read_range(c, &r->first, &r->last) != POS_OK) {
        resend_pause(c, now, r->found ? HOST_RETRY_MS : RESEND_RETRY_MS);
        return false;
    }
    r->first = r->first < 1 ? 1 : r->first;
    r->cursor = r->first;
    if (r->last < r->first) {
        r->phase = RESEND_DRAIN;
        return false;
    }
    r->scanning = true;
    begin_block(c);
    return true;
}

/* ---- SCAN ---- */

static void need(resend *r, uint32_t index)
{
    r->needs[index] = NEED_REPORT;
    r->is_unsaved = true;
}

typedef struct hashing {
    core *c;
    int64_t number;
    bool is_useless, is_too_large, is_here;
    ledger_entry entry;
} hashing;

static int32_t hash_closed(void *ctx, const pos_report *in)
{
    hashing *h = ctx;
    core *c = h->c;
    pos_report report;
    const char *why = NULL;
    int32_t error = intake_read(in, POS_REPORT_Z, c->register_id, &report, &why);
    h->is_useless = error == POS_E_MISUSE || report.z_number != h->number;
    h->is_too_large = error == POS_E_TOO_LARGE;
    if (h->is_useless || h->is_too_large)
        return POS_OK;
    vault_note_read(&c->vault, report.document_size);
    h->entry = (ledger_entry){.index = (uint8_t)(h->number % LEDGER_BLOCK),
                              .destination = (uint16_t)c->resend.destination,
                              .origin = (uint8_t)report.origin,
                              .closed_at_ms = report.closed_at_ms};
    memcpy(h->entry.business_date, report.business_date, 10);
    ledger_mark_till(c->state.destinations[c->resend.destination].till_id, h->entry.till_mark);
    crypto_hash_sha256(h->entry.sha256, report.document, report.document_size);
    /* A host that went back in time gives out days of an earlier epoch, too. */
    h->is_here = c->outbox.epoch > 0 && place_report(c, &report, h->entry.sha256, true).known == PLACE_SAME;
    return POS_OK;
}

/* One number that is not known here. */
static void scan_number(core *c)
{
    resend *r = &c->resend;
    hashing h = {.c = c, .number = r->cursor};
    uint32_t index = (uint32_t)(r->cursor % LEDGER_BLOCK);
    vault_note_read(&c->vault, HOST_READ_BYTES);
    if (r->is_blind) {
        need(r, index);
        return;
    }
    int32_t result = catchup_read_closed(c, r->cursor, hash_closed, &h);
    if (h.is_too_large)
        need(r, index); /* it is kept without its document, and shown */
    if (result != POS_OK || h.is_useless || h.is_too_large)
        return; /* not there, or not to be read: catching up tries again, and says so */
    if (h.is_here)
        return;
    c->state.resend.compared++;
    core_changed(c);
    r->found[r->found_count++] = h.entry;
}

static void next_block(core *c)
{
    resend *r = &c->resend;
    c->state_dirty = c->state_dirty || r->is_unsaved; /* how far it is */
    if (r->cursor > r->last)
        r->phase = RESEND_DRAIN;
    else
        begin_block(c);
}

/* The block is read: asks about what was found, or goes on. */
static bool end_block(core *c, core_time now)
{
    resend *r = &c->resend;
    int64_t first = 0, last = 0;
    if (r->found_count == 0 && !r->is_unsaved) {
        next_block(c);
        return r->phase == RESEND_SCAN;
    }
    if (r->found_count == 0) {
        r->phase = RESEND_FETCH;
        return false;
    }
    if (!resend_new_question(c, now))
        return false;
    bool good = protocol_question_begin(r->question, c->register_id, r->epoch, PER_NUMBER);
    for (uint32_t i = 0; i < r->found_count && good; i++) {
        int64_t number = r->block * LEDGER_BLOCK + r->found[i].index;
        if (first != 0 && number != last + 1) {
            good = protocol_question_add_range(r->question, first, last);
            first = 0;
        }
        first = first == 0 ? number : first;
        last = number;
        good = good && protocol_question_add_digest(r->question, r->found[i].sha256);
    }
    if (!good || !protocol_question_add_range(r->question, first, last)) {
        resend_drop_question(c);
        resend_pause(c, now, RESEND_RETRY_MS);
        return false;
    }
    resend_start_asking(c);
    return true;
}

bool history_compare_read(core *c, core_time now)
{
    resend *r = &c->resend;
    bool failed = false;
    if (!r->scanning)
        return begin_scan(c, now);
    if (r->epoch != c->outbox.epoch) { /* the host was reset meanwhile: another history */
        r->scanning = false;
        return true;
    }
    if (r->cursor > r->last || r->cursor / LEDGER_BLOCK != r->block)
        return end_block(c, now);
    if (!outbox_has_number(c, r->epoch, r->cursor, &failed) && !failed)
        scan_number(c);
    if (failed) {
        resend_pause(c, now, RESEND_RETRY_MS);
        return false;
    }
    r->cursor++;
    return true;
}

void history_compare_take(core *c, const protocol_comparison *answer)
{
    resend *r = &c->resend;
    const protocol_compared *set = &answer->sets[0];
    for (uint32_t i = 0; i < r->found_count; i++) {
        ledger_entry *entry = &r->found[i];
        int64_t number = r->block * LEDGER_BLOCK + entry->index;
        for (uint32_t k = 0; k < set->number_count; k++) {
            const protocol_lacking *lacking = &set->numbers[k];
            if (lacking->z_number != number)
                continue;
            /* A rebuilt document never contradicts what the cloud has. */
            if (lacking->has_other && entry->origin == POS_ORIGIN_REBUILT)
                memcpy(entry->sha256, lacking->sha256, sizeof entry->sha256);
            else
                need(r, entry->index);
        }
    }
    r->phase = RESEND_ENTER;
}

/* ---- ENTER ---- */

static bool enter(core *c, core_time now)
{
    resend *r = &c->resend;
    uint32_t count = 0;
    vault_result result = ledger_load(&c->ledger, &c->vault, c->outbox.reg, r->epoch, r->block * LEDGER_BLOCK);
    if (result == VAULT_ERROR || result == VAULT_NEWER) {
        resend_write_failed(c, now);
        return false;
    }
    for (uint32_t i = 0; i < r->found_count; i++) {
        const ledger_entry *entry = &r->found[i];
        if (r->needs[entry->index] == NEED_REPORT || ledger_find(&c->ledger, r->block * LEDGER_BLOCK + entry->index))
            continue;
        ledger_set(&c->ledger, entry);
        count++;
    }
    if (count > 0 && ledger_save(&c->ledger, &c->vault, c->register_id, r->epoch) != POS_OK) {
        resend_write_failed(c, now);
        return false;
    }
    r->phase = RESEND_FETCH;
    r->at = 0;
    r->is_full = false;
    return true;
}

/* ---- FETCH ---- */

static bool fetch(core *c, core_time now)
{
    resend *r = &c->resend;
    while (r->at < LEDGER_BLOCK && r->needs[r->at] != NEED_REPORT)
        r->at++;
    if (r->at == LEDGER_BLOCK) {
        next_block(c);
        return true;
    }
    r->is_full = !outbox_has_room(c, c->state.current_slot);
    if (r->is_full)
        return false;
    switch (catchup_fetch(c, now, r->block * LEDGER_BLOCK + r->at)) {
    case FETCHED_ERROR:
        resend_write_failed(c, now);
        return false;
    case FETCHED_NEW:
        c->state.resend.sent++;
        c->state.resend.compared += r->is_blind;
        core_changed(c);
        break;
    default:
        break;
    }
    r->at++;
    return true;
}

bool history_compare_write(core *c, core_time now)
{
    if (c->resend.epoch != c->outbox.epoch) {
        c->resend.scanning = false;
        c->resend.phase = RESEND_SCAN;
        return true;
    }
    return c->resend.phase == RESEND_ENTER ? enter(c, now) : fetch(c, now);
}
