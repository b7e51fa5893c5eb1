/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/fast_clock.c - defines clock_gettime() and poll(), which libcurl then calls instead of the C library's:
 * the one runs ahead, the other sleeps as much less. Only monotonic clocks are touched.
 */
#define _GNU_SOURCE /* syscall numbers */
#include "netcut/fast_clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

static _Thread_local bool is_out;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t ahead_ns; /* up to since_ns */
static int64_t since_ns;
static int factor = 1;

static int64_t read_ns(void)
{
    struct timespec now;
    (void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void fast_clock_keep_out(void)
{
    is_out = true;
}

void fast_clock_set(int wanted)
{
    pthread_mutex_lock(&lock);
    int64_t now_ns = read_ns();
    ahead_ns += (now_ns - since_ns) * (factor - 1);
    since_ns = now_ns;
    factor = wanted;
    pthread_mutex_unlock(&lock);
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *out)
{
    int result = (int)syscall(SYS_clock_gettime, clock, out);
    if (result != 0 || is_out || (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_RAW))
        return result;
    pthread_mutex_lock(&lock);
    int64_t ns = (int64_t)out->tv_sec * NS_PER_S + out->tv_nsec + ahead_ns;
    if (factor != 1)
        ns += (read_ns() - since_ns) * (factor - 1);
    pthread_mutex_unlock(&lock);
    out->tv_sec = (time_t)(ns / NS_PER_S);
    out->tv_nsec = (long)(ns % NS_PER_S);
    return 0;
}

__attribute__((visibility("default"))) int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct timespec limit;
    pthread_mutex_lock(&lock);
    int divisor = is_out ? 1 : factor;
    pthread_mutex_unlock(&lock);
    int64_t ns = (int64_t)timeout_ms * (NS_PER_S / 1000) / divisor;
    limit = (struct timespec){(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    return (int)syscall(SYS_ppoll, fds, count, timeout_ms < 0 ? NULL : &limit, NULL, 0);
}
