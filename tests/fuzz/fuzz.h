/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz/fuzz.h - what every fuzzer has: its entry, and how it takes an input apart.
 *
 * fuzz_NAME.c is one fuzzer; corpus/NAME holds its inputs. With libFuzzer it searches (`make fuzz`); with replay.c it
 * runs the corpus and mutations of it that are the same each time (`make test`). Each looks for more than a crash: what
 * it asks of every input is said on top of its file. An input is decided by its bytes alone, or it could not be repeated.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many mutations replay.c tries: as many as take about half a second. */
extern const unsigned fuzz_mutations;

/* What must hold for every input. */
#define FUZZ_REQUIRE(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* An input that is read from its beginning; past its end all is zero. */
typedef struct fuzz_input {
    const uint8_t *at;
    size_t left;
} fuzz_input;

uint64_t fuzz_take(fuzz_input *in, unsigned bytes); /* 1 to 8, little-endian */
uint32_t fuzz_pick(fuzz_input *in, uint32_t below); /* one byte, modulo `below` */
/* At most capacity - 1 bytes up to the next 0xff (which goes, too), zero-terminated. */
const char *fuzz_text(fuzz_input *in, char *text, size_t capacity);
/* The same, but NULL if the first byte is 0xfe. */
const char *fuzz_text_or_null(fuzz_input *in, char *text, size_t capacity);

/* Is the text zero-terminated within its array? */
bool fuzz_ends(const char *text, size_t capacity);

#endif
