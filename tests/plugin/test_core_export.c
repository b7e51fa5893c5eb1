/* SPDX-License-Identifier: Apache-2.0 */
/* The export of a report: its document as it was handed over, or what is left of it; and nothing is removed by it. */
#include "support/screen_bench.h"

#include "core/key.h"
#include "core/vault.h"

static bench *b;

static void setup(void)
{
    b = bench_open("en");
    bench_exported.result = POS_OK;
}

static void teardown(void)
{
    bench_close(b);
}

static int32_t export(uint64_t id, bool kept, char place[200])
{
    return core_export_item(b->core, b->now, id, kept, place, 200);
}

static core_row first_row(void)
{
    core_row row;
    uint32_t total;
    ck_assert_uint_eq(core_list_queue(b->core, b->now, 0, 1, &row, &total), 1);
    return row;
}

START_TEST(export_of_a_rejected_report)
{
    char place[200];
    bench_assign(b);
    bench_close_day(b, 1, "{\"broken\":");
    core_row row = first_row();
    ck_assert_int_eq(row.state, STATE_REJECTED);
    ck_assert_int_eq(export(row.id, row.kept, place), POS_OK);
    ck_assert_str_eq(bench_exported.name, "Z-1.json");
    ck_assert_str_eq(bench_exported.media_type, "application/json");
    ck_assert_str_eq(place, "/media/usb/Z-1.json");
    ck_assert_uint_eq(bench_exported.size_bytes, strlen("{\"broken\":"));
    ck_assert_mem_eq(bench_exported.bytes, "{\"broken\":", bench_exported.size_bytes);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).rejected, 1); /* it is still there */
    bench_exported.result = POS_E_NO_SPACE;
    ck_assert_int_eq(export(row.id, row.kept, place), POS_E_NO_SPACE);
    ck_assert_str_eq(place, "");
    ck_assert_int_eq(export(row.id + 1, row.kept, place), POS_E_NOT_FOUND);
}
END_TEST

START_TEST(export_of_a_held_report)
{
    char place[200];
    bench_close_day(b, 7, BENCH_DOCUMENT); /* nobody has chosen a store */
    core_row row = first_row();
    ck_assert_int_eq(row.state, STATE_HELD);
    ck_assert_int_eq(export(row.id, false, place), POS_OK);
    ck_assert_str_eq(bench_exported.name, "Z-7.json");
    ck_assert_mem_eq(bench_exported.bytes, BENCH_DOCUMENT, strlen(BENCH_DOCUMENT));
    ck_assert_int_eq(export(UINT64_MAX, false, place), POS_E_NOT_FOUND); /* the X, of which there is none */
}
END_TEST

/* A record on the disk goes bad before it is sent: what is left of it. */
START_TEST(export_of_what_is_left)
{
    char place[200];
    bench_assign(b);
    b->cloud.holds = true;
    bench_close_day(b, 1, BENCH_DOCUMENT);
    core_row row = first_row();
    storage_memory_damage(b->disk, COLLECTION_OUTBOX, row.id, RECORD_PAYLOAD_OFFSET + 3, 0xff);
    b->cloud.holds = false;
    bench_settle(b);
    row = first_row();
    ck_assert_int_eq(row.state, STATE_DAMAGED);
    ck_assert_int_eq(export(row.id, row.kept, place), POS_OK);
    ck_assert_str_eq(bench_exported.name, "Z-1.bin");
    ck_assert_str_eq(bench_exported.media_type, "application/octet-stream");
    ck_assert_uint_eq(bench_exported.size_bytes, RECORD_PAYLOAD_OFFSET + strlen(BENCH_DOCUMENT));
}
END_TEST

/* A kept record that goes bad itself is exported as it lies there. */
START_TEST(export_of_a_kept_record_gone_bad)
{
    char place[200];
    bench_assign(b);
    bench_close_day(b, 1, "{\"broken\":");
    core_row row = first_row();
    storage_memory_damage(b->disk, COLLECTION_KEPT, row.id, 20, 0xff);
    row = first_row();
    ck_assert_int_eq(row.state, STATE_DAMAGED);
    ck_assert_int_eq(export(row.id, row.kept, place), POS_OK);
    ck_assert_str_eq(bench_exported.name, "Z-1.bin");
    ck_assert_uint_eq(bench_exported.size_bytes, RECORD_PAYLOAD_OFFSET + strlen("{\"broken\":"));
    storage_memory_faults(b->disk)->get_code = POS_E_CORRUPT;
    ck_assert_int_eq(export(row.id, row.kept, place), POS_E_CORRUPT);
    storage_memory_faults(b->disk)->get_code = POS_E_IO;
    ck_assert_int_eq(export(row.id, row.kept, place), POS_E_IO);
    storage_memory_faults(b->disk)->get_code = POS_OK;
}
END_TEST

START_TEST(host_without_the_extension)
{
    char place[200];
    bench *poor = bench_open_with("en", true, NULL);
    bench *kept = b;
    b = poor;
    bench_close_day(b, 1, "{");
    core_row row = first_row();
    ck_assert(!core_can_export(b->core));
    ck_assert_int_eq(export(row.id, row.kept, place), POS_E_UNSUPPORTED);
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "status");
    bench_press(b, "item.kept.1");
    bench_expect_page(b, "status.item");
    ck_assert_ptr_null(screen_text_find(&b->page, "item.export"));
    bench_close(poor);
    b = kept;
}
END_TEST

static void add_export(TCase *tc)
{
    tcase_add_test(tc, export_of_a_rejected_report);
    tcase_add_test(tc, export_of_a_held_report);
    tcase_add_test(tc, export_of_what_is_left);
    tcase_add_test(tc, export_of_a_kept_record_gone_bad);
    tcase_add_test(tc, host_without_the_extension);
}

int main(void)
{
    Suite *suite = suite_create("core: export");
    TCase *tc = tcase_create("export");
    tcase_add_checked_fixture(tc, setup, teardown);
    add_export(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
