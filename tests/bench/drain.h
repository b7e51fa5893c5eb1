/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/drain.h - what all that drain the same reports into the same sink have in common. */
#ifndef BENCH_DRAIN_H
#define BENCH_DRAIN_H

#include "bench/bench.h"

#define DRAIN_REPORT_BYTES 4096

/* What the sink has seen. */
typedef struct drain_stats {
    double requests, reports, distinct, body_bytes, head_bytes, answer_bytes, first_us, last_us;
} drain_stats;

size_t drain_count(void); /* how many reports: 10,000 */

pid_t drain_sink_start(const char *company_id, int *port);
drain_stats drain_sink_stop(pid_t pid, int port);
drain_stats drain_sink_ask(int port);

/* Prints reports/s, client CPU and bytes a report of one side; everything must have arrived. `note` may be NULL. */
void drain_print(const char *side, const drain_stats *seen, double took_us, double cpu_us, const char *note);

#endif
