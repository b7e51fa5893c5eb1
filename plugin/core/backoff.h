/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/backoff.h - when to try again, per destination, on a clock that counts sleep.
 *
 * While the cloud cannot be reached: soon, then between 22 and 45 s, so that with the connect timeout (15 s) a till is
 * back within a minute. While it answers but cannot serve (429, 5xx): doubling, at last between 10 and 20 minutes.
 * Jitter keeps a fleet from coming back all at once. What the cloud itself asks for (Retry-After) is a floor that
 * nothing skips, clamped to 6 hours so that a broken cloud cannot silence a till for ever.
 */
#ifndef CORE_BACKOFF_H
#define CORE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#define BACKOFF_OFFLINE_CAP_MS INT64_C(45000)
#define BACKOFF_BUSY_CAP_MS    (INT64_C(20) * 60 * 1000)
#define BACKOFF_FLOOR_CAP_MS   (INT64_C(6) * 60 * 60 * 1000)

typedef struct backoff {
    uint32_t failures; /* in a row */
    int64_t retry_at;  /* elapsed ms; 0: now */
    int64_t floor_at;  /* elapsed ms: the cloud's own wish */
} backoff;

/* random: 64 random bits. retry_after_ms: -1 when the cloud did not say. */
void backoff_fail(backoff *b, int64_t elapsed_ms, bool busy, int64_t retry_after_ms, uint64_t random);
void backoff_succeed(backoff *b);
void backoff_skip(backoff *b); /* to now, but not before the floor */
/* How long to wait still; 0: not at all. */
int64_t backoff_wait_ms(const backoff *b, int64_t elapsed_ms);

#endif
