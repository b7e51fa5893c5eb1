/* SPDX-License-Identifier: Apache-2.0 */
/* X reports that a host should not have given, and a record of the last one that is not as it was left. */
#include <stddef.h>

#include "support/core_bench.h"

static bench b;
static pos_report running; /* what the host gives out */
static uint32_t asked;
static int32_t answered; /* what the visitor said */

static int32_t give_running(void *ctx, int64_t min_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx;
    asked++;
    if (running.x_sequence == 0)
        running.x_sequence = min_sequence;
    answered = visitor(visitor_ctx, &running);
    return answered;
}

static void give(const char *document)
{
    running = (pos_report){.struct_size = sizeof running,
                           .kind = POS_REPORT_X,
                           .document = document,
                           .document_size = (uint32_t)strlen(document),
                           .register_id = b.reg,
                           .business_date = "2026-11-20",
                           .currency = "EUR",
                           .z_number = 2,
                           .closed_at_ms = b.now.wall_ms};
}

static void setup(void)
{
    bench_connect(&b);
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    b.reports.running = give_running;
    give("{\"x\":1}");
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
}

static void teardown(void)
{
    bench_close_all(&b);
}

static uint32_t count_x(void)
{
    return cloud_count_kind(&b.cloud, 'X', false);
}

/* ---- the host ---- */

typedef struct oddity {
    const char *words;
    size_t at, bytes; /* in the struct */
    const void *value;
} oddity;

#define ODD_TEXT(member, text, words)                                                                                  \
    {                                                                                                                  \
        words, offsetof(pos_report, member), sizeof(const char *), &(const char *)                                     \
        {                                                                                                              \
            text                                                                                                       \
        }                                                                                                              \
    }
#define ODD_NUMBER(member, number, words)                                                                              \
    {                                                                                                                  \
        words, offsetof(pos_report, member), sizeof(int64_t), &(int64_t)                                               \
        {                                                                                                              \
            number                                                                                                     \
        }                                                                                                              \
    }

START_TEST(what_is_beside_an_x_is_checked)
{
    const oddity odd[] = {ODD_NUMBER(z_number, 0, "report.z_number"),
                          ODD_NUMBER(z_number, POS_Z_NUMBER_MAX + 1, "report.z_number"),
                          ODD_NUMBER(x_sequence, -1, "report.x_sequence"),
                          ODD_NUMBER(x_sequence, POS_X_SEQUENCE_MAX + 1, "report.x_sequence"),
                          ODD_TEXT(register_id, "till-2", "report.register_id"),
                          ODD_TEXT(register_id, NULL, "report.register_id"),
                          ODD_TEXT(business_date, NULL, "report.business_date"),
                          ODD_TEXT(business_date, "2026-1a-20", "report.business_date"),
                          ODD_TEXT(business_date, "20.6-11-20", "report.business_date"),
                          ODD_TEXT(business_date, "2026-11-2x", "report.business_date"),
                          ODD_TEXT(business_date, "2026.11-20", "report.business_date"),
                          ODD_TEXT(business_date, "2026-11.20", "report.business_date"),
                          ODD_TEXT(business_date, "2026-11-200", "report.business_date"),
                          ODD_TEXT(business_date, "2026-00-20", "report.business_date"),
                          ODD_TEXT(business_date, "2026-13-20", "report.business_date"),
                          ODD_TEXT(business_date, "2026-11-00", "report.business_date"),
                          ODD_TEXT(business_date, "2026-11-32", "report.business_date"),
                          ODD_TEXT(currency, NULL, "report.currency"),
                          ODD_TEXT(currency, "EURO", "report.currency"),
                          ODD_TEXT(currency, "E{R", "report.currency"),
                          ODD_TEXT(currency, "E@R", "report.currency"),
                          ODD_TEXT(document, NULL, "report.document is NULL")};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        teardown();
        setup();
        memcpy((char *)&running + odd[i].at, odd[i].value, odd[i].bytes);
        asked = 0;
        bench_run(&b, 10000);
        ck_assert_int_eq(answered, POS_E_MISUSE);
        ck_assert_uint_eq(asked, 1);
        ck_assert_msg(bench_logged(&b, odd[i].words), "%u: %s", (unsigned)i, odd[i].words);
        ck_assert_uint_eq(count_x(), 0);
    }
    running.kind = POS_REPORT_Z;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert(bench_logged(&b, "report.kind must be POS_REPORT_X"));
}
END_TEST

START_TEST(an_x_that_no_cloud_takes_is_left_out)
{
    give("{\"x\":");
    bench_run(&b, 10000);
    ck_assert(bench_logged(&b, "the X report is left out: invalid-json at byte 5"));
    ck_assert_int_eq(answered, POS_OK);
    give("{\"x\":2}");
    running.business_date = "2026-02-31";
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert(bench_logged(&b, "the X report is left out: the business date"));
    ck_assert_uint_eq(count_x(), 0);
    give("{\"x\":3}"); /* the next one is in order, and has the sequence that none of them used */
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 1);
    ck_assert_int_eq(b.core->x.header.x_sequence, 1);
}
END_TEST

START_TEST(the_same_figures_in_another_period_are_another_report)
{
    bench_run(&b, 10000);
    ck_assert_uint_eq(count_x(), 1);
    running.x_sequence = 0;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 1);
    bench_day(&b, 2);
    give("{\"x\":1}");
    running.z_number = 3;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 2);
}
END_TEST

/* ---- the record ---- */

START_TEST(a_damaged_record_is_replaced_by_the_next_x)
{
    bench_run(&b, 10000);
    storage_memory_damage(b.disk, COLLECTION_X, b.core->outbox.reg, 60, 0xff);
    bench_restart(&b);
    ck_assert(bench_logged(&b, "the record of the last X report is damaged"));
    give("{\"x\":2}");
    running.x_sequence = 7;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 2);
    ck_assert_int_eq(b.core->x.header.x_sequence, 7);
}
END_TEST

START_TEST(a_newer_record_is_left_alone)
{
    uint32_t size = 0;
    bench_run(&b, 10000);
    uint8_t copy[RECORD_PAYLOAD_OFFSET];
    const void *bytes = storage_memory_peek(b.disk, COLLECTION_X, b.core->outbox.reg, &size);
    ck_assert_uint_eq(size, sizeof copy);
    memcpy(copy, bytes, size);
    copy[4] = RECORD_VERSION + 1;
    memset(copy + 12, 0, 4); /* the header's checksum is made with zeros in its place */
    uint32_t crc = record_crc(0, copy, sizeof copy);
    for (unsigned i = 0; i < 4; i++)
        copy[12 + i] = (uint8_t)(crc >> (8 * i));
    uint32_t reg = b.core->outbox.reg;
    storage_memory_poke(b.disk, COLLECTION_X, reg, copy, size);
    bench_restart(&b);
    ck_assert(bench_logged(&b, "the last X report was taken by a newer version of this plugin"));
    give("{\"x\":2}");
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 1);
    ck_assert_mem_eq(storage_memory_peek(b.disk, COLLECTION_X, reg, &size), copy, sizeof copy);
}
END_TEST

START_TEST(a_record_of_another_kind_is_none)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET];
    record_header header = {.kind = RECORD_STATE, .z_number = 2, .x_sequence = 99, .verdict = VERDICT_WAITING};
    header.payload_crc = record_crc(0, NULL, 0);
    record_encode(&header, bytes);
    storage_memory_poke(b.disk, COLLECTION_X, b.core->outbox.reg, bytes, sizeof bytes);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 1);
    ck_assert_int_lt(b.core->x.header.x_sequence, 99);
}
END_TEST

/* ---- on the way ---- */

START_TEST(an_x_under_way_is_shown_as_such)
{
    core_row row;
    uint32_t total = 0;
    b.cloud.fault = CLOUD_HOLD;
    bench_run(&b, 10000);
    ck_assert_uint_eq(core_list_queue(b.core, b.now, 0, 1, &row, &total), 1);
    ck_assert_int_eq(row.kind, POS_REPORT_X);
    ck_assert_int_eq(row.state, STATE_SENDING);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).sending, 1);
    script_fail(b.net, script_last(b.net)->ticket, NET_FAILED_CUT);
    b.cloud.fault = CLOUD_FINE;
    bench_tick(&b, 0);
    ck_assert_uint_eq(core_list_queue(b.core, b.now, 0, 1, &row, &total), 1);
    ck_assert_int_eq(row.state, STATE_WAITING);
    ck_assert(core_get_item(b.core, b.now, row.id, false, &row));
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 1);
    ck_assert(!core_get_item(b.core, b.now, row.id, false, &row));
}
END_TEST

static void make_conflict(cJSON *results)
{
    cJSON_ReplaceItemInObjectCaseSensitive(cJSON_GetArrayItem(results, 0), "status", cJSON_CreateString("conflict"));
}

/* An X never is in conflict, and one that the cloud puts off waits longer and longer. */
START_TEST(what_is_no_answer_to_an_x_settles_none)
{
    for (int way = 0; way < 2; way++) {
        teardown();
        setup();
        b.cloud.uploads = 0;
        b.cloud.twist = way == 0 ? make_conflict : NULL;
        b.cloud.retries_all = way == 1;
        bench_run(&b, 60000);
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
        ck_assert_uint_ge(b.cloud.uploads, 1);
        bench_run(&b, 20 * 60000);
        ck_assert_uint_le(b.cloud.uploads, 12);
        ck_assert(bench_logged(&b, "X 2 will be sent again"));
        ck_assert_uint_eq(core_get_queue(b.core, b.now).conflict, 0);
        b.cloud.twist = NULL;
        b.cloud.retries_all = false;
        bench_run(&b, BENCH_HOUR_MS);
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: X and the host");
    TCase *tc = tcase_create("x");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_is_beside_an_x_is_checked);
    tcase_add_test(tc, an_x_that_no_cloud_takes_is_left_out);
    tcase_add_test(tc, the_same_figures_in_another_period_are_another_report);
    tcase_add_test(tc, a_damaged_record_is_replaced_by_the_next_x);
    tcase_add_test(tc, a_newer_record_is_left_alone);
    tcase_add_test(tc, a_record_of_another_kind_is_none);
    tcase_add_test(tc, an_x_under_way_is_shown_as_such);
    tcase_add_test(tc, what_is_no_answer_to_an_x_settles_none);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
