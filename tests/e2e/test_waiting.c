/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_waiting.c - no call waits: with the cloud in a black hole, silent, dripping its answers, or its name
 * server stalled, and 1,000 days pending, 2,000 calls of each entry are timed while uploads run; once with the storage as
 * it is and once with one that takes 10 ms a write. The figures are printed; asserted are the writes a call and bounds
 * that a busy machine keeps and a call that waits does not.
 */
#define _GNU_SOURCE /* unshare */ /* NOLINT */
#include "support/e2e_owner.h"
#include "support/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PENDING       1000
#define CALLS         2000
#define SLOW_WRITE_MS 10
#define NAME_SERVER   "127.0.0.77"
#define SKIPPED       77

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 10 /* sanitizers make work dear */
#else
#define SLOWER 1
#endif
#define LONGEST_US                                                                                                     \
    (SLOWER > 1 ? 1000000 : 500000)    /* outside storage: a call that waits for the network takes seconds */
#define WORK_US       (20000 * SLOWER) /* of the processor, in any call */
#define NEARLY_ALL_US (5000 * SLOWER)  /* 99 of 100 calls outside storage */

/* ---- troubles ---- */

typedef struct trouble {
    const char *name;
    bool (*begin)(void); /* false: it cannot be had here, and `reason` says why */
    const char *(*url)(void);
    bool delivers; /* days arrive all the while: batches are built, answered and settled between the calls */
} trouble;

static e2e_cloud cloud;
static e2e_host host;
static char url[64], reason[256];

static const char *trouble_url(void)
{
    return url;
}

static const char *cloud_url(void)
{
    return cloud.url;
}

/* Connection attempts are not even answered. */
static bool begin_black_hole(void)
{
    static http_black_hole hole;
    http_black_hole_open(&hole);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", hole.port);
    return true;
}

/* Connections are accepted by the kernel, and nobody ever says a word. */
static bool begin_silence(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 512), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", ntohs(address.sin_port));
    return true;
}

static bool begin_nothing(void)
{
    return true;
}

static bool begin_drip(void)
{
    e2e_cloud_fault(&cloud, "{\"route\":\"reports\",\"drip_ms\":20}");
    return true;
}

/* A name server that takes every question and answers none, for this process alone: a mount namespace of its own. */
static bool begin_stalled_names(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    char file[E2E_PATH_BYTES];
    static const char words[] = "nameserver " NAME_SERVER "\noptions timeout:30 attempts:3\n";
    inet_pton(AF_INET, NAME_SERVER, &address.sin_addr);
    e2e_join_path(file, host.folder, "resolv.conf");
    int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ck_assert_int_eq(write(fd, words, sizeof words - 1), (int)sizeof words - 1);
    close(fd);
    snprintf(url, sizeof url, "https://cloud.stalled.test");
    int name_server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(name_server, (struct sockaddr *)&address, sizeof address) != 0)
        snprintf(reason, sizeof reason, "port 53 of " NAME_SERVER ": %s", strerror(errno));
    else if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
             mount(file, "/etc/resolv.conf", NULL, MS_BIND, NULL) != 0)
        snprintf(reason, sizeof reason, "a private /etc/resolv.conf: %s", strerror(errno));
    return reason[0] == '\0';
}

static void end_stalled_names(void)
{
    if (strstr(url, "stalled"))
        umount2("/etc/resolv.conf", MNT_DETACH);
}

static const trouble troubles[] = {
    {"black hole", begin_black_hole, trouble_url, false},
    {"silence", begin_silence, trouble_url, false},
    {"names stalled", begin_stalled_names, trouble_url, false},
    {"answer drips", begin_drip, cloud_url, false},
    {"healthy", begin_nothing, cloud_url, true},
};

/* ---- measuring ---- */

enum { CLOSE, TICK, RENDER, ENTRIES };

static const char *const entry_names[ENTRIES] = {"on_daily_close", "on_tick", "render_settings"};

typedef struct figures {
    int64_t outside_us[CALLS];
    int64_t longest_us, longest_cpu_us;
    uint64_t most_writes, most_reads;
} figures;

static figures measured[ENTRIES];

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int32_t call(int entry, const e2e_day *day)
{
    if (entry == CLOSE)
        return e2e_day_hand_over(&host, day);
    if (entry == RENDER)
        return poshost_screen_refresh(host.screen, poshost_guard_render, host.guard);
    e2e_host_tick(&host, 0);
    return POS_OK;
}

static void measure_call(int entry, int index)
{
    figures *f = &measured[entry];
    int64_t storage_us = host.storage_us, storage_cpu_us = host.storage_cpu_us;
    uint64_t writes = host.writes, reads = host.reads;
    int64_t start_us = e2e_now_us(), start_cpu_us = e2e_cpu_us();
    ck_assert_int_eq(call(entry, &host.days[PENDING + index]), POS_OK);
    int64_t cpu_us = e2e_cpu_us() - start_cpu_us, took_us = e2e_now_us() - start_us;
    f->outside_us[index] = took_us - (host.storage_us - storage_us);
    f->longest_us = larger(f->longest_us, took_us);
    f->longest_cpu_us = larger(f->longest_cpu_us, cpu_us - (host.storage_cpu_us - storage_cpu_us));
    f->most_writes = (uint64_t)larger((int64_t)f->most_writes, (int64_t)(host.writes - writes));
    f->most_reads = (uint64_t)larger((int64_t)f->most_reads, (int64_t)(host.reads - reads));
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void judge(const trouble *t, uint32_t write_ms, int entry)
{
    figures *f = &measured[entry];
    qsort(f->outside_us, CALLS, sizeof f->outside_us[0], compare);
    int64_t median_us = f->outside_us[CALLS / 2];
    int64_t nearly_all_us = f->outside_us[CALLS * 99 / 100], longest_us = f->outside_us[CALLS - 1];
    printf("%-13s %2u ms a write  %-15s longest %7.3f ms; outside storage: median %.3f, 99%% %.3f, longest %.3f, "
           "work of it %.3f; at most %llu writes, %llu reads\n",
           t->name, write_ms, entry_names[entry], (double)f->longest_us / 1e3, (double)median_us / 1e3,
           (double)nearly_all_us / 1e3, (double)longest_us / 1e3, (double)f->longest_cpu_us / 1e3,
           (unsigned long long)f->most_writes, (unsigned long long)f->most_reads);
    ck_assert_uint_le(f->most_writes, 1);
    ck_assert_int_lt(nearly_all_us, NEARLY_ALL_US);
    ck_assert_int_lt(longest_us, LONGEST_US);
    ck_assert_int_lt(f->longest_cpu_us, WORK_US);
}

/* ---- one scene, in a process of its own ---- */

static void prepare(const trouble *t)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    if (!t->begin()) {
        printf("SKIPPED %s: %s\n", t->name, reason);
        e2e_host_close(&host);
        e2e_cloud_close(&cloud);
        exit(SKIPPED);
    }
    e2e_host_stop(&host);
    e2e_host_aim(&host, t->url(), cloud.ca);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    for (int number = 1; number <= PENDING; number++) {
        uint64_t writes = host.writes;
        e2e_close_day(&host, number);
        ck_assert_uint_le(host.writes - writes, number == 1 ? 2 : 1);
    }
    for (int number = PENDING + 1; number <= PENDING + CALLS; number++)
        e2e_day_make(&host, number, 0);
    e2e_owner_open(&host);
    ck_assert_int_eq(poshost_screen_press(host.screen, "status", poshost_guard_render, host.guard), POS_OK);
    ck_assert_str_eq(poshost_screen_id(host.screen), "status");
}

static void play(const trouble *t, uint32_t write_ms)
{
    int uploads_seen = 0;
    prepare(t);
    host.write_delay_ms = write_ms;
    for (int i = 0; i < CALLS; i++) {
        for (int entry = 0; entry < ENTRIES; entry++)
            measure_call(entry, i);
        uploads_seen += e2e_owner_reads(&host, NULL, "It is being sent") || poshost_screen_find(host.screen, "upload");
    }
    host.write_delay_ms = 0;
    for (int entry = 0; entry < ENTRIES; entry++)
        judge(t, write_ms, entry);
    ck_assert_msg(uploads_seen > CALLS / (t->delivers ? 10 : 2), "%s: an upload ran in %d of %d rounds only", t->name,
                  uploads_seen, CALLS);
    ck_assert_msg(t->delivers ? host.tick.pending < PENDING + CALLS : host.tick.pending >= PENDING, "%s: %u pending",
                  t->name, host.tick.pending);
    int64_t start_us = e2e_now_us();
    e2e_host_stop(&host);
    printf("%-13s %2u ms a write  stop + destroy  %.3f ms\n", t->name, write_ms,
           (double)(e2e_now_us() - start_us) / 1e3);
    end_stalled_names();
    e2e_host_close(&host);
    e2e_cloud_heal(&cloud);
    e2e_cloud_close(&cloud);
}

static pid_t begin_scene(const trouble *t, uint32_t write_ms)
{
    fflush(stdout);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    play(t, write_ms);
    exit(0);
}

static void end_scene(pid_t pid, const trouble *t)
{
    int status = e2e_await_exit(pid, 120000);
    ck_assert_msg(status == 0 || status == SKIPPED, "%s: failed", t->name);
}

#define TROUBLES ((int)(sizeof troubles / sizeof troubles[0]))

START_TEST(no_call_waits)
{
    for (int i = 0; i < TROUBLES; i++)
        end_scene(begin_scene(&troubles[i], 0), &troubles[i]);
}
END_TEST

/* All at once: they sleep in their storage most of the time. */
START_TEST(no_call_waits_with_slow_storage)
{
    pid_t pids[TROUBLES];
    for (int i = 0; i < TROUBLES; i++)
        pids[i] = begin_scene(&troubles[i], SLOW_WRITE_MS);
    for (int i = 0; i < TROUBLES; i++)
        end_scene(pids[i], &troubles[i]);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"fast storage", no_call_waits},
        {"slow storage", no_call_waits_with_slow_storage},
    };
    return E2E_RUN("no call waits", tests);
}
