/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/netcut.h - the cases of `make netcut`. Each is a test in a process of its own, with a cloud, a till and a
 * proxy of its own; it prints one line of the table.
 */
#ifndef NETCUT_NETCUT_H
#define NETCUT_NETCUT_H

#include <check.h>
#include <stdint.h>

/* Every so many bytes a cut: 1 is every byte. */
extern uint64_t netcut_stride;

/* One line: what was done, how often, how often something was really cut, and that all of it held. */
void netcut_print(const char *name, uint32_t rounds, uint32_t cut, int64_t began_us);

/* Likewise, of what is not a cut: the owner was told, nothing was lost, and it healed. */
void netcut_print_told(const char *name, int64_t began_us);

/* Each adds its cases to the suite, those whose turn it is: one in `of` for each of so many processes. */
void cut_add_cases(Suite *suite, unsigned part, unsigned of);
void slow_add_cases(Suite *suite, unsigned part, unsigned of);
void wrong_add_cases(Suite *suite, unsigned part, unsigned of);

#endif
