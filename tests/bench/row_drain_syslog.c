/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_drain_syslog.c - syslog-ng's http() destination with its reliable disk buffer, as it is and with 100
 * messages a request: the buffer is filled while nobody listens; the clock runs from the first request to the last.
 */
#include "bench/drain.h"

#include "support/e2e_base.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PROGRAM  "/usr/sbin/syslog-ng"
#define MODULE   "/usr/lib/syslog-ng/3.38/libhttp.so"
#define START_MS 10000
#define LIMIT_MS 120000
#define END_MS   20000
#define POLL_MS  5

static char folder[E2E_PATH_BYTES], inlet[E2E_PATH_BYTES];

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void write_configuration(const char *path, int port, int workers, int lines)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file,
            "@version: 3.38\n"
            "options { keep-hostname(yes); use-dns(no); stats-freq(0); time-reopen(1); };\n"
            "source s { unix-stream(\"%s\" flags(no-parse) log-msg-size(65536) log-iw-size(20000)); };\n"
            "destination d { http(url(\"http://127.0.0.1:%d/r\") method(POST) body(\"${MESSAGE}\") workers(%d)\n"
            "  batch-lines(%d) batch-timeout(100) delimiter(\"\\n\") persist-name(bench)\n"
            "  disk-buffer(reliable(yes) disk-buf-size(268435456) mem-buf-size(1048576) dir(\"%s\"))); };\n"
            "log { source(s); destination(d); flags(flow-control); };\n",
            inlet, port, workers, lines, folder);
    fclose(file);
}

static pid_t start_daemon(const char *configuration)
{
    char program[] = PROGRAM, foreground[] = "-F", no_caps[] = "--no-caps", c[] = "-f", r[] = "-R", p[] = "-p",
         ctl[] = "-c";
    char state[E2E_PATH_BYTES], pid_file[E2E_PATH_BYTES], control[E2E_PATH_BYTES], path[E2E_PATH_BYTES];
    e2e_join_path(state, folder, "persist");
    e2e_join_path(pid_file, folder, "pid");
    e2e_join_path(control, folder, "ctl");
    snprintf(path, sizeof path, "%s", configuration);
    char *const argv[] = {program, foreground, no_caps, c, path, r, state, p, pid_file, ctl, control, NULL};
    pid_t pid = e2e_spawn(argv, STDERR_FILENO, -1);
    for (int ms = 0; access(inlet, F_OK) != 0; ms += POLL_MS) {
        ck_assert_msg(ms < START_MS, "syslog-ng does not start");
        e2e_nap(POLL_MS);
    }
    return pid;
}

static void feed(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_uint_lt(strlen(inlet), sizeof address.sun_path);
    strcpy(address.sun_path, inlet); /* NOLINT: it fits */
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    for (size_t i = 0; i < drain_count(); i++) {
        char line[DRAIN_REPORT_BYTES + 1024];
        uint32_t length;
        const char *document = bench_document((int64_t)i, DRAIN_REPORT_BYTES, &length);
        memcpy(line, document, length);
        line[length] = '\n';
        for (size_t done = 0; done <= length;) {
            ssize_t wrote = write(fd, line + done, length + 1 - done);
            ck_assert_int_gt(wrote, 0);
            done += (size_t)wrote;
        }
    }
    close(fd);
}

/* User and system time of a process that still runs, in microseconds. */
static double cpu_of_us(pid_t pid)
{
    char path[64];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    char *text = e2e_read_file(path, NULL);
    const char *rest = text ? strrchr(text, ')') : NULL;
    ck_assert_ptr_nonnull(rest);
    ck_assert_int_eq(sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system), 2);
    free(text);
    return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static void measure(const char *side, int workers, int lines)
{
    char configuration[E2E_PATH_BYTES], port_text[16];
    int port = free_port();
    e2e_make_folder(folder);
    e2e_join_path(inlet, folder, "in");
    e2e_join_path(configuration, folder, "syslog-ng.conf");
    write_configuration(configuration, port, workers, lines);
    pid_t daemon_pid = start_daemon(configuration);
    feed();
    double cpu_us = cpu_of_us(daemon_pid);
    snprintf(port_text, sizeof port_text, "%d", port);
    char sink_path[E2E_PATH_BYTES], none[] = "";
    e2e_built("tests/bench/sink", sink_path);
    char *const argv[] = {sink_path, none, port_text, NULL};
    pid_t sink = e2e_spawn(argv, STDERR_FILENO, -1);
    e2e_nap(200);
    drain_stats seen = {0};
    for (int ms = 0; ms < LIMIT_MS && seen.distinct < (double)drain_count(); ms += POLL_MS) {
        e2e_nap(POLL_MS);
        seen = drain_sink_ask(port);
    }
    cpu_us = cpu_of_us(daemon_pid) - cpu_us;
    drain_print(side, &seen, seen.last_us - seen.first_us, cpu_us, NULL);
    e2e_kill(daemon_pid);
    e2e_kill(sink);
    e2e_remove_folder(folder);
}

START_TEST(drain_with_syslog)
{
    if (access(PROGRAM, X_OK) != 0 || access(MODULE, R_OK) != 0) {
        printf("SKIPPED peer syslog-ng: " PROGRAM " or its http module is not installed (make bench-deps)\n");
        return;
    }
    measure("syslog-ng, 8 workers", 8, 1);
    measure("syslog-ng, 100 a request", 1, 100);
}
END_TEST

int main(void)
{
    return bench_run("drain_syslog", drain_with_syslog);
}
