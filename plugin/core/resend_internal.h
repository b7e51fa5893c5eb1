/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/resend_internal.h - how "Resend all statistics" goes about it.
 *
 * For each destination that this till may send to, then for the host's history:
 *
 *   ALL      read the ledger, ask one digest a (register, epoch)    in sync: that was all
 *   BLOCKS   of a set that differs: a digest for each 256 numbers
 *   NUMBERS  of a block that differs: one for each number
 *   MEND     what the cloud lacks: fetched from the host's history into the outbox, then taken out of the ledger
 *   SCAN     what the host has and we do not know: hashed and asked about, a block at a time
 *   ENTER    what the cloud has of it goes into the ledger
 *   FETCH    what it lacks goes into the outbox
 *   DRAIN    until all that was queued is sent
 *
 * Crash states. MEND puts OUTBOX, then the LEDGER page without those entries. Between the two the ledger wins: the
 * sender removes the copy as settled, and the next comparison finds it lacking again; so the sender leaves the numbers
 * of a block alone while it is being mended. ENTER and FETCH are single puts. After a restart the comparison begins
 * anew: what was mended stays mended.
 *
 * resend.c asks and keeps the account, resend_walk.c makes sets of ledger pages, resend_ledger.c has ALL to NUMBERS, resend_mend.c MEND, resend_history.c SCAN to FETCH. Memory is a
 * block, a question and its answer, however many closes there are.
 */
#ifndef CORE_RESEND_INTERNAL_H
#define CORE_RESEND_INTERNAL_H

#include <sodium.h>

#include "core/backoff.h"
#include "core/ledger.h"
#include "core/resend.h"
#include "protocol/compare.h"

#define RESEND_BLOCKS_MAX 512u /* of a question */
#define RESEND_RETRY_MS   INT64_C(1000)

typedef enum resend_phase {
    RESEND_IDLE = 1,
    RESEND_ALL,
    RESEND_BLOCKS,
    RESEND_NUMBERS,
    RESEND_MEND,
    RESEND_SCAN,
    RESEND_ENTER,
    RESEND_FETCH,
    RESEND_DRAIN
} resend_phase;

typedef struct resend_set {
    uint32_t reg, epoch;
    int64_t first, last; /* numbers */
    bool differs, none_held;
} resend_set;

/* A set that is being built from ledger pages. */
typedef struct resend_walk {
    bool begun;
    uint32_t reg, epoch;
    uint32_t numbers;
    int64_t first, run_first, run_last; /* run: the range that is still growing */
    crypto_hash_sha256_state blocks;    /* over the hashes of the blocks */
} resend_walk;

/* What is to be done with a number of the block at hand. */
typedef enum resend_need {
    NEED_NOTHING = 0,
    NEED_REPORT,  /* the cloud lacks it */
    NEED_HASH,    /* the cloud has another document of this close, which is as good: remember its hash */
    NEED_REMOVAL, /* it is in the outbox now: out of the ledger */
    NEED_ASIDE    /* the cloud has it as the second of a conflict, and it is not here any more: not compared again */
} resend_need;

typedef struct resend {
    resend_phase phase;
    uint32_t destination;        /* that is being compared */
    protocol_question *question; /* that is being built, or is_ready */
    bool is_ready;
    uint32_t ticket; /* it is asked */
    backoff backoff;
    protocol_verdict failure;
    int64_t retry_at; /* elapsed ms: the storage or the host could not be read */
    bool is_blind;    /* this cloud does not compare: all is sent, or by itself all that is not in the ledger */
    bool is_stopping; /* cancelled: only the block at hand is brought to an end */
    bool is_full;     /* the outbox has enough of it for now */
    bool is_unsaved;  /* the count of what was queued moved */
    /* ALL */
    uint64_t page; /* the next one of the ledger */
    bool pages_end;
    resend_walk walk;
    resend_set sets[COMPARE_SETS_MAX];
    uint32_t set_count, set_at;
    /* BLOCKS */
    uint64_t block_page;
    int64_t blocks[RESEND_BLOCKS_MAX]; /* that differ */
    uint32_t block_count, block_at;
    /* MEND, and of SCAN to FETCH: the block at hand */
    uint32_t reg, epoch;
    int64_t block;
    uint32_t at, grouped, host_failures;
    bool
        is_probing; /* the block differs, and yet the cloud holds each number: which of them counts in another version? */
    uint8_t needs[LEDGER_BLOCK];                         /* resend_need */
    bool has_other[LEDGER_BLOCK];                        /* the cloud has another document of that number */
    uint8_t others[LEDGER_BLOCK][PROTOCOL_SHA256_BYTES]; /* its hash */
    /* SCAN */
    int64_t first, last, cursor;
    bool scanning;
    uint32_t found_count;
    ledger_entry *found; /* of LEDGER_BLOCK; while SCAN to FETCH */
} resend;

void resend_open(core *c);
void resend_close(core *c);
bool resend_take_answer(core *c, core_time now, const net_answer *answer);
/* At most one write. True: it used it, or has more to do at once. */
bool resend_write(core *c, core_time now);
/* Reads what a tick's budget leaves, and asks. True: more to do at once. */
bool resend_read(core *c, core_time now);
int64_t resend_wait_ms(const core *c, core_time now); /* INT64_MAX: nothing is due by the clock */

void resend_start_by_itself(core *c, core_time now);
void resend_end(core *c, core_time now, bool cancelled);
void resend_begin_anew(core *c); /* another store, or another epoch: what was compared is not what counts now */

/* A copy of a report that is still in the ledger, or about to be: not to be sent yet. */
bool resend_guards(const core *c, uint64_t id);
/* The history is being read here: catching up leaves it alone. */
bool resend_reads_history(const core *c);
/* After a cancel: this number is not to be fetched. */
bool resend_leaves_out(const core *c, int64_t number);
/* Is there a store that this till's closes can be sent to now? */
bool resend_is_connected(const core *c);

/* ---- between the files of this part ---- */
void resend_start_asking(core *c); /* the question is whole */
bool resend_new_question(core *c, core_time now);
void resend_drop_question(core *c);
void resend_pause(core *c, core_time now, int64_t wait_ms);
void resend_write_failed(core *c, core_time now);

/* resend_walk.c. A page id has register, epoch and block in it. */
uint32_t walk_page_reg(uint64_t page);
uint32_t walk_page_epoch(uint64_t page);
int64_t walk_page_block(uint64_t page);
/* Delivered to the destination that is being compared, under the name that this till has there. */
bool walk_is_ours(const core *c, const ledger_entry *entry);
/* Loads the next page from *from on that is not past `last`. VAULT_ABSENT: there is none. VAULT_NEWER: one that cannot be
 * read was passed over. VAULT_ERROR: paused. */
vault_result walk_load_next(core *c, core_time now, uint64_t *from, uint64_t last);
/* A set of the question: begin, add the loaded page's entries from `first` to `last`, and so on; end. False: memory is
 * out. Per PER_ALL the digest is the caller's to add. */
bool walk_begin(core *c, uint64_t page, protocol_per per);
bool walk_add_page(core *c, protocol_per per, int64_t first, int64_t last);
bool walk_end(core *c);
/* How many of the loaded page belong to the set, and in how many ranges at most; is there room for them? */
uint32_t walk_count_page(const core *c, int64_t first, int64_t last, uint32_t *ranges);
bool walk_has_room(const core *c, uint32_t count, uint32_t ranges);

/* resend_ledger.c */
void ledger_compare_begin(core *c);               /* with the first destination */
bool ledger_compare_read(core *c, core_time now); /* ALL, BLOCKS, NUMBERS: one page */
void ledger_compare_take(core *c, const protocol_comparison *answer);
void ledger_compare_refused(core *c);    /* as if the cloud had nothing of what it was asked about */
void ledger_compare_next_block(core *c); /* after a block is mended */

/* resend_mend.c */
bool mend_write(core *c, core_time now); /* MEND */

/* resend_history.c */
void history_compare_begin(core *c);
bool history_compare_read(core *c, core_time now); /* SCAN: one number */
void history_compare_take(core *c, const protocol_comparison *answer);
bool history_compare_write(core *c, core_time now); /* ENTER, FETCH */

#endif
