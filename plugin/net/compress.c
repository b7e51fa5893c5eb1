/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/compress.c - zstd where the cloud takes it, else gzip. It runs on the worker, so the till never pays for it. What
 * does not fit into a byte less than the input does not pay, and goes as it is.
 */
#include "net/compress.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define WORTH_IT_BYTES 512u      /* below, headers and round trips weigh more than the body */
#define GZIP_WINDOW    (15 + 16) /* zlib's way to ask for the gzip format */
#define GZIP_MEMORY    8

/* Reports come to an eighth or less: room for a fourth is tried first, for a till's memory is small. */
#define LIKELY_SHARE 4

/* By the link. Their windows are 4 MiB at most, well within the contract's 8 MiB. A batch of 1 MiB takes 2, 4 and 40 ms
 * of a PC's processor, and twenty times that of a small till's; level 9 makes a fifth less of what level 3 does, which a
 * slow link takes longer to carry. */
static int zstd_level(net_pace pace)
{
    switch (pace) {
    case NET_PACE_FAST:
        return 1;
    case NET_PACE_SLOW:
        return 9;
    default:
        return 3;
    }
}

static int gzip_level(net_pace pace)
{
    return pace == NET_PACE_SLOW ? 9 : 6;
}

/* Each returns the compressed size, 0 when it does not fit into room_bytes or fails. */
static size_t compress_zstd(const net_request *request, uint8_t *room, size_t room_bytes)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t written;

    if (context == NULL)
        return 0;
    written = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, zstd_level(request->pace));
    if (!ZSTD_isError(written))
        written = ZSTD_compress2(context, room, room_bytes, request->body, request->body_bytes);
    ZSTD_freeCCtx(context);
    return ZSTD_isError(written) ? 0 : written;
}

static size_t compress_gzip(const net_request *request, uint8_t *room, size_t room_bytes)
{
    z_stream stream;
    size_t written = 0;

    memset(&stream, 0, sizeof stream);
    if (request->body_bytes > UINT32_MAX || deflateInit2(&stream, gzip_level(request->pace), Z_DEFLATED, GZIP_WINDOW,
                                                         GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    stream.next_in = request->body;
    stream.avail_in = (uInt)request->body_bytes;
    stream.next_out = room;
    stream.avail_out = (uInt)room_bytes;
    if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
        written = stream.total_out;
    (void)deflateEnd(&stream);
    return written;
}

static void replace_body(net_request *request, uint8_t *room, size_t written)
{
    uint8_t *fitted = realloc(room, written);

    if (fitted != NULL)
        room = fitted;
    sodium_memzero(request->body, request->body_bytes);
    free(request->body);
    request->body = room;
    request->body_bytes = written;
}

typedef size_t compressor(const net_request *request, uint8_t *room, size_t room_bytes);

/* Compressed, in the room that it needs; NULL: it does not fit, or memory is out. */
static uint8_t *compress_into_room(const net_request *request, compressor *compress, size_t *written)
{
    const size_t rooms[] = {request->body_bytes / LIKELY_SHARE, request->body_bytes - 1};
    uint8_t *room;
    size_t i;

    for (i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        room = malloc(rooms[i]);
        if (room == NULL)
            return NULL;
        *written = compress(request, room, rooms[i]);
        if (*written > 0)
            return room;
        free(room);
    }
    return NULL;
}

const char *compress_body(net_request *request)
{
    static const struct {
        uint32_t encoding;
        const char *name;
        compressor *compress;
    } ways[] = {{NET_ENCODING_ZSTD, "zstd", compress_zstd}, {NET_ENCODING_GZIP, "gzip", compress_gzip}};
    size_t i, written = 0;

    if (request->body == NULL || request->body_bytes < WORTH_IT_BYTES)
        return NULL;
    for (i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        uint8_t *room = NULL;
        if ((request->encodings & ways[i].encoding) != 0)
            room = compress_into_room(request, ways[i].compress, &written);
        if (room != NULL) {
            replace_body(request, room, written);
            return ways[i].name;
        }
    }
    return NULL;
}
