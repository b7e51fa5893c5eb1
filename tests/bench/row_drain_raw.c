/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/row_drain_raw.c - the reports as bare POSTs over sockets, one connection and eight: nothing is kept. */
#include "bench/drain.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 8

static char *requests;
static size_t *starts;

typedef struct sender {
    pthread_t thread;
    int port;
    size_t first, step;
} sender;

/* All requests are made before the clock starts. */
static void prepare(void)
{
    size_t count = drain_count(), used = 0;
    requests = malloc(count * (DRAIN_REPORT_BYTES + 512));
    starts = calloc(count + 1, sizeof *starts);
    ck_assert(requests && starts);
    for (size_t i = 0; i < count; i++) {
        uint32_t length;
        const char *document = bench_document((int64_t)i, DRAIN_REPORT_BYTES, &length);
        starts[i] = used;
        used += (size_t)snprintf(requests + used, 256,
                                 "POST /r HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %u\r\n\r\n", length);
        memcpy(requests + used, document, length);
        used += length;
    }
    starts[count] = used;
}

static void *run(void *context)
{
    sender *self = context;
    char answer[1024];
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)self->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    for (size_t i = self->first; i < drain_count(); i += self->step) {
        ck_assert_int_gt(write(fd, requests + starts[i], starts[i + 1] - starts[i]), 0);
        ck_assert_int_gt(read(fd, answer, sizeof answer), 0);
    }
    close(fd);
    return NULL;
}

static void measure(size_t connections)
{
    sender senders[CONNECTIONS_MAX];
    char side[32];
    int port;
    pid_t sink = drain_sink_start(NULL, &port);
    double cpu_us = bench_process_us(), start_us = bench_now_us();
    for (size_t i = 0; i < connections; i++) {
        senders[i] = (sender){.port = port, .first = i, .step = connections};
        ck_assert_int_eq(pthread_create(&senders[i].thread, NULL, run, &senders[i]), 0);
    }
    for (size_t i = 0; i < connections; i++)
        pthread_join(senders[i].thread, NULL);
    double took_us = bench_now_us() - start_us;
    cpu_us = bench_process_us() - cpu_us;
    drain_stats seen = drain_sink_stop(sink, port);
    snprintf(side, sizeof side, "raw POST %zu", connections);
    drain_print(side, &seen, took_us, cpu_us, NULL);
}

START_TEST(post_raw)
{
    prepare();
    measure(1);
    measure(CONNECTIONS_MAX);
    free(requests);
    free(starts);
}
END_TEST

int main(void)
{
    return bench_run("drain_raw", post_raw);
}
