/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second half of a close. The first half (period.c) has made the report durable here; this one repeats the very
 * same bytes until the plugin answers for them. Between the two the till may die: then this runs at the next start.
 */
#include "handover.h"

#include <inttypes.h>

#include "closed.h"
#include "pulse.h"
#include "till.h"

struct handover_call {
    struct till *till;
    int64_t report_id;
    int64_t z_number;
};

static int32_t handover_call_plugin(void *ctx, const struct closed_report *stored)
{
    struct handover_call *call = ctx;
    pos_report report;
    call->report_id = stored->report_id;
    call->z_number = stored->z_number;
    closed_describe(stored, &report);
    return poshost_guard_daily_close(call->till->instance.guard, &report);
}

/* What no repeating mends is set aside: the plugin refuses these bytes for ever, and the days after it must go on. It
 * finds the day by itself through pos.reports/1. */
static bool handover_is_final(int32_t result)
{
    return result == POS_E_TOO_LARGE || result == POS_E_MISUSE;
}

bool handover_run(struct till *till, struct fault *fault)
{
    while (till->handover.waiting && till->instance.guard != NULL) {
        struct handover_call call = {.till = till};
        int32_t result;
        if (!closed_visit_waiting(&till->db, handover_call_plugin, &call, &result, fault))
            return false;
        if (call.report_id == 0) {
            till->handover.waiting = false;
            return true;
        }
        if (result == POS_OK) {
            if (!closed_mark_handed_over(&till->db, call.report_id, CLOSED_TAKEN, fault))
                return false;
            till->handover.taken++;
            pulse_hasten(till);
            continue;
        }
        log_write(&till->log, POS_LOG_ERROR, "Z %" PRId64 " was not taken (%d): %s", call.z_number, (int)result,
                  poshost_guard_last_error(till->instance.guard));
        if (!handover_is_final(result))
            return true;
        if (!closed_mark_handed_over(&till->db, call.report_id, CLOSED_REFUSED, fault))
            return false;
        till->handover.refused++;
    }
    return true;
}
