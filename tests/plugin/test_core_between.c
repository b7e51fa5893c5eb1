/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between two steps of a resend: a storage or a host that fails just when an answer is there, a page that goes bad between a
 * question and the next, a store that may not be sent to.
 */
#include "support/resend_between.h"

static void spoil_page(void)
{
    storage_memory_damage(b.disk, COLLECTION_LEDGER, ledger_key_pack(0, 0, 1), 600, 1);
    ledger_drop(&b.core->ledger);
}

static void lose_cloud(void)
{
    b.cloud.fault = CLOUD_UNREACHED;
}

static void fail_host(void)
{
    b.closed_error = POS_E_FAILED;
    b.closed_error_number = 4;
}

/* A wiped till that was adopted again, and whose owner asks for a resend: `days`, of which the cloud lost some. */
static void prepare_history(int64_t days, int64_t lost_from, int64_t lost_to)
{
    resend_trade(1, days);
    resend_lose(lost_from, lost_to);
    resend_wipe();
    b.range_error = POS_E_BUSY;
    bench_run(&b, 2000);
    resend_adopt();
    b.range_error = POS_OK;
}

static void check_in_the_end(void)
{
    storage_memory_faults(b.disk)->get_code = POS_OK;
    b.cloud.fault = CLOUD_FINE;
    b.closed_error = POS_OK;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    resend_finish();
    ck_assert(bench_drain(&b, 4 * BENCH_HOUR_MS));
    bench_run(&b, 2 * BENCH_HOUR_MS);
    resend_check_all();
}

/* ---- a resend ---- */

START_TEST(a_page_that_cannot_be_read_when_the_answer_is_there)
{
    prepare_history(8, 3, 4);
    after("/compare", fail_reading);
    ck_assert(resend_start());
    bench_run(&b, 20000);
    ck_assert_int_eq(b.core->resend.phase, RESEND_ENTER);
    check_in_the_end();
}
END_TEST

START_TEST(a_cloud_that_is_lost_once_it_has_answered)
{
    prepare_history(100, 1, 90);
    after("/compare", lose_cloud);
    ck_assert(resend_start());
    bench_run(&b, 60000);
    ck_assert_int_eq(b.core->resend.phase, RESEND_FETCH);
    ck_assert_uint_eq(b.core->outbox.waiting.size, OUTBOX_WINDOW);
    check_in_the_end();
}
END_TEST

START_TEST(a_host_that_fails_once_the_cloud_has_answered)
{
    prepare_history(8, 3, 5);
    after("/compare", fail_host);
    ck_assert(resend_start());
    core_resend r = resend_finish();
    ck_assert_uint_eq(r.sent, 2);
    check_in_the_end();
}
END_TEST

START_TEST(a_page_that_goes_bad_once_the_cloud_has_answered)
{
    resend_trade(1, 8);
    resend_lose(3, 4);
    after("/compare", spoil_page);
    ck_assert(resend_start());
    check_in_the_end();
    resend_all();
    resend_check_all();
}
END_TEST

START_TEST(a_host_set_up_anew_while_its_history_is_read)
{
    bench_stop(&b);
    for (int64_t n = 1; n <= 600; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "a");
    }
    ck_assert(bench_start(&b));
    for (int i = 0; i < 100000 && !(b.core->resend.scanning && b.core->resend.cursor > 100); i++)
        bench_pass(&b, bench_tick(&b, 0));
    ck_assert(b.core->resend.scanning);
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 1, "reset");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
    for (int i = 0; i < 1000 && b.core->resend.phase == RESEND_SCAN && b.core->resend.scanning; i++)
        bench_pass(&b, bench_tick(&b, 0));
    ck_assert(bench_drain(&b, 24 * BENCH_HOUR_MS));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[b.close_count - 1].sha), 1);
}
END_TEST

START_TEST(what_the_host_could_not_give_is_not_asked_for_in_the_same_breath)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    b.closed_error = POS_E_FAILED;
    b.closed_error_number = 4;
    ck_assert(resend_start());
    for (int i = 0; i < 200 && b.core->resend.host_failures == 0; i++)
        bench_pass(&b, bench_tick(&b, 0));
    bench_tick(&b, 0);
    uint32_t failures = b.core->resend.host_failures;
    for (int i = 0; i < 10; i++)
        bench_tick(&b, 0); /* no time passes */
    ck_assert_uint_eq(b.core->resend.host_failures, failures);
    check_in_the_end();
}
END_TEST

/* ---- two stores ---- */

START_TEST(a_store_that_this_till_may_not_send_to_is_left_out)
{
    resend_trade(1, 4);
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    resend_trade(5, 8);
    memset(b.core->credentials[0].token, 0, sizeof b.core->credentials[0].token);
    resend_lose(2, 6);
    core_resend r = resend_all();
    ck_assert_uint_eq(r.compared, 4); /* only those of the second */
    ck_assert_uint_eq(r.sent, 2);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 5);
}
END_TEST

START_TEST(nor_is_one_sent_to_that_no_slot_stands_for)
{
    resend_trade(1, 4);
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    resend_trade(5, 8);
    resend_lose(2, 3);
    for (uint32_t slot = 0; slot < b.core->state.slot_count; slot++)
        b.core->state.slots[slot] = b.core->state.slots[slot] == 0 ? SLOT_UNDECIDED : b.core->state.slots[slot];
    core_resend r = resend_all();
    ck_assert_uint_eq(r.sent, 0);
    ck_assert_uint_eq(r.gone, 2);
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, a_page_that_cannot_be_read_when_the_answer_is_there);
    tcase_add_test(tc, a_cloud_that_is_lost_once_it_has_answered);
    tcase_add_test(tc, a_host_that_fails_once_the_cloud_has_answered);
    tcase_add_test(tc, a_page_that_goes_bad_once_the_cloud_has_answered);
    tcase_add_test(tc, a_host_set_up_anew_while_its_history_is_read);
    tcase_add_test(tc, what_the_host_could_not_give_is_not_asked_for_in_the_same_breath);
    tcase_add_test(tc, a_store_that_this_till_may_not_send_to_is_left_out);
    tcase_add_test(tc, nor_is_one_sent_to_that_no_slot_stands_for);
}

int main(void)
{
    Suite *suite = suite_create("core: between two steps of a resend");
    TCase *tc = tcase_create("between");
    tcase_add_checked_fixture(tc, resend_setup, resend_teardown);
    tcase_set_timeout(tc, 120);
    add_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
