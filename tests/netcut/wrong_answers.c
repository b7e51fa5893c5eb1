/* SPDX-License-Identifier: Apache-2.0 */
/* tests/netcut/wrong_answers.c - answers of a size, and what the owner is told about them. */
#include "netcut/wrong.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define LARGE_BYTES (4u << 20)
#define BOMB_BYTES  (40u << 20) /* zeros: about 40 KiB as gzip, which any answer may have */
#define ZSTD_TIMES  8u          /* so many times that, as zstd */
#define BLOCK_BYTES (1u << 20)
#define GZIP_WINDOW (15 + 16)
#define GZIP_BEST   9
#define GZIP_MEMORY 8

static char *new_bytes(size_t size)
{
    char *made = malloc(size + 1);
    ck_assert_ptr_nonnull(made);
    return made;
}

static char *make_endless(http_reply *reply)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[";
    char *made = new_bytes(LARGE_BYTES);
    memset(made, ' ', LARGE_BYTES);
    memcpy(made, head, sizeof head - 1);
    *reply = (http_reply){.raw = made, .raw_bytes = LARGE_BYTES, .close = true};
    return made;
}

static char *make_headers(http_reply *reply)
{
    char *made = new_bytes(LARGE_BYTES);
    size_t used = (size_t)snprintf(made, LARGE_BYTES, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; used + 100 < LARGE_BYTES; i++)
        used += (size_t)snprintf(made + used, LARGE_BYTES - used, "X-Filler-%d: 0123456789012345678901234\r\n", i);
    *reply = (http_reply){.raw = made, .raw_bytes = used, .close = true};
    return made;
}

static size_t make_gzip(char *to, size_t room, char *zeros)
{
    z_stream stream = {.next_out = (Bytef *)to, .avail_out = (uInt)room};
    ck_assert_int_eq(deflateInit2(&stream, GZIP_BEST, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY), Z_OK);
    for (uint32_t done = 0; done < BOMB_BYTES; done += BLOCK_BYTES) {
        stream.next_in = (Bytef *)zeros;
        stream.avail_in = BLOCK_BYTES;
        ck_assert_int_eq(deflate(&stream, Z_NO_FLUSH), Z_OK);
    }
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = stream.total_out;
    deflateEnd(&stream);
    return size;
}

static size_t make_zstd(char *to, size_t room, char *zeros)
{
    ZSTD_CStream *stream = ZSTD_createCStream();
    ZSTD_outBuffer out = {to, room, 0};
    for (uint32_t done = 0; done < BOMB_BYTES / BLOCK_BYTES * ZSTD_TIMES; done++) {
        ZSTD_inBuffer in = {zeros, BLOCK_BYTES, 0};
        while (in.pos < in.size)
            ck_assert(!ZSTD_isError(ZSTD_compressStream2(stream, &out, &in, ZSTD_e_continue)));
    }
    ZSTD_inBuffer none = {zeros, 0, 0};
    ck_assert_uint_eq(ZSTD_compressStream2(stream, &out, &none, ZSTD_e_end), 0);
    ZSTD_freeCStream(stream);
    return out.pos;
}

static char *make_bomb(http_reply *reply, bool is_zstd)
{
    char *made = new_bytes(BLOCK_BYTES), *zeros = calloc(1, BLOCK_BYTES);
    ck_assert_ptr_nonnull(zeros);
    size_t size = is_zstd ? make_zstd(made, BLOCK_BYTES, zeros) : make_gzip(made, BLOCK_BYTES, zeros);
    ck_assert_uint_lt(size, 60000); /* no cap stops it before it could be unpacked */
    free(zeros);
    *reply = (http_reply){.headers = is_zstd ? "Content-Type: application/json\r\nContent-Encoding: zstd\r\n"
                                             : "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
                          .body = made,
                          .body_bytes = size};
    return made;
}

char *wrong_make(wrong_body which, http_reply *reply)
{
    switch (which) {
    case WRONG_ENDLESS:
        return make_endless(reply);
    case WRONG_HEADERS:
        return make_headers(reply);
    case WRONG_GZIP_BOMB:
    case WRONG_ZSTD_BOMB:
        break;
    }
    return make_bomb(reply, which == WRONG_ZSTD_BOMB);
}

int64_t wrong_read_rss_kb(void)
{
    char *text = e2e_read_file("/proc/self/status", NULL);
    const char *line = text ? strstr(text, "VmHWM:") : NULL;
    ck_assert_ptr_nonnull(line);
    int64_t kb = strtoll(line + strlen("VmHWM:"), NULL, 10);
    free(text);
    return kb;
}

void wrong_check_words(bench *b, const char *line, const char *diagnosis)
{
    e2e_owner_open(&b->host);
    bench_press(b, "status");
    bench_await_widget(b, "need.failing", line);
    if (!diagnosis)
        return;
    e2e_owner_open(&b->host);
    bench_press(b, "diagnose");
    bench_press(b, "diagnose.start");
    bench_await_widget(b, "diagnosis", "");
    ck_assert_msg(e2e_owner_reads(&b->host, "diagnosis", diagnosis), "Diagnose says \"%s\"",
                  poshost_screen_find(b->host.screen, "diagnosis")->label);
}

void wrong_check_healed(bench *b)
{
    e2e_owner_open(&b->host);
    bench_press(b, "status");
    bench_await_widget(b, "pending", "");
    ck_assert_ptr_null(poshost_screen_find(b->host.screen, "need.failing"));
    ck_assert_ptr_nonnull(strstr(b->host.status, "all sent"));
    e2e_owner_open(&b->host);
    bench_press(b, "diagnose");
    bench_press(b, "diagnose.start");
    bench_await_widget(b, "tested", "");
    /* Its clock is what the bench has made of it. */
    ck_assert(e2e_owner_reads(&b->host, "check.tls", "In order") &&
              e2e_owner_reads(&b->host, "check.store", "In order"));
}
