/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/resend.h - "Resend all statistics": has the cloud all that this till has closed? What it lacks is sent again.
 *
 * The till's ledger is compared with the cloud by digests, then the host's history with both. Nothing is sent that the
 * cloud has, and nothing is copied: what lacks goes through the outbox a few at a time. It starts by itself, too, when
 * a till that was connected has more of a history than the outbox takes at once (years before the first log-in, another
 * machine, a wiped disk). It goes on after a restart, and can be cancelled at any time: what is queued is still sent.
 */
#ifndef CORE_RESEND_H
#define CORE_RESEND_H

#include "core/core.h"

typedef enum core_resend_stage {
    RESEND_STAGE_NEVER = 1,
    RESEND_STAGE_COMPARING,
    RESEND_STAGE_SENDING, /* all is compared; what was queued is on its way */
    RESEND_STAGE_DONE,
    RESEND_STAGE_CANCELLED /* by the owner, or by a disconnect */
} core_resend_stage;

typedef struct core_resend {
    core_resend_stage stage;
    bool automatic;           /* it started by itself */
    uint32_t compared, total; /* closes; total is an estimate, never below `compared` */
    uint32_t sent;            /* of those, put into the queue */
    uint32_t gone;            /* of those, lacking in the cloud and no longer in this till */
    uint32_t left;            /* earlier closes that were left out after a cancel */
    int64_t started_ms, finished_ms;
    protocol_verdict failure; /* why the last question failed; outcome PROTOCOL_DONE: it did not */
    int64_t next_try_in_ms;
    bool takes_x; /* an X report is taken and sent along when the owner asks for it */
} core_resend;

core_resend core_get_resend(const core *c, core_time now);

bool core_resend_can_start(const core *c); /* there is a store that takes this till's reports */

/* The owner accepts. false: no store can be reached with this till's permission, one is running, or the till's storage
 * does not take the note that it runs. */
bool core_resend_start(core *c, core_time now);
bool core_resend_is_running(const core *c);
void core_resend_cancel(core *c, core_time now);

#endif
