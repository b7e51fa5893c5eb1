/* SPDX-License-Identifier: Apache-2.0 */
/* tests/support/e2e_memory.h - looks through all memory of another process, as a core image of it would have it. */
#ifndef SUPPORT_E2E_MEMORY_H
#define SUPPORT_E2E_MEMORY_H

#include "support/e2e_base.h"

/* One place where the bytes stand: up to E2E_MEMORY_BEFORE of those before, and where that is. */
#define E2E_MEMORY_BEFORE 2048

typedef struct e2e_memory_hit {
    const char *text; /* the found bytes; `before` readable ones stand before them, `after` from them on */
    size_t before;
    size_t after;
    const char *mapping; /* as /proc/PID/maps names it, "" for one without a name */
} e2e_memory_hit;

/* Calls back for every place; returns how many there were. The process is one of ours, and is held meanwhile. */
size_t e2e_memory_search(pid_t pid, const char *needle, size_t length, void (*found)(void *context, e2e_memory_hit hit),
                         void *context);

#endif
