/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_outage.c - the network and the cloud fail in the middle of a queue, in every way that a till meets: and
 * afterwards every closed day is in the cloud once, to the cent.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"

static e2e_cloud cloud;
static e2e_host host;

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
}

static void take_down(void)
{
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}

static void close_days(int64_t first, int64_t last)
{
    for (int64_t number = first; number <= last; number++)
        e2e_close_day(&host, number);
}

/* Days closed under a fault, then the fault goes: all there, once. `fault` must have been applied. */
static void deliver_through(const char *fault, int64_t at_least)
{
    set_up();
    close_days(1, 5);
    e2e_host_await_delivered(&host);
    e2e_cloud_fault(&cloud, fault);
    close_days(6, 30);
    e2e_host_await_delivered(&host);
    ck_assert_int_ge(e2e_cloud_fired(&cloud), at_least);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}

START_TEST(healthy_days_are_delivered)
{
    set_up();
    close_days(1, 40);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    ck_assert_int_eq(host.tick.attention, POS_ATTENTION_NONE);
    take_down();
}
END_TEST

START_TEST(outage_in_mid_queue_loses_nothing)
{
    set_up();
    close_days(1, 10);
    e2e_host_await_delivered(&host);
    e2e_cloud_stop(&cloud);
    close_days(11, 20);
    e2e_host_await_status(&host, "offline");
    e2e_owner_open(&host);
    e2e_owner_press(&host, "status");
    e2e_owner_await_words(&host, NULL, "Waiting");
    close_days(21, 30);
    ck_assert_uint_ge(host.tick.pending, 10);
    e2e_cloud_start(&cloud);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(lost_answer_after_commit_counts_once)
{
    deliver_through("{\"route\":\"reports\",\"drop\":\"after\",\"times\":3}", 3);
}
END_TEST

START_TEST(connection_dropped_before_commit_is_sent_again)
{
    deliver_through("{\"route\":\"reports\",\"drop\":\"before\",\"times\":3}", 3);
}
END_TEST

START_TEST(cut_answer_settles_nothing)
{
    deliver_through("{\"route\":\"reports\",\"cut_after_bytes\":200,\"times\":4}", 4);
}
END_TEST

START_TEST(server_errors_are_waited_out)
{
    deliver_through("{\"route\":\"reports\",\"status\":503,\"retry_after\":2,\"times\":3}", 3);
}
END_TEST

START_TEST(bare_html_of_a_proxy_settles_nothing)
{
    set_up();
    e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"status\":200,\"bare\":true}");
    close_days(1, 6);
    e2e_host_await_requests(&host, &cloud, "reports", 1);
    for (int i = 0; i < 50; i++)
        e2e_host_beat(&host);
    ck_assert_uint_eq(host.tick.pending, 6);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports"), 0);
    e2e_cloud_heal(&cloud);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(cloud_killed_in_mid_upload_and_restarted)
{
    set_up();
    e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"delay_ms\":60000}");
    close_days(1, 20);
    e2e_host_await_requests(&host, &cloud, "reports", 1); /* an upload is in the cloud's hands */
    e2e_cloud_kill(&cloud);
    e2e_host_await_status(&host, "offline");
    e2e_cloud_start(&cloud);
    /* Again, now after the commit and before the answer has gone out. */
    e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"drip_ms\":1000}");
    close_days(21, 25);
    e2e_host_await_sql(&host, &cloud, "SELECT COUNT(*) FROM reports", 1);
    e2e_host_tick(&host, 0);
    ck_assert_uint_eq(host.tick.pending, 25);
    e2e_cloud_kill(&cloud);
    e2e_cloud_start(&cloud);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(cloud_killed_at_any_time)
{
    int64_t number = 0;
    set_up();
    for (int round = 0; round < 25; round++) {
        for (int i = 0; i < 4; i++)
            e2e_close_day(&host, ++number);
        for (int beats = 0; beats < round; beats++)
            e2e_host_beat(&host);
        e2e_cloud_kill(&cloud);
        e2e_host_beat(&host);
        e2e_cloud_start(&cloud);
    }
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"healthy", healthy_days_are_delivered},
        {"outage", outage_in_mid_queue_loses_nothing},
        {"lost answer", lost_answer_after_commit_counts_once},
        {"dropped", connection_dropped_before_commit_is_sent_again},
        {"cut answer", cut_answer_settles_nothing},
        {"server errors", server_errors_are_waited_out},
        {"bare html", bare_html_of_a_proxy_settles_nothing},
        {"cloud killed", cloud_killed_in_mid_upload_and_restarted},
        {"cloud killed at any time", cloud_killed_at_any_time},
    };
    return E2E_RUN("outage", tests);
}
