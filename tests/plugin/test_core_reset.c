/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that counts from 1 again while the plugin runs, and hands nothing over: its history alone tells of the new
 * days. And originals that come while the rebuilt ones of two days are on their way together.
 */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
}

static void teardown(void)
{
    bench_close_all(&b);
}

/* Ten days are delivered and known to be complete; then the host is reset, and closes three more. */
static void trade_and_reset(void)
{
    for (int64_t n = 1; n <= 10; n++)
        bench_day(&b, n);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = true;
    for (int64_t n = 1; n <= 3; n++) {
        bench_pass(&b, 1000);
        bench_commit(&b, n, "reset");
    }
}

START_TEST(the_new_days_are_fetched_without_a_restart)
{
    trade_and_reset();
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 13);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(also_one_that_is_missing_between_others)
{
    trade_and_reset();
    for (uint32_t i = 10; i <= 12; i += 2)
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[i]), POS_OK);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[11].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 13);
}
END_TEST

START_TEST(also_when_the_last_of_them_is_not_given_out)
{
    trade_and_reset();
    b.closed_error = POS_E_NOT_FOUND;
    b.closed_error_number = 3;
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 12);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

/* The plugin's storage is lost; the owner says that it is the same till. */
static void wipe_and_adopt(void)
{
    char till[PROTOCOL_TILL_ID_LEN + 1];
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = storage_memory_new();
    ck_assert(bench_start(&b));
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    memcpy(till, core_known_tills(b.core).items[0].till_id, sizeof till);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, till), PROGRESS_DONE);
}

/* A history that has new days and, above them, some of before: after a wipe nobody but the cloud knows which is which. */
START_TEST(days_of_before_count_where_they_did)
{
    trade_and_reset();
    for (uint32_t i = 10; i <= 12; i++)
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[i]), POS_OK);
    ck_assert(bench_drain(&b, 60000));
    for (uint32_t i = 3; i < 10; i++)
        b.closes[i].forgotten = false;
    wipe_and_adopt();
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 13);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 13);
}
END_TEST

static void hand_over_rebuilt(const bench_close *z, const char *document)
{
    pos_report report = bench_report(&b, z);
    report.origin = POS_ORIGIN_REBUILT;
    report.document = document;
    report.document_size = (uint32_t)strlen(document);
    core_begin_call(b.core);
    ck_assert_int_eq(core_close_day(b.core, b.now, &report, &b.why), POS_OK);
}

START_TEST(an_original_beside_another_of_its_batch_is_not_lost)
{
    static const char *const documents[] = {"{\"rebuilt\":1}", "{\"rebuilt\":2}"};
    for (int64_t n = 1; n <= 2; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "a");
    }
    b.cloud.fault = CLOUD_HOLD;
    for (int i = 0; i < 2; i++)
        hand_over_rebuilt(&b.closes[i], documents[i]);
    bench_run(&b, 3000);
    uint32_t ticket = b.net->count;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    b.cloud.fault = CLOUD_FINE;
    cloud_handle(&b.cloud, b.net, &b.net->requests[ticket - 1]);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[1].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: reset");
    TCase *tc = tcase_create("reset");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_new_days_are_fetched_without_a_restart);
    tcase_add_test(tc, also_one_that_is_missing_between_others);
    tcase_add_test(tc, also_when_the_last_of_them_is_not_given_out);
    tcase_add_test(tc, days_of_before_count_where_they_did);
    tcase_add_test(tc, an_original_beside_another_of_its_batch_is_not_lost);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
