/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till at a (pseudo) terminal: what a person types and sees. Secrets are not echoed, numbers use what they stand
 * at, the page is printed anew when it looks different and only then.
 */
#include <check.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_plugin.h"
#include "till/flow.h"
#include "till/terminal.h"
#include "till_fixture.h"

static struct till_fixture fixture;
static pid_t child;
static int terminal_fd;
static char seen[65536]; /* since the last look */
static size_t seen_bytes;

static void start(uint32_t page)
{
    till_fixture_start(&fixture);
    child = forkpty(&terminal_fd, NULL, NULL, NULL);
    ck_assert_int_ge(child, 0);
    if (child != 0)
        return;
    fake_plugin_reset();
    fake_plugin.page = page;
    fake_plugin.next_tick_ms = 20;
    flow_catch_signals();
    till_fixture_open(&fixture, fake_plugin_calls());
    enum run_status status = terminal_run(&fixture.till);
    (void)printf("last secret: %s\n", fake_plugin.last_secret[0] != '\0' ? "came" : "none");
    till_fixture_close(&fixture);
    (void)fflush(stdout);
    _exit((int)status);
}

/* Reads until the words have come; fails after 10 s. */
static void await(const char *words)
{
    int64_t deadline_ms = clock_real_ms() + 10000;
    while (strstr(seen, words) == NULL) {
        struct pollfd watched = {.fd = terminal_fd, .events = POLLIN};
        ck_assert_msg(clock_real_ms() < deadline_ms, "\"%s\" did not come, but: %s", words, seen);
        if (poll(&watched, 1, 100) <= 0)
            continue;
        ssize_t got = read(terminal_fd, seen + seen_bytes, sizeof seen - 1 - seen_bytes);
        ck_assert_msg(got > 0, "the terminal closed before \"%s\": %s", words, seen);
        seen_bytes += (size_t)got;
        seen[seen_bytes] = '\0';
    }
}

static void type(const char *line)
{
    seen_bytes = 0;
    seen[0] = '\0';
    ck_assert_int_eq(write(terminal_fd, line, strlen(line)), (ssize_t)strlen(line));
}

static void end(void)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d: %s", status, seen);
    (void)close(terminal_fd);
    till_fixture_end(&fixture);
}

START_TEST(test_log_in_by_numbers)
{
    start(FAKE_PAGE_LOGIN);
    await("help, quit");
    type("sell 2\n");
    await("2 receipts");
    type("open\n");
    await("Nobody is logged in");
    await("> ");
    type("1\n");
    await("E-mail: ");
    type("ana@example.org\n");
    await("[ana@example.org");
    await("> ");
    type("2\n");
    await("Password: ");
    type("never shown\n");
    await("Everything"); /* the last field was filled: Enter sent the form */
    ck_assert_ptr_null(strstr(seen, "never shown"));
    await("> ");
    type("q\n");
    await("sell [N]");
    type("quit\n");
    await("last secret: came");
    ck_assert_ptr_null(strstr(seen, "never shown"));
    end();
}
END_TEST

START_TEST(test_toggle_choose_and_wrong_numbers)
{
    start(FAKE_PAGE_ALL);
    await("help, quit");
    type("open\n");
    await("[x] Send X Report");
    await("h = help");
    type("2\n");
    await("    2  France");
    await("1-2: ");
    type("2\n");
    await("Country");
    await("h = help");
    type("99\n");
    await("! ?");
    await("h = help");
    type("b\n"); /* the first page: back leaves */
    await("sell [N]");
    type("nonsense\n");
    await("is no command");
    type("\004"); /* the end of the input */
    await("last secret: none");
    end();
}
END_TEST

START_TEST(test_pages_and_lists)
{
    start(FAKE_PAGE_LIST);
    await("help, quit");
    type("open\n");
    await("Report 10 ");
    await("h = help");
    type("n\n");
    await("Report 20 ");
    await("11-20 / 1000");
    type("p\n");
    await("1-10 / 1000");
    await("h = help");
    type("quit\n");
    await("last secret");
    end();
}
END_TEST

START_TEST(test_signal_ends_it_in_order)
{
    start(FAKE_PAGE_ALL);
    await("help, quit");
    type("open\n");
    await("h = help");
    ck_assert_int_eq(kill(child, SIGTERM), 0);
    await("last secret");
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("terminal");
    TCase *tests = tcase_create("terminal");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_log_in_by_numbers);
    tcase_add_test(tests, test_toggle_choose_and_wrong_numbers);
    tcase_add_test(tests, test_pages_and_lists);
    tcase_add_test(tests, test_signal_ends_it_in_order);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
