/* SPDX-License-Identifier: Apache-2.0 */
/* Accepting closes: durable before OK, put errors, epochs, documents that are no reports, damaged and lost records. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_open(&b);
    ck_assert(bench_start(&b));
}

static void setup_connected(void)
{
    bench_connect(&b);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static uint32_t epoch_of(int64_t number, const char *document)
{
    core_row rows[64];
    uint32_t total = 0;
    uint32_t count = core_list_queue(b.core, b.now, 0, 64, rows, &total);
    for (uint32_t i = 0; i < count; i++) {
        record_header header;
        uint8_t *payload = NULL;
        uint32_t collection = rows[i].kept ? COLLECTION_KEPT : COLLECTION_OUTBOX;
        bool mine = rows[i].z_number == number &&
                    vault_read(&b.core->vault, collection, rows[i].id, &header, &payload) == VAULT_OK &&
                    strcmp((const char *)payload, document) == 0;
        free(payload);
        if (mine)
            return rows[i].epoch;
    }
    ck_abort_msg("Z %lld is not listed", (long long)number);
    return 0;
}

static bench_close *hand_over_new(int64_t number, const char *salt)
{
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, number, salt);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
    return &b.closes[b.close_count - 1];
}

static core_row only_row(void)
{
    core_row row = {0};
    uint32_t total = 0;
    core_list_queue(b.core, b.now, 0, 1, &row, &total);
    ck_assert_uint_eq(total, 1);
    return row;
}

/* ---- durable ---- */

START_TEST(ok_means_durable)
{
    for (int64_t n = 1; n <= 20; n++) {
        hand_over_new(n, "a");
        ck_assert_uint_eq(b.writes, n == 1 ? 2 : 1);
        storage_memory *disk = storage_memory_after_crash(b.disk, storage_memory_durable(b.disk), 0);
        ck_assert_uint_eq(storage_memory_record_count(disk, COLLECTION_OUTBOX), (uint64_t)n);
        storage_memory_free(disk);
    }
}
END_TEST

START_TEST(a_close_writes_once_even_with_the_settings_unsaved)
{
    hand_over_new(1, "a");
    core_set_welcome_seen(b.core); /* a tick will store it */
    hand_over_new(2, "a");
    ck_assert_uint_eq(b.writes, 1);
    bench_tick(&b, 0);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
}
END_TEST

static void fail_one_put(uint64_t at, int32_t code, uint32_t shows)
{
    storage_memory_fault_plan *plan = storage_memory_faults(b.disk);
    plan->put_at = at;
    plan->put_code = code;
    plan->put_shows = shows;
}

START_TEST(a_put_that_fails_is_repeated_whatever_became_of_it)
{
    hand_over_new(1, "a");
    static const int32_t codes[] = {POS_E_IO, POS_E_NO_SPACE, POS_E_BUSY};
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 2, "a");
    for (uint32_t i = 0; i < 6; i++) {
        fail_one_put(1, codes[i / 2], i % 2);
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), codes[i / 2]);
        ck_assert_str_ne(b.why, "");
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    }
    /* After an unknown outcome only a fresh put counts, even where reading shows the record. */
    uint64_t puts = storage_memory_counts(b.disk).puts;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    ck_assert_uint_eq(storage_memory_counts(b.disk).puts, puts + 1);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
    storage_memory *disk = storage_memory_after_crash(b.disk, storage_memory_durable(b.disk), 0);
    ck_assert_uint_eq(storage_memory_record_count(disk, COLLECTION_OUTBOX), 2);
    storage_memory_free(disk);
}
END_TEST

/* TOO_LARGE and MISUSE would make the host give the close up. */
START_TEST(what_a_storage_may_not_say_is_no_reason_to_give_a_close_up)
{
    static const int32_t codes[] = {POS_E_TOO_LARGE, POS_E_MISUSE, POS_E_UNSUPPORTED, -999};
    hand_over_new(1, "a");
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 2, "a");
    for (uint32_t i = 0; i < 4; i++) {
        fail_one_put(1, codes[i], 0);
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_E_FAILED);
    }
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
}
END_TEST

START_TEST(the_first_close_with_a_failing_name_record_is_refused)
{
    bench_commit(&b, 1, "a");
    fail_one_put(1, POS_E_IO, 0);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_E_IO);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_OUTBOX), 0);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_STATE), 1);
}
END_TEST

START_TEST(reading_that_fails_never_guesses)
{
    hand_over_new(1, "a");
    hand_over_new(2, "a");
    b.core->ledger.loaded = false;
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_E_IO);
    storage_memory_faults(b.disk)->get_code = 0;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
}
END_TEST

START_TEST(misuse_is_refused_in_words)
{
    bench_commit(&b, 1, "a");
    pos_report good = bench_report(&b, &b.closes[0]);
    struct {
        pos_report report;
        int32_t code;
    } bad[10];
    for (int i = 0; i < 10; i++) {
        bad[i].report = good;
        bad[i].code = POS_E_MISUSE;
    }
    bad[0].report.kind = POS_REPORT_X;
    bad[1].report.z_number = 0;
    bad[2].report.z_number = POS_Z_NUMBER_MAX + 1;
    bad[3].report.register_id = "till-2";
    bad[4].report.business_date = "2026-13-01";
    bad[5].report.business_date = NULL;
    bad[6].report.document = NULL;
    bad[7].report.document_size = POS_DOCUMENT_MAX_BYTES + 1;
    bad[7].code = POS_E_TOO_LARGE;
    bad[8].report.currency = "eur";
    bad[9].report.struct_size = 2;
    for (int i = 0; i < 10; i++) {
        b.why = NULL;
        ck_assert_int_eq(core_close_day(b.core, b.now, &bad[i].report, &b.why), bad[i].code);
        ck_assert_ptr_nonnull(b.why);
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    }
    ck_assert_int_eq(core_close_day(b.core, b.now, NULL, &b.why), POS_E_MISUSE);
    ck_assert_int_eq(core_close_day(b.core, b.now, &good, &b.why), POS_OK);
}
END_TEST

/* ---- epochs ---- */

START_TEST(numbers_that_start_again_open_an_epoch)
{
    for (int64_t n = 1; n <= 5; n++)
        hand_over_new(n, "a");
    for (int64_t n = 1; n <= 7; n++) {
        const bench_close *z = hand_over_new(n, "reset");
        ck_assert_uint_eq(epoch_of(n, z->document), 1);
    }
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 12);
    hand_over_new(2, "third");
    ck_assert_uint_eq(epoch_of(2, b.closes[12].document), 2);
    bench_restart(&b);
    hand_over_new(3, "third");
    ck_assert_uint_eq(epoch_of(3, b.closes[13].document), 2);
}
END_TEST

START_TEST(the_same_bytes_of_an_older_epoch_are_known)
{
    for (int64_t n = 1; n <= 5; n++)
        hand_over_new(n, "a");
    hand_over_new(1, "reset");
    uint64_t puts = storage_memory_counts(b.disk).puts;
    for (uint32_t i = 0; i < 5; i++)
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[i]), POS_OK);
    ck_assert_uint_eq(storage_memory_counts(b.disk).puts, puts);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(a_late_hand_over_belongs_to_its_epoch)
{
    hand_over_new(1, "a");
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 2, "a");
    hand_over_new(3, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    ck_assert_uint_eq(epoch_of(2, b.closes[1].document), 0);
    hand_over_new(4, "a");
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_restored_backup_of_the_host_opens_an_epoch_where_it_differs)
{
    for (int64_t n = 1; n <= 5; n++)
        hand_over_new(n, "a");
    hand_over_new(4, "again");
    ck_assert_uint_eq(epoch_of(4, b.closes[5].document), 1);
    hand_over_new(5, "again");
    ck_assert_uint_eq(epoch_of(5, b.closes[6].document), 1);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[4]), POS_OK); /* the first 5 once more */
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 7);
}
END_TEST

START_TEST(epochs_come_to_an_end)
{
    for (uint32_t i = 0; i <= 255; i++) {
        char salt[16];
        snprintf(salt, sizeof salt, "%u", i);
        hand_over_new(1, salt);
    }
    bench_pass(&b, 1000);
    bench_commit(&b, 1, "one too many");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[256]), POS_E_FAILED);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 256);
}
END_TEST

/* ---- originals and rebuilt ones ---- */

static int32_t hand_over_rebuilt(bench_close *z, const char *document)
{
    pos_report report = bench_report(&b, z);
    report.origin = POS_ORIGIN_REBUILT;
    report.document = document;
    report.document_size = (uint32_t)strlen(document);
    return core_close_day(b.core, b.now, &report, &b.why);
}

START_TEST(a_rebuilt_document_never_opens_an_epoch)
{
    hand_over_new(1, "a");
    hand_over_new(2, "a");
    ck_assert_int_eq(hand_over_rebuilt(&b.closes[0], "{\"rebuilt\":1}"), POS_OK);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(an_original_takes_the_place_of_a_rebuilt_one)
{
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 1, "a");
    ck_assert_int_eq(hand_over_rebuilt(&b.closes[0], "{\"rebuilt\":1}"), POS_OK);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[0].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 1);
}
END_TEST

START_TEST(even_while_or_after_the_rebuilt_one_was_sent)
{
    for (int after = 0; after <= 1; after++) {
        int64_t n = after + 1;
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "a");
        b.cloud.fault = after ? CLOUD_FINE : CLOUD_HOLD;
        ck_assert_int_eq(hand_over_rebuilt(&b.closes[n - 1], "{\"rebuilt\":1}"), POS_OK);
        bench_run(&b, 3000);
        uint32_t ticket = b.net->count;
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[n - 1]), POS_OK);
        b.cloud.fault = CLOUD_FINE;
        if (!after)
            cloud_handle(&b.cloud, b.net, &b.net->requests[ticket - 1]);
        ck_assert(bench_drain(&b, 60000));
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[n - 1].sha), 1);
        ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), (uint32_t)n);
        ck_assert_uint_eq(b.core->outbox.epoch, 0);
    }
}
END_TEST

/* ---- what is no report ---- */

START_TEST(an_invalid_document_is_kept_and_shown)
{
    static const struct {
        const char *document, *code;
    } bad[] = {{"", "empty"},
               {"{\"a\":", "invalid-json"},
               {"{\"a\":\"\xff\"}", "invalid-utf8"},
               {"{\"a\":9007199254740993}", "number-range"}};
    for (uint32_t i = 0; i < 4; i++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_close *z = bench_commit(&b, i + 1, "a");
        strcpy(z->document, bad[i].document);
        z->size = (uint32_t)strlen(bad[i].document);
        ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[i]), POS_OK);
        core_row rows[8];
        uint32_t total = 0;
        core_list_queue(b.core, b.now, 0, 8, rows, &total);
        ck_assert_uint_eq(total, i + 1);
        ck_assert_int_eq(rows[i].state, STATE_REJECTED);
        ck_assert_str_eq(rows[i].code, bad[i].code);
    }
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 4);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 4);
    hand_over_new(5, "a");
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(figures_that_no_header_can_carry_are_rejected_and_block_nothing)
{
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 1, "a")->grand_total_minor = INT64_C(1) << 53;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    bench_commit(&b, 2, "a")->closed_at_ms = -5;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    hand_over_new(3, "a");
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 1);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 2);
}
END_TEST

START_TEST(one_over_four_mebibytes_is_caught_up_without_its_document)
{
    hand_over_new(1, "a");
    ck_assert(bench_drain(&b, 60000));
    bench_pass(&b, 1000);
    b.document_bytes = POS_DOCUMENT_MAX_BYTES + 1;
    bench_commit(&b, 2, "a");
    b.document_bytes = 0;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_E_TOO_LARGE);
    ck_assert_str_ne(b.why, "");
    bench_run(&b, 5000); /* soon, not in an hour: the owner has just seen it fail */
    core_row row = only_row();
    ck_assert_int_eq(row.state, STATE_REJECTED);
    ck_assert_str_eq(row.code, "too-large");
    ck_assert_int_eq(row.z_number, 2);
    hand_over_new(3, "a");
    ck_assert(bench_drain(&b, 60000));
    bench_restart(&b);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_int_eq(only_row().z_number, 2);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: accepting closes");
    TCase *plain = tcase_create("alone");
    tcase_add_checked_fixture(plain, setup, teardown);
    tcase_add_test(plain, ok_means_durable);
    tcase_add_test(plain, a_close_writes_once_even_with_the_settings_unsaved);
    tcase_add_test(plain, a_put_that_fails_is_repeated_whatever_became_of_it);
    tcase_add_test(plain, what_a_storage_may_not_say_is_no_reason_to_give_a_close_up);
    tcase_add_test(plain, the_first_close_with_a_failing_name_record_is_refused);
    tcase_add_test(plain, reading_that_fails_never_guesses);
    tcase_add_test(plain, misuse_is_refused_in_words);
    tcase_add_test(plain, numbers_that_start_again_open_an_epoch);
    tcase_add_test(plain, the_same_bytes_of_an_older_epoch_are_known);
    tcase_add_test(plain, a_late_hand_over_belongs_to_its_epoch);
    tcase_add_test(plain, a_restored_backup_of_the_host_opens_an_epoch_where_it_differs);
    tcase_add_test(plain, epochs_come_to_an_end);
    tcase_add_test(plain, a_rebuilt_document_never_opens_an_epoch);
    tcase_add_test(plain, an_original_takes_the_place_of_a_rebuilt_one);
    tcase_add_test(plain, an_invalid_document_is_kept_and_shown);
    suite_add_tcase(suite, plain);
    TCase *connected = tcase_create("connected");
    tcase_add_checked_fixture(connected, setup_connected, teardown);
    tcase_add_test(connected, even_while_or_after_the_rebuilt_one_was_sent);
    tcase_add_test(connected, figures_that_no_header_can_carry_are_rejected_and_block_nothing);
    tcase_add_test(connected, one_over_four_mebibytes_is_caught_up_without_its_document);
    suite_add_tcase(suite, connected);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
