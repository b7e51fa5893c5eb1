/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays: plain and gzip, merged by time, broken lines told with file and line, cut-off files, repeated runs; and the
 * real data where it is there.
 */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "fake_plugin.h"
#include "till/closed.h"
#include "till/replay.h"
#include "till_fixture.h"

/* A day: its Z, or its X of a sequence. */
static void make_line(char *line, size_t capacity, char type, int z_number, int x_sequence, const char *time)
{
    char sequence[40] = "";
    if (type == 'X')
        (void)snprintf(sequence, sizeof sequence, "\"x_sequence\":%d,", x_sequence);
    (void)snprintf(line, capacity,
                   "{\"schema\":\"pos.report.%c/1\",\"report_type\":\"%c\",\"register_id\":\"R7\",\"currency\":\"GBP\","
                   "\"z_number\":%d,%s\"business_date\":\"2011-03-%02d\",\"%s\":\"2011-03-%02dT%s:00+00:00\","
                   "\"totals\":{},\"grand_totals\":{\"net\":%d}}\n",
                   type == 'X' ? 'x' : 'z', type, z_number, sequence, z_number,
                   type == 'X' ? "created_at" : "closed_at", z_number, time, z_number * 1000);
}

static void append(char *text, size_t capacity, char type, int z_number, int x_sequence, const char *time)
{
    size_t used = strlen(text);
    make_line(text + used, capacity - used, type, z_number, x_sequence, time);
}

static void start(struct till_fixture *fixture)
{
    fake_plugin_reset();
    fake_plugin.x_every_ms = 30 * 60000;
    till_fixture_start(fixture);
    fixture->options.register_id = "R7";
    till_fixture_open(fixture, fake_plugin_calls());
}

static void write_gzip(const char *path, const char *text, size_t size_bytes)
{
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, text, (unsigned)size_bytes), (int)size_bytes);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

START_TEST(test_folder_is_merged_by_time)
{
    struct till_fixture fixture;
    struct replay_counts counts;
    char z[4096] = "", x[8192] = "", path[128];
    start(&fixture);
    append(z, sizeof z, 'Z', 1, 0, "17:00");
    append(z, sizeof z, 'Z', 2, 0, "17:00");
    append(x, sizeof x, 'X', 1, 1, "09:00");
    append(x, sizeof x, 'X', 1, 2, "09:30");
    append(x, sizeof x, 'X', 1, 3, "09:31"); /* replaces the one before it, before anybody asked */
    append(x, sizeof x, 'X', 2, 1, "17:00"); /* the same moment as the Z that closes it */
    till_fixture_write(&fixture, "z.ndjson", z, path);
    (void)snprintf(path, sizeof path, "%s/x.ndjson.gz", fixture.folder);
    write_gzip(path, x, strlen(x));
    ck_assert_msg(replay_run(&fixture.till, fixture.folder, &counts, &fixture.fault), "%s", fixture.fault.text);
    ck_assert_int_eq(counts.z_read, 2);
    ck_assert_int_eq(counts.z_handed_over, 2);
    ck_assert_int_eq(counts.x_offered, 4);
    ck_assert_int_eq(counts.x_offered, counts.x_taken + counts.x_skipped);
    ck_assert_int_eq(counts.x_taken, fake_plugin.x_taken);
    ck_assert_int_eq(counts.x_taken, 2);
    ck_assert_int_eq(fake_plugin.z_count, 2);
    /* The bytes are the line without its end. */
    ck_assert_uint_eq(fake_plugin.z_hashes[0], fake_plugin_hash(z, (size_t)(strchr(z, '\n') - z)));
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT closed_at_ms FROM closed_reports WHERE z_number = 2"),
                     1299085200000);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT grand_total_minor FROM closed_reports WHERE z_number = 2"),
                     2000);
    /* The clock stands at the last report. */
    ck_assert_int_eq(clock_wall_ms(&fixture.till.clock), 1299085200000);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_replay_again_closes_nothing_twice)
{
    struct till_fixture fixture;
    struct replay_counts counts;
    char text[4096] = "", path[128];
    start(&fixture);
    append(text, sizeof text, 'X', 1, 1, "09:00");
    append(text, sizeof text, 'Z', 1, 0, "17:00");
    append(text, sizeof text, 'Z', 2, 0, "17:00");
    till_fixture_write(&fixture, "all.ndjson", text, path);
    ck_assert(replay_run(&fixture.till, path, &counts, &fixture.fault));
    ck_assert_int_eq(counts.z_known, 0);
    ck_assert(replay_run(&fixture.till, path, &counts, &fixture.fault));
    ck_assert_int_eq(counts.z_known, 2);
    ck_assert_int_eq(counts.z_handed_over, 0);
    ck_assert_int_eq(counts.x_skipped, 1);
    ck_assert_int_eq(fake_plugin.closes, 2);
    char command[160], output[256];
    (void)snprintf(command, sizeof command, "replay %s", path);
    ck_assert_int_eq(till_fixture_script(&fixture, command, output, sizeof output), RUN_OK);
    ck_assert_str_eq(output, "replay: Z read 2, handed over 0, known before 2; X offered 1, taken 0, skipped 1; "
                             "broken lines 0\n");
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_other_bytes_under_a_known_number_begin_a_series)
{
    struct till_fixture fixture;
    struct replay_counts counts;
    char text[4096] = "", path[128];
    start(&fixture);
    append(text, sizeof text, 'Z', 1, 0, "17:00");
    append(text, sizeof text, 'Z', 2, 0, "17:00");
    append(text, sizeof text, 'Z', 1, 0, "18:00");
    till_fixture_write(&fixture, "all.ndjson", text, path);
    ck_assert(replay_run(&fixture.till, path, &counts, &fixture.fault));
    ck_assert_int_eq(fake_plugin.z_count, 3);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE series = 2"), 1);
    /* Where a number was used twice the newest is what the plugin is told. */
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT last_z_number FROM till"), 1);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_broken_lines_are_passed_over)
{
    static const char *const broken[] = {
        "{\"report_type\":\"Z\"",
        "[]",
        "{\"report_type\":\"Q\"}",
        "{\"report_type\":\"Z\",\"register_id\":\"R7\",\"business_date\":\"2011-02-30\",\"currency\":\"GBP\","
        "\"z_number\":1,\"closed_at\":\"2011-03-01T17:00:00Z\",\"grand_totals\":{\"net\":1}}",
        "{\"report_type\":\"Z\",\"register_id\":\"R7\",\"business_date\":\"2011-03-01\",\"currency\":\"GBP\","
        "\"z_number\":1.5,\"closed_at\":\"2011-03-01T17:00:00Z\",\"grand_totals\":{\"net\":1}}",
        "{\"report_type\":\"Z\",\"register_id\":\"R7\",\"business_date\":\"2011-03-01\",\"currency\":\"GBP\","
        "\"z_number\":1,\"closed_at\":\"yesterday\",\"grand_totals\":{\"net\":1}}",
        "{\"report_type\":\"Z\",\"register_id\":\"R7\",\"business_date\":\"2011-03-01\",\"currency\":\"GBP\","
        "\"z_number\":1,\"closed_at\":\"2011-03-01T17:00:00Z\"}",
        "{\"report_type\":\"Z\",\"register_id\":\"another\",\"business_date\":\"2011-03-01\",\"currency\":\"GBP\","
        "\"z_number\":1,\"closed_at\":\"2011-03-01T17:00:00Z\",\"grand_totals\":{\"net\":1}}"};
    struct till_fixture fixture;
    struct replay_counts counts;
    char text[8192] = "", path[128];
    size_t count = sizeof broken / sizeof broken[0];
    start(&fixture);
    append(text, sizeof text, 'Z', 1, 0, "17:00");
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s\n\n", broken[i]);
    }
    append(text, sizeof text, 'Z', 2, 0, "17:00");
    text[strlen(text) - 1] = '\0'; /* the last line needs no end */
    till_fixture_write(&fixture, "all.ndjson", text, path);
    ck_assert(!replay_run(&fixture.till, path, &counts, &fixture.fault));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "8 broken lines"));
    ck_assert_int_eq(counts.broken_lines, (int64_t)count);
    ck_assert_int_eq(fake_plugin.z_count, 2);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_cut_off_and_missing_files)
{
    struct till_fixture fixture;
    struct replay_counts counts;
    char text[60000] = "", path[128];
    start(&fixture);
    for (int day = 1; day <= 28; day++)
        append(text, sizeof text, 'Z', day, 0, "17:00");
    (void)snprintf(path, sizeof path, "%s/z.ndjson.gz", fixture.folder);
    write_gzip(path, text, strlen(text));
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(truncate(path, info.st_size - 30), 0);
    ck_assert(!replay_run(&fixture.till, path, &counts, &fixture.fault));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "cut off or damaged"));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "z.ndjson.gz"));
    ck_assert_int_eq(counts.z_read, fake_plugin.z_count);
    ck_assert(!replay_run(&fixture.till, fixture.data, &counts, &fixture.fault));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "neither z.ndjson nor x.ndjson"));
    ck_assert(!replay_run(&fixture.till, "/nonexistent/z", &counts, &fixture.fault));
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "cannot read /nonexistent/z"));
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_peek)
{
    struct till_fixture fixture;
    char text[4096] = "not a report\n", path[128], register_id[DATABASE_REGISTER_BYTES];
    int64_t first_ms;
    till_fixture_start(&fixture);
    append(text, sizeof text, 'X', 2, 1, "09:00");
    append(text, sizeof text, 'Z', 2, 0, "17:00");
    till_fixture_write(&fixture, "all.ndjson", text, path);
    ck_assert(replay_peek(path, register_id, &first_ms, &fixture.fault));
    ck_assert_str_eq(register_id, "R7");
    ck_assert_int_eq(first_ms, 1299056400000);
    till_fixture_write(&fixture, "empty", "\n\n", path);
    ck_assert(!replay_peek(path, register_id, &first_ms, &fixture.fault));
    till_fixture_end(&fixture);
}
END_TEST

static bool find_real_data(char path[512])
{
    const char *given = getenv("FACTORYCLOUD_TEST_DATA");
    (void)snprintf(path, 512, "%s/online-retail", given != NULL ? given : "../shared/data");
    if (access(path, R_OK) == 0)
        return true;
    (void)fprintf(stderr, "SKIPPED: the real reports are not at %s (FACTORYCLOUD_TEST_DATA)\n", path);
    return false;
}

START_TEST(test_real_reports)
{
    struct till_fixture fixture;
    struct replay_counts counts;
    char path[512];
    if (!find_real_data(path))
        return;
    fake_plugin_reset();
    fake_plugin.x_every_ms = 30 * 60000;
    till_fixture_start(&fixture);
    fixture.options.register_id = "uk-gift-1";
    till_fixture_open(&fixture, fake_plugin_calls());
    ck_assert_msg(replay_run(&fixture.till, path, &counts, &fixture.fault), "%s", fixture.fault.text);
    ck_assert_int_eq(counts.z_handed_over, 305);
    ck_assert_int_eq(counts.x_offered, 5623);
    ck_assert_int_eq(counts.x_taken + counts.x_skipped, 5623);
    /* The fake asks every 30 minutes and up to one late: it misses one X in thirty, and the last before a close. */
    ck_assert_int_gt(counts.x_taken, 5623 - 5623 / 30 - 2 * 305);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT grand_total_minor FROM closed_reports WHERE z_number = 305"),
                     999543956);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE handed_over = 1"), 305);
    till_fixture_end(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay");
    TCase *tests = tcase_create("replay");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_folder_is_merged_by_time);
    tcase_add_test(tests, test_replay_again_closes_nothing_twice);
    tcase_add_test(tests, test_other_bytes_under_a_known_number_begin_a_series);
    tcase_add_test(tests, test_broken_lines_are_passed_over);
    tcase_add_test(tests, test_cut_off_and_missing_files);
    tcase_add_test(tests, test_peek);
    tcase_add_test(tests, test_real_reports);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
