/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_shrink.c - makes a failing run small: greedily takes away days, tills and what may happen, as long as the same
 * rule is broken. Tills and parts draw from streams of their own, so that what is left goes on much as before. Each
 * attempt is a process, for it may crash as well.
 */
#include "sim/sim_runs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct search {
    sim_options best;
    sim_figures of_best;
    const char *broken; /* NULL: it ends by a signal */
    time_t end;
    uint32_t attempts;
    struct {
        sim_figures figures;
        bool ended, good;
    } * told; /* by the attempt's process */
} search;

static void attempt(search *x, const sim_options *o)
{
    char hash[33];
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, STDOUT_FILENO);
    x->told->good = sim_run(o, &x->told->figures, hash);
    x->told->ended = true;
    _exit(0);
}

/* Is the same rule broken with less? Then that is the best now. */
static bool try(search *x, const sim_options *o)
{
    if (time(NULL) >= x->end)
        return false;
    x->attempts++;
    x->told->ended = false;
    x->told->figures = (sim_figures){0};
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        attempt(x, o);
    if (pid < 0 || waitpid(pid, NULL, 0) < 0)
        return false;
    bool same = x->broken ? x->told->ended && !x->told->good && x->told->figures.broken == x->broken : !x->told->ended;
    if (same) {
        x->best = *o;
        x->of_best = x->told->figures;
    }
    return same;
}

static void try_days(search *x, int64_t days)
{
    sim_options o = x->best;
    if (days < 1 || days >= o.days)
        return;
    o.days = (uint32_t)days;
    try(x, &o);
}

static void take_days(search *x)
{
    int64_t day = x->of_best.broken_day;
    try_days(x, day + 1);
    for (int64_t part = x->best.days / 2; part > 0; part /= 2)
        try_days(x, (int64_t)x->best.days - part);
}

static void take_tills(search *x)
{
    for (uint32_t i = 0; i < x->best.tills && i < 64; i++) {
        sim_options o = x->best;
        o.tills_off |= UINT64_C(1) << i;
        if (o.tills_off != x->best.tills_off)
            try(x, &o);
    }
}

static void take_rows(search *x, int first, int count)
{
    sim_options o = x->best;
    bool any = false;
    for (int i = first; i < first + count && i < SIM_ROW_COUNT; i++) {
        any = any || !sim_row_set_has(&o.without, (sim_row)i);
        sim_row_set_put(&o.without, (sim_row)i, true);
    }
    if (!any || try(x, &o) || count == 1)
        return;
    take_rows(x, first, count / 2);
    take_rows(x, first + count / 2, count - count / 2);
}

sim_options sim_shrink(const sim_options *failing, const sim_figures *seen, uint32_t within_s)
{
    search x = {.best = *failing, .of_best = *seen, .broken = seen->broken, .end = time(NULL) + (time_t)within_s};
    sim_figures last = {0};
    char hash[33];
    x.told = sim_runs_share(sizeof *x.told);
    if (!x.told)
        return x.best;
    x.best.print_all = false;
    if (!failing->quiet)
        printf("\nMaking it small ...\n");
    take_days(&x);
    take_tills(&x);
    take_rows(&x, 0, SIM_ROW_COUNT);
    take_tills(&x);
    take_days(&x);
    if (!failing->quiet)
        printf("%u attempts. The smallest:\n", x.attempts);
    fflush(stdout);
    sim_runs_unshare(x.told, sizeof *x.told);
    sim_run(&x.best, &last, hash);
    fflush(stdout);
    return x.best;
}
