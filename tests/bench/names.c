/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/names.c - stands before libc's getaddrinfo(), so that a name server that never answers can be had without
 * the rights to set one up. libcurl calls it in a thread of its own, as it would the real one.
 */
#define _GNU_SOURCE /* RTLD_NEXT */ /* NOLINT */
#include "bench/bench.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>

typedef int (*lookup)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static atomic_int stalled_ms;

void bench_stall_names(int ms)
{
    atomic_store(&stalled_ms, ms);
}

__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **found)
{
    int ms = atomic_load(&stalled_ms);
    if (ms > 0) {
        bench_nap_us(ms * 1e3);
        return EAI_AGAIN;
    }
    lookup real;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(node, service, hints, found);
}
