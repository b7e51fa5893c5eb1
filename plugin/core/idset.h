/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/idset.h - a set of 64-bit ids, kept as runs of consecutive ones.
 *
 * The queue in memory. A till's Z numbers have no gaps, so a queue of 100,000 is a handful of runs: memory does not
 * grow with it, and neither does finding the next one.
 */
#ifndef CORE_IDSET_H
#define CORE_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct idset_run {
    uint64_t first, last;
} idset_run;

typedef struct idset {
    idset_run *runs; /* ascending, never touching each other */
    size_t count, capacity;
    uint64_t size; /* ids in all runs */
} idset;

void idset_free(idset *set);
bool idset_add(idset *set, uint64_t id);    /* false: out of memory. Adding one that is there is fine */
bool idset_reserve(idset *set);             /* makes sure that the next idset_add or idset_remove cannot fail */
bool idset_remove(idset *set, uint64_t id); /* false: out of memory (a run had to be split) */
bool idset_has(const idset *set, uint64_t id);
bool idset_next(const idset *set, uint64_t from, uint64_t *id); /* the lowest id >= from */
bool idset_at(const idset *set, uint64_t index, uint64_t *id);  /* by position, ascending */
uint64_t idset_count_between(const idset *set, uint64_t first, uint64_t last);

#endif
