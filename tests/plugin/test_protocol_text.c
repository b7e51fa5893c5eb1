/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_protocol_text.c - alphabets, UTF-8, and the gaps of cJSON that json_parse closes. */
#include "protocol/json.h"
#include "protocol/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *bytes;
    size_t size;
    bool good;
} utf8[] = {
    {"", 0, true},
    {"plain", 5, true},
    {"\x00", 1, true}, /* a character as any other here */
    {"\x7f", 1, true},
    {"\xc2\x80", 2, true},
    {"\xdf\xbf", 2, true},
    {"\xe0\xa0\x80", 3, true},
    {"\xed\x9f\xbf", 3, true},
    {"\xee\x80\x80", 3, true},
    {"\xef\xbf\xbf", 3, true},
    {"\xf0\x90\x80\x80", 4, true},
    {"\xf4\x8f\xbf\xbf", 4, true},
    {"\x80", 1, false},
    {"\xbf", 1, false},
    {"\xc0\x80", 2, false}, /* overlong */
    {"\xc1\xbf", 2, false},
    {"\xe0\x9f\xbf", 3, false},
    {"\xf0\x8f\xbf\xbf", 4, false},
    {"\xed\xa0\x80", 3, false}, /* a surrogate */
    {"\xf4\x90\x80\x80", 4, false},
    {"\xf5\x80\x80\x80", 4, false},
    {"\xff", 1, false},
    {"\xc3", 1, false}, /* cut */
    {"\xe2\x82", 2, false},
    {"\xf0\x9f\x98", 3, false},
    {"\xe2\x28\xa1", 3, false},
    {"\xe2\x82\x28", 3, false},
    {"ok\xc3", 3, false},
};

/* On its own, and at any place in a longer text: it is read eight bytes at a time. */
START_TEST(test_utf8)
{
    for (size_t before = 0; before <= 17; before++) {
        for (size_t after = 0; after <= 9; after++) {
            size_t size = before + utf8[_i].size + after;
            uint8_t *exact = malloc(size > 0 ? size : 1); /* so that ASan sees a byte too many */

            ck_assert_ptr_nonnull(exact);
            memset(exact, 'a', size);
            memcpy(exact + before, utf8[_i].bytes, utf8[_i].size);
            ck_assert_int_eq(text_is_utf8(exact, size), utf8[_i].good);
            free(exact);
        }
    }
}
END_TEST

START_TEST(test_cut)
{
    ck_assert_uint_eq(text_cut("abc", 3), 3);
    ck_assert_uint_eq(text_cut("abc", 9), 3);
    ck_assert_uint_eq(text_cut("abc", 2), 2);
    ck_assert_uint_eq(text_cut("a\xc3\xb1z", 2), 1);
    ck_assert_uint_eq(text_cut("a\xc3\xb1z", 3), 3);
    ck_assert_uint_eq(text_cut("\xf0\x9f\x98\x80", 3), 0);
    ck_assert_uint_eq(text_cut("", 0), 0);
}
END_TEST

START_TEST(test_controls)
{
    char text[] = "a\x1b[2Jb\x7f\xc2\x9bm\xc3\xb1\n";

    ck_assert(text_has_controls(text));
    text_blank_controls(text);
    ck_assert_str_eq(text, "a [2Jb   m\xc3\xb1 ");
    ck_assert(!text_has_controls(text));
    ck_assert(!text_has_controls(""));
    ck_assert(!text_has_controls("\xc2\xa0"));
    ck_assert(text_has_controls("\xc2\x80"));
}
END_TEST

START_TEST(test_alphabets)
{
    uint8_t two[2];

    ck_assert(text_is_id("aZ09_-"));
    ck_assert(!text_is_id(""));
    ck_assert(!text_is_id("a.b"));
    ck_assert(!text_is_id("a/b"));
    ck_assert(!text_is_id("\xc3\xb1"));
    ck_assert(text_is_visible_ascii("a!~"));
    ck_assert(!text_is_visible_ascii("a b"));
    ck_assert(!text_is_visible_ascii(""));
    ck_assert(!text_is_visible_ascii("a\x7f"));
    ck_assert(text_is_capitals("EUR", 3));
    ck_assert(!text_is_capitals("EU", 3));
    ck_assert(!text_is_capitals("EURO", 3));
    ck_assert(!text_is_capitals("EUr", 3));
    ck_assert(text_is_date("2026-11-20"));
    ck_assert(!text_is_date("2026-11-2"));
    ck_assert(!text_is_date("2026-11-200"));
    ck_assert(!text_is_date("2026/11/20"));
    ck_assert(!text_is_date(""));
    ck_assert(text_is_hex("00ff", 4));
    ck_assert(!text_is_hex("00FF", 4));
    ck_assert(!text_is_hex("00f", 4));
    ck_assert(!text_is_hex("00fff", 4));
    ck_assert(text_read_hex("a0f1", two, 2));
    ck_assert(two[0] == 0xa0 && two[1] == 0xf1);
    ck_assert(!text_read_hex("a0f", two, 2));
    ck_assert(!text_read_hex("a0fg", two, 2));
}
END_TEST

static const struct {
    const char *text;
    size_t size; /* 0: strlen */
    bool good;
} texts[] = {
    {"{}", 0, true},
    {" [1, 2] \r\n\t", 0, true},
    {"\"\\u0001\"", 0, true},
    {"\"\\\\u0000\"", 0, true}, /* a backslash and five characters */
    {"\"\\ud83d\\ude00\"", 0, true},
    {"\"\\u0000\"", 0, false},
    {"\"a\\\\\\u0000\"", 0, false},
    {"{\"\\u0000\":1}", 0, false},
    {"\"\\ud83d\"", 0, false},
    {"\"a\0b\"", 5, false},
    {"{}\0", 3, false},
    {"{} {}", 0, false},
    {"{}x", 0, false},
    {"", 0, false},
    {" ", 0, false},
    {"{", 0, false},
    {"\"", 0, false},
    {"\"\\", 0, false},
    {"\"\\\"", 0, false},
    {"\"\\u00", 0, false},
    {"\"\xff\"", 0, false},
    {"\"\xc3\"", 0, false},
    {"[1,]", 0, false},
    {"{\"a\" 1}", 0, false},
    {"nul", 0, false},
    {"]", 0, false},
    {"}}}}[", 0, false},
};

START_TEST(test_parse)
{
    size_t size = texts[_i].size != 0 ? texts[_i].size : strlen(texts[_i].text);
    char *exact = malloc(size > 0 ? size : 1);
    cJSON *tree;

    memcpy(exact, texts[_i].text, size);
    tree = json_parse(exact, size);
    ck_assert_msg((tree != NULL) == texts[_i].good, "%s", texts[_i].text);
    json_free(tree);
    free(exact);
}
END_TEST

START_TEST(test_depth)
{
    char text[256];
    size_t depth;

    for (depth = 64; depth <= 65; depth++) {
        cJSON *tree;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        tree = json_parse(text, 2 * depth);
        ck_assert_int_eq(tree != NULL, depth <= 64);
        json_free(tree);
    }
    memset(text, '[', sizeof text); /* deep, and cut off */
    ck_assert_ptr_null(json_parse(text, sizeof text));
    ck_assert_ptr_null(json_parse(NULL, 0));
    json_free(json_parse("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", 74));
}
END_TEST

START_TEST(test_integers)
{
    static const struct {
        const char *text;
        bool good;
        int64_t want;
    } numbers[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"1.0", true, 1},
        {"1e3", true, 1000},
        {"9007199254740991", true, 9007199254740991},
        {"-9007199254740991", true, -9007199254740991},
        {"9007199254740992", false, 0},
        {"-9007199254740992", false, 0},
        {"1e300", false, 0},
        {"1e999", false, 0},
        {"-1e999", false, 0},
        {"0.5", false, 0},
        {"\"1\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
    };
    size_t i;

    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cJSON *tree = json_parse(numbers[i].text, strlen(numbers[i].text));
        int64_t read = 0;
        ck_assert_msg(json_read_integer(tree, -JSON_INTEGER_MAX, JSON_INTEGER_MAX, &read) == numbers[i].good, "%s",
                      numbers[i].text);
        ck_assert_int_eq(read, numbers[i].want);
        json_free(tree);
    }
    ck_assert(!json_read_integer(NULL, 0, 1, &(int64_t){0}));
}
END_TEST

/* Exactly as long as it may be, and one byte more; null where that is allowed, and where it is not. */
START_TEST(test_member_lengths)
{
    struct {
        char words[5];
        char id[5];
    } read;
    const json_member members[] = {
        {"words", 0, sizeof read.words, JSON_WORDS, JSON_NULLABLE},
        {"id", sizeof read.words, sizeof read.id, JSON_ID, JSON_REQUIRED},
    };
    static const struct {
        const char *text;
        bool good;
    } tries[] = {
        {"{\"words\":\"1234\",\"id\":\"abcd\"}", true},    {"{\"words\":\"12345\",\"id\":\"abcd\"}", false},
        {"{\"words\":\"1234\",\"id\":\"abcde\"}", false},  {"{\"words\":\"\",\"id\":\"\"}", false},
        {"{\"words\":null,\"id\":\"a\"}", true},           {"{\"id\":\"a\"}", true},
        {"{\"words\":\"1234\",\"id\":null}", false},       {"{\"WORDS\":1,\"id\":\"a\"}", true},
        {"{\"words\":\"\\n\\u001b\",\"id\":\"a\"}", true}, {"[\"id\"]", false},
    };
    size_t i;

    for (i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        cJSON *tree = json_parse(tries[i].text, strlen(tries[i].text));
        memset(&read, 0, sizeof read);
        ck_assert_msg(json_read(tree, members, 2, &read) == tries[i].good, "%s", tries[i].text);
        json_free(tree);
    }
    ck_assert(!json_read(NULL, members, 2, &read));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("text");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, test_utf8, 0, sizeof utf8 / sizeof utf8[0]);
    tcase_add_test(tests, test_cut);
    tcase_add_test(tests, test_controls);
    tcase_add_test(tests, test_alphabets);
    tcase_add_loop_test(tests, test_parse, 0, sizeof texts / sizeof texts[0]);
    tcase_add_test(tests, test_depth);
    tcase_add_test(tests, test_integers);
    tcase_add_test(tests, test_member_lengths);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
