/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_verdict.h - in which visible state each close is: by the cloud's rows and the till's screen. */
#ifndef SIM_VERDICT_H
#define SIM_VERDICT_H

#include "sim/sim.h"

typedef struct verdict_state {
    bool counted, conflict, decided;                          /* in the cloud */
    bool queued, kept_conflict, rejected, elsewhere, damaged; /* on the till */
} verdict_state;

typedef struct verdict_book {
    verdict_state *of[SIM_TILLS_MAX]; /* by index of the close */
    uint32_t unreadable[SIM_TILLS_MAX];
    bool x_waits[SIM_TILLS_MAX];
    bool read[SIM_TILLS_MAX]; /* the till's screen could be read */
} verdict_book;

int64_t verdict_id(int till, uint32_t close);
void verdict_open(const sim *s, verdict_book *book);
void verdict_close(verdict_book *book);
void verdict_note_cloud(verdict_book *book, int64_t id, bool counted, bool conflict, bool decided);

void verdict_audit(sim *s, verdict_book *book); /* in the midst of life: what was accepted is somewhere */
void verdict_end(sim *s, verdict_book *book);   /* all is well: everything is where it belongs */

#endif
