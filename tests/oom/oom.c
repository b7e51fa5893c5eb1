/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of the plugin's object, and of libcurl, cJSON, zstd and the others under it, fails once, and fails
 * together with all after it until memory is back. A call then says so or does its work all the same; nothing crashes,
 * hangs or leaks; when memory is back the till goes on by itself, and every close is counted once; and again after a
 * restart.
 *
 * A process a day prepares it; a child of it a failure. The number of allocations is not known before: the n-th fails,
 * for n from 1, until a day ends before it has come to that.
 *
 *   oom [stride [day]]   every stride-th allocation (1); OOM_LOG=1 shows what the plugin logs, OOM_AT=side,n,lasting one
 *                        failure only
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oom/days.h"
#include "oom/memory.h"

#define JOBS         2
#define DEADLINE_S   30
#define BEYOND       3 /* exit status: the day ended before the allocation that was to fail */
#define FAILURES_MAX 20u
#define STARTS_MAX   3

static const char *const side_names[] = {"worker", "caller"};

typedef struct failure {
    memory_side side;
    bool lasting;
    uint64_t at;
} failure;

/* ---- one failure, in a process of its own ---- */

static void start_patiently(till *t)
{
    for (int i = 0; i < STARTS_MAX && !t->instance; i++)
        till_start(t);
}

static void go_on(till *t, const oom_day *day)
{
    start_patiently(t);
    ck_assert_msg(t->instance != NULL, "no start with memory back");
    till_hand_over(t);
    till_settle(t, 200);
    if (day->resume)
        day->resume(t);
    till_drain(t);
    days_check(t, day);
    if (day->check)
        day->check(t);
}

static void check_leaks(const char *when, uint64_t since)
{
    size_t count = memory_print_live(stderr, since);
    if (count > 0) {
        fprintf(stderr, "    %zu blocks are alive %s\n", count, when);
        _exit(1);
    }
}

static int run_failure(till *t, const oom_day *day, const failure *f)
{
    uint64_t made = memory_made();
    (void)alarm(DEADLINE_S);
    till_serve(t);
    t->s.b.cloud.reject_z = t->s.b.cloud.reject_z_to = day->rejected_number;
    memory_fail(f->side, f->at, f->lasting);
    start_patiently(t);
    day->tell(t);
    if (!memory_heal() && f->at != 0)
        return BEYOND;
    go_on(t, day);
    till_stop(t);
    if (!day->cold)
        check_leaks("after the day", made);
    go_on(t, day);
    till_stop(t);
    if (!day->cold)
        check_leaks("after the restart", made);
    return 0;
}

static pid_t fork_failure(till *t, const oom_day *day, const failure *f)
{
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    if (child == 0)
        _exit(run_failure(t, day, f));
    return child;
}

/* ---- a day ---- */

typedef struct tally {
    uint64_t points[MEMORY_SIDES][2], failed;
} tally;

static void report(const oom_day *day, const failure *f, int status)
{
    printf("FAIL %s: the %s's allocation %llu fails%s: %s %d\n", day->name, side_names[f->side],
           (unsigned long long)f->at, f->lasting ? " and all after it" : "",
           WIFSIGNALED(status) ? (WTERMSIG(status) == SIGALRM ? "hangs, signal" : "signal") : "exit",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    fflush(stdout);
}

/* All allocations of one side; some failures at a time. */
static void run_side(till *t, const oom_day *day, memory_side side, bool lasting, uint64_t stride, tally *sum)
{
    pid_t pids[JOBS] = {0};
    failure at[JOBS];
    bool over = false;
    int running = 0;
    for (uint64_t n = 1; !over || running > 0;) {
        for (int i = 0; i < JOBS && !over; i++) {
            if (pids[i] != 0)
                continue;
            at[i] = (failure){side, lasting, n};
            n += stride;
            pids[i] = fork_failure(t, day, &at[i]);
            running++;
        }
        int status = 0;
        pid_t ended = wait(&status);
        for (int i = 0; i < JOBS; i++) {
            if (pids[i] != ended)
                continue;
            pids[i] = 0;
            running--;
            bool beyond = WIFEXITED(status) && WEXITSTATUS(status) == BEYOND;
            over = over || beyond;
            sum->points[side][lasting] += !beyond;
            if (!beyond && status != 0) {
                report(day, &at[i], status);
                over = over || ++sum->failed >= FAILURES_MAX;
            }
        }
    }
}

static void prepare(till *t, const oom_day *day)
{
    till_open(t);
    till_load(t);
    if (day->tls)
        till_use_tls(t);
    if (!day->prepare)
        return;
    till_serve(t);
    day->prepare(t);
    till_end_serving(t);
    storage_memory_settle(t->s.b.disk);
}

static int run_day(const oom_day *day, uint64_t stride, tally *sum)
{
    till *t = calloc(1, sizeof *t);
    failure none = {0}, only = {0};
    int status = 0, lasting = 0, side = 0;
    unsigned long long at = 0;
    const char *one = getenv("OOM_AT");
    prepare(t, day);
    if (one && sscanf(one, "%d,%llu,%d", &side, &at, &lasting) == 3) {
        only = (failure){(memory_side)side, lasting != 0, at};
        return run_failure(t, day, &only);
    }
    fork_failure(t, day, &none);
    (void)wait(&status);
    if (status != 0) {
        report(day, &none, status);
        sum->failed++;
        return 1;
    }
    for (int i = 0; i < MEMORY_SIDES; i++) {
        run_side(t, day, (memory_side)i, false, stride, sum);
        run_side(t, day, (memory_side)i, true, stride, sum);
    }
    if (day->tls)
        (void)unlink(t->ca_file);
    return sum->failed > 0;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* In a process of its own, whose memory no other day has used. */
static bool fork_day(const oom_day *day, uint64_t stride)
{
    int64_t began_ms = now_ms();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        tally sum = {0};
        int result = run_day(day, stride, &sum);
        printf("%-14s %8llu %8llu %8llu %8llu %8.1f s  %s\n", day->name,
               (unsigned long long)sum.points[MEMORY_CALLER][0], (unsigned long long)sum.points[MEMORY_CALLER][1],
               (unsigned long long)sum.points[MEMORY_WORKER][0], (unsigned long long)sum.points[MEMORY_WORKER][1],
               (double)(now_ms() - began_ms) / 1000, result == 0 ? "all hold" : "FAILS");
        fflush(stdout);
        _exit(result);
    }
    int status = 0;
    (void)waitpid(child, &status, 0);
    return status == 0;
}

int main(int argc, char **argv)
{
    uint64_t stride = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const char *only = argc > 2 ? argv[2] : NULL;
    uint32_t passed = 0, failed = 0;
    memory_be_host();
    printf("%-14s %17s %17s\n%-14s %8s %8s %8s %8s\n", "", "host's thread", "network thread", "day", "once", "lasting",
           "once", "lasting");
    for (uint32_t i = 0; i < oom_day_count; i++) {
        if (only && strcmp(only, oom_days[i].name) != 0)
            continue;
        bool holds = fork_day(&oom_days[i], stride == 0 ? 1 : stride);
        passed += holds;
        failed += !holds;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
