/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.h - the words of an error, carried from where it happens to where it is shown.
 *
 * A function that can fail takes a `struct fault *` and returns false after filling it; whoever called adds what it was
 * about (fault_prefix), so that the person at the till reads what failed, where, and what to do.
 */
#ifndef TILL_FAULT_H
#define TILL_FAULT_H

#include <stdbool.h>

struct fault {
    char text[512];
};

/* Always returns false, so that `return fault_set(...)` reads as one thing. */
bool fault_set(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts words in front of what is there. Always returns false. */
bool fault_prefix(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
