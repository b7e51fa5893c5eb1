/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing a store, and leaving it: known registers, failing storage, secrets wiped, reports that stay bound. */
#define _GNU_SOURCE /* memmem */
#include "support/core_bench.h"

static bench b;

static void setup_connected(void)
{
    bench_connect(&b);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static const core_person *asked(void)
{
    return core_get_person(b.core);
}

static bool secret_has(const char *words)
{
    for (uint64_t id = 1; id < 64; id++) {
        uint32_t size = 0;
        const void *bytes = storage_memory_peek(b.disk, COLLECTION_SECRET, id, &size);
        if (bytes && memmem(bytes, size, words, strlen(words)))
            return true;
    }
    return false;
}

START_TEST(secrets_stand_in_secret_records_alone)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert(secret_has("session_planted"));
    ck_assert(secret_has("tilltoken_planted"));
    ck_assert(!secret_has("password planted"));
    bench_check_secrets(&b);
    b.cloud.fault = CLOUD_LOSE_ANSWER;
    bench_day(&b, 2);
    bench_run(&b, BENCH_HOUR_MS);
    cloud_revoke_all(&b.cloud);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, BENCH_HOUR_MS);
    bench_check_secrets(&b);
}
END_TEST

START_TEST(disconnect_wipes_them_durably_before_it_says_done)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert_uint_eq(b.cloud.revoked, 1);
    ck_assert_uint_eq(b.cloud.logged_out, 1);
    bench_crash(&b);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_SECRET), 0);
    bench_check_secrets(&b);
    ck_assert(!core_get_account(b.core).logged_in);
    ck_assert(!core_get_account(b.core).session_ended);
    ck_assert(!core_get_assignment(b.core).assigned);
    bench_day(&b, 2);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 1);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_NO_STORE);
}
END_TEST

START_TEST(disconnect_without_a_network_ends_after_ten_seconds)
{
    b.net->handle = NULL; /* nobody answers */
    int64_t before = b.now.elapsed_ms;
    core_begin_call(b.core);
    ck_assert(core_disconnect(b.core, b.now));
    ck_assert(!core_disconnect(b.core, b.now));
    bench_run(&b, 9000);
    ck_assert_int_eq(asked()->progress, PROGRESS_RUNNING);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_SECRET), 0);
    core_person_forget(b.core); /* leaving the page does not stop it */
    bench_run(&b, 2000);
    ck_assert_int_eq(asked()->progress, PROGRESS_DONE);
    ck_assert_int_eq(asked()->verdict.outcome, PROTOCOL_RETRY); /* what the cloud does not know is said */
    ck_assert_int_le(b.now.elapsed_ms - before, 12000);
    ck_assert(b.net->requests[b.net->count - 1].cancelled);
}
END_TEST

START_TEST(disconnect_with_a_failing_storage_goes_on_until_it_is_wiped)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    storage_memory_faults(b.disk)->remove_code = POS_E_IO;
    core_begin_call(b.core);
    ck_assert(core_disconnect(b.core, b.now));
    bench_day(&b, 2);
    bench_run(&b, 30000);
    ck_assert_int_eq(asked()->progress, PROGRESS_RUNNING);
    ck_assert_uint_eq(b.cloud.uploads, 1); /* nothing goes out although the tokens still stand there */
    storage_memory_faults(b.disk)->remove_code = 0;
    bench_run(&b, 15000);
    ck_assert_int_eq(asked()->progress, PROGRESS_DONE);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_SECRET), 0);
}
END_TEST

START_TEST(a_close_in_the_middle_of_disconnecting_finds_a_store_again)
{
    b.net->handle = NULL;
    core_begin_call(b.core);
    ck_assert(core_disconnect(b.core, b.now));
    for (int64_t n = 1; n <= 4; n++) {
        bench_tick(&b, 0);
        bench_commit(&b, n, "a");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[n - 1]), POS_OK);
        ck_assert_uint_le(b.writes, 1);
    }
    bench_crash(&b);
    bench_run(&b, 2000);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 4);
}
END_TEST

START_TEST(pending_reports_stay_bound_to_their_store)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_run(&b, 1000);
    b.cloud.fault = CLOUD_FINE;
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    bench_day(&b, 2);
    bench_run(&b, 1000);
    ck_assert_uint_eq(core_get_assignment(b.core).without_store, 1);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_run(&b, 60000);
    ck_assert_str_eq(cloud_held(&b.cloud, b.closes[1].sha)->store, "sto_B");
    ck_assert_ptr_null(cloud_held(&b.cloud, b.closes[0].sha));
    core_row row;
    uint32_t total = 0;
    core_list_queue(b.core, b.now, 0, 1, &row, &total);
    ck_assert_int_eq(row.hold, HOLD_DISCONNECTED);
    ck_assert_str_eq(row.store_name, "sto_A");
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_str_eq(cloud_held(&b.cloud, b.closes[0].sha)->store, "sto_A");
}
END_TEST

START_TEST(a_hundred_reconnections_wear_nothing_out)
{
    for (int64_t n = 1; n <= 100; n++) {
        char store[8];
        snprintf(store, sizeof store, "sto_%c", 'A' + (int)(n % 20));
        ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
        bench_day(&b, n);
        b.cloud.token_count = 0;
        ck_assert(bench_log_in(&b));
        ck_assert_int_eq(bench_assign(&b, store, CLAIM_FIRST, NULL), PROGRESS_DONE);
        ck_assert(bench_drain(&b, 60000));
        if (n % 9 == 0)
            bench_restart(&b);
    }
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 100);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_storage_that_fails_while_assigning_leaves_the_old_store)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    storage_memory_faults(b.disk)->put_at = (uint64_t)_i + 1; /* token, then state */
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert(asked()->storage_failed);
    ck_assert_str_eq(core_get_assignment(b.core).store_id, "sto_A");
    bench_day(&b, 2);
    bench_run(&b, 60000);
    ck_assert_str_eq(cloud_held(&b.cloud, b.closes[1].sha)->store, "sto_A");
    bench_restart(&b);
    ck_assert_str_eq(core_get_assignment(b.core).store_id, "sto_A");
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert_str_eq(core_get_assignment(b.core).store_id, "sto_B");
}
END_TEST

START_TEST(what_is_switched_while_assigning_stays_switched)
{
    protocol_company company = {.company_id = "com_1", .name = "Ruiz S.L."};
    protocol_store store = {.store_id = "sto_B", .company_id = "com_1", .name = "B"};
    core_begin_call(b.core);
    ck_assert(core_assign(b.core, b.now, &company, &store, CLAIM_FIRST, NULL));
    bench_tick(&b, 0); /* the answer; the token is put */
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    core_set_welcome_seen(b.core);
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert(core_get_x(b.core, b.now).enabled);
    ck_assert(core_welcome_seen(b.core));
    bench_run(&b, 1000);
    bench_restart(&b);
    ck_assert(core_get_x(b.core, b.now).enabled);
}
END_TEST

START_TEST(another_machine_with_our_records_is_asked_which_till_it_is)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    storage_memory *backup = storage_memory_copy(b.disk, 0);
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = backup;
    ck_assert(bench_start(&b));
    bench_day(&b, 2);
    bench_run(&b, 60000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_LOG_IN);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_int_eq(asked()->verdict.cause, CAUSE_REGISTER_KNOWN);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, core_known_tills(b.core).items[0].till_id), PROGRESS_DONE);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 2);
}
END_TEST

START_TEST(more_stores_than_the_table_holds_are_refused_in_words)
{
    for (int i = 0; i < 40; i++) {
        char store[16];
        snprintf(store, sizeof store, "sto_%d", i);
        core_progress progress = bench_assign(&b, store, CLAIM_FIRST, NULL);
        ck_assert_int_eq(progress, i < 31 ? PROGRESS_DONE : PROGRESS_FAILED); /* one is taken by store A */
        b.cloud.token_count = 1 + (uint32_t)i % 30;
    }
    bench_restart(&b);
    ck_assert_str_eq(core_get_assignment(b.core).store_id, "sto_30");
}
END_TEST

/* After a log-in the till asks for a new permission by itself; the owner who chooses the store meanwhile goes first. */
START_TEST(the_owner_is_never_told_to_wait_for_a_renewal)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    cloud_revoke_all(&b.cloud);
    bench_day(&b, 2);
    bench_run(&b, 2000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_LOG_IN);
    ck_assert(bench_log_in(&b));
    for (int i = 0; i < _i; i++)
        bench_tick(&b, 0);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert_int_eq(core_get_queue(b.core, b.now).last_failure.outcome, PROTOCOL_DONE);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
    bench_crash(&b);
    bench_day(&b, 3);
    ck_assert(bench_drain(&b, 60000));
}
END_TEST

START_TEST(a_known_register_asks_which_till_it_is)
{
    bench_close_all(&b);
    bench_open(&b);
    ck_assert(bench_start(&b));
    bench_run(&b, 1000);
    char own[PROTOCOL_TILL_ID_LEN + 1];
    memcpy(own, b.core->device_id, sizeof own);
    cloud_known *other = &b.cloud.known[b.cloud.known_count++];
    memset(other, 0, sizeof *other);
    cloud_copy(other->store, "sto_A");
    cloud_copy(other->till, "00112233445566778899aabbccddeeff");
    cloud_copy(other->reg, "till-1");
    bench_day(&b, 1);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_int_eq(asked()->verdict.cause, CAUSE_REGISTER_KNOWN);
    ck_assert(!core_get_assignment(b.core).assigned);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(b.cloud.uploads, 0);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_SECRET), 1);
    if (_i == 0) {
        ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, core_known_tills(b.core).items[0].till_id),
                         PROGRESS_DONE);
    } else {
        ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_ANOTHER, NULL), PROGRESS_DONE);
    }
    ck_assert(bench_drain(&b, 60000));
    ck_assert_str_eq(b.cloud.reports[0].till, _i == 0 ? "00112233445566778899aabbccddeeff" : own);
    bench_restart(&b); /* and it stays so */
    bench_day(&b, 2);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_str_eq(b.cloud.reports[1].till, b.cloud.reports[0].till);
    /* In the company's other stores, too: under another id its history would count again. */
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_day(&b, 3);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_str_eq(b.cloud.reports[2].till, b.cloud.reports[0].till);
}
END_TEST

START_TEST(the_currencies_of_store_and_till_are_known_after_a_restart)
{
    ck_assert_str_eq(core_get_assignment(b.core).store_currency, "EUR");
    ck_assert_str_eq(core_get_currency(b.core), "");
    if (_i == 0) {
        b.cloud.fault = CLOUD_UNREACHED;
        bench_day(&b, 1); /* the Z waits */
    } else {
        core_begin_call(b.core);
        ck_assert(core_set_x_enabled(b.core, b.now, true));
        bench_run(&b, BENCH_HOUR_MS);
        ck_assert_int_gt(core_get_x(b.core, b.now).last_sent_ms, 0);
    }
    ck_assert_str_eq(core_get_currency(b.core), "EUR");
    bench_crash(&b);
    ck_assert_str_eq(core_get_assignment(b.core).store_currency, "EUR");
    ck_assert_str_eq(core_get_currency(b.core), "EUR");
}
END_TEST

static void add_store_tests(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup_connected, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, secrets_stand_in_secret_records_alone);
    tcase_add_test(tc, disconnect_wipes_them_durably_before_it_says_done);
    tcase_add_test(tc, disconnect_without_a_network_ends_after_ten_seconds);
    tcase_add_test(tc, disconnect_with_a_failing_storage_goes_on_until_it_is_wiped);
    tcase_add_test(tc, a_close_in_the_middle_of_disconnecting_finds_a_store_again);
    tcase_add_test(tc, pending_reports_stay_bound_to_their_store);
    tcase_add_test(tc, a_hundred_reconnections_wear_nothing_out);
    tcase_add_loop_test(tc, a_storage_that_fails_while_assigning_leaves_the_old_store, 0, 2);
    tcase_add_test(tc, what_is_switched_while_assigning_stays_switched);
    tcase_add_test(tc, another_machine_with_our_records_is_asked_which_till_it_is);
    tcase_add_loop_test(tc, the_owner_is_never_told_to_wait_for_a_renewal, 0, 8);
    tcase_add_loop_test(tc, a_known_register_asks_which_till_it_is, 0, 2);
    tcase_add_loop_test(tc, the_currencies_of_store_and_till_are_known_after_a_restart, 0, 2);
    tcase_add_test(tc, more_stores_than_the_table_holds_are_refused_in_words);
}

int main(void)
{
    Suite *suite = suite_create("core: stores");
    TCase *tc = tcase_create("store");
    add_store_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
