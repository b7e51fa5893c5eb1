/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/cloud/cloud_suite.h - running a suite and then comparing every exchange it had with include/cloud/openapi.yaml.
 */
#ifndef TESTS_CLOUD_CLOUD_SUITE_H
#define TESTS_CLOUD_CLOUD_SUITE_H

#include <check.h>
#include <stdio.h>

/* What contract.py prints about the document when asked for `what`; pclose() tells whether it could. NULL: it can't. */
FILE *suite_open_contract(const char *what);

/* Runs the suite with a log of its exchanges and then contract.py over that; `mode` is "seen" (all that was seen is
 * documented) or "all" (and all that is documented was seen). The program's exit status. */
int suite_run(Suite *suite, const char *mode);

#endif
