/* SPDX-License-Identifier: Apache-2.0 */
/* core/schedule.c - a grid of 30 minutes with an offset per till (core/schedule.h). */
#include "core/schedule.h"

#define LEAST_GAP_MS (INT64_C(10) * 60 * 1000)

/* The first instant of the grid at or after `from`, which is never before the anchor. */
static int64_t next_on_grid(const schedule *s, int64_t from)
{
    int64_t past = (from - s->anchor) % SCHEDULE_PERIOD_MS;
    return past == 0 ? from : from + SCHEDULE_PERIOD_MS - past;
}

void schedule_start(schedule *s, int64_t elapsed_ms, int64_t wall_ms, uint64_t till_hash)
{
    int64_t offset = (int64_t)(till_hash % (uint64_t)SCHEDULE_PERIOD_MS);
    int64_t phase = (wall_ms - offset) % SCHEDULE_PERIOD_MS;
    if (phase < 0)
        phase += SCHEDULE_PERIOD_MS;
    s->anchor = elapsed_ms - phase;
    s->due = next_on_grid(s, elapsed_ms);
    s->running = true;
}

void schedule_soon(schedule *s, int64_t elapsed_ms)
{
    if (s->running && s->due > elapsed_ms + SCHEDULE_SOON_MS)
        s->due = elapsed_ms + SCHEDULE_SOON_MS;
}

bool schedule_is_due(const schedule *s, int64_t elapsed_ms)
{
    return s->running && elapsed_ms >= s->due;
}

void schedule_taken(schedule *s, int64_t elapsed_ms)
{
    s->due = next_on_grid(s, elapsed_ms + LEAST_GAP_MS);
}

int64_t schedule_wait_ms(const schedule *s, int64_t elapsed_ms)
{
    if (!s->running)
        return -1;
    return s->due > elapsed_ms ? s->due - elapsed_ms : 0;
}
