/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads lines through zlib. A year of reports is 30 MB unpacked; only the line at hand is kept.
 */
#include "ndjson.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NDJSON_FIRST_BYTES (64u * 1024u)

bool ndjson_open(struct ndjson *reader, const char *path, struct fault *fault)
{
    memset(reader, 0, sizeof *reader);
    if (snprintf(reader->path, sizeof reader->path, "%s", path) >= (int)sizeof reader->path)
        return fault_set(fault, "the file's name is too long");
    reader->line = malloc(NDJSON_FIRST_BYTES);
    reader->capacity = NDJSON_FIRST_BYTES;
    if (reader->line == NULL)
        return fault_set(fault, "no memory to read %s", path);
    errno = 0;
    reader->file = gzopen(path, "rbe");
    if (reader->file == NULL) {
        ndjson_close(reader);
        return fault_set(fault, "cannot read %s: %s", path, errno != 0 ? strerror(errno) : "no memory");
    }
    (void)gzbuffer(reader->file, 128u * 1024u);
    return true;
}

static bool ndjson_grow(struct ndjson *reader)
{
    if (reader->capacity >= NDJSON_LINE_MAX_BYTES)
        return false;
    char *grown = realloc(reader->line, reader->capacity * 2);
    if (grown == NULL)
        return false;
    reader->line = grown;
    reader->capacity *= 2;
    return true;
}

/* Passes over the rest of a line that is too long. */
static void ndjson_skip(struct ndjson *reader)
{
    int c;
    while ((c = gzgetc(reader->file)) != -1 && c != '\n')
        continue;
}

static enum ndjson_result ndjson_read(struct ndjson *reader, struct fault *fault)
{
    int c;
    reader->length = 0;
    reader->line_number++;
    while ((c = gzgetc(reader->file)) != -1 && c != '\n') {
        if (reader->length + 1 == reader->capacity && !ndjson_grow(reader)) {
            ndjson_skip(reader);
            (void)fault_set(fault, "%s:%" PRId64 ": the line is longer than %u MB, or memory is short", reader->path,
                            reader->line_number, NDJSON_LINE_MAX_BYTES >> 20);
            return NDJSON_BAD_LINE;
        }
        reader->line[reader->length++] = (char)c;
    }
    reader->line[reader->length] = '\0';
    if (c != -1 || reader->length > 0) {
        int code = Z_OK;
        const char *words = c == -1 ? gzerror(reader->file, &code) : "";
        if (code == Z_OK || code == Z_STREAM_END)
            return NDJSON_LINE;
        (void)fault_set(fault, "%s:%" PRId64 ": the file is cut off or damaged: %s", reader->path, reader->line_number,
                        words);
        return NDJSON_FAILED;
    }
    int code;
    const char *words = gzerror(reader->file, &code);
    if (code == Z_OK || code == Z_STREAM_END)
        return NDJSON_END;
    (void)fault_set(fault, "%s: the file is cut off or damaged after line %" PRId64 ": %s", reader->path,
                    reader->line_number - 1, words);
    return NDJSON_FAILED;
}

enum ndjson_result ndjson_next(struct ndjson *reader, struct fault *fault)
{
    for (;;) {
        enum ndjson_result result = ndjson_read(reader, fault);
        if (result == NDJSON_LINE && reader->length > 0 && reader->line[reader->length - 1] == '\r')
            reader->line[--reader->length] = '\0';
        if (result != NDJSON_LINE || reader->length > 0)
            return result;
    }
}

void ndjson_close(struct ndjson *reader)
{
    if (reader->file != NULL)
        (void)gzclose(reader->file);
    free(reader->line);
    reader->file = NULL;
    reader->line = NULL;
}
