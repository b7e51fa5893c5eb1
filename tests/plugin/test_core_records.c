/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A storage that holds what it should not: pages of the ledger that are none, a till's id cut short, ids beyond all
 * others, records that vanish between two looks or are another version's; and what is shown, exported and sent then.
 */
#include "support/core_bench.h"

static bench b;
static struct {
    char name[80];
    uint32_t count;
} exported;

static int32_t save(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size, char *place,
                    uint32_t room)
{
    (void)ctx;
    (void)media_type;
    (void)bytes;
    (void)size;
    snprintf(exported.name, sizeof exported.name, "%s", name);
    snprintf(place, room, "here");
    exported.count++;
    return POS_OK;
}

static const pos_export exporter = {.struct_size = sizeof exporter, .save = save};

static void setup(void)
{
    memset(&exported, 0, sizeof exported);
    bench_connect(&b);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static core_row row_at(uint32_t index)
{
    core_row row = {0};
    uint32_t total = 0;
    ck_assert_uint_eq(core_list_queue(b.core, b.now, index, 1, &row, &total), 1);
    return row;
}

static void check_all_counted(void)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
}

static void poke(uint32_t collection, uint64_t id, record_header header, const void *payload)
{
    static uint8_t bytes[RECORD_PAYLOAD_OFFSET + 65536];
    header.payload_crc = record_crc(0, payload, header.payload_bytes);
    record_encode(&header, bytes);
    if (header.payload_bytes > 0)
        memcpy(bytes + RECORD_PAYLOAD_OFFSET, payload, header.payload_bytes);
    storage_memory_poke(b.disk, collection, id, bytes, RECORD_PAYLOAD_OFFSET + header.payload_bytes);
}

/* As a newer plugin would have written it. */
static void make_newer(uint32_t collection, uint64_t id)
{
    uint32_t size = 0;
    uint8_t copy[RECORD_PAYLOAD_OFFSET + 4096];
    const void *bytes = storage_memory_peek(b.disk, collection, id, &size);
    ck_assert(bytes && size <= sizeof copy);
    memcpy(copy, bytes, size);
    copy[4] = RECORD_VERSION + 1;
    memset(copy + 12, 0, 4); /* the header's checksum is made with zeros in its place */
    uint32_t crc = record_crc(0, copy, RECORD_PAYLOAD_OFFSET);
    for (unsigned i = 0; i < 4; i++)
        copy[12 + i] = (uint8_t)(crc >> (8 * i));
    storage_memory_poke(b.disk, collection, id, copy, size);
}

/* ---- the ledger ---- */

START_TEST(a_page_that_is_none_is_found_again_by_sending)
{
    static uint8_t payload[65536];
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    uint64_t id = ledger_key_pack(b.core->outbox.reg, 0, 1);
    uint32_t size = 0;
    const uint8_t *good = storage_memory_peek(b.disk, COLLECTION_LEDGER, id, &size);
    uint32_t entry_bytes = size - RECORD_PAYLOAD_OFFSET;
    memcpy(payload, good + RECORD_PAYLOAD_OFFSET, entry_bytes);
    memcpy(payload + entry_bytes, payload, entry_bytes); /* the same number twice */
    const record_header bad[] = {{.kind = RECORD_STATE, .payload_bytes = entry_bytes},
                                 {.kind = RECORD_LEDGER, .payload_bytes = entry_bytes - 1},
                                 {.kind = RECORD_LEDGER, .payload_bytes = (LEDGER_BLOCK + 1) * entry_bytes},
                                 {.kind = RECORD_LEDGER, .payload_bytes = 2 * entry_bytes}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        poke(COLLECTION_LEDGER, id, bad[i], payload);
        bench_restart(&b);
        ck_assert(bench_logged(&b, "a page of the delivery ledger cannot be read"));
        bench_day(&b, 2 + (int64_t)i);
        ck_assert(bench_drain(&b, 60000));
        bench_run(&b, 2 * BENCH_HOUR_MS);
        check_all_counted();
        ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 2 + (int64_t)i);
    }
}
END_TEST

START_TEST(what_is_delivered_is_told_without_its_day_while_the_page_cannot_be_read)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_str_ne(core_get_queue(b.core, b.now).delivered_through_date, "");
    ledger_drop(&b.core->ledger);
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 1);
    ck_assert_str_eq(core_get_queue(b.core, b.now).delivered_through_date, "");
    storage_memory_faults(b.disk)->get_code = POS_OK;
    ck_assert_str_ne(core_get_queue(b.core, b.now).delivered_through_date, "");
}
END_TEST

/* ---- at the start ---- */

START_TEST(a_storage_that_cannot_be_read_or_listed_is_no_start)
{
    bench_day(&b, 1);
    bench_stop(&b);
    storage_memory_faults(b.disk)->list_code = POS_E_IO;
    ck_assert(!bench_start(&b));
    ck_assert_str_eq(b.why, "the storage cannot be listed");
    storage_memory_faults(b.disk)->list_code = POS_OK;
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
    ck_assert(!bench_start(&b));
    storage_memory_faults(b.disk)->get_code = POS_OK;
    ck_assert(bench_start(&b));
    ck_assert(bench_drain(&b, 60000));
    check_all_counted();
}
END_TEST

START_TEST(a_till_id_that_is_none_is_made_anew_and_the_cloud_asks)
{
    char before[PROTOCOL_TILL_ID_LEN + 1];
    memcpy(before, b.core->device_id, sizeof before);
    bench_stop(&b);
    poke(COLLECTION_DEVICE, RECORD_DEVICE_ID, (record_header){.kind = RECORD_DEVICE, .payload_bytes = 5}, "short");
    ck_assert(bench_start(&b));
    ck_assert_str_ne(b.core->device_id, before);
    ck_assert_uint_eq(strlen(b.core->device_id), PROTOCOL_TILL_ID_LEN);
    bench_day(&b, 1);
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 0); /* not before the owner has said who this is */
    ck_assert_uint_eq(core_get_queue(b.core, b.now).held, 1);
}
END_TEST

START_TEST(a_newer_till_id_is_no_start)
{
    bench_stop(&b);
    make_newer(COLLECTION_DEVICE, RECORD_DEVICE_ID);
    ck_assert(!bench_start(&b));
    ck_assert_ptr_nonnull(strstr(b.why, "newer version"));
}
END_TEST

START_TEST(a_secret_longer_than_any_is_none)
{
    static char text[PROTOCOL_TOKEN_MAX + 2];
    memset(text, 't', sizeof text - 1);
    bench_stop(&b);
    for (uint64_t id = RECORD_SESSION_ID; id <= RECORD_TOKEN_ID; id += RECORD_TOKEN_ID - RECORD_SESSION_ID)
        poke(COLLECTION_SECRET, id, (record_header){.kind = RECORD_SECRET, .payload_bytes = sizeof text - 1}, text);
    ck_assert(bench_start(&b));
    ck_assert(!core_get_account(b.core).logged_in && core_get_account(b.core).session_ended);
    bench_day(&b, 1);
    bench_run(&b, 5000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_LOG_IN);
    ck_assert(bench_log_in(&b)); /* renews the permission, too */
    ck_assert(bench_drain(&b, 60000));
    check_all_counted();
}
END_TEST

START_TEST(a_storage_serves_so_many_registers)
{
    static char names[REGISTERS_MAX + 1][16];
    bench_stop(&b);
    for (uint32_t i = 1; i <= REGISTERS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "till-%u", i + 1);
        b.reg = names[i];
        bool started = bench_start(&b);
        ck_assert_msg(started == (i < REGISTERS_MAX), "register %u", i);
        if (started) {
            bench_run(&b, 2000);
            bench_stop(&b);
        }
    }
    ck_assert_str_eq(b.why, "this storage has served 63 registers; start with a fresh one");
    b.reg = "till-1";
    ck_assert(bench_start(&b));
}
END_TEST

START_TEST(each_register_goes_on_from_its_own_last_number)
{
    for (int64_t n = 1; n <= 3; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    b.has_reports = false; /* a till's history is its own */
    b.reg = "till-2";
    bench_restart(&b);
    ck_assert_int_eq(b.core->outbox.last_number, 0);
    bench_run(&b, 2000);
    b.reg = "till-1";
    bench_restart(&b);
    ck_assert_int_eq(b.core->outbox.last_number, 3);
}
END_TEST

/* ---- ids ---- */

START_TEST(an_id_beyond_all_others_is_listed_and_ends_a_search)
{
    uint32_t index = 0;
    bench_stop(&b);
    poke(COLLECTION_KEPT, UINT64_MAX,
         (record_header){.kind = RECORD_Z, .verdict = VERDICT_REJECTED, .z_number = 5, .payload_bytes = 2}, "{}");
    ck_assert(bench_start(&b));
    ck_assert(!core_find_in_queue(b.core, 5, 0, &index));
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 1);
    ck_assert_int_eq(row_at(0).state, STATE_REJECTED);
    ck_assert(!core_find_in_queue(b.core, 0, 0, &index));
    ck_assert(!core_find_in_queue(b.core, POS_Z_NUMBER_MAX + 1, 0, &index));
}
END_TEST

/* ---- exporting ---- */

static int32_t export_first(void)
{
    char place[100];
    core_row row = row_at(0);
    b.core->env.exporter = &exporter;
    return core_export_item(b.core, b.now, row.id, row.kept, place, sizeof place);
}

START_TEST(an_export_says_why_there_is_nothing_to_save)
{
    static const struct {
        int32_t get_code, result;
    } ways[] = {{POS_E_NOT_FOUND, POS_E_NOT_FOUND}, {POS_E_IO, POS_E_IO}, {POS_E_CORRUPT, POS_E_CORRUPT}};
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    bench_day(&b, 1);
    bench_run(&b, 5000);
    core_row row = row_at(0);
    ck_assert_int_eq(row.state, STATE_REJECTED);
    /* What a row shows is read anew each time: the export finds the same trouble right after it. */
    char place[100];
    b.core->env.exporter = &exporter;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        storage_memory_faults(b.disk)->get_code = ways[i].get_code;
        ck_assert_int_eq(core_export_item(b.core, b.now, row.id, row.kept, place, sizeof place), ways[i].result);
        storage_memory_faults(b.disk)->get_code = POS_OK;
    }
    make_newer(COLLECTION_KEPT, row.id);
    ck_assert_int_eq(core_export_item(b.core, b.now, row.id, row.kept, place, sizeof place), POS_E_UNSUPPORTED);
    ck_assert_str_eq(place, "");
    ck_assert_uint_eq(exported.count, 0);
}
END_TEST

START_TEST(a_report_of_a_later_numbering_says_so_in_its_name)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    b.cloud.reject_z = b.cloud.reject_z_to = 1;
    bench_pass(&b, BENCH_HOUR_MS);
    ck_assert_int_eq(bench_hand_over(&b, bench_commit(&b, 1, "reset")), POS_OK);
    bench_run(&b, 5000);
    ck_assert_int_eq(export_first(), POS_OK);
    ck_assert_str_eq(exported.name, "Z-1-numbering-2.json");
}
END_TEST

/* ---- sending ---- */

/* The outbox shows another length than the header said, from the second piece on. */
static uint64_t shrunk_id;

static int32_t get_shrunk(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer, uint32_t capacity,
                          uint32_t *size)
{
    int32_t result = bench_get(ctx, collection, id, offset, buffer, capacity, size);
    if (collection == COLLECTION_OUTBOX && offset > RECORD_PAYLOAD_OFFSET && id == shrunk_id) {
        *size -= 1;
        shrunk_id = 0;
    }
    return result;
}

START_TEST(a_record_that_changes_its_length_while_it_is_read_is_damaged)
{
    b.cloud.fault = CLOUD_UNREACHED;
    b.document_bytes = 600 * 1024;
    bench_day(&b, 1);
    ck_assert(idset_at(&b.core->outbox.waiting, 0, &shrunk_id));
    b.storage.get = get_shrunk;
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 60000);
    ck_assert_uint_eq(shrunk_id, 0);
    ck_assert_uint_eq(b.cloud.bodies_bad, 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
    ck_assert(bench_drain(&b, 60000));
    check_all_counted(); /* asked for again, from the history */
}
END_TEST

START_TEST(a_large_record_is_put_aside_within_the_budget_of_a_tick)
{
    uint64_t id = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    b.document_bytes = 512 * 1024;
    bench_day(&b, 1);
    ck_assert(idset_at(&b.core->outbox.waiting, 0, &id));
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, RECORD_PAYLOAD_OFFSET + 512 * 1024 - 3, 1);
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 60000); /* every tick is measured */
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_DAMAGED), 1);
    ck_assert(bench_drain(&b, 60000));
    check_all_counted();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: records that are not as they were left");
    TCase *tc = tcase_create("records");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_page_that_is_none_is_found_again_by_sending);
    tcase_add_test(tc, what_is_delivered_is_told_without_its_day_while_the_page_cannot_be_read);
    tcase_add_test(tc, a_storage_that_cannot_be_read_or_listed_is_no_start);
    tcase_add_test(tc, a_till_id_that_is_none_is_made_anew_and_the_cloud_asks);
    tcase_add_test(tc, a_newer_till_id_is_no_start);
    tcase_add_test(tc, a_secret_longer_than_any_is_none);
    tcase_add_test(tc, a_storage_serves_so_many_registers);
    tcase_add_test(tc, each_register_goes_on_from_its_own_last_number);
    tcase_add_test(tc, an_id_beyond_all_others_is_listed_and_ends_a_search);
    tcase_add_test(tc, an_export_says_why_there_is_nothing_to_save);
    tcase_add_test(tc, a_report_of_a_later_numbering_says_so_in_its_name);
    tcase_add_test(tc, a_record_that_changes_its_length_while_it_is_read_is_damaged);
    tcase_add_test(tc, a_large_record_is_put_aside_within_the_budget_of_a_tick);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
