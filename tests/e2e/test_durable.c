/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_durable.c - on_daily_close OK means durable: a process is killed right after the call returned, a hundred
 * times. At the end the host offers no history, so that what is delivered can only come from the plugin's own storage.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 100

static e2e_cloud cloud;
static e2e_host host;

/* Runs until it is killed: some ticks, so that uploads and their bookkeeping are under way, then the close. */
static void live_and_close(const e2e_day *day, int beats, int tell_fd)
{
    if (e2e_host_start(&host, NULL, 0) != POS_OK)
        _exit(3);
    for (int i = 0; i < beats; i++)
        e2e_host_beat(&host);
    int32_t result = e2e_day_hand_over(&host, day);
    if (result != POS_OK || write(tell_fd, "!", 1) != 1)
        _exit(4);
    for (;;)
        e2e_host_beat(&host);
}

static void close_and_kill(const e2e_day *day, int beats)
{
    int told[2];
    char word = 0;
    int status = 0;
    ck_assert_int_eq(pipe(told), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        close(told[0]);
        live_and_close(day, beats, told[1]);
    }
    close(told[1]);
    ssize_t got = read(told[0], &word, 1);
    kill(pid, SIGKILL);
    close(told[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(got == 1, "Z %lld was not taken: %s %d", (long long)day->z_number,
                  WIFEXITED(status) ? "exit" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

START_TEST(close_is_durable)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    e2e_host_stop(&host);
    host.has_history = false;
    for (int round = 1; round <= ROUNDS; round++) {
        if (round == 40)
            e2e_cloud_kill(&cloud); /* a third of the rounds is offline */
        if (round == 70)
            e2e_cloud_start(&cloud);
        close_and_kill(e2e_day_make(&host, round, 0), round % 12);
    }
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    printf("%d rounds of SIGKILL right after OK: %lld Z in the cloud, each once\n", ROUNDS,
           (long long)e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports WHERE counted = 1"));
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {{"close is durable", close_is_durable}};
    return E2E_RUN("durable", tests);
}
