/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's clock on a scripted source of real time, and the shop's calendar.
 */
#include <check.h>
#include <string.h>

#include "till/calendar.h"
#include "till/clock.h"
#include "till/run.h"

static int64_t real_ms;

static int64_t read_real_ms(void)
{
    return real_ms;
}

START_TEST(test_standing_and_flowing)
{
    struct till_clock clock;
    real_ms = 5000;
    clock_start(&clock, 1000000, 1, false, read_real_ms);
    real_ms += 700;
    ck_assert_int_eq(clock_wall_ms(&clock), 1000000);
    ck_assert_int_eq(clock_elapsed_ms(&clock), 5000);
    clock_set_flowing(&clock, true);
    real_ms += 300;
    ck_assert_int_eq(clock_wall_ms(&clock), 1000300);
    clock_set_flowing(&clock, false);
    real_ms += 10000;
    ck_assert_int_eq(clock_wall_ms(&clock), 1000300);
    ck_assert_int_eq(clock_elapsed_ms(&clock), 5300);
    clock_advance(&clock, 60000);
    ck_assert_int_eq(clock_wall_ms(&clock), 1060300);
    ck_assert_int_eq(clock_elapsed_ms(&clock), 65300);
}
END_TEST

START_TEST(test_speed_and_jumps)
{
    struct till_clock clock;
    real_ms = 0;
    clock_start(&clock, 0, 60, true, read_real_ms);
    real_ms = 1000;
    ck_assert_int_eq(clock_wall_ms(&clock), 60000);
    ck_assert_int_eq(clock_real_wait_ms(&clock, 90000), 1500);
    ck_assert_int_eq(clock_real_wait_ms(&clock, 61), 2);
    ck_assert_int_eq(clock_real_wait_ms(&clock, -5), 0);
    clock_jump(&clock, -3600000);
    ck_assert_int_eq(clock_wall_ms(&clock), 60000 - 3600000);
    ck_assert_int_eq(clock_elapsed_ms(&clock), 60000);
    real_ms = 1001;
    ck_assert_int_eq(clock_elapsed_ms(&clock), 60060);
}
END_TEST

START_TEST(test_times_as_text)
{
    struct fault fault;
    char text[CALENDAR_TEXT_BYTES];
    int64_t ms;
    ck_assert(calendar_set_zone("Europe/Madrid", &fault));
    calendar_format_time(1767596400000, text);
    ck_assert_str_eq(text, "2026-01-05T08:00:00+01:00");
    calendar_format_time(1782885600123, text);
    ck_assert_str_eq(text, "2026-07-01T08:00:00.123+02:00");
    ck_assert(calendar_parse_time("2026-01-05T08:00:00+01:00", &ms) && ms == 1767596400000);
    ck_assert(calendar_parse_time("2026-01-05T07:00:00Z", &ms) && ms == 1767596400000);
    ck_assert(calendar_parse_time("2026-01-05T02:00:00.5-05:00", &ms) && ms == 1767596400500);
    ck_assert(calendar_parse_local("2026-07-01T08:00", &ms) && ms == 1782885600000);
    ck_assert(calendar_parse_local("2026-01-05", &ms) && ms == 1767596400000);
    static const char *const wrong[] = {"",
                                        "2026-01-05",
                                        "2026-01-05T08:00:00",
                                        "2026-02-30T08:00:00Z",
                                        "2026-13-01T08:00:00Z",
                                        "2026-01-05T24:00:00Z",
                                        "2026-01-05T08:00:00+1:00",
                                        "2026-01-05T08:00:00Zx",
                                        "26-01-05T08:00:00Z",
                                        "2026-01-05T08:00:00.Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(!calendar_parse_time(wrong[i], &ms), "taken: %s", wrong[i]);
    ck_assert(calendar_is_date("2024-02-29") && !calendar_is_date("2023-02-29") && !calendar_is_date("2024-2-29"));
}
END_TEST

START_TEST(test_zones_and_days)
{
    struct fault fault;
    char date[CALENDAR_DATE_BYTES];
    int64_t ms;
    ck_assert(!calendar_set_zone("Europe/Nowhere", &fault));
    ck_assert(!calendar_set_zone("../../etc/passwd", &fault));
    ck_assert(calendar_set_zone("Europe/Madrid", &fault));
    ck_assert(calendar_parse_local("2026-01-06T04:59", &ms));
    calendar_business_date(ms, date);
    ck_assert_str_eq(date, "2026-01-05");
    calendar_business_date(ms + 60000, date);
    ck_assert_str_eq(date, "2026-01-06");
    /* Over the change to summer time the next 20:30 is 23 hours away. */
    ck_assert(calendar_parse_local("2026-03-28T20:30", &ms));
    ck_assert_int_eq(calendar_next_at(ms, 20 * 60 + 30), ms + 23 * CALENDAR_HOUR_MS);
    ck_assert_int_eq(calendar_next_at(ms - 1, 20 * 60 + 30), ms);
    ck_assert_int_eq(calendar_minute_of_day(ms), 20 * 60 + 30);
    ck_assert_int_eq(calendar_offset_minutes(ms), 60);
    ck_assert_int_eq(calendar_offset_minutes(ms + CALENDAR_DAY_MS), 120);
}
END_TEST

START_TEST(test_durations)
{
    int64_t ms;
    ck_assert(run_parse_duration("500ms", &ms) && ms == 500);
    ck_assert(run_parse_duration("90s", &ms) && ms == 90000);
    ck_assert(run_parse_duration("1h30m", &ms) && ms == 5400000);
    ck_assert(run_parse_duration("2d", &ms) && ms == 2 * CALENDAR_DAY_MS);
    static const char *const wrong[] = {"", "5", "m", "5x", "-5m", "5m3", "99999999999999d", "20000d", "1 h"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(!run_parse_duration(wrong[i], &ms), "taken: %s", wrong[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time");
    TCase *tests = tcase_create("time");
    tcase_add_test(tests, test_standing_and_flowing);
    tcase_add_test(tests, test_speed_and_jumps);
    tcase_add_test(tests, test_times_as_text);
    tcase_add_test(tests, test_zones_and_days);
    tcase_add_test(tests, test_durations);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
