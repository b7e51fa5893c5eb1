/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/bench.h - what every row of the benchmark needs: clocks, samples, reports of a given size, and the lines
 * that run.py makes a table of.
 *
 * A row is a program or script row_NAME: each run measures once and prints a line of JSON for each figure. Several may
 * print parts of the same figure (ours here, a peer's there); run.py puts together what has the same name, over several
 * rounds.
 */
#ifndef BENCH_H
#define BENCH_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One part of a figure. */
typedef struct bench_part {
    const char *name;
    const char *unit;
    const char *side; /* NULL: ours; "floor": what nothing can go below; else a peer's name */
    double value;
    const char *aim;  /* NULL: none. "<= 200" of ours; "ratio <= 1.3" to the floor; "ratio to naive >= 2" */
    const char *note; /* NULL: none. What caps it, what it stands for */
} bench_part;

void bench_print(bench_part part);

/* The main() of a row: Check only carries the fixtures' assertions, nothing is forked and nothing times out. */
int bench_run(const char *row, const TTest *test);

/* BENCH_QUICK=1: to see that it works at all, not to measure. */
size_t bench_scale(size_t full, size_t quick);

/* BENCH_PAUSE_S=3: waits so long before the part that is measured, and says so, for a profiler to be attached. */
void bench_pause(const char *what);

/* ---- clocks ---- */

double bench_now_us(void);     /* CLOCK_MONOTONIC */
double bench_process_us(void); /* processor time of this process, user and system */
double bench_thread_us(void);  /* of this thread */
void bench_nap_us(double us);

/* ---- samples ---- */

typedef struct bench_samples {
    double *values;
    size_t count, room;
    bool sorted;
} bench_samples;

void bench_add(bench_samples *samples, double value);
double bench_quantile(bench_samples *samples, double share); /* 0.5: the median; 1: the largest */
void bench_clear(bench_samples *samples);

/* ---- processes ---- */

/* Starts a program of the build, with one argument (NULL: none), and reads the port that it prints as its first line. */
pid_t bench_start_server(const char *program, const char *argument, int *port);
/* The whole body of a plain HTTP answer of 127.0.0.1, freed by the caller. */
char *bench_http_get(int port, const char *path);
/* The memory of a process in KiB, as /proc/PID/status names it: "VmRSS", "VmHWM". 0 is this one. */
double bench_memory_kib(pid_t pid, const char *name);

/* ---- reports ---- */

/* A Z document of about that size that no two numbers share: departments, items, taxes. Static buffer. */
const char *bench_document(int64_t z_number, size_t size_bytes, uint32_t *length);

/* ---- syncs.c: calls of fsync() and fdatasync() by this process; they can be left out while a queue is prepared ---- */
uint64_t bench_syncs(void);
void bench_sync_leave_out(bool leave_out);

/* ---- names.c: look-ups of host names take so long from now on, and find nothing; 0: they work ---- */
void bench_stall_names(int ms);

#endif
