/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_recovery.c - what the host's history is for, and what does not count as an answer: a wiped storage, closes
 * that were never handed over, a network that answers in the cloud's place, a second instance on one storage.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"
#include "support/http_server.h"
#include "support/http_tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALL_Z "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"

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

static void restart(void)
{
    char why[256];
    e2e_host_stop(&host);
    int32_t result = e2e_host_start(&host, why, sizeof why);
    ck_assert_msg(result == POS_OK, "create: %s", why);
}

/* Deletes the plugin's storage, keys included: a new disk, with the POS program's own database on it. */
static void wipe_storage(void)
{
    static const char *const files[] = {"plugin.db", "plugin.db-wal", "keys/plugin.key", "keys/plugin.key.device"};
    char path[E2E_PATH_BYTES];
    e2e_host_stop(&host);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        e2e_join_path(path, host.folder, files[i]);
        (void)unlink(path);
    }
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
}

static void press_first_known_till(void)
{
    char id[160] = "";
    e2e_owner_await_screen(&host, "known");
    for (uint32_t i = 0; i < poshost_screen_widget_count(host.screen) && !id[0]; i++) {
        const poshost_widget *w = poshost_screen_widget(host.screen, i);
        if (strncmp(w->id, "till.same.", 10) == 0)
            snprintf(id, sizeof id, "%s", w->id);
    }
    ck_assert_msg(id[0], "no till is offered");
    e2e_owner_press(&host, id);
    e2e_owner_await_screen(&host, "main");
}

START_TEST(wiped_storage_and_the_same_till)
{
    set_up();
    close_days(1, 300); /* more than one page of the ledger, more than one batch */
    e2e_host_await_delivered(&host);
    wipe_storage();
    close_days(301, 302);
    e2e_host_await_status(&host, "choose a store");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z), 300);
    e2e_owner_log_in(&host, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_choose_store(&host, E2E_COMPANY, E2E_STORE);
    press_first_known_till();
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM tills"), 1);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT MAX(epoch) FROM reports"), 0);
    take_down();
}
END_TEST

/* Wiped after a reset of the numbers: the same till again, its second epoch not taken for a third. */
START_TEST(wiped_storage_after_a_reset)
{
    set_up();
    close_days(1, 5);
    e2e_host_await_delivered(&host);
    close_days(1, 3);
    e2e_host_await_delivered(&host);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z " AND epoch = 1"), 3);
    wipe_storage();
    e2e_owner_log_in(&host, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_choose_store(&host, E2E_COMPANY, E2E_STORE);
    press_first_known_till();
    e2e_host_await_delivered(&host);
    e2e_close_day(&host, 4);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(lost_key_folder_costs_a_log_in_and_no_report)
{
    char path[E2E_PATH_BYTES];
    set_up();
    close_days(1, 3);
    e2e_host_await_delivered(&host);
    e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"drop\":\"before\"}");
    close_days(4, 6);
    e2e_host_stop(&host);
    e2e_join_path(path, host.folder, "keys/plugin.key");
    ck_assert_int_eq(unlink(path), 0);
    e2e_join_path(path, host.folder, "keys/plugin.key.device");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_cloud_heal(&cloud);
    e2e_host_await_pending(&host, 3);
    ck_assert_uint_eq(host.tick.attention, POS_ATTENTION_ACTION);
    e2e_owner_log_in(&host, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_choose_store(&host, E2E_COMPANY, E2E_STORE);
    press_first_known_till();
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(closes_that_were_never_handed_over_are_fetched)
{
    set_up();
    close_days(1, 2);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
    for (int64_t number = 3; number <= 8; number++)
        e2e_day_make(&host, number, 0); /* committed by the host, and then it died */
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_sql(&host, &cloud, ALL_Z, 8);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(closes_that_were_never_handed_over_are_fetched_within_the_hour)
{
    set_up();
    close_days(1, 2);
    e2e_host_await_delivered(&host);
    e2e_day_make(&host, 3, 0);
    close_days(4, 4); /* a hole: the host forgot one hand-over, and went on */
    e2e_host_await_delivered(&host);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z), 3);
    host.clock_ahead_ms += INT64_C(61) * 60 * 1000;
    e2e_host_await_sql(&host, &cloud, ALL_Z, 4);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

/* ---- restored backups ---- */

/* The plugin's records of last week, keys and history of today: what was delivered since is not delivered as new. */
START_TEST(restored_backup_of_the_plugin)
{
    char backup[E2E_PATH_BYTES], database[E2E_PATH_BYTES];
    e2e_make_folder(backup);
    set_up();
    close_days(1, 5);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
    e2e_copy_folder(host.folder, backup);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    close_days(6, 10);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
    e2e_join_path(database, host.folder, "plugin.db");
    ck_assert_int_eq(unlink(database), 0);
    e2e_join_path(database, backup, "keys/plugin.key.device");
    ck_assert_int_eq(unlink(database), 0); /* is never in a backup */
    e2e_copy_folder(backup, host.folder);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    close_days(11, 12);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT MAX(epoch) FROM reports"), 0);
    e2e_remove_folder(backup);
    take_down();
}
END_TEST

/* The POS program's database of last week: its numbers go back, and the days that follow really happen. */
START_TEST(restored_backup_of_the_host)
{
    set_up();
    close_days(1, 10);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
    while (host.day_count > 6)
        free(host.days[--host.day_count].document);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_delivered(&host);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z), 10);
    for (int64_t number = 7; number <= 9; number++) {
        e2e_day *day = e2e_day_make(&host, number, 99);
        day->closed_at_ms += INT64_C(30) * 86400000; /* the week after */
        ck_assert_int_eq(e2e_day_hand_over(&host, day), POS_OK);
    }
    e2e_host_await_delivered(&host);
    e2e_check_in_store(&host, &cloud, 0, 9, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z " AND counted = 1"), 13);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z " AND epoch = 1"), 3);
    take_down();
}
END_TEST

/* ---- not the cloud ---- */

/* Trusts both the cloud's authority and the portal's: "a TLS server with the right certificate". */
static void trust_both(const http_tls *tls, char path[E2E_PATH_BYTES])
{
    char portal[E2E_PATH_BYTES];
    e2e_join_path(portal, host.folder, "portal.pem");
    e2e_join_path(path, host.folder, "both.pem");
    http_tls_write_ca(tls, portal);
    char *one = e2e_read_file(cloud.ca, NULL), *other = e2e_read_file(portal, NULL);
    FILE *file = fopen(path, "we");
    ck_assert(one && other && file);
    fprintf(file, "%s%s", one, other);
    ck_assert_int_eq(fclose(file), 0);
    free(one);
    free(other);
}

static void answer_instead(const http_reply *answer)
{
    char ca[E2E_PATH_BYTES];
    set_up();
    http_tls *tls = http_tls_new(&(http_tls_options){0});
    http_server *portal = http_server_start(answer, 1, http_tls_layer(tls));
    trust_both(tls, ca);
    e2e_host_stop(&host);
    e2e_host_aim(&host, http_server_url(portal), ca);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    close_days(1, 4);
    int64_t until_ms = e2e_now_ms() + e2e_patience_ms(20000);
    while (http_server_count(portal) < 3) {
        ck_assert_msg(e2e_now_ms() < until_ms, "the portal was asked too seldom");
        e2e_host_beat(&host);
        host.clock_ahead_ms += 1000;
    }
    for (int i = 0; i < 20; i++)
        e2e_host_beat(&host);
    ck_assert_uint_eq(host.tick.pending, 4);
    e2e_host_aim(&host, cloud.url, cloud.ca);
    restart();
    http_server_stop(portal);
    http_tls_free(tls);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}

START_TEST(captive_portal_settles_nothing)
{
    answer_instead(&(http_reply){.status = 200,
                                 .headers = "Content-Type: text/html\r\n",
                                 .body = "<html><body>Welcome to the airport! Click to go on.</body></html>"});
}
END_TEST

START_TEST(portal_that_says_json_settles_nothing)
{
    answer_instead(
        &(http_reply){.status = 200, .headers = "Content-Type: application/json\r\n", .body = "{\"results\":[]}"});
}
END_TEST

START_TEST(refusal_of_a_proxy_rejects_nothing)
{
    answer_instead(&(http_reply){.status = 413,
                                 .headers = "Content-Type: text/html\r\n",
                                 .body = "<html><h1>413 Request Entity Too Large</h1></html>"});
}
END_TEST

/* ---- two on one storage ---- */

START_TEST(second_instance_on_one_storage_is_refused)
{
    static e2e_host second;
    char why[256] = "";
    set_up();
    memset(&second, 0, sizeof second);
    memcpy(second.folder, host.folder, sizeof second.folder);
    e2e_join_path(second.log_file, host.folder, "second.log");
    e2e_host_aim(&second, cloud.url, cloud.ca);
    second.info = host.info;
    ck_assert_int_eq(e2e_host_start(&second, why, sizeof why), POS_E_BUSY);
    ck_assert_msg(strlen(why) > 10, "no words: \"%s\"", why);
    close_days(1, 3); /* and the first one has not noticed */
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    e2e_host_stop(&host);
    ck_assert_int_eq(e2e_host_start(&second, why, sizeof why), POS_OK); /* now it is free */
    e2e_host_stop(&second);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"wiped storage", wiped_storage_and_the_same_till},
        {"wiped after a reset", wiped_storage_after_a_reset},
        {"lost keys", lost_key_folder_costs_a_log_in_and_no_report},
        {"never handed over", closes_that_were_never_handed_over_are_fetched},
        {"never handed over, later", closes_that_were_never_handed_over_are_fetched_within_the_hour},
        {"plugin restored", restored_backup_of_the_plugin},
        {"host restored", restored_backup_of_the_host},
        {"captive portal", captive_portal_settles_nothing},
        {"portal in JSON", portal_that_says_json_settles_nothing},
        {"proxy's 413", refusal_of_a_proxy_rejects_nothing},
        {"second instance", second_instance_on_one_storage_is_refused},
    };
    return E2E_RUN("recovery", tests);
}
