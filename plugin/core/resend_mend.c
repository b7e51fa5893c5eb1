/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/resend_mend.c - a block of the ledger of which the cloud lacks some: those that the host still has go back into
 * the outbox, as many as it takes, then out of the ledger with one put; until then the sender leaves them alone.
 *
 * Only what the host gives out as the very same document goes, or as a rebuilt one of the same day where the cloud has
 * nothing of that number. What the host does not have (any more) stays in the ledger and is counted.
 */
#include <string.h>

#include "core/intake.h"
#include "core/internal.h"
#include "core/place.h"

#define HOST_TRIES_MAX  3     /* for one report; then it counts as one that is not here any more */
#define HOST_READ_BYTES 4096u /* of the tick's budget, for any look into the history */

typedef enum mended {
    MENDED_QUEUED = 1,
    MENDED_GONE,
    MENDED_FAILED, /* the host could not say */
    MENDED_ERROR   /* our storage did not take it */
} mended;

typedef struct mending {
    core *c;
    core_time now;
    const ledger_entry *entry;
    int64_t number;
    uint32_t slot;
    bool has_other;
    mended result;
} mending;

static int32_t take_again(void *ctx, const pos_report *in)
{
    mending *m = ctx;
    core *c = m->c;
    pos_report report;
    const char *why = NULL;
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    m->result = MENDED_GONE;
    if (intake_read(in, POS_REPORT_Z, c->register_id, &report, &why) != POS_OK || report.z_number != m->number)
        return POS_E_MISUSE;
    vault_note_read(&c->vault, report.document_size);
    crypto_hash_sha256(sha256, report.document, report.document_size);
    bool same = memcmp(sha256, m->entry->sha256, sizeof sha256) == 0;
    bool same_day = strncmp(report.business_date, m->entry->business_date, 10) == 0;
    if (!same && (report.origin != POS_ORIGIN_REBUILT || !same_day || m->has_other))
        return POS_OK;
    int32_t error = outbox_put_again(c, m->now, &report, m->slot, c->resend.epoch);
    m->result = error == POS_OK ? MENDED_QUEUED : MENDED_ERROR;
    return error;
}

static mended fetch_again(core *c, core_time now, const ledger_entry *entry, uint32_t slot)
{
    const resend *r = &c->resend;
    mending m = {.c = c,
                 .now = now,
                 .entry = entry,
                 .number = r->block * LEDGER_BLOCK + entry->index,
                 .slot = slot,
                 .has_other = r->has_other[entry->index],
                 .result = MENDED_FAILED};
    vault_note_read(&c->vault, HOST_READ_BYTES);
    int32_t result = catchup_read_closed(c, m.number, take_again, &m);
    if (m.result == MENDED_FAILED && result == POS_E_NOT_FOUND)
        return MENDED_GONE;
    return m.result;
}

/* The slot that stands for the destination being compared. */
static bool find_slot(const core *c, uint32_t *slot)
{
    for (*slot = 0; *slot < c->state.slot_count; (*slot)++) {
        if (c->state.slots[*slot] == (int)c->resend.destination)
            return true;
    }
    return false;
}

typedef enum step {
    STEP_NEXT = 1, /* on with the next number, within this tick */
    STEP_PAUSE,    /* the tick's write or budget is used */
    STEP_FULL      /* the outbox has enough of it */
} step;

/* Not to be sent any more. Where the cloud has it all the same, as the second of a conflict, that is all; and of a cloud
 * that does not compare nobody knows whether it lacks it. */
static void give_up(core *c)
{
    resend *r = &c->resend;
    if (r->is_probing)
        r->needs[r->at] = NEED_ASIDE;
    else
        c->state.resend.gone += !r->is_blind;
    r->at++;
    core_changed(c);
}

/* What stands in the outbox already is a copy from before a crash, or another document of that close, which goes its
 * own way; what is kept has its place on the screen. */
static step skip_known(core *c, uint64_t id, const ledger_entry *entry)
{
    record_header header;
    bool copy = idset_has(&c->outbox.waiting, id) &&
                vault_read_header(&c->vault, COLLECTION_OUTBOX, id, &header) == VAULT_OK &&
                memcmp(header.sha256, entry->sha256, sizeof header.sha256) == 0;
    c->resend.needs[entry->index] = copy ? NEED_REMOVAL : NEED_NOTHING;
    c->resend.grouped += copy;
    c->resend.at++;
    return STEP_NEXT;
}

static step mend_number(core *c, core_time now, const ledger_entry *entry)
{
    resend *r = &c->resend;
    outbox *o = &c->outbox;
    int64_t number = r->block * LEDGER_BLOCK + entry->index;
    uint32_t slot = 0;
    uint64_t id = 0;
    if (r->is_probing && memcmp(r->others[entry->index], entry->sha256, sizeof entry->sha256) == 0) {
        r->needs[entry->index] = NEED_NOTHING;
        r->at++;
        return STEP_NEXT;
    }
    if (r->has_other[entry->index] && entry->origin == POS_ORIGIN_REBUILT) {
        r->needs[entry->index] = NEED_HASH;
        r->at++;
        return STEP_NEXT;
    }
    if (r->reg != o->reg || !c->env.reports || !find_slot(c, &slot)) {
        give_up(c);
        return STEP_NEXT;
    }
    if (place_find_record(o, &o->waiting, r->epoch, number, &id) ||
        place_find_record(o, &o->kept, r->epoch, number, &id))
        return skip_known(c, id, entry);
    if (!outbox_has_room(c, slot))
        return STEP_FULL;
    switch (fetch_again(c, now, entry, slot)) {
    case MENDED_QUEUED:
        r->needs[entry->index] = NEED_REMOVAL;
        r->grouped++;
        r->at++;
        r->host_failures = 0;
        core_changed(c);
        return STEP_PAUSE;
    case MENDED_ERROR:
        resend_write_failed(c, now);
        return STEP_PAUSE;
    case MENDED_FAILED:
        if (++r->host_failures < HOST_TRIES_MAX) {
            resend_pause(c, now, RESEND_RETRY_MS);
            return STEP_PAUSE;
        }
        break;
    default:
        break;
    }
    r->host_failures = 0;
    give_up(c);
    return STEP_NEXT;
}

static bool has_page_work(const resend *r)
{
    bool work = r->grouped > 0;
    for (uint32_t i = 0; i < LEDGER_BLOCK && !work; i++)
        work = r->needs[i] == NEED_HASH || r->needs[i] == NEED_ASIDE;
    return work;
}

static void put_page(core *c, core_time now)
{
    resend *r = &c->resend;
    for (uint32_t i = 0; i < LEDGER_BLOCK; i++) {
        const ledger_entry *found = ledger_find(&c->ledger, r->block * LEDGER_BLOCK + i);
        if (!found)
            continue;
        ledger_entry entry = *found;
        if (r->needs[i] == NEED_REMOVAL) {
            ledger_unset(&c->ledger, (uint8_t)i);
        } else if (r->needs[i] == NEED_HASH) {
            memcpy(entry.sha256, r->others[i], sizeof entry.sha256);
            ledger_set(&c->ledger, &entry);
        } else if (r->needs[i] == NEED_ASIDE) {
            entry.elsewhere = 1;
            ledger_set(&c->ledger, &entry);
        }
    }
    if (ledger_save(&c->ledger, &c->vault, c->state.registers[r->reg].register_id, r->epoch) != POS_OK) {
        resend_write_failed(c, now);
        return;
    }
    for (uint32_t i = 0; i < LEDGER_BLOCK; i++) {
        if (r->needs[i] != NEED_REPORT)
            r->needs[i] = NEED_NOTHING;
    }
    c->state.resend.sent += r->grouped;
    c->state_dirty = c->state_dirty || r->grouped > 0;
    r->grouped = 0;
    core_changed(c);
}

/* The end of the block, or of as much of it as the outbox takes for now. */
static bool end_group(core *c, core_time now, bool is_whole)
{
    resend *r = &c->resend;
    if (has_page_work(r)) {
        put_page(c, now);
        return true;
    }
    if (r->is_stopping) {
        resend_end(c, now, true);
        return true;
    }
    r->is_full = !is_whole;
    if (is_whole)
        ledger_compare_next_block(c);
    return is_whole;
}

bool mend_write(core *c, core_time now)
{
    resend *r = &c->resend;
    if (now.elapsed_ms < r->retry_at)
        return false;
    r->is_full = false;
    vault_result result = ledger_load(&c->ledger, &c->vault, r->reg, r->epoch, r->block * LEDGER_BLOCK);
    if (result != VAULT_OK) {
        resend_pause(c, now, RESEND_RETRY_MS);
        return false;
    }
    if (r->is_stopping)
        return end_group(c, now, false);
    while (r->at < LEDGER_BLOCK) {
        const ledger_entry *entry = ledger_find(&c->ledger, r->block * LEDGER_BLOCK + r->at);
        if (r->needs[r->at] != NEED_REPORT || !entry) {
            r->at++;
            continue;
        }
        if (vault_read_left(&c->vault) == 0)
            return true;
        step next = mend_number(c, now, entry);
        if (next == STEP_PAUSE)
            return now.elapsed_ms >= r->retry_at;
        if (next == STEP_FULL)
            return end_group(c, now, false);
    }
    return end_group(c, now, true);
}
