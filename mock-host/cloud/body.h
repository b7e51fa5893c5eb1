/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - a request body on its way in: decompressed and capped while it streams. */
#ifndef CLOUD_BODY_H
#define CLOUD_BODY_H

#include <stddef.h>

typedef enum body_coding { BODY_UNKNOWN = 0, BODY_IDENTITY, BODY_GZIP, BODY_ZSTD } body_coding;

typedef enum body_status {
    BODY_OK = 0,
    BODY_TOO_LARGE,
    BODY_BROKEN, /* not what its coding says, or cut off */
    BODY_WINDOW, /* a zstd frame that wants a window above 8 MiB */
    BODY_OUT_OF_MEMORY
} body_status;

typedef struct body body;

/* "zstd", "gzip", "identity" in any case; NULL and "" are identity. */
body_coding body_parse_coding(const char *word);

/* NULL when there is no memory. */
body *body_open(body_coding coding, size_t max_bytes);

/* Takes some more. After anything but BODY_OK it ignores what follows and answers the same again: the memory is capped
 * at max_bytes and a buffer, however large the body would become. */
body_status body_feed(body *self, const void *bytes, size_t length);

/* The end. With BODY_OK the decoded bytes, followed by a zero that does not count, stay valid until body_close(). */
body_status body_finish(body *self, const char **bytes, size_t *length);

/* Wipes it (it may hold a password) and frees it. NULL is fine. */
void body_close(body *self);

#endif
