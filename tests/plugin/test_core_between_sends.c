/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between two steps of sending: a ledger that cannot be read when the receipts are there, an original that arrives while its
 * rebuilt copy is read or under way, removals that fail, records that no cloud takes, tables that get no memory.
 */
#include "memory_fault.h"

#include "core/catalogue_keys.h"
#include "support/resend_between.h"

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

/* ---- sending ---- */

START_TEST(a_ledger_that_cannot_be_read_when_the_receipts_are_there)
{
    after("/reports", fail_reading);
    bench_day(&b, 1);
    bench_run(&b, 20000);
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_SETTLING);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    check_in_the_end();
    ck_assert_uint_eq(b.cloud.uploads, 1);
}
END_TEST

static bench_close *rebuilt_day(int64_t number)
{
    bench_pass(&b, BENCH_HOUR_MS);
    bench_close *z = bench_commit(&b, number, "rebuilt");
    z->origin = POS_ORIGIN_REBUILT;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    return z;
}

/* The host repeats the day as it was; the rebuilt one is no close of its own. */
static void hand_over_original(int64_t number)
{
    bench_find(&b, number)->forgotten = true;
    bench_close *z = bench_commit(&b, number, "original");
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
}

static void check_originals(uint32_t days)
{
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), b.closes[i].forgotten ? 0 : 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), days);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}

START_TEST(an_original_arrives_while_the_rebuilt_one_is_read)
{
    b.document_bytes = 900 * 1024;
    rebuilt_day(1);
    for (int i = 0; i < 100 && b.core->sender.batches[0].phase != SENDER_BUILDING; i++)
        bench_tick(&b, 0);
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_BUILDING);
    hand_over_original(1);
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_IDLE);
    check_originals(1);
}
END_TEST

START_TEST(or_while_it_is_under_way_with_others)
{
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    rebuilt_day(2);
    bench_day(&b, 3);
    b.cloud.fault = CLOUD_HOLD;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    bench_run(&b, 5000);
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_IN_FLIGHT);
    ck_assert_uint_eq(b.core->sender.batches[0].count, 3);
    hand_over_original(2);
    b.cloud.fault = CLOUD_FINE;
    script_request held = *script_last(b.net);
    cloud_handle(&b.cloud, b.net, &held);
    check_originals(3);
}
END_TEST

START_TEST(a_removal_that_fails_is_made_up_for)
{
    uint64_t id = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    ck_assert(idset_at(&b.core->outbox.waiting, 0, &id));
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, 40, 0xff);
    b.cloud.fault = CLOUD_FINE;
    storage_memory_faults(b.disk)->remove_code = POS_E_IO;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    bench_run(&b, 60000);
    ck_assert_uint_eq(b.core->outbox.damaged.size, 1);
    ck_assert_uint_eq(b.core->outbox.waiting.size, 1);
    storage_memory_faults(b.disk)->remove_code = POS_OK;
    check_in_the_end();
}
END_TEST

START_TEST(so_is_that_of_one_that_was_settled_before_a_crash)
{
    uint64_t id = 0;
    uint32_t size = 0;
    static uint8_t copy[RECORD_PAYLOAD_OFFSET + 4096];
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    ck_assert(idset_at(&b.core->outbox.waiting, 0, &id));
    const void *bytes = storage_memory_peek(b.disk, COLLECTION_OUTBOX, id, &size);
    ck_assert(bytes && size <= sizeof copy);
    memcpy(copy, bytes, size);
    b.cloud.fault = CLOUD_FINE;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    storage_memory_poke(b.disk, COLLECTION_OUTBOX, id, copy, size); /* the removal was lazy */
    bench_restart(&b);
    storage_memory_faults(b.disk)->remove_code = POS_E_IO;
    bench_run(&b, 60000);
    ck_assert_uint_eq(b.core->outbox.waiting.size, 1);
    storage_memory_faults(b.disk)->remove_code = POS_OK;
    check_in_the_end();
    ck_assert_uint_eq(b.cloud.uploads, 1);
}
END_TEST

static int32_t get_in_part(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer,
                           uint32_t capacity, uint32_t *size)
{
    if (collection == COLLECTION_OUTBOX && offset == 0 && capacity == VAULT_PIECE_BYTES)
        return POS_E_IO; /* the record as it lies there */
    return bench_get(ctx, collection, id, offset, buffer, capacity, size);
}

START_TEST(a_damaged_record_of_which_nothing_is_left_is_noted_all_the_same)
{
    uint64_t id = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    ck_assert(idset_at(&b.core->outbox.waiting, 0, &id));
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, 40, 0xff);
    b.cloud.fault = CLOUD_FINE;
    b.storage.get = get_in_part;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    bench_run(&b, 60000);
    b.storage.get = bench_get;
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
    check_in_the_end();
}
END_TEST

START_TEST(a_stored_report_that_no_cloud_takes_stands_in_nobody_s_way)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET + 2];
    record_header header = {.kind = RECORD_Z,
                            .payload_bytes = 2,
                            .payload_crc = record_crc(0, "{}", 2),
                            .origin = POS_ORIGIN_ORIGINAL,
                            .z_number = 1,
                            .business_date = "2026-02-31",
                            .currency = "EUR",
                            .register_id = "till-1",
                            .verdict = VERDICT_WAITING};
    record_encode(&header, bytes);
    memcpy(bytes + RECORD_PAYLOAD_OFFSET, "{}", 2);
    bench_stop(&b);
    storage_memory_poke(b.disk, COLLECTION_OUTBOX, key_pack((report_key){0, 0, 0, 1}), bytes, sizeof bytes);
    ck_assert(bench_start(&b));
    bench_day(&b, 2);
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[0].sha), 1);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    ck_assert_uint_le(b.cloud.uploads, 3);
}
END_TEST

START_TEST(more_newer_records_than_can_be_set_aside_block_nothing)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET];
    record_header header = {.kind = RECORD_Z, .payload_crc = record_crc(0, NULL, 0), .verdict = VERDICT_WAITING};
    record_encode(&header, bytes);
    bytes[4] = RECORD_VERSION + 1;
    memset(bytes + 12, 0, 4); /* the header's checksum is made with zeros in its place */
    uint32_t crc = record_crc(0, bytes, sizeof bytes);
    for (unsigned i = 0; i < 4; i++)
        bytes[12 + i] = (uint8_t)(crc >> (8 * i));
    b.has_reports = false;
    bench_stop(&b);
    for (int64_t n = 1; n <= SENDER_ASIDE_MAX + 5; n++)
        storage_memory_poke(b.disk, COLLECTION_OUTBOX, key_pack((report_key){0, 0, 0, n}), bytes, sizeof bytes);
    ck_assert(bench_start(&b));
    bench_day(&b, 1000);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(b.core->sender.aside_count, SENDER_ASIDE_MAX);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending,
                      SENDER_ASIDE_MAX + 6 - cloud_count_kind(&b.cloud, 'Z', true));
    ck_assert_uint_lt(b.zero_ticks, 1000);
}
END_TEST

/* ---- memory ---- */

START_TEST(without_memory_nothing_is_queued_again)
{
    if (MEMORY_FAULT == 0)
        return;
    bench_close *z = bench_commit(&b, 1, "a");
    pos_report report = bench_report(&b, z);
    idset_free(&b.core->outbox.waiting);
    core_begin_call(b.core);
    memory_fail_at(1);
    ck_assert_int_eq(outbox_put_again(b.core, b.now, &report, b.core->state.current_slot, 0), POS_E_NO_MEMORY);
    ck_assert(memory_has_failed());
    ck_assert_uint_eq(b.core->outbox.waiting.size, 0);
    ck_assert_int_eq(outbox_put_again(b.core, b.now, &report, b.core->state.current_slot, 0), POS_OK);
    ck_assert_uint_eq(b.core->outbox.waiting.size, 1);
}
END_TEST

START_TEST(a_set_of_keys_holds_so_many)
{
    static const uint8_t secret[16] = {1};
    catalogue_keys keys = {.secret = secret, .most = 3};
    for (uint64_t i = 0; i < 3; i++)
        ck_assert(catalogue_keys_add(&keys, 100 - i));
    ck_assert(!catalogue_keys_add(&keys, 7));
    ck_assert(catalogue_keys_has(&keys, 99) && !catalogue_keys_has(&keys, 7));
    catalogue_keys_clear(&keys);
}
END_TEST

START_TEST(an_x_that_took_another_s_place_is_not_given_up_with_it)
{
    core_begin_call(b.core);
    b.cloud.fault = CLOUD_UNREACHED;
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    bench_run(&b, 10000);
    ck_assert(xslot_is_pending(b.core));
    int64_t z = b.core->x.header.z_number, sequence = b.core->x.header.x_sequence;
    xslot_give_up(b.core, z, sequence - 1);
    xslot_give_up(b.core, z - 1, sequence);
    ck_assert(xslot_is_pending(b.core));
    xslot_give_up(b.core, z, sequence);
    ck_assert(!xslot_is_pending(b.core));
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, a_ledger_that_cannot_be_read_when_the_receipts_are_there);
    tcase_add_test(tc, an_original_arrives_while_the_rebuilt_one_is_read);
    tcase_add_test(tc, or_while_it_is_under_way_with_others);
    tcase_add_test(tc, a_removal_that_fails_is_made_up_for);
    tcase_add_test(tc, so_is_that_of_one_that_was_settled_before_a_crash);
    tcase_add_test(tc, a_damaged_record_of_which_nothing_is_left_is_noted_all_the_same);
    tcase_add_test(tc, a_stored_report_that_no_cloud_takes_stands_in_nobody_s_way);
    tcase_add_test(tc, more_newer_records_than_can_be_set_aside_block_nothing);
    tcase_add_test(tc, without_memory_nothing_is_queued_again);
    tcase_add_test(tc, a_set_of_keys_holds_so_many);
    tcase_add_test(tc, an_x_that_took_another_s_place_is_not_given_up_with_it);
}

int main(void)
{
    Suite *suite = suite_create("core: between two steps of sending");
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
