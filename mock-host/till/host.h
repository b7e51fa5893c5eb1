/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.h - the host's side of the ABI: who the till is, its clock, its log, its history of closed days, its exports,
 * its catalogue, its setup and its licence.
 */
#ifndef TILL_HOST_H
#define TILL_HOST_H

#include <pos/export.h>
#include <pos/host.h>
#include <pos/licence.h>
#include <pos/reports.h>
#include <pos/setup.h>

#include "catalogue_face.h"
#include "clock.h"
#include "database.h"
#include "log.h"

/* Where running figures come from: the shop's receipts, or a replayed file. As pos_reports.running(). */
struct host_running {
    int32_t (*take)(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx);
    void *ctx;
};

struct host {
    pos_host abi; /* storage: while an instance runs, instance.c's */
    pos_host_info info;
    pos_reports reports;
    pos_export exporter;
    pos_setup setup;
    pos_licence licence;
    struct catalogue_face catalogue;
    const char *data; /* the till's folder */
    struct till_clock *clock;
    struct till_log *log;
    struct database *db;
    struct host_running running;
};

/* What it is given must outlive it; texts of `info` too. */
void host_fill(struct host *host, const pos_host_info *info, struct till_clock *clock, struct till_log *log,
               struct database *db, const struct host_running *running, const char *data, const bool *sale_open);

#endif
