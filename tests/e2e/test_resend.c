/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_resend.c - "Resend all statistics" with the shipped plugin, the SDK's host and the real cloud: nothing is
 * sent that the cloud has, everything is that it lacks, whoever lost it, and nothing counts twice.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"

#include <sqlite3.h>

#define ALL_Z "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"

static e2e_cloud cloud;
static e2e_host host;

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
}

static void take_down(void)
{
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports WHERE standing <> 'first'"), 0);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT MAX(epoch) FROM reports"), 0);
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}

static void close_days(int64_t first, int64_t last)
{
    for (int64_t number = first; number <= last; number++)
        e2e_close_day(&host, number);
}

/* Days that the POS closed when it had no plugin. */
static void trade_before_the_plugin(int64_t last)
{
    e2e_host_stop(&host);
    for (int64_t number = 1; number <= last; number++)
        (void)e2e_day_make(&host, number, 0);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
}

/* The cloud loses reports, as one does that is restored from last night's backup. */
static void lose_in_the_cloud(const char *which)
{
    char sql[512];
    sqlite3 *handle = NULL;
    e2e_cloud_stop(&cloud);
    ck_assert_int_eq(sqlite3_open(cloud.database, &handle), SQLITE_OK);
    snprintf(sql, sizeof sql,
             "DELETE FROM reports WHERE kind = 'Z' AND %s;"
             "DELETE FROM report_taxes WHERE report_no NOT IN (SELECT report_no FROM reports);"
             "DELETE FROM report_payments WHERE report_no NOT IN (SELECT report_no FROM reports);"
             "DELETE FROM report_departments WHERE report_no NOT IN (SELECT report_no FROM reports)",
             which);
    ck_assert_msg(sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(handle));
    sqlite3_close(handle);
    e2e_cloud_start(&cloud);
}

static void open_resend(void)
{
    e2e_owner_open(&host);
    e2e_owner_press(&host, "resend");
    e2e_owner_await_screen(&host, "resend");
}

static void resend(const char *result)
{
    open_resend();
    e2e_owner_press(&host, "resend.accept");
    e2e_owner_await_words(&host, "result", result);
}

START_TEST(in_sync_is_one_question)
{
    set_up();
    e2e_owner_set_up(&host, &cloud);
    close_days(1, 300);
    e2e_host_await_delivered(&host);
    int64_t uploads = e2e_cloud_requests(&cloud, "reports");
    int64_t questions = e2e_cloud_requests(&cloud, "compare");
    resend("300 closes compared, 0 sent, 0 refused, 0 in conflict");
    ck_assert_int_eq(e2e_cloud_requests(&cloud, "compare"), questions + 1);
    ck_assert_int_le(e2e_cloud_requests(&cloud, "reports"), uploads + 1); /* the open period's X at most */
    take_down();
}
END_TEST

START_TEST(what_the_cloud_lost_is_sent_and_nothing_else)
{
    set_up();
    e2e_owner_set_up(&host, &cloud);
    close_days(1, 300);
    e2e_host_await_delivered(&host);
    lose_in_the_cloud("z_number IN (7, 255, 256)");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z), 297);
    int64_t last = e2e_sql_number(cloud.database, NULL, "SELECT MAX(report_no) FROM reports");
    resend("300 closes compared, 3 sent, 0 refused, 0 in conflict");
    char later[128];
    snprintf(later, sizeof later, ALL_Z " AND report_no > %lld", (long long)last);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, later), 3);
    /* And again: now there is nothing to send. */
    e2e_owner_press(&host, "resend.accept");
    e2e_owner_await_words(&host, "result", "300 closes compared, 0 sent");
    take_down();
}
END_TEST

START_TEST(a_cloud_that_lost_everything_gets_everything)
{
    set_up();
    e2e_owner_set_up(&host, &cloud);
    close_days(1, 300);
    e2e_host_await_delivered(&host);
    lose_in_the_cloud("1");
    resend("300 closes compared, 300 sent, 0 refused, 0 in conflict");
    take_down();
}
END_TEST

/* It goes on after the power was cut in the middle, and days closed meanwhile arrive. */
START_TEST(goes_on_after_a_restart)
{
    set_up();
    e2e_owner_set_up(&host, &cloud);
    close_days(1, 300);
    e2e_host_await_delivered(&host);
    lose_in_the_cloud("z_number % 2 = 0");
    open_resend();
    e2e_owner_press(&host, "resend.accept");
    e2e_host_await_sql(&host, &cloud, ALL_Z, 160);
    e2e_host_stop(&host);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    close_days(301, 301);
    e2e_host_await_sql(&host, &cloud, ALL_Z, 301);
    open_resend();
    e2e_owner_await_words(&host, "result", "0 refused, 0 in conflict");
    take_down();
}
END_TEST

/* Years of trade before the first log-in. */
START_TEST(closes_from_before_the_plugin)
{
    set_up();
    trade_before_the_plugin(700);
    e2e_owner_set_up(&host, &cloud);
    close_days(701, 701);
    e2e_host_await_sql(&host, &cloud, ALL_Z, 701);
    e2e_host_await_delivered(&host);
    resend("701 closes compared, 0 sent, 0 refused, 0 in conflict");
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"in sync", in_sync_is_one_question},
        {"three lost", what_the_cloud_lost_is_sent_and_nothing_else},
        {"all lost", a_cloud_that_lost_everything_gets_everything},
        {"restarted", goes_on_after_a_restart},
        {"before the plugin", closes_from_before_the_plugin},
    };
    return E2E_RUN("resend", tests);
}
