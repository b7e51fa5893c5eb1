/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson.h - lines out of a file, gzip or plain; one line in memory at a time.
 */
#ifndef TILL_NDJSON_H
#define TILL_NDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "fault.h"

/* Longer lines are no reports: told, and passed over. */
#define NDJSON_LINE_MAX_BYTES (16u * 1024u * 1024u)

struct ndjson {
    char path[4096];
    gzFile file;
    int64_t line_number; /* of `line`, from 1 */
    char *line;          /* without its end; may hold zero bytes: see length */
    size_t length;
    size_t capacity;
};

enum ndjson_result {
    NDJSON_LINE = 1,
    NDJSON_END,
    NDJSON_BAD_LINE, /* this one cannot be read; words in *fault; the next can be asked for */
    NDJSON_FAILED    /* nothing more comes: broken gzip, disk error; words in *fault */
};

/* zlib reads plain files as they are. */
bool ndjson_open(struct ndjson *reader, const char *path, struct fault *fault);

/* The next line that is not empty. */
enum ndjson_result ndjson_next(struct ndjson *reader, struct fault *fault);

void ndjson_close(struct ndjson *reader);

#endif
