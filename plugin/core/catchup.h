/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catchup.h - compares the host's history with what is here, at start and hourly, and fetches what is lacking.
 *
 * A host can die between its own commit of a close and our OK, a storage can be wiped or restored: the host's history
 * is then the only place that still knows. One report a tick, and no more than the outbox takes at once
 * (OUTBOX_WINDOW): where more than that is lacking, and there is a store, core/resend.h takes over, which asks the cloud
 * first what it has.
 */
#ifndef CORE_CATCHUP_H
#define CORE_CATCHUP_H

#include "core/core.h"

typedef enum catchup_phase {
    CATCHUP_IDLE = 1,
    CATCHUP_BACK,   /* the host's last number is behind ours: walk back until it and we agree, then forward */
    CATCHUP_FORWARD /* fetch every number that we lack */
} catchup_phase;

/* Numbers that were here and were lost, perhaps again and again: a disk may spoil the same record each time. One number
 * each; where there is no room for all of them it is the disk, and the last entry stands for all numbers in between. */
#define CATCHUP_LOSSES_MAX 16u

typedef struct catchup_loss {
    int64_t first, last;
    uint32_t times;
    int64_t rests_until; /* elapsed ms: not fetched before; 0: to be set, or none */
} catchup_loss;

typedef struct catchup {
    catchup_phase phase;
    int64_t check_at; /* elapsed ms */
    int64_t cursor;
    int64_t first, last; /* the host's lowest and highest number */
    int64_t failed_at;   /* the lowest number that the host could not give out this time; 0: none */
    int64_t unusable_at; /* the lowest one of which it gave out what cannot be used; 0: none */
    int64_t lacking_at;  /* the lowest of both in the last walk: the till is not complete from there on; 0: it is */
    catchup_loss losses[CATCHUP_LOSSES_MAX];
    uint32_t loss_count;
    int64_t resting_at; /* the lowest number that this walk passed over, for it was lost just now; 0: none */
    int64_t wakes_at;   /* elapsed ms: when the first of them may be fetched again */
    int64_t rested_at;  /* resting_at of the last whole walk */
    uint32_t failed_in_a_row;
    uint32_t taken;           /* in this walk */
    bool waits;               /* the outbox has enough of it for now, or a comparison reads the history */
    uint32_t left;            /* numbers that are not fetched, by the owner's wish: of the last whole walk */
    uint32_t left_so_far;     /* of this one */
    uint32_t epoch;           /* in which complete_through is meant */
    int64_t complete_through; /* nothing up to here is lacking, of that epoch */
} catchup;

void catchup_open(core *c, core_time now);
/* True: it used the tick's write, or has more to do at once. */
bool catchup_tick(core *c, core_time now);
void catchup_lacks(core *c, int64_t number);     /* a number that we had was lost: look again */
int64_t catchup_first_lacking(const catchup *k); /* by the last whole walk; 0: nothing is lacking */
int64_t catchup_wait_ms(const core *c, core_time now);
/* Whether the host counts anew is being found out, or is about to be. */
bool catchup_is_finding_epoch(const core *c, core_time now);
void catchup_count_anew(core *c); /* what the owner leaves out has changed */

/* ---- the host's history, for whoever reads it ---- */
int32_t catchup_read_range(core *c, int64_t *first, int64_t *last);
int32_t catchup_read_closed(core *c, int64_t number, pos_report_visitor visitor, void *visitor_ctx);

typedef enum fetched {
    FETCHED_NEW = 1,
    FETCHED_KNOWN,
    FETCHED_NOTHING,  /* the host does not have it */
    FETCHED_UNUSABLE, /* what it gave cannot be used: asked again with the next hourly check */
    FETCHED_FAILED,   /* the host could not give it out */
    FETCHED_ERROR     /* our storage did not take it */
} fetched;

/* One report into the outbox. */
fetched catchup_fetch(core *c, core_time now, int64_t number);

#endif
