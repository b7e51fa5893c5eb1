/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/outbox.h - accepted Z reports: what is waiting, what was kept aside, and which number belongs to which epoch.
 *
 * Records, and where they can be after a crash at any point:
 *
 *   accept     put OUTBOX                       there or not; the host repeats until it had its OK (repeat.c)
 *   reject     put KEPT, remove OUTBOX          both: KEPT wins, the sender removes the other one
 *   deliver    put LEDGER page, remove OUTBOX   both: the ledger wins, likewise
 *   damage     put DAMAGED, remove OUTBOX       both: found damaged again, moved again
 *   resend     put OUTBOX, put LEDGER without   both: the ledger wins; the next comparison finds it lacking again
 */
#ifndef CORE_OUTBOX_H
#define CORE_OUTBOX_H

#include "core/core.h"
#include "core/idset.h"
#include "core/ledger.h"
#include "core/state.h"

typedef struct outbox {
    idset waiting;       /* ids in COLLECTION_OUTBOX */
    idset kept;          /* ids in COLLECTION_KEPT */
    idset damaged;       /* ids in COLLECTION_DAMAGED: only to be shown; the number counts as one that we lack */
    idset written;       /* ids of reports that this process has written */
    uint32_t reg;        /* index of this instance's register */
    uint32_t epoch;      /* the one that new closes go to */
    int64_t last_number; /* the highest of that epoch; 0: none yet */
    int64_t last_closed_at_ms;
    bool kept_counted; /* the four below are right */
    uint32_t conflicts, rejections, elsewheres, unreadable;
    uint32_t slot_bound; /* no record has a slot at or above it */
    bool nameless;       /* the register's index is not stored yet */
    bool ledger_unread;  /* the storage could not be read, or memory was out: last_number may be too low */
    uint64_t fresh_id;   /* of what was handed over last: sent before what comes from the history. 0: nothing */
} outbox;

/* Lists the collections and finds epoch and last number. The state and the register index are in place by then. */
int32_t outbox_open(core *c, const char **reason);
void outbox_close(outbox *o);
/* Of ledger_unread: looks once more. Where that fails too, closes are taken all the same. */
void outbox_read_ledger_again(core *c);

typedef enum outbox_entry {
    ENTRY_NEW = 1, /* written now */
    ENTRY_KNOWN,   /* the same report is here, or was delivered, already */
    ENTRY_ERROR
} outbox_entry;

/* Takes a report that intake_read() has passed. from_history: fetched from the host, not handed over at a close.
 * too_large: the document is larger than what is taken; only the struct is kept, as rejected. *error: of ENTRY_ERROR. */
outbox_entry outbox_accept(core *c, core_time now, const pos_report *z, bool from_history, bool too_large,
                           int32_t *error, const char **why);

/* Puts a report that is known already back into the outbox, as it was then: same epoch, same slot. */
int32_t outbox_put_again(core *c, core_time now, const pos_report *z, uint32_t slot, uint32_t epoch);

/* Reports that come from the history, not from a close of today, are taken a few at a time: a till with years of it
 * would fill its disk with a second copy. Is there room for one more of that slot? */
#define OUTBOX_WINDOW 64u
bool outbox_has_room(const core *c, uint32_t slot);

/* Is there anything of that number in this epoch: waiting, kept or delivered? false with *failed when unknown. */
bool outbox_has_number(core *c, uint32_t epoch, int64_t number, bool *failed);

/* The header of the kept report of that number, if there is one. */
bool outbox_read_kept(core *c, uint32_t epoch, int64_t number, record_header *header);

/* Counts what is kept by verdict: reads a header each the first time, afterwards it is known. */
void outbox_count_kept(core *c);
/* One more is kept; or (0) one whose header cannot be read. */
void outbox_note_kept(outbox *o, record_verdict verdict);

#endif
