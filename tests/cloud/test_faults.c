/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault switches, for other tests lean on them: each does what faults.h says, and nothing is there without
 * --faults.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fixture fx;

static void setup(void)
{
    fixture_open(&fx);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void add_fault(const char *json)
{
    fixture_refused(&fx, (call){.path = "/_faults", .json = json}, 201, NULL);
}

static void clear_faults(void)
{
    fixture_refused(&fx, (call){.method = "DELETE", .path = "/_faults"}, 204, NULL);
}

static reply health(void)
{
    return fixture_call(&fx, (call){.path = "/v1/health"});
}

static long health_status(void)
{
    reply answer = health();
    long status = answer.code == CURLE_OK ? answer.status : 0;
    reply_free(&answer);
    return status;
}

START_TEST(a_status_as_often_as_told)
{
    add_fault("{\"route\":\"health\",\"status\":503,\"retry_after\":17,\"skip\":1,\"times\":2}");
    ck_assert_int_eq(health_status(), 200);
    reply answer = health();
    fixture_expect(&answer, 503, "busy");
    char *seconds = reply_header(&answer, "Retry-After");
    ck_assert_str_eq(seconds, "17");
    free(seconds);
    reply_free(&answer);
    ck_assert_int_eq(health_status(), 503);
    ck_assert_int_eq(health_status(), 200);
    reply list = fixture_call(&fx, (call){.path = "/_faults"});
    ck_assert_int_eq(reply_int(&list, "faults.0.fired"), 2);
    ck_assert_int_eq(reply_int(&list, "faults.0.left"), 0);
    ck_assert_int_eq(reply_int(&list, "requests.health"), 4);
    reply_free(&list);
}
END_TEST

START_TEST(drop_before_does_nothing_and_drop_after_commits)
{
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    buffer bytes = {NULL, 0};
    batch_add(&bytes, (item){.z_number = 1});
    add_fault("{\"route\":\"reports\",\"drop\":\"before\",\"times\":1}");
    reply lost = batch_send_coded(&fx, &bar, &bytes, NULL);
    ck_assert_int_ne(lost.code, CURLE_OK);
    reply_free(&lost);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 0);
    add_fault("{\"route\":\"reports\",\"drop\":\"after\",\"times\":1}");
    lost = batch_send_coded(&fx, &bar, &bytes, NULL);
    ck_assert_int_ne(lost.code, CURLE_OK);
    reply_free(&lost);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 1);
    lost = batch_send_coded(&fx, &bar, &bytes, NULL);
    fixture_expect(&lost, 200, NULL);
    ck_assert_str_eq(reply_text(&lost, "results.0.status"), "delivered");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 1);
    reply_free(&lost);
    buffer_free(&bytes);
}
END_TEST

START_TEST(an_answer_is_cut_at_a_byte)
{
    for (int cut = 0; cut < 20; cut += 7) {
        char json[80];
        snprintf(json, sizeof json, "{\"route\":\"health\",\"cut_after_bytes\":%d,\"times\":1}", cut);
        add_fault(json);
        reply answer = health();
        ck_assert_int_ne(answer.code, CURLE_OK);
        ck_assert_int_eq(answer.status, 200);
        ck_assert_uint_eq(answer.bytes, (size_t)cut);
        reply_free(&answer);
    }
}
END_TEST

START_TEST(an_answer_drips_or_is_delayed)
{
    add_fault("{\"route\":\"health\",\"drip_ms\":10,\"times\":1}");
    add_fault("{\"route\":\"health\",\"delay_ms\":150,\"times\":1}");
    reply dripped = health();
    fixture_expect(&dripped, 200, NULL);
    ck_assert(dripped.seconds > 0.01 * (double)dripped.bytes);
    reply_free(&dripped);
    reply late = health();
    fixture_expect(&late, 200, NULL);
    ck_assert(late.seconds >= 0.15);
    reply_free(&late);
}
END_TEST

static void *ask_health(void *context)
{
    reply *answer = context;
    *answer = health();
    return NULL;
}

static void await_fired(int count)
{
    for (int tries = 0; tries < 1000; tries++) {
        reply list = fixture_call(&fx, (call){.path = "/_faults"});
        bool fired = reply_int(&list, "faults.0.fired") >= count;
        reply_free(&list);
        if (fired)
            return;
        usleep(5000);
    }
    ck_abort_msg("the fault did not fire");
}

START_TEST(a_hanging_request_is_let_go)
{
    pthread_t thread;
    reply answer;
    add_fault("{\"route\":\"health\",\"hang\":true}");
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_health, &answer), 0);
    await_fired(1);
    clear_faults();
    pthread_join(thread, NULL);
    ck_assert_int_ne(answer.code, CURLE_OK);
    reply_free(&answer);
    ck_assert_int_eq(health_status(), 200);
}
END_TEST

START_TEST(stopping_waits_for_no_hanging_request)
{
    pthread_t thread;
    reply answer;
    struct timespec start, end;
    add_fault("{\"route\":\"health\",\"hang\":true}");
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_health, &answer), 0);
    await_fired(1);
    clock_gettime(CLOCK_MONOTONIC, &start);
    cloud_stop(fx.cloud);
    clock_gettime(CLOCK_MONOTONIC, &end);
    fx.cloud = NULL;
    pthread_join(thread, NULL);
    reply_free(&answer);
    ck_assert_int_lt(end.tv_sec - start.tv_sec, 5);
}
END_TEST

START_TEST(a_portal_answers_without_a_problem)
{
    add_fault("{\"route\":\"health\",\"status\":200,\"bare\":true,\"times\":1}");
    /* Not written down for the contract: that is the point of it. */
    char *log = getenv("CLOUD_CONTRACT_LOG");
    log = log ? strdup(log) : NULL;
    unsetenv("CLOUD_CONTRACT_LOG");
    reply answer = health();
    if (log)
        setenv("CLOUD_CONTRACT_LOG", log, 1);
    free(log);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_null(answer.json);
    ck_assert_ptr_nonnull(strstr(answer.body, "<html") ? answer.body : strstr(answer.body, "<!DOCTYPE"));
    reply_free(&answer);
}
END_TEST

START_TEST(the_clock_moves_and_a_store_closes)
{
    char json[160];
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    buffer empty = {NULL, 0};
    snprintf(json, sizeof json, "{\"store_id\":\"%s\",\"closed\":true}", place.store_id);
    fixture_refused(&fx, (call){.path = "/_faults/store", .json = json}, 204, NULL);
    reply refused = batch_send_coded(&fx, &bar, &empty, NULL);
    fixture_expect(&refused, 403, "store-closed");
    reply_free(&refused);
    fixture_refused(&fx, (call){.path = "/_faults/clock", .json = "{\"advance_ms\":2678400000}"}, 204, NULL);
    fixture_refused(&fx, (call){.path = "/v1/sessions/current", .token = ana.token}, 401, "unauthorized");
}
END_TEST

START_TEST(wrong_rules_are_refused)
{
    static const char *const bad[] = {"{\"route\":\"nowhere\"}", "{\"drop\":\"sometimes\"}", "{\"status\":100}",
                                      "{\"percent\":101}",       "{\"delay_ms\":-1}",        "{\"times\":\"x\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fixture_refused(&fx, (call){.path = "/_faults", .json = bad[i]}, 422, NULL);
    fixture_refused(&fx, (call){.path = "/_faults", .json = "{"}, 400, NULL);
    fixture_refused(&fx, (call){.path = "/_faults/none"}, 404, NULL);
}
END_TEST

START_TEST(without_the_switch_there_are_none)
{
    fixture_close(&fx);
    fixture_open_with(&fx, (cloud_config){.fast_passwords = true});
    fixture_refused(&fx, (call){.path = "/_faults", .json = "{\"status\":503}"}, 404, "not-found");
    ck_assert_int_eq(health_status(), 200);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faults");
    TCase *cases = tcase_create("faults");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_status_as_often_as_told);
    tcase_add_test(cases, drop_before_does_nothing_and_drop_after_commits);
    tcase_add_test(cases, an_answer_is_cut_at_a_byte);
    tcase_add_test(cases, an_answer_drips_or_is_delayed);
    tcase_add_test(cases, a_hanging_request_is_let_go);
    tcase_add_test(cases, stopping_waits_for_no_hanging_request);
    tcase_add_test(cases, a_portal_answers_without_a_problem);
    tcase_add_test(cases, the_clock_moves_and_a_store_closes);
    tcase_add_test(cases, wrong_rules_are_refused);
    tcase_add_test(cases, without_the_switch_there_are_none);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
