/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_protocol_compare.c - the question to the byte, its limits, every answer that is not whole, and each
 * allocation failing. */
#include "memory_fault.h"
#include "pos/report.h"
#include "protocol/compare.h"
#include "protocol_probe.h"

#include <stdio.h>

#define TILL "00112233445566778899aabbccddeeff"
#define SHA  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const uint8_t digest[32] = {0x9f, 0x86, 0xd0, 0x81, 0x88, 0x4c, 0x7d, 0x65,
                                   0x9a, 0x2f, 0xea, 0xa0, 0xc5, 0x5a, 0xd0, 0x15};

/* ---- the question ---- */

START_TEST(test_bytes)
{
    static const char body[] =
        "{\"sets\":[{\"register_id\":\"till \\\"1\\\"\",\"epoch\":0,\"per\":\"all\",\"ranges\":[[1,3650],"
        "[999999999999,999999999999]],\"digests\":[\"9f86d081884c7d659a2feaa0c55ad015\"]},{\"register_id\":\"t\","
        "\"epoch\":255,\"per\":\"number\",\"ranges\":[[7,7]],\"digests\":[\"9f86d081884c7d65\"]}]}";
    protocol_question *question = protocol_question_new();
    int i;

    ck_assert(protocol_question_begin(question, "till \"1\"", 0, PER_ALL));
    ck_assert(protocol_question_add_range(question, 1, 3650));
    ck_assert(protocol_question_add_range(question, POS_Z_NUMBER_MAX, POS_Z_NUMBER_MAX));
    ck_assert(protocol_question_add_digest(question, digest));
    ck_assert(protocol_question_begin(question, "t", 255, PER_NUMBER));
    ck_assert(protocol_question_add_range(question, 7, 7));
    ck_assert(protocol_question_add_digest(question, digest));
    ck_assert_uint_eq(protocol_question_ranges(question), 3);
    for (i = 0; i < 2; i++) { /* it can be asked again */
        net_request *request = protocol_ask(question, "fct_t", "sto_1", TILL);
        ck_assert_ptr_nonnull(request);
        ck_assert_str_eq(request->method, "POST");
        ck_assert_str_eq(request->path, "/v1/stores/sto_1/tills/" TILL "/reports/compare");
        ck_assert_str_eq(request->token, "fct_t");
        ck_assert_str_eq(request->content_type, "application/json");
        ck_assert_uint_eq(request->body_bytes, strlen(body));
        ck_assert_mem_eq(request->body, body, strlen(body));
        net_request_free(request);
    }
    protocol_question_free(question);
    protocol_question_free(NULL);
}
END_TEST

START_TEST(test_limits)
{
    protocol_question *question = protocol_question_new();
    uint32_t i;

    ck_assert(!protocol_question_add_range(question, 1, 1)); /* no set yet */
    ck_assert(!protocol_question_add_digest(question, digest));
    for (i = 0; i < COMPARE_SETS_MAX; i++)
        ck_assert(protocol_question_begin(question, "t", i, PER_BLOCK));
    ck_assert(!protocol_question_begin(question, "t", i, PER_BLOCK));
    for (i = 0; i < COMPARE_RANGES_MAX; i++)
        ck_assert(protocol_question_add_range(question, 2 * i + 1, 2 * i + 1));
    ck_assert(!protocol_question_add_range(question, 5000, 5000));
    for (i = 0; i < COMPARE_DIGESTS_MAX; i++)
        ck_assert(protocol_question_add_digest(question, digest));
    ck_assert(!protocol_question_add_digest(question, digest));
    protocol_question_free(question);
}
END_TEST

/* ---- the answer ---- */

static protocol_question *ask_about(uint32_t sets)
{
    protocol_question *question = protocol_question_new();
    uint32_t i;

    for (i = 0; i < sets; i++)
        ck_assert(protocol_question_begin(question, "t", i, PER_ALL));
    return question;
}

START_TEST(test_whole_answer)
{
    net_answer answer =
        probe_json(200, "{\"sets\":[{\"held\":1000000,\"differs\":[0,14],\"numbers\":[]},{\"held\":0,\"differs\":[],"
                        "\"numbers\":[{\"z_number\":7,\"sha256\":null,\"origin\":null},{\"z_number\":999999999999,"
                        "\"sha256\":\"" SHA "\",\"origin\":\"rebuilt\"}],\"new\":1}],\"more\":null}");
    protocol_question *question = ask_about(2);
    protocol_comparison read;
    protocol_verdict verdict;

    protocol_read_comparison(&answer, question, &verdict, &read);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_uint_eq(read.count, 2);
    ck_assert_uint_eq(read.sets[0].held, 1000000);
    ck_assert_uint_eq(read.sets[0].differ_count, 2);
    ck_assert_int_eq(read.sets[0].differs[1], 14);
    ck_assert_uint_eq(read.sets[1].number_count, 2);
    ck_assert_int_eq(read.sets[1].numbers[0].z_number, 7);
    ck_assert(!read.sets[1].numbers[0].has_other);
    ck_assert(read.sets[1].numbers[1].has_other);
    ck_assert_mem_eq(read.sets[1].numbers[1].sha256, digest, 16);
    protocol_comparison_clear(&read);
    protocol_comparison_clear(&read);
    protocol_question_free(question);
    net_answer_clear(&answer);
}
END_TEST

static const char *const broken[] = {
    "{}",
    "[]",
    "{\"sets\":{}}",
    "{\"sets\":[]}",
    "{\"sets\":[7]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[]},{\"held\":1,\"differs\":[],\"numbers\":[]}]}",
    "{\"sets\":[{\"differs\":[],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":-1,\"differs\":[],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1000001,\"differs\":[],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":0.5,\"differs\":[],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1,\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":0,\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[-1],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[1e300],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[\"0\"],\"numbers\":[]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[7]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[{\"sha256\":null}]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[{\"z_number\":0,\"sha256\":null}]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[{\"z_number\":1000000000000,\"sha256\":null}]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[{\"z_number\":1,\"sha256\":\"9f\"}]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[{\"z_number\":1,\"sha256\":7}]}]}",
    "{\"sets\":[{\"held\":1,\"differs\":[],\"numbers\":[]}]",
};

START_TEST(test_broken_answers)
{
    net_answer answer = probe_json(200, broken[_i]);
    protocol_question *question = ask_about(1);
    protocol_comparison read;
    protocol_verdict verdict;

    protocol_read_comparison(&answer, question, &verdict, &read);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
    ck_assert_int_eq(verdict.cause, CAUSE_NOT_THE_CLOUD);
    ck_assert_ptr_null(read.sets);
    protocol_question_free(question);
    net_answer_clear(&answer);
}
END_TEST

/* A list that is longer than the contract allows. */
START_TEST(test_endless_answers)
{
    static char body[4 * 4200 + 200];
    char *at = body;
    protocol_question *question = ask_about(1);
    protocol_comparison read;
    protocol_verdict verdict;
    int i;

    at += sprintf(at, "{\"sets\":[{\"held\":1,\"differs\":[");
    for (i = 0; i < 4097; i++)
        at += sprintf(at, "%s1", i == 0 ? "" : ",");
    strcpy(at, "],\"numbers\":[]}]}");
    net_answer answer = probe_json(200, body);
    protocol_read_comparison(&answer, question, &verdict, &read);
    ck_assert_int_eq(verdict.cause, CAUSE_NOT_THE_CLOUD);
    protocol_question_free(question);
    net_answer_clear(&answer);
}
END_TEST

START_TEST(test_refusals)
{
    static const struct {
        int status;
        const char *body;
        protocol_outcome outcome;
        protocol_cause cause;
    } cases[] = {
        {401, "unauthorized", PROTOCOL_REFUSED, CAUSE_UNAUTHORIZED},
        {403, "store-closed", PROTOCOL_REFUSED, CAUSE_STORE_REFUSED},
        {404, "not-found", PROTOCOL_REFUSED, CAUSE_STORE_REFUSED},
        {422, "invalid", PROTOCOL_REFUSED, CAUSE_INVALID},
        {429, "throttled", PROTOCOL_RETRY, CAUSE_BUSY},
        {503, "busy", PROTOCOL_RETRY, CAUSE_BUSY},
    };
    char body[200];
    protocol_question *question = ask_about(1);
    protocol_comparison read;
    protocol_verdict verdict;

    (void)snprintf(body, sizeof body,
                   "{\"type\":\"urn:factorycloud:problem:%s\",\"title\":\"T\",\"status\":%d,\"detail\":\"D\"}",
                   cases[_i].body, cases[_i].status);
    net_answer answer = probe_problem(cases[_i].status, body);
    protocol_read_comparison(&answer, question, &verdict, &read);
    ck_assert_int_eq(verdict.outcome, cases[_i].outcome);
    ck_assert_int_eq(verdict.cause, cases[_i].cause);
    ck_assert_ptr_null(read.sets);
    protocol_question_free(question);
    net_answer_clear(&answer);
}
END_TEST

/* ---- memory ---- */

static bool build_question(net_request **request)
{
    protocol_question *question = protocol_question_new();
    bool built = question != NULL && protocol_question_begin(question, "till-1", 3, PER_NUMBER) &&
                 protocol_question_add_range(question, 1, 2) && protocol_question_add_digest(question, digest) &&
                 protocol_question_add_digest(question, digest);

    *request = built ? protocol_ask(question, "fct_t", "sto_1", TILL) : NULL;
    protocol_question_free(question);
    return *request != NULL;
}

START_TEST(test_builder_without_memory)
{
    bool failed = MEMORY_FAULT != 0;
    int n, refused = 0;

    for (n = 1; failed; n++) {
        net_request *request;
        memory_fail_at(n);
        bool built = build_question(&request);
        failed = memory_has_failed();
        ck_assert(built || failed);
        refused += built ? 0 : 1;
        net_request_free(request);
    }
    ck_assert(refused > 2 || MEMORY_FAULT == 0);
}
END_TEST

START_TEST(test_reader_without_memory)
{
    net_answer answer = probe_json(200, "{\"sets\":[{\"held\":1,\"differs\":[3],\"numbers\":[{\"z_number\":7,"
                                        "\"sha256\":\"" SHA "\",\"origin\":\"original\"}]}]}");
    protocol_question *question = ask_about(1);
    bool failed = MEMORY_FAULT != 0;
    int n;

    for (n = 1; failed; n++) {
        protocol_comparison read;
        protocol_verdict verdict;
        memory_fail_at(n);
        protocol_read_comparison(&answer, question, &verdict, &read);
        failed = memory_has_failed();
        ck_assert_int_eq(verdict.outcome, failed ? PROTOCOL_RETRY : PROTOCOL_DONE);
        protocol_comparison_clear(&read);
    }
    protocol_question_free(question);
    net_answer_clear(&answer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol, comparison");
    TCase *tests = tcase_create("compare");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_bytes);
    tcase_add_test(tests, test_limits);
    tcase_add_test(tests, test_whole_answer);
    tcase_add_loop_test(tests, test_broken_answers, 0, sizeof broken / sizeof broken[0]);
    tcase_add_test(tests, test_endless_answers);
    tcase_add_loop_test(tests, test_refusals, 0, 6);
    tcase_add_test(tests, test_builder_without_memory);
    tcase_add_test(tests, test_reader_without_memory);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
