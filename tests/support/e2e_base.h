/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_base.h - what all end-to-end tests need: where the programs are, folders of their own, time, and
 * child processes that never outlive the test.
 */
#ifndef SUPPORT_E2E_BASE_H
#define SUPPORT_E2E_BASE_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define E2E_PATH_BYTES 512

/* The path of a built file: $E2E_BUILD/name, else beside tests/e2e of this very program. Fails the test when it is not
 * there. Static buffer per name is not needed: writes into `path`. */
void e2e_built(const char *name, char path[E2E_PATH_BYTES]);

/* A fresh folder under $TMPDIR or /tmp. */
void e2e_make_folder(char path[E2E_PATH_BYTES]);
void e2e_remove_folder(const char *path);
/* Copies the plain files of a folder, and of its folders, to a new one: a cloned disk. */
void e2e_copy_folder(const char *from, const char *to);
void e2e_join_path(char path[E2E_PATH_BYTES], const char *folder, const char *name);

int64_t e2e_now_ms(void); /* CLOCK_MONOTONIC */
/* How long to wait for what takes a good machine less than `ms`: longer where Check's own limits are, too. */
int e2e_patience_ms(int ms);
int64_t e2e_now_us(void);
int64_t e2e_cpu_us(void); /* what this thread has worked: tells work from waiting, on a busy machine too */
void e2e_nap(int ms);

/* Starts a program; standard output goes to out_fd, errors to err_fd (-1: as ours). It dies with the test. */
pid_t e2e_spawn(char *const argv[], int out_fd, int err_fd);
/* Waits for its end. Returns the exit status, or 128 and the signal's number. Kills and fails the test when late. */
int e2e_await_exit(pid_t pid, int timeout_ms);
/* SIGKILL, and waits. */
void e2e_kill(pid_t pid);

/* A whole file as zero-terminated text; the caller frees it. NULL: it is not there. */
char *e2e_read_file(const char *path, size_t *size_bytes);

/* Runs one suite of one case: the main() of every test program here. */
typedef struct e2e_test {
    const char *name; /* the rule */
    const TTest *test;
} e2e_test;

int e2e_run(const char *suite_name, const e2e_test *tests, size_t count);

#define E2E_RUN(suite_name, tests) e2e_run(suite_name, tests, sizeof(tests) / sizeof(tests)[0])

#endif
