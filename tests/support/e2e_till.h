/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_till.h - the real mock-host as a process of its own, run with a script given as text.
 */
#ifndef SUPPORT_E2E_TILL_H
#define SUPPORT_E2E_TILL_H

#include "support/e2e_cloud.h"

#include <stdio.h>

typedef struct e2e_till {
    char folder[E2E_PATH_BYTES];   /* till.db, plugin.db, keys/ */
    char database[E2E_PATH_BYTES]; /* till.db */
    char log[E2E_PATH_BYTES];
    char output_file[E2E_PATH_BYTES]; /* of the last run: standard output and error */
    const e2e_cloud *cloud;
    const char *catalogue;   /* a file with what the new till sells; NULL: the built-in shop's */
    const char *register_id; /* NULL: T1 */
    char *output;            /* of the last run that ended */
    pid_t pid;               /* 0: it does not run */
} e2e_till;

void e2e_till_open(e2e_till *till, const e2e_cloud *cloud); /* a new, empty data folder */
void e2e_till_close(e2e_till *till);

/* Registers, makes company and store, assigns; see e2e_owner.h for the names. */
void e2e_till_set_up(e2e_till *till);
/* Another till that reports to the store of the one that was set up; one of the same register says that it is another. */
void e2e_till_join(e2e_till *till);
/* Runs a script to its end, which must be good (exit status 0). */
void e2e_till_run(e2e_till *till, const char *script);
/* The same, for a script that ends by SIGKILL of its own. */
void e2e_till_run_to_death(e2e_till *till, const char *script);

void e2e_till_begin(e2e_till *till, const char *script); /* in the background */
/* In the background, with a script that is still to be written into what is returned: for scripts with secrets, which
 * then stand nowhere but in the till. fclose() it after the end. */
FILE *e2e_till_feed(e2e_till *till);
int e2e_till_end(e2e_till *till); /* waits; the exit status, or 128 and the signal */
void e2e_till_kill(e2e_till *till);

#endif
