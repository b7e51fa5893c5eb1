/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/schedule.h - when the next X report is due: every 30 minutes, on a grid of the till's own.
 *
 * The grid's offset comes from the till's id, so that a fleet that boots at nine o'clock does not send at nine o'clock;
 * it follows wall time across restarts and elapsed time while running, so that a clock that is set neither brings a
 * burst nor a gap. After switching on, the first X is soon; after a long sleep one is due at once, not one a slot.
 */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define SCHEDULE_PERIOD_MS (INT64_C(30) * 60 * 1000)
#define SCHEDULE_SOON_MS   INT64_C(5000)

typedef struct schedule {
    bool running;
    int64_t anchor; /* an instant of the grid, elapsed ms */
    int64_t due;    /* elapsed ms */
} schedule;

/* Anchors the grid at a start. till_hash: any number made from the till's id. */
void schedule_start(schedule *s, int64_t elapsed_ms, int64_t wall_ms, uint64_t till_hash);
void schedule_soon(schedule *s, int64_t elapsed_ms); /* switched on, or a store was just assigned */
bool schedule_is_due(const schedule *s, int64_t elapsed_ms);
void schedule_taken(schedule *s, int64_t elapsed_ms); /* on to the next instant of the grid, 10 minutes away or more */
int64_t schedule_wait_ms(const schedule *s, int64_t elapsed_ms); /* -1: not running */

#endif
