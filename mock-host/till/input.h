/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - lines from a descriptor that must never make the till wait: what is not there yet is read later.
 */
#ifndef TILL_INPUT_H
#define TILL_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#define INPUT_LINE_BYTES 8192

struct input {
    int fd;
    size_t used;
    bool at_end;
    char buffer[INPUT_LINE_BYTES];
};

enum input_result { INPUT_LINE = 1, INPUT_NOTHING_YET, INPUT_END, INPUT_TOO_LONG };

void input_start(struct input *input, int fd);

/* Takes the next whole line out of the buffer, without its end; reads from the descriptor at most once, and only if
 * `may_read` (after flow_until() said FLOW_INPUT, or from a plain file). The last line needs no line end. */
enum input_result input_next(struct input *input, bool may_read, char line[INPUT_LINE_BYTES]);

/* Overwrites what was read: it may have held a password. */
void input_wipe(struct input *input);

#endif
