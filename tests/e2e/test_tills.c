/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_tills.c - the real till as a process: killed in the middle of an upload, dead between its commit and the
 * hand-over, its plugin's storage wiped. Judged from both databases: the till's receipts against the cloud's tables.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"
#include "support/e2e_till.h"

#include <stdio.h>
#include <stdlib.h>

#define CLOSED  "SELECT COUNT(*) FROM closed_reports"
#define COUNTED "SELECT COUNT(*) FROM reports WHERE kind = 'Z' AND counted = 1"

static e2e_cloud cloud;
static e2e_till till;

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    e2e_till_open(&till, &cloud);
    e2e_till_set_up(&till);
    e2e_till_run(&till, "open\npress configuration\ntoggle send_x on\nleave\n");
}

/* Delivers the rest, compares, and sees that `days` days were closed. */
static void take_down(int days)
{
    e2e_till_run(&till, "wait idle 60s\nexpect-pending 0\n");
    e2e_sql_compare_till(cloud.database, till.database);
    ck_assert_int_eq(e2e_sql_number(till.database, NULL, CLOSED), days);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), days);
    e2e_till_close(&till);
    e2e_cloud_close(&cloud);
}

static void await_requests(const char *route, int64_t count)
{
    int64_t until_ms = e2e_now_ms() + e2e_patience_ms(30000);
    while (e2e_cloud_requests(&cloud, route) < count) {
        ck_assert_msg(e2e_now_ms() < until_ms, "%s was asked for fewer than %lld times", route, (long long)count);
        e2e_nap(2);
    }
}

static void await_number(const char *database, const char *query, int64_t at_least)
{
    int64_t until_ms = e2e_now_ms() + e2e_patience_ms(30000);
    while (e2e_sql_number(database, NULL, query) < at_least) {
        ck_assert_msg(e2e_now_ms() < until_ms, "never %lld: %s", (long long)at_least, query);
        e2e_nap(2);
    }
}

static void await_counted(int64_t count)
{
    await_number(cloud.database, COUNTED, count);
}

START_TEST(days_of_trade_arrive_to_the_cent)
{
    set_up();
    e2e_till_run(&till, "trade 6\nwait idle\n");
    ck_assert_int_gt(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports WHERE kind = 'X'"), 0);
    take_down(6);
}
END_TEST

/* Killed while the cloud has the request but has not committed it. */
START_TEST(till_killed_in_mid_upload)
{
    set_up();
    for (int round = 1; round <= 6; round++) {
        e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"delay_ms\":60000}");
        int64_t before = e2e_cloud_requests(&cloud, "reports");
        e2e_till_begin(&till, "sell 3\nclose\nadvance 1d\nwait idle 60s\n");
        await_requests("reports", before + 1);
        e2e_till_kill(&till);
        e2e_cloud_heal(&cloud);
    }
    int64_t closed = e2e_sql_number(till.database, NULL, CLOSED);
    take_down((int)closed);
}
END_TEST

/* Killed when the cloud has committed, and its receipt is on the way: what was not settled is sent again. */
START_TEST(till_killed_before_the_receipt)
{
    set_up();
    for (int round = 1; round <= 6; round++) {
        int64_t counted = e2e_sql_number(cloud.database, NULL, COUNTED);
        e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"drip_ms\":2000}");
        e2e_till_begin(&till, "sell 3\nclose\nwait idle 60s\n");
        await_counted(counted + 1);
        e2e_till_kill(&till);
        e2e_cloud_heal(&cloud);
        e2e_till_run(&till, "wait pending 1\nwait idle\n");
        ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), round);
    }
    take_down(6);
}
END_TEST

START_TEST(till_killed_at_any_time)
{
    int64_t closed = 0;
    set_up();
    for (int round = 0; round < 15; round++) {
        e2e_till_begin(&till, "trade 3\nwait idle 60s\npause 1h\n");
        await_number(till.database, CLOSED, closed + 1 + round % 3);
        e2e_nap(round * 3); /* from within a day to after its receipt */
        e2e_till_kill(&till);
        closed = e2e_sql_number(till.database, NULL, CLOSED);
    }
    take_down((int)closed);
}
END_TEST

START_TEST(close_and_crash)
{
    set_up();
    for (int round = 0; round < 10; round++)
        e2e_till_run_to_death(&till, round % 2 ? "sell 2\nclose\ncrash\n" : "sell 2\nclose\ntick\ntick\ncrash\n");
    take_down(10);
}
END_TEST

START_TEST(host_died_between_commit_and_hand_over)
{
    set_up();
    e2e_till_run(&till, "trade 2\nwait idle\n");
    e2e_till_run_to_death(&till, "sell 4\ndie-before-handover\n");
    ck_assert_int_eq(e2e_sql_number(till.database, NULL, CLOSED), 3);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), 2);
    for (int round = 0; round < 3; round++)
        e2e_till_run_to_death(&till, "sell 4\ndie-before-handover\n");
    take_down(6);
}
END_TEST

/* The plugin forgets everything; the cloud knows the register, the owner says "the same till", and the history is sent
 * again without being counted again. */
START_TEST(wiped_storage_doubles_nothing)
{
    char script[1024];
    set_up();
    e2e_till_run(&till, "trade 4\nwait idle\n");
    char *till_id = e2e_sql_text(cloud.database, "SELECT till_id FROM tills");
    e2e_till_run(&till, "wipe-plugin-storage\ntrade 2\nexpect-status \"choose a store\"\n");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), 4);
    snprintf(script, sizeof script,
             "open\npress welcome.skip\npress login\nfill email " E2E_EMAIL "\nfill password \"" E2E_PASSWORD
             "\"\npress login.submit\n"
             "press assign\npress \"" E2E_COMPANY "\"\npress \"" E2E_STORE "\"\npress assign.accept\n"
             "press till.same.%s\nexpect Options\nleave\nwait idle\n",
             till_id);
    e2e_till_run(&till, script);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM tills"), 1);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(DISTINCT epoch) FROM reports"), 1);
    free(till_id);
    take_down(6);
}
END_TEST

/* A register that counts from 1 again: days that really happened are counted, in an epoch of their own. */
START_TEST(reset_numbers_open_an_epoch)
{
    set_up();
    e2e_till_run(&till, "trade 3\nwait idle\nreset-numbers\ntrade 2\nwait idle\n");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED " AND epoch = 0"), 3);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED " AND epoch = 1"), 2);
    take_down(5);
}
END_TEST

START_TEST(second_program_on_one_storage_is_refused)
{
    e2e_till second;
    set_up();
    e2e_till_begin(&till, "sell 2\nclose\nwait idle\npause 1h\n");
    await_counted(1);
    second = till;
    second.output = NULL;
    second.pid = 0;
    e2e_join_path(second.output_file, till.folder, "output.second");
    e2e_till_begin(&second, "close\n");
    int status = e2e_till_end(&second);
    ck_assert_msg(status == 1 || status == 3, "the second till ran: %d\n%s", status, second.output);
    free(second.output);
    e2e_till_kill(&till);
    take_down(1);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"days of trade", days_of_trade_arrive_to_the_cent},
        {"killed in mid-upload", till_killed_in_mid_upload},
        {"killed before the receipt", till_killed_before_the_receipt},
        {"killed at any time", till_killed_at_any_time},
        {"close and crash", close_and_crash},
        {"died before hand-over", host_died_between_commit_and_hand_over},
        {"wiped storage", wiped_storage_doubles_nothing},
        {"reset numbers", reset_numbers_open_an_epoch},
        {"second program", second_program_on_one_storage_is_refused},
    };
    return E2E_RUN("tills", tests);
}
