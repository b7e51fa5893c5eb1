/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow.h - how time passes in the till: moved at once, or waited for.
 */
#ifndef TILL_FLOW_H
#define TILL_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

struct till;

enum flow_result {
    FLOW_DONE = 1, /* what was waited for is so */
    FLOW_TIMEOUT,
    FLOW_INPUT,   /* the descriptor can be read */
    FLOW_STOPPED, /* SIGINT or SIGTERM */
    FLOW_FAULT    /* the till's database failed; words in *fault */
};

struct flow_wait {
    int64_t timeout_real_ms;    /* below 0: none */
    bool (*is_done)(void *ctx); /* may be NULL; asked after every tick */
    void *ctx;
    int fd;     /* -1: none */
    bool brisk; /* tick every few real ms, whatever the plugin asks for: a script waits for an answer */
};

/* Somebody who listens whenever the till waits, in its own thread and between its calls into the plugin: the web page. */
struct flow_guest {
    int fd;                        /* it can be read: there is something to do */
    int64_t (*wait_ms)(void *ctx); /* it wants to run after so many real ms, whatever comes; below 0: it does not */
    void (*run)(void *ctx);        /* after every sleep; returns soon */
    void *ctx;
};

/* Waits in real time; the till's clock flows meanwhile, the shop trades, the plugin ticks. */
enum flow_result flow_until(struct till *till, const struct flow_wait *wait, struct fault *fault);

/*
 * Moves the clock on by `duration_ms` without waiting, from event to event: sales, closes, ticks. While reports are
 * pending a minute takes till.pace_ms of real time, so that an upload can finish between two of them. `is_done` (may
 * be NULL) ends it early.
 */
enum flow_result flow_advance(struct till *till, int64_t duration_ms, bool (*is_done)(void *ctx), void *ctx,
                              struct fault *fault);

/* SIGINT and SIGTERM end the waiting from now on, instead of the program. */
void flow_catch_signals(void);

/* One of them has come. */
bool flow_is_stopped(void);

#endif
