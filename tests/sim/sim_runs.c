/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_runs.c - worlds side by side, each process taking the next seed that is free (sim/sim_runs.h). */
#include "sim/sim_runs.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* So many till-years are enough for everything to have happened. */
#define YEARS_FOR_ALL 100.0

/* What the processes tell each other. */
typedef struct shared {
    atomic_uint_fast64_t next; /* run, from 0 */
    atomic_bool stop;
    double began_s;
    struct {
        double years;
        uint64_t runs, now; /* now: the seed at hand */
        sim_figures sum;
        bool failed;
        sim_options failing;
        sim_figures seen;
    } of[64];
} shared;

void *sim_runs_share(size_t bytes)
{
    /* cppcheck-suppress invalidFunctionArg ; -1 is what an anonymous mapping takes */
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    return at;
}

void sim_runs_unshare(void *memory, size_t bytes)
{
    munmap(memory, bytes);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double years_of(const sim_options *o)
{
    uint32_t tills = 0;
    for (uint32_t i = 0; i < o->tills; i++)
        tills += !(o->tills_off >> i & 1);
    return (double)tills * o->days / 365.0;
}

/* ---- one process ---- */

static void add(sim_figures *sum, const sim_figures *f)
{
    sum->closes += f->closes;
    sum->uploads += f->uploads;
    sum->cuts += f->cuts;
    sum->cloud_cuts += f->cloud_cuts;
    sum->troubles += f->troubles;
    sum->delivered += f->delivered;
    sum->conflicts += f->conflicts;
    sum->rejected += f->rejected;
    sum->others += f->others;
    for (int i = 0; i < SIM_ROW_COUNT; i++)
        sum->rows[i] += f->rows[i];
}

static void print_run(const shared *all, uint64_t seed, bool good, const char *hash, const sim_figures *f)
{
    double years = 0;
    for (int i = 0; i < 64; i++)
        years += all->of[i].years;
    printf("seed %llu %s: %s, %llu closes (%llu delivered, %llu in conflict, %llu rejected, %llu other), %llu "
           "uploads, %llu+%llu power cuts, %llu troubles, %.0f till-years a day\n",
           (unsigned long long)seed, good ? "good" : "BROKEN", hash, (unsigned long long)f->closes,
           (unsigned long long)f->delivered, (unsigned long long)f->conflicts, (unsigned long long)f->rejected,
           (unsigned long long)f->others, (unsigned long long)f->uploads, (unsigned long long)f->cuts,
           (unsigned long long)f->cloud_cuts, (unsigned long long)f->troubles,
           years / (seconds() - all->began_s) * 86400.0);
    fflush(stdout);
}

static bool work(const sim_plan_of_runs *plan, shared *all, uint32_t job)
{
    for (;;) {
        uint64_t run = atomic_fetch_add(&all->next, 1);
        if (run >= plan->count || atomic_load(&all->stop))
            return true;
        sim_figures f = {0};
        char hash[33];
        sim_options options = plan->options;
        options.seed += run * plan->step;
        all->of[job].now = options.seed;
        bool good = sim_run(&options, &f, hash);
        all->of[job].years += years_of(&options);
        all->of[job].runs++;
        add(&all->of[job].sum, &f);
        print_run(all, options.seed, good, hash, &f);
        if (!good) {
            all->of[job].failed = true;
            all->of[job].failing = options;
            all->of[job].seen = f;
            atomic_store(&all->stop, true);
            return false;
        }
    }
}

/* ---- all of them ---- */

static bool wait_for(shared *all, const sim_plan_of_runs *plan, const pid_t *pids)
{
    bool good = true;
    for (uint32_t i = 0; i < plan->jobs; i++) {
        int status = 0;
        if (pids[i] <= 0 || waitpid(pids[i], &status, 0) < 0) {
            good = false;
            continue;
        }
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!WIFSIGNALED(status))
            continue;
        printf("seed %llu BROKEN: it ended by signal %d\n", (unsigned long long)all->of[i].now, WTERMSIG(status));
        all->of[i].failed = true;
        all->of[i].failing = plan->options;
        all->of[i].failing.seed = all->of[i].now;
        atomic_store(&all->stop, true);
    }
    return good;
}

static bool start_jobs(shared *all, const sim_plan_of_runs *plan)
{
    pid_t pids[64] = {0};
    fflush(stdout);
    for (uint32_t i = 0; i < plan->jobs; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            bool good = work(plan, all, i);
            fflush(stdout);
            _exit(good ? 0 : 1);
        }
    }
    return wait_for(all, plan, pids);
}

static void print_rows(const sim_figures *sum)
{
    static const char *const groups[][2] = {
        {"TILL", "tills"}, {"CLOUD", "cloud"}, {"NET", "network"}, {"OWNER", "owners"}};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        int column = printf("%-8s", groups[g][1]);
        for (int i = 0; i < SIM_ROW_COUNT; i++) {
            char text[64];
            if (strcmp(sim_row_group((sim_row)i), groups[g][0]) != 0)
                continue;
            int length =
                snprintf(text, sizeof text, " %s %llu", sim_row_name((sim_row)i), (unsigned long long)sum->rows[i]);
            if (column + length > 116)
                column = printf("\n        ") - 1;
            column += printf("%s", text);
        }
        printf("\n");
    }
}

/* What was allowed, and never happened in so many years, is a hole in the simulator. */
static bool find_dead(const sim_options *o, const sim_figures *sum)
{
    bool dead = false;
    for (int i = 0; i < SIM_ROW_COUNT; i++) {
        if (sum->rows[i] > 0 || sim_row_set_has(&o->without, (sim_row)i))
            continue;
        printf("%s%s", dead ? ", " : "NEVER HAPPENED: ", sim_row_name((sim_row)i));
        dead = true;
    }
    if (dead)
        printf("\n");
    return dead;
}

static bool print_total(const shared *all, const sim_plan_of_runs *plan)
{
    sim_figures sum = {0};
    double years = 0, took_s = seconds() - all->began_s;
    uint64_t runs = 0;
    for (int i = 0; i < 64; i++) {
        add(&sum, &all->of[i].sum);
        years += all->of[i].years;
        runs += all->of[i].runs;
    }
    printf("\n%llu seeds, %.0f till-years in %.0f s: %.0f till-years a day\n", (unsigned long long)runs, years, took_s,
           years / took_s * 86400.0);
    printf("%llu closes: %llu delivered, %llu in conflict, %llu rejected, %llu other. %llu uploads\n",
           (unsigned long long)sum.closes, (unsigned long long)sum.delivered, (unsigned long long)sum.conflicts,
           (unsigned long long)sum.rejected, (unsigned long long)sum.others, (unsigned long long)sum.uploads);
    print_rows(&sum);
    return plan->options.calm || years < YEARS_FOR_ALL || !find_dead(&plan->options, &sum);
}

bool sim_runs(const sim_plan_of_runs *plan)
{
    shared *all = sim_runs_share(sizeof *all);
    if (!all)
        return false;
    all->began_s = seconds();
    bool good = start_jobs(all, plan);
    bool complete = !good || plan->count == 1 || print_total(all, plan);
    for (uint32_t i = 0; i < plan->jobs && !good && plan->shrink_within > 0; i++) {
        if (!all->of[i].failed)
            continue;
        sim_shrink(&all->of[i].failing, &all->of[i].seen, plan->shrink_within);
        break;
    }
    sim_runs_unshare(all, sizeof *all);
    return good && complete;
}
