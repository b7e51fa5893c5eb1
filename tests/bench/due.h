/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/due.h - who is due next, of very many: a heap. */
#ifndef BENCH_DUE_H
#define BENCH_DUE_H

#include <stddef.h>
#include <stdint.h>

typedef struct bench_due {
    int64_t at_ms;
    void *item;
} bench_due;

typedef struct bench_agenda {
    bench_due *heap;
    size_t count, room;
} bench_agenda;

void bench_due_push(bench_agenda *agenda, int64_t at_ms, void *item);
int64_t bench_due_next_ms(const bench_agenda *agenda); /* INT64_MAX: nobody is due */
bench_due bench_due_pop(bench_agenda *agenda);         /* somebody must be */
void bench_due_clear(bench_agenda *agenda);

#endif
