/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_protocol_judge.c - status x content type x slug: done, retry or refused, and nobody else's "no". */
#include "protocol/account.h"
#include "protocol/batch.h"
#include "protocol_probe.h"

#include <stdio.h>

#define URN "urn:factorycloud:problem:"

static const char json_type[] = "application/json";
static const char problem_type[] = "application/problem+json";

static const struct {
    int status;
    const char *type;
    const char *slug; /* NULL: the body is not a problem */
    protocol_outcome outcome;
    protocol_cause cause;
} table[] = {
    {200, json_type, NULL, PROTOCOL_DONE, CAUSE_NONE},
    {201, json_type, NULL, PROTOCOL_DONE, CAUSE_NONE},
    {202, json_type, NULL, PROTOCOL_DONE, CAUSE_NONE},
    {200, "text/html", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {200, "", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {200, problem_type, "busy", PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {204, json_type, NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {301, json_type, NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {302, "text/html", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {304, json_type, NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {100, json_type, NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {700, problem_type, "busy", PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {0, json_type, NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {400, problem_type, "malformed", PROTOCOL_REFUSED, CAUSE_OTHER},
    {401, problem_type, "unauthorized", PROTOCOL_REFUSED, CAUSE_UNAUTHORIZED},
    {401, problem_type, "login-failed", PROTOCOL_REFUSED, CAUSE_LOGIN_FAILED},
    {403, problem_type, "code-wrong", PROTOCOL_REFUSED, CAUSE_CODE_WRONG},
    {403, problem_type, "wrong-store", PROTOCOL_REFUSED, CAUSE_STORE_REFUSED},
    {403, problem_type, "store-closed", PROTOCOL_REFUSED, CAUSE_STORE_REFUSED},
    {404, problem_type, "not-found", PROTOCOL_REFUSED, CAUSE_STORE_REFUSED},
    {405, problem_type, "method-not-allowed", PROTOCOL_REFUSED, CAUSE_OTHER},
    {409, problem_type, "register-known", PROTOCOL_REFUSED, CAUSE_REGISTER_KNOWN},
    {410, problem_type, "code-expired", PROTOCOL_REFUSED, CAUSE_CODE_EXPIRED},
    {413, problem_type, "too-large", PROTOCOL_REFUSED, CAUSE_TOO_LARGE},
    {415, problem_type, "unsupported-type", PROTOCOL_REFUSED, CAUSE_ENCODING},
    {415, problem_type, "unsupported-encoding", PROTOCOL_REFUSED, CAUSE_ENCODING},
    {422, problem_type, "invalid", PROTOCOL_REFUSED, CAUSE_INVALID},
    {422, problem_type, "idempotency-key-reused", PROTOCOL_REFUSED, CAUSE_OTHER},
    {418, problem_type, "of-a-newer-cloud", PROTOCOL_REFUSED, CAUSE_OTHER},
    {401, problem_type, "store-closed", PROTOCOL_REFUSED, CAUSE_OTHER}, /* not where the contract has it */
    {429, problem_type, "throttled", PROTOCOL_RETRY, CAUSE_THROTTLED},
    {429, problem_type, "busy", PROTOCOL_RETRY, CAUSE_BUSY},
    {429, "text/html", NULL, PROTOCOL_RETRY, CAUSE_BUSY},
    {500, problem_type, "internal", PROTOCOL_RETRY, CAUSE_BUSY},
    {503, problem_type, "busy", PROTOCOL_RETRY, CAUSE_BUSY},
    {503, problem_type, "throttled", PROTOCOL_RETRY, CAUSE_BUSY},
    {502, "text/html", NULL, PROTOCOL_RETRY, CAUSE_BUSY},
    {504, "", NULL, PROTOCOL_RETRY, CAUSE_BUSY},
    {599, json_type, NULL, PROTOCOL_RETRY, CAUSE_BUSY},
    {400, "text/html", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {401, "text/html", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {401, json_type, "unauthorized", PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {403, "", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {404, "text/plain", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {404, problem_type, NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {407, "text/html", NULL, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD},
    {413, "text/html", NULL, PROTOCOL_RETRY, CAUSE_TOO_LARGE},
    {413, json_type, "too-large", PROTOCOL_RETRY, CAUSE_TOO_LARGE},
};

START_TEST(test_table)
{
    char body[256] = "{}";
    net_answer answer;
    protocol_verdict verdict;

    if (table[_i].slug != NULL)
        (void)snprintf(body, sizeof body, "{\"type\":\"" URN "%s\",\"title\":\"T\",\"status\":%d,\"detail\":\"D\"}",
                       table[_i].slug, table[_i].status);
    answer = probe_answer(table[_i].status, table[_i].type, body, strlen(body));
    answer.retry_after_ms = 7000;
    protocol_judge(&answer, json_type, &verdict);
    ck_assert_msg(verdict.outcome == table[_i].outcome && verdict.cause == table[_i].cause, "%d %s %s: %d %d",
                  table[_i].status, table[_i].type, table[_i].slug, (int)verdict.outcome, (int)verdict.cause);
    ck_assert_int_eq(verdict.net, NET_ANSWERED);
    ck_assert_int_eq(verdict.status, table[_i].status);
    ck_assert_int_eq(verdict.retry_after_ms, 7000);
    ck_assert_int_eq(verdict.tries_left, -1);
    if (verdict.outcome == PROTOCOL_REFUSED) {
        ck_assert_str_eq(verdict.code, table[_i].slug);
        ck_assert_str_eq(verdict.detail, "D");
    }
    net_answer_clear(&answer);
}
END_TEST

START_TEST(test_nothing_wanted)
{
    net_answer answer = probe_answer(204, "", "", 0);
    protocol_verdict verdict;
    static const int others[] = {200, 201, 205, 302};
    size_t i;

    protocol_judge(&answer, NULL, &verdict);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    for (i = 0; i < sizeof others / sizeof others[0]; i++) {
        answer.status = others[i];
        protocol_judge(&answer, NULL, &verdict);
        ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
        ck_assert_int_eq(verdict.cause, CAUSE_NOT_THE_CLOUD);
    }
}
END_TEST

START_TEST(test_transport_failures)
{
    static const struct {
        net_outcome net;
        protocol_cause cause;
    } ends[] = {
        {NET_FAILED_CONFIG, CAUSE_CONFIG},   {NET_FAILED_RESOLVE, CAUSE_OFFLINE},
        {NET_FAILED_CONNECT, CAUSE_OFFLINE}, {NET_FAILED_TLS, CAUSE_TLS},
        {NET_FAILED_TIMEOUT, CAUSE_OFFLINE}, {NET_FAILED_CUT, CAUSE_OFFLINE},
        {NET_FAILED_MEMORY, CAUSE_OFFLINE},  {NET_FAILED_TOO_LARGE, CAUSE_NOT_THE_CLOUD},
        {NET_CANCELLED, CAUSE_OFFLINE},
    };
    size_t i;

    for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        net_answer answer = {.outcome = ends[i].net, .detail = "words", .retry_after_ms = -1};
        protocol_verdict verdict;
        protocol_judge(&answer, json_type, &verdict);
        ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
        ck_assert_int_eq(verdict.cause, ends[i].cause);
        ck_assert_int_eq(verdict.net, ends[i].net);
        ck_assert_str_eq(verdict.detail, "words");
        ck_assert_str_eq(verdict.code, "");
    }
}
END_TEST

/* Bodies under 401 that look like a refusal and are none. */
static const char *const doubtful[] = {
    "",
    "{}",
    "[]",
    "null",
    "\"" URN "unauthorized\"",
    "{\"type\":\"" URN "unauthorized\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"detail\":\"D\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401}",
    "{\"type\":\"" URN "unauthorized\",\"status\":401,\"detail\":\"D\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":403,\"detail\":\"D\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":\"401\",\"detail\":\"D\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401.5,\"detail\":\"D\"}",
    "{\"type\":\"" URN "\",\"title\":\"T\",\"status\":401,\"detail\":\"D\"}",
    "{\"type\":\"" URN "Un Authorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\"}",
    "{\"type\":\"" URN "a-slug-that-is-much-longer-than-any-of-the-contract-is\",\"title\":\"T\",\"status\":401,"
    "\"detail\":\"D\"}",
    "{\"type\":\"about:blank\",\"title\":\"T\",\"status\":401,\"detail\":\"D\"}",
    "{\"type\":\"unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\"}",
    "{\"type\":\"" URN "unauthorized\\u0000\",\"title\":\"T\",\"status\":401,\"detail\":\"D\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\"} trailing",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\",\"errors\":{}}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\",\"errors\":[1]}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\",\"errors\":[{\"field\":\"x\"}]}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\",\"tries_left\":\"4\"}",
    "{\"type\":\"" URN "unauthorized\",\"title\":\"T\",\"status\":401,\"detail\":\"D\",\"tries_left\":-1}",
};

START_TEST(test_doubtful_refusals)
{
    net_answer answer = probe_problem(401, doubtful[_i]);
    protocol_verdict verdict;

    protocol_judge(&answer, json_type, &verdict);
    ck_assert_msg(verdict.outcome == PROTOCOL_RETRY && verdict.cause == CAUSE_NOT_THE_CLOUD, "%s", doubtful[_i]);
    ck_assert_str_eq(verdict.code, "");
    ck_assert_uint_eq(verdict.field_count, 0);
    net_answer_clear(&answer);
}
END_TEST

START_TEST(test_members_of_a_problem)
{
    net_answer answer =
        probe_problem(403, "{\"new\":{},\"tries_left\":3,\"detail\":\"Not\\u001b[2Jright\",\"status\":403,\"title\":"
                           "\"T\",\"type\":\"" URN "code-wrong\",\"errors\":null}");
    protocol_verdict verdict;
    char body[4096];
    size_t at = 0;
    int i;

    protocol_judge(&answer, json_type, &verdict);
    ck_assert_int_eq(verdict.cause, CAUSE_CODE_WRONG);
    ck_assert_int_eq(verdict.tries_left, 3);
    ck_assert_str_eq(verdict.detail, "Not [2Jright"); /* a terminal or a log is not commanded by it */
    net_answer_clear(&answer);

    at += (size_t)snprintf(body, sizeof body,
                           "{\"type\":\"" URN "invalid\",\"title\":\"T\",\"status\":422,\"detail\":\"D\",\"errors\":[");
    for (i = 0; i < 12; i++)
        at += (size_t)snprintf(body + at, sizeof body - at,
                               "%s{\"field\":\"member_%d_with_a_name_longer_than_fits\",\"code\":\"too-short\","
                               "\"detail\":\"At least 10 characters, please.\"}",
                               i == 0 ? "" : ",", i);
    (void)snprintf(body + at, sizeof body - at, "]}");
    answer = probe_problem(422, body);
    protocol_judge(&answer, json_type, &verdict);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_REFUSED);
    ck_assert_int_eq(verdict.cause, CAUSE_INVALID);
    ck_assert_uint_eq(verdict.field_count, PROTOCOL_FIELDS_MAX);
    ck_assert_str_eq(verdict.fields[7].field, "member_7_with_a_name_longer_tha");
    ck_assert_str_eq(verdict.fields[7].code, "too-short");
    ck_assert_str_eq(verdict.fields[7].detail, "At least 10 characters, please.");
    net_answer_clear(&answer);
}
END_TEST

/* Words are cut between characters, never within one. */
START_TEST(test_long_detail)
{
    char body[2048];
    size_t at = (size_t)snprintf(body, sizeof body,
                                 "{\"type\":\"" URN "malformed\",\"title\":\"T\",\"status\":400,\"detail\":\"x");
    net_answer answer;
    protocol_verdict verdict;
    int i;

    for (i = 0; i < 400; i++)
        at += (size_t)snprintf(body + at, sizeof body - at, "\xc3\xb1");
    (void)snprintf(body + at, sizeof body - at, "\"}");
    answer = probe_problem(400, body);
    protocol_judge(&answer, json_type, &verdict);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_REFUSED);
    ck_assert_uint_eq(strlen(verdict.detail), 255);
    ck_assert_str_eq(verdict.detail + 253, "\xc3\xb1");
    net_answer_clear(&answer);
}
END_TEST

/* An upload is nobody's password guess: throttled or not, it is sent again later. */
START_TEST(test_throttled_upload)
{
    net_answer answer = probe_problem(
        429, "{\"type\":\"" URN "throttled\",\"title\":\"T\",\"status\":429,\"detail\":\"Try again in 8 seconds.\"}");
    protocol_verdict verdict;
    protocol_results results;

    answer.retry_after_ms = 8000;
    protocol_read_results(&answer, &verdict, &results);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
    ck_assert_int_eq(verdict.cause, CAUSE_BUSY);
    ck_assert_int_eq(verdict.retry_after_ms, 8000);
    ck_assert_str_eq(verdict.code, "throttled");
    net_answer_clear(&answer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("judge");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, test_table, 0, sizeof table / sizeof table[0]);
    tcase_add_test(tests, test_nothing_wanted);
    tcase_add_test(tests, test_transport_failures);
    tcase_add_loop_test(tests, test_doubtful_refusals, 0, sizeof doubtful / sizeof doubtful[0]);
    tcase_add_test(tests, test_members_of_a_problem);
    tcase_add_test(tests, test_long_detail);
    tcase_add_test(tests, test_throttled_upload);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
