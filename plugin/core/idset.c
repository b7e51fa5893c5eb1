/* SPDX-License-Identifier: Apache-2.0 */
/* core/idset.c - a set of ids as ascending runs: binary search to find, memmove to change (core/idset.h). */
#include "core/idset.h"

#include <stdlib.h>
#include <string.h>

void idset_free(idset *set)
{
    free(set->runs);
    *set = (idset){0};
}

/* Index of the first run whose last id is >= id; count when there is none. */
static size_t idset_find(const idset *set, uint64_t id)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->runs[middle].last < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool idset_reserve(idset *set)
{
    if (set->count < set->capacity)
        return true;
    size_t capacity = set->capacity ? set->capacity * 2 : 8;
    idset_run *runs = realloc(set->runs, capacity * sizeof *runs);
    if (!runs)
        return false;
    set->runs = runs;
    set->capacity = capacity;
    return true;
}

static bool idset_insert_run(idset *set, size_t at, idset_run run)
{
    if (!idset_reserve(set))
        return false;
    memmove(&set->runs[at + 1], &set->runs[at], (set->count - at) * sizeof *set->runs);
    set->runs[at] = run;
    set->count++;
    return true;
}

static void idset_delete_run(idset *set, size_t at)
{
    set->count--;
    memmove(&set->runs[at], &set->runs[at + 1], (set->count - at) * sizeof *set->runs);
}

bool idset_add(idset *set, uint64_t id)
{
    size_t at = idset_find(set, id);
    if (at < set->count && set->runs[at].first <= id)
        return true;
    bool joins_before = at > 0 && set->runs[at - 1].last + 1 == id;
    bool joins_after = at < set->count && id + 1 == set->runs[at].first;
    if (joins_before && joins_after) {
        set->runs[at - 1].last = set->runs[at].last;
        idset_delete_run(set, at);
    } else if (joins_before) {
        set->runs[at - 1].last = id;
    } else if (joins_after) {
        set->runs[at].first = id;
    } else if (!idset_insert_run(set, at, (idset_run){id, id})) {
        return false;
    }
    set->size++;
    return true;
}

bool idset_remove(idset *set, uint64_t id)
{
    size_t at = idset_find(set, id);
    if (at == set->count || set->runs[at].first > id)
        return true;
    idset_run *run = &set->runs[at];
    if (run->first == run->last) {
        idset_delete_run(set, at);
    } else if (run->first == id) {
        run->first++;
    } else if (run->last == id) {
        run->last--;
    } else {
        idset_run right = {id + 1, run->last};
        if (!idset_insert_run(set, at + 1, right))
            return false;
        set->runs[at].last = id - 1;
    }
    set->size--;
    return true;
}

bool idset_has(const idset *set, uint64_t id)
{
    size_t at = idset_find(set, id);
    return at < set->count && set->runs[at].first <= id;
}

bool idset_next(const idset *set, uint64_t from, uint64_t *id)
{
    size_t at = idset_find(set, from);
    if (at == set->count)
        return false;
    *id = set->runs[at].first > from ? set->runs[at].first : from;
    return true;
}

bool idset_at(const idset *set, uint64_t index, uint64_t *id)
{
    for (size_t i = 0; i < set->count; i++) {
        uint64_t length = set->runs[i].last - set->runs[i].first + 1;
        if (index < length) {
            *id = set->runs[i].first + index;
            return true;
        }
        index -= length;
    }
    return false;
}

uint64_t idset_count_between(const idset *set, uint64_t first, uint64_t last)
{
    uint64_t total = 0;
    for (size_t i = idset_find(set, first); i < set->count && set->runs[i].first <= last; i++) {
        uint64_t from = set->runs[i].first > first ? set->runs[i].first : first;
        uint64_t to = set->runs[i].last < last ? set->runs[i].last : last;
        total += to - from + 1;
    }
    return total;
}
