/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_protocol_batch.c - the upload's bytes, and what its results become. */
#include "pos/report.h"
#include "protocol/batch.h"
#include "protocol_probe.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#define TILL "00112233445566778899aabbccddeeff"
#define SHA  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static protocol_item item(const char *document)
{
    protocol_item made = {.key = {.kind = POS_REPORT_Z, .z_number = 12, .register_id = "till-1"},
                          .length_bytes = (uint32_t)strlen(document),
                          .origin = POS_ORIGIN_ORIGINAL,
                          .business_date = "2026-11-20",
                          .currency = "EUR",
                          .closed_at_ms = 1795212345678,
                          .grand_total_minor = -9007199254740991};
    size_t i;

    for (i = 0; i < sizeof made.sha256; i++)
        made.sha256[i] = (uint8_t)i;
    return made;
}

static void add(protocol_batch *batch, const protocol_item *one, const char *document)
{
    ck_assert(protocol_batch_begin_item(batch, one));
    ck_assert(protocol_batch_append(batch, document, (uint32_t)strlen(document)));
    ck_assert(protocol_batch_end_item(batch));
}

START_TEST(test_exact_bytes)
{
    static const char want[] =
        "{\"kind\":\"Z\",\"register_id\":\"till-1\",\"epoch\":0,\"z_number\":12,\"x_sequence\":0,\"sha256\":\"" SHA
        "\",\"length\":8,\"business_date\":\"2026-11-20\",\"closed_at_ms\":1795212345678,"
        "\"grand_total_minor\":-9007199254740991,\"currency\":\"EUR\",\"origin\":\"original\"}\n"
        "{\"a\": 1}\n"
        "{\"kind\":\"X\",\"register_id\":\"\\\"ñ\\\\\",\"epoch\":2147483647,\"z_number\":999999999999,"
        "\"x_sequence\":999999999999,\"sha256\":\"" SHA
        "\",\"length\":0,\"business_date\":\"2026-11-20\",\"closed_at_ms\":0,\"grand_total_minor\":9007199254740991,"
        "\"currency\":\"EUR\",\"origin\":\"rebuilt\"}\n"
        "\n";
    protocol_batch *batch = protocol_batch_new();
    protocol_item z = item("{\"a\": 1}");
    protocol_item x = item("");
    net_request *request;

    x.key = (protocol_key){.kind = POS_REPORT_X,
                           .epoch = INT32_MAX,
                           .z_number = POS_Z_NUMBER_MAX,
                           .x_sequence = POS_X_SEQUENCE_MAX,
                           .register_id = "\"ñ\\"};
    x.origin = POS_ORIGIN_REBUILT;
    x.closed_at_ms = 0;
    x.grand_total_minor = 9007199254740991;
    add(batch, &z, "{\"a\": 1}");
    add(batch, &x, "");
    ck_assert_uint_eq(protocol_batch_bytes(batch), sizeof want - 1);
    request = protocol_upload(batch, "fct_t", "sto_1", TILL, NET_ENCODING_ZSTD);
    ck_assert_ptr_nonnull(request);
    ck_assert_str_eq(request->method, "POST");
    ck_assert_str_eq(request->path, "/v1/stores/sto_1/tills/" TILL "/reports");
    ck_assert_str_eq(request->content_type, "application/vnd.pos.report-batch");
    ck_assert_str_eq(request->token, "fct_t");
    ck_assert_str_eq(request->idempotency_key, "");
    ck_assert_uint_eq(request->encodings, NET_ENCODING_ZSTD);
    ck_assert_uint_ge(request->answer_cap_bytes, 64 * 1024);
    ck_assert_uint_eq(request->body_bytes, sizeof want - 1);
    ck_assert_mem_eq(request->body, want, sizeof want - 1);
    net_request_free(request);
}
END_TEST

START_TEST(test_order_of_calls)
{
    protocol_batch *batch = protocol_batch_new();
    protocol_item one = item("12345678");
    size_t before;

    ck_assert(!protocol_batch_append(batch, "x", 1));
    ck_assert(!protocol_batch_end_item(batch));
    protocol_batch_drop_item(batch);
    ck_assert(protocol_batch_begin_item(batch, &one));
    ck_assert(!protocol_batch_begin_item(batch, &one));
    ck_assert(protocol_batch_append(batch, "1234", 4));
    ck_assert(!protocol_batch_end_item(batch)); /* four are lacking */
    ck_assert(!protocol_batch_append(batch, "56789", 5));
    ck_assert(protocol_batch_append(batch, "5678", 4));
    ck_assert(protocol_batch_append(batch, "", 0));
    ck_assert(!protocol_batch_append(batch, "9", 1));
    ck_assert(protocol_batch_end_item(batch));
    ck_assert(!protocol_batch_end_item(batch));
    before = protocol_batch_bytes(batch);
    ck_assert(protocol_batch_begin_item(batch, &one));
    ck_assert(protocol_batch_append(batch, "12", 2));
    protocol_batch_drop_item(batch);
    ck_assert_uint_eq(protocol_batch_bytes(batch), before);
    add(batch, &one, "12345678");
    ck_assert_uint_eq(protocol_batch_bytes(batch), 2 * before);
    protocol_batch_free(batch);
    protocol_batch_free(NULL);
}
END_TEST

/* What was begun and not ended does not travel. */
START_TEST(test_half_item_stays_behind)
{
    protocol_batch *batch = protocol_batch_new();
    protocol_item one = item("12345678");
    net_request *request;
    size_t whole;

    add(batch, &one, "12345678");
    whole = protocol_batch_bytes(batch);
    ck_assert(protocol_batch_begin_item(batch, &one));
    request = protocol_upload(batch, "fct_t", "sto_1", TILL, 0);
    ck_assert_uint_eq(request->body_bytes, whole);
    net_request_free(request);
}
END_TEST

START_TEST(test_limits)
{
    protocol_batch *batch = protocol_batch_new();
    protocol_item one = item("");
    static uint8_t piece[256 * 1024];
    uint32_t i;

    for (i = 0; i < PROTOCOL_BATCH_ITEMS_MAX; i++)
        add(batch, &one, "");
    ck_assert(!protocol_batch_begin_item(batch, &one));
    protocol_batch_free(batch);

    batch = protocol_batch_new();
    one.length_bytes = POS_DOCUMENT_MAX_BYTES; /* one such always fits, a second does not */
    ck_assert(protocol_batch_begin_item(batch, &one));
    for (i = 0; i < POS_DOCUMENT_MAX_BYTES / sizeof piece; i++)
        ck_assert(protocol_batch_append(batch, piece, sizeof piece));
    ck_assert(protocol_batch_end_item(batch));
    ck_assert(!protocol_batch_begin_item(batch, &one));
    one.length_bytes = 1024;
    ck_assert(protocol_batch_begin_item(batch, &one));
    protocol_batch_free(batch);
}
END_TEST

START_TEST(test_item_problems)
{
    const protocol_item good = item("{}");
    protocol_item bad[22];
    size_t i, n = 0;

    ck_assert_ptr_null(protocol_item_problem(&good));
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        bad[i] = good;
    bad[n++].key.kind = 0;
    bad[n++].key.kind = 3;
    bad[n++].key.z_number = 0;
    bad[n++].key.z_number = -1;
    bad[n++].key.z_number = POS_Z_NUMBER_MAX + 1;
    bad[n++].key.x_sequence = 1; /* of a Z */
    bad[n++].key.kind = POS_REPORT_X;
    bad[n].key.kind = POS_REPORT_X;
    bad[n++].key.x_sequence = POS_X_SEQUENCE_MAX + 1;
    bad[n++].key.epoch = UINT32_MAX;
    bad[n++].length_bytes = POS_DOCUMENT_MAX_BYTES + 1;
    bad[n++].closed_at_ms = -1;
    bad[n++].closed_at_ms = INT64_MAX;
    bad[n++].grand_total_minor = 9007199254740992;
    bad[n++].grand_total_minor = INT64_MIN;
    bad[n++].origin = 3;
    strcpy(bad[n++].business_date, "2026-11-2");
    strcpy(bad[n++].business_date, "20-11-2026");
    strcpy(bad[n++].currency, "eur");
    memset(bad[n++].currency, 'E', sizeof bad[0].currency);
    strcpy(bad[n++].key.register_id, "");
    strcpy(bad[n++].key.register_id, "a\nb");
    strcpy(bad[n++].key.register_id, "\xff");
    ck_assert_uint_eq(n, sizeof bad / sizeof bad[0]);
    for (i = 0; i < n; i++) {
        protocol_batch *batch = protocol_batch_new();
        ck_assert_msg(protocol_item_problem(&bad[i]) != NULL, "%zu", i);
        ck_assert(!protocol_batch_begin_item(batch, &bad[i]));
        ck_assert_uint_eq(protocol_batch_bytes(batch), 0);
        protocol_batch_free(batch);
    }
}
END_TEST

#define KEY_OF(kind, z, x)                                                                                             \
    "\"kind\":\"" kind "\",\"register_id\":\"till-1\",\"epoch\":1,\"z_number\":" z ",\"x_sequence\":" x                \
    ",\"sha256\":\"" SHA "\""
#define RECEIPT                                                                                                        \
    "{\"receipt_id\":\"rcp_1\",\"company_id\":\"cmp_1\",\"store_id\":\"sto_2\",\"till_id\":\"" TILL                    \
    "\"," KEY_OF("Z", "12", "0") ",\"received_at_ms\":1795212345678}"

START_TEST(test_results)
{
    static const char body[] =
        "{\"results\":["
        "{\"status\":\"delivered\"," KEY_OF(
            "Z", "12", "0") ",\"receipt\":" RECEIPT "},"
                            "{\"status\":\"conflict\"," KEY_OF(
                                "Z", "12",
                                "0") ",\"receipt\":" RECEIPT "},"
                                     "{\"status\":\"superseded\"," KEY_OF(
                                         "X", "13",
                                         "4") ",\"last_x_sequence\":9},"
                                              "{\"status\":\"rejected\"," KEY_OF(
                                                  "Z", "14",
                                                  "0") ",\"problem\":{\"code\":\"invalid-schema\",\"detail\":"
                                                       "\"z_number is missing\"}},"
                                                       "{\"status\":\"postponed-by-a-newer-cloud\"," KEY_OF(
                                                           "X", "999999999999", "999999999999") "}]}";
    net_answer answer = probe_json(200, body);
    protocol_verdict verdict;
    protocol_results results;
    const protocol_result *at;
    uint8_t i;

    protocol_read_results(&answer, &verdict, &results);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_uint_eq(results.count, 5);
    at = results.items;
    ck_assert_int_eq(at[0].status, STATUS_DELIVERED);
    ck_assert_uint_eq(at[0].key.kind, POS_REPORT_Z);
    ck_assert_uint_eq(at[0].key.epoch, 1);
    ck_assert_int_eq(at[0].key.z_number, 12);
    ck_assert_str_eq(at[0].key.register_id, "till-1");
    for (i = 0; i < PROTOCOL_SHA256_BYTES; i++)
        ck_assert(at[0].sha256[i] == i && at[0].receipt.sha256[i] == i);
    ck_assert(at[0].has_receipt);
    ck_assert_str_eq(at[0].receipt.receipt_id, "rcp_1");
    ck_assert_str_eq(at[0].receipt.company_id, "cmp_1");
    ck_assert_str_eq(at[0].receipt.store_id, "sto_2");
    ck_assert_str_eq(at[0].receipt.till_id, TILL);
    ck_assert_int_eq(at[0].receipt.key.z_number, 12);
    ck_assert_int_eq(at[0].receipt.received_at_ms, 1795212345678);
    ck_assert_int_eq(at[1].status, STATUS_CONFLICT);
    ck_assert_int_eq(at[2].status, STATUS_SUPERSEDED);
    ck_assert_int_eq(at[2].last_x_sequence, 9);
    ck_assert(!at[2].has_receipt);
    ck_assert_int_eq(at[3].status, STATUS_REJECTED);
    ck_assert_str_eq(at[3].problem_code, "invalid-schema");
    ck_assert_str_eq(at[3].problem_detail, "z_number is missing");
    ck_assert_int_eq(at[4].status, STATUS_RETRY);
    ck_assert_int_eq(at[4].key.x_sequence, POS_X_SEQUENCE_MAX);
    protocol_results_clear(&results);
    protocol_results_clear(&results);
    ck_assert_ptr_null(results.items);
    net_answer_clear(&answer);
}
END_TEST

/* One result that is not whole, and none of the answer is believed. */
static const char *const half[] = {
    "{\"status\":\"delivered\"," KEY_OF("Z", "12", "0") "}",
    "{\"status\":\"conflict\"," KEY_OF("Z", "12", "0") ",\"receipt\":null}",
    "{\"status\":\"superseded\"," KEY_OF("X", "12", "1") "}",
    "{\"status\":\"superseded\"," KEY_OF("Z", "12", "0") ",\"last_x_sequence\":1}",
    "{\"status\":\"rejected\"," KEY_OF("Z", "12", "0") "}",
    "{\"status\":\"rejected\"," KEY_OF("Z", "12", "0") ",\"problem\":{\"code\":\"\",\"detail\":\"\"}}",
    "{\"status\":\"retry\"," KEY_OF("Z", "0", "0") "}",
    "{\"status\":\"retry\"," KEY_OF("Z", "1000000000000", "0") "}",
    "{\"status\":\"retry\"," KEY_OF("Z", "12", "1") "}",
    "{\"status\":\"retry\"," KEY_OF("X", "12", "0") "}",
    "{\"status\":\"retry\"," KEY_OF("Y", "12", "0") "}",
    "{\"status\":\"retry\"}",
    "17",
    "null",
};

START_TEST(test_half_results)
{
    char body[4096];
    net_answer answer;
    protocol_verdict verdict;
    protocol_results results;

    (void)snprintf(body, sizeof body,
                   "{\"results\":[{\"status\":\"delivered\"," KEY_OF("Z", "12", "0") ",\"receipt\":" RECEIPT "},%s]}",
                   half[_i]);
    answer = probe_json(200, body);
    protocol_read_results(&answer, &verdict, &results);
    ck_assert_msg(verdict.outcome == PROTOCOL_RETRY && verdict.cause == CAUSE_NOT_THE_CLOUD, "%s", half[_i]);
    ck_assert(results.items == NULL && results.count == 0);
    net_answer_clear(&answer);
}
END_TEST

/* As many results as a batch may have items, and one more. */
START_TEST(test_number_of_results)
{
    static const char one[] = "{\"status\":\"retry\"," KEY_OF("Z", "12", "0") "}";
    char *body = malloc(300 * sizeof one);
    uint32_t count, i;

    for (count = 0; count <= PROTOCOL_BATCH_ITEMS_MAX + 1; count += count == 0 ? PROTOCOL_BATCH_ITEMS_MAX : 1) {
        net_answer answer;
        protocol_verdict verdict;
        protocol_results results;
        strcpy(body, "{\"results\":[");
        for (i = 0; i < count; i++) {
            strcat(body, i == 0 ? "" : ",");
            strcat(body, one);
        }
        strcat(body, "]}");
        answer = probe_json(200, body);
        protocol_read_results(&answer, &verdict, &results);
        ck_assert_int_eq(verdict.outcome, count <= PROTOCOL_BATCH_ITEMS_MAX ? PROTOCOL_DONE : PROTOCOL_RETRY);
        ck_assert_uint_eq(results.count, count <= PROTOCOL_BATCH_ITEMS_MAX ? count : 0);
        protocol_results_clear(&results);
        net_answer_clear(&answer);
    }
    free(body);
}
END_TEST

/* What the worker has read is taken as it is, once. */
START_TEST(test_results_read_on_the_worker)
{
    net_answer answer = probe_json(200, "{\"results\":[{\"status\":\"retry\"," KEY_OF("Z", "12", "0") "}]}");
    protocol_verdict verdict;
    protocol_results results;

    answer.reader = &protocol_results_reader;
    answer.read = answer.reader->read(&answer);
    ck_assert_ptr_nonnull(answer.read);
    answer.body[0] = 'x'; /* nobody reads it again */
    protocol_read_results(&answer, &verdict, &results);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_uint_eq(results.count, 1);
    ck_assert_int_eq(results.items[0].status, STATUS_RETRY);
    ck_assert_int_eq(results.items[0].key.z_number, 12);
    protocol_results_clear(&results);
    net_answer_clear(&answer);
    ck_assert_ptr_null(answer.read);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("batch");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_exact_bytes);
    tcase_add_test(tests, test_order_of_calls);
    tcase_add_test(tests, test_half_item_stays_behind);
    tcase_add_test(tests, test_limits);
    tcase_add_test(tests, test_item_problems);
    tcase_add_test(tests, test_results);
    tcase_add_loop_test(tests, test_half_results, 0, sizeof half / sizeof half[0]);
    tcase_add_test(tests, test_number_of_results);
    tcase_add_test(tests, test_results_read_on_the_worker);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
