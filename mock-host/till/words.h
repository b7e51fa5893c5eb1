/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - a line of a script, taken apart: words, "quoted words", ${VARIABLES}.
 */
#ifndef TILL_WORDS_H
#define TILL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "input.h"

#define WORDS_MAX          16
#define WORDS_BUFFER_BYTES (2 * INPUT_LINE_BYTES)

struct words {
    size_t count;
    const char *word[WORDS_MAX];
    char buffer[WORDS_BUFFER_BYTES];
};

#define VARIABLES_MAX        64
#define VARIABLE_NAME_BYTES  32
#define VARIABLE_VALUE_BYTES 1024

struct variables {
    size_t count;
    struct {
        char name[VARIABLE_NAME_BYTES];
        char value[VARIABLE_VALUE_BYTES];
    } entry[VARIABLES_MAX];
};

bool variables_set(struct variables *variables, const char *name, const char *value, struct fault *fault);

/* NULL: not set. The environment is not looked at: a script is the same everywhere. */
const char *variables_get(const struct variables *variables, const char *name);

/*
 * Words are separated by blanks. "..." keeps blanks; in it \" \\ \n are what they say. # begins a comment where a word
 * could begin. ${NAME} is replaced anywhere, and its value is never taken apart again. No words: an empty line.
 */
bool words_split(struct words *words, const char *line, const struct variables *variables, struct fault *fault);

#endif
