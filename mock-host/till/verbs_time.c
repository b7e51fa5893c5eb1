/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of time: moving the clock, ticking, waiting.
 */
#include <inttypes.h>
#include <string.h>

#include "calendar.h"
#include "flow.h"
#include "pulse.h"
#include "verbs.h"

static enum run_result verbs_move(struct run *run, int64_t duration_ms)
{
    switch (flow_advance(run->till, duration_ms, NULL, NULL, &run->fault)) {
    case FLOW_FAULT:
        return RUN_FAILED;
    case FLOW_STOPPED:
        return run_fail(run, "stopped by a signal");
    default:
        return RUN_OK;
    }
}

enum run_result verb_advance(struct run *run, const struct words *words)
{
    int64_t duration_ms;
    if (!run_parse_duration(words->word[1], &duration_ms))
        return run_refuse(run, "\"%s\" is no duration, like 30m, 8h or 1d12h", words->word[1]);
    return verbs_move(run, duration_ms);
}

enum run_result verb_at(struct run *run, const struct words *words)
{
    int32_t minute;
    int64_t now_ms = clock_wall_ms(&run->till->clock);
    int64_t wanted_ms;
    if (options_parse_minute(words->word[1], &minute))
        wanted_ms = calendar_next_at(now_ms, minute);
    else if (!calendar_parse_local(words->word[1], &wanted_ms))
        return run_refuse(run, "\"%s\" is no time, like 20:30 or 2026-01-06T09:00", words->word[1]);
    if (wanted_ms < now_ms)
        return run_fail(run, "%s is over already; clock-jump sets the clock back", words->word[1]);
    return verbs_move(run, wanted_ms - now_ms);
}

enum run_result verb_clock(struct run *run, const struct words *words)
{
    char text[CALENDAR_TEXT_BYTES];
    (void)words;
    calendar_format_time(clock_wall_ms(&run->till->clock), text);
    (void)fprintf(run->out, "%s\n", text);
    return RUN_OK;
}

enum run_result verb_clock_jump(struct run *run, const struct words *words)
{
    int64_t duration_ms;
    bool back = words->word[1][0] == '-';
    if (!run_parse_duration(words->word[1] + (back ? 1 : 0), &duration_ms))
        return run_refuse(run, "\"%s\" is no duration, like 30m or -1h", words->word[1]);
    clock_jump(&run->till->clock, back ? -duration_ms : duration_ms);
    const struct shop *shop = &run->till->shop;
    shop_set_trading(run->till, shop->trading, shop->close_at_minute, shop->receipts_a_day);
    return RUN_OK;
}

enum run_result verb_pause(struct run *run, const struct words *words)
{
    int64_t duration_ms;
    if (!run_parse_duration(words->word[1], &duration_ms) || duration_ms > CALENDAR_HOUR_MS)
        return run_refuse(run, "pause takes a duration of at most 1h, like 500ms, not \"%s\"", words->word[1]);
    struct flow_wait wait = {.timeout_real_ms = duration_ms, .fd = -1};
    switch (flow_until(run->till, &wait, &run->fault)) {
    case FLOW_FAULT:
        return RUN_FAILED;
    case FLOW_STOPPED:
        return run_fail(run, "stopped by a signal");
    default:
        return RUN_OK;
    }
}

enum run_result verb_tick(struct run *run, const struct words *words)
{
    static const struct {
        const char *name;
        uint32_t flag;
    } flags[] = {{"resumed", POS_TICK_RESUMED},
                 {"network-changed", POS_TICK_NETWORK_CHANGED},
                 {"locale-changed", POS_TICK_LOCALE_CHANGED}};
    for (size_t i = 1; i < words->count; i++) {
        size_t f = 0;
        while (f < 3 && strcmp(flags[f].name, words->word[i]) != 0)
            f++;
        if (f == 3)
            return run_refuse(run, "a tick's flag is resumed, network-changed or locale-changed, not \"%s\"",
                              words->word[i]);
        run->till->pulse.flags |= flags[f].flag;
    }
    return pulse_tick(run->till, &run->fault) ? RUN_OK : RUN_FAILED;
}

struct verbs_goal {
    const struct till *till;
    int64_t pending;
};

static bool verbs_is_idle(void *ctx)
{
    const struct verbs_goal *goal = ctx;
    const struct till *till = goal->till;
    if (till->instance.guard == NULL)
        return true;
    return !till->handover.waiting && till->pulse.ticked && till->pulse.pending == 0 && till->pulse.next_tick_ms > 0;
}

static bool verbs_is_pending(void *ctx)
{
    const struct verbs_goal *goal = ctx;
    return goal->till->pulse.ticked && (int64_t)goal->till->pulse.pending == goal->pending;
}

static enum run_result verbs_wait_for(struct run *run, struct verbs_goal *goal, bool idle, int64_t timeout_ms)
{
    enum run_result result = run_wait(run, idle ? verbs_is_idle : verbs_is_pending, goal, timeout_ms,
                                      idle ? "still not idle" : "another number is pending");
    if (result == RUN_FAILED) {
        struct fault told = run->fault;
        (void)fault_set(&run->fault, "%.300s: %u pending%s", told.text, (unsigned)run->till->pulse.pending,
                        run->till->handover.waiting ? ", and closed days not handed over" : "");
    }
    return result;
}

enum run_result verb_wait(struct run *run, const struct words *words)
{
    struct verbs_goal goal = {.till = run->till};
    int64_t timeout_ms = RUN_IDLE_TIMEOUT_MS;
    bool idle = strcmp(words->word[1], "idle") == 0;
    size_t timeout_at = idle ? 2 : 3;
    if (!idle && (strcmp(words->word[1], "pending") != 0 || words->count < 3 ||
                  !options_parse_number(words->word[2], 0, UINT32_MAX, &goal.pending)))
        return run_refuse(run, "it is: wait idle [DURATION], or: wait pending N [DURATION]");
    if (words->count > timeout_at + 1 ||
        (words->count > timeout_at && !run_parse_duration(words->word[timeout_at], &timeout_ms)))
        return run_refuse(run, "it is: wait idle [DURATION], or: wait pending N [DURATION]");
    return verbs_wait_for(run, &goal, idle, timeout_ms);
}
