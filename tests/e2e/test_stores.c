/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_stores.c - where a day goes is fixed when it is closed: a revoked permission, another store, a disconnect
 * and another user's store in the middle of a queue neither reroute, nor lose, nor double it.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_STORE   "Harbour"
#define OTHER_COMPANY  "Lovelace Teas"
#define OTHER_STORE    "Station"
#define OTHER_EMAIL    "bea@example.com"
#define OTHER_PASSWORD "another horse battery"
#define ALL_Z          "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"

/* Uploads fail for as long as it is there; everything else of the cloud works. */
#define NO_UPLOADS "{\"route\":\"reports\",\"drop\":\"before\"}"

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
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z), (int64_t)host.day_count);
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}

static void close_days(int64_t first, int64_t last)
{
    for (int64_t number = first; number <= last; number++)
        e2e_close_day(&host, number);
}

/* As head office does in a browser: revokes all permissions of the till. */
static void revoke_till(void)
{
    char path[256], *body = NULL;
    ck_assert_int_eq(e2e_cloud_call(&cloud, "POST", "/v1/sessions",
                                    "{\"email\":\"" E2E_EMAIL "\",\"password\":\"" E2E_PASSWORD "\"}", NULL, &body),
                     201);
    cJSON *session = cJSON_Parse(body);
    const char *token = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(session, "token"));
    ck_assert_msg(token, "no token in %s", body);
    char *store = e2e_sql_text(cloud.database, "SELECT store_id FROM tills");
    char *till = e2e_sql_text(cloud.database, "SELECT till_id FROM tills");
    snprintf(path, sizeof path, "/v1/stores/%s/tills/%s/tokens", store, till);
    ck_assert_int_eq(e2e_cloud_call(&cloud, "DELETE", path, NULL, token, NULL), 204);
    cJSON_Delete(session);
    free(body);
    free(store);
    free(till);
}

/* The queue's page says this of a report. */
static void await_in_queue(const char *words)
{
    e2e_owner_open(&host);
    e2e_owner_press(&host, "status");
    e2e_owner_await_words(&host, NULL, words);
}

START_TEST(revoked_till_is_held_until_the_owner_acts)
{
    set_up();
    close_days(1, 3);
    e2e_host_await_delivered(&host);
    revoke_till();
    close_days(4, 6);
    e2e_host_await_status(&host, "log in");
    ck_assert_uint_eq(host.tick.attention, POS_ATTENTION_ACTION);
    ck_assert_uint_eq(host.tick.pending, 3);
    await_in_queue("Held");
    ck_assert(e2e_owner_reads(&host, NULL, E2E_STORE));
    int64_t requests = e2e_cloud_requests(&cloud, "reports");
    close_days(7, 7);
    for (int i = 0; i < 50; i++)
        e2e_host_beat(&host);
    ck_assert_int_le(e2e_cloud_requests(&cloud, "reports"), requests + 1); /* held is not hammered */
    e2e_owner_log_in(&host, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_assign(&host, E2E_COMPANY, E2E_STORE);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(revoked_till_stays_held_over_a_restart)
{
    set_up();
    revoke_till();
    close_days(1, 2);
    e2e_host_await_status(&host, "log in");
    e2e_host_stop(&host);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_status(&host, "log in");
    e2e_owner_log_in(&host, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_assign(&host, E2E_COMPANY, E2E_STORE);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(pending_queue_stays_with_its_store)
{
    set_up();
    close_days(1, 2);
    e2e_host_await_delivered(&host);
    e2e_cloud_fault(&cloud, NO_UPLOADS);
    close_days(3, 7);
    e2e_owner_assign(&host, E2E_COMPANY, SECOND_STORE);
    close_days(8, 12);
    e2e_host_tick(&host, 0);
    ck_assert_uint_eq(host.tick.pending, 10);
    await_in_queue(E2E_STORE);
    ck_assert(e2e_owner_reads(&host, NULL, SECOND_STORE));
    e2e_host_stop(&host); /* and the assignment is not of this run alone */
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_cloud_heal(&cloud);
    e2e_host_await_delivered(&host);
    e2e_check_in_store(&host, &cloud, 0, 7, E2E_STORE);
    e2e_check_in_store(&host, &cloud, 7, 5, SECOND_STORE);
    take_down();
}
END_TEST

/* To and fro within one company: what is sent again after a lost answer counts where it was counted first. */
START_TEST(reassigned_after_a_lost_answer_counts_once)
{
    set_up();
    e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"drop\":\"after\"}");
    close_days(1, 4);
    e2e_host_await_sql(&host, &cloud, ALL_Z, 4);
    e2e_owner_assign(&host, E2E_COMPANY, SECOND_STORE);
    e2e_cloud_heal(&cloud);
    close_days(5, 6);
    e2e_host_await_delivered(&host);
    e2e_check_in_store(&host, &cloud, 0, 4, E2E_STORE);
    e2e_check_in_store(&host, &cloud, 4, 2, SECOND_STORE);
    take_down();
}
END_TEST

START_TEST(disconnected_queue_waits_for_its_own_store)
{
    set_up();
    e2e_cloud_fault(&cloud, NO_UPLOADS);
    close_days(1, 5);
    e2e_host_await_requests(&host, &cloud, "reports", 1);
    e2e_owner_disconnect(&host);
    close_days(6, 7); /* nobody is connected: these get the store that is chosen next */
    e2e_cloud_heal(&cloud);
    e2e_host_await_status(&host, "7 reports wait");
    ck_assert_uint_eq(host.tick.attention, POS_ATTENTION_ACTION);

    e2e_owner_register(&host, &cloud, OTHER_EMAIL, OTHER_PASSWORD);
    e2e_owner_assign(&host, OTHER_COMPANY, OTHER_STORE);
    close_days(8, 10);
    e2e_host_await_pending(&host, 5);
    e2e_check_in_store(&host, &cloud, 5, 5, OTHER_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, ALL_Z), 5);
    await_in_queue("Held");
    ck_assert(e2e_owner_reads(&host, NULL, E2E_STORE));

    e2e_owner_log_in(&host, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_assign(&host, E2E_COMPANY, E2E_STORE);
    e2e_host_await_delivered(&host);
    close_days(11, 12);
    e2e_host_await_delivered(&host);
    e2e_check_in_store(&host, &cloud, 0, 5, E2E_STORE);
    e2e_check_in_store(&host, &cloud, 10, 2, E2E_STORE);
    take_down();
}
END_TEST

/* A till that traded before anybody had chosen a store. */
START_TEST(days_before_the_first_store_go_to_it)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    close_days(1, 3);
    e2e_host_await_status(&host, "choose a store");
    ck_assert_uint_eq(host.tick.attention, POS_ATTENTION_ACTION);
    e2e_owner_set_up(&host, &cloud);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(closed_store_holds_until_it_opens_again)
{
    char json[256];
    set_up();
    char *store = e2e_sql_text(cloud.database, "SELECT store_id FROM stores");
    snprintf(json, sizeof json, "{\"store_id\":\"%s\",\"closed\":true}", store);
    e2e_cloud_control(&cloud, "/_faults/store", json);
    close_days(1, 3);
    e2e_host_await_status(&host, "the store is closed");
    await_in_queue("Held");
    snprintf(json, sizeof json, "{\"store_id\":\"%s\",\"closed\":false}", store);
    e2e_cloud_control(&cloud, "/_faults/store", json);
    free(store);
    e2e_host_stop(&host);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"revoked", revoked_till_is_held_until_the_owner_acts},
        {"revoked, restarted", revoked_till_stays_held_over_a_restart},
        {"reassigned", pending_queue_stays_with_its_store},
        {"reassigned, lost answer", reassigned_after_a_lost_answer_counts_once},
        {"disconnected", disconnected_queue_waits_for_its_own_store},
        {"before the first store", days_before_the_first_store_go_to_it},
        {"closed store", closed_store_holds_until_it_opens_again},
    };
    return E2E_RUN("stores", tests);
}
