/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_trouble.h - the troubles of tills and of the cloud. */
#ifndef SIM_TROUBLE_H
#define SIM_TROUBLE_H

#include "sim/sim_build.h"

void sim_trouble_cloud_start(sim *s);
void sim_trouble_cloud_end(sim *s);

#endif
