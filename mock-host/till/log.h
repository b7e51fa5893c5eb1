/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - one line an event, stamped with the till's own (perhaps scaled) time.
 */
#ifndef TILL_LOG_H
#define TILL_LOG_H

#include <stdint.h>
#include <stdio.h>

#include <pos/host.h>

#include "clock.h"

struct till_log {
    FILE *file;
    uint32_t level; /* POS_LOG_*: what is below stays out; misuse never does */
    const struct till_clock *clock;
};

/* `who` is "till" or "plugin". */
void log_line(struct till_log *log, uint32_t level, const char *who, const char *text);

void log_write(struct till_log *log, uint32_t level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "debug", "info", "warning" or "error"; 0 for anything else. */
uint32_t log_level_of(const char *name);

#endif
