/* SPDX-License-Identifier: Apache-2.0 */
/* core/backoff.c - doubling waits with jitter, capped by what failed (core/backoff.h). */
#include "core/backoff.h"

#define BASE_MS INT64_C(1000)

void backoff_fail(backoff *b, int64_t elapsed_ms, bool busy, int64_t retry_after_ms, uint64_t random)
{
    int64_t cap = busy ? BACKOFF_BUSY_CAP_MS : BACKOFF_OFFLINE_CAP_MS;
    int64_t wait = BASE_MS;
    for (uint32_t i = 0; i < b->failures && wait < cap; i++)
        wait *= 2;
    if (wait > cap)
        wait = cap;
    if (b->failures < UINT32_MAX)
        b->failures++;
    b->retry_at = elapsed_ms + wait / 2 + (int64_t)(random % (uint64_t)(wait / 2 + 1));
    if (retry_after_ms > BACKOFF_FLOOR_CAP_MS)
        retry_after_ms = BACKOFF_FLOOR_CAP_MS;
    if (retry_after_ms > 0)
        b->floor_at = elapsed_ms + retry_after_ms;
}

void backoff_succeed(backoff *b)
{
    *b = (backoff){0};
}

void backoff_skip(backoff *b)
{
    b->retry_at = 0;
}

int64_t backoff_wait_ms(const backoff *b, int64_t elapsed_ms)
{
    int64_t at = b->retry_at > b->floor_at ? b->retry_at : b->floor_at;
    return at > elapsed_ms ? at - elapsed_ms : 0;
}
