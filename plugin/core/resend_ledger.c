/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/resend_ledger.c - compares the ledger with the cloud, level by level, down to the numbers that the cloud lacks
 * (core/resend_internal.h).
 */
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

/* Out of memory, in the middle of a set: from the start again, a little later. */
static bool start_over(core *c, core_time now)
{
    resend_begin_anew(c);
    resend_pause(c, now, RESEND_RETRY_MS);
    return false;
}

/* ---- ALL ---- */

static bool finish_set(core *c)
{
    resend *r = &c->resend;
    uint8_t digest[crypto_hash_sha256_BYTES];
    if (!r->walk.begun)
        return true;
    crypto_hash_sha256_final(&r->walk.blocks, digest);
    r->sets[r->set_count++] =
        (resend_set){.reg = r->walk.reg, .epoch = r->walk.epoch, .first = r->walk.first, .last = r->walk.run_last};
    return walk_end(c) && protocol_question_add_digest(r->question, digest);
}

/* The next destination that can be sent to, from `index` on; then the history. */
static void enter_destination(core *c, uint32_t index)
{
    resend *r = &c->resend;
    while (index < c->state.destination_count && sender_hold_of(c, &c->state.destinations[index]) != HOLD_NONE)
        index++;
    if (index >= c->state.destination_count) {
        history_compare_begin(c);
        return;
    }
    r->destination = index;
    r->phase = RESEND_ALL;
    r->page = 0;
    r->pages_end = false;
    r->set_count = r->set_at = 0;
    r->walk = (resend_walk){.begun = false};
}

void ledger_compare_begin(core *c)
{
    enter_destination(c, 0);
}

static void end_pages(core *c)
{
    c->resend.pages_end = true;
    if (c->resend.set_count > 0) {
        resend_start_asking(c);
    } else {
        resend_drop_question(c);
        enter_destination(c, c->resend.destination + 1);
    }
}

static bool read_all(core *c, core_time now)
{
    resend *r = &c->resend;
    uint32_t ranges = 0, count;
    if (!resend_new_question(c, now))
        return false;
    vault_result result = walk_load_next(c, now, &r->page, UINT64_MAX);
    if (result == VAULT_NEWER)
        return true;
    bool of_this_set = result == VAULT_OK && r->walk.begun && r->walk.reg == walk_page_reg(r->page) &&
                       r->walk.epoch == walk_page_epoch(r->page);
    if (result == VAULT_ERROR)
        return false;
    count = result == VAULT_OK ? walk_count_page(c, 0, POS_Z_NUMBER_MAX, &ranges) : 0;
    bool is_full = of_this_set && !walk_has_room(c, count, ranges);
    if ((is_full || !of_this_set) && !finish_set(c))
        return start_over(c, now);
    if (result == VAULT_ABSENT) {
        end_pages(c);
        return true;
    }
    if (is_full || !walk_has_room(c, count, ranges) || r->set_count == COMPARE_SETS_MAX) {
        resend_start_asking(c);
        return true;
    }
    if (count > 0) {
        if ((!r->walk.begun && !walk_begin(c, r->page, PER_ALL)) || !walk_add_page(c, PER_ALL, 0, POS_Z_NUMBER_MAX))
            return start_over(c, now);
        c->state.resend.compared += count;
        core_changed(c);
    }
    r->page++;
    return true;
}

/* ---- BLOCKS and NUMBERS ---- */

/* On to the next set that differs, or to what of the ledger was not asked about yet. */
static void next_set(core *c)
{
    resend *r = &c->resend;
    while (r->set_at < r->set_count && !r->sets[r->set_at].differs)
        r->set_at++;
    if (r->set_at < r->set_count) {
        const resend_set *set = &r->sets[r->set_at];
        r->phase = RESEND_BLOCKS;
        r->block_at = r->block_count = 0;
        r->block_page = ledger_key_pack(set->reg, set->epoch, set->first);
        return;
    }
    r->set_count = r->set_at = 0;
    r->phase = RESEND_ALL;
    if (r->pages_end)
        enter_destination(c, r->destination + 1);
}

static void begin_mending(core *c, const resend_set *set, int64_t block)
{
    resend *r = &c->resend;
    r->phase = RESEND_MEND;
    r->reg = set->reg;
    r->epoch = set->epoch;
    r->block = block;
    r->at = r->grouped = r->host_failures = 0;
    memset(r->needs, NEED_NOTHING, sizeof r->needs);
    memset(r->has_other, 0, sizeof r->has_other);
}

/* Nothing of the set is in the cloud: nothing to ask about its numbers. */
static void take_whole_page(core *c, const resend_set *set)
{
    resend *r = &c->resend;
    begin_mending(c, set, walk_page_block(c->ledger.id));
    for (uint32_t i = 0; i < c->ledger.count; i++) {
        const ledger_entry *entry = &c->ledger.entries[i];
        int64_t number = r->block * LEDGER_BLOCK + entry->index;
        if (walk_is_ours(c, entry) && number >= set->first && number <= set->last)
            r->needs[entry->index] = NEED_REPORT;
    }
    r->block_page = c->ledger.id + 1;
}

static bool read_blocks(core *c, core_time now)
{
    resend *r = &c->resend;
    const resend_set *set = &r->sets[r->set_at];
    uint32_t ranges, count;
    if (!resend_new_question(c, now))
        return false;
    vault_result result = walk_load_next(c, now, &r->block_page, ledger_key_pack(set->reg, set->epoch, set->last));
    if (result == VAULT_ERROR)
        return false;
    if (result == VAULT_NEWER)
        return true;
    bool is_full = false;
    if (result == VAULT_OK) {
        if (set->none_held) {
            resend_drop_question(c);
            take_whole_page(c, set);
            return true;
        }
        count = walk_count_page(c, set->first, set->last, &ranges);
        is_full = !walk_has_room(c, count, ranges) || r->block_count == RESEND_BLOCKS_MAX;
        if (!is_full && count > 0) {
            if ((!r->walk.begun && !walk_begin(c, r->block_page, PER_BLOCK)) ||
                !walk_add_page(c, PER_BLOCK, set->first, set->last))
                return start_over(c, now);
            r->block_count++;
        }
        if (!is_full)
            r->block_page++;
    }
    if (result == VAULT_OK && !is_full)
        return true;
    if (!r->walk.begun) { /* all of it was asked about */
        resend_drop_question(c);
        r->set_at++;
        next_set(c);
        return true;
    }
    if (!walk_end(c))
        return start_over(c, now);
    resend_start_asking(c);
    return true;
}

void ledger_compare_next_block(core *c)
{
    resend *r = &c->resend;
    r->is_probing = false;
    r->phase = r->block_at < r->block_count ? RESEND_NUMBERS : RESEND_BLOCKS;
    if (r->phase == RESEND_BLOCKS)
        r->block_at = r->block_count = 0;
}

static bool read_numbers(core *c, core_time now)
{
    resend *r = &c->resend;
    const resend_set *set = &r->sets[r->set_at];
    uint64_t page = ledger_key_pack(set->reg, set->epoch, r->blocks[r->block_at] * LEDGER_BLOCK), from = page;
    uint32_t ranges, count;
    if (!resend_new_question(c, now))
        return false;
    vault_result result = walk_load_next(c, now, &from, page);
    if (result == VAULT_ERROR)
        return false;
    count = result == VAULT_OK ? walk_count_page(c, set->first, set->last, &ranges) : 0;
    if (count == 0) { /* not one that was asked about */
        resend_drop_question(c);
        r->block_at++;
        ledger_compare_next_block(c);
        return true;
    }
    if (!walk_begin(c, page, PER_NUMBER) || !walk_add_page(c, PER_NUMBER, set->first, set->last) || !walk_end(c))
        return start_over(c, now);
    resend_start_asking(c);
    return true;
}

bool ledger_compare_read(core *c, core_time now)
{
    switch (c->resend.phase) {
    case RESEND_ALL:
        return read_all(c, now);
    case RESEND_BLOCKS:
        return read_blocks(c, now);
    default:
        return read_numbers(c, now);
    }
}

/* ---- answers ---- */

static void take_all(core *c, const protocol_comparison *answer)
{
    resend *r = &c->resend;
    for (uint32_t i = 0; i < r->set_count && i < answer->count; i++) {
        r->sets[i].differs = answer->sets[i].differ_count > 0;
        r->sets[i].none_held = answer->sets[i].held == 0;
    }
    r->set_at = 0;
    next_set(c);
}

static void take_blocks(core *c, const protocol_compared *set)
{
    resend *r = &c->resend;
    r->block_count = set->differ_count < RESEND_BLOCKS_MAX ? set->differ_count : RESEND_BLOCKS_MAX;
    r->block_at = 0;
    for (uint32_t i = 0; i < r->block_count; i++)
        r->blocks[i] = set->differs[i];
    ledger_compare_next_block(c);
}

static void take_numbers(core *c, const protocol_compared *set)
{
    resend *r = &c->resend;
    if (set->number_count == 0 && !r->is_probing) {
        r->is_probing = true;
        return;
    }
    begin_mending(c, &r->sets[r->set_at], r->blocks[r->block_at]);
    r->block_at++;
    for (uint32_t i = 0; i < set->number_count; i++) {
        const protocol_lacking *lacking = &set->numbers[i];
        uint32_t index = (uint32_t)(lacking->z_number % LEDGER_BLOCK);
        if (lacking->z_number / LEDGER_BLOCK != r->block)
            continue;
        r->needs[index] = NEED_REPORT;
        r->has_other[index] = lacking->has_other;
        memcpy(r->others[index], lacking->sha256, sizeof r->others[index]);
    }
}

void ledger_compare_take(core *c, const protocol_comparison *answer)
{
    if (c->resend.phase == RESEND_ALL)
        take_all(c, answer);
    else if (c->resend.phase == RESEND_BLOCKS)
        take_blocks(c, &answer->sets[0]);
    else if (c->resend.phase == RESEND_NUMBERS)
        take_numbers(c, &answer->sets[0]);
}

void ledger_compare_refused(core *c)
{
    resend *r = &c->resend;
    if (r->phase == RESEND_ALL) {
        for (uint32_t i = 0; i < r->set_count; i++)
            r->sets[i].differs = r->sets[i].none_held = true;
        r->set_at = 0;
    } else {
        r->sets[r->set_at].none_held = true;
    }
    next_set(c);
}
