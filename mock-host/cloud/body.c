/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding request bodies. The decoded size is capped while streaming, so a compression bomb costs no more than the
 * largest honest body, and zstd's window is limited to 8 MiB (RFC 9659), so a frame can't ask for gigabytes either.
 */
#include "body.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG_MAX 23
#define FIRST_BYTES    16384u

struct body {
    body_coding coding;
    body_status status;
    size_t max_bytes;
    char *bytes;
    size_t length;
    size_t capacity; /* always has room for the zero behind `length` */
    bool ended;      /* gzip: the member is complete; zstd: no frame is open */
    z_stream gzip;
    ZSTD_DCtx *zstd;
};

body_coding body_parse_coding(const char *word)
{
    if (!word || !*word || strcasecmp(word, "identity") == 0)
        return BODY_IDENTITY;
    if (strcasecmp(word, "gzip") == 0)
        return BODY_GZIP;
    return strcasecmp(word, "zstd") == 0 ? BODY_ZSTD : BODY_UNKNOWN;
}

body *body_open(body_coding coding, size_t max_bytes)
{
    body *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->coding = coding;
    self->max_bytes = max_bytes;
    self->ended = coding == BODY_IDENTITY;
    bool ready = true;
    if (coding == BODY_GZIP)
        ready = inflateInit2(&self->gzip, 15 + 16) == Z_OK;
    if (coding == BODY_ZSTD)
        ready = (self->zstd = ZSTD_createDCtx()) != NULL &&
                !ZSTD_isError(ZSTD_DCtx_setParameter(self->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX));
    if (ready)
        return self;
    body_close(self);
    return NULL;
}

/* Room for at least one byte more, or a status. realloc() is not used: it may leave a copy of a password behind. */
static body_status grow(body *self)
{
    if (self->length + 1 < self->capacity)
        return BODY_OK;
    if (self->length >= self->max_bytes)
        return BODY_TOO_LARGE;
    size_t capacity = self->capacity ? self->capacity * 2 : FIRST_BYTES;
    if (capacity > self->max_bytes + 1)
        capacity = self->max_bytes + 1;
    char *bytes = malloc(capacity);
    if (!bytes)
        return BODY_OUT_OF_MEMORY;
    if (self->bytes) {
        memcpy(bytes, self->bytes, self->length);
        sodium_memzero(self->bytes, self->length);
        free(self->bytes);
    }
    self->bytes = bytes;
    self->capacity = capacity;
    return BODY_OK;
}

static body_status feed_identity(body *self, const char *bytes, size_t length)
{
    while (length > 0) {
        body_status status = grow(self);
        if (status != BODY_OK)
            return status;
        size_t room = self->capacity - 1 - self->length;
        size_t part = length < room ? length : room;
        memcpy(self->bytes + self->length, bytes, part);
        self->length += part;
        bytes += part;
        length -= part;
    }
    return BODY_OK;
}

/*
 * Both decoders are asked for one byte beyond the cap at the most: with a full buffer the spare byte of the terminating zero
 * serves as the proof that there is more.
 */
static body_status feed_gzip(body *self, const void *bytes, size_t length)
{
    union {
        const void *in;
        Bytef *out;
    } cast = {.in = bytes}; /* zlib's next_in is not const without ZLIB_CONST; it does not write there */
    self->gzip.next_in = cast.out;
    self->gzip.avail_in = (uInt)length;
    bool more = true; /* output may be waiting inside although all input is taken */
    while (self->gzip.avail_in > 0 || more) {
        if (self->ended)
            return self->gzip.avail_in > 0 ? BODY_BROKEN : BODY_OK; /* something behind the only member */
        body_status status = grow(self);
        bool full = status == BODY_TOO_LARGE && self->bytes;
        if (status != BODY_OK && !full)
            return status;
        size_t room = self->capacity - self->length - (full ? 0 : 1);
        self->gzip.next_out = (Bytef *)self->bytes + self->length;
        self->gzip.avail_out = (uInt)room;
        int code = inflate(&self->gzip, Z_NO_FLUSH);
        size_t produced = room - self->gzip.avail_out;
        if (full && produced > 0)
            return BODY_TOO_LARGE;
        self->length += produced;
        self->ended = code == Z_STREAM_END;
        more = produced == room;
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return code == Z_MEM_ERROR ? BODY_OUT_OF_MEMORY : BODY_BROKEN;
    }
    return BODY_OK;
}

static body_status zstd_failure(size_t code)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return BODY_WINDOW;
    case ZSTD_error_memory_allocation:
        return BODY_OUT_OF_MEMORY;
    default:
        return BODY_BROKEN;
    }
}

static body_status feed_zstd(body *self, const void *bytes, size_t length)
{
    ZSTD_inBuffer in = {bytes, length, 0};
    bool more = true; /* output may be waiting inside although all input is taken */
    while (in.pos < in.size || more) {
        body_status status = grow(self);
        bool full = status == BODY_TOO_LARGE && self->bytes;
        if (status != BODY_OK && !full)
            return status;
        ZSTD_outBuffer out = {self->bytes + self->length, self->capacity - self->length - (full ? 0 : 1), 0};
        size_t code = ZSTD_decompressStream(self->zstd, &out, &in);
        if (ZSTD_isError(code))
            return zstd_failure(code);
        if (full && out.pos > 0)
            return BODY_TOO_LARGE;
        self->length += out.pos;
        self->ended = code == 0;
        more = !self->ended && out.pos == out.size;
    }
    return BODY_OK;
}

body_status body_feed(body *self, const void *bytes, size_t length)
{
    if (self->status != BODY_OK || length == 0)
        return self->status;
    if (self->coding == BODY_ZSTD)
        self->status = feed_zstd(self, bytes, length);
    else if (self->coding == BODY_GZIP)
        self->status = feed_gzip(self, bytes, length);
    else
        self->status = feed_identity(self, bytes, length);
    return self->status;
}

body_status body_finish(body *self, const char **bytes, size_t *length)
{
    if (self->status != BODY_OK)
        return self->status;
    if (!self->ended)
        return BODY_BROKEN;
    if (self->length == 0) {
        *bytes = "";
    } else {
        self->bytes[self->length] = 0;
        *bytes = self->bytes;
    }
    *length = self->length;
    return BODY_OK;
}

void body_close(body *self)
{
    if (!self)
        return;
    if (self->coding == BODY_GZIP)
        inflateEnd(&self->gzip);
    ZSTD_freeDCtx(self->zstd);
    if (self->bytes) {
        sodium_memzero(self->bytes, self->capacity);
        free(self->bytes);
    }
    free(self);
}
