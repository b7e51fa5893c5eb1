/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/resend_ledger.c - compares the ledger with the cloud, level by level, down to the numbers that the cloud lacks
 * (core/resend_internal.h).
 */
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

/* ---- pages ---- */

static uint32_t page_reg(uint64_t page)
{
    return (uint32_t)(page >> 56);
}

static uint32_t page_epoch(uint64_t page)
{
    return (uint32_t)(page >> 48) & EPOCH_MAX;
}

static int64_t page_block(uint64_t page)
{
    return (int64_t)(page & ((UINT64_C(1) << 48) - 1));
}

/* Delivered to the destination that is being compared, under the name that this till has there. */
static bool is_ours(const core *c, const ledger_entry *entry)
{
    static const uint8_t unknown[LEDGER_MARK_BYTES];
    uint8_t mark[LEDGER_MARK_BYTES];
    if (entry->destination != c->resend.destination || entry->elsewhere != 0)
        return false;
    ledger_mark_till(c->state.destinations[entry->destination].till_id, mark);
    return memcmp(entry->till_mark, mark, sizeof mark) == 0 || memcmp(entry->till_mark, unknown, sizeof mark) == 0;
}

/* Loads the next page from *from on that is not past `last`. VAULT_ABSENT: there is none; else not VAULT_OK: paused. */
static vault_result load_next(core *c, core_time now, uint64_t *from, uint64_t last)
{
    uint64_t page = 0;
    vault_result result = ledger_next_page(&c->vault, *from, &page);
    if (result == VAULT_OK && page > last)
        return VAULT_ABSENT;
    if (result == VAULT_OK) {
        *from = page;
        result = ledger_load(&c->ledger, &c->vault, page_reg(page), page_epoch(page), page_block(page) * LEDGER_BLOCK);
        if (result == VAULT_NEWER || result == VAULT_BAD || page_reg(page) >= c->state.register_count) {
            *from = page + 1; /* a newer plugin's, or damaged: what it said is found out again from the history */
            return VAULT_NEWER;
        }
    }
    if (result == VAULT_ERROR)
        resend_pause(c, now, RESEND_RETRY_MS);
    return result;
}

/* ---- sets ---- */

static bool flush_run(core *c)
{
    resend_walk *w = &c->resend.walk;
    bool added = w->run_first == 0 || protocol_question_add_range(c->resend.question, w->run_first, w->run_last);
    w->run_first = 0;
    return added;
}

static bool end_walk(core *c)
{
    bool added = flush_run(c);
    c->resend.walk = (resend_walk){.begun = false};
    return added;
}

static bool begin_set(core *c, uint64_t page, protocol_per per)
{
    resend_walk *w = &c->resend.walk;
    *w = (resend_walk){.begun = true, .reg = page_reg(page), .epoch = page_epoch(page)};
    crypto_hash_sha256_init(&w->blocks);
    return protocol_question_begin(c->resend.question, c->state.registers[w->reg].register_id, w->epoch, per);
}

static void hash_pair(crypto_hash_sha256_state *hash, int64_t number, const uint8_t *sha256)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((uint64_t)number >> (8 * (7 - i)));
    crypto_hash_sha256_update(hash, bytes, sizeof bytes);
    crypto_hash_sha256_update(hash, sha256, PROTOCOL_SHA256_BYTES);
}

/* Adds the loaded page's entries from `first` to `last` to the set; per PER_ALL the digest follows when the set ends. */
static bool add_page(core *c, protocol_per per, int64_t first, int64_t last)
{
    resend_walk *w = &c->resend.walk;
    crypto_hash_sha256_state hash;
    uint8_t block[crypto_hash_sha256_BYTES];
    static const uint8_t nobody[COMPARE_NUMBER_BYTES]; /* no report's hash: the cloud tells what it has instead */
    bool good = true;
    crypto_hash_sha256_init(&hash);
    for (uint32_t i = 0; i < c->ledger.count && good; i++) {
        const ledger_entry *entry = &c->ledger.entries[i];
        int64_t number = page_block(c->ledger.id) * LEDGER_BLOCK + entry->index;
        if (!is_ours(c, entry) || number < first || number > last)
            continue;
        if (w->run_first == 0 || number != w->run_last + 1) {
            good = flush_run(c);
            w->run_first = number;
        }
        w->run_last = number;
        w->first = w->first == 0 ? number : w->first;
        w->numbers++;
        hash_pair(&hash, number, entry->sha256);
        if (per == PER_NUMBER)
            good =
                protocol_question_add_digest(c->resend.question, c->resend.is_probing ? nobody : entry->sha256) && good;
    }
    crypto_hash_sha256_final(&hash, block);
    if (per == PER_ALL)
        crypto_hash_sha256_update(&w->blocks, block, sizeof block);
    return good && (per != PER_BLOCK || protocol_question_add_digest(c->resend.question, block));
}

/* How many of the loaded page belong to the set, and in how many ranges at most. */
static uint32_t count_page(const core *c, int64_t first, int64_t last, uint32_t *ranges)
{
    uint32_t count = 0;
    int previous = -2;
    *ranges = 0;
    for (uint32_t i = 0; i < c->ledger.count; i++) {
        const ledger_entry *entry = &c->ledger.entries[i];
        int64_t number = page_block(c->ledger.id) * LEDGER_BLOCK + entry->index;
        if (!is_ours(c, entry) || number < first || number > last)
            continue;
        *ranges += entry->index != previous + 1;
        previous = entry->index;
        count++;
    }
    return count;
}

/* Is there room in the question for the page, and a range that is still growing? */
static bool has_room(const core *c, uint32_t count, uint32_t ranges)
{
    return protocol_question_ranges(c->resend.question) + ranges + 1 <= COMPARE_RANGES_MAX &&
           c->resend.walk.numbers + count <= COMPARE_SPAN_MAX;
}

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
    return end_walk(c) && protocol_question_add_digest(r->question, digest);
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
    uint32_t ranges, count;
    if (!resend_new_question(c, now))
        return false;
    vault_result result = load_next(c, now, &r->page, UINT64_MAX);
    if (result == VAULT_NEWER)
        return true;
    bool of_this_set =
        result == VAULT_OK && r->walk.begun && r->walk.reg == page_reg(r->page) && r->walk.epoch == page_epoch(r->page);
    if (result == VAULT_ERROR)
        return false;
    if (!of_this_set && !finish_set(c))
        return start_over(c, now);
    if (result == VAULT_ABSENT) {
        end_pages(c);
        return true;
    }
    count = count_page(c, 0, POS_Z_NUMBER_MAX, &ranges);
    if (!has_room(c, count, ranges) || r->set_count == COMPARE_SETS_MAX) {
        if (!finish_set(c))
            return start_over(c, now);
        resend_start_asking(c);
        return true;
    }
    if (count > 0) {
        if ((!r->walk.begun && !begin_set(c, r->page, PER_ALL)) || !add_page(c, PER_ALL, 0, POS_Z_NUMBER_MAX))
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
    begin_mending(c, set, page_block(c->ledger.id));
    for (uint32_t i = 0; i < c->ledger.count; i++) {
        const ledger_entry *entry = &c->ledger.entries[i];
        int64_t number = r->block * LEDGER_BLOCK + entry->index;
        if (is_ours(c, entry) && number >= set->first && number <= set->last)
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
    vault_result result = load_next(c, now, &r->block_page, ledger_key_pack(set->reg, set->epoch, set->last));
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
        count = count_page(c, set->first, set->last, &ranges);
        is_full = !has_room(c, count, ranges) || r->block_count == RESEND_BLOCKS_MAX;
        if (!is_full && count > 0) {
            if ((!r->walk.begun && !begin_set(c, r->block_page, PER_BLOCK)) ||
                !add_page(c, PER_BLOCK, set->first, set->last))
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
    if (!end_walk(c))
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
    vault_result result = load_next(c, now, &from, page);
    if (result == VAULT_ERROR)
        return false;
    count = result == VAULT_OK ? count_page(c, set->first, set->last, &ranges) : 0;
    if (count == 0) { /* not one that was asked about */
        resend_drop_question(c);
        r->block_at++;
        ledger_compare_next_block(c);
        return true;
    }
    if (!begin_set(c, page, PER_NUMBER) || !add_page(c, PER_NUMBER, set->first, set->last) || !end_walk(c))
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
