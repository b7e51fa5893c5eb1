/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/test_stop.c - the host ends the plugin in the middle of an upload, in every part of it: the name look-up,
 * the connection, the TLS handshake, the request's body, the answer. By stop and destroy, by destroy alone, and by a stop
 * that does not wait: under a second each. Nothing is lost: started again, everything is delivered once.
 *
 * Name look-ups are this file's: it defines getaddrinfo(), which libcurl's resolver threads then call.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "support/e2e_owner.h"
#include "support/http_server.h"
#include "support/proxy.h"

#define DAYS         10
#define LOOK_UP_S    4
#define STOP_MS      1000
#define UNDER_WAY_MS 20000
#define MOMENT_MS    50

typedef int (*resolver)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static atomic_int look_ups;

__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **result)
{
    const struct timespec pause = {LOOK_UP_S, 0};
    union {
        void *object;
        resolver function;
    } real = {dlsym(RTLD_NEXT, "getaddrinfo")};
    if (!node || strcmp(node, "stalled.test") != 0)
        return real.function(node, service, hints, result);
    atomic_fetch_add(&look_ups, 1);
    (void)nanosleep(&pause, NULL);
    return EAI_AGAIN;
}

typedef enum way { BY_STOP_AND_DESTROY, BY_DESTROY, BY_IMPATIENT_STOP, WAYS } way;

/* Offsets as in a fresh TLS connection to the mock cloud: about 600 bytes of handshake up and 870 down, then a head of
 * 400 and the body; the answer's head is about 200. */
static const struct phase {
    const char *name;
    proxy_plan plan; /* act 0: none, the address itself does it */
    const char *url;
} phases[] = {
    {.name = "name look-up", .url = "https://stalled.test"},
    {.name = "TCP connection"},
    {.name = "TLS handshake, nothing came", .plan = {PROXY_STALL, PROXY_DOWN, 0, 0, true}},
    {.name = "TLS handshake, half of it", .plan = {PROXY_STALL, PROXY_DOWN, 500, 0, true}},
    {.name = "head of the request", .plan = {PROXY_STALL, PROXY_UP, 700, 0, true}},
    {.name = "body of the request", .plan = {PROXY_STALL, PROXY_UP, 1200, 0, true}},
    {.name = "before the answer", .plan = {PROXY_STALL, PROXY_DOWN, 875, 0, true}},
    {.name = "body of the answer", .plan = {PROXY_STALL, PROXY_DOWN, 1500, 0, true}},
};

#define PHASES ((int)(sizeof phases / sizeof phases[0]))

static e2e_cloud cloud;
static e2e_host host;
static proxy *between;
static http_black_hole hole;

static void set_up(void)
{
    char url[64];
    e2e_cloud_open(&cloud);
    between = proxy_start(cloud.port);
    http_black_hole_open(&hole);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    e2e_host_stop(&host);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d", proxy_port(between));
    e2e_host_aim(&host, url, cloud.ca);
}

static void take_down(void)
{
    e2e_host_close(&host);
    http_black_hole_close(&hole);
    proxy_stop(between);
    e2e_cloud_close(&cloud);
}

static void start_at(const char *url)
{
    e2e_host_aim(&host, url, cloud.ca);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
}

static bool is_under_way(const struct phase *p)
{
    if (p->plan.act)
        return proxy_has_acted(between);
    return p->url ? atomic_load(&look_ups) > 0 : true;
}

static void end_by(way how)
{
    int64_t began_ms = e2e_now_ms();
    if (how == BY_STOP_AND_DESTROY)
        ck_assert_int_eq(poshost_guard_stop(host.guard, STOP_MS), POS_OK);
    if (how == BY_IMPATIENT_STOP) {
        int32_t result = poshost_guard_stop(host.guard, 0);
        ck_assert(result == POS_OK || result == POS_E_BUSY);
    }
    ck_assert_int_eq(poshost_guard_destroy(host.guard), POS_OK);
    int64_t took_ms = e2e_now_ms() - began_ms;
    ck_assert_msg(took_ms < STOP_MS, "it took %lld ms", (long long)took_ms);
    e2e_host_drop(&host);
}

static void play(const struct phase *p, way how, int64_t *number)
{
    char url[64];
    proxy_plan pass = {.act = PROXY_PASS};
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d", p->plan.act ? proxy_port(between) : hole.port);
    atomic_store(&look_ups, 0);
    proxy_arm(between, p->plan.act ? &p->plan : &pass);
    start_at(p->url ? p->url : url);
    for (int i = 0; i < DAYS; i++)
        e2e_close_day(&host, ++*number);
    int64_t until_ms = e2e_now_ms() + UNDER_WAY_MS;
    while (!is_under_way(p)) {
        ck_assert_msg(e2e_now_ms() < until_ms, "never came to: %s", p->name);
        e2e_host_beat(&host);
    }
    e2e_host_tick(&host, 0);
    e2e_nap(MOMENT_MS); /* nothing tells when the last bytes have been read */
    ck_assert_uint_eq(host.tick.pending, DAYS);
    end_by(how);
    proxy_arm(between, &pass);
    start_at(cloud.url);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
}

START_TEST(ended_in_the_middle)
{
    int64_t number = 0;
    set_up();
    for (int how = 0; how < WAYS; how++)
        play(&phases[_i], (way)how, &number);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stop");
    TCase *tests = tcase_create("ended in the middle");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, ended_in_the_middle, 0, PHASES);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
