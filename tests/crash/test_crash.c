/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every crash point of the canonical days: the power is cut before, inside and after every call of the storage, of the
 * network and of the host, and then again at every point of the recovery (crash/points.h says how that is made whole).
 *
 * CRASH_CUTS is how many cuts follow on each other: 2 of itself, 3 in `make crash`. CRASH_DAY='batch upload' runs one.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "crash/days.h"
#include "crash/points.h"

#define DAYS_MAX 32u

/* In memory that the process of a day shares with this one, so that a failure can be told where it was. */
typedef struct row {
    const crash_day *day;
    crash_count count;
    bool holds;
    int64_t took_ms;
    char trail[WORLD_TRAIL];
} row;

static row *rows;
static uint32_t row_count;

static void add_days(crash_days days)
{
    const char *only = getenv("CRASH_DAY");
    for (uint32_t i = 0; i < days.count && row_count < DAYS_MAX; i++) {
        if (!only || strcmp(only, days.days[i].name) == 0)
            rows[row_count++].day = &days.days[i];
    }
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint32_t count_cuts(void)
{
    const char *asked = getenv("CRASH_CUTS");
    uint32_t cuts = asked ? (uint32_t)strtoul(asked, NULL, 10) : 2;
    return cuts > CUTS_MAX ? CUTS_MAX : cuts;
}

START_TEST(nothing_is_lost_or_doubled)
{
    row *r = &rows[_i];
    points_run(r->day, &(crash_points){.count = &r->count, .cuts_max = count_cuts(), .trail = r->trail});
    r->took_ms = now_ms();
    r->holds = true;
}
END_TEST

static unsigned long long points_of(const row *r, uint32_t cuts)
{
    return r->count.storage[cuts] + r->count.network[cuts] + r->count.host[cuts];
}

static void print_row(const char *name, const row *r)
{
    uint64_t worlds = 0;
    for (uint32_t i = 1; i <= CUTS_MAX; i++)
        worlds += r->count.worlds[i];
    printf("%-15s %8llu %8llu %8llu %10llu %10llu %9llu %7.1f s  %s\n", name, (unsigned long long)r->count.storage[1],
           (unsigned long long)r->count.network[1], (unsigned long long)r->count.host[1], points_of(r, 1),
           points_of(r, 2) + points_of(r, 3), (unsigned long long)worlds, (double)r->took_ms / 1000,
           r->holds ? "all hold" : "FAILS");
}

static void add_up(row *sum, const row *r)
{
    for (uint32_t i = 0; i <= CUTS_MAX; i++) {
        sum->count.storage[i] += r->count.storage[i];
        sum->count.network[i] += r->count.network[i];
        sum->count.host[i] += r->count.host[i];
        sum->count.worlds[i] += r->count.worlds[i];
    }
    sum->took_ms += r->took_ms;
    sum->holds = sum->holds && r->holds;
}

static void print_table(void)
{
    row sum = {.holds = true};
    printf("%-15s %8s %8s %8s %10s %10s %9s %9s\n", "day", "storage", "network", "host", "one cut", "further", "worlds",
           "CPU");
    for (uint32_t i = 0; i < row_count; i++) {
        print_row(rows[i].day->name, &rows[i]);
        if (!rows[i].holds)
            printf("    %s\n", rows[i].trail);
        add_up(&sum, &rows[i]);
    }
    print_row("all", &sum);
}

int main(void)
{
    /* cppcheck-suppress invalidFunctionArg ; -1 is what an anonymous mapping takes */
    rows = mmap(NULL, DAYS_MAX * sizeof *rows, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (rows == MAP_FAILED)
        return 1;
    add_days(days_of_the_owner());
    add_days(days_of_reports());
    add_days(days_of_resending());
    add_days(days_of_the_catalogue());
    add_days(days_of_the_week());
    Suite *suite = suite_create("crash points");
    TCase *c = tcase_create("days");
    tcase_set_timeout(c, 280);
    tcase_add_loop_test(c, nothing_is_lost_or_doubled, 0, (int)row_count);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    print_table();
    return failed == 0 ? 0 : 1;
}
