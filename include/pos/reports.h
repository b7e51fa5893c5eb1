/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/reports.h - extension "pos.reports/1": the host's own history of closed days, and its running figures.
 *
 * Part of the promise that no close is lost: a host can die between its own commit of a close and the plugin's OK, or
 * lose the plugin's storage. The plugin therefore compares the host's last closed number with its own at start and
 * hourly, and fetches what it lacks, one report a tick. Without this extension there are no X reports either.
 *
 * Obtained with pos_host.get_extension(ctx, POS_REPORTS_1). Calls happen as for every host function.
 */
#ifndef POS_REPORTS_H
#define POS_REPORTS_H

#include "abi.h"
#include "report.h"

#define POS_REPORTS_1 "pos.reports/1"

typedef struct pos_reports {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* handed to every function below */

    /* The lowest and the highest Z number that the host still has, of the numbering it counts in now (after a reset:
     * of the new one); 0 and 0 when nothing was closed in it. Numbers in between may be missing. Cheap: it is asked at
     * every start and once an hour. Errors: FAILED, IO, BUSY. */
    int32_t (*closed_range)(void *ctx, int64_t *first_z_number, int64_t *last_z_number);

    /* Hands the closed report of that number to the visitor, once, with origin ORIGINAL (the bytes of the close) or
     * REBUILT. Where a number was used twice (the host was reset) it is the newest. The visitor may return an error,
     * which this function then returns. One that on_daily_close() would call MISUSE is logged (POS_LOG_MISUSE), left out,
     * and asked for again hourly and after the next create(). Errors: NOT_FOUND, FAILED, IO, BUSY. */
    int32_t (*closed)(void *ctx, int64_t z_number, pos_report_visitor visitor, void *visitor_ctx);

    /* Takes the running figures of the open period now and hands them to the visitor, once, with
     * x_sequence >= min_x_sequence. A simple host just uses min_x_sequence: the plugin has made sure, durably, that it
     * was never used before in this period. Must be quick: it runs inside a tick.
     * NOT_FOUND: no period is open, or nothing was sold since the X that this function handed out last.
     * Errors: FAILED, IO, BUSY. */
    int32_t (*running)(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx);
} pos_reports;

POS_PIN(pos_reports, ctx, 8, 8);
POS_PIN(pos_reports, closed_range, 12, 16);
POS_PIN(pos_reports, closed, 16, 24);
POS_PIN(pos_reports, running, 20, 32);

#endif
