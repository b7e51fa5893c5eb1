/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a broken rule is told: at once on the thread of the host's call, later when it was seen on another thread,
 * because a host's log need not be thread-safe and the guard must not become the misuse that it reports.
 */
#include "guard_internal.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const void *poshost_guard_thread(void)
{
    static _Thread_local char me;
    return &me;
}

uint64_t poshost_guard_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void poshost_guard_copy(void *to, size_t to_size, const void *from, uint32_t from_size)
{
    memset(to, 0, to_size);
    /* Half a pointer is none. */
    memcpy(to, from, from_size < to_size ? from_size - from_size % sizeof(void *) : to_size);
}

static const char *name_of(uint32_t side)
{
    return side == POSHOST_SIDE_HOST ? "the host" : "the plugin";
}

static void tell(poshost_guard *guard, uint32_t side, const char *call, const char *rule)
{
    if (guard->meter.misuses >= POSHOST_MISUSES_MAX)
        return;
    guard->meter.misuses++;
    poshost_misuse misuse = {.side = side, .call = call, .rule = rule};
    if (guard->options.on_misuse != NULL)
        guard->options.on_misuse(guard->options.misuse_ctx, &misuse);
    char line[POSHOST_RULE_BYTES + 64];
    poshost_text_format(line, sizeof line, "%s breaks a rule in %s: %s", name_of(side), call, rule);
    if (guard->host.log != NULL)
        guard->host.log(guard->host.ctx, POS_LOG_MISUSE, line);
}

static void park(poshost_guard *guard, uint32_t side, const char *call, const char *rule)
{
    pthread_mutex_lock(&guard->park_lock);
    if (guard->parked_count < POSHOST_PARKED_MAX) {
        poshost_parked *parked = &guard->parked[guard->parked_count++];
        parked->side = side;
        parked->call = call;
        poshost_text_format(parked->rule, sizeof parked->rule, "%s", rule);
    }
    pthread_mutex_unlock(&guard->park_lock);
}

void poshost_guard_misuse(poshost_guard *guard, uint32_t side, const char *call, const char *rule, ...)
{
    char text[POSHOST_RULE_BYTES];
    va_list args;
    va_start(args, rule);
    vsnprintf(text, sizeof text, rule, args);
    va_end(args);
    if (guard->options.mode == POSHOST_GUARD_ABORT) {
        fprintf(stderr, "poshost guard: %s breaks a rule in %s: %s\n", name_of(side), call, text);
        abort();
    }
    atomic_fetch_add(side == POSHOST_SIDE_HOST ? &guard->host_misuses : &guard->plugin_misuses, 1);
    if (atomic_load(&guard->caller) == poshost_guard_thread())
        tell(guard, side, call, text);
    else
        park(guard, side, call, text);
}

void poshost_guard_tell_parked(poshost_guard *guard)
{
    for (;;) {
        poshost_parked one;
        pthread_mutex_lock(&guard->park_lock);
        int has_one = guard->parked_count > 0;
        if (has_one) {
            one = guard->parked[0];
            guard->parked_count--;
            memmove(&guard->parked[0], &guard->parked[1], guard->parked_count * sizeof guard->parked[0]);
        }
        pthread_mutex_unlock(&guard->park_lock);
        if (!has_one)
            return;
        tell(guard, one.side, one.call, one.rule);
    }
}

int32_t poshost_guard_check_result(poshost_guard *guard, uint32_t side, const char *call, int32_t result,
                                   int32_t instead)
{
    if (result <= 0)
        return result;
    poshost_guard_misuse(guard, side, call, "a result is POS_OK or a negative code, this is %d", (int)result);
    return instead;
}

void poshost_guard_check_text(poshost_guard *guard, const char *call, const char *member, const char *text)
{
    if (text != NULL && !poshost_text_is_utf8(text, strlen(text)))
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, call, "%s is not valid UTF-8", member);
}
