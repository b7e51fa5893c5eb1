/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.h - the till for a person at a terminal, 80 columns by 24 rows: the same commands as a script, and the
 * settings screen by numbers.
 */
#ifndef TILL_TERMINAL_H
#define TILL_TERMINAL_H

#include "run.h"

/* Until "quit", the end of the input, or a signal. */
enum run_status terminal_run(struct till *till);

#endif
