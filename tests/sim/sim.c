/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim.c - runs simulated worlds: sim FIRST_SEED STEP COUNT TILLS DAYS. Seeds FIRST, FIRST+STEP, ... Of the environment:
 *
 *   SIM_LOG=1          prints every event           SIM_CALM=1       nothing goes wrong
 *   SIM_WITHOUT=A,B    these do not happen          SIM_ONLY=A,B     nothing but these does (sim_rows.h has the names)
 *   SIM_TILLS_OFF=0x5  these tills are not there    SIM_JOBS=2       processes
 *   SIM_SHRINK=60      seconds for making a failing run small
 */
#include "sim/sim_runs.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t number(int argc, char **argv, int at, uint64_t otherwise)
{
    return argc > at && argv[at][0] ? strtoull(argv[at], NULL, 10) : otherwise;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value && value[0] ? strtoull(value, NULL, 0) : otherwise;
}

/* False: there is no such name, which was said. */
static bool read_names(const char *variable, sim_row_set *out)
{
    const char *names = getenv(variable), *bad = NULL;
    if (!names || sim_row_set_read(names, out, &bad))
        return true;
    fprintf(stderr, "sim: %s: what is \"%s\"?\n", variable, bad);
    return false;
}

static bool read_rows(sim_row_set *without)
{
    sim_row_set only = {{0}};
    const char *names = getenv("SIM_ONLY");
    if (!read_names("SIM_WITHOUT", without) || !read_names("SIM_ONLY", &only))
        return false;
    for (int i = 0; i < SIM_ROW_COUNT && names && names[0]; i++) {
        if (!sim_row_set_has(&only, (sim_row)i))
            sim_row_set_put(without, (sim_row)i, true);
    }
    return true;
}

int main(int argc, char **argv)
{
    sim_plan_of_runs plan = {.options = {.seed = number(argc, argv, 1, 1),
                                         .tills = (uint32_t)number(argc, argv, 4, 6),
                                         .days = (uint32_t)number(argc, argv, 5, 365),
                                         .tills_off = setting("SIM_TILLS_OFF", 0),
                                         .print_all = getenv("SIM_LOG") != NULL,
                                         .calm = getenv("SIM_CALM") != NULL},
                             .step = number(argc, argv, 2, 1),
                             .count = number(argc, argv, 3, 1),
                             .jobs = (uint32_t)setting("SIM_JOBS", 1),
                             .shrink_within = (uint32_t)setting("SIM_SHRINK", 0)};
    const sim_options *one = &plan.options;
    if (one->tills < 1 || one->tills > SIM_TILLS_MAX - 1 || one->days < 1 || plan.jobs < 1 || plan.jobs > 64) {
        fprintf(stderr, "sim: 1 to %d tills, at least one day, 1 to 64 processes\n", SIM_TILLS_MAX - 1);
        return 2;
    }
    if (!read_rows(&plan.options.without))
        return 2;
    mallopt(M_MMAP_THRESHOLD, 1 << 20); /* large blocks that are zero come from the system, and cost nothing */
    return sim_runs(&plan) ? 0 : 1;
}
