/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.h - commands to the till, one a line: from a script, or from a person.
 */
#ifndef TILL_RUN_H
#define TILL_RUN_H

#include <stdio.h>

#include "mail.h"
#include "till.h"
#include "words.h"

#define RUN_MARKS_MAX         16
#define RUN_EXPECT_TIMEOUT_MS 10000
#define RUN_IDLE_TIMEOUT_MS   30000

/* The exit status of the program, too. */
enum run_status { RUN_STATUS_OK = 0, RUN_STATUS_FAILED = 1, RUN_STATUS_USAGE = 2, RUN_STATUS_NO_PLUGIN = 3 };

enum run_result {
    RUN_OK = 1,
    RUN_FAILED, /* an expectation, or the command itself; words in run->fault */
    RUN_USAGE,  /* no such command, or wrong arguments; words in run->fault */
    RUN_QUIT
};

struct run {
    struct till *till;
    FILE *out;
    struct variables variables;
    struct {
        char address[VARIABLE_VALUE_BYTES];
        struct mail_mark mark;
    } marks[RUN_MARKS_MAX]; /* the mails whose codes were used, by address */
    size_t mark_count;
    struct fault fault;
};

typedef enum run_result (*run_verb)(struct run *run, const struct words *words);

struct verb {
    const char *name;
    size_t from, to; /* how many words follow the name */
    const char *arguments;
    const char *help;
    run_verb run;
};

/* The language: verbs.c, ends with a NULL name. */
extern const struct verb run_verbs[];

void run_start(struct run *run, struct till *till, FILE *out);

/* Wipes: a script may have filled in passwords. */
void run_end(struct run *run);

enum run_result run_line(struct run *run, const char *line);

/* Runs a whole script ("-": stdin). Ends at the first command that fails, after saying file, line and why. */
enum run_status run_script(struct till *till, const char *path);

void run_print_help(FILE *file);

/* The screen, or that none is open, and the status bar. */
void run_print_screen(const struct run *run, FILE *file);

/* The sign before the status bar's line: POS_ATTENTION_* without colour. */
const char *run_mark_of(uint32_t attention);

/* ---- for the verbs ---- */

/* Fills run->fault. */
enum run_result run_fail(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum run_result run_refuse(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "500ms", "90s", "30m", "8h", "2d", or several of them together: "1h30m". */
bool run_parse_duration(const char *text, int64_t *duration_ms);

/* Waits briskly. RUN_OK when done; RUN_FAILED after the timeout, with "`what` did not happen". */
enum run_result run_wait(struct run *run, bool (*is_done)(void *ctx), void *ctx, int64_t timeout_ms, const char *what);

#endif
