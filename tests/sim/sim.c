/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim.c - runs simulated worlds: sim FIRST_SEED STEP COUNT TILLS DAYS. Seeds FIRST, FIRST+STEP, ... With SIM_LOG=1
 * every event is printed, with SIM_CALM=1 nothing goes wrong.
 */
#include "sim/sim.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t number(int argc, char **argv, int at, uint64_t otherwise)
{
    return argc > at && argv[at][0] ? strtoull(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    uint64_t first = number(argc, argv, 1, 1), step = number(argc, argv, 2, 1), count = number(argc, argv, 3, 1);
    sim_options options = {.tills = (uint32_t)number(argc, argv, 4, 6),
                           .days = (uint32_t)number(argc, argv, 5, 365),
                           .print_all = getenv("SIM_LOG") != NULL,
                           .calm = getenv("SIM_CALM") != NULL};
    if (options.tills < 1 || options.tills > SIM_TILLS_MAX - 1 || options.days < 1) {
        fprintf(stderr, "sim: 1 to %d tills, at least one day\n", SIM_TILLS_MAX - 1);
        return 2;
    }
    mallopt(M_MMAP_THRESHOLD, 1 << 20); /* large blocks that are zero come from the system, and cost nothing */
    double began = seconds();
    double years = 0;
    for (uint64_t i = 0; i < count; i++) {
        sim_figures f = {0};
        char hash[33];
        options.seed = first + i * step;
        bool good = sim_run(&options, &f, hash);
        years += (double)options.tills * options.days / 365.0;
        printf("seed %llu %s: %s, %llu closes (%llu delivered, %llu in conflict, %llu rejected, %llu other), %llu "
               "uploads, %llu+%llu power cuts, %llu troubles, %.0f till-years a day\n",
               (unsigned long long)options.seed, good ? "good" : "BROKEN", hash, (unsigned long long)f.closes,
               (unsigned long long)f.delivered, (unsigned long long)f.conflicts, (unsigned long long)f.rejected,
               (unsigned long long)f.others, (unsigned long long)f.uploads, (unsigned long long)f.cuts,
               (unsigned long long)f.cloud_cuts, (unsigned long long)f.troubles, years / (seconds() - began) * 86400.0);
        fflush(stdout);
        if (!good)
            return 1;
    }
    return 0;
}
