/* SPDX-License-Identifier: Apache-2.0 */
/* core/shared.c - what every part of the core uses: randomness, the log, "something changed", the state record. */
#include <stdarg.h>
#include <stdio.h>

#include "core/internal.h"

uint64_t core_random(core *c)
{
    uint64_t value;
    c->env.random(&value, sizeof value);
    return value;
}

void core_log(core *c, uint32_t level, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    c->env.log(c->env.host_ctx, level, line);
}

void core_changed(core *c)
{
    c->generation++;
}

void core_forget_failure(core *c)
{
    c->failing_since_ms = 0;
    c->last_failure = (protocol_verdict){.outcome = PROTOCOL_DONE, .cause = CAUSE_NONE};
}

int64_t core_answer_wait_ms(int64_t asked_at, core_time now)
{
    int64_t waited_ms = now.elapsed_ms - asked_at;
    if (waited_ms < 8)
        return 1;
    return waited_ms < 4 * CORE_ANSWER_WAIT_MS ? waited_ms / 4 : CORE_ANSWER_WAIT_MS;
}

uint64_t core_generation(const core *c)
{
    return c->generation;
}

int32_t core_save_state(core *c)
{
    if (!vault_may_write(&c->vault)) {
        c->state_dirty = true;
        return POS_OK;
    }
    int32_t result = state_save(&c->vault, &c->state);
    c->state_dirty = result != POS_OK;
    if (result == POS_OK)
        c->outbox.nameless = false;
    return result;
}
