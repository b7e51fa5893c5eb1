/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions over real TLS: logging in and out, throttling, expiry, and that no secret is kept.
 */
#include "cloud_fixture.h"
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;

static void setup(void)
{
    fixture_open(&fx);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static reply log_in(const char *email, const char *password)
{
    char json[200];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"password\":\"%s\",\"device_name\":\"Till 1\"}", email, password);
    return fixture_call(&fx, (call){.path = "/v1/sessions", .json = json});
}

static void expect_log_in(const char *email, const char *password, long status)
{
    reply answer = log_in(email, password);
    fixture_expect(&answer, status, NULL);
    reply_free(&answer);
}

static void expect_session(const char *token, long status)
{
    fixture_refused(&fx, (call){.path = "/v1/sessions/current", .token = token}, status, NULL);
}

/* Nor is there a difference in time: test_timing.c. */
START_TEST(unknown_and_wrong_log_in_look_alike)
{
    fixture_person(&fx, "ana@example.com");
    reply wrong = log_in("ana@example.com", "something else");
    reply unknown = log_in("nobody@example.com", "something else");
    fixture_expect(&wrong, 401, "login-failed");
    fixture_expect(&unknown, 401, "login-failed");
    ck_assert_str_eq(wrong.body, unknown.body);
    reply_free(&wrong);
    reply_free(&unknown);
}
END_TEST

START_TEST(guessing_is_throttled_but_not_for_long)
{
    fixture_person(&fx, "ana@example.com");
    for (int i = 0; i < 10; i++)
        expect_log_in("ana@example.com", "guess guess guess", 401);
    reply throttled = log_in("ana@example.com", PASSWORD);
    fixture_expect(&throttled, 429, "throttled");
    char *seconds = reply_header(&throttled, "Retry-After");
    ck_assert_ptr_nonnull(seconds);
    ck_assert_int_eq(atoi(seconds), 1);
    free(seconds);
    reply_free(&throttled);
    for (int i = 0; i < 8; i++) { /* tries that come too early lengthen nothing; others double the pause */
        fixture_advance(&fx, 60 * 1000);
        expect_log_in("ana@example.com", "guess guess guess", 401);
        expect_log_in("ana@example.com", PASSWORD, 429);
    }
    fixture_advance(&fx, 60 * 1000);
    expect_log_in("ana@example.com", PASSWORD, 201);
    expect_log_in("ana@example.com", "guess guess guess", 401); /* and the count starts anew */
    for (int i = 0; i < 10; i++)
        expect_log_in("nobody@example.com", "guess guess guess", 401);
    expect_log_in("nobody@example.com", "guess guess guess", 429);
}
END_TEST

START_TEST(throttling_survives_a_restart)
{
    for (int i = 0; i < 10; i++)
        expect_log_in("nobody@example.com", "guess guess guess", 401);
    cloud_stop(fx.cloud);
    fixture_start_cloud(&fx, (cloud_config){.fast_passwords = true});
    /* The pause of one second may be over after a restart, the next one of two is not. */
    reply again = log_in("nobody@example.com", "guess guess guess");
    if (again.status == 401)
        expect_log_in("nobody@example.com", "guess guess guess", 429);
    else
        fixture_expect(&again, 429, "throttled");
    reply_free(&again);
}
END_TEST

/* As a proxy on this machine passes it on. */
static reply call_from(const char *address, const char *path, const char *json)
{
    char header[80];
    snprintf(header, sizeof header, "X-Forwarded-For: 203.0.113.7, %s", address);
    return fixture_call(&fx, (call){.path = path, .json = json, .header = header, .key = fixture_hex()});
}

static long log_in_from(const char *address, const char *email, const char *password)
{
    char json[160];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
    reply answer = call_from(address, "/v1/sessions", json);
    long status = answer.status;
    reply_free(&answer);
    return status;
}

static long recover_from(const char *address, const char *email)
{
    char json[120];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"language\":\"en\"}", email);
    reply answer = call_from(address, "/v1/recoveries", json);
    long status = answer.status;
    reply_free(&answer);
    return status;
}

static void open_behind_a_proxy(void)
{
    fixture_close(&fx);
    fixture_open_with(&fx, (cloud_config){.fast_passwords = true, .no_tls = true});
}

#define SHOP      "198.51.100.1"
#define ELSEWHERE "198.51.100.2"

START_TEST(a_network_address_is_throttled_behind_a_proxy)
{
    char email[40];
    open_behind_a_proxy();
    for (int i = 0; i < 100; i++) {
        snprintf(email, sizeof email, "guess%d@example.com", i);
        ck_assert_int_eq(log_in_from(SHOP, email, "guess guess"), 401);
    }
    ck_assert_int_eq(log_in_from(SHOP, "other@example.com", "guess guess"), 429);
    ck_assert_int_eq(log_in_from(ELSEWHERE, "other@example.com", "guess guess"), 401);
    fixture_advance(&fx, 1000);
    ck_assert_int_eq(log_in_from(SHOP, "another@example.com", "guess guess"), 401);
}
END_TEST

/* Whoever guesses takes every turn there is; the owner logs in all the same where he did before. */
START_TEST(guessing_elsewhere_keeps_no_owner_out)
{
    open_behind_a_proxy();
    fixture_person(&fx, "ana@example.com");
    ck_assert_int_eq(log_in_from(SHOP, "ana@example.com", PASSWORD), 201);
    fixture_advance(&fx, 89LL * 24 * 3600 * 1000);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(log_in_from(ELSEWHERE, "ana@example.com", "guess guess"), 401);
    int taken = 0;
    for (int i = 0; i < 60; i++) {
        fixture_advance(&fx, 5000);
        long status = log_in_from(ELSEWHERE, "ana@example.com", "guess guess");
        ck_assert(status == 401 || status == 429);
        taken += status == 401;
        if (i % 10 == 0) {
            ck_assert_int_eq(log_in_from(SHOP, "Ana@example.com", PASSWORD), 201);
            ck_assert_int_eq(log_in_from("198.51.100.3", "ana@example.com", PASSWORD), 429); /* a new place waits */
        }
    }
    ck_assert_int_le(taken, 12); /* of 60 in five minutes: the owner's success does not start their count anew */
    fixture_advance(&fx, 91LL * 24 * 3600 * 1000);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(log_in_from(ELSEWHERE, "ana@example.com", "guess guess"), 401);
    ck_assert_int_eq(log_in_from(SHOP, "ana@example.com", PASSWORD), 429); /* not there for too long */
}
END_TEST

START_TEST(guessing_where_the_owner_was_is_throttled)
{
    open_behind_a_proxy();
    fixture_person(&fx, "ana@example.com");
    ck_assert_int_eq(log_in_from(SHOP, "ana@example.com", PASSWORD), 201);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(log_in_from(SHOP, "ana@example.com", "guess guess"), 401);
    ck_assert_int_eq(log_in_from(SHOP, "ana@example.com", PASSWORD), 429);
    ck_assert_int_eq(log_in_from(SHOP, "bea@example.com", "guess guess"), 401);
}
END_TEST

START_TEST(mails_asked_for_elsewhere_leave_the_owner_some)
{
    open_behind_a_proxy();
    fixture_person(&fx, "ana@example.com");
    ck_assert_int_eq(log_in_from(SHOP, "ana@example.com", PASSWORD), 201);
    fixture_advance(&fx, 16 * 60 * 1000);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(recover_from(ELSEWHERE, "ana@example.com"), 202);
    ck_assert_int_eq(recover_from(ELSEWHERE, "ana@example.com"), 429);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(recover_from(SHOP, "ana@example.com"), 202);
    ck_assert_int_eq(recover_from(SHOP, "ana@example.com"), 429);
}
END_TEST

START_TEST(a_session_slides_and_expires)
{
    person ana = fixture_person(&fx, "ana@example.com");
    for (int i = 0; i < 3; i++) {
        fixture_advance(&fx, 29LL * 24 * 3600 * 1000);
        expect_session(ana.token, 200);
    }
    fixture_advance(&fx, 30LL * 24 * 3600 * 1000 + 3600 * 1000);
    expect_session(ana.token, 401);
}
END_TEST

START_TEST(logging_out_ends_one_session)
{
    person ana = fixture_person(&fx, "ana@example.com");
    reply other = log_in("ana@example.com", PASSWORD);
    fixture_expect(&other, 201, NULL);
    fixture_refused(&fx, (call){.method = "DELETE", .path = "/v1/sessions/current", .token = ana.token}, 204, NULL);
    fixture_refused(&fx, (call){.method = "DELETE", .path = "/v1/sessions/current", .token = ana.token}, 401,
                    "unauthorized");
    expect_session(reply_text(&other, "token"), 200);
    reply_free(&other);
}
END_TEST

START_TEST(nothing_secret_is_kept_in_the_clear)
{
    person ana = fixture_person(&fx, "ana@example.com");
    char command[400];
    reply session = log_in("ana@example.com", PASSWORD);
    fixture_expect(&session, 201, NULL);
    snprintf(command, sizeof command, "! grep -rqaF -e '" PASSWORD "' -e '%s' -e '%s' '%s'", ana.token,
             reply_text(&session, "token"), fx.dir);
    ck_assert_msg(system(command) == 0, "a password or token is in a file of the cloud");
    reply_free(&session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sessions");
    TCase *cases = tcase_create("sessions");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, unknown_and_wrong_log_in_look_alike);
    tcase_add_test(cases, guessing_is_throttled_but_not_for_long);
    tcase_add_test(cases, throttling_survives_a_restart);
    tcase_add_test(cases, a_network_address_is_throttled_behind_a_proxy);
    tcase_add_test(cases, guessing_elsewhere_keeps_no_owner_out);
    tcase_add_test(cases, guessing_where_the_owner_was_is_throttled);
    tcase_add_test(cases, mails_asked_for_elsewhere_leave_the_owner_some);
    tcase_add_test(cases, a_session_slides_and_expires);
    tcase_add_test(cases, logging_out_ends_one_session);
    tcase_add_test(cases, nothing_secret_is_kept_in_the_clear);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
