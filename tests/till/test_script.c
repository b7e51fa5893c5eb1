/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script language: taking lines apart, every command, and what is said about wrong ones.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_plugin.h"
#include "till_fixture.h"

static struct till_fixture fixture;
static char output[16384];

static void start(void)
{
    fake_plugin_reset();
    till_fixture_start(&fixture);
    fixture.options.mail_dir = fixture.folder;
    till_fixture_open(&fixture, fake_plugin_calls());
}

static enum run_result run(const char *commands)
{
    return till_fixture_script(&fixture, commands, output, sizeof output);
}

static void expect_ok(const char *commands)
{
    enum run_result result = run(commands);
    ck_assert_msg(result == RUN_OK, "%s: %s", commands, fixture.fault.text);
}

static void expect_refused(const char *commands, enum run_result result, const char *words)
{
    ck_assert_msg(run(commands) == result, "%s: %s", commands, fixture.fault.text);
    ck_assert_msg(strstr(fixture.fault.text, words) != NULL, "%s: %s", commands, fixture.fault.text);
}

START_TEST(test_words)
{
    static struct words words;
    static struct variables variables;
    struct fault fault;
    ck_assert(variables_set(&variables, "NAME", "Ana \"B\" # x", &fault));
    ck_assert(words_split(&words, "  fill \"a b\" c\"d e\"f \"\\\"\\\\\\n\" \"\" ${NAME} x${NAME}y # comment",
                          &variables, &fault));
    static const char *const expected[] = {"fill", "a b", "cd ef", "\"\\\n", "", "Ana \"B\" # x", "xAna \"B\" # xy"};
    ck_assert_uint_eq(words.count, 7);
    for (size_t i = 0; i < 7; i++)
        ck_assert_str_eq(words.word[i], expected[i]);
    ck_assert(words_split(&words, "# only a comment", &variables, &fault) && words.count == 0);
    ck_assert(words_split(&words, "a#b", &variables, &fault) && words.count == 1);
    static const char *const wrong[] = {"\"open", "\"\\x\"",  "${",
                                        "${}",    "${UNSET}", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(!words_split(&words, wrong[i], &variables, &fault), "taken: %s", wrong[i]);
    ck_assert(!variables_set(&variables, "A-B", "x", &fault));
    ck_assert(!variables_set(&variables, "", "x", &fault));
}
END_TEST

START_TEST(test_unbounded_words_are_refused)
{
    static struct words words;
    static struct variables variables;
    static char value[VARIABLE_VALUE_BYTES];
    static char line[INPUT_LINE_BYTES];
    struct fault fault;
    memset(value, 'v', sizeof value - 1);
    ck_assert(variables_set(&variables, "V", value, &fault));
    for (size_t used = 0; used + 5 < sizeof line; used += 4)
        memcpy(line + used, "${V}", 5);
    ck_assert(!words_split(&words, line, &variables, &fault));
    ck_assert_ptr_nonnull(strstr(fault.text, "too long"));
}
END_TEST

START_TEST(test_wrong_commands)
{
    start();
    expect_refused("jump", RUN_USAGE, "\"jump\" is no command; there are: sell sale close");
    expect_refused("sell two", RUN_USAGE, "sell takes a number");
    expect_refused("sell 0", RUN_USAGE, "sell takes a number");
    expect_refused("sell 1 2", RUN_USAGE, "it is: sell [N]");
    expect_refused("trade", RUN_USAGE, "it is: trade DAYS [RECEIPTS]");
    expect_refused("trade 0", RUN_USAGE, "1 to 10000 days");
    expect_refused("trading maybe", RUN_USAGE, "on or off");
    expect_refused("close-at 25:00", RUN_USAGE, "HH:MM");
    expect_refused("advance soon", RUN_USAGE, "no duration");
    expect_refused("at noon", RUN_USAGE, "no time");
    expect_refused("at 2026-01-04", RUN_FAILED, "is over already");
    expect_refused("clock-jump -x", RUN_USAGE, "no duration");
    expect_refused("pause 2h", RUN_USAGE, "at most 1h");
    expect_refused("tick later", RUN_USAGE, "a tick's flag is");
    expect_refused("wait", RUN_USAGE, "it is: wait idle");
    expect_refused("wait pending", RUN_USAGE, "it is: wait idle");
    expect_refused("wait idle 1s 2s", RUN_USAGE, "it is: wait idle");
    expect_refused("toggle x maybe", RUN_USAGE, "on or off");
    expect_refused("rows queue 0", RUN_USAGE, "from 1");
    expect_refused("expect x soon", RUN_USAGE, "no duration");
    expect_refused("expect-pending few", RUN_USAGE, "takes a number");
    expect_refused("language fr", RUN_USAGE, "en or es");
    expect_refused("mail a@b.c in CODE", RUN_USAGE, "it is: mail");
    expect_refused("set A-B c", RUN_USAGE, "no name for a variable");
    expect_refused("item add 1 Apple FRUIT", RUN_USAGE, "it is: item add");
    expect_refused("item add 1 Apple FRUIT 1.99", RUN_USAGE, "a number of cents");
    expect_refused("item add 1 Apple NONE 199", RUN_FAILED, "no department NONE");
    expect_refused("item add 101 Apple FRUIT 199", RUN_FAILED, "an item 101 already");
    expect_refused("item remove 9", RUN_FAILED, "no item 9");
    expect_refused("price 9 10", RUN_FAILED, "no item 9");
    expect_refused("price 101 ten", RUN_USAGE, "a number of cents");
    expect_refused("catalogue list", RUN_USAGE, "catalogue show");
    expect_refused("expect-catalogue Apple 10ms", RUN_FAILED, "is not in the catalogue");
    expect_refused("expect-not-catalogue Bananas 10ms", RUN_FAILED, "is still in the catalogue");
    expect_refused("sale close", RUN_FAILED, "no sale is open");
    expect_refused("sale open\nsale open", RUN_FAILED, "open already");
    expect_refused("sale begin", RUN_USAGE, "sale open");
    expect_refused("wizard start", RUN_USAGE, "wizard finish");
    expect_refused("licence x maybe", RUN_USAGE, "on|off");
    expect_refused("close-with /nonexistent", RUN_FAILED, "cannot read /nonexistent");
    expect_refused("replay /nonexistent", RUN_FAILED, "cannot read /nonexistent");
    expect_refused("sell\nreset-numbers", RUN_FAILED, "close this one first");
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_every_command_has_help)
{
    size_t count = 0;
    for (const struct verb *verb = run_verbs; verb->name != NULL; verb++, count++) {
        ck_assert_uint_le(verb->from, verb->to);
        ck_assert_uint_lt(verb->to, WORDS_MAX);
        ck_assert(verb->help[0] != '\0' && verb->run != NULL);
    }
    ck_assert_uint_eq(count, 51);
}
END_TEST

START_TEST(test_shop_and_time)
{
    start();
    expect_ok("clock\nadvance 1h30m\nclock\nat 20:00\nclock\nclock-jump -1h\nclock\nclock-jump 1d\nclock");
    ck_assert_str_eq(output, "2026-01-05T08:00:00+01:00\n2026-01-05T09:30:00+01:00\n2026-01-05T20:00:00+01:00\n"
                             "2026-01-05T19:00:00+01:00\n2026-01-06T19:00:00+01:00\n");
    expect_ok("sell 3\nclose\ntrade 1 5\ncounts\ndays");
    ck_assert_ptr_nonnull(strstr(output, "closed=2\nnot_handed_over=0\nhanded_over_now=2\n"));
    ck_assert_ptr_nonnull(strstr(output, "       2  2026-01-06"));
    expect_ok("set A \"two words\"\nprint ${A} end\nprint");
    ck_assert_str_eq(output, "two words end\n\n");
    expect_ok("tick locale-changed\nlanguage es\ntick\nlanguage en\ntimings\nhelp\nwait idle\nexpect-pending 0");
    ck_assert_uint_eq(fake_plugin.tick_flags & POS_TICK_LOCALE_CHANGED, POS_TICK_LOCALE_CHANGED);
    ck_assert_int_eq(run("print before\nquit\nprint after"), RUN_QUIT);
    ck_assert_str_eq(output, "before\n");
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_waiting)
{
    start();
    int64_t before_ms = clock_real_ms();
    expect_ok("pause 30ms");
    ck_assert_int_ge(clock_real_ms() - before_ms, 30);
    fake_plugin.pending = 3;
    expect_ok("tick\nwait pending 3\nexpect-pending 3");
    expect_refused("wait idle 50ms", RUN_FAILED, "still not idle, after 0.1 s: 3 pending");
    expect_refused("wait pending 2 20ms", RUN_FAILED, "another number is pending");
    expect_refused("expect-pending 1", RUN_FAILED, "3 are pending, not 1");
    expect_refused("expect x 20ms", RUN_FAILED, "\"x\" is not on the screen");
    expect_refused("expect-not x 20ms", RUN_FAILED, "still on the screen");
    expect_refused("expect-status honest 20ms", RUN_FAILED, "not in the status bar");
    expect_ok("expect-status \"is fake\"");
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_screen)
{
    start();
    expect_refused("press go 20ms", RUN_FAILED, "no screen is open");
    expect_refused("back", RUN_FAILED, "no screen is open");
    expect_ok("show");
    ck_assert_ptr_nonnull(strstr(output, "no screen is open; status: i all is fake"));
    expect_ok("open\nexpect \"Nobody is logged in\"\nexpect-not Uploading\nfill E-mail ana@example.org");
    expect_refused("press \"Assign business\" 20ms", RUN_FAILED, "Log in first.");
    expect_refused("press e-mail 20ms", RUN_FAILED, "not on the screen");
    expect_ok("fill password \"s3cret words\"\nshow");
    ck_assert_ptr_nonnull(strstr(output, "[ana@example.org_"));
    ck_assert_ptr_null(strstr(output, "s3cret"));
    expect_ok("press \"log in\"");
    ck_assert_str_eq(fake_plugin.last_action, "login");
    ck_assert_str_eq(fake_plugin.last_email, "ana@example.org");
    ck_assert_str_eq(fake_plugin.last_secret, "s3cret words");
    expect_ok("expect Everything\ntoggle \"Send X Report\" off");
    ck_assert_str_eq(fake_plugin.last_action, "x");
    expect_ok("choose Country France");
    ck_assert_str_eq(fake_plugin.last_action, "country");
    expect_refused("choose Country Atlantis", RUN_FAILED, "no option \"Atlantis\"");
    expect_ok("press \"Z 17\"");
    ck_assert_str_eq(fake_plugin.last_action, "item");
    expect_refused("press \"X 18/3\" 20ms", RUN_FAILED, "it cannot be used");
    fake_plugin.page = FAKE_PAGE_LIST;
    expect_ok("tick\nexpect \"Report 1\"\nrows Queue 501 30\nexpect \"Report 530\"\nexpect-not \"Report 531\"");
    ck_assert_uint_eq(fake_plugin.last_first, 500);
    expect_ok("back\nleave\nshow\nopen\nrestart\nshow");
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_mail)
{
    char path[128];
    start();
    till_fixture_write(&fixture, "001.eml", "To: Ana <ana@example.org>\nSubject: x\n\nHello\nCode: 123456\n", path);
    till_fixture_write(&fixture, "002.eml", "To: bob@example.org\n\nCode: 222222\n", path);
    till_fixture_write(&fixture, "003.txt", "To: ana@example.org\n\nCode: 999999\n", path);
    till_fixture_write(&fixture, "004.eml", "To: ana@example.org\n\nYou have an account already.\n", path);
    expect_ok("mail ana@example.org as CODE\nprint ${CODE}\nmail bob@example.org as OTHER\nprint ${OTHER}");
    ck_assert_str_eq(output, "123456\n222222\n");
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_mail_is_used_once)
{
    static struct run one;
    char path[128];
    start();
    run_start(&one, &fixture.till, stdout);
    till_fixture_write(&fixture, "001.eml", "To: ana@example.org\n\nCode: 111111\n", path);
    ck_assert_int_eq(run_line(&one, "mail ana@example.org as A"), RUN_OK);
    ck_assert_int_eq(run_line(&one, "mail ana@example.org as B 30ms"), RUN_FAILED);
    ck_assert_ptr_nonnull(strstr(one.fault.text, "no new mail"));
    till_fixture_write(&fixture, "002.eml", "To: ana@example.org\n\nCode: 222222\n", path);
    ck_assert_int_eq(run_line(&one, "mail ana@example.org as B"), RUN_OK);
    ck_assert_str_eq(variables_get(&one.variables, "A"), "111111");
    ck_assert_str_eq(variables_get(&one.variables, "B"), "222222");
    run_end(&one);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_crash_is_a_kill)
{
    int status;
    start();
    till_fixture_close(&fixture);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        till_fixture_open(&fixture, fake_plugin_calls());
        (void)run("sell\ncrash");
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    till_fixture_end(&fixture);
}
END_TEST

START_TEST(test_whole_script_and_its_status)
{
    char path[128], missing[160];
    start();
    till_fixture_write(&fixture, "good", "# a day\r\n\nsell 2\r\nclose\nquit\nnonsense\n", path);
    ck_assert_int_eq(run_script(&fixture.till, path), RUN_STATUS_OK);
    till_fixture_write(&fixture, "fails", "sell\nexpect x 10ms\nclose\n", path);
    ck_assert_int_eq(run_script(&fixture.till, path), RUN_STATUS_FAILED);
    till_fixture_write(&fixture, "wrong", "sell\nsel", path);
    ck_assert_int_eq(run_script(&fixture.till, path), RUN_STATUS_USAGE);
    (void)snprintf(missing, sizeof missing, "%s/missing", fixture.folder);
    ck_assert_int_eq(run_script(&fixture.till, missing), RUN_STATUS_USAGE);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports"), 1);
    till_fixture_end(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("script");
    TCase *tests = tcase_create("script");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_words);
    tcase_add_test(tests, test_unbounded_words_are_refused);
    tcase_add_test(tests, test_wrong_commands);
    tcase_add_test(tests, test_every_command_has_help);
    tcase_add_test(tests, test_shop_and_time);
    tcase_add_test(tests, test_waiting);
    tcase_add_test(tests, test_screen);
    tcase_add_test(tests, test_mail);
    tcase_add_test(tests, test_mail_is_used_once);
    tcase_add_test(tests, test_crash_is_a_kill);
    tcase_add_test(tests, test_whole_script_and_its_status);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
