/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_log.h - what happened, as lines: hashed, the last ones kept, and printed when asked for or when it matters.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_LOG_WORLD (-1) /* of no till in particular: the cloud, and the world itself */

void sim_log_start(bool print_all);
void sim_log_set_clock(int64_t now_ms);
void sim_log(int till, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The last `count` lines of that till, and of the world between them. */
void sim_log_print_last(int till, uint32_t count);

/* Of all lines so far, in hex; and how many there were. */
void sim_log_hash(char hex[33]);
uint64_t sim_log_count(void);

/* "2026-03-29 01:00:00.250" */
void sim_log_time(int64_t ms, char text[32]);

/* From the cloud, behind its own name for it. */
void sim_log_cloud(const char *text);

#endif
