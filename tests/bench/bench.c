/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/bench.c - clocks, samples, and the lines that run.py reads. */
#include "bench/bench.h"

#include "support/e2e_base.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SERVER_START_MS 20000

/* ---- lines ---- */

void bench_print(bench_part part)
{
    cJSON *line = cJSON_CreateObject();
    const char *side = part.side ? part.side : "ours";
    cJSON_AddStringToObject(line, "name", part.name);
    cJSON_AddStringToObject(line, "unit", part.unit);
    if (strcmp(side, "ours") == 0 || strcmp(side, "floor") == 0)
        cJSON_AddNumberToObject(line, side, part.value);
    else
        cJSON_AddNumberToObject(cJSON_AddObjectToObject(line, "peers"), side, part.value);
    if (part.aim)
        cJSON_AddStringToObject(line, "aim", part.aim);
    if (part.note)
        cJSON_AddStringToObject(line, "note", part.note);
    char *text = cJSON_PrintUnformatted(line);
    ck_assert_ptr_nonnull(text);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    cJSON_Delete(line);
}

int bench_run(const char *row, const TTest *test)
{
    setenv("CK_FORK", "no", 1);
    setenv("CK_VERBOSITY", "normal", 1);
    return e2e_run(row, &(e2e_test){row, test}, 1);
}

size_t bench_scale(size_t full, size_t quick)
{
    const char *is_quick = getenv("BENCH_QUICK");
    return is_quick && strcmp(is_quick, "1") == 0 ? quick : full;
}

void bench_pause(const char *what)
{
    const char *seconds = getenv("BENCH_PAUSE_S");
    if (!seconds)
        return;
    fprintf(stderr, "process %d pauses before: %s\n", (int)getpid(), what);
    bench_nap_us(strtod(seconds, NULL) * 1e6);
}

/* ---- clocks ---- */

static double read_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double bench_now_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

double bench_process_us(void)
{
    return read_us(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_thread_us(void)
{
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}

void bench_nap_us(double us)
{
    if (us > 0)
        nanosleep(&(struct timespec){(time_t)(us / 1e6), (long)((int64_t)us % 1000000) * 1000}, NULL);
}

/* ---- samples ---- */

void bench_add(bench_samples *samples, double value)
{
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 1024;
        samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
        ck_assert_ptr_nonnull(samples->values);
    }
    samples->values[samples->count++] = value;
    samples->sorted = false;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double bench_quantile(bench_samples *samples, double share)
{
    ck_assert_uint_gt(samples->count, 0);
    if (!samples->sorted)
        qsort(samples->values, samples->count, sizeof *samples->values, compare);
    samples->sorted = true;
    size_t at = (size_t)(share * (double)samples->count);
    return samples->values[at < samples->count ? at : samples->count - 1];
}

void bench_clear(bench_samples *samples)
{
    free(samples->values);
    *samples = (bench_samples){0};
}

/* ---- processes ---- */

pid_t bench_start_server(const char *program, const char *argument, int *port)
{
    char path[E2E_PATH_BYTES], line[64] = "", extra[E2E_PATH_BYTES];
    int out[2];
    size_t used = 0;
    e2e_built(program, path);
    snprintf(extra, sizeof extra, "%s", argument ? argument : "");
    char *const argv[] = {path, argument ? extra : NULL, NULL};
    ck_assert_int_eq(pipe(out), 0);
    pid_t pid = e2e_spawn(argv, out[1], -1);
    close(out[1]);
    while (used < sizeof line - 1 && !strchr(line, '\n')) {
        struct pollfd ready = {.fd = out[0], .events = POLLIN};
        ck_assert_msg(poll(&ready, 1, SERVER_START_MS) == 1, "%s does not start", program);
        ssize_t got = read(out[0], line + used, sizeof line - 1 - used);
        ck_assert_msg(got > 0, "%s ended at its start", program);
        used += (size_t)got;
    }
    close(out[0]);
    ck_assert_int_eq(sscanf(line, "%d", port), 1);
    return pid;
}

char *bench_http_get(int port, const char *path)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char bytes[8192];
    size_t used = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    int length = snprintf(bytes, sizeof bytes, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
    ck_assert_int_eq(write(fd, bytes, (size_t)length), length);
    for (ssize_t got; (got = read(fd, bytes + used, sizeof bytes - 1 - used)) > 0;)
        used += (size_t)got;
    close(fd);
    bytes[used] = '\0';
    const char *body = strstr(bytes, "\r\n\r\n");
    ck_assert_msg(body, "no answer on %s", path);
    char *copy = strdup(body + 4);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

double bench_memory_kib(pid_t pid, const char *name)
{
    char path[64], *text, label[32];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid ? (int)pid : (int)getpid());
    snprintf(label, sizeof label, "\n%s:", name);
    text = e2e_read_file(path, NULL);
    const char *line = text ? strstr(text, label) : NULL;
    ck_assert_msg(line && sscanf(line + strlen(label), "%ld", &kib) == 1, "%s has no %s", path, name);
    free(text);
    return (double)kib;
}
