/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/sender.h - takes reports from the outbox to the cloud, a batch at a time, a small step a tick.
 *
 *   IDLE -> BUILDING -> IN_FLIGHT -> SETTLING -> IDLE
 *
 * sender.c picks, build.c reads and submits, answer.c judges what came back, settle.c makes it durable. A batch belongs
 * to one destination and one ledger page. Z before X.
 *
 * As long as all goes well the next batch of Z reports is built and sent while the answer to the one before is awaited:
 * a link with a long way is kept busy, and two bodies never share it. A batch that fails as a whole takes the one beside
 * it along, and is halved down to a single report, which is then set aside for a while: one report never blocks another.
 */
#ifndef CORE_SENDER_H
#define CORE_SENDER_H

#include "core/core.h"
#include "core/state.h"
#include "core/vault.h"

#define SENDER_ASIDE_MAX 256u
#define SENDER_BATCHES   2u /* under way at most */

typedef enum sender_phase { SENDER_IDLE = 1, SENDER_BUILDING, SENDER_IN_FLIGHT, SENDER_SETTLING } sender_phase;

/* What is to be done with an item of the batch, once the cloud has answered. */
typedef enum sender_fate {
    FATE_DELIVERED = 1, /* into the ledger, out of the outbox */
    FATE_KEEP,          /* into the kept ones, with verdict, code and detail from its result */
    FATE_AGAIN,         /* stays where it is */
    FATE_DONE           /* settled */
} sender_fate;

typedef struct sender_item {
    uint64_t id;
    int64_t z_number, x_sequence;
    int64_t closed_at_ms;
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    char business_date[11];
    uint32_t origin;
    sender_fate fate;
    bool stale; /* another document took its place meanwhile: no answer to this one settles that */
} sender_item;

/* A report that failed: left out until then. */
typedef struct sender_aside {
    uint64_t id;
    int64_t retry_at; /* elapsed ms */
    uint32_t attempts;
    bool alone; /* it failed as a batch of one, so it is tried again as one */
} sender_aside;

/* A batch under way; one that is SENDER_IDLE holds nothing. */
typedef struct sender_batch {
    sender_phase phase;
    bool is_x;            /* the batch is the pending X */
    bool is_retry;        /* the batch is of reports that were set aside */
    uint32_t destination; /* index of it */
    uint32_t reg, epoch;  /* index and number */
    uint32_t count;
    sender_item items[PROTOCOL_BATCH_ITEMS_MAX]; /* by ascending id */
    protocol_batch *body;                        /* BUILDING */
    vault_reader reader; /* of the item that is being read, BUILDING; of the one being moved, SETTLING */
    bool reading;
    uint8_t *piece;           /* VAULT_PIECE_BYTES, while BUILDING */
    uint32_t ticket;          /* IN_FLIGHT */
    int64_t submitted_at;     /* IN_FLIGHT: elapsed ms */
    uint32_t encodings;       /* IN_FLIGHT: what the request was allowed to be compressed with */
    protocol_results results; /* SETTLING: results.items[i] belongs to items[i] */
    uint32_t ledger_from;     /* SETTLING: pages of other epochs below this one are stored */
    bool ledger_done;         /* SETTLING: the page is stored; now the removal */
    uint8_t *moving;          /* SETTLING: document of the item that is being moved to the kept ones */
} sender_batch;

typedef struct sender {
    sender_batch batches[SENDER_BATCHES];
    uint32_t destination;  /* of the last batch: the next one may be for it, too */
    uint32_t limit;        /* items a batch may have: halved by failures, doubled by successes */
    bool flowing;          /* the last batch for that destination was taken whole, and as large as they come */
    uint64_t spoilt_id;    /* a record that was found damaged, and is put aside in the next tick; 0: none */
    int64_t read_retry_at; /* elapsed ms: the storage could not be read */
    sender_aside x_aside;  /* the X of that sequence failed */
    uint32_t aside_count;
    sender_aside aside[SENDER_ASIDE_MAX];
} sender;

void sender_open(core *c);
void sender_close(core *c);

/* Picks, reads and submits; reads at most VAULT_PIECE_BYTES. True: there is more to do at once. */
bool sender_advance(core *c, core_time now);

/* Gives up what is being built or in flight; an answer that still comes is not looked at. What is being settled goes
 * on: it is our own bookkeeping. */
void sender_abandon(core *c);

/* To be tried at once: an attempt that still looks for a cloud that was not there when it began would only hold that up,
 * by its connect timeout at the most. One that has sent anything goes on. */
void sender_try_anew(core *c, core_time now);

/* The record of that id is about to be replaced: what is under way with the old one settles nothing. */
void sender_forget_item(core *c, uint64_t id);

/* It is settled, or given up: frees what belongs to it. */
void sender_finish(core *c, sender_batch *b);

/* Why reports of this destination are not sent at all; HOLD_NONE: they are. NULL: undecided. */
core_hold sender_hold_of(const core *c, const destination *d);

/* The cloud takes nothing for that store: it is closed, or this till has no access any more. That may be taken back
 * without a word to the till, so it is asked again every six hours, besides at the owner's "Retry now". */
void sender_hold_store(core *c, core_time now, uint32_t index);
void sender_lift_holds(core *c, core_time now, bool all);

bool sender_is_idle(const core *c);
sender_batch *sender_batch_in(core *c, sender_phase phase); /* the first one; NULL: none is */
bool sender_is_sending(const core *c, uint64_t id);         /* in a batch that is in flight */
bool sender_is_sending_x(const core *c);
/* How long until an answer is looked for; -1: none is awaited. */
int64_t sender_wait_ms(const core *c, core_time now);
/* The next report of that slot from `from` on that is in no batch yet and may be sent: of those that were set aside, or
 * of those that were not. */
bool sender_next_in_slot(const core *c, core_time now, uint32_t slot, uint64_t from, bool aside, uint64_t *id);

/* ---- aside.c ---- */
/* Leaves a report out until retry_at; counts its attempts. false: so many are set aside already that it is not the
 * reports, but the destination that is to be left alone for a while. */
bool sender_set_aside(core *c, uint64_t id, int64_t retry_at, bool alone);
const sender_aside *sender_find_aside(const core *c, uint64_t id);
void sender_forget_aside(core *c);
/* Of the destination with that index, the one that is due for longest; NULL: none is. */
const sender_aside *sender_oldest_aside(const core *c, core_time now, uint32_t index);

/* ---- build.c ---- */
/* One step of SENDER_BUILDING; reads at most VAULT_PIECE_BYTES. True: there is more to do at once. */
bool build_step(core *c, core_time now, sender_batch *b);

/* ---- answer.c ---- */
/* False: it is not the answer to a batch. */
bool answer_take_upload(core *c, core_time now, const net_answer *answer);

/* ---- settle.c ---- */
/* One step, at most one write. Call only for one that is SENDER_SETTLING, and while a write is allowed. */
void settle_step(core *c, core_time now, sender_batch *b);

#endif
