/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts over real TLS: registering, codes, recovering, and that known addresses look like unknown ones.
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

static reply confirm(const char *kind, const char *id, const char *json, const char *key)
{
    char path[160];
    snprintf(path, sizeof path, "/v1/%s/%s/confirm", kind, id);
    return fixture_call(&fx, (call){.path = path, .json = json, .key = key});
}

static reply confirm_code(const char *kind, const char *id, const char *code, const char *key)
{
    char json[160];
    snprintf(json, sizeof json,
             strcmp(kind, "recoveries") == 0 ? "{\"code\":\"%s\",\"new_password\":\"a new password\"}"
                                             : "{\"code\":\"%s\"}",
             code);
    return confirm(kind, id, json, key);
}

static void expect_code(const char *kind, const char *id, const char *code, long status, const char *slug)
{
    reply answer = confirm_code(kind, id, code, fixture_hex());
    fixture_expect(&answer, status, slug);
    reply_free(&answer);
}

static reply recover(const char *email)
{
    char json[120];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"language\":\"es\"}", email);
    return fixture_call(&fx, (call){.path = "/v1/recoveries", .json = json, .key = fixture_hex()});
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

static const char *wrong_code(const char *code)
{
    return strcmp(code, "000000") == 0 ? "000001" : "000000";
}

START_TEST(registering_makes_an_account_and_a_session)
{
    person ana = fixture_person(&fx, "Ana@Example.com");
    reply session = fixture_call(&fx, (call){.path = "/v1/sessions/current", .token = ana.token});
    fixture_expect(&session, 200, NULL);
    ck_assert_str_eq(reply_text(&session, "user.email"), "Ana@Example.com");
    ck_assert_ptr_null(reply_find(&session, "token"));
    reply_free(&session);
    expect_log_in("ana@example.COM", PASSWORD, 201);
    expect_log_in("ana@example.com", "correct horse batterx", 401);
}
END_TEST

START_TEST(a_registration_is_repeated_by_its_key)
{
    const char *key = fixture_hex();
    reply first = fixture_start_registration(&fx, "ana@example.com", key);
    reply second = fixture_start_registration(&fx, "ana@example.com", key);
    reply other = fixture_start_registration(&fx, "eve@example.com", key);
    fixture_expect(&first, 202, NULL);
    fixture_expect(&second, 202, NULL);
    fixture_expect(&other, 422, "idempotency-key-reused");
    ck_assert_str_eq(first.body, second.body);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM codes"), 1);
    reply_free(&first);
    reply_free(&second);
    reply_free(&other);
}
END_TEST

START_TEST(five_tries_then_the_code_is_gone)
{
    char code[7];
    reply started = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_code(&fx, code);
    const char *id = reply_text(&started, "registration_id");
    for (int left = 4; left >= 0; left--) {
        reply answer = confirm_code("registrations", id, wrong_code(code), fixture_hex());
        fixture_expect(&answer, 403, "code-wrong");
        ck_assert_int_eq(reply_int(&answer, "tries_left"), left);
        reply_free(&answer);
    }
    expect_code("registrations", id, code, 410, "code-expired");
    reply_free(&started);
}
END_TEST

START_TEST(a_code_lives_ten_minutes_and_once)
{
    char code[7];
    reply started = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_code(&fx, code);
    fixture_advance(&fx, 9 * 60 * 1000 + 50 * 1000);
    expect_code("registrations", reply_text(&started, "registration_id"), code, 201, NULL);
    expect_code("registrations", reply_text(&started, "registration_id"), code, 410, "code-expired");
    reply_free(&started);
    started = fixture_start_registration(&fx, "bea@example.com", fixture_hex());
    fixture_code(&fx, code);
    fixture_advance(&fx, 10 * 60 * 1000);
    expect_code("registrations", reply_text(&started, "registration_id"), code, 410, "code-expired");
    expect_code("registrations", "reg_there-is-no-such", code, 410, "code-expired");
    reply_free(&started);
}
END_TEST

START_TEST(a_lost_confirmation_is_repeated_by_its_key)
{
    char code[7];
    char key[33];
    snprintf(key, sizeof key, "%s", fixture_hex());
    reply started = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_code(&fx, code);
    const char *id = reply_text(&started, "registration_id");
    reply first = confirm_code("registrations", id, code, key);
    reply second = confirm_code("registrations", id, code, key);
    fixture_expect(&first, 201, NULL);
    fixture_expect(&second, 201, NULL);
    ck_assert_str_eq(reply_text(&first, "user.user_id"), reply_text(&second, "user.user_id"));
    ck_assert_str_ne(reply_text(&first, "token"), reply_text(&second, "token"));
    expect_session(reply_text(&first, "token"), 401);
    expect_session(reply_text(&second, "token"), 200);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM users"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NULL"), 1);
    reply other = confirm_code("registrations", id, wrong_code(code), key);
    fixture_expect(&other, 422, "idempotency-key-reused");
    reply_free(&other);
    reply_free(&first);
    reply_free(&second);
    reply_free(&started);
}
END_TEST

/* Nor is there a difference in time: test_timing.c. */
START_TEST(a_known_address_looks_like_an_unknown_one)
{
    fixture_person(&fx, "ana@example.com");
    fixture_advance(&fx, 16 * 60 * 1000);
    reply known = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_expect(&known, 202, NULL);
    char *mail = fixture_mail(&fx);
    ck_assert_ptr_nonnull(strstr(mail, "account already"));
    ck_assert_ptr_null(strstr(mail, "Code:"));
    free(mail);
    for (int left = 4; left >= 0; left--) {
        reply answer = confirm_code("registrations", reply_text(&known, "registration_id"), "123456", fixture_hex());
        fixture_expect(&answer, 403, "code-wrong");
        ck_assert_int_eq(reply_int(&answer, "tries_left"), left);
        reply_free(&answer);
    }
    expect_code("registrations", reply_text(&known, "registration_id"), "123456", 410, "code-expired");
    reply_free(&known);
}
END_TEST

START_TEST(recovering_sets_the_password_and_ends_sessions)
{
    char code[7];
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    reply started = recover("ANA@example.com");
    fixture_expect(&started, 202, NULL);
    fixture_code(&fx, code);
    const char *id = reply_text(&started, "recovery_id");
    expect_code("recoveries", id, wrong_code(code), 403, "code-wrong");
    reply done = confirm_code("recoveries", id, code, fixture_hex());
    fixture_expect(&done, 201, NULL);
    expect_session(ana.token, 401);
    expect_session(reply_text(&done, "token"), 200);
    expect_log_in("ana@example.com", PASSWORD, 401);
    expect_log_in("ana@example.com", "a new password", 201);
    char path[200];
    snprintf(path, sizeof path, "%s/reports", bar.path);
    fixture_refused(&fx,
                    (call){.path = path, .token = bar.token, .body = "", .type = "application/vnd.pos.report-batch"},
                    200, NULL);
    expect_code("recoveries", id, code, 410, "code-expired");
    expect_code("recoveries", "rec_there-is-no-such", code, 410, "code-expired");
    reply_free(&done);
    reply_free(&started);
}
END_TEST

START_TEST(recovering_an_unknown_address_looks_the_same_and_mails_nobody)
{
    fixture_person(&fx, "ana@example.com");
    reply unknown = recover("nobody@example.com");
    reply known = recover("ana@example.com");
    fixture_expect(&unknown, 202, NULL);
    fixture_expect(&known, 202, NULL);
    ck_assert_uint_eq(strlen(unknown.body), strlen(known.body));
    char *mail = fixture_mail(&fx); /* mails are sent in order: the next one is already the known one's */
    ck_assert_ptr_nonnull(strstr(mail, "To: ana@example.com"));
    ck_assert_ptr_nonnull(strstr(mail, "Escriba"));
    free(mail);
    for (int i = 0; i < 5; i++)
        expect_code("recoveries", reply_text(&unknown, "recovery_id"), "123456", 403, "code-wrong");
    expect_code("recoveries", reply_text(&unknown, "recovery_id"), "123456", 410, "code-expired");
    reply_free(&unknown);
    reply_free(&known);
}
END_TEST

START_TEST(mailboxes_are_not_flooded)
{
    for (int i = 0; i < 5; i++) {
        reply answer =
            i % 2 ? recover("ana@example.com") : fixture_start_registration(&fx, "ana@example.com", fixture_hex());
        fixture_expect(&answer, 202, NULL);
        reply_free(&answer);
    }
    reply full = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_expect(&full, 429, "throttled");
    reply_free(&full);
    full = recover("ANA@example.com");
    fixture_expect(&full, 429, "throttled");
    char *seconds = reply_header(&full, "Retry-After");
    ck_assert_int_gt(atoi(seconds), 800);
    ck_assert_int_le(atoi(seconds), 900);
    free(seconds);
    reply_free(&full);
    fixture_advance(&fx, 15 * 60 * 1000);
    full = recover("ana@example.com");
    fixture_expect(&full, 202, NULL);
    reply_free(&full);
}
END_TEST

START_TEST(everything_wrong_is_named_at_once)
{
    reply answer = fixture_call(
        &fx, (call){.path = "/v1/registrations",
                    .key = fixture_hex(),
                    .json = "{\"email\":\"a@b\\u000ac.d\",\"name\":\"  \",\"password\":\"short\",\"country\":\"es\","
                            "\"language\":\"de\",\"terms_accepted\":false}"});
    fixture_expect(&answer, 422, "invalid");
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&answer, "errors")), 6);
    reply_free(&answer);
    static const char *const bad[] = {"a",          "a@",           "@b.c",       "a b@c.d", "a@b c",
                                      "a@b@c.d",    "a..b@c.d",     ".a@b.c",     "a@-b.c",  "a@b.",
                                      "a@b.c>,x@y", "a\\u0000@b.c", "\\u00e4@b.c"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        reply refused = fixture_start_registration(&fx, bad[i], fixture_hex());
        ck_assert_msg(refused.status == 422 || refused.status == 400, "%s was taken", bad[i]);
        reply_free(&refused);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accounts");
    TCase *cases = tcase_create("accounts");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, registering_makes_an_account_and_a_session);
    tcase_add_test(cases, a_registration_is_repeated_by_its_key);
    tcase_add_test(cases, five_tries_then_the_code_is_gone);
    tcase_add_test(cases, a_code_lives_ten_minutes_and_once);
    tcase_add_test(cases, a_lost_confirmation_is_repeated_by_its_key);
    tcase_add_test(cases, a_known_address_looks_like_an_unknown_one);
    tcase_add_test(cases, recovering_sets_the_password_and_ends_sessions);
    tcase_add_test(cases, recovering_an_unknown_address_looks_the_same_and_mails_nobody);
    tcase_add_test(cases, mailboxes_are_not_flooded);
    tcase_add_test(cases, everything_wrong_is_named_at_once);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
