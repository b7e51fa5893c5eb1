/* SPDX-License-Identifier: Apache-2.0 */
/* oom/memory.c - the allocator of oom/memory.h, over that of the C library. */
#define _GNU_SOURCE /* dladdr */ /* NOLINT */
#include "oom/memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS_MAX  65536u
#define BUCKETS     65536u
#define NO_BLOCK    UINT32_MAX
#define PRINTED_MAX 20u
#define LOST_MAX    4u /* blocks that OpenSSL loses by itself when memory is out in the midst of a handshake */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

typedef struct block {
    const void *at;
    const void *caller;
    size_t size;
    uint64_t serial;
    uint32_t next;
} block;

static struct {
    atomic_flag lock;
    bool ready;
    uint32_t buckets[BUCKETS], free_block, live;
    uint64_t made;
    block blocks[BLOCKS_MAX];
} table = {.lock = ATOMIC_FLAG_INIT};

static _Thread_local bool is_host, is_inside;

static atomic_uint_fast64_t counts[MEMORY_SIDES];
static atomic_uint_fast64_t fail_at[MEMORY_SIDES]; /* 0: none */
static atomic_bool fail_lasts, all_fail, has_failed;

/* ---- whose is it? ---- */

void memory_be_host(void)
{
    is_host = true;
}

void memory_enter(void)
{
    is_inside = true;
}

bool memory_leave(void)
{
    bool was = is_inside;
    is_inside = false;
    return was;
}

void memory_return(bool inside)
{
    is_inside = inside;
}

static bool is_plugins(void)
{
    return !is_host || is_inside;
}

/* ---- failing ---- */

void memory_fail(memory_side side, uint64_t at, bool lasting)
{
    for (int i = 0; i < MEMORY_SIDES; i++)
        atomic_store(&counts[i], 0);
    atomic_store(&has_failed, false);
    atomic_store(&all_fail, false);
    atomic_store(&fail_lasts, lasting);
    atomic_store(&fail_at[side], at);
}

bool memory_heal(void)
{
    for (int i = 0; i < MEMORY_SIDES; i++)
        atomic_store(&fail_at[i], 0);
    atomic_store(&all_fail, false);
    return atomic_exchange(&has_failed, false);
}

bool memory_failed(void)
{
    return atomic_load(&has_failed);
}

uint64_t memory_count(memory_side side)
{
    return atomic_load(&counts[side]);
}

static bool is_short(void)
{
    memory_side side = is_host ? MEMORY_CALLER : MEMORY_WORKER;
    if (!is_plugins())
        return false;
    uint64_t n = atomic_fetch_add(&counts[side], 1) + 1;
    if (atomic_load(&fail_at[side]) == n) {
        atomic_store(&has_failed, true);
        if (atomic_load(&fail_lasts))
            atomic_store(&all_fail, true);
        errno = ENOMEM;
        return true;
    }
    if (atomic_load(&all_fail))
        errno = ENOMEM;
    return atomic_load(&all_fail);
}

/* ---- what is alive ---- */

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&table.lock, memory_order_acquire))
        ;
    if (table.ready)
        return;
    for (uint32_t i = 0; i < BUCKETS; i++)
        table.buckets[i] = NO_BLOCK;
    for (uint32_t i = 0; i < BLOCKS_MAX; i++)
        table.blocks[i].next = i + 1 < BLOCKS_MAX ? i + 1 : NO_BLOCK;
    table.ready = true;
}

static void unlock(void)
{
    atomic_flag_clear_explicit(&table.lock, memory_order_release);
}

static uint32_t *bucket_of(const void *at)
{
    return &table.buckets[((uintptr_t)at >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 48];
}

static void *note(void *at, size_t size, const void *caller)
{
    if (!at || !is_plugins())
        return at;
    lock();
    uint32_t i = table.free_block;
    if (i == NO_BLOCK)
        abort(); /* a plugin that needs so many blocks at once is what this looks for */
    block *b = &table.blocks[i];
    uint32_t *bucket = bucket_of(at);
    table.free_block = b->next;
    *b = (block){at, caller, size, ++table.made, *bucket};
    *bucket = i;
    table.live++;
    unlock();
    return at;
}

static void forget(const void *at)
{
    if (!at || !table.ready)
        return;
    lock();
    for (uint32_t *link = bucket_of(at); *link != NO_BLOCK; link = &table.blocks[*link].next) {
        uint32_t i = *link;
        if (table.blocks[i].at != at)
            continue;
        *link = table.blocks[i].next;
        table.blocks[i].at = NULL;
        table.blocks[i].next = table.free_block;
        table.free_block = i;
        table.live--;
        break;
    }
    unlock();
}

size_t memory_live(void)
{
    return table.live;
}

uint64_t memory_made(void)
{
    return table.made;
}

static bool is_called_from(const block *b, const char *library)
{
    Dl_info info = {0};
    return dladdr(b->caller, &info) != 0 && info.dli_fname && strstr(info.dli_fname, library);
}

/* What the C library keeps with the stacks of threads that have ended, for the next ones, is no leak. */
static bool is_kept(const block *b)
{
    return is_called_from(b, "/ld-");
}

static void print_block(FILE *out, const block *b)
{
    Dl_info info = {0};
    (void)dladdr(b->caller, &info);
    fprintf(out, "    alive: %zu bytes, allocation %llu, called from %s+0x%zx %s\n", b->size,
            (unsigned long long)b->serial, info.dli_fname ? info.dli_fname : "?",
            (size_t)((const char *)b->caller - (const char *)info.dli_fbase), info.dli_sname ? info.dli_sname : "");
}

size_t memory_print_live(FILE *out, uint64_t since)
{
    size_t count = 0, lost = 0;
    for (uint32_t i = 0; i < BLOCKS_MAX; i++) {
        const block *b = &table.blocks[i];
        if (!b->at || b->serial <= since || is_kept(b))
            continue;
        if (is_called_from(b, "/libcrypto.") && ++lost <= LOST_MAX)
            continue;
        if (count++ < PRINTED_MAX)
            print_block(out, b);
    }
    return count;
}

/* ---- in place of the C library's ---- */

#define EXPORTED __attribute__((visibility("default")))
#define CALLER   __builtin_return_address(0)

EXPORTED void *malloc(size_t size)
{
    return is_short() ? NULL : note(__libc_malloc(size), size, CALLER);
}

EXPORTED void *calloc(size_t count, size_t size)
{
    return is_short() ? NULL : note(__libc_calloc(count, size), count * size, CALLER);
}

EXPORTED void *realloc(void *old, size_t size)
{
    if (is_short())
        return NULL;
    void *made = __libc_realloc(old, size);
    if (made || size == 0)
        forget(old);
    return note(made, size, CALLER);
}

EXPORTED void free(void *at)
{
    forget(at);
    __libc_free(at);
}

EXPORTED void *memalign(size_t alignment, size_t size)
{
    return is_short() ? NULL : note(__libc_memalign(alignment, size), size, CALLER);
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
    return is_short() ? NULL : note(__libc_memalign(alignment, size), size, CALLER);
}

EXPORTED int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *made = is_short() ? NULL : note(__libc_memalign(alignment, size), size, CALLER);
    if (made)
        *out = made;
    return made ? 0 : ENOMEM;
}
