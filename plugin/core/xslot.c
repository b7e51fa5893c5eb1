/* SPDX-License-Identifier: Apache-2.0 */
/* core/xslot.c - takes X reports on schedule and remembers the last one (core/xslot.h). */
#include "core/xslot.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/document.h"
#include "core/intake.h"
#include "core/internal.h"

/* The first half of the till's random id: as good a hash as any. */
static uint64_t till_hash(const core *c)
{
    char half[17] = {0};
    memcpy(half, c->device_id, 16);
    return strtoull(half, NULL, 16);
}

void xslot_open(core *c, core_time now)
{
    xslot *x = &c->x;
    vault_result result = vault_read_header(&c->vault, COLLECTION_X, c->outbox.reg, &x->header);
    x->present = result == VAULT_OK && x->header.kind == RECORD_X;
    x->foreign = result == VAULT_NEWER;
    if (x->foreign)
        core_log(c, POS_LOG_ERROR, "the last X report was taken by a newer version of this plugin: update it");
    if (result == VAULT_BAD)
        core_log(c, POS_LOG_ERROR, "the record of the last X report is damaged; the next X replaces it");
    if (x->present && !c->currency[0]) /* a Z that waits is as new */
        memcpy(c->currency, x->header.currency, sizeof c->currency);
    if (x->present && x->header.verdict == VERDICT_SENT)
        x->last_sent_ms = x->header.accepted_at_ms;
    schedule_start(&x->schedule, now.elapsed_ms, now.wall_ms, till_hash(c));
}

bool xslot_is_pending(const core *c)
{
    const record_header *header = &c->x.header;
    return c->x.present && header->verdict == VERDICT_WAITING && header->epoch == c->outbox.epoch &&
           header->z_number > c->outbox.last_number && state_slot_destination(&c->state, header->slot);
}

/* The lowest sequence that was never used in that period: by what is stored here, and by what the cloud told when the
 * till was registered (after a wipe it knows more than we do). */
static int64_t next_sequence(const core *c, int64_t z_number)
{
    const record_header *header = &c->x.header;
    const state_register *reg = &c->state.registers[c->outbox.reg];
    int64_t last = 0;
    if (c->x.present && header->z_number == z_number && header->epoch == c->outbox.epoch)
        last = header->x_sequence;
    if (reg->x_floor_z == z_number && reg->x_floor_sequence > last)
        last = reg->x_floor_sequence;
    return last + 1;
}

/* What the host is asked for at least: whichever period is open, the sequence must be free in it. Mostly that is the
 * one after the last close; but a till whose history does not reach that far may be further on. */
static int64_t least_sequence(const core *c)
{
    int64_t last = c->outbox.last_number;
    int64_t least = next_sequence(c, last + 1);
    int64_t others[] = {c->x.present ? c->x.header.z_number : 0, c->state.registers[c->outbox.reg].x_floor_z};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int64_t next = next_sequence(c, others[i]);
        if (others[i] > last && next > least)
            least = next;
    }
    return least;
}

void xslot_give_up(core *c, int64_t z_number, int64_t sequence)
{
    record_header *header = &c->x.header;
    if (header->z_number != z_number || header->x_sequence != sequence)
        return;
    header->verdict = VERDICT_SENT;
    core_log(c, POS_LOG_ERROR, "the stored X %lld cannot be read; the next one replaces it",
             (long long)header->x_sequence);
    core_changed(c);
}

typedef struct taking {
    core *c;
    core_time now;
} taking;

static int32_t put_x(core *c, core_time now, const pos_report *report, const uint8_t *sha256)
{
    record_header header = {
        .kind = RECORD_X,
        .payload_bytes = report->document_size,
        .origin = report->origin,
        .z_number = report->z_number,
        .x_sequence = report->x_sequence,
        .closed_at_ms = report->closed_at_ms,
        .grand_total_minor = report->grand_total_minor,
        .accepted_at_ms = now.wall_ms,
        .epoch = c->outbox.epoch,
        .verdict = VERDICT_WAITING,
        .slot = c->state.current_slot,
    };
    memcpy(header.sha256, sha256, sizeof header.sha256);
    memcpy(header.business_date, report->business_date, 10);
    memcpy(header.currency, report->currency, 3);
    memcpy(header.register_id, report->register_id, strlen(report->register_id));
    protocol_item item;
    record_to_item(&header, &item);
    const char *problem = protocol_item_problem(&item);
    if (problem) {
        core_log(c, POS_LOG_ERROR, "the X report is left out: %s", problem);
        return POS_OK;
    }
    int32_t result = vault_put(&c->vault, COLLECTION_X, c->outbox.reg, &header, report->document);
    if (result != POS_OK)
        return result;
    c->x.header = header;
    c->x.present = true;
    memcpy(c->currency, header.currency, sizeof c->currency);
    core_changed(c);
    return POS_OK;
}

static int32_t take_report(void *ctx, const pos_report *in)
{
    taking *t = ctx;
    core *c = t->c;
    pos_report report;
    const char *why = NULL;
    int32_t result = intake_read(in, POS_REPORT_X, c->register_id, &report, &why);
    if (result != POS_OK) {
        core_log(c, POS_LOG_MISUSE, "pos.reports/1 running(): %s", why);
        return result;
    }
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    crypto_hash_sha256(sha256, report.document, report.document_size);
    bool same = c->x.present && memcmp(sha256, c->x.header.sha256, sizeof sha256) == 0;
    if (same && report.z_number == c->x.header.z_number)
        return POS_OK;
    if (report.z_number <= c->outbox.last_number || report.x_sequence < next_sequence(c, report.z_number)) {
        core_log(c, POS_LOG_MISUSE,
                 "pos.reports/1 running(): X %lld of period %lld: period closed or sequence used before",
                 (long long)report.x_sequence, (long long)report.z_number);
        return POS_E_MISUSE;
    }
    document_fault fault = document_check(report.document, report.document_size);
    if (fault.code) {
        core_log(c, POS_LOG_ERROR, "the X report is left out: %s at byte %zu", fault.code, fault.at_byte);
        return POS_OK;
    }
    return put_x(c, t->now, &report, sha256);
}

bool xslot_takes(const core *c)
{
    return c->env.reports && (c->state.x_enabled || c->x.once) && c->state.assigned && !c->x.foreign;
}

bool xslot_tick(core *c, core_time now)
{
    if (!xslot_takes(c) || (!c->x.once && !schedule_is_due(&c->x.schedule, now.elapsed_ms)))
        return false;
    taking t = {c, now};
    c->env.reports->running(c->env.reports->ctx, least_sequence(c), take_report, &t);
    /* Whatever came of it, the next one is in half an hour: an X that is missed is replaced by the next. */
    if (!c->x.once)
        schedule_taken(&c->x.schedule, now.elapsed_ms);
    c->x.once = false;
    core_changed(c);
    return !vault_may_write(&c->vault);
}

int32_t xslot_mark_sent(core *c, core_time now, int64_t z_number, int64_t sequence, int64_t last_sequence)
{
    xslot *x = &c->x;
    if (!x->present || x->header.z_number != z_number || x->header.x_sequence != sequence)
        return POS_OK; /* a newer one took its place meanwhile; it goes out next */
    record_header header = x->header;
    header.verdict = VERDICT_SENT;
    header.payload_bytes = 0;
    header.accepted_at_ms = now.wall_ms;
    if (last_sequence > header.x_sequence)
        header.x_sequence = last_sequence;
    int32_t result = vault_put(&c->vault, COLLECTION_X, c->outbox.reg, &header, NULL);
    if (result == POS_OK) {
        x->header = header;
        x->last_sent_ms = now.wall_ms;
        core_changed(c);
    }
    return result;
}

/* ---- the switch ---- */

bool core_set_x_enabled(core *c, core_time now, bool enabled)
{
    if (c->state.x_enabled == enabled)
        return true;
    c->state.x_enabled = enabled;
    if (core_save_state(c) != POS_OK) {
        c->state.x_enabled = !enabled;
        return false;
    }
    if (enabled)
        schedule_soon(&c->x.schedule, now.elapsed_ms);
    core_changed(c);
    return true;
}

core_x core_get_x(const core *c, core_time now)
{
    bool takes = c->state.x_enabled && c->state.assigned && c->env.reports;
    return (core_x){
        .available = c->env.reports != NULL,
        .enabled = c->state.x_enabled,
        .last_sent_ms = c->x.last_sent_ms,
        .next_in_ms = takes ? schedule_wait_ms(&c->x.schedule, now.elapsed_ms) : -1,
    };
}
