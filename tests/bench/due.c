/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/due.c - a binary heap, the earliest first: see due.h. */
#include "bench/due.h"

#include <check.h>
#include <stdlib.h>

void bench_due_push(bench_agenda *agenda, int64_t at_ms, void *item)
{
    if (agenda->count == agenda->room) {
        agenda->room = agenda->room ? 2 * agenda->room : 1024;
        bench_due *grown = realloc(agenda->heap, agenda->room * sizeof *grown);
        ck_assert_ptr_nonnull(grown);
        agenda->heap = grown;
    }
    bench_due *heap = agenda->heap;
    size_t at = agenda->count++;
    for (; at > 0 && heap[(at - 1) / 2].at_ms > at_ms; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = (bench_due){at_ms, item};
}

int64_t bench_due_next_ms(const bench_agenda *agenda)
{
    return agenda->count > 0 ? agenda->heap[0].at_ms : INT64_MAX;
}

bench_due bench_due_pop(bench_agenda *agenda)
{
    bench_due *heap = agenda->heap;
    bench_due first = heap[0], last = heap[--agenda->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < agenda->count; at = child) {
        if (child + 1 < agenda->count && heap[child + 1].at_ms < heap[child].at_ms)
            child++;
        if (last.at_ms <= heap[child].at_ms)
            break;
        heap[at] = heap[child];
    }
    if (agenda->count > 0)
        heap[at] = last;
    return first;
}

void bench_due_clear(bench_agenda *agenda)
{
    free(agenda->heap);
    *agenda = (bench_agenda){NULL, 0, 0};
}
