/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: what each option takes, what is refused, and that --help names them all.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "till/options.h"

static struct options options;
static struct fault fault;

static bool read_line(const char *line)
{
    static char copy[2048];
    char *arguments[64];
    int count = 0;
    char *rest = NULL;
    (void)snprintf(copy, sizeof copy, "/opt/pos/mock-host %s", line);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL && count < 63; word = strtok_r(NULL, " ", &rest))
        arguments[count++] = word;
    arguments[count] = NULL;
    return options_read(&options, count, arguments, &fault);
}

START_TEST(test_defaults)
{
    ck_assert(read_line(""));
    ck_assert_str_eq(options.plugin, "/opt/pos/factorycloud.so");
    ck_assert_str_eq(options.cloud_url, "https://127.0.0.1:8443");
    ck_assert_str_eq(options.language, "en");
    ck_assert_ptr_null(options.register_id);
    ck_assert_uint_eq(options.seed, 1);
    ck_assert_int_eq(options.speed, 0);
    ck_assert_int_eq(options.close_at_minute, -1);
    ck_assert_int_eq(options.wizard, OPTIONS_WIZARD_AS_IS);
    ck_assert(!options.trade && !options.guard_abort && !options.help);
}
END_TEST

START_TEST(test_all_options)
{
    ck_assert_msg(
        read_line("--plugin p.so --data d --cloud https://c --ca ca.pem --register R --device Bar --language es "
                  "--time-zone UTC --seed 7 --start 2026-02-01T09:00 --speed 60 --script - --replay-drain 4 "
                  "--pace-ms 0 --close-at 22:15 --trade --receipts 90 --mail-dir m --log-level debug "
                  "--catalogue c.ndjson --wizard-finished no --log-file l --storage-delay-ms 10 --guard-abort --proxy "
                  "http://p:1"),
        "%s", fault.text);
    ck_assert_str_eq(options.plugin, "p.so");
    ck_assert_str_eq(options.data, "d");
    ck_assert_str_eq(options.ca_file, "ca.pem");
    ck_assert_str_eq(options.register_id, "R");
    ck_assert_str_eq(options.device_name, "Bar");
    ck_assert_str_eq(options.language, "es");
    ck_assert_str_eq(options.time_zone, "UTC");
    ck_assert_str_eq(options.proxy, "http://p:1");
    ck_assert_str_eq(options.mail_dir, "m");
    ck_assert_uint_eq(options.seed, 7);
    ck_assert_int_eq(options.speed, 60);
    ck_assert_int_eq(options.replay_drain, 4);
    ck_assert_int_eq(options.pace_ms, 0);
    ck_assert_int_eq(options.close_at_minute, 22 * 60 + 15);
    ck_assert_int_eq(options.receipts_a_day, 90);
    ck_assert_uint_eq(options.storage_delay_ms, 10);
    ck_assert_uint_eq(options.log_level, 1);
    ck_assert_str_eq(options.catalogue, "c.ndjson");
    ck_assert_int_eq(options.wizard, OPTIONS_WIZARD_OPEN);
    ck_assert(read_line("--wizard-finished yes") && options.wizard == OPTIONS_WIZARD_FINISHED);
    ck_assert(options.catalogue == NULL);
}
END_TEST

START_TEST(test_wrong_options)
{
    static const char *const wrong[] = {"--speed 0",
                                        "--speed -1",
                                        "--speed x",
                                        "--seed",
                                        "--language fr",
                                        "--close-at 7",
                                        "--close-at 24:00",
                                        "--start now",
                                        "--log-level loud",
                                        "--unknown 1",
                                        "stray",
                                        "--receipts 0",
                                        "--script a --replay b",
                                        "--wizard-finished maybe",
                                        "--trade=yes"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fault.text[0] = '\0';
        ck_assert_msg(!read_line(wrong[i]), "taken: %s", wrong[i]);
        ck_assert_str_ne(fault.text, "");
    }
}
END_TEST

START_TEST(test_help_names_all)
{
    static const char *const names[] = {"--plugin",
                                        "--data",
                                        "--cloud",
                                        "--ca",
                                        "--register",
                                        "--device",
                                        "--language",
                                        "--time-zone",
                                        "--seed",
                                        "--speed",
                                        "--script",
                                        "--replay",
                                        "--close-at",
                                        "--trade",
                                        "--proxy",
                                        "--log-level",
                                        "--storage-delay-ms",
                                        "--guard-abort",
                                        "--mail-dir",
                                        "--help-script",
                                        "--catalogue",
                                        "--wizard-finished",
                                        "Exit status"};
    static char text[16384];
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    options_print_help(file);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_msg(strstr(text, names[i]) != NULL, "not in --help: %s", names[i]);
    (void)fclose(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *tests = tcase_create("options");
    tcase_add_test(tests, test_defaults);
    tcase_add_test(tests, test_all_options);
    tcase_add_test(tests, test_wrong_options);
    tcase_add_test(tests, test_help_names_all);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
