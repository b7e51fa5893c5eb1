/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oom/memory.h - this program's malloc() takes the place of the C library's, for the plugin's object and for every
 * library under it. It knows what the plugin allocates: whatever a thread does inside a call of the plugin's, and all
 * that threads do which the plugin has started. Of those allocations a chosen one fails, or that one and all after it;
 * and those that are alive are known.
 */
#ifndef OOM_MEMORY_H
#define OOM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum memory_side {
    MEMORY_WORKER = 0, /* of every thread that says nothing: the plugin's own */
    MEMORY_CALLER,     /* the host's thread, while it is inside the plugin */
    MEMORY_SIDES
} memory_side;

/* This thread is the host's: its allocations are the plugin's between memory_enter() and memory_leave() only. A thread
 * that never enters is the server's. */
void memory_be_host(void);
void memory_enter(void);
bool memory_leave(void); /* was it inside? For a callback, which gives that back: */
void memory_return(bool inside);

/* The at-th allocation of that side from now on fails (from 1); lasting: and from then on all of both sides. */
void memory_fail(memory_side side, uint64_t at, bool lasting);
bool memory_heal(void); /* nothing fails any more. Did anything? */
bool memory_failed(void);

uint64_t memory_count(memory_side side); /* since the last memory_fail() or the start */
size_t memory_live(void);                /* blocks of the plugin's that are alive */
/* Those that were made after `since` blocks had been made. */
uint64_t memory_made(void);
size_t memory_print_live(FILE *out, uint64_t since);

#endif
