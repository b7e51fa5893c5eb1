/* SPDX-License-Identifier: Apache-2.0 */
/* core/resend_walk.c - sets of a question made from ledger pages, one page after the other (core/resend_internal.h). */
#include <string.h>

#include "core/internal.h"

/* ---- pages ---- */

uint32_t walk_page_reg(uint64_t page)
{
    return (uint32_t)(page >> 56);
}

uint32_t walk_page_epoch(uint64_t page)
{
    return (uint32_t)(page >> 48) & EPOCH_MAX;
}

int64_t walk_page_block(uint64_t page)
{
    return (int64_t)(page & ((UINT64_C(1) << 48) - 1));
}

bool walk_is_ours(const core *c, const ledger_entry *entry)
{
    static const uint8_t unknown[LEDGER_MARK_BYTES];
    uint8_t mark[LEDGER_MARK_BYTES];
    if (entry->destination != c->resend.destination || entry->elsewhere != 0)
        return false;
    ledger_mark_till(c->state.destinations[entry->destination].till_id, mark);
    return memcmp(entry->till_mark, mark, sizeof mark) == 0 || memcmp(entry->till_mark, unknown, sizeof mark) == 0;
}

vault_result walk_load_next(core *c, core_time now, uint64_t *from, uint64_t last)
{
    uint64_t page = 0;
    vault_result result = ledger_next_page(&c->vault, *from, &page);
    if (result == VAULT_OK && page > last)
        return VAULT_ABSENT;
    if (result == VAULT_OK) {
        *from = page;
        result = ledger_load(&c->ledger, &c->vault, walk_page_reg(page), walk_page_epoch(page),
                             walk_page_block(page) * LEDGER_BLOCK);
        if (result == VAULT_NEWER || result == VAULT_BAD || walk_page_reg(page) >= c->state.register_count) {
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

bool walk_end(core *c)
{
    bool added = flush_run(c);
    c->resend.walk = (resend_walk){.begun = false};
    return added;
}

bool walk_begin(core *c, uint64_t page, protocol_per per)
{
    resend_walk *w = &c->resend.walk;
    *w = (resend_walk){.begun = true, .reg = walk_page_reg(page), .epoch = walk_page_epoch(page)};
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

bool walk_add_page(core *c, protocol_per per, int64_t first, int64_t last)
{
    resend_walk *w = &c->resend.walk;
    crypto_hash_sha256_state hash;
    uint8_t block[crypto_hash_sha256_BYTES];
    static const uint8_t nobody[COMPARE_NUMBER_BYTES]; /* no report's hash: the cloud tells what it has instead */
    bool good = true;
    crypto_hash_sha256_init(&hash);
    for (uint32_t i = 0; i < c->ledger.count && good; i++) {
        const ledger_entry *entry = &c->ledger.entries[i];
        int64_t number = walk_page_block(c->ledger.id) * LEDGER_BLOCK + entry->index;
        if (!walk_is_ours(c, entry) || number < first || number > last)
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

uint32_t walk_count_page(const core *c, int64_t first, int64_t last, uint32_t *ranges)
{
    uint32_t count = 0;
    int previous = -2;
    *ranges = 0;
    for (uint32_t i = 0; i < c->ledger.count; i++) {
        const ledger_entry *entry = &c->ledger.entries[i];
        int64_t number = walk_page_block(c->ledger.id) * LEDGER_BLOCK + entry->index;
        if (!walk_is_ours(c, entry) || number < first || number > last)
            continue;
        *ranges += entry->index != previous + 1;
        previous = entry->index;
        count++;
    }
    return count;
}

/* Is there room in the question for the page, and a range that is still growing? */
bool walk_has_room(const core *c, uint32_t count, uint32_t ranges)
{
    return protocol_question_ranges(c->resend.question) + ranges + 1 <= COMPARE_RANGES_MAX &&
           c->resend.walk.numbers + count <= COMPARE_SPAN_MAX;
}
