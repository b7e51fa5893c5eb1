/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - the till's time: real, scaled, or moved by hand.
 *
 * All that the till and the plugin schedule follows this clock. A scripted clock stands still, so that a script says
 * what happens when, and flows (at `speed`) only while the script waits for something: an answer from the network needs
 * real time, and a retry needs the clock to move.
 */
#ifndef TILL_CLOCK_H
#define TILL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct till_clock {
    int64_t (*source_ms)(void); /* real elapsed time, counting sleep */
    int64_t speed;              /* virtual ms a real ms */
    bool flowing;
    int64_t wall_ms;    /* at the moment `since_ms` of the source */
    int64_t elapsed_ms; /* likewise */
    int64_t since_ms;
};

/* Real elapsed time: CLOCK_BOOTTIME. */
int64_t clock_real_ms(void);

/* Unix time in ms. */
int64_t clock_real_wall_ms(void);

void clock_start(struct till_clock *clock, int64_t wall_ms, int64_t speed, bool flowing, int64_t (*source_ms)(void));

int64_t clock_wall_ms(const struct till_clock *clock);
int64_t clock_elapsed_ms(const struct till_clock *clock);

/* Time passes: both readings move on. */
void clock_advance(struct till_clock *clock, int64_t duration_ms);

/* Somebody sets the clock: only the wall moves, either way. */
void clock_jump(struct till_clock *clock, int64_t duration_ms);

void clock_set_flowing(struct till_clock *clock, bool flowing);

/* How long to sleep, in real ms rounded up, until `duration_ms` have passed on this (flowing) clock. */
int64_t clock_real_wait_ms(const struct till_clock *clock, int64_t duration_ms);

#endif
