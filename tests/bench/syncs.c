/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/syncs.c - stands before libc's fsync() and fdatasync(), SQLite's included, and counts them: what a sync
 * costs differs a hundredfold between disks, how many there are does not.
 */
#include "bench/bench.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_uint_fast64_t count;
static atomic_bool left_out;

uint64_t bench_syncs(void)
{
    return atomic_load(&count);
}

void bench_sync_leave_out(bool leave_out)
{
    atomic_store(&left_out, leave_out);
}

static int sync_file(long call, int fd)
{
    if (atomic_load(&left_out))
        return 0;
    atomic_fetch_add(&count, 1);
    return (int)syscall(call, fd);
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    return sync_file(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return sync_file(SYS_fdatasync, fd);
}
