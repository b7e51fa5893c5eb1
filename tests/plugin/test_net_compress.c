/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_net_compress.c - what is compressed, how, and that the other side gets the same bytes back. */
#include "net/compress.h"
#include "net/pace.h"
#include "net_probe.h"

#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

static const http_reply plain = {.headers = "Content-Type: application/json\r\n", .body = "{}"};

static void fill(uint8_t *body, size_t size, bool random)
{
    uint32_t state = 12345;
    size_t i;

    for (i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        body[i] = random ? (uint8_t)(state >> 24) : (uint8_t)("{\"amount_minor\":123456}"[(state >> 27) % 22]);
    }
}

static size_t unpack(const http_request *seen, const char *coding, uint8_t *to, size_t room)
{
    z_stream stream = {0};

    if (strcmp(coding, "zstd") == 0) {
        size_t size = ZSTD_decompress(to, room, seen->body, seen->body_bytes);
        ZSTD_DCtx *small = ZSTD_createDCtx();
        ZSTD_inBuffer in = {seen->body, seen->body_bytes, 0};
        ZSTD_outBuffer out = {to, room, 0};

        ck_assert(!ZSTD_isError(size));
        ck_assert(!ZSTD_isError(ZSTD_DCtx_setParameter(small, ZSTD_d_windowLogMax, 23)));
        ck_assert_msg(!ZSTD_isError(ZSTD_decompressStream(small, &out, &in)), "needs more than 8 MiB");
        ZSTD_freeDCtx(small);
        return size;
    }
    stream.next_in = seen->body;
    stream.avail_in = (uInt)seen->body_bytes;
    stream.next_out = to;
    stream.avail_out = (uInt)room;
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_int_eq(inflateEnd(&stream), Z_OK);
    return stream.total_out;
}

/* What may be compressed, what is, and how. */
static const struct {
    uint32_t encodings;
    size_t size;
    bool random;
    const char *want; /* NULL: as it is */
} packings[] = {
    {0, 100000, false, NULL},
    {NET_ENCODING_GZIP, 100000, false, "gzip"},
    {NET_ENCODING_ZSTD, 100000, false, "zstd"},
    {NET_ENCODING_GZIP | NET_ENCODING_ZSTD, 100000, false, "zstd"},
    {NET_ENCODING_GZIP | NET_ENCODING_ZSTD, 100, false, NULL},
    {NET_ENCODING_GZIP | NET_ENCODING_ZSTD, 100000, true, NULL},
    {NET_ENCODING_ZSTD, 6 * 1024 * 1024, false, "zstd"},
    {NET_ENCODING_GZIP, 6 * 1024 * 1024, false, "gzip"},
};

START_TEST(test_compression)
{
    http_server *server = http_server_start(&plain, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    size_t size = packings[_i].size;
    uint8_t *body = malloc(size);
    uint8_t *back = malloc(size);
    net_request *request;
    const http_request *seen;
    net_answer answer;
    char line[64];

    fill(body, size, packings[_i].random);
    request = probe_post("/v1/reports", body, size);
    request->encodings = packings[_i].encodings;
    answer = probe_exchange(calls, request);
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    seen = http_server_request(server, 0);
    ck_assert_uint_eq(answer.sent_bytes, seen->body_bytes);
    if (packings[_i].want == NULL) {
        ck_assert_ptr_null(strstr(seen->head, "Content-Encoding"));
        ck_assert_uint_eq(seen->body_bytes, size);
        ck_assert_mem_eq(seen->body, body, size);
    } else {
        (void)snprintf(line, sizeof line, "Content-Encoding: %s", packings[_i].want);
        ck_assert(http_request_has_line(seen, line));
        ck_assert_uint_lt(seen->body_bytes, size);
        ck_assert_uint_eq(unpack(seen, packings[_i].want, back, size), size);
        ck_assert_mem_eq(back, body, size);
    }
    free(body);
    free(back);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

/* ---- a slow link is worth more work ---- */

static const struct {
    uint64_t sent_bytes, took_us;
    net_pace before, want;
} paces[] = {
    {100000, 1000000, NET_PACE_USUAL, NET_PACE_SLOW}, /* 0.8 Mbit/s */
    {100000, 1000000, NET_PACE_FAST, NET_PACE_SLOW},  {100000, 100000, NET_PACE_USUAL, NET_PACE_USUAL},
    {100000, 100000, NET_PACE_SLOW, NET_PACE_USUAL},  {100000, 10000, NET_PACE_USUAL, NET_PACE_FAST},
    {100000, 0, NET_PACE_USUAL, NET_PACE_FAST},       {2000, 1000000, NET_PACE_FAST, NET_PACE_FAST},
    {2000, 1, NET_PACE_SLOW, NET_PACE_SLOW}, /* too little to tell */
};

START_TEST(test_pace)
{
    ck_assert_int_eq(pace_judge(paces[_i].sent_bytes, paces[_i].took_us, paces[_i].before), paces[_i].want);
}
END_TEST

static size_t packed_bytes(uint32_t encoding, net_pace pace)
{
    const size_t size = 300000;
    uint8_t *body = malloc(size + 64);
    net_request *request;
    size_t packed, at = 0;
    uint32_t item;

    for (item = 0; at < size; item++)
        at += (size_t)snprintf((char *)body + at, 64, "{\"item_id\":\"%u\",\"gross\":%u}", item % 900,
                               item * 7919 % 9973);
    request = probe_post("/v1/reports", body, size);
    request->encodings = encoding;
    request->pace = pace;
    ck_assert_ptr_nonnull(compress_body(request));
    packed = request->body_bytes;
    net_request_free(request);
    free(body);
    return packed;
}

START_TEST(test_slow_links_carry_less)
{
    ck_assert_uint_lt(packed_bytes(NET_ENCODING_ZSTD, NET_PACE_SLOW), packed_bytes(NET_ENCODING_ZSTD, NET_PACE_USUAL));
    ck_assert_uint_lt(packed_bytes(NET_ENCODING_ZSTD, NET_PACE_SLOW), packed_bytes(NET_ENCODING_ZSTD, NET_PACE_FAST));
    ck_assert_uint_le(packed_bytes(NET_ENCODING_GZIP, NET_PACE_SLOW), packed_bytes(NET_ENCODING_GZIP, NET_PACE_USUAL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("compress");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_pace, 0, sizeof paces / sizeof paces[0]);
    tcase_add_test(tests, test_slow_links_carry_less);
    tcase_add_loop_test(tests, test_compression, 0, sizeof packings / sizeof packings[0]);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
