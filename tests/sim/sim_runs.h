/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_runs.h - many runs: side by side in processes, their totals, and a failing one made small. */
#ifndef SIM_RUNS_H
#define SIM_RUNS_H

#include "sim/sim.h"

typedef struct sim_plan_of_runs {
    sim_options options; /* of each; seed: the first */
    uint64_t step, count;
    uint32_t jobs;          /* processes */
    uint32_t shrink_within; /* seconds for making a failing run small; 0: not at all */
} sim_plan_of_runs;

/* Runs them all, or up to the first that fails; prints a line each and the total. False: one failed, or something that
 * may happen never did though there were enough years for it. */
bool sim_runs(const sim_plan_of_runs *plan);

/* Memory that is zero, and the same in all processes that come of this one; NULL: there is none. */
void *sim_runs_share(size_t bytes);
void sim_runs_unshare(void *memory, size_t bytes);

/* Tries fewer days, tills and troubles as long as the same rule is broken; prints the end of the smallest such run, and
 * returns it. */
sim_options sim_shrink(const sim_options *failing, const sim_figures *seen, uint32_t within_s);

#endif
