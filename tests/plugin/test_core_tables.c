/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's tables at their ends: id sets that get no memory, escapes in a document, a state record with more in it than
 * there is room for, more troubled reports than can be set aside; and what takes the place of what.
 */
#include "memory_fault.h"

#include "core/document.h"
#include "core/idset.h"
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

static void check_all_counted(void)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[i].sha) == 1, "Z %lld counts %u times",
                      (long long)b.closes[i].number, cloud_counts(&b.cloud, b.closes[i].sha));
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}

/* ---- id sets ---- */

START_TEST(an_id_set_without_memory_is_as_it_was)
{
    idset set = {0};
    if (MEMORY_FAULT == 0)
        return;
    memory_fail_at(1);
    ck_assert(!idset_add(&set, 10));
    ck_assert(memory_has_failed());
    ck_assert_uint_eq(set.size, 0);
    for (uint64_t id = 0; id < 80; id += 10) /* eight runs: as many as there is room for at first */
        ck_assert(idset_add(&set, id));
    memory_fail_at(1);
    ck_assert(!idset_add(&set, 100));
    ck_assert(!idset_has(&set, 100));
    memory_fail_at(0);
    ck_assert(idset_add(&set, 11) && idset_add(&set, 12));
    memory_fail_at(1);
    ck_assert(!idset_remove(&set, 11)); /* in the middle of a run: makes two of it */
    ck_assert(memory_has_failed());
    ck_assert(idset_has(&set, 11) && set.size == 10);
    ck_assert(idset_remove(&set, 11) && !idset_has(&set, 11) && set.size == 9);
    idset_free(&set);
}
END_TEST

/* ---- exporting ---- */

static int32_t save(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size, char *place,
                    uint32_t room)
{
    (void)ctx, (void)name, (void)media_type, (void)bytes, (void)size;
    snprintf(place, room, "here");
    return POS_OK;
}

START_TEST(an_export_without_memory_says_so)
{
    static const pos_export exporter = {.struct_size = sizeof exporter, .save = save};
    char place[20];
    uint64_t id = 0;
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    bench_day(&b, 1);
    bench_run(&b, 5000);
    ck_assert(idset_at(&b.core->outbox.kept, 0, &id));
    b.core->env.exporter = &exporter;
    for (int damaged = 0; damaged < 2; damaged++) {
        memory_fail_at(1);
        int32_t result = core_export_item(b.core, b.now, id, true, place, sizeof place);
        if (memory_has_failed())
            ck_assert_int_eq(result, damaged ? POS_E_NO_MEMORY : POS_E_IO);
        ck_assert_int_eq(core_export_item(b.core, b.now, id, true, place, sizeof place), POS_OK);
        ck_assert_str_eq(place, "here");
        storage_memory_damage(b.disk, COLLECTION_KEPT, id, RECORD_PAYLOAD_OFFSET + 3, 1);
        if (damaged == 0) /* its header, too: then the record as it lies there is read */
            storage_memory_damage(b.disk, COLLECTION_KEPT, id, 40, 0xff);
    }
}
END_TEST

START_TEST(an_x_is_not_exported)
{
    static const pos_export exporter = {.struct_size = sizeof exporter, .save = save};
    char place[20];
    core_row row;
    uint32_t total = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    bench_run(&b, 10000);
    ck_assert_uint_eq(core_list_queue(b.core, b.now, 0, 1, &row, &total), 1);
    ck_assert_int_eq(row.kind, POS_REPORT_X);
    b.core->env.exporter = &exporter;
    ck_assert_int_eq(core_export_item(b.core, b.now, row.id, false, place, sizeof place), POS_E_NOT_FOUND);
}
END_TEST

/* ---- a document ---- */

START_TEST(escapes_are_characters_or_faults)
{
    static const char *const good[] = {"\"\\u0041\"", "\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\"", "\"\\uFFFF\"",
                                       "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""};
    static const char *const bad[] = {"\"\\u0000\"",
                                      "\"\\uDC00\"",
                                      "\"\\uDFFF\"",
                                      "\"\\uD800\"",
                                      "\"\\uD800x\\u1\"",
                                      "\"\\uD800\\n12\"",
                                      "\"\\uD800\\u0041\"",
                                      "\"\\uD800\\uE000\"",
                                      "\"\\uD800\\uDC0\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\\x\"",
                                      "\"\\",
                                      "\"\\u12",
                                      "\"\\uD800\\",
                                      "\"\\uD800"};
    char text[80];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int length = snprintf(text, sizeof text, "{\"a\":%s}", good[i]);
        ck_assert_msg(!document_check(text, (size_t)length).code, "%s", text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int length = snprintf(text, sizeof text, "{\"a\":%s", bad[i]);
        if (text[length - 1] == '"')
            length += snprintf(text + length, sizeof text - (size_t)length, "}");
        ck_assert_msg(document_check(text, (size_t)length).code, "%s", text);
        ck_assert_str_eq(document_check(text, (size_t)length).code, "invalid-json");
    }
    ck_assert_str_eq(document_check("{\"a\":\"\\\0n\"}", 10).code, "invalid-json");
}
END_TEST

START_TEST(numbers_are_as_small_as_a_double_goes)
{
    ck_assert_ptr_null(document_check("{\"a\":1e-300}", 12).code);
    ck_assert_str_eq(document_check("{\"a\":1e-301}", 12).code, "number-range");
    ck_assert_ptr_null(document_check("{\"a\":9e15}", 10).code);
    ck_assert_str_eq(document_check("{\"a\":9e16}", 10).code, "number-range");
    ck_assert_str_eq(document_check("{\"a\":1e}", 8).code, "invalid-json");
}
END_TEST

/* ---- the state ---- */

START_TEST(a_state_with_more_than_there_is_room_for_is_cut)
{
    static char text[65536];
    static state s;
    int used = snprintf(text, sizeof text, "{\"destinations\":[");
    for (uint32_t i = 0; i < DESTINATIONS_MAX + 3; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s{\"store_id\":\"sto_%u\"}", i ? "," : "", i);
    used += snprintf(text + used, sizeof text - (size_t)used, "],\"registers\":[");
    for (uint32_t i = 0; i < REGISTERS_MAX + 3; i++)
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "%s{\"register_id\":\"r%u\",\"z_floor\":5,\"z_floor_sha256\":\"%s\"}", i ? "," : "", i,
                         i == 1 ? "abcd" : "not hex");
    used += snprintf(text + used, sizeof text - (size_t)used, "],\"slots\":[");
    for (uint32_t i = 0; i < SLOT_MAX + 5; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s0", i ? "," : "");
    used += snprintf(text + used, sizeof text - (size_t)used, "],\"create_form\":\"zz\",\"create_key\":\"k\"}");
    record_header header = {.kind = RECORD_STATE, .payload_bytes = (uint32_t)used};
    ck_assert_int_eq(vault_put(&b.core->vault, COLLECTION_STATE, RECORD_STATE_ID, &header, text), POS_OK);
    ck_assert_int_eq(state_load(&b.core->vault, &s), VAULT_OK);
    ck_assert_uint_eq(s.destination_count, DESTINATIONS_MAX);
    ck_assert_uint_eq(s.register_count, REGISTERS_MAX);
    ck_assert_uint_eq(s.slot_count, SLOT_MAX + 1);
    ck_assert_str_eq(s.destinations[DESTINATIONS_MAX - 1].store_id, "sto_31");
    ck_assert_int_eq(s.registers[0].z_floor, 0); /* a floor without its hash is none */
    ck_assert_str_eq(s.create.key, "");
    header = (record_header){.kind = RECORD_SECRET, .payload_bytes = 2};
    ck_assert_int_eq(vault_put(&b.core->vault, COLLECTION_STATE, RECORD_STATE_ID, &header, "{}"), POS_OK);
    ck_assert_int_eq(state_load(&b.core->vault, &s), VAULT_BAD);
}
END_TEST

START_TEST(numbers_beyond_what_they_may_be_read_as_none)
{
    static state s;
    static const char text[] =
        "{\"current_slot\":-1,\"slots\":[0],\"x_enabled\":\"yes\",\"resend\":{\"compared\":-1,\"sent\":1e18,"
        "\"gone\":3},\"catalogue\":{\"upload_lines\":-1,\"upload_replaces\":1e300,\"taken_generation\":7,"
        "\"upload_id\":"
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
        "\"upload_store\":\"sto_A\"}}";
    record_header header = {.kind = RECORD_STATE, .payload_bytes = sizeof text - 1};
    ck_assert_int_eq(vault_put(&b.core->vault, COLLECTION_STATE, RECORD_STATE_ID, &header, text), POS_OK);
    ck_assert_int_eq(state_load(&b.core->vault, &s), VAULT_OK);
    ck_assert_uint_eq(s.current_slot, 0);
    ck_assert(!s.x_enabled);
    ck_assert_uint_eq(s.resend.compared, 0);
    ck_assert_uint_eq(s.resend.sent, 0);
    ck_assert_uint_eq(s.resend.gone, 3);
    ck_assert_int_eq(s.catalogue.upload_lines, 0);
    ck_assert_int_eq(s.catalogue.upload_replaces, 0);
    ck_assert_uint_eq(s.catalogue.taken_generation, 0);
    ck_assert_str_eq(s.catalogue.upload_id, "");
    ck_assert_str_eq(s.catalogue.upload_store, "sto_A");
}
END_TEST

/* ---- set aside ---- */

START_TEST(more_troubled_reports_than_can_be_set_aside_do_not_make_it_hammer)
{
    b.cloud.body_cap = 1; /* a proxy that lets nothing through */
    for (int64_t n = 1; n <= SENDER_ASIDE_MAX + 20; n++)
        bench_day(&b, n);
    bench_run(&b, 10 * 60000);
    ck_assert_uint_eq(b.core->sender.aside_count, SENDER_ASIDE_MAX);
    ck_assert_int_gt(core_get_queue(b.core, b.now).next_try_in_ms, 0);
    b.cloud.body_cap = 0;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    ck_assert(bench_drain(&b, 24 * BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

/* ---- what takes the place of what ---- */

static bench_close *rebuilt_day(int64_t number)
{
    bench_pass(&b, BENCH_HOUR_MS);
    bench_close *z = bench_commit(&b, number, "rebuilt");
    z->origin = POS_ORIGIN_REBUILT;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    return z;
}

START_TEST(an_original_takes_the_place_of_a_rebuilt_one_that_was_kept)
{
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    rebuilt_day(1);
    bench_run(&b, 5000);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 1);
    b.cloud.reject_z = 0;
    bench_close *z = bench_commit(&b, 1, "original");
    storage_memory_faults(b.disk)->remove_code = POS_E_IO;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_E_IO);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 1);
    storage_memory_faults(b.disk)->remove_code = POS_OK;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 0);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, z->sha), 1);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_rebuilt_one_of_another_day_proves_nothing)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    bench_close *z = rebuilt_day(1);
    memcpy(z->date, "2025-05-05", 11);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    bench_run(&b, 60000);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 1);
}
END_TEST

/* The host repeats its hand-over, and the record of it went bad on the disk in between. */
START_TEST(a_close_repeated_over_its_damaged_record_counts_once)
{
    uint64_t id = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 1);
    bench_close *z = bench_day(&b, 2);
    ck_assert(idset_at(&b.core->outbox.waiting, 1, &id));
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, 40, 0xff);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 3 * BENCH_HOUR_MS);
    check_all_counted();
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 2);
}
END_TEST

START_TEST(a_kept_record_gone_bad_is_counted_as_damaged)
{
    uint64_t id = 0;
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    bench_day(&b, 1);
    bench_run(&b, 5000);
    ck_assert(idset_at(&b.core->outbox.kept, 0, &id));
    storage_memory_damage(b.disk, COLLECTION_KEPT, id, 40, 0xff);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
}
END_TEST

/* ---- registers and numberings ---- */

START_TEST(what_waits_of_another_register_is_no_number_of_this_one)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    b.has_reports = false;
    b.reg = "till-2";
    bench_restart(&b);
    bench_day(&b, 7);
    ck_assert(bench_drain(&b, 60000));
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 8);
    b.reg = "till-1";
    bench_restart(&b);
    ck_assert_int_eq(b.core->outbox.last_number, 1);
    b.cloud.fault = CLOUD_FINE;
    ck_assert(bench_drain(&b, 60000));
    check_all_counted();
}
END_TEST

START_TEST(an_adopted_till_counts_on_in_the_numbering_that_the_cloud_knows)
{
    char till[PROTOCOL_TILL_ID_LEN + 1];
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    bench_pass(&b, BENCH_HOUR_MS);
    ck_assert_int_eq(bench_hand_over(&b, bench_commit(&b, 1, "reset")), POS_OK);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
    b.has_reports = false;
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = storage_memory_new();
    ck_assert(bench_start(&b));
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    memcpy(till, core_known_tills(b.core).items[0].till_id, sizeof till);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, till), PROGRESS_DONE);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
    bench_run(&b, 2000);
    bench_restart(&b); /* before anything was closed: only the state knows */
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
    bench_day(&b, 2);
    ck_assert(bench_drain(&b, 60000));
    check_all_counted();
    ck_assert_int_eq(b.cloud.reports[2].epoch, 1);
}
END_TEST

START_TEST(no_core_is_destroyed_without_harm)
{
    core_destroy(NULL);
    ck_assert_ptr_nonnull(b.core);
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, an_id_set_without_memory_is_as_it_was);
    tcase_add_test(tc, an_export_without_memory_says_so);
    tcase_add_test(tc, an_x_is_not_exported);
    tcase_add_test(tc, escapes_are_characters_or_faults);
    tcase_add_test(tc, numbers_are_as_small_as_a_double_goes);
    tcase_add_test(tc, a_state_with_more_than_there_is_room_for_is_cut);
    tcase_add_test(tc, numbers_beyond_what_they_may_be_read_as_none);
    tcase_add_test(tc, more_troubled_reports_than_can_be_set_aside_do_not_make_it_hammer);
    tcase_add_test(tc, an_original_takes_the_place_of_a_rebuilt_one_that_was_kept);
    tcase_add_test(tc, a_rebuilt_one_of_another_day_proves_nothing);
    tcase_add_test(tc, a_close_repeated_over_its_damaged_record_counts_once);
    tcase_add_test(tc, a_kept_record_gone_bad_is_counted_as_damaged);
    tcase_add_test(tc, what_waits_of_another_register_is_no_number_of_this_one);
    tcase_add_test(tc, an_adopted_till_counts_on_in_the_numbering_that_the_cloud_knows);
    tcase_add_test(tc, no_core_is_destroyed_without_harm);
}

int main(void)
{
    Suite *suite = suite_create("core: tables at their ends");
    TCase *tc = tcase_create("tables");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    add_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
