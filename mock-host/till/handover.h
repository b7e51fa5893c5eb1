/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover.h - closed reports to the plugin, each until it says POS_OK.
 */
#ifndef TILL_HANDOVER_H
#define TILL_HANDOVER_H

#include "fault.h"

struct till;

/*
 * Hands over all that is waiting, oldest first. What the plugin does not take now (storage full, busy) is logged and
 * stays waiting for the next tick, and so does what comes after it: the plugin sees days in order. False only where
 * the till's own database fails.
 */
bool handover_run(struct till *till, struct fault *fault);

#endif
