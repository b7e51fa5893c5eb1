/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_texts_locale.c - numbers, money, dates, times and waits, as an owner writes them. */
#include <check.h>

#include "texts/locale.h"

#define NOW_MS 1795201500000LL /* 2026-11-20 19:05 UTC */

static char out[LOCALE_MAX];

static locale open_locale(const char *language, const char *zone_name, const char *country)
{
    locale l = {0};
    locale_set(&l, language, zone_name, country, "EUR");
    return l;
}

START_TEST(test_numbers)
{
    locale en = open_locale("en", NULL, NULL), es = open_locale("es", NULL, "ES");
    ck_assert_str_eq(locale_format_number(&en, out, 0), "0");
    ck_assert_str_eq(locale_format_number(&en, out, 999), "999");
    ck_assert_str_eq(locale_format_number(&en, out, -1234567), "-1,234,567");
    ck_assert_str_eq(locale_format_number(&es, out, 1000), "1.000");
    ck_assert_str_eq(locale_format_number(&es, out, INT64_MIN), "-9.223.372.036.854.775.808");
}
END_TEST

START_TEST(test_money)
{
    locale en = open_locale("en-GB", NULL, NULL), es = open_locale("es", NULL, "ES");
    locale mx = open_locale("es-MX", NULL, "ES"), here = open_locale("es", NULL, "mx");
    ck_assert_str_eq(locale_format_money(&en, out, 123450, "EUR"), "1,234.50 EUR");
    ck_assert_str_eq(locale_format_money(&es, out, 123450, "EUR"), "1.234,50 EUR");
    ck_assert_str_eq(locale_format_money(&mx, out, 123450, "MXN"), "1,234.50 MXN");
    ck_assert_str_eq(locale_format_money(&here, out, 123450, "MXN"), "1,234.50 MXN");
    ck_assert_str_eq(locale_format_money(&en, out, -5, "USD"), "-0.05 USD");
    ck_assert_str_eq(locale_format_money(&en, out, 123450, "JPY"), "123,450 JPY");
    ck_assert_str_eq(locale_format_money(&es, out, 123450, "CLP"), "123.450 CLP");
    ck_assert_str_eq(locale_format_money(&en, out, 123450, "KWD"), "123.450 KWD");
    ck_assert_str_eq(locale_format_money(&en, out, 7, "TND"), "0.007 TND");
    ck_assert_str_eq(locale_format_money(&en, out, 100, ""), "1.00");
    ck_assert_str_eq(locale_format_money(&en, out, INT64_MIN, "KWD"), "-9,223,372,036,854,775.808 KWD");
}
END_TEST

START_TEST(test_sizes)
{
    locale en = open_locale("en", NULL, NULL), es = open_locale("es", NULL, NULL);
    ck_assert_str_eq(locale_format_bytes(&en, out, 0), "0 bytes");
    ck_assert_str_eq(locale_format_bytes(&en, out, 999), "999 bytes");
    ck_assert_str_eq(locale_format_bytes(&en, out, 12345), "12 KB");
    ck_assert_str_eq(locale_format_bytes(&es, out, 4194304), "4,2 MB");
}
END_TEST

START_TEST(test_dates)
{
    locale en = open_locale("en", NULL, NULL), es = open_locale("es", NULL, NULL);
    ck_assert_str_eq(locale_format_date(&en, out, "2026-11-20"), "20 Nov 2026");
    ck_assert_str_eq(locale_format_date(&es, out, "2026-01-05"), "5 ene 2026");
    ck_assert_str_eq(locale_format_date(&en, out, "2026-13-20"), "2026-13-20");
    ck_assert_str_eq(locale_format_date(&en, out, "2026-1-200"), "2026-1-200");
    ck_assert_str_eq(locale_format_date(&en, out, ""), "");
    ck_assert_str_eq(locale_format_date(&en, out, "20 November"), "20 November");
}
END_TEST

START_TEST(test_moments)
{
    locale madrid = open_locale("en", "Europe/Madrid", NULL), es = open_locale("es", "America/Mexico_City", NULL);
    locale nowhere = open_locale("en", "Mars/Olympus", NULL);
    ck_assert(madrid.zone_is_known && !nowhere.zone_is_known);
    ck_assert_str_eq(locale_format_moment(&madrid, out, NOW_MS, NOW_MS), "20:05");
    ck_assert_str_eq(locale_format_second(&madrid, out, NOW_MS + 7999, NOW_MS), "20:05:07");
    ck_assert_str_eq(locale_format_moment(&es, out, NOW_MS, NOW_MS), "13:05");
    ck_assert_str_eq(locale_format_moment(&nowhere, out, NOW_MS, NOW_MS), "19:05 UTC");
    /* 23:30 UTC is tomorrow in Madrid, today in Mexico. */
    ck_assert_str_eq(locale_format_moment(&madrid, out, NOW_MS + 15900000, NOW_MS), "21 Nov 2026, 00:30");
    ck_assert_str_eq(locale_format_moment(&es, out, NOW_MS + 15900000, NOW_MS), "17:30");
    /* Summer time. */
    ck_assert_str_eq(locale_format_moment(&madrid, out, NOW_MS - 86400000LL * 120, NOW_MS), "23 Jul 2026, 21:05");
    ck_assert_str_eq(locale_format_moment(&nowhere, out, INT64_MAX, NOW_MS), "31 Dec 9999, 23:59 UTC");
    ck_assert_str_eq(locale_format_moment(&nowhere, out, INT64_MIN, NOW_MS), "1 Jan 1970, 00:00 UTC");
    locale_clear(&madrid);
    locale_clear(&es);
}
END_TEST

START_TEST(test_waits)
{
    locale en = open_locale("en", NULL, NULL), es = open_locale("es", NULL, NULL);
    ck_assert_str_eq(locale_format_duration(&en, out, -5), "0 seconds");
    ck_assert_str_eq(locale_format_duration(&en, out, 1), "1 second");
    ck_assert_str_eq(locale_format_duration(&en, out, 1001), "2 seconds");
    ck_assert_str_eq(locale_format_duration(&en, out, 119999), "120 seconds");
    ck_assert_str_eq(locale_format_duration(&en, out, 120000), "2 minutes");
    ck_assert_str_eq(locale_format_duration(&es, out, 90 * 60000), "90 minutos");
    ck_assert_str_eq(locale_format_duration(&es, out, 3 * 3600000 - 1), "3 horas");
    ck_assert_str_eq(locale_format_duration(&en, out, 5 * 86400000LL), "5 days");
    ck_assert_str_eq(locale_format_duration(&en, out, INT64_MAX), "106,751,991,168 days");
}
END_TEST

START_TEST(test_codes)
{
    locale l = {0};
    locale_set(&l, NULL, "../../etc/passwd", "es", "eur");
    ck_assert_str_eq(l.country, "ES");
    ck_assert_str_eq(l.currency, "EUR");
    ck_assert_str_eq(l.zone_name, "");
    locale_set(&l, "en", "Europe/Madrid", "ESP", "E1R");
    ck_assert_str_eq(l.country, "");
    ck_assert_str_eq(l.currency, "");
    ck_assert_str_eq(l.zone_name, "Europe/Madrid");
    locale_clear(&l);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("locale");
    TCase *tcase = tcase_create("formats");
    tcase_add_test(tcase, test_numbers);
    tcase_add_test(tcase, test_money);
    tcase_add_test(tcase, test_sizes);
    tcase_add_test(tcase, test_dates);
    tcase_add_test(tcase, test_moments);
    tcase_add_test(tcase, test_waits);
    tcase_add_test(tcase, test_codes);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
