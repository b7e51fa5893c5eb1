/* SPDX-License-Identifier: Apache-2.0 */
/* X reports: one pending, the newest wins, the period's Z ends it, a sequence is used once whatever is lost. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
}

static void teardown(void)
{
    ck_assert_uint_eq(b.cloud.x_reused, 0);
    bench_close_all(&b);
}

static void switch_x(bool on)
{
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, on));
}

static uint32_t count_x(void)
{
    return cloud_count_kind(&b.cloud, 'X', false);
}

static int64_t newest_x(int64_t z)
{
    int64_t newest = 0;
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        const cloud_report *r = &b.cloud.reports[i];
        if (r->kind == 'X' && r->z == z && r->x > newest)
            newest = r->x;
    }
    return newest;
}

START_TEST(one_is_pending_and_a_newer_replaces_it)
{
    b.cloud.fault = CLOUD_UNREACHED;
    switch_x(true);
    bench_run(&b, 5 * BENCH_HOUR_MS);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.pending, 1);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_X), 1);
    ck_assert_int_ge(b.core->x.header.x_sequence, 10);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 50000);
    ck_assert_uint_eq(count_x(), 1);
    ck_assert_int_ge(newest_x(2), 10);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

START_TEST(the_z_of_its_period_makes_it_obsolete)
{
    b.cloud.fault = CLOUD_UNREACHED;
    switch_x(true);
    bench_run(&b, 10000);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    bench_commit(&b, 2, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1); /* the Z */
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 5000);
    ck_assert_uint_eq(count_x(), 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
}
END_TEST

START_TEST(an_x_never_goes_before_a_waiting_z)
{
    b.cloud.fault = CLOUD_UNREACHED;
    switch_x(true);
    bench_commit(&b, 2, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    bench_run(&b, 10000);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 50000);
    ck_assert_uint_eq(b.cloud.count, 3);
    ck_assert_int_eq(b.cloud.reports[1].kind, 'Z');
    ck_assert_int_eq(b.cloud.reports[2].kind, 'X');
}
END_TEST

START_TEST(no_sequence_is_used_twice_across_crashes)
{
    switch_x(true);
    for (int i = 0; i < 40; i++) {
        bench_run(&b, 20 * 60 * 1000);
        if (i % 3 == 0)
            b.cloud.fault = CLOUD_LOSE_ANSWER;
        b.cloud.fault_times = 1;
        storage_memory *disk =
            storage_memory_after_crash(b.disk, storage_memory_durable(b.disk), i % 2 ? UINT64_MAX : 0);
        bench_stop(&b);
        storage_memory_free(b.disk);
        b.disk = disk;
        ck_assert(bench_start(&b));
    }
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_ge(count_x(), 5);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

START_TEST(nor_after_the_storage_was_wiped)
{
    switch_x(true);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    int64_t before = newest_x(2);
    ck_assert_int_ge(before, 5);
    char till[PROTOCOL_TILL_ID_LEN + 1];
    memcpy(till, b.core->device_id, sizeof till);
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = storage_memory_new();
    ck_assert(bench_start(&b));
    bench_run(&b, 1000);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_int_eq(core_get_person(b.core)->verdict.cause, CAUSE_REGISTER_KNOWN);
    ck_assert_str_eq(core_known_tills(b.core).items[0].till_id, till);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, till), PROGRESS_DONE);
    switch_x(true);
    bench_run(&b, 10000);
    ck_assert_int_eq(newest_x(2), before + 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 1);
}
END_TEST

START_TEST(an_answer_for_an_older_one_does_not_settle_the_newer)
{
    b.cloud.fault = CLOUD_HOLD;
    b.cloud.fault_times = 1;
    switch_x(true);
    bench_run(&b, 10000);
    uint32_t ticket = b.net->count;
    int64_t first = b.core->x.header.x_sequence;
    bench_run(&b, 50 * 60 * 1000);
    ck_assert_int_gt(b.core->x.header.x_sequence, first);
    cloud_handle(&b.cloud, b.net, &b.net->requests[ticket - 1]);
    bench_run(&b, 5000);
    ck_assert_uint_eq(count_x(), 2);
    ck_assert_int_gt(newest_x(2), first);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

START_TEST(a_superseded_x_goes_on_from_what_the_cloud_knows)
{
    switch_x(true);
    bench_run(&b, 10000);
    cloud_report other = b.cloud.reports[b.cloud.count - 1];
    ck_assert_int_eq(other.kind, 'X');
    other.x = 40; /* a copy of this till was further on */
    other.sha[0] = other.sha[0] == 'f' ? 'e' : 'f';
    cloud_store_report(&b.cloud, other);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_int_ge(newest_x(2), 43);
}
END_TEST

START_TEST(a_rejected_x_is_let_go)
{
    b.cloud.reject_z = b.cloud.reject_z_to = 2;
    switch_x(true);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_le(b.cloud.uploads, 9);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 0);
}
END_TEST

START_TEST(an_x_that_fails_is_no_reason_to_hammer)
{
    b.cloud.poison_z = 2;
    b.cloud.poison_fault = CLOUD_PROBLEM;
    b.cloud.status = _i == 0 ? 400 : 500;
    b.cloud.slug = _i == 0 ? "malformed" : "internal";
    switch_x(true);
    bench_run(&b, 10000);
    uint32_t before = b.cloud.uploads;
    bench_run(&b, 12 * BENCH_HOUR_MS);
    ck_assert_msg(b.cloud.uploads - before < 100, "%u uploads", b.cloud.uploads - before);
    bench_commit(&b, 2, "a"); /* a close goes out at once all the same */
    b.cloud.poison_z = 0;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    bench_run(&b, 3000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
}
END_TEST

START_TEST(one_counted_in_another_store_is_let_go)
{
    b.cloud.receipt_store = "sto_other";
    switch_x(true);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_le(b.cloud.uploads, 4);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

START_TEST(the_same_figures_are_not_sent_again)
{
    switch_x(true);
    bench_run(&b, 10000);
    b.x_frozen = true;
    bench_run(&b, 40 * 60 * 1000);
    uint32_t before = count_x();
    bench_run(&b, 5 * BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), before);
    b.x_frozen = false;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_gt(count_x(), before);
}
END_TEST

START_TEST(a_host_without_history_but_far_on_is_asked_for_free_sequences)
{
    b.x_z_number = 57;
    switch_x(true);
    bench_run(&b, 4 * BENCH_HOUR_MS);
    ck_assert_uint_ge(count_x(), 7);
    ck_assert_int_ge(newest_x(57), 7);
}
END_TEST

START_TEST(a_host_that_breaks_the_rules_is_named)
{
    switch_x(true);
    bench_run(&b, 10000);
    b.x_drift = -1; /* a sequence that was used before */
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), 1);
    ck_assert(bench_logged(&b, "running()"));
    b.x_drift = 3;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_ge(count_x(), 2);
    b.running_error = POS_E_FAILED;
    bench_run(&b, BENCH_HOUR_MS);
    b.running_error = 0;
    uint32_t before = count_x();
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_gt(count_x(), before);
}
END_TEST

START_TEST(off_means_off_and_survives_a_restart)
{
    switch_x(true);
    bench_run(&b, 10000);
    bench_restart(&b);
    ck_assert(core_get_x(b.core, b.now).enabled);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_ge(count_x(), 2);
    switch_x(false);
    bench_run(&b, 1000);
    uint32_t before = count_x();
    bench_restart(&b);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(count_x(), before);
    ck_assert_int_eq(core_get_x(b.core, b.now).next_in_ms, -1);
    storage_memory_faults(b.disk)->put_at = 1;
    core_begin_call(b.core);
    ck_assert(!core_set_x_enabled(b.core, b.now, true));
    ck_assert(!core_get_x(b.core, b.now).enabled);
}
END_TEST

START_TEST(a_record_that_cannot_be_read_does_not_forget_the_sequence)
{
    b.cloud.fault = CLOUD_UNREACHED;
    switch_x(true);
    bench_run(&b, BENCH_HOUR_MS + 10000);
    int64_t last = b.core->x.header.x_sequence;
    ck_assert_int_ge(last, 2);
    if (_i == 0)
        storage_memory_damage(b.disk, COLLECTION_X, b.core->outbox.reg, RECORD_PAYLOAD_OFFSET + 3, 1);
    else if (_i == 1)
        storage_memory_damage(b.disk, COLLECTION_X, b.core->outbox.reg, 3, 1);
    else if (_i == 2)
        storage_memory_drop(b.disk, COLLECTION_X, b.core->outbox.reg);
    else
        storage_memory_faults(b.disk)->get_code = POS_E_IO;
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 60000);
    ck_assert_uint_lt(b.zero_ticks, 100);
    storage_memory_faults(b.disk)->get_code = 0;
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_int_ge(newest_x(2), last);
}
END_TEST

START_TEST(one_whose_write_failed_but_shows_is_not_sent_without_end)
{
    b.cloud.fault = CLOUD_UNREACHED;
    switch_x(true);
    bench_run(&b, 10000);
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_shows = 1;
    bench_run(&b, 40 * 60 * 1000);
    b.cloud.fault = CLOUD_FINE;
    b.cloud.uploads = 0;
    bench_run(&b, 60000);
    ck_assert_uint_le(b.cloud.uploads, 2);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_int_ge(newest_x(2), 3);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

START_TEST(a_till_at_rest_is_left_at_rest)
{
    bench_stop(&b);
    b.has_reports = _i != 0;
    ck_assert(bench_start(&b));
    switch_x(true);
    bench_run(&b, 60000);
    b.ticks = 0;
    bench_run(&b, 24 * BENCH_HOUR_MS);
    ck_assert_msg(b.ticks < 5000, "%llu ticks in a day", (unsigned long long)b.ticks);
}
END_TEST

START_TEST(a_large_one_replaced_while_it_is_read)
{
    switch_x(true);
    bench_run(&b, 10000);
    uint32_t reg = b.core->outbox.reg;
    xslot *x = &b.core->x;
    /* As the slot is after a tick that took an X of 1 MiB: by hand, because the bench's are small. */
    static char document[1024 * 1024];
    memset(document, ' ', sizeof document);
    document[0] = '{';
    document[sizeof document - 1] = '}';
    record_header header = x->header;
    header.verdict = VERDICT_WAITING;
    header.x_sequence++;
    header.payload_bytes = sizeof document;
    crypto_hash_sha256(header.sha256, (const uint8_t *)document, sizeof document);
    vault_begin_call(&b.core->vault);
    ck_assert_int_eq(vault_put(&b.core->vault, COLLECTION_X, reg, &header, document), POS_OK);
    x->header = header;
    bench_tick(&b, 0);
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_BUILDING);
    header.x_sequence++;
    document[1] = '\t';
    crypto_hash_sha256(header.sha256, (const uint8_t *)document, sizeof document);
    vault_begin_call(&b.core->vault);
    ck_assert_int_eq(vault_put(&b.core->vault, COLLECTION_X, reg, &header, document), POS_OK);
    x->header = header;
    bench_run(&b, 20000);
    ck_assert_int_eq(newest_x(2), header.x_sequence);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: X reports");
    TCase *tc = tcase_create("x");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, one_is_pending_and_a_newer_replaces_it);
    tcase_add_test(tc, the_z_of_its_period_makes_it_obsolete);
    tcase_add_test(tc, an_x_never_goes_before_a_waiting_z);
    tcase_add_test(tc, no_sequence_is_used_twice_across_crashes);
    tcase_add_test(tc, nor_after_the_storage_was_wiped);
    tcase_add_test(tc, an_answer_for_an_older_one_does_not_settle_the_newer);
    tcase_add_test(tc, a_superseded_x_goes_on_from_what_the_cloud_knows);
    tcase_add_test(tc, a_rejected_x_is_let_go);
    tcase_add_loop_test(tc, an_x_that_fails_is_no_reason_to_hammer, 0, 2);
    tcase_add_test(tc, one_counted_in_another_store_is_let_go);
    tcase_add_test(tc, the_same_figures_are_not_sent_again);
    tcase_add_test(tc, a_host_without_history_but_far_on_is_asked_for_free_sequences);
    tcase_add_test(tc, a_host_that_breaks_the_rules_is_named);
    tcase_add_test(tc, off_means_off_and_survives_a_restart);
    tcase_add_loop_test(tc, a_record_that_cannot_be_read_does_not_forget_the_sequence, 0, 4);
    tcase_add_test(tc, one_whose_write_failed_but_shows_is_not_sent_without_end);
    tcase_add_loop_test(tc, a_till_at_rest_is_left_at_rest, 0, 2);
    tcase_add_test(tc, a_large_one_replaced_while_it_is_read);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
