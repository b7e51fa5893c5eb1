/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reads bytes from strangers, by itself: the body decoder, the JSON checker and the batch framing.
 */
#include "cloud_batches.h"

#include "cloud/batch.h"
#include "cloud/body.h"
#include "cloud/json_check.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the decoder by itself */

static body_status decode(body_coding coding, const buffer *from, size_t step, size_t max, size_t *length)
{
    const char *bytes;
    body *decoder = body_open(coding, max);
    ck_assert_ptr_nonnull(decoder);
    for (size_t at = 0; at < from->length; at += step)
        body_feed(decoder, from->bytes + at, from->length - at < step ? from->length - at : step);
    body_status status = body_finish(decoder, &bytes, length);
    if (status == BODY_OK && *length > 0)
        ck_assert_int_eq(bytes[*length], 0);
    body_close(decoder);
    return status;
}

static buffer sample(size_t length)
{
    buffer out = {malloc(length), length};
    for (size_t i = 0; i < length; i++)
        out.bytes[i] = (char)('a' + (i * i / 7) % 26);
    return out;
}

START_TEST(decodes_in_steps_of_any_size)
{
    static const size_t steps[] = {1, 2, 7, 4096, 1 << 20};
    buffer plain = sample(50000);
    buffer packed[] = {plain, batch_gzip(&plain), batch_zstd(&plain)};
    for (int coding = BODY_IDENTITY; coding <= BODY_ZSTD; coding++)
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            size_t length = 0;
            const buffer *from = &packed[coding - BODY_IDENTITY];
            ck_assert_int_eq(decode((body_coding)coding, from, steps[i], 50000, &length), BODY_OK);
            ck_assert_uint_eq(length, 50000);
            ck_assert_int_eq(decode((body_coding)coding, from, steps[i], 49999, &length), BODY_TOO_LARGE);
            ck_assert_int_eq(decode((body_coding)coding, from, steps[i], 1, &length), BODY_TOO_LARGE);
        }
    for (int i = 0; i < 3; i++)
        buffer_free(&packed[i]);
}
END_TEST

START_TEST(a_cut_or_longer_stream_is_broken)
{
    buffer plain = sample(1000);
    buffer gzip = batch_gzip(&plain);
    buffer zstd = batch_zstd(&plain);
    size_t length;
    for (size_t cut = 0; cut < gzip.length; cut++)
        ck_assert_int_eq(decode(BODY_GZIP, &(buffer){gzip.bytes, cut}, 64, 5000, &length), BODY_BROKEN);
    for (size_t cut = 0; cut < zstd.length; cut++)
        ck_assert_int_eq(decode(BODY_ZSTD, &(buffer){zstd.bytes, cut}, 64, 5000, &length), BODY_BROKEN);
    buffer_add(&gzip, "x", 1);
    buffer_add(&zstd, "x", 1);
    ck_assert_int_eq(decode(BODY_GZIP, &gzip, 64, 5000, &length), BODY_BROKEN);
    ck_assert_int_eq(decode(BODY_ZSTD, &zstd, 64, 5000, &length), BODY_BROKEN);
    ck_assert_int_eq(decode(BODY_GZIP, &plain, 64, 5000, &length), BODY_BROKEN);
    ck_assert_int_eq(decode(BODY_ZSTD, &plain, 64, 5000, &length), BODY_BROKEN);
    buffer_free(&plain);
    buffer_free(&gzip);
    buffer_free(&zstd);
}
END_TEST

START_TEST(flipped_bytes_are_never_taken_for_good)
{
    buffer plain = sample(300);
    buffer gzip = batch_gzip(&plain);
    size_t length;
    for (size_t at = 10; at < gzip.length; at++) { /* behind the header, whose fields may differ harmlessly */
        gzip.bytes[at] = (char)(gzip.bytes[at] ^ 0x55);
        ck_assert_int_ne(decode(BODY_GZIP, &gzip, 64, 5000, &length), BODY_OK);
        gzip.bytes[at] = (char)(gzip.bytes[at] ^ 0x55);
    }
    buffer_free(&plain);
    buffer_free(&gzip);
}
END_TEST

START_TEST(a_large_window_is_refused)
{
    size_t length;
    buffer fits = batch_zstd_window(9u << 20, 23);
    buffer large = batch_zstd_window(9u << 20, 24);
    ck_assert_int_eq(decode(BODY_ZSTD, &fits, 4096, 16u << 20, &length), BODY_OK);
    ck_assert_int_eq(decode(BODY_ZSTD, &large, 4096, 16u << 20, &length), BODY_WINDOW);
    buffer_free(&fits);
    buffer_free(&large);
}
END_TEST

START_TEST(codings_are_known_by_name)
{
    ck_assert_int_eq(body_parse_coding(NULL), BODY_IDENTITY);
    ck_assert_int_eq(body_parse_coding(""), BODY_IDENTITY);
    ck_assert_int_eq(body_parse_coding("GZip"), BODY_GZIP);
    ck_assert_int_eq(body_parse_coding("zstd"), BODY_ZSTD);
    ck_assert_int_eq(body_parse_coding("br"), BODY_UNKNOWN);
    ck_assert_int_eq(body_parse_coding("gzip, zstd"), BODY_UNKNOWN);
}
END_TEST

/* ------------------------------------------------------------------ JSON by itself */

START_TEST(strict_json_is_told_from_the_rest)
{
    static const char *const good[] = {"null",
                                       " true ",
                                       "[]",
                                       "{}",
                                       "[1,2]",
                                       "-0",
                                       "0.5e-10",
                                       "\"\\ud83d\\ude00 \xc3\xa9\"",
                                       "{\"a\":{\"b\":[{}]}}",
                                       "[[],{}]",
                                       "1E5",
                                       "\"\x7f\""};
    static const char *const bad[] = {"",
                                      " ",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "1e",
                                      "nul",
                                      "\"",
                                      "\"\\x\"",
                                      "\"\t\"",
                                      "\"\\u12\"",
                                      "\"\\u0000\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "[1 2]",
                                      "{\"a\"}",
                                      "{\"a\" 1}",
                                      "[}",
                                      "1 2",
                                      "\xef\xbb\xbf{}",
                                      "\"\xc0\x80\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\"\xe2\x82\"",
                                      "{\"a\":}",
                                      "[",
                                      "]",
                                      "NaN",
                                      "\"\\ud800\\u0041\"",
                                      "'a'",
                                      "{1:2}",
                                      "-"};
    size_t at;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(json_check(good[i], strlen(good[i]), &at) == NULL, "refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(json_check(bad[i], strlen(bad[i]), &at) != NULL, "taken: %s", bad[i]);
    ck_assert_ptr_nonnull(json_check("\"a\0b\"", 5, &at));
    ck_assert_ptr_nonnull(json_check("1\0", 2, &at));
}
END_TEST

START_TEST(nesting_has_a_limit)
{
    char text[20001];
    size_t at;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    ck_assert_ptr_null(json_check(text, 2 * JSON_DEPTH_MAX, &at));
    memset(text, '[', 10000);
    memset(text + 10000, ']', 10000);
    ck_assert_str_eq(json_check(text, 20000, &at), "nested too deeply");
    ck_assert_uint_eq(at, JSON_DEPTH_MAX);
}
END_TEST

/* ------------------------------------------------------------------ framing by itself */

START_TEST(frames_are_read_back)
{
    char detail[200];
    batch_item read;
    buffer bytes = {NULL, 0};
    batch_add(&bytes, (item){.z_number = 12, .epoch = 3, .rebuilt = true});
    batch_add(&bytes, (item){.kind = 'X', .z_number = 13, .x_sequence = 4, .document = ""});
    batch_cursor cursor = {.bytes = bytes.bytes, .length = bytes.length};
    ck_assert_int_eq(batch_next(&cursor, &read, detail, sizeof detail), BATCH_ITEM);
    ck_assert(read.kind == 'Z' && read.z_number == 12 && read.epoch == 3 && read.rebuilt && read.x_sequence == 0);
    ck_assert_int_eq(read.grand_total_minor, 12000);
    ck_assert_str_eq(read.currency, "EUR");
    ck_assert_int_eq(batch_next(&cursor, &read, detail, sizeof detail), BATCH_ITEM);
    ck_assert(read.kind == 'X' && read.x_sequence == 4 && read.report_bytes == 0 && !read.rebuilt);
    ck_assert_int_eq(batch_next(&cursor, &read, detail, sizeof detail), BATCH_END);
    buffer_free(&bytes);
}
END_TEST

START_TEST(a_batch_cut_anywhere_is_malformed)
{
    char detail[200];
    batch_item read;
    buffer bytes = {NULL, 0};
    batch_add(&bytes, (item){.z_number = 1});
    for (size_t cut = 1; cut < bytes.length; cut++) {
        char *exact = malloc(cut); /* so that a sanitizer sees any byte read too far */
        memcpy(exact, bytes.bytes, cut);
        batch_cursor cursor = {.bytes = exact, .length = cut};
        ck_assert_int_eq(batch_next(&cursor, &read, detail, sizeof detail), BATCH_MALFORMED);
        ck_assert_ptr_nonnull(strstr(detail, "Item 0 at byte 0"));
        free(exact);
    }
    buffer_free(&bytes);
}
END_TEST

/* A right header line with one member replaced. */
static void spoil_header(const char *member, const char *value, char *out, size_t out_size)
{
    static const struct {
        const char *name;
        const char *value;
    } members[] = {
        {"kind", "\"Z\""},       {"register_id", "\"till-1\""},
        {"epoch", "0"},          {"z_number", "1"},
        {"x_sequence", "0"},     {"sha256", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""},
        {"length", "0"},         {"business_date", "\"2026-11-20\""},
        {"closed_at_ms", "1"},   {"grand_total_minor", "-5"},
        {"currency", "\"EUR\""}, {"origin", "\"original\""}};
    size_t used = (size_t)snprintf(out, out_size, "{\"unknown\":[1]");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *with = strcmp(members[i].name, member) == 0 ? value : members[i].value;
        if (with)
            used += (size_t)snprintf(out + used, out_size - used, ",\"%s\":%s", members[i].name, with);
    }
    snprintf(out + used, out_size - used, "}");
}

START_TEST(every_member_of_a_header_is_checked)
{
    static const struct {
        const char *member;
        const char *value;
    } bad[] = {{"kind", NULL},
               {"kind", "\"Y\""},
               {"kind", "\"X\""},
               {"register_id", NULL},
               {"register_id", "\"\""},
               {"register_id", "\"a\\nb\""},
               {"register_id", "1"},
               {"epoch", "-1"},
               {"epoch", "2147483648"},
               {"z_number", "0"},
               {"z_number", "1.5"},
               {"z_number", "1000000000000"},
               {"z_number", "\"1\""},
               {"x_sequence", "1"},
               {"x_sequence", NULL},
               {"sha256", "\"E3\""},
               {"sha256", NULL},
               {"length", "-1"},
               {"length", "4194305"},
               {"length", NULL},
               {"business_date", "\"2026-02-29\""},
               {"business_date", "\"2026-13-01\""},
               {"business_date", "\"20261120\""},
               {"closed_at_ms", "-1"},
               {"closed_at_ms", "9007199254740992"},
               {"grand_total_minor", "1e300"},
               {"currency", "\"eur\""},
               {"currency", "\"EURO\""},
               {"origin", "\"copy\""},
               {"origin", NULL}};
    char line[1024];
    batch_item read;
    spoil_header("none", "", line, sizeof line);
    ck_assert_ptr_null(batch_parse_header(line, strlen(line), &read));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        spoil_header(bad[i].member, bad[i].value, line, sizeof line);
        ck_assert_msg(batch_parse_header(line, strlen(line), &read) != NULL, "taken: %s", line);
    }
    ck_assert_ptr_nonnull(batch_parse_header("[]", 2, &read));
    ck_assert_ptr_nonnull(batch_parse_header("", 0, &read));
}
END_TEST

START_TEST(a_header_line_has_a_limit)
{
    char detail[200];
    batch_item read;
    char line[5000];
    memset(line, ' ', sizeof line);
    batch_cursor cursor = {.bytes = line, .length = sizeof line};
    ck_assert_int_eq(batch_next(&cursor, &read, detail, sizeof detail), BATCH_MALFORMED);
    ck_assert_ptr_nonnull(strstr(detail, "longer than 4096"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parsers");
    TCase *pure = tcase_create("pure");
    tcase_set_timeout(pure, 120);
    tcase_add_test(pure, decodes_in_steps_of_any_size);
    tcase_add_test(pure, a_cut_or_longer_stream_is_broken);
    tcase_add_test(pure, flipped_bytes_are_never_taken_for_good);
    tcase_add_test(pure, a_large_window_is_refused);
    tcase_add_test(pure, codings_are_known_by_name);
    tcase_add_test(pure, strict_json_is_told_from_the_rest);
    tcase_add_test(pure, nesting_has_a_limit);
    tcase_add_test(pure, frames_are_read_back);
    tcase_add_test(pure, a_batch_cut_anywhere_is_malformed);
    tcase_add_test(pure, every_member_of_a_header_is_checked);
    tcase_add_test(pure, a_header_line_has_a_limit);
    suite_add_tcase(suite, pure);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
