/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/ledger.h - what was delivered: number, hash, receipt; outlives the outbox.
 *
 * A page holds 256 consecutive numbers of one register and epoch under an id that follows from them, so a look-up is
 * one read and memory does not grow with the years. A batch never crosses a page: its receipts are one put.
 *
 * Crash states of "delivered": the page is put before the outbox record is removed. Before the page: the report is
 * sent again, same key, same receipt. Between page and removal: both are there, the ledger wins, the record is removed
 * when the sender meets it.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "core/key.h"
#include "core/vault.h"

#define LEDGER_MARK_BYTES 6

typedef struct ledger_entry {
    uint8_t index; /* number % LEDGER_BLOCK */
    char business_date[11];
    uint16_t destination; /* index in the state's table */
    uint8_t origin;       /* POS_ORIGIN_* */
    int64_t closed_at_ms;
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    char receipt_id[PROTOCOL_ID_MAX + 1]; /* "" : the cloud was found to have it */
    /* The head of the till id under which it was delivered; zeros: not known. A cloned till that became "another one"
     * has the ledger of the first: what that one delivered is not to be looked for under its own name. */
    uint8_t till_mark[LEDGER_MARK_BYTES];
    /* 1: the cloud has it, but does not count it as this number of the page's epoch: it had the very document in another
     * epoch before, or another document of that number. Left out where the two are compared. */
    uint8_t elsewhere;
} ledger_entry;

/* One page in memory: the last one that was used. Zero-initialise. */
typedef struct ledger {
    bool loaded;
    uint64_t id;
    uint32_t count;
    ledger_entry entries[LEDGER_BLOCK]; /* ascending by index */
} ledger;

/* Makes `ledger` hold the page of that number. VAULT_OK: a page that is not there is an empty one. VAULT_BAD: it is
 * damaged and held as an empty one; what it said is found again by sending (same key, same receipt). Else why not. */
vault_result ledger_load(ledger *l, vault *v, uint32_t reg, uint32_t epoch, int64_t number);
/* In the page that is loaded; NULL: not delivered. */
const ledger_entry *ledger_find(const ledger *l, int64_t number);
/* Adds or replaces; the page is durable only after ledger_save. */
void ledger_set(ledger *l, const ledger_entry *entry);
int32_t ledger_save(ledger *l, vault *v, const char *register_id, uint32_t epoch);
void ledger_unset(ledger *l, uint8_t index);
/* The id of the first page at or after `from`. VAULT_ABSENT: there is none. */
vault_result ledger_next_page(vault *v, uint64_t from, uint64_t *id);
/* The mark of a till id (32 hex digits). */
void ledger_mark_till(const char *till_id, uint8_t mark[LEDGER_MARK_BYTES]);
/* Forgets the page in memory (after a save that failed: what is stored is not known). */
void ledger_drop(ledger *l);

#endif
