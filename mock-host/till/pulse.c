/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ticks the plugin and keeps what it said. The till never asks the plugin anything in between: status bar, redraws and
 * the wanted delay all come from the last tick.
 */
#include "pulse.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "handover.h"
#include "till.h"

#define PULSE_TICKS_AT_ONCE  500
#define PULSE_AFTER_ERROR_MS 1000u
#define PULSE_CLEAN_ROWS     1000 /* of what swaps of the catalogue left behind */

static void pulse_refresh_screen(struct till *till)
{
    if (!poshost_screen_is_open(till->screen))
        return;
    int32_t result = poshost_screen_refresh(till->screen, poshost_guard_render, till->instance.guard);
    if (result != POS_OK)
        log_write(&till->log, POS_LOG_ERROR, "the settings screen was not drawn (%d): %s", (int)result,
                  poshost_guard_last_error(till->instance.guard));
    till->screen_moved = true;
}

static void pulse_keep(struct till *till, const pos_tick_out *out)
{
    struct pulse *pulse = &till->pulse;
    bool moved = pulse->ticked && pulse->screen_generation != out->screen_generation;
    pulse->ticked = true;
    pulse->next_tick_ms = out->next_tick_ms;
    pulse->attention = out->attention;
    pulse->pending = out->pending;
    pulse->screen_generation = out->screen_generation;
    (void)snprintf(pulse->attention_text, sizeof pulse->attention_text, "%s",
                   out->attention_text != NULL ? out->attention_text : "");
    if (moved)
        pulse_refresh_screen(till);
}

bool pulse_tick(struct till *till, struct fault *fault)
{
    struct pulse *pulse = &till->pulse;
    bool left;
    if (till->instance.guard == NULL)
        return true;
    if (!handover_run(till, fault))
        return false;
    if (strcmp(till->told_currency, till->db.currency) != 0) {
        memcpy(till->told_currency, till->db.currency, sizeof till->told_currency); /* which is host.info.currency */
        pulse->flags |= POS_TICK_LOCALE_CHANGED;
    }
    if (!catalogue_clean(&till->db, PULSE_CLEAN_ROWS, &left, fault)) /* nobody waits for it: at another tick then */
        log_write(&till->log, POS_LOG_WARNING, "cleaning up the catalogue: %s", fault->text);
    pos_tick_in in = {.struct_size = (uint32_t)sizeof in, .flags = pulse->flags};
    pos_tick_out out = {.struct_size = (uint32_t)sizeof out};
    int32_t result = poshost_guard_tick(till->instance.guard, &in, &out);
    pulse->flags = 0;
    if (result == POS_OK) {
        pulse_keep(till, &out);
    } else {
        log_write(&till->log, POS_LOG_ERROR, "the tick failed (%d): %s", (int)result,
                  poshost_guard_last_error(till->instance.guard));
        pulse->next_tick_ms = PULSE_AFTER_ERROR_MS;
    }
    pulse->due_elapsed_ms = clock_elapsed_ms(&till->clock) + pulse->next_tick_ms;
    return true;
}

bool pulse_run(struct till *till, struct fault *fault)
{
    for (int ticks = 0; ticks < PULSE_TICKS_AT_ONCE; ticks++) {
        if (!pulse_tick(till, fault))
            return false;
        if (till->instance.guard == NULL || till->pulse.next_tick_ms > 0)
            return true;
    }
    log_write(&till->log, POS_LOG_DEBUG, "the plugin still has more to do after %d ticks", PULSE_TICKS_AT_ONCE);
    return true;
}

void pulse_hasten(struct till *till)
{
    till->pulse.due_elapsed_ms = clock_elapsed_ms(&till->clock);
}

int64_t pulse_remaining_ms(const struct till *till)
{
    if (till->instance.guard == NULL)
        return INT64_MAX;
    int64_t remaining_ms = till->pulse.due_elapsed_ms - clock_elapsed_ms(&till->clock);
    return till->pulse.ticked && remaining_ms > 0 ? remaining_ms : 0;
}
