/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer settles and what it does not: receipts, conflicts, rejections, other stores, impostors, lost answers. */
#include "core/document.h"
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

static core_queue queue(void)
{
    return core_get_queue(b.core, b.now);
}

static core_row first_row(uint32_t expected_total)
{
    core_row row = {0};
    uint32_t total = 0;
    core_list_queue(b.core, b.now, 0, 1, &row, &total);
    ck_assert_uint_eq(total, expected_total);
    return row;
}

static void connect_again(const char *store)
{
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, store, CLAIM_FIRST, NULL), PROGRESS_DONE);
}

/* ---- lost answers ---- */

START_TEST(a_lost_answer_is_repeated_and_gets_the_same_receipt)
{
    b.cloud.fault = CLOUD_LOSE_ANSWER;
    b.cloud.fault_times = 3;
    bench_close *z = bench_day(&b, 1);
    ck_assert(bench_drain(&b, 120000));
    ck_assert_uint_eq(b.cloud.uploads, 4);
    ck_assert_uint_eq(cloud_counts(&b.cloud, z->sha), 1);
    ck_assert_int_eq(ledger_load(&b.core->ledger, &b.core->vault, 0, 0, 1), VAULT_OK);
    ck_assert_str_eq(ledger_find(&b.core->ledger, 1)->receipt_id, b.cloud.reports[0].receipt);
}
END_TEST

/* ---- impostors: nothing of this settles a report ---- */

static void check_unsettled(void)
{
    bench_day(&b, 1);
    bench_run(&b, 30000);
    ck_assert_uint_eq(queue().pending, 1);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_OUTBOX), 1);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_LEDGER), 0);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_KEPT), 0);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_msg(b.cloud.uploads < 200, "%u uploads", b.cloud.uploads);
    b.cloud.receipt_till = b.cloud.receipt_hash = NULL;
    b.cloud.twist = NULL;
    b.cloud.fault = CLOUD_FINE;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[0].sha), 1);
}

START_TEST(a_receipt_of_another_till_settles_nothing)
{
    b.cloud.receipt_till = "0123456789abcdef0123456789abcdef";
    check_unsettled();
}
END_TEST

START_TEST(a_receipt_of_another_hash_settles_nothing)
{
    b.cloud.receipt_hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    check_unsettled();
}
END_TEST

START_TEST(a_captive_portal_settles_nothing)
{
    b.cloud.fault = CLOUD_BARE;
    b.cloud.status = 200;
    check_unsettled();
    ck_assert_int_eq(queue().last_failure.outcome, PROTOCOL_DONE);
}
END_TEST

static cJSON *only(cJSON *results)
{
    return cJSON_GetArrayItem(results, 0);
}

static void twist_key(cJSON *results)
{
    cJSON_SetNumberHelper(cJSON_GetObjectItem(only(results), "z_number"), 77);
}

static void twist_epoch(cJSON *results)
{
    cJSON_SetNumberHelper(cJSON_GetObjectItem(only(results), "epoch"), 3);
}

static void twist_receipt_key(cJSON *results)
{
    cJSON_SetNumberHelper(cJSON_GetObjectItem(cJSON_GetObjectItem(only(results), "receipt"), "z_number"), 77);
}

static void twist_company(cJSON *results)
{
    cJSON_ReplaceItemInObject(cJSON_GetObjectItem(only(results), "receipt"), "company_id", cJSON_CreateString("com_2"));
}

static void twist_register(cJSON *results)
{
    cJSON_ReplaceItemInObject(cJSON_GetObjectItem(only(results), "receipt"), "register_id",
                              cJSON_CreateString("till-9"));
}

static void twist_away(cJSON *results)
{
    cJSON_DeleteItemFromArray(results, 0);
}

static void twist_double(cJSON *results)
{
    cJSON_AddItemToArray(results, cJSON_Duplicate(only(results), 1));
}

static void twist_status(cJSON *results)
{
    cJSON_ReplaceItemInObject(only(results), "status", cJSON_CreateString("perhaps"));
}

static void twist_superseded(cJSON *results)
{
    cJSON_ReplaceItemInObject(only(results), "status", cJSON_CreateString("superseded"));
}

static void twist_no_receipt(cJSON *results)
{
    cJSON_DeleteItemFromObject(only(results), "receipt");
}

START_TEST(results_that_do_not_fit_settle_nothing)
{
    static void (*const twists[])(cJSON *) = {twist_key,        twist_epoch,     twist_receipt_key, twist_company,
                                              twist_register,   twist_away,      twist_double,      twist_status,
                                              twist_superseded, twist_no_receipt};
    b.cloud.twist = twists[_i];
    check_unsettled();
}
END_TEST

static void twist_order(cJSON *results)
{
    cJSON *first = cJSON_DetachItemFromArray(results, 0);
    cJSON_AddItemToArray(results, first);
}

START_TEST(results_in_another_order_settle_nothing)
{
    b.cloud.fault = CLOUD_UNREACHED;
    for (int64_t n = 1; n <= 4; n++)
        bench_day(&b, n);
    bench_run(&b, 100);
    b.cloud.fault = CLOUD_FINE;
    b.cloud.twist = twist_order;
    bench_run(&b, 40000);
    ck_assert_uint_eq(queue().pending, 4);
    b.cloud.twist = NULL;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 4);
}
END_TEST

/* ---- what settles otherwise ---- */

START_TEST(a_conflict_is_kept_and_shown)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    cloud_report clone = b.cloud.reports[0]; /* a cloned disk closed the same number with other figures */
    clone.z = 2;
    clone.sha[0] = clone.sha[0] == 'f' ? 'e' : 'f';
    cloud_store_report(&b.cloud, clone);
    bench_day(&b, 2);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(queue().conflict, 1);
    ck_assert_int_eq(first_row(1).state, STATE_CONFLICT);
    ck_assert_int_eq(first_row(1).z_number, 2);
    bench_restart(&b);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(queue().conflict, 1);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 3);
}
END_TEST

START_TEST(a_rejected_one_is_kept_whole_with_the_reason)
{
    b.document_bytes = 700 * 1024; /* moved in pieces */
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    core_row row = first_row(1);
    ck_assert_int_eq(row.state, STATE_REJECTED);
    ck_assert_str_eq(row.code, "invalid-schema");
    ck_assert_str_eq(row.detail, "in the cloud's words");
    record_header header;
    uint8_t *payload = NULL;
    ck_assert_int_eq(vault_read(&b.core->vault, COLLECTION_KEPT, row.id, &header, &payload), VAULT_OK);
    ck_assert_uint_eq(header.payload_bytes, b.closes[0].size);
    ck_assert_mem_eq(payload, b.closes[0].document, b.closes[0].size);
    free(payload);
    core_row again;
    ck_assert(core_get_item(b.core, b.now, row.id, true, &again));
    ck_assert(!core_get_item(b.core, b.now, row.id, false, &again));
}
END_TEST

START_TEST(delivered_conflict_and_rejected_in_one_batch)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    cloud_report clone = b.cloud.reports[0];
    clone.z = 5;
    clone.sha[0] = clone.sha[0] == 'f' ? 'e' : 'f';
    cloud_store_report(&b.cloud, clone);
    b.cloud.reject_z = 3;
    b.cloud.reject_z_to = 4;
    b.cloud.fault = CLOUD_UNREACHED;
    for (int64_t n = 2; n <= 8; n++)
        bench_day(&b, n);
    bench_run(&b, 100);
    b.cloud.fault = CLOUD_FINE;
    b.cloud.uploads = 0;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    ck_assert_uint_eq(b.cloud.uploads, 1);
    ck_assert_uint_eq(queue().rejected, 2);
    ck_assert_uint_eq(queue().conflict, 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 6);
    bench_restart(&b);
    ck_assert_uint_eq(queue().rejected, 2);
    ck_assert_uint_eq(queue().conflict, 1);
}
END_TEST

START_TEST(one_counted_in_another_store_is_shown_with_its_name)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    /* The ledger is lost, the report comes from the history and goes to the next store. */
    storage_memory_drop(b.disk, COLLECTION_LEDGER, ledger_key_pack(b.core->outbox.reg, 0, 1));
    bench_restart(&b);
    bench_run(&b, 2000);
    connect_again("sto_B");
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(queue().elsewhere, 1);
    core_row row = first_row(1);
    ck_assert_int_eq(row.state, STATE_ELSEWHERE);
    ck_assert_str_eq(row.detail, "sto_A");
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 1);
}
END_TEST

START_TEST(long_words_of_the_cloud_are_cut_between_characters)
{
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    b.cloud.long_words = true;
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    core_row row = first_row(1);
    ck_assert_uint_gt(strlen(row.detail), 190);
    char quoted[256];
    int length = snprintf(quoted, sizeof quoted, "{\"a\":\"%s\"}", row.detail);
    ck_assert_ptr_null(document_check(quoted, (size_t)length).code);
}
END_TEST

/* ---- holds ---- */

START_TEST(a_401_holds_until_the_store_is_assigned_again)
{
    cloud_revoke_all(&b.cloud);
    b.cloud.session[0] = '\0';
    bench_day(&b, 1);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_uint_eq(queue().held, 1);
    ck_assert_int_eq(queue().hold, HOLD_LOG_IN);
    ck_assert_int_eq(first_row(1).hold, HOLD_LOG_IN);
    ck_assert_int_eq(queue().next_try_in_ms, -1);
    ck_assert_uint_le(b.cloud.uploads, 3);
    bench_day(&b, 2);
    bench_run(&b, 1000);
    ck_assert_uint_eq(queue().held, 2);
    connect_again("sto_A");
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
}
END_TEST

START_TEST(a_closed_store_holds_until_somebody_tries_again)
{
    b.cloud.store_closed = true;
    bench_day(&b, 1);
    bench_run(&b, BENCH_HOUR_MS);
    ck_assert_int_eq(queue().hold, HOLD_STORE_REFUSED);
    ck_assert_uint_eq(b.cloud.uploads, 1);
    b.cloud.store_closed = false;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    ck_assert(bench_drain(&b, 10000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 1);
}
END_TEST

START_TEST(a_store_that_opens_again_gets_its_reports_within_six_hours)
{
    b.cloud.store_closed = true;
    bench_day(&b, 1);
    bench_run(&b, BENCH_DAY_MS - BENCH_HOUR_MS);
    ck_assert_uint_eq(b.cloud.uploads, 4); /* asked at 0, 6, 12 and 18 hours */
    ck_assert_int_eq(queue().hold, HOLD_STORE_REFUSED);
    b.cloud.store_closed = false;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(queue().pending, 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 1);
}
END_TEST

START_TEST(a_404_of_the_cloud_holds_and_that_of_a_proxy_does_not)
{
    b.cloud.fault = _i == 0 ? CLOUD_PROBLEM : CLOUD_BARE;
    b.cloud.status = 404;
    b.cloud.slug = "not-found";
    bench_day(&b, 1);
    bench_run(&b, 60000);
    ck_assert_int_eq(queue().hold, _i == 0 ? HOLD_STORE_REFUSED : HOLD_NONE);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 60000);
    ck_assert_uint_eq(queue().pending, _i == 0 ? 1 : 0);
}
END_TEST

/* ---- several destinations ---- */

START_TEST(each_store_gets_what_was_closed_for_it)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_run(&b, 1000);
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_day(&b, 2);
    b.cloud.fault = CLOUD_FINE;
    ck_assert(bench_drain(&b, 120000));
    ck_assert_str_eq(cloud_held(&b.cloud, b.closes[0].sha)->store, "sto_A");
    ck_assert_str_eq(cloud_held(&b.cloud, b.closes[1].sha)->store, "sto_B");
}
END_TEST

START_TEST(one_store_that_refuses_does_not_stop_the_other)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_run(&b, 1000);
    b.cloud.tokens[0].revoked = true;
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    b.cloud.session[0] = '\0'; /* no renewal of the other permission */
    bench_day(&b, 2);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 120000);
    ck_assert_ptr_nonnull(cloud_held(&b.cloud, b.closes[1].sha));
    ck_assert_ptr_null(cloud_held(&b.cloud, b.closes[0].sha));
    ck_assert_uint_eq(queue().held, 1);
}
END_TEST

START_TEST(an_upload_in_flight_while_the_owner_disconnects)
{
    b.cloud.fault = CLOUD_HOLD;
    bench_day(&b, 1);
    bench_run(&b, 2000);
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_IN_FLIGHT);
    ck_assert_uint_eq(queue().sending, 1);
    ck_assert_uint_gt(queue().upload_total_bytes, 0);
    b.cloud.fault = CLOUD_FINE;
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert_uint_eq(queue().held, 1);
    ck_assert_int_eq(queue().hold, HOLD_DISCONNECTED);
    connect_again("sto_A");
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[0].sha), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: answers");
    TCase *tc = tcase_create("answers");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_lost_answer_is_repeated_and_gets_the_same_receipt);
    tcase_add_test(tc, a_receipt_of_another_till_settles_nothing);
    tcase_add_test(tc, a_receipt_of_another_hash_settles_nothing);
    tcase_add_test(tc, a_captive_portal_settles_nothing);
    tcase_add_loop_test(tc, results_that_do_not_fit_settle_nothing, 0, 10);
    tcase_add_test(tc, results_in_another_order_settle_nothing);
    tcase_add_test(tc, a_conflict_is_kept_and_shown);
    tcase_add_test(tc, a_rejected_one_is_kept_whole_with_the_reason);
    tcase_add_test(tc, delivered_conflict_and_rejected_in_one_batch);
    tcase_add_test(tc, one_counted_in_another_store_is_shown_with_its_name);
    tcase_add_test(tc, long_words_of_the_cloud_are_cut_between_characters);
    tcase_add_test(tc, a_401_holds_until_the_store_is_assigned_again);
    tcase_add_test(tc, a_closed_store_holds_until_somebody_tries_again);
    tcase_add_test(tc, a_store_that_opens_again_gets_its_reports_within_six_hours);
    tcase_add_loop_test(tc, a_404_of_the_cloud_holds_and_that_of_a_proxy_does_not, 0, 2);
    tcase_add_test(tc, each_store_gets_what_was_closed_for_it);
    tcase_add_test(tc, one_store_that_refuses_does_not_stop_the_other);
    tcase_add_test(tc, an_upload_in_flight_while_the_owner_disconnects);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
