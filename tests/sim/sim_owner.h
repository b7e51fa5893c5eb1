/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_owner.h - what people do, in several steps (sim_owner.c) and in one (sim_owner_acts.c). */
#ifndef SIM_OWNER_H
#define SIM_OWNER_H

#include "sim/sim_build.h"

/* One thing, drawn from a table. */
void sim_owner_act(sim *s, sim_till *t);

#endif
