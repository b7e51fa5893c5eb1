/* SPDX-License-Identifier: Apache-2.0 */
/* How the core sends: batches and their limits, halving, what is set aside, backoff, several destinations. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
}

static void teardown(void)
{
    ck_assert_uint_eq(b.cloud.bodies_bad, 0);
    bench_close_all(&b);
}

/* Closes that were never sent, because the cloud could not be reached; then it can. */
static void pile_up(int64_t from, int64_t to)
{
    b.cloud.fault = CLOUD_UNREACHED;
    for (int64_t n = from; n <= to; n++) {
        bench_commit(&b, n, "a");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
        bench_pass(&b, 1000);
    }
    bench_run(&b, 2000);
    b.cloud.fault = CLOUD_FINE;
    b.cloud.uploads = 0;
}

static void check_all_counted(void)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
}

START_TEST(a_batch_stays_within_a_ledger_page)
{
    pile_up(1, 600);
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
    ck_assert_uint_eq(b.cloud.uploads, 3); /* 1..255, 256..511, 512..600 */
    ck_assert_uint_eq(b.cloud.largest_batch, PROTOCOL_BATCH_ITEMS_MAX);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_LEDGER), 3);
    for (int64_t n = 1; n <= 600; n++) {
        const bench_close *z = &b.closes[n - 1];
        uint8_t hash[PROTOCOL_SHA256_BYTES];
        crypto_hash_sha256(hash, (const uint8_t *)z->document, z->size);
        ck_assert_int_eq(ledger_load(&b.core->ledger, &b.core->vault, b.core->outbox.reg, 0, n), VAULT_OK);
        ck_assert_ptr_nonnull(ledger_find(&b.core->ledger, n));
        ck_assert_mem_eq(ledger_find(&b.core->ledger, n)->sha256, hash, sizeof hash);
    }
}
END_TEST

START_TEST(a_batch_stays_within_its_size)
{
    b.document_bytes = 90 * 1024;
    pile_up(1, 30);
    b.cloud.largest_body = 0;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
    ck_assert_uint_gt(b.cloud.largest_body, PROTOCOL_BATCH_BYTES - 128 * 1024);
    ck_assert_uint_le(b.cloud.largest_body, PROTOCOL_BATCH_BYTES + 64 * 1024);
}
END_TEST

START_TEST(what_the_cloud_unpacks_is_found_out_with_little)
{
    b.document_bytes = 20 * 1024;
    pile_up(1, 30);
    bench_restart(&b);
    b.cloud.largest_body = 0;
    b.cloud.uploads = 0;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    ck_assert_uint_eq(b.cloud.uploads, 2); /* 3 and 27 of them */
    ck_assert_uint_gt(b.cloud.largest_body, 27 * 20 * 1024);
    ck_assert_uint_lt(b.cloud.largest_body, 28 * 20 * 1024);
    check_all_counted();
}
END_TEST

START_TEST(a_report_of_four_mebibytes_goes_alone)
{
    bench_day(&b, 1);
    b.document_bytes = POS_DOCUMENT_MAX_BYTES;
    bench_day(&b, 2);
    b.document_bytes = 0;
    bench_day(&b, 3);
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

START_TEST(a_proxy_with_a_small_limit_gets_small_batches)
{
    b.document_bytes = 3000;
    pile_up(1, 200);
    b.cloud.body_cap = 20000;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

static void run_with_poison(cloud_fault fault, int32_t status, const char *slug, uint32_t most)
{
    pile_up(1, 40);
    b.cloud.poison_z = 17;
    b.cloud.poison_fault = fault;
    b.cloud.status = status;
    b.cloud.slug = slug;
    b.cloud.retry_after_ms = -1;
    ck_assert(!bench_drain(&b, 12 * BENCH_HOUR_MS));
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 39);
    ck_assert_msg(b.cloud.uploads < most, "%u uploads in 12 hours for one bad report", b.cloud.uploads);
    uint32_t total = 0;
    core_row row;
    ck_assert_uint_eq(core_list_queue(b.core, b.now, 0, 1, &row, &total), 1);
    ck_assert_int_eq(row.z_number, 17);
    ck_assert_uint_ge(row.attempts, 2);
    b.cloud.poison_z = 0;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
}

START_TEST(one_bad_report_never_blocks_the_others_when_the_cloud_breaks)
{
    run_with_poison(CLOUD_PROBLEM, 500, "internal", 160);
}
END_TEST

START_TEST(nor_when_a_proxy_refuses_it)
{
    run_with_poison(CLOUD_BARE, 413, NULL, 160);
}
END_TEST

START_TEST(nor_when_the_cloud_calls_the_batch_malformed)
{
    run_with_poison(CLOUD_PROBLEM, 400, "malformed", 160);
}
END_TEST

START_TEST(nor_when_it_runs_into_a_timeout)
{
    run_with_poison(CLOUD_TIMEOUT, 0, NULL, 1500);
}
END_TEST

START_TEST(a_hundred_bad_reports_do_not_make_it_hammer)
{
    pile_up(1, 300);
    b.cloud.retries_all = true;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_msg(b.cloud.uploads < 400, "%u uploads in an hour", b.cloud.uploads);
    uint32_t before = b.cloud.uploads;
    bench_run(&b, 12 * BENCH_HOUR_MS);
    ck_assert_msg(b.cloud.uploads - before < 12 * 80, "%u uploads in 12 hours", b.cloud.uploads - before);
    b.cloud.retries_all = false;
    ck_assert(bench_drain(&b, 2 * BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

START_TEST(a_result_retry_of_one_report_leaves_the_rest_alone)
{
    pile_up(1, 20);
    b.cloud.retry_z = 5;
    bench_run(&b, 120000); /* at once, after 16 s, 32 s, ... at the most */
    ck_assert_uint_ge(b.cloud.uploads, 3);
    ck_assert_uint_eq(b.core->credentials[0].backoff.failures, 0);
    bench_run(&b, 10 * BENCH_HOUR_MS);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    ck_assert_uint_le(b.cloud.uploads, 80);
    b.cloud.retry_z = 0;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

START_TEST(many_troubled_reports_over_time_do_not_fill_the_list_of_those_set_aside)
{
    for (int64_t n = 1; n <= 200; n++) {
        bench_commit(&b, n, "a");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
        b.cloud.retry_z = n;
        bench_run(&b, 2000);
        b.cloud.retry_z = 0;
        ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    }
    check_all_counted();
    ck_assert_uint_lt(b.core->sender.aside_count, SENDER_ASIDE_MAX);
}
END_TEST

static uint32_t uploads_in(int64_t ms)
{
    uint32_t before = b.cloud.uploads;
    bench_run(&b, ms);
    return b.cloud.uploads - before;
}

START_TEST(an_unreachable_cloud_is_tried_within_a_minute_and_not_hammered)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_run(&b, BENCH_HOUR_MS);
    uint32_t tries = uploads_in(BENCH_DAY_MS);
    ck_assert_uint_lt(tries, 3000);
    ck_assert_uint_gt(tries, 1440);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_int_gt(q.failing_since_ms, 0);
    ck_assert_int_eq(q.last_failure.cause, CAUSE_OFFLINE);
    ck_assert_int_ge(q.next_try_in_ms, 0);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 46000);
    check_all_counted();
    ck_assert_int_eq(core_get_queue(b.core, b.now).failing_since_ms, 0);
}
END_TEST

START_TEST(a_busy_cloud_is_left_in_peace)
{
    b.cloud.fault = CLOUD_BARE;
    b.cloud.status = 503;
    bench_day(&b, 1);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    uint32_t tries = uploads_in(BENCH_DAY_MS);
    ck_assert_uint_lt(tries, 150);
    ck_assert_uint_gt(tries, 60);
    core_retry_now(b.core, b.now);
    ck_assert_uint_eq(uploads_in(3000), 1);
}
END_TEST

START_TEST(what_the_cloud_asks_for_is_a_floor_that_nothing_skips)
{
    b.cloud.fault = CLOUD_PROBLEM;
    b.cloud.status = 429;
    b.cloud.slug = "throttled";
    b.cloud.retry_after_ms = 3 * BENCH_HOUR_MS;
    b.cloud.fault_times = 1;
    bench_day(&b, 1);
    bench_run(&b, 5000);
    ck_assert_uint_eq(b.cloud.uploads, 1);
    core_retry_now(b.core, b.now);
    bench_tick(&b, CORE_TICK_NETWORK_CHANGED);
    bench_run(&b, BENCH_HOUR_MS);
    bench_commit(&b, 2, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    bench_run(&b, 2 * BENCH_HOUR_MS - 60000);
    ck_assert_uint_eq(b.cloud.uploads, 1);
    bench_run(&b, 70000);
    ck_assert_uint_eq(b.cloud.uploads, 2);
    check_all_counted();
}
END_TEST

START_TEST(a_close_and_a_network_that_came_back_are_tried_at_once)
{
    b.cloud.fault = CLOUD_BARE;
    b.cloud.status = 500;
    bench_day(&b, 1);
    bench_run(&b, 5 * BENCH_HOUR_MS);
    b.cloud.fault = CLOUD_FINE;
    bench_commit(&b, 2, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    bench_run(&b, 3000);
    ck_assert_uint_ge(cloud_count_kind(&b.cloud, 'Z', true), 1);
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 3);
    bench_run(&b, BENCH_HOUR_MS);
    b.cloud.fault = CLOUD_FINE;
    bench_tick(&b, CORE_TICK_NETWORK_CHANGED);
    bench_run(&b, 2000);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[2].sha), 1);
}
END_TEST

/* A black hole: an attempt is lost in it until its connect timeout. Whoever asks for another does not wait for that. */
START_TEST(an_attempt_that_looks_for_the_cloud_in_vain_gives_way)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_run(&b, 10 * 60000);
    b.cloud.fault = CLOUD_HOLD;
    b.net->connects_never = true;
    uint32_t uploads = b.cloud.uploads;
    while (b.cloud.uploads == uploads)
        bench_run(&b, 100);
    core_retry_now(b.core, b.now); /* it has only just begun: it is left alone */
    bench_run(&b, 500);
    ck_assert_uint_eq(b.cloud.uploads, uploads + 1);
    bench_run(&b, 2000);
    b.cloud.fault = CLOUD_FINE;
    core_retry_now(b.core, b.now);
    bench_run(&b, 500);
    ck_assert_uint_eq(b.cloud.uploads, uploads + 2);
    check_all_counted();
}
END_TEST

START_TEST(an_attempt_that_has_sent_something_goes_on)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_run(&b, 10 * 60000);
    b.cloud.fault = CLOUD_HOLD;
    uint32_t uploads = b.cloud.uploads;
    while (b.cloud.uploads == uploads)
        bench_run(&b, 100);
    bench_run(&b, 5000);
    core_retry_now(b.core, b.now);
    bench_run(&b, 5000);
    ck_assert_uint_eq(b.cloud.uploads, uploads + 1);
    ck_assert(!script_last(b.net)->cancelled);
}
END_TEST

START_TEST(an_encoding_that_is_refused_is_left_out)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000)); /* the answer offered encodings */
    b.cloud.refuses_encodings = true;
    b.cloud.uploads = 0;
    for (int64_t n = 2; n <= 6; n++) {
        bench_day(&b, n);
        ck_assert(bench_drain(&b, 60000));
    }
    check_all_counted();
    ck_assert_msg(b.cloud.uploads <= 6, "%u uploads for 5 reports", b.cloud.uploads);
}
END_TEST

START_TEST(a_type_that_is_refused_is_no_reason_to_hammer)
{
    b.cloud.refuses_type = true;
    bench_day(&b, 1);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_msg(b.cloud.uploads < 30, "%u uploads in an hour", b.cloud.uploads);
    b.cloud.refuses_type = false;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

START_TEST(a_net_that_takes_nothing_is_asked_again_later)
{
    b.net->refuses = true;
    bench_day(&b, 1);
    bench_run(&b, 60000);
    ck_assert_msg(b.zero_ticks < 1000, "%u ticks without a pause", b.zero_ticks);
    b.net->refuses = false;
    ck_assert(bench_drain(&b, 120000));
    check_all_counted();
}
END_TEST

START_TEST(a_hundred_thousand_pending_take_no_more_memory_than_ten)
{
    for (int64_t n = 1; n <= 100000; n++) {
        uint64_t id = key_pack((report_key){0, b.core->outbox.reg, 0, n});
        ck_assert(idset_add(&b.core->outbox.waiting, id));
    }
    ck_assert_uint_le(b.core->outbox.waiting.capacity, 64);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.pending, 100000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: sending");
    TCase *batches = tcase_create("batches");
    tcase_add_checked_fixture(batches, setup, teardown);
    tcase_set_timeout(batches, 60);
    tcase_add_test(batches, a_batch_stays_within_a_ledger_page);
    tcase_add_test(batches, a_batch_stays_within_its_size);
    tcase_add_test(batches, what_the_cloud_unpacks_is_found_out_with_little);
    tcase_add_test(batches, a_report_of_four_mebibytes_goes_alone);
    tcase_add_test(batches, a_proxy_with_a_small_limit_gets_small_batches);
    tcase_add_test(batches, a_hundred_thousand_pending_take_no_more_memory_than_ten);
    suite_add_tcase(suite, batches);
    TCase *alone = tcase_create("trouble");
    tcase_add_checked_fixture(alone, setup, teardown);
    tcase_set_timeout(alone, 60);
    tcase_add_test(alone, one_bad_report_never_blocks_the_others_when_the_cloud_breaks);
    tcase_add_test(alone, nor_when_a_proxy_refuses_it);
    tcase_add_test(alone, nor_when_the_cloud_calls_the_batch_malformed);
    tcase_add_test(alone, nor_when_it_runs_into_a_timeout);
    tcase_add_test(alone, a_hundred_bad_reports_do_not_make_it_hammer);
    tcase_add_test(alone, a_result_retry_of_one_report_leaves_the_rest_alone);
    tcase_add_test(alone, many_troubled_reports_over_time_do_not_fill_the_list_of_those_set_aside);
    suite_add_tcase(suite, alone);
    TCase *waits = tcase_create("waits");
    tcase_add_checked_fixture(waits, setup, teardown);
    tcase_set_timeout(waits, 60);
    tcase_add_test(waits, an_unreachable_cloud_is_tried_within_a_minute_and_not_hammered);
    tcase_add_test(waits, a_busy_cloud_is_left_in_peace);
    tcase_add_test(waits, what_the_cloud_asks_for_is_a_floor_that_nothing_skips);
    tcase_add_test(waits, a_close_and_a_network_that_came_back_are_tried_at_once);
    tcase_add_test(waits, an_attempt_that_looks_for_the_cloud_in_vain_gives_way);
    tcase_add_test(waits, an_attempt_that_has_sent_something_goes_on);
    tcase_add_test(waits, an_encoding_that_is_refused_is_left_out);
    tcase_add_test(waits, a_type_that_is_refused_is_no_reason_to_hammer);
    tcase_add_test(waits, a_net_that_takes_nothing_is_asked_again_later);
    suite_add_tcase(suite, waits);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
