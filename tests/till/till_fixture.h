/* SPDX-License-Identifier: Apache-2.0 */
/*
 * till_fixture.h - a till in a folder of its own for a test, and what many tests ask of its database.
 */
#ifndef TESTS_TILL_FIXTURE_H
#define TESTS_TILL_FIXTURE_H

#include "till/run.h"
#include "till/till.h"

struct till_fixture {
    char folder[64]; /* everything below it is removed at the end */
    char data[80];
    struct options options;
    struct till till;
    struct fault fault;
    bool is_open;
};

/* A folder and options: UTC+1 in winter (Europe/Madrid), a standing clock at 2026-01-05 08:00, no plugin. */
void till_fixture_start(struct till_fixture *fixture);

/* Opens the till with a linked-in plugin (NULL: none). Fails the test where it does not open. */
void till_fixture_open(struct till_fixture *fixture, const pos_plugin *calls);

/* Closes it; fails the test where the guard saw misuse. */
void till_fixture_close(struct till_fixture *fixture);

void till_fixture_end(struct till_fixture *fixture);

/* One number out of the till's database. */
int64_t till_fixture_ask(struct till_fixture *fixture, const char *sql);

/* Fails the test unless the closed reports and grand totals are what a recount of the receipts gives. */
void till_fixture_recount(struct till_fixture *fixture);

/* Writes a file in the fixture's folder; `path` gets its name. */
void till_fixture_write(struct till_fixture *fixture, const char *name, const char *text, char path[128]);

/* Runs commands, one a line; the result of the first that is not RUN_OK, whose words are in fixture->fault. What they
 * print goes to `output` (may be NULL). */
enum run_result till_fixture_script(struct till_fixture *fixture, const char *commands, char *output, size_t capacity);

#endif
