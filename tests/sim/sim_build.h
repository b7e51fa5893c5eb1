/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_build.h - puts a world together. */
#ifndef SIM_BUILD_H
#define SIM_BUILD_H

#include "sim/sim.h"

#define SIM_PASSWORD "correct horse battery"

bool sim_build(sim *s);
/* A till without a disk and without books yet. */
sim_till *sim_build_till(sim *s, int company, int home);

#endif
