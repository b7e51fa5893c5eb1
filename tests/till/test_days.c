/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of trading in the database: X and Z add up from the receipts to the cent, by a recount in SQL that shares no
 * code with the till; numbers, grand totals, business dates, and what a kill in mid-close leaves.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "till/calendar.h"
#include "till/figures.h"
#include "till/query.h"
#include "till_fixture.h"

START_TEST(test_days_add_up)
{
    struct till_fixture fixture;
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    ck_assert_int_eq(till_fixture_script(
                         &fixture, "trade 3 60\nsell 4\nclose\nclose\nreset-numbers\nsell 2\nclose\nsell\n", NULL, 0),
                     RUN_OK);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports"), 6);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) > 120 FROM receipts"), 1);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM receipts WHERE is_return = 1") > 0, 1);
    till_fixture_recount(&fixture);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_same_seed_same_reports)
{
    char digest[2][64];
    for (int run = 0; run < 2; run++) {
        struct till_fixture fixture;
        till_fixture_start(&fixture);
        till_fixture_open(&fixture, NULL);
        ck_assert_int_eq(till_fixture_script(&fixture, "trade 2", NULL, 0), RUN_OK);
        sqlite3_stmt *row =
            query_open(fixture.till.db.sqlite, &fixture.fault,
                       "SELECT count(*) || ':' || sum(length(document)) || ':' || sum(grand_total_minor)"
                       " FROM closed_reports",
                       "");
        ck_assert_int_eq(query_next(row, &fixture.fault), 1);
        (void)snprintf(digest[run], sizeof digest[run], "%s", (const char *)sqlite3_column_text(row, 0));
        ck_assert_int_eq(sqlite3_finalize(row), SQLITE_OK);
        till_fixture_end(&fixture);
    }
    ck_assert_str_eq(digest[0], digest[1]);
}
END_TEST

struct seen_x {
    int64_t sequence;
    int64_t grand_total_minor;
    char document[8192];
};

static int32_t see_x(void *ctx, const pos_report *x)
{
    struct seen_x *seen = ctx;
    ck_assert_uint_eq(x->kind, POS_REPORT_X);
    ck_assert_uint_lt(x->document_size, sizeof seen->document);
    memcpy(seen->document, x->document, x->document_size);
    seen->document[x->document_size] = '\0';
    seen->sequence = x->x_sequence;
    seen->grand_total_minor = x->grand_total_minor;
    return POS_OK;
}

START_TEST(test_running_figures)
{
    struct till_fixture fixture;
    struct seen_x seen = {0};
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    const pos_host *host = &fixture.till.host.abi;
    const pos_reports *reports = host->get_extension(host->ctx, POS_REPORTS_1);
    ck_assert_ptr_nonnull(reports);
    ck_assert_ptr_null(host->get_extension(host->ctx, "pos.other/1"));
    ck_assert_int_eq(reports->running(reports->ctx, 1, see_x, &seen), POS_E_NOT_FOUND);
    ck_assert_int_eq(till_fixture_script(&fixture, "sell 7\nclose\nsell 11", NULL, 0), RUN_OK);
    ck_assert_int_eq(reports->running(reports->ctx, 5, see_x, &seen), POS_OK);
    ck_assert_int_eq(seen.sequence, 5);
    ck_assert_int_eq(seen.grand_total_minor, till_fixture_ask(&fixture, "SELECT sum(gross_minor) FROM receipts"));
    ck_assert_ptr_nonnull(strstr(seen.document, "\"schema\":\"pos.report.x/1\""));
    ck_assert_ptr_nonnull(strstr(seen.document, "\"z_number\":2,\"x_sequence\":5"));
    ck_assert_ptr_null(strstr(seen.document, "\"items\""));
    /* Nothing was sold since: no figures to take. */
    ck_assert_int_eq(reports->running(reports->ctx, 6, see_x, &seen), POS_E_NOT_FOUND);
    ck_assert_int_eq(till_fixture_script(&fixture, "sell", NULL, 0), RUN_OK);
    ck_assert_int_eq(reports->running(reports->ctx, 6, see_x, &seen), POS_OK);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_nights_belong_to_the_evening_before)
{
    struct till_fixture fixture;
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    ck_assert_int_eq(till_fixture_script(&fixture, "at 2026-01-06T02:00\nsell\nat 06:00\nclose\nsell\nclose", NULL, 0),
                     RUN_OK);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE z_number = 1 AND"
                                                " business_date = '2026-01-05' AND document ->> '$.closed_at' ="
                                                " '2026-01-06T06:00:00+01:00'"),
                     1);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE z_number = 2 AND"
                                                " business_date = '2026-01-06'"),
                     1);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_preset_close_and_trading_hours)
{
    struct till_fixture fixture;
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    ck_assert_int_eq(till_fixture_script(&fixture, "trading on\nclose-at 21:15\nadvance 4d", NULL, 0), RUN_OK);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE document ->> '$.closed_at'"
                                                " LIKE '%T21:15:00+01:00'"),
                     4);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM receipts WHERE (sold_at_ms / 60000 + 60) % 1440"
                                                " NOT BETWEEN 540 AND 1199"),
                     0);
    ck_assert_int_eq(till_fixture_script(&fixture, "trading off\nclose-at off\nadvance 2d", NULL, 0), RUN_OK);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports"), 4);
    till_fixture_recount(&fixture);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_one_till_a_folder)
{
    struct till_fixture fixture;
    struct database second;
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    ck_assert(!database_open(&second, fixture.data, NULL, NULL, &fixture.fault));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "another till is running"));
    till_fixture_close(&fixture);
    ck_assert(!database_open(&second, fixture.data, "T2", NULL, &fixture.fault));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "belongs to register \"T1\""));
    ck_assert(database_open(&second, fixture.data, "T1", NULL, &fixture.fault));
    database_close(&second);
    till_fixture_end(&fixture);
}
END_TEST

/* Sells and closes as fast as it can, until it is killed; a byte to `tell` for every receipt. */
static void trade_until_killed(const char *data, int tell)
{
    struct database db;
    struct fault fault;
    struct period period;
    struct period_result result;
    static struct stock stock;
    if (!database_open(&db, data, NULL, NULL, &fault) || !receipts_get_period(&db, &period, &fault))
        _exit(2);
    for (int64_t number = period.last_receipt_number + 1;; number++) {
        struct sale sale;
        if (!stock_refresh(&stock, &db, "2026-01-05", &fault) || !sale_make(&sale, &stock, 1, number, &fault) ||
            !receipts_store(&db, &sale, 1767600000000 + number, "2026-01-05", &fault) ||
            (number % 3 == 0 && !period_close(&db, 1767600000000 + number, "Europe/Madrid", NULL, &result, &fault)) ||
            write(tell, "r", 1) != 1)
            _exit(2);
    }
}

START_TEST(test_kill_in_mid_close)
{
    struct till_fixture fixture;
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    int64_t closed_before = 0;
    for (int round = 0; round < 40; round++) {
        till_fixture_close(&fixture);
        int told[2];
        ck_assert_int_eq(pipe(told), 0);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
            trade_until_killed(fixture.data, told[1]);
        char receipts[8];
        for (int i = 0; i < 2 + round % 3; i++) /* then it is somewhere in a receipt or a close */
            ck_assert_int_eq(read(told[0], receipts, 1), 1);
        struct timespec pause = {.tv_nsec = (long)round * 40000};
        (void)nanosleep(&pause, NULL);
        int status;
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        (void)close(told[0]);
        (void)close(told[1]);
        ck_assert_msg(WIFSIGNALED(status), "the till ended by itself: %d", status);
        till_fixture_open(&fixture, NULL);
        if (round % 8 == 7)
            till_fixture_recount(&fixture);
        int64_t closed = till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports");
        ck_assert_int_ge(closed, closed_before);
        closed_before = closed;
    }
    ck_assert_int_ge(closed_before, 26); /* two receipts or more a round, three a close */
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <>"
                                                " 'ok'"),
                     0);
    till_fixture_end(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("days");
    TCase *tests = tcase_create("days");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_days_add_up);
    tcase_add_test(tests, test_same_seed_same_reports);
    tcase_add_test(tests, test_running_figures);
    tcase_add_test(tests, test_nights_belong_to_the_evening_before);
    tcase_add_test(tests, test_preset_close_and_trading_hours);
    tcase_add_test(tests, test_one_till_a_folder);
    tcase_add_test(tests, test_kill_in_mid_close);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
