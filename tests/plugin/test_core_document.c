/* SPDX-License-Identifier: Apache-2.0 */
/* The document check: tables of good and bad, every prefix, every byte changed, depth, numbers, UTF-8; cJSON beside it. */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/document.h"

static const char *code_of(const char *text)
{
    return document_check(text, strlen(text)).code;
}

START_TEST(good_documents_pass)
{
    static const char *const good[] = {
        "{}",
        " \t\r\n{ } \n",
        "{\"a\":1}",
        "{\"a\":[]}",
        "{\"a\":[{},[],{\"b\":[1,2,3]}],\"c\":null,\"d\":true,\"e\":false}",
        "{\"\":\"\"}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"}",
        "{\"a\":-0,\"b\":0.5,\"c\":1e5,\"d\":-1.25E-3,\"e\":1e+2}",
        "{\"a\":9007199254740991,\"b\":-9007199254740991}",
        "{\"a\":\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}",
        "{\"a\":\"\x7f\"}",
        "{\"a\":1e15,\"b\":9e15,\"c\":0e999,\"d\":0.0e20}",
        "{\"a\":0.000000000000000000000000000001,\"b\":99e-300,\"c\":0.00000000000000000000e300}",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ck_assert_msg(code_of(good[i]) == NULL, "%s: %s", good[i], code_of(good[i]));
}
END_TEST

static const struct {
    const char *text, *code;
} bad[] = {
    {"", "empty"},
    {" ", "invalid-json"},
    {"[]", "invalid-json"},
    {"null", "invalid-json"},
    {"\xef\xbb\xbf{}", "invalid-json"},
    {"{}{}", "invalid-json"},
    {"{} x", "invalid-json"},
    {"{\"a\"}", "invalid-json"},
    {"{\"a\":}", "invalid-json"},
    {"{\"a\":1,}", "invalid-json"},
    {"{,\"a\":1}", "invalid-json"},
    {"{a:1}", "invalid-json"},
    {"{'a':1}", "invalid-json"},
    {"{\"a\":[1,]}", "invalid-json"},
    {"{\"a\":[1 2]}", "invalid-json"},
    {"{\"a\":[1}", "invalid-json"},
    {"{\"a\":1]", "invalid-json"},
    {"{\"a\":01}", "invalid-json"},
    {"{\"a\":-}", "invalid-json"},
    {"{\"a\":+1}", "invalid-json"},
    {"{\"a\":1.}", "invalid-json"},
    {"{\"a\":.5}", "invalid-json"},
    {"{\"a\":1e}", "invalid-json"},
    {"{\"a\":1e+}", "invalid-json"},
    {"{\"a\":0x1}", "invalid-json"},
    {"{\"a\":NaN}", "invalid-json"},
    {"{\"a\":tru}", "invalid-json"},
    {"{\"a\":truee}", "invalid-json"},
    {"{\"a\":\"\t\"}", "invalid-json"},
    {"{\"a\":\"\\x\"}", "invalid-json"},
    {"{\"a\":\"\\u12g4\"}", "invalid-json"},
    {"{\"a\":\"\\u12\"}", "invalid-json"},
    {"{\"a\":\"b}", "invalid-json"},
    {"{\"a\":1/**/}", "invalid-json"},
    {"{\"a\":\"\x80\"}", "invalid-utf8"},
    {"{\"a\":\"\xc0\xaf\"}", "invalid-utf8"},
    {"{\"a\":\"\xc1\xbf\"}", "invalid-utf8"},
    {"{\"a\":\"\xe0\x9f\xbf\"}", "invalid-utf8"},
    {"{\"a\":\"\xed\xa0\x80\"}", "invalid-utf8"},
    {"{\"a\":\"\xf0\x8f\xbf\xbf\"}", "invalid-utf8"},
    {"{\"a\":\"\xf4\x90\x80\x80\"}", "invalid-utf8"},
    {"{\"a\":\"\xf5\x80\x80\x80\"}", "invalid-utf8"},
    {"{\"a\":\"\xe2\x82\"}", "invalid-utf8"},
    {"{\"\xff\":1}", "invalid-utf8"},
    {"{\"a\":9007199254740992}", "number-range"},
    {"{\"a\":-9007199254740992}", "number-range"},
    {"{\"a\":99999999999999999999999999999999}", "number-range"},
    {"{\"a\":1e16}", "number-range"},
    {"{\"a\":99e15}", "number-range"},
    {"{\"a\":9007199254740991e1}", "number-range"},
    {"{\"a\":1e400}", "number-range"},
    {"{\"a\":9.9e307}", "number-range"},
    {"{\"a\":123456.5e14}", "number-range"},
    {"{\"a\":1e99999999999999999999999}", "number-range"},
    {"{\"a\":1e-301}", "number-range"},
    {"{\"a\":1e-}", "invalid-json"},
    {"{\"a\":0.00000000000000000000001e16}", "number-range"},
    {"{\"a\":012345678901234567}", "invalid-json"},
};

START_TEST(bad_documents_do_not)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *code = code_of(bad[i].text);
        ck_assert_msg(code && strcmp(code, bad[i].code) == 0, "%s: %s", bad[i].text, code ? code : "passed");
    }
}
END_TEST

START_TEST(a_zero_byte_is_not_the_end)
{
    static const char text[] = "{\"a\":1}\0{}";
    ck_assert_str_eq(document_check(text, sizeof text - 1).code, "invalid-json");
    static const char inside[] = "{\"a\":\"\0\"}";
    ck_assert_str_eq(document_check(inside, sizeof inside - 1).code, "invalid-json");
}
END_TEST

static const char rich[] = "{\"a\":[{\"b\":\"\xe2\x82\xac\\u20ac\",\"c\":-12.50e-2},null,true],\"d\":{\"e\":[[],{}]}}";

START_TEST(no_prefix_of_a_document_is_one)
{
    ck_assert_ptr_null(code_of(rich));
    for (size_t n = 0; n + 1 < sizeof rich - 1; n++) {
        char *copy = malloc(n + 1); /* of its own size, so that a sanitizer sees a byte too many */
        memcpy(copy, rich, n);
        document_fault fault = document_check(copy, n);
        ck_assert_msg(fault.code != NULL, "%zu bytes pass", n);
        ck_assert_uint_le(fault.at_byte, n);
        free(copy);
    }
}
END_TEST

/* What we take, cJSON must take too: the cloud reads it with some parser like it. */
START_TEST(what_passes_is_json_to_others_too)
{
    size_t size = sizeof rich - 1;
    for (size_t at = 0; at < size; at++) {
        for (unsigned value = 0; value < 256; value++) {
            char *copy = malloc(size);
            memcpy(copy, rich, size);
            copy[at] = (char)value;
            if (!document_check(copy, size).code) {
                cJSON *tree = cJSON_ParseWithLength(copy, size);
                if (!tree)
                    ck_abort_msg("byte %zu as %02x passes, but not with cJSON", at, value);
                cJSON_Delete(tree);
            }
            free(copy);
        }
    }
}
END_TEST

/* {"a":PPP?PPP}, with ? at `at` of a run of `count` p, whatever stands left and right of the run. Of its own size. */
static document_fault check_run(const char *before, const char *after, char p, size_t count, size_t at, unsigned value)
{
    size_t lead = strlen(before), size = lead + count + strlen(after);
    char *text = malloc(size);
    memcpy(text, before, lead);
    memset(text + lead, p, count);
    memcpy(text + lead + count, after, strlen(after));
    text[lead + at] = (char)value;
    document_fault fault = document_check(text, size);
    free(text);
    return fault;
}

static const char *code_in_string(unsigned value)
{
    return value >= 0x80 ? "invalid-utf8" : value < 0x20 || value == '"' || value == '\\' ? "invalid-json" : NULL;
}

/* Strings are looked at eight bytes at a time: each byte at each place, beside those that are all but special. */
START_TEST(every_byte_of_a_string_is_seen)
{
    static const char before[] = "{\"a\":\"", beside[] = " !#[]a\x7f";
    for (size_t b = 0; b < sizeof beside - 1; b++) {
        for (size_t at = 0; at < 20; at++) {
            for (unsigned value = 0; value < 256; value++) {
                document_fault fault = check_run(before, "\"}", beside[b], 20, at, value);
                const char *code = code_in_string(value);
                ck_assert_msg(code ? fault.code && strcmp(fault.code, code) == 0 : !fault.code, "%02x at %zu: %s",
                              value, at, fault.code ? fault.code : "passed");
                if (value < 0x20 || value >= 0x80)
                    ck_assert_uint_eq(fault.at_byte, sizeof before - 1 + at);
            }
        }
    }
}
END_TEST

START_TEST(every_byte_of_a_number_is_seen)
{
    static const char before[] = "{\"a\":[", digits[] = "19";
    for (size_t d = 0; d < sizeof digits - 1; d++) {
        for (size_t at = 1; at < 15; at++) {
            for (unsigned value = 1; value < 256; value++) {
                document_fault fault = check_run(before, "]}", digits[d], 15, at, value);
                if (strchr("0123456789,.", (int)value)) {
                    ck_assert_msg(!fault.code || at == 14, "%02x at %zu: %s", value, at, fault.code);
                } else if (!strchr("eE] \t\r\n", (int)value)) {
                    ck_assert_msg(fault.code, "%02x at %zu passes", value, at);
                    ck_assert_uint_eq(fault.at_byte, sizeof before - 1 + at);
                }
            }
        }
    }
}
END_TEST

START_TEST(numbers_of_any_length_are_judged_by_their_value)
{
    for (size_t count = 1; count <= 40; count++) {
        for (unsigned digit = '1'; digit <= '9'; digit++) {
            document_fault fault = check_run("{\"a\":", "}", (char)digit, count, 0, digit);
            bool beyond = count > 16 || (count == 16 && digit == '9'); /* 2^53 is 9,007,199,254,740,992 */
            ck_assert_msg(beyond ? fault.code && strcmp(fault.code, "number-range") == 0 : !fault.code, "%zu of %c: %s",
                          count, (char)digit, fault.code ? fault.code : "passed");
        }
    }
}
END_TEST

static const char *code_at_depth(int arrays, bool filled)
{
    static char text[40000];
    size_t size = 0;
    size += (size_t)sprintf(text, "{\"a\":");
    for (int i = 0; i < arrays; i++)
        text[size++] = '[';
    if (filled)
        text[size++] = '1';
    for (int i = 0; i < arrays; i++)
        text[size++] = ']';
    text[size++] = '}';
    return document_check(text, size).code;
}

START_TEST(depth_is_limited_and_harmless)
{
    ck_assert_ptr_null(code_at_depth(DOCUMENT_DEPTH_MAX - 1, true));
    ck_assert_str_eq(code_at_depth(DOCUMENT_DEPTH_MAX, true), "too-deep");
    ck_assert_str_eq(code_at_depth(DOCUMENT_DEPTH_MAX, false), "too-deep");
    ck_assert_str_eq(code_at_depth(10000, true), "too-deep");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: the document check");
    TCase *tc = tcase_create("document");
    tcase_add_test(tc, good_documents_pass);
    tcase_add_test(tc, bad_documents_do_not);
    tcase_add_test(tc, a_zero_byte_is_not_the_end);
    tcase_add_test(tc, no_prefix_of_a_document_is_one);
    tcase_add_test(tc, what_passes_is_json_to_others_too);
    tcase_add_test(tc, every_byte_of_a_string_is_seen);
    tcase_add_test(tc, every_byte_of_a_number_is_seen);
    tcase_add_test(tc, numbers_of_any_length_are_judged_by_their_value);
    tcase_add_test(tc, depth_is_limited_and_harmless);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
