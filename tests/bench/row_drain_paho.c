/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_drain_paho.c - Eclipse Paho MQTT C, asynchronous, with its file persistence, QoS 1, into mosquitto:
 * the reports are queued while it is not connected, and the clock runs from the connection to the last acknowledgement.
 */
#include "bench/drain.h"

#include <stdio.h>

#if __has_include(<MQTTAsync.h>)

#include "support/e2e_base.h"

#include <MQTTAsync.h>
#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BROKER    "/usr/sbin/mosquitto"
#define LIBRARY   "libpaho-mqtt3a.so.1"
#define START_MS  5000
#define LIMIT_MS  120000
#define WINDOW    1000
#define NAP_US    200
#define KEEPALIVE 60
#define QOS       1

static char folder[E2E_PATH_BYTES];
static atomic_size_t acknowledged;
static atomic_int connected;

/* Loaded at run time: where it is not installed, the row is left out and the bench builds all the same. */
static struct {
    __typeof__(&MQTTAsync_createWithOptions) create;
    __typeof__(&MQTTAsync_connect) connect;
    __typeof__(&MQTTAsync_sendMessage) send;
    __typeof__(&MQTTAsync_destroy) destroy;
} paho;

static bool load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library || access(BROKER, X_OK) != 0)
        return false;
    *(void **)&paho.create = dlsym(library, "MQTTAsync_createWithOptions");
    *(void **)&paho.connect = dlsym(library, "MQTTAsync_connect");
    *(void **)&paho.send = dlsym(library, "MQTTAsync_sendMessage");
    *(void **)&paho.destroy = dlsym(library, "MQTTAsync_destroy");
    return paho.create && paho.connect && paho.send && paho.destroy;
}

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

static bool listens(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return open;
}

static pid_t start_broker(int port)
{
    char path[E2E_PATH_BYTES], program[] = BROKER, option[] = "-c";
    e2e_join_path(path, folder, "mosquitto.conf");
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file,
            "listener %d 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\n"
            "log_dest none\n",
            port);
    fclose(file);
    char *const argv[] = {program, option, path, NULL};
    pid_t pid = e2e_spawn(argv, STDERR_FILENO, -1);
    for (int ms = 0; !listens(port); ms++) {
        ck_assert_msg(ms < START_MS, "mosquitto does not start");
        e2e_nap(1);
    }
    return pid;
}

static void on_connected(void *context, MQTTAsync_successData *data)
{
    (void)context;
    (void)data;
    atomic_store(&connected, 1);
}

static void on_failure(void *context, MQTTAsync_failureData *data)
{
    (void)context;
    fprintf(stderr, "paho: failure %d\n", data ? data->code : 0);
}

static void on_acknowledged(void *context, MQTTAsync_successData *data)
{
    (void)context;
    (void)data;
    atomic_fetch_add(&acknowledged, 1);
}

static MQTTAsync make_client(int port)
{
    MQTTAsync client = NULL;
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
    char url[64];
    options.sendWhileDisconnected = 1;
    options.allowDisconnectedSendAtAnyTime = 1;
    options.maxBufferedMessages = (int)drain_count() + 1;
    snprintf(url, sizeof url, "tcp://127.0.0.1:%d", port);
    ck_assert_int_eq(paho.create(&client, url, "bench", MQTTCLIENT_PERSISTENCE_DEFAULT, folder, &options), 0);
    return client;
}

static void queue_all(MQTTAsync client)
{
    MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
    options.onSuccess = on_acknowledged;
    options.onFailure = on_failure;
    for (size_t i = 0; i < drain_count(); i++) {
        MQTTAsync_message message = MQTTAsync_message_initializer;
        uint32_t length;
        const char *document = bench_document((int64_t)i, DRAIN_REPORT_BYTES, &length);
        message.payload = (void *)(uintptr_t)document;
        message.payloadlen = (int)length;
        message.qos = QOS;
        ck_assert_int_eq(paho.send(client, "reports", &message, &options), 0);
    }
}

START_TEST(drain_with_paho)
{
    if (!load()) {
        printf("SKIPPED peer Paho MQTT: " LIBRARY " or " BROKER " is not installed (make bench-deps)\n");
        return;
    }
    e2e_make_folder(folder);
    int port = free_port();
    pid_t broker = start_broker(port);
    MQTTAsync client = make_client(port);
    queue_all(client);
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.keepAliveInterval = KEEPALIVE;
    options.maxInflight = WINDOW;
    options.onSuccess = on_connected;
    options.onFailure = on_failure;
    double cpu_us = bench_process_us(), start_us = bench_now_us();
    ck_assert_int_eq(paho.connect(client, &options), 0);
    while (atomic_load(&acknowledged) < drain_count() && bench_now_us() - start_us < LIMIT_MS * 1e3)
        bench_nap_us(NAP_US);
    double took_us = bench_now_us() - start_us;
    cpu_us = bench_process_us() - cpu_us;
    size_t done = atomic_load(&acknowledged);
    /* One that does not end in two minutes is told by what it managed. */
    drain_print("Paho QoS 1, window 1000", NULL, took_us * (double)drain_count() / (double)(done ? done : 1), cpu_us,
                NULL);
    paho.destroy(&client);
    e2e_kill(broker);
    e2e_remove_folder(folder);
}
END_TEST

#else

START_TEST(drain_with_paho)
{
    printf("SKIPPED peer Paho MQTT: libpaho-mqtt-dev was not there when this was built (make bench-deps)\n");
}
END_TEST

#endif

int main(void)
{
    return bench_run("drain_paho", drain_with_paho);
}
