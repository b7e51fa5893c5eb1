/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/main.c - netcut STRIDE [PROCESSES]: runs the cases, shared out among so many processes, and prints the
 * table.
 */
#include "netcut/netcut.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
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

typedef struct counts {
    int passed, failed;
} counts;

static counts run_part(unsigned part, unsigned of)
{
    Suite *suite = suite_create("netcut");
    cut_add_cases(suite, part, of);
    slow_add_cases(suite, part, of);
    wrong_add_cases(suite, part, of);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner), ran = srunner_ntests_run(runner);
    if (failed > 0)
        srunner_print(runner, CK_NORMAL);
    srunner_free(runner);
    return (counts){ran - failed, failed};
}

/* In a process of its own, which tells its counts through the pipe. */
static void begin_part(unsigned part, unsigned of, int told_fd)
{
    pid_t pid = fork();
    if (pid > 0)
        return;
    counts sum = {0, 1};
    if (pid == 0)
        sum = run_part(part, of);
    ssize_t written = write(told_fd, &sum, sizeof sum);
    if (pid == 0)
        _exit(written == sizeof sum && sum.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Until all have ended; one that told nothing has failed. */
static counts add_up(unsigned of, int told_fd)
{
    counts sum = {0}, one;
    for (unsigned i = 0; i < of; i++) {
        bool told = read(told_fd, &one, sizeof one) == sizeof one;
        sum.passed += told ? one.passed : 0;
        sum.failed += told ? one.failed : 1;
    }
    while (wait(NULL) > 0)
        continue;
    return sum;
}

static unsigned read_number(const char *text)
{
    long number = strtol(text, NULL, 10);
    return number < 1 ? 1 : (unsigned)number;
}

int main(int count, char **words)
{
    unsigned processes = count > 2 ? read_number(words[2]) : 1;
    int told[2];
    netcut_stride = count > 1 ? read_number(words[1]) : 1;
    /* It is the network that fails here, not the disk: tens of thousands of syncs would only wait for it. */
    if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 1);
    fast_clock_keep_out();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (pipe(told) != 0) {
        perror("pipe");
        return EXIT_FAILURE;
    }
    for (unsigned part = 0; part < processes; part++)
        begin_part(part, processes, told[1]);
    close(told[1]);
    counts sum = add_up(processes, told[0]);
    printf("%d passed, %d failed\n", sum.passed, sum.failed);
    return sum.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
