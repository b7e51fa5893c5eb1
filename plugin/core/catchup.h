/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catchup.h - compares the host's history with what is here, at start and hourly, and fetches what is lacking.
 *
 * A host can die between its own commit of a close and our OK, a storage can be wiped or restored: the host's history
 * is then the only place that still knows. One report a tick.
 */
#ifndef CORE_CATCHUP_H
#define CORE_CATCHUP_H

#include "core/core.h"

typedef enum catchup_phase {
    CATCHUP_IDLE = 1,
    CATCHUP_BACK,   /* the host's last number is behind ours: walk back until it and we agree, then forward */
    CATCHUP_FORWARD /* fetch every number that we lack */
} catchup_phase;

typedef struct catchup {
    catchup_phase phase;
    int64_t check_at; /* elapsed ms */
    int64_t cursor;
    int64_t first, last; /* the host's lowest and highest number */
    int64_t failed_at;   /* the lowest number that the host could not give out this time; 0: none */
    uint32_t failed_in_a_row;
    uint32_t epoch;           /* in which complete_through is meant */
    int64_t complete_through; /* nothing up to here is lacking, of that epoch */
} catchup;

void catchup_open(core *c, core_time now);
/* True: it used the tick's write, or has more to do at once. */
bool catchup_tick(core *c, core_time now);
void catchup_lacks(core *c, int64_t number); /* a number that we had was lost: look again */
int64_t catchup_wait_ms(const core *c, core_time now);

#endif
