/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's clock: a reading of real time, scaled, plus whatever was moved by hand.
 */
#include "clock.h"

#include <time.h>

static int64_t clock_read(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_real_ms(void)
{
    return clock_read(CLOCK_BOOTTIME);
}

int64_t clock_real_wall_ms(void)
{
    return clock_read(CLOCK_REALTIME);
}

void clock_start(struct till_clock *clock, int64_t wall_ms, int64_t speed, bool flowing, int64_t (*source_ms)(void))
{
    clock->source_ms = source_ms;
    clock->speed = speed;
    clock->flowing = flowing;
    clock->wall_ms = wall_ms;
    clock->since_ms = source_ms();
    clock->elapsed_ms = clock->since_ms;
}

static int64_t clock_passed_ms(const struct till_clock *clock)
{
    return clock->flowing ? (clock->source_ms() - clock->since_ms) * clock->speed : 0;
}

int64_t clock_wall_ms(const struct till_clock *clock)
{
    return clock->wall_ms + clock_passed_ms(clock);
}

int64_t clock_elapsed_ms(const struct till_clock *clock)
{
    return clock->elapsed_ms + clock_passed_ms(clock);
}

/* Makes the present the new base, so that what follows changes nothing that has passed. */
static void clock_settle(struct till_clock *clock)
{
    int64_t now_ms = clock->source_ms();
    int64_t passed_ms = clock->flowing ? (now_ms - clock->since_ms) * clock->speed : 0;
    clock->wall_ms += passed_ms;
    clock->elapsed_ms += passed_ms;
    clock->since_ms = now_ms;
}

void clock_advance(struct till_clock *clock, int64_t duration_ms)
{
    clock_settle(clock);
    clock->wall_ms += duration_ms;
    clock->elapsed_ms += duration_ms;
}

void clock_jump(struct till_clock *clock, int64_t duration_ms)
{
    clock_settle(clock);
    clock->wall_ms += duration_ms;
}

void clock_set_flowing(struct till_clock *clock, bool flowing)
{
    clock_settle(clock);
    clock->flowing = flowing;
}

int64_t clock_real_wait_ms(const struct till_clock *clock, int64_t duration_ms)
{
    if (duration_ms <= 0)
        return 0;
    return (duration_ms + clock->speed - 1) / clock->speed;
}
