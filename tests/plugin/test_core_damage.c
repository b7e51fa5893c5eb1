/* SPDX-License-Identifier: Apache-2.0 */
/* Records that were damaged, lost or written by a newer plugin: the rest goes on, nothing disappears, the host is asked. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_open(&b);
    ck_assert(bench_start(&b));
    for (int64_t n = 1; n <= 5; n++)
        bench_day(&b, n);
    bench_run(&b, 2000);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static uint64_t id_of(int64_t number)
{
    return key_pack((report_key){0, b.core->outbox.reg, 0, number});
}

static void connect_and_drain(void)
{
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_drain(&b, 60000);
    bench_run(&b, 2 * BENCH_HOUR_MS);
}

static void check_counted(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), 1);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}

static void damage_and_check(uint32_t offset, bool restart)
{
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id_of(3), offset, 0x10);
    if (restart)
        bench_restart(&b);
    connect_and_drain();
    check_counted(0, 5);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.pending, 0);
    ck_assert_uint_eq(q.damaged, 1);
    core_row row;
    uint32_t total = 0;
    core_list_queue(b.core, b.now, 0, 1, &row, &total);
    ck_assert_uint_eq(total, 1);
    ck_assert_int_eq(row.state, STATE_DAMAGED);
    ck_assert_int_eq(row.z_number, 3);
    ck_assert(bench_logged(&b, "damaged"));
}

START_TEST(a_damaged_header_is_moved_aside_and_fetched_again)
{
    damage_and_check(60, _i == 1);
}
END_TEST

START_TEST(a_damaged_document_is_moved_aside_and_fetched_again)
{
    damage_and_check(RECORD_PAYLOAD_OFFSET + 40, _i == 1);
}
END_TEST

START_TEST(even_the_last_one)
{
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id_of(5), 2, 0xff);
    bench_restart(&b);
    connect_and_drain();
    check_counted(0, 5);
    bench_day(&b, 6);
    ck_assert(bench_drain(&b, 60000));
    check_counted(0, 6);
}
END_TEST

START_TEST(what_is_fetched_again_goes_where_it_was_meant_to_go)
{
    connect_and_drain();
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 6);
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    uint64_t id = 0;
    ck_assert(idset_next(&b.core->outbox.waiting, 0, &id));
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, 60, 0x10);
    b.cloud.fault = CLOUD_FINE;
    core_retry_now(b.core, b.now);
    ck_assert(bench_drain(&b, 2 * BENCH_HOUR_MS));
    check_counted(5, 6);
    ck_assert_int_eq(b.cloud.reports[5].z, 6);
    ck_assert_str_eq(b.cloud.reports[5].store, "sto_A");
}
END_TEST

START_TEST(without_a_history_it_stays_on_the_screen)
{
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id_of(3), 60, 0x10);
    bench_stop(&b);
    b.has_reports = false;
    ck_assert(bench_start(&b));
    connect_and_drain();
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 4);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_DAMAGED), 1);
}
END_TEST

START_TEST(moving_it_aside_fails_at_first)
{
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id_of(1), 60, 0x10);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 1000000;
    uint64_t before = storage_memory_counts(b.disk).puts;
    bench_run(&b, 60000);
    uint64_t tried = storage_memory_counts(b.disk).puts - before;
    ck_assert_msg(tried < 300, "%llu failing writes in a minute", (unsigned long long)tried);
    storage_memory_faults(b.disk)->put_at = storage_memory_faults(b.disk)->put_times = 0;
    bench_run(&b, BENCH_HOUR_MS);
    check_counted(0, 5);
}
END_TEST

static void make_newer(uint32_t collection, uint64_t id)
{
    uint32_t size = 0;
    const uint8_t *bytes = storage_memory_peek(b.disk, collection, id, &size);
    ck_assert_ptr_nonnull(bytes);
    uint8_t *copy = malloc(size);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    copy[4] = 2; /* the version; then the checksum has to fit again */
    memset(copy + 12, 0, 4);
    uint32_t crc = record_crc(0, copy, RECORD_PAYLOAD_OFFSET);
    for (int i = 0; i < 4; i++)
        copy[12 + i] = (uint8_t)(crc >> (8 * i));
    storage_memory_poke(b.disk, collection, id, copy, size);
    free(copy);
}

START_TEST(a_newer_record_is_left_alone_and_shown)
{
    make_newer(COLLECTION_OUTBOX, id_of(2));
    connect_and_drain();
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 4);
    core_row row;
    uint32_t total = 0;
    core_list_queue(b.core, b.now, 0, 1, &row, &total);
    ck_assert_uint_eq(total, 1);
    ck_assert_int_eq(row.z_number, 2);
    ck_assert(!row.readable);
    uint32_t size = 0;
    const uint8_t *bytes = storage_memory_peek(b.disk, COLLECTION_OUTBOX, id_of(2), &size);
    ck_assert_uint_eq(bytes[4], 2);
}
END_TEST

START_TEST(two_hundred_newer_records_block_nothing)
{
    connect_and_drain();
    b.cloud.fault = CLOUD_UNREACHED;
    for (int64_t n = 6; n <= 220; n++)
        bench_day(&b, n);
    bench_run(&b, 1000);
    for (int64_t n = 6; n <= 205; n++)
        make_newer(COLLECTION_OUTBOX, id_of(n));
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 5 + 15);
}
END_TEST

START_TEST(a_newer_state_record_refuses_to_start)
{
    make_newer(COLLECTION_STATE, RECORD_STATE_ID);
    bench_stop(&b);
    ck_assert(!bench_start(&b));
    ck_assert_ptr_nonnull(strstr(b.why, "newer"));
    ck_assert_uint_eq(storage_memory_counts(b.disk).failed_puts, 0);
}
END_TEST

START_TEST(a_newer_ledger_page_is_not_overwritten)
{
    connect_and_drain();
    uint64_t page = ledger_key_pack(b.core->outbox.reg, 0, 1);
    make_newer(COLLECTION_LEDGER, page);
    bench_restart(&b);
    bench_day(&b, 256); /* another page: goes on */
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[5].sha), 1);
    uint32_t size = 0;
    ck_assert_uint_eq(((const uint8_t *)storage_memory_peek(b.disk, COLLECTION_LEDGER, page, &size))[4], 2);
}
END_TEST

START_TEST(a_lost_record_is_fetched_again)
{
    storage_memory_drop(b.disk, COLLECTION_OUTBOX, id_of(2));
    connect_and_drain();
    check_counted(0, 5);
}
END_TEST

START_TEST(a_damaged_ledger_page_heals_by_sending)
{
    connect_and_drain();
    storage_memory_damage(b.disk, COLLECTION_LEDGER, ledger_key_pack(b.core->outbox.reg, 0, 1), 600, 1);
    bench_restart(&b);
    bench_day(&b, 6);
    ck_assert(bench_drain(&b, 60000));
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_counted(0, 6);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 6);
}
END_TEST

START_TEST(a_damaged_state_record_loses_no_report)
{
    connect_and_drain();
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    bench_day(&b, 6); /* in another slot than the first */
    bench_run(&b, 1000);
    storage_memory_damage(b.disk, COLLECTION_STATE, RECORD_STATE_ID, 530, 1);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).held, 1);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_NO_STORE);
    connect_and_drain();
    check_counted(0, 6);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

START_TEST(what_was_settled_stays_settled_though_its_record_is_still_there)
{
    b.cloud.reject_z = b.cloud.reject_z_to = 2;
    uint32_t size = 0;
    uint8_t copies[2][RECORD_PAYLOAD_OFFSET + 1024];
    uint64_t ids[2] = {id_of(2), id_of(4)};
    uint32_t sizes[2];
    for (int i = 0; i < 2; i++) {
        const void *bytes = storage_memory_peek(b.disk, COLLECTION_OUTBOX, ids[i], &size);
        ck_assert(bytes && size <= sizeof copies[i]);
        memcpy(copies[i], bytes, size);
        sizes[i] = size;
    }
    connect_and_drain();
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 1);
    /* The removals were lazy, and a crash took them back; meanwhile the cloud has become kinder. */
    for (int i = 0; i < 2; i++)
        storage_memory_poke(b.disk, COLLECTION_OUTBOX, ids[i], copies[i], sizes[i]);
    b.cloud.reject_z = b.cloud.reject_z_to = 0;
    b.cloud.uploads = 0;
    bench_restart(&b);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(b.cloud.uploads, 0);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_OUTBOX), 0);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.rejected, 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 4);
}
END_TEST

START_TEST(a_secret_that_cannot_be_read_means_log_in_again)
{
    connect_and_drain();
    storage_memory_faults(b.disk)->secret_code = POS_E_CORRUPT;
    bench_restart(&b);
    bench_day(&b, 6);
    bench_run(&b, 5000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_LOG_IN);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 0);
    ck_assert(!core_get_account(b.core).logged_in);
    ck_assert(core_get_account(b.core).session_ended);
    storage_memory_faults(b.disk)->secret_code = 0;
    connect_and_drain();
    check_counted(0, 6);
}
END_TEST

START_TEST(a_till_id_that_cannot_be_read_now_is_not_replaced)
{
    char id[PROTOCOL_TILL_ID_LEN + 1];
    memcpy(id, b.core->device_id, sizeof id);
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
    bench_stop(&b);
    ck_assert(!bench_start(&b));
    storage_memory_faults(b.disk)->get_code = 0;
    ck_assert(bench_start(&b));
    ck_assert_str_eq(b.core->device_id, id);
}
END_TEST

START_TEST(a_storage_that_fails_now_and_then_only_delays)
{
    connect_and_drain();
    for (int64_t n = 6; n <= 60; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "a");
        storage_memory_faults(b.disk)->put_at = 1 + (uint64_t)(n % 4);
        storage_memory_faults(b.disk)->put_shows = n % 2 == 0;
        storage_memory_faults(b.disk)->remove_code = n % 5 == 0 ? POS_E_BUSY : 0;
        for (int i = 0; i < 5 && bench_hand_over(&b, &b.closes[n - 1]) != POS_OK; i++)
            bench_run(&b, 1000);
        ck_assert(b.closes[n - 1].handed_over);
        bench_run(&b, 5000);
        storage_memory_faults(b.disk)->remove_code = 0;
        bench_run(&b, 10000);
    }
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    check_counted(0, 60);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 60);
    ck_assert(!core_get_queue(b.core, b.now).storage_failing);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: damaged, lost and foreign records");
    TCase *tc = tcase_create("damage");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_damaged_header_is_moved_aside_and_fetched_again, 0, 2);
    tcase_add_loop_test(tc, a_damaged_document_is_moved_aside_and_fetched_again, 0, 2);
    tcase_add_test(tc, even_the_last_one);
    tcase_add_test(tc, what_is_fetched_again_goes_where_it_was_meant_to_go);
    tcase_add_test(tc, without_a_history_it_stays_on_the_screen);
    tcase_add_test(tc, moving_it_aside_fails_at_first);
    tcase_add_test(tc, a_newer_record_is_left_alone_and_shown);
    tcase_add_test(tc, two_hundred_newer_records_block_nothing);
    tcase_add_test(tc, a_newer_state_record_refuses_to_start);
    tcase_add_test(tc, a_newer_ledger_page_is_not_overwritten);
    tcase_add_test(tc, a_lost_record_is_fetched_again);
    tcase_add_test(tc, a_damaged_ledger_page_heals_by_sending);
    tcase_add_test(tc, a_damaged_state_record_loses_no_report);
    tcase_add_test(tc, what_was_settled_stays_settled_though_its_record_is_still_there);
    tcase_add_test(tc, a_secret_that_cannot_be_read_means_log_in_again);
    tcase_add_test(tc, a_till_id_that_cannot_be_read_now_is_not_replaced);
    tcase_add_test(tc, a_storage_that_fails_now_and_then_only_delays);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
