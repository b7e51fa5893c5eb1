/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_texts_zone.c - our zone reader against the C library's, which a plugin may not use but a test may;
 * and against files that make no sense. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "texts/zone.h"

#define DAY_S 86400

static const char *const names[] = {
    "UTC",
    "Europe/Madrid",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Moscow",
    "Atlantic/Canary",
    "Atlantic/Azores",
    "America/New_York",
    "America/Mexico_City",
    "America/Tijuana",
    "America/Bogota",
    "America/Lima",
    "America/Santiago",
    "America/Argentina/Buenos_Aires",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "America/Asuncion",
    "America/Nuuk",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Jerusalem",
    "Asia/Tehran",
    "Asia/Gaza",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Easter",
    "Antarctica/Troll",
    "Etc/GMT+12",
};

START_TEST(test_same_as_the_library)
{
    const char *name = names[_i];
    zone *z = zone_load(name);
    ck_assert_msg(z != NULL, "%s cannot be read", name);
    ck_assert_int_eq(setenv("TZ", name, 1), 0);
    tzset();
    /* Steps that hit all hours and weekdays; up to 2400, far beyond any table. */
    for (int64_t at_s = 0; at_s < 13569465600; at_s += 11 * DAY_S + 4201) {
        time_t when = (time_t)at_s;
        struct tm local;
        ck_assert_ptr_nonnull(localtime_r(&when, &local));
        ck_assert_msg(zone_get_offset_s(z, at_s) == local.tm_gmtoff, "%s at %lld: %d, not %ld", name, (long long)at_s,
                      (int)zone_get_offset_s(z, at_s), local.tm_gmtoff);
    }
    zone_free(z);
}
END_TEST

START_TEST(test_changes_to_the_second)
{
    zone *z = zone_load("Europe/Madrid");
    const int64_t spring = 1774746000, autumn = 1792890000; /* 29 Mar and 25 Oct 2026, 01:00 UTC */
    ck_assert_int_eq(zone_get_offset_s(z, spring - 1), 3600);
    ck_assert_int_eq(zone_get_offset_s(z, spring), 7200);
    ck_assert_int_eq(zone_get_offset_s(z, autumn - 1), 7200);
    ck_assert_int_eq(zone_get_offset_s(z, autumn), 3600);
    ck_assert_int_eq(zone_get_offset_s(NULL, autumn), 0);
    zone_free(z);
}
END_TEST

START_TEST(test_rules)
{
    static const char *const bad[] = {"",
                                      "A",
                                      "AB1",
                                      "CET",
                                      "CET-",
                                      "CET-1CEST,",
                                      "CET-1CEST,M3",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.1.0,M1.1.0",
                                      "CET-1CEST,M3.6.0,M1.1.0",
                                      "CET-1CEST,J0,J5",
                                      "CET-1CEST,366,5",
                                      "<CET-1",
                                      "CET-999",
                                      "CET-1CEST,M3.5.0,M10.5.0/3x",
                                      "CET-1:60",
                                      "CET-1CEST"};
    zone_rule rule;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!zone_rule_parse(bad[i], &rule), "%s", bad[i]);
    ck_assert(zone_rule_parse("<-0330>3:30<-0230>,J60/-1,300/26:15:30", &rule));
    ck_assert_int_eq(rule.standard_s, -12600);
    ck_assert_int_eq(rule.daylight_s, -9000);
    ck_assert_int_eq(rule.to_daylight.at_s, -3600);
    ck_assert_int_eq(rule.to_standard.at_s, 26 * 3600 + 930);
    /* J59 is 28 February in every year. */
    zone_rule early;
    ck_assert(zone_rule_parse("AAA0BBB,J59/0,J100/0", &early));
    ck_assert_int_eq(zone_rule_get_offset_s(&early, zone_days_from_date(2028, 2, 28) * DAY_S), 3600);
    ck_assert_int_eq(zone_rule_get_offset_s(&early, zone_days_from_date(2028, 2, 28) * DAY_S - 1), 0);
    /* J60 is 1 March in every year: local midnight less an hour, 03:30 west. */
    int64_t march_2028 = zone_days_from_date(2028, 3, 1) * DAY_S - 3600 + 12600;
    ck_assert_int_eq(zone_rule_get_offset_s(&rule, march_2028 - 1), -12600);
    ck_assert_int_eq(zone_rule_get_offset_s(&rule, march_2028), -9000);
}
END_TEST

START_TEST(test_calendar)
{
    for (int64_t days = -800000; days < 3000000; days += 13) {
        int64_t year;
        int month, day;
        zone_date_from_days(days, &year, &month, &day);
        ck_assert(month >= 1 && month <= 12 && day >= 1 && day <= 31);
        ck_assert_int_eq(zone_days_from_date(year, month, day), days);
    }
    ck_assert_int_eq(zone_days_from_date(1970, 1, 1), 0);
    ck_assert_int_eq(zone_days_from_date(2026, 11, 20), 20777);
}
END_TEST

static size_t read_madrid(uint8_t *bytes, size_t capacity)
{
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Madrid", "rb");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(bytes, 1, capacity, file);
    fclose(file);
    return size;
}

START_TEST(test_nonsense)
{
    uint8_t bytes[8192], broken[8192];
    size_t size = read_madrid(bytes, sizeof bytes);
    zone *whole = zone_parse(bytes, size);
    ck_assert_ptr_nonnull(whole);
    zone_free(whole);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *exact = malloc(cut + 1); /* so that a sanitizer sees a byte too far */
        memcpy(exact, bytes, cut);
        zone *z = zone_parse(exact, cut);
        (void)zone_get_offset_s(z, 1795201500);
        zone_free(z);
        free(exact);
    }
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        memcpy(broken, bytes, size);
        for (int i = 0; i < 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            size_t where = (seed >> 8) % (round % 2 ? size : 120u);
            broken[where] = (uint8_t)(seed >> 24);
        }
        zone *z = zone_parse(broken, size);
        (void)zone_get_offset_s(z, (int64_t)seed);
        zone_free(z);
    }
}
END_TEST

START_TEST(test_names)
{
    static const char *const bad[] = {"",
                                      "/etc/passwd",
                                      "../../../etc/passwd",
                                      "Europe/../UTC",
                                      "Europe//Madrid",
                                      "Europe/",
                                      "Europe/Madrid\n",
                                      "a b",
                                      "Europe/Nowhere",
                                      "Europe"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        zone *z = zone_load(bad[i]);
        ck_assert_msg(z == NULL, "%s was read", bad[i]);
    }
    ck_assert_ptr_null(zone_load(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zone");
    TCase *tcase = tcase_create("zones");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_same_as_the_library, 0, (int)(sizeof names / sizeof *names));
    tcase_add_test(tcase, test_changes_to_the_second);
    tcase_add_test(tcase, test_rules);
    tcase_add_test(tcase, test_calendar);
    tcase_add_test(tcase, test_nonsense);
    tcase_add_test(tcase, test_names);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
