/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's loop. Event driven: it sleeps until the plugin's next tick, the shop's next event or input. Two exceptions
 * keep a fast clock honest with a network that is not fast: a scaled clock ticks every few real ms while something is
 * pending, and moved time takes a little real time then.
 */
#include "flow.h"

#include <signal.h>
#include <sys/select.h>
#include <time.h>

#include "pulse.h"
#include "shop.h"
#include "till.h"

#define FLOW_BRISK_MS  5
#define FLOW_SCALED_MS 10
#define FLOW_STEP_MIN_MS                                                                                               \
    1000 /* of moved time: a plugin that asks for 50 ms ticks while it uploads would make a day long */
#define FLOW_STEP_MAX_MS  60000
#define FLOW_SLEEP_MAX_MS 60000

static volatile sig_atomic_t flow_stopped;

static void flow_on_signal(int number)
{
    (void)number;
    flow_stopped = 1;
}

void flow_catch_signals(void)
{
    struct sigaction action = {.sa_handler = flow_on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool flow_is_stopped(void)
{
    return flow_stopped != 0;
}

static int64_t flow_sleep_ms(const struct till *till, const struct flow_wait *wait, int64_t deadline_ms)
{
    int64_t sleep_ms = FLOW_SLEEP_MAX_MS;
    int64_t remaining_ms = pulse_remaining_ms(till);
    int64_t event_ms = shop_next_event_ms(till);
    if (remaining_ms != INT64_MAX)
        sleep_ms = clock_real_wait_ms(&till->clock, remaining_ms);
    if (event_ms != INT64_MAX) {
        int64_t shop_ms = clock_real_wait_ms(&till->clock, event_ms - clock_wall_ms(&till->clock));
        sleep_ms = shop_ms < sleep_ms ? shop_ms : sleep_ms;
    }
    bool busy = till->pulse.pending > 0 || poshost_screen_is_open(till->screen);
    if (busy && till->clock.speed > 1 && sleep_ms > FLOW_SCALED_MS)
        sleep_ms = FLOW_SCALED_MS;
    if (wait->brisk && sleep_ms > FLOW_BRISK_MS)
        sleep_ms = FLOW_BRISK_MS;
    if (wait->timeout_real_ms >= 0 && deadline_ms - clock_real_ms() < sleep_ms)
        sleep_ms = deadline_ms - clock_real_ms();
    if (sleep_ms > FLOW_SLEEP_MAX_MS)
        sleep_ms = FLOW_SLEEP_MAX_MS;
    return sleep_ms > 0 ? sleep_ms : 0;
}

/* True: the descriptor can be read. A signal that comes just before is not slept through: it is let in only here. */
static bool flow_sleep(const struct till *till, int fd, int64_t sleep_ms)
{
    const struct flow_guest *guest = till->guest;
    int64_t guest_ms = guest != NULL ? guest->wait_ms(guest->ctx) : -1;
    if (guest_ms >= 0 && guest_ms < sleep_ms)
        sleep_ms = guest_ms;
    struct timespec timeout = {.tv_sec = sleep_ms / 1000, .tv_nsec = (long)(sleep_ms % 1000) * 1000000L};
    sigset_t stops, before;
    fd_set watched;
    FD_ZERO(&watched);
    if (fd >= 0)
        FD_SET(fd, &watched);
    if (guest != NULL)
        FD_SET(guest->fd, &watched);
    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGINT);
    (void)sigaddset(&stops, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &stops, &before);
    int ready = 0;
    int last = guest != NULL && guest->fd > fd ? guest->fd : fd;
    if (flow_stopped == 0)
        ready = pselect(last + 1, &watched, NULL, NULL, &timeout, &before);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (guest != NULL && flow_stopped == 0)
        guest->run(guest->ctx);
    return ready > 0 && fd >= 0 && FD_ISSET(fd, &watched);
}

static enum flow_result flow_loop(struct till *till, const struct flow_wait *wait, struct fault *fault)
{
    int64_t deadline_ms = clock_real_ms() + wait->timeout_real_ms;
    bool tick_now = wait->brisk;
    for (;;) {
        if (flow_stopped != 0)
            return FLOW_STOPPED;
        if (!shop_run_due(till, fault))
            return FLOW_FAULT;
        if ((tick_now || pulse_remaining_ms(till) == 0) && !pulse_tick(till, fault))
            return FLOW_FAULT;
        if (wait->is_done != NULL && wait->is_done(wait->ctx))
            return FLOW_DONE;
        if (wait->timeout_real_ms >= 0 && clock_real_ms() >= deadline_ms)
            return FLOW_TIMEOUT;
        int64_t sleep_ms = flow_sleep_ms(till, wait, deadline_ms);
        if (flow_sleep(till, wait->fd, sleep_ms))
            return FLOW_INPUT;
        tick_now = wait->brisk || (till->clock.speed > 1 && till->pulse.pending > 0);
    }
}

enum flow_result flow_until(struct till *till, const struct flow_wait *wait, struct fault *fault)
{
    bool flowed = till->clock.flowing;
    clock_set_flowing(&till->clock, true);
    enum flow_result result = flow_loop(till, wait, fault);
    clock_set_flowing(&till->clock, flowed);
    return result;
}

/* Real time for the network; `owed_us` gathers what is too little to sleep for. */
static void flow_pace(const struct till *till, int64_t step_ms, int64_t *owed_us)
{
    if (till->pulse.pending == 0) {
        *owed_us = 0;
        return;
    }
    *owed_us += till->pace_ms * 1000 * step_ms / 60000;
    if (*owed_us >= 1000) {
        (void)flow_sleep(till, -1, *owed_us / 1000);
        *owed_us %= 1000;
    }
}

static int64_t flow_next_step_ms(const struct till *till, int64_t end_ms)
{
    int64_t now_ms = clock_elapsed_ms(&till->clock);
    int64_t step_ms = pulse_remaining_ms(till);
    if (till->instance.guard == NULL)
        step_ms = end_ms - now_ms; /* nobody wants a tick: straight to the shop's next event */
    else if (step_ms < FLOW_STEP_MIN_MS)
        step_ms = FLOW_STEP_MIN_MS;
    else if (step_ms > FLOW_STEP_MAX_MS)
        step_ms = FLOW_STEP_MAX_MS;
    int64_t event_ms = shop_next_event_ms(till);
    int64_t wall_ms = clock_wall_ms(&till->clock);
    if (event_ms != INT64_MAX && event_ms - wall_ms < step_ms)
        step_ms = event_ms > wall_ms ? event_ms - wall_ms : 0;
    return end_ms - now_ms < step_ms ? end_ms - now_ms : step_ms;
}

enum flow_result flow_advance(struct till *till, int64_t duration_ms, bool (*is_done)(void *ctx), void *ctx,
                              struct fault *fault)
{
    int64_t owed_us = 0;
    int64_t end_ms = clock_elapsed_ms(&till->clock) + duration_ms;
    while (clock_elapsed_ms(&till->clock) < end_ms) {
        if (flow_stopped != 0)
            return FLOW_STOPPED;
        int64_t step_ms = flow_next_step_ms(till, end_ms);
        clock_advance(&till->clock, step_ms);
        if (!shop_run_due(till, fault) || !pulse_run(till, fault))
            return FLOW_FAULT;
        if (is_done != NULL && is_done(ctx))
            return FLOW_DONE;
        flow_pace(till, step_ms, &owed_us);
    }
    return FLOW_TIMEOUT;
}
