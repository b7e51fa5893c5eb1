/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pulse.h - the plugin's heartbeat.
 */
#ifndef TILL_PULSE_H
#define TILL_PULSE_H

#include "fault.h"

#include <stdint.h>

struct till;

/* One tick now, after handing over what waits. Redraws the open screen's model if it would look different. False only
 * where the till's own database fails; a tick that fails is logged and repeated in a second. */
bool pulse_tick(struct till *till, struct fault *fault);

/* Ticks until the plugin has nothing more to do at once (or a bound is reached: a plugin that never ends is told). */
bool pulse_run(struct till *till, struct fault *fault);

/* Something happened (a close, the owner pressed something): the next tick is due now, whatever the last one asked for. */
void pulse_hasten(struct till *till);

/* Until the next tick is due, on the till's clock; 0: now. INT64_MAX without a plugin. */
int64_t pulse_remaining_ms(const struct till *till);

#endif
