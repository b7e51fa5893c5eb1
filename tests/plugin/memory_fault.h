/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/memory_fault.h - makes one chosen allocation fail, whoever asks for it: the test program's malloc() takes
 * the place of the C library's, for the libraries too. Included by one file of a program. Sanitizers have a malloc() of
 * their own; there MEMORY_FAULT is 0 and nothing ever fails.
 */
#ifndef TESTS_PLUGIN_MEMORY_FAULT_H
#define TESTS_PLUGIN_MEMORY_FAULT_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MEMORY_FAULT 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#undef MEMORY_FAULT
#define MEMORY_FAULT 0
#endif
#ifndef MEMORY_FAULT
#define MEMORY_FAULT 1
#endif

static atomic_int memory_countdown; /* the allocation that fails: 1 is the next; 0: none */

/* The n-th allocation from now on fails, in whatever thread. */
static inline void memory_fail_at(int n)
{
    atomic_store(&memory_countdown, n);
}

/* Ends it; did it come to that? */
static inline bool memory_has_failed(void)
{
    return atomic_exchange(&memory_countdown, 0) < 0;
}

#if MEMORY_FAULT
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool memory_is_short(void)
{
    int left = atomic_load(&memory_countdown);

    while (left > 0 && !atomic_compare_exchange_weak(&memory_countdown, &left, left == 1 ? -1 : left - 1))
        continue;
    if (left == 1)
        errno = ENOMEM;
    return left == 1;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return memory_is_short() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return memory_is_short() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    return memory_is_short() ? NULL : __libc_realloc(old, size);
}
#endif

#endif
