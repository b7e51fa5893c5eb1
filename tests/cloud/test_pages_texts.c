/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the pages: complete in both languages, the same places in both, none unused; and how numbers, money,
 * dates and zones are written.
 */
#include "cloud/files.h"
#include "cloud/page_format.h"
#include "cloud/page_texts.h"

#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(id, en, es)                               "PAGE_" #id,
#define PLURAL(id, en_one, en_other, es_one, es_other) "PAGE_" #id, "PAGE_" #id "_OTHER",
static const char *const names[PAGE_TEXT_COUNT] = {
    "",
#include "cloud/page_texts.def"
};
#undef TEXT
#undef PLURAL

static int places(const char *text)
{
    int found = 0;
    for (; (text = strchr(text, '{')) != NULL; text++) {
        ck_assert_msg(text[1] >= '1' && text[1] <= '3' && text[2] == '}', "%s", text);
        found |= 1 << (text[1] - '0');
    }
    return found;
}

START_TEST(both_languages_are_complete)
{
    for (int id = 1; id < PAGE_TEXT_COUNT; id++) {
        const char *english = page_words(PAGE_ENGLISH, (page_text_id)id);
        const char *spanish = page_words(PAGE_SPANISH, (page_text_id)id);
        ck_assert_msg(english[0] && spanish[0], "%s is empty", names[id]);
        ck_assert_msg(places(english) == places(spanish), "%s has other places in the other language", names[id]);
    }
}
END_TEST

/* All page_*.c in one text. */
static char *read_sources(void)
{
    static const char *const tops[] = {"", "../", "../../", "../../../", "../../../../"};
    char *all = calloc(1, 1);
    for (size_t i = 0; i < sizeof tops / sizeof *tops && !all[0]; i++) {
        char pattern[80];
        glob_t found = {.gl_pathc = 0};
        snprintf(pattern, sizeof pattern, "%smock-host/cloud/page*.c", tops[i]);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++) {
            size_t length = 0;
            char *source = files_read(found.gl_pathv[k], &length);
            ck_assert_ptr_nonnull(source);
            char *grown = realloc(all, strlen(all) + length + 1);
            ck_assert_ptr_nonnull(grown);
            all = strcat(grown, source);
            free(source);
        }
        globfree(&found);
    }
    return all;
}

static bool is_used(const char *sources, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = sources; (at = strstr(at, name)) != NULL; at += length)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", at[length]))
            return true;
    return false;
}

START_TEST(no_text_is_unused)
{
    char *sources = read_sources();
    ck_assert_msg(sources[0] != 0, "the sources are not found from here");
    for (int id = 1; id < PAGE_TEXT_COUNT; id++) {
        size_t length = strlen(names[id]);
        bool other = length > 6 && strcmp(names[id] + length - 6, "_OTHER") == 0 && id > 1 &&
                     strncmp(names[id - 1], names[id], length - 6) == 0 && strlen(names[id - 1]) == length - 6;
        ck_assert_msg(other || is_used(sources, names[id]), "%s is used nowhere", names[id]);
    }
    free(sources);
}
END_TEST

START_TEST(money_and_numbers)
{
    static const struct {
        page_language language;
        int64_t minor;
        const char *currency;
        const char *written;
    } rows[] = {{PAGE_ENGLISH, 123456, "EUR", "€1,234.56"},
                {PAGE_ENGLISH, -5, "GBP", "−£0.05"},
                {PAGE_ENGLISH, 1234567, "JPY",
                 "JPY\xc2\xa0"
                 "1,234,567"},
                {PAGE_ENGLISH, 1234567, "KWD",
                 "KWD\xc2\xa0"
                 "1,234.567"},
                {PAGE_SPANISH, 123456, "EUR", "1234,56\xc2\xa0€"},
                {PAGE_SPANISH, -1234567, "EUR", "−12.345,67\xc2\xa0€"},
                {PAGE_SPANISH, 0, "GBP", "0,00\xc2\xa0GBP"}};
    char text[PAGE_FORMAT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(page_format_money(rows[i].language, rows[i].minor, rows[i].currency, text), rows[i].written);
    ck_assert_str_eq(page_format_money(PAGE_ENGLISH, INT64_MIN, "XXX", text), "−XXX\xc2\xa0"
                                                                              "92,233,720,368,547,758.07");
    ck_assert_str_eq(page_format_quantity(PAGE_SPANISH, 2500, text), "2,5");
    ck_assert_str_eq(page_format_quantity(PAGE_ENGLISH, 12000, text), "12");
    ck_assert_str_eq(page_format_number(PAGE_ENGLISH, INT64_MAX, text), "9,223,372,036,854,775,807");
}
END_TEST

START_TEST(dates_and_zones)
{
    char text[PAGE_FORMAT_SIZE];
    static page_zone zone;
    ck_assert_str_eq(page_format_date(PAGE_ENGLISH, "2026-11-20", text), "Fri\xc2\xa0"
                                                                         "20\xc2\xa0Nov\xc2\xa0"
                                                                         "2026");
    ck_assert_str_eq(page_format_date(PAGE_SPANISH, "2028-02-29", text), "mar\xc2\xa0"
                                                                         "29\xc2\xa0"
                                                                         "feb\xc2\xa0"
                                                                         "2028");
    ck_assert_str_eq(page_format_date(PAGE_SPANISH, "soon", text), "soon");
    page_zone_open(&zone, "Europe/Madrid");
    ck_assert(zone.known);
    ck_assert_str_eq(page_format_time(&zone, 1795212345678, text), "23:05"); /* winter */
    ck_assert_str_eq(page_format_time(&zone, 1782000000000, text), "02:00"); /* summer */
    ck_assert_int_eq(page_zone_offset_s(&zone, -4000000000), -884);          /* before there were zones */
    static const char *const none[] = {"Nowhere/Town", "", "../../etc/passwd", "/etc/passwd"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        page_zone_open(&zone, none[i]);
        ck_assert(!zone.known);
        ck_assert_str_eq(page_format_time(&zone, 1795212345678, text), "22:05\xc2\xa0UTC");
    }
}
END_TEST

START_TEST(ages)
{
    static const struct {
        int64_t minutes;
        const char *english;
        const char *spanish;
    } rows[] = {{-5, "just now", "ahora mismo"},
                {0, "just now", "ahora mismo"},
                {1, "1 minute ago", "hace 1 minuto"},
                {59, "59 minutes ago", "hace 59 minutos"},
                {60, "1 hour ago", "hace 1 hora"},
                {60 * 24 * 3, "3 days ago", "hace 3 días"},
                {60 * 24 * 365 * 14, "14 years ago", "hace 14 años"}};
    char text[PAGE_FORMAT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_eq(page_format_age(PAGE_ENGLISH, rows[i].minutes * 60000, text), rows[i].english);
        ck_assert_str_eq(page_format_age(PAGE_SPANISH, rows[i].minutes * 60000, text), rows[i].spanish);
    }
}
END_TEST

START_TEST(languages_asked_for)
{
    ck_assert_int_eq(page_language_asked(NULL), PAGE_ENGLISH);
    ck_assert_int_eq(page_language_asked("fr, de"), PAGE_ENGLISH);
    ck_assert_int_eq(page_language_asked("es"), PAGE_SPANISH);
    ck_assert_int_eq(page_language_asked("est, en;q=0.1"), PAGE_ENGLISH);
    ck_assert_int_eq(page_language_asked("en;q=0.7,es-ES;q=0.9"), PAGE_SPANISH);
    ck_assert_int_eq(page_language_asked("es;q=0, en"), PAGE_ENGLISH);
    ck_assert_int_eq(page_language_asked(",,;=,e"), PAGE_ENGLISH);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("words of the pages");
    TCase *cases = tcase_create("words of the pages");
    tcase_add_test(cases, both_languages_are_complete);
    tcase_add_test(cases, no_text_is_unused);
    tcase_add_test(cases, money_and_numbers);
    tcase_add_test(cases, dates_and_zones);
    tcase_add_test(cases, ages);
    tcase_add_test(cases, languages_asked_for);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
