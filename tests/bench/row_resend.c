/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_resend.c - what "send everything again" costs where the cloud has it, and where it lacks three days:
 * the figures of tests/plugin/test_core_resend_bytes.c, which runs core and cloud on virtual time. Bytes are those of the
 * comparison, up and down, without the reports that are sent.
 */
#include "bench/bench.h"
#include "support/e2e_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MS 600000

static void print(long long closes, long long lacking, const char *what, const char *unit, double value,
                  const char *aim)
{
    char name[96], given[32] = "nothing missing";
    if (lacking > 0)
        snprintf(given, sizeof given, "%lld missing", lacking);
    snprintf(name, sizeof name, "resend %lld closes, %s, %s", closes, given, what);
    bench_print((bench_part){.name = name, .unit = unit, .value = value, .aim = aim});
}

static void print_line(const char *line)
{
    long long closes, lacking;
    unsigned trips;
    size_t bytes;
    if (sscanf(line, "%lld %lld %u %zu", &closes, &lacking, &trips, &bytes) != 4 || closes < 3650 ||
        (lacking != 0 && lacking != 3))
        return;
    print(closes, lacking, "round trips", "trips", trips, lacking ? "<= 6" : "<= 1");
    print(closes, lacking, "bytes", "bytes", (double)bytes, lacking ? "<= 32768" : "<= 1024");
}

START_TEST(measure_resend)
{
    char program[E2E_PATH_BYTES], line[256];
    int out[2];
    e2e_built("tests/plugin/test_core_resend_bytes", program);
    char *const argv[] = {program, NULL};
    ck_assert_int_eq(pipe(out), 0);
    pid_t pid = e2e_spawn(argv, out[1], -1);
    close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    ck_assert_ptr_nonnull(lines);
    while (fgets(line, sizeof line, lines))
        print_line(line);
    fclose(lines);
    ck_assert_int_eq(e2e_await_exit(pid, LIMIT_MS), 0);
}
END_TEST

int main(void)
{
    return bench_run("resend", measure_resend);
}
