/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/main.c - netcut STRIDE [PART OF]: runs the cases, or one in OF of them, and prints the table.
 */
#include "netcut/netcut.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "netcut/fast_clock.h"
#include "support/e2e_base.h"

uint64_t netcut_stride = 1;

void netcut_print(const char *name, uint32_t rounds, uint32_t cut, int64_t began_us)
{
    int64_t took_us = e2e_now_us() - began_us;
    printf("%-64s %6u rounds %6u cut   all held  %7.1f s %6.2f ms each\n", name, rounds, cut, (double)took_us / 1e6,
           (double)took_us / 1e3 / rounds);
}

void netcut_print_told(const char *name, int64_t began_us)
{
    printf("%-64s told, nothing lost, healed           %7.1f s\n", name, (double)(e2e_now_us() - began_us) / 1e6);
}

static unsigned read_number(const char *text, unsigned least)
{
    long number = strtol(text, NULL, 10);
    return number < (long)least ? least : (unsigned)number;
}

int main(int count, char **words)
{
    unsigned part = count > 3 ? read_number(words[2], 0) : 0, of = count > 3 ? read_number(words[3], 1) : 1;
    netcut_stride = count > 1 ? read_number(words[1], 1) : 1;
    /* It is the network that fails here, not the disk: tens of thousands of syncs would only wait for it. */
    if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 1);
    fast_clock_keep_out();
    setvbuf(stdout, NULL, _IOLBF, 0);
    Suite *suite = suite_create("netcut");
    cut_add_cases(suite, part, of);
    slow_add_cases(suite, part, of);
    wrong_add_cases(suite, part, of);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner), ran = srunner_ntests_run(runner);
    srunner_print(runner, CK_NORMAL);
    srunner_free(runner);
    printf("%d passed, %d failed\n", ran - failed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
