/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till and its plugin: a closed day is offered with the same bytes until it is taken, also by the next run of the
 * program; ticks, X reports, restarts.
 */
#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_plugin.h"
#include "till/closed.h"
#include "till_fixture.h"

static void start(struct till_fixture *fixture)
{
    fake_plugin_reset();
    till_fixture_start(fixture);
    till_fixture_open(fixture, fake_plugin_calls());
}

static int32_t hash_of_stored(void *ctx, const struct closed_report *report)
{
    *(uint64_t *)ctx = fake_plugin_hash(report->document, report->document_size);
    return POS_OK;
}

static uint64_t stored_hash(struct till_fixture *fixture, int64_t z_number)
{
    uint64_t hash = 0;
    int32_t result;
    ck_assert(closed_visit(&fixture->till.db, z_number, hash_of_stored, &hash, &result, &fixture->fault));
    ck_assert_int_eq(result, POS_OK);
    return hash;
}

START_TEST(test_a_close_is_handed_over)
{
    struct till_fixture fixture;
    start(&fixture);
    ck_assert_int_eq(till_fixture_script(&fixture, "sell 3\nclose\nsell\nclose", NULL, 0), RUN_OK);
    ck_assert_int_eq(fake_plugin.z_count, 2);
    ck_assert_int_eq(fake_plugin.z_numbers[1], 2);
    ck_assert_uint_eq(fake_plugin.z_hashes[0], stored_hash(&fixture, 1));
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE handed_over = 1"), 2);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_the_same_bytes_until_taken)
{
    struct till_fixture fixture;
    start(&fixture);
    fake_plugin.close_failures = 3;
    ck_assert_int_eq(till_fixture_script(&fixture, "sell 3\nclose\nsell", NULL, 0), RUN_OK);
    ck_assert_int_eq(fake_plugin.z_count, 0);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE handed_over = 0"), 1);
    uint64_t offered = fake_plugin.last_hash;
    ck_assert_int_eq(till_fixture_script(&fixture, "close\nadvance 5m", NULL, 0), RUN_OK);
    ck_assert_int_eq(fake_plugin.z_count, 2);
    ck_assert_uint_eq(fake_plugin.z_hashes[0], offered);
    ck_assert_int_eq(fake_plugin.z_numbers[0], 1);
    ck_assert_int_eq(fake_plugin.z_numbers[1], 2);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_refused_for_good_does_not_hold_up_the_rest)
{
    struct till_fixture fixture;
    char path[128];
    start(&fixture);
    till_fixture_write(&fixture, "broken", "{\"not\": json", path);
    fake_plugin.close_result = POS_E_TOO_LARGE;
    ck_assert_int_eq(till_fixture_script(&fixture, "sell\nclose", NULL, 0), RUN_OK);
    fake_plugin.close_result = POS_OK;
    char script[300];
    (void)snprintf(script, sizeof script, "advance 10m\nset F %s\nclose-with ${F}\nclose", path);
    ck_assert_int_eq(till_fixture_script(&fixture, script, NULL, 0), RUN_OK);
    ck_assert_int_eq(fake_plugin.z_count, 2);
    ck_assert_int_eq(fake_plugin.z_numbers[0], 2);
    ck_assert_uint_eq(fake_plugin.z_hashes[0], fake_plugin_hash("{\"not\": json", 12));
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT handed_over FROM closed_reports WHERE z_number = 1"),
                     CLOSED_REFUSED);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_death_between_close_and_handover)
{
    struct till_fixture fixture;
    int status;
    start(&fixture);
    till_fixture_close(&fixture);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        till_fixture_open(&fixture, fake_plugin_calls());
        (void)till_fixture_script(&fixture, "sell 4\ndie-before-handover", NULL, 0);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ck_assert_int_eq(fake_plugin.closes, 0);
    till_fixture_open(&fixture, fake_plugin_calls());
    ck_assert_int_eq(fake_plugin.z_count, 1);
    ck_assert_uint_eq(fake_plugin.z_hashes[0], stored_hash(&fixture, 1));
    till_fixture_recount(&fixture);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_running_figures_while_time_passes)
{
    struct till_fixture fixture;
    start(&fixture);
    fake_plugin.x_every_ms = 30 * 60000;
    ck_assert_int_eq(till_fixture_script(&fixture, "trading on\nat 20:30", NULL, 0), RUN_OK);
    /* 08:00 to 20:30, one at the start: 26 or 25; there are none before the first receipt. */
    ck_assert_int_ge(fake_plugin.x_asked, 25);
    ck_assert_int_le(fake_plugin.x_asked, 26);
    ck_assert_int_ge(fake_plugin.x_taken, 15);
    ck_assert_int_eq(fake_plugin.last_x_sequence, fake_plugin.x_taken);
    ck_assert_int_ge(fake_plugin.ticks, 12 * 60);
    ck_assert_int_eq(fixture.till.shop.running_taken, fake_plugin.x_taken);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_restart_and_wipe)
{
    struct till_fixture fixture;
    char path[160];
    start(&fixture);
    (void)snprintf(path, sizeof path, "%s/keys/plugin.key", fixture.data);
    ck_assert_int_eq(access(path, F_OK), 0);
    ck_assert_int_eq(
        till_fixture_script(&fixture, "open\nrestart\nwipe-plugin-storage\ntick resumed network-changed", NULL, 0),
        RUN_OK);
    ck_assert_int_eq(fake_plugin.creates, 3);
    ck_assert_int_eq(fake_plugin.destroys, 2);
    ck_assert_uint_eq(fake_plugin.tick_flags, POS_TICK_RESUMED | POS_TICK_NETWORK_CHANGED);
    ck_assert(!poshost_screen_is_open(fixture.till.screen));
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_a_plugin_that_does_not_start)
{
    struct till_fixture fixture;
    bool plugin_failed = false;
    struct till_source source = {.calls = fake_plugin_calls()};
    fake_plugin_reset();
    fake_plugin.create_result = POS_E_IO;
    till_fixture_start(&fixture);
    ck_assert(!till_open(&fixture.till, &fixture.options, &source, false, &plugin_failed, &fixture.fault));
    ck_assert(plugin_failed);
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "the fake refuses"));
    (void)snprintf(fixture.options.plugin, sizeof fixture.options.plugin, "%s/none.so", fixture.folder);
    ck_assert(!till_open(&fixture.till, &fixture.options, NULL, false, &plugin_failed, &fixture.fault));
    ck_assert(plugin_failed);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_slow_storage)
{
    struct till_fixture fixture;
    fake_plugin_reset();
    till_fixture_start(&fixture);
    fixture.options.storage_delay_ms = 30;
    till_fixture_open(&fixture, fake_plugin_calls());
    const pos_storage *storage = fixture.till.host.abi.storage;
    void *slow = storage->ctx;
    int64_t before_ms = clock_real_ms();
    uint32_t size;
    char byte = 'a';
    uint64_t id = 7;
    ck_assert_int_eq(storage->put(slow, 1, id, &byte, 1), POS_OK);
    ck_assert_int_eq(storage->remove(slow, 1, &id, 1), POS_OK);
    ck_assert_int_ge(clock_real_ms() - before_ms, 60);
    ck_assert_int_eq(storage->get(slow, 1, id, 0, &byte, 1, &size), POS_E_NOT_FOUND);
    till_fixture_end(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("handover");
    TCase *tests = tcase_create("handover");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_a_close_is_handed_over);
    tcase_add_test(tests, test_the_same_bytes_until_taken);
    tcase_add_test(tests, test_refused_for_good_does_not_hold_up_the_rest);
    tcase_add_test(tests, test_death_between_close_and_handover);
    tcase_add_test(tests, test_running_figures_while_time_passes);
    tcase_add_test(tests, test_restart_and_wipe);
    tcase_add_test(tests, test_a_plugin_that_does_not_start);
    tcase_add_test(tests, test_slow_storage);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
