/* SPDX-License-Identifier: Apache-2.0 */
/* Report batches for the tests; see the header. */
#include "cloud_batches.h"

#include "cloud/ident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

void buffer_add(buffer *self, const void *bytes, size_t length)
{
    ck_assert(length == 0 || client_append(&self->bytes, &self->length, bytes, length) == length);
}

void buffer_free(buffer *self)
{
    free(self->bytes);
    memset(self, 0, sizeof *self);
}

static void batch_document(const item *what, char *out, size_t out_size)
{
    const char *register_id = what->register_id ? what->register_id : "till-1";
    long long gross = what->kind == 'X' ? 100 * what->x_sequence : 1000;
    char sequence[40] = "";
    if (what->kind == 'X')
        snprintf(sequence, sizeof sequence, "\"x_sequence\":%lld,", what->x_sequence);
    snprintf(out, out_size,
             "{\"schema\":\"pos.report.%s/1\",\"report_type\":\"%s\",\"register_id\":\"%s\",\"currency\":\"EUR\","
             "\"z_number\":%lld,%s\"business_date\":\"2026-11-20\",\"note\":\"%s\",\"totals\":{\"gross_turnover\":%lld,"
             "\"net_turnover\":%lld,\"tax_total\":%lld},\"taxes\":[{\"tax_id\":\"A\",\"rate\":2100,\"net\":%lld,"
             "\"tax\":%lld,\"gross\":%lld}],\"grand_totals\":{\"net\":%lld}}",
             what->kind == 'X' ? "x" : "z", what->kind == 'X' ? "X" : "Z", register_id, what->z_number, sequence,
             what->note ? what->note : "", gross, gross - 100, 100LL, gross - 100, 100LL, gross, what->z_number * 1000);
}

void batch_add_raw(buffer *self, item what, const void *document, size_t document_bytes)
{
    char line[1024];
    char sha256[IDENT_HEX_SIZE];
    ident_hash_hex(document, document_bytes, sha256);
    int length = snprintf(line, sizeof line,
                          "{\"kind\":\"%c\",\"register_id\":\"%s\",\"epoch\":%lld,\"z_number\":%lld,"
                          "\"x_sequence\":%lld,\"sha256\":\"%s\",\"length\":%zu,\"business_date\":\"2026-11-20\","
                          "\"closed_at_ms\":1795212345678,\"grand_total_minor\":%lld,\"currency\":\"EUR\","
                          "\"origin\":\"%s\"}",
                          what.kind ? what.kind : 'Z', what.register_id ? what.register_id : "till-1", what.epoch,
                          what.z_number, what.x_sequence, what.sha256 ? what.sha256 : sha256, document_bytes,
                          what.z_number * 1000, what.rebuilt ? "rebuilt" : "original");
    if (what.header)
        buffer_add(self, what.header, strlen(what.header));
    else
        buffer_add(self, line, (size_t)length);
    buffer_add(self, "\n", 1);
    buffer_add(self, document, document_bytes);
    buffer_add(self, "\n", 1);
}

void batch_add(buffer *self, item what)
{
    char document[1024];
    if (what.document) {
        batch_add_raw(self, what, what.document, strlen(what.document));
        return;
    }
    batch_document(&what, document, sizeof document);
    batch_add_raw(self, what, document, strlen(document));
}

buffer batch_gzip(const buffer *plain)
{
    buffer out = {NULL, 0};
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&stream, (uLong)plain->length) + 64;
    out.bytes = malloc(bound);
    stream.next_in = (Bytef *)plain->bytes;
    stream.avail_in = (uInt)plain->length;
    stream.next_out = (Bytef *)out.bytes;
    stream.avail_out = (uInt)bound;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.length = bound - stream.avail_out;
    deflateEnd(&stream);
    return out;
}

buffer batch_zstd(const buffer *plain)
{
    buffer out = {malloc(ZSTD_compressBound(plain->length)), 0};
    out.length = ZSTD_compress(out.bytes, ZSTD_compressBound(plain->length), plain->bytes, plain->length, 3);
    ck_assert(!ZSTD_isError(out.length));
    return out;
}

reply batch_send_coded(const fixture *self, const till *from, const buffer *bytes, const char *coding)
{
    char path[200];
    snprintf(path, sizeof path, "%s/reports", from->path);
    return fixture_call(self, (call){.path = path,
                                     .token = from->token,
                                     .body = bytes->bytes ? bytes->bytes : "",
                                     .body_bytes = bytes->length,
                                     .type = "application/vnd.pos.report-batch",
                                     .coding = coding});
}

reply batch_send_one(const fixture *self, const till *from, item what)
{
    buffer bytes = {NULL, 0};
    batch_add(&bytes, what);
    reply answer = batch_send_coded(self, from, &bytes, NULL);
    fixture_expect(&answer, 200, NULL);
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&answer, "results")), 1);
    buffer_free(&bytes);
    return answer;
}

void batch_expect_one(const fixture *self, const till *from, item what, const char *status, const char *code)
{
    reply answer = batch_send_one(self, from, what);
    ck_assert_msg(strcmp(reply_text(&answer, "results.0.status"), status) == 0, "not %s: %s", status, answer.body);
    if (code)
        ck_assert_str_eq(reply_text(&answer, "results.0.problem.code"), code);
    reply_free(&answer);
}

buffer batch_zstd_window(size_t zeros, int window_log)
{
    buffer plain = {calloc(1, zeros), zeros};
    buffer out = {malloc(ZSTD_compressBound(zeros)), 0};
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    ZSTD_inBuffer in = {plain.bytes, plain.length, 0};
    ZSTD_outBuffer to = {out.bytes, ZSTD_compressBound(zeros), 0};
    while (ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) != 0)
        ;
    out.length = to.pos;
    ZSTD_freeCCtx(context);
    buffer_free(&plain);
    return out;
}
