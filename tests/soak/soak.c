/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/soak/soak.c - kill rounds: tills and cloud as they are shipped, over TLS, the cloud's fault switches on, SIGKILL
 * at random times. At the end everything heals and the outboxes empty. What the databases then say is not for this
 * program to judge: tests/soak/run.sh does, by SQL.
 *
 *   soak ROUNDS SEED TILLS MANIFEST
 *
 * A round is one kill and one restart. The seed draws what the tills do and when who dies; how far the victim had come
 * by then is the machine's. The only waits without an event are those before the kills. MANIFEST gets a line a database:
 * "cloud FILE LOG", "till FILE LOG".
 */
#include "support/e2e_till.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TILLS_MAX     16
#define CYCLES        200 /* closes that a till would make if nobody killed it: it never gets there */
#define SCRIPT_BYTES  (CYCLES * 400)
#define BIRTH_US      80000  /* about the time a start takes */
#define TILL_LIFE_US  600000 /* at most, after it; every eighth life ends within BIRTH_US */
#define CLOUD_LIFE_US 500000 /* at most, when it listens */

/* What a till says when it begins with it: its script prints these words. The first is that of a till that has not
 * said anything yet. */
static const char *const phases[] = {"starting", "selling", "running", "closing", "sending"};
#define PHASES (sizeof phases / sizeof phases[0])

/* Drawn for each life of the cloud. */
static const char *const faults[] = {
    "{\"route\":\"reports\",\"percent\":40,\"delay_ms\":25}",
    "{\"percent\":30,\"status\":503,\"retry_after\":1}",
    "{\"percent\":30,\"status\":500}",
    "{\"route\":\"reports\",\"percent\":30,\"status\":502,\"bare\":true}",
    "{\"route\":\"reports\",\"percent\":30,\"status\":413,\"bare\":true}",
    "{\"percent\":30,\"status\":429}",
    "{\"route\":\"reports\",\"percent\":35,\"drop\":\"before\"}",
    "{\"route\":\"reports\",\"percent\":35,\"drop\":\"after\"}",
    "{\"route\":\"reports\",\"percent\":35,\"cut_after_bytes\":40}",
    "{\"route\":\"reports\",\"percent\":35,\"cut_after_bytes\":200}",
    "{\"route\":\"reports\",\"percent\":20,\"drip_ms\":1}",
};
#define FAULTS (sizeof faults / sizeof faults[0])

static struct soak {
    int rounds, tills;
    uint64_t seed, random;
    const char *manifest;
} soak;

static e2e_cloud cloud;
static int64_t cloud_kill_at_us;
static struct actor {
    e2e_till till;
    char register_id[8];
    int64_t kill_at_us;
} actors[TILLS_MAX];

static struct tally {
    int64_t tills[PHASES], tills_by_themselves;
    int64_t cloud_starting, cloud_serving;
    int64_t both; /* of those above: the rounds in which a till and the cloud died at once */
} tally;

/* SplitMix64. */
static uint64_t draw(uint64_t below)
{
    uint64_t z = (soak.random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % below;
}

/* ---- the cloud ---- */

/* Below the ports that the kernel gives to clients: a port of those may belong to a client while the cloud is dead, even
 * to the very one that tries to connect to it. */
static int free_port(void)
{
    for (int tries = 0; tries < 100; tries++) {
        int port = 20000 + (int)draw(12000);
        struct sockaddr_in at = {
            .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&at, sizeof at);
        if (fd >= 0)
            close(fd);
        if (bound == 0)
            return port;
    }
    ck_abort_msg("no port is free");
}

static void cloud_begin_life(void)
{
    e2e_cloud_start(&cloud);
    for (int i = 0; i < 2; i++)
        e2e_cloud_fault(&cloud, faults[draw(FAULTS)]);
    cloud_kill_at_us = e2e_now_us() + (int64_t)draw(CLOUD_LIFE_US);
}

/* Every eighth time it is killed once more before it listens. */
static int cloud_die_and_live(void)
{
    int deaths = 1;
    e2e_cloud_kill(&cloud);
    tally.cloud_serving++;
    if (draw(8) == 0) {
        e2e_cloud_begin(&cloud);
        usleep((useconds_t)draw(BIRTH_US));
        e2e_cloud_kill(&cloud);
        tally.cloud_starting++;
        deaths++;
    }
    cloud_begin_life();
    return deaths;
}

/* ---- the tills ---- */

static void add(char *script, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char *script, const char *format, ...)
{
    va_list args;
    size_t used = strlen(script);
    va_start(args, format);
    int length = vsnprintf(script + used, SCRIPT_BYTES - used, format, args);
    va_end(args);
    ck_assert_msg(length > 0 && (size_t)length < SCRIPT_BYTES - used, "a script is too long");
}

/* Short periods: some receipts, an X or two, the close, and some time for the network. */
static void write_life(char *script)
{
    script[0] = '\0';
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        add(script, "print selling\nsell %d\n", 1 + (int)draw(4));
        for (uint64_t i = draw(3); i > 0; i--)
            add(script, "print running\nadvance 31m\nsell 1\n");
        add(script, "print closing\n%s\n", draw(12) == 0 ? "die-before-handover" : "close");
        add(script, "print sending\nadvance %dm\n", (int)(draw(2) * draw(60)));
        if (draw(3) == 0)
            add(script, "pause %dms\n", 1 + (int)draw(60));
    }
}

static void till_begin_life(struct actor *actor)
{
    static char script[SCRIPT_BYTES];
    write_life(script);
    e2e_till_begin(&actor->till, script);
    actor->kill_at_us = e2e_now_us() + (int64_t)(draw(8) == 0 ? draw(BIRTH_US) : BIRTH_US + draw(TILL_LIFE_US));
}

static size_t phase_of(const char *output)
{
    for (size_t length = strlen(output); length > 0; length--) {
        const char *line = output + length - 1;
        for (size_t i = 1; i < PHASES; i++)
            if (strncmp(line, phases[i], strlen(phases[i])) == 0)
                return i;
    }
    return 0;
}

static void count_death(const e2e_till *till)
{
    tally.tills[phase_of(till->output)]++;
}

static void till_die(struct actor *actor)
{
    e2e_till_kill(&actor->till);
    count_death(&actor->till);
}

/* Ended without us: only between its commit and the hand-over, as its script says. */
static void till_has_died(struct actor *actor)
{
    int status = e2e_till_end(&actor->till);
    ck_assert_msg(status == 128 + SIGKILL, "till %s ended by itself with %d:\n%s", actor->register_id, status,
                  actor->till.output);
    tally.tills_by_themselves++;
}

/* ---- the rounds ---- */

static int64_t next_kill_us(void)
{
    int64_t next_us = cloud_kill_at_us;
    for (int i = 0; i < soak.tills; i++)
        next_us = actors[i].kill_at_us < next_us ? actors[i].kill_at_us : next_us;
    return next_us;
}

/* Sleeps until somebody is to die; a till that has died by itself is brought back. Returns how many have. */
static int await_kill(void)
{
    struct pollfd ended[TILLS_MAX];
    int64_t left_us;
    int deaths = 0;
    while (deaths == 0 && (left_us = next_kill_us() - e2e_now_us()) > 0) {
        for (int i = 0; i < soak.tills; i++)
            ended[i] = (struct pollfd){(int)syscall(SYS_pidfd_open, actors[i].till.pid, 0), POLLIN, 0};
        (void)poll(ended, (nfds_t)soak.tills, (int)(left_us + 999) / 1000);
        for (int i = 0; i < soak.tills; i++) {
            close(ended[i].fd);
            if (ended[i].revents == 0)
                continue;
            till_has_died(&actors[i]);
            till_begin_life(&actors[i]);
            deaths++;
        }
    }
    return deaths;
}

/* Kills whose time has come. Returns the number of rounds that this was. */
static int kill_due(void)
{
    int64_t now_us = e2e_now_us();
    bool cloud_is_due = cloud_kill_at_us <= now_us;
    for (int i = 0; i < soak.tills; i++) {
        if (actors[i].kill_at_us > now_us)
            continue;
        till_die(&actors[i]);
        till_begin_life(&actors[i]);
        return 1;
    }
    if (!cloud_is_due)
        return 0;
    if (draw(4) != 0)
        return cloud_die_and_live();
    struct actor *other = &actors[draw((uint64_t)soak.tills)];
    till_die(other);
    tally.both++;
    int deaths = cloud_die_and_live();
    till_begin_life(other);
    return deaths;
}

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    e2e_cloud_stop(&cloud);
    cloud.port = free_port();
    e2e_cloud_start(&cloud);
    for (int i = 0; i < soak.tills; i++) {
        struct actor *actor = &actors[i];
        snprintf(actor->register_id, sizeof actor->register_id, "T%d", i + 1);
        e2e_till_open(&actor->till, &cloud);
        actor->till.register_id = actor->register_id;
        if (i == 0)
            e2e_till_set_up(&actor->till);
        else
            e2e_till_join(&actor->till);
        e2e_till_run(&actor->till, "open\npress configuration\ntoggle send_x on\nleave\n");
    }
}

/* No faults any more: a last day of each, every outbox empties, and every till says that nothing is missing. */
static void heal(void)
{
    e2e_cloud_heal(&cloud);
    for (int i = 0; i < soak.tills; i++)
        till_die(&actors[i]);
    for (int i = 0; i < soak.tills; i++)
        e2e_till_begin(&actors[i].till, "sell 2\nadvance 45m\nsell 1\nclose\nwait idle 120s\nopen\npress "
                                        "status\nexpect \"omplete through\" 60s\nleave\n"
                                        "expect-pending 0\n");
    for (int i = 0; i < soak.tills; i++) {
        int status = e2e_till_end(&actors[i].till);
        ck_assert_msg(status == 0, "till %s did not heal: %d\n%s", actors[i].register_id, status,
                      actors[i].till.output);
    }
    e2e_cloud_stop(&cloud);
}

static void write_manifest(void)
{
    FILE *file = fopen(soak.manifest, "we");
    ck_assert_msg(file, "cannot make %s: %s", soak.manifest, strerror(errno));
    fprintf(file, "cloud %s %s\n", cloud.database, cloud.log);
    for (int i = 0; i < soak.tills; i++)
        fprintf(file, "till %s %s\n", actors[i].till.database, actors[i].till.log);
    ck_assert_int_eq(fclose(file), 0);
}

static void print_tally(int rounds, int64_t took_ms)
{
    int64_t tills = 0, clouds = tally.cloud_starting + tally.cloud_serving;
    for (size_t i = 0; i < PHASES; i++)
        tills += tally.tills[i];
    printf("%d kill rounds in %.1f s, %.0f ms each\n", rounds, (double)took_ms / 1000, (double)took_ms / rounds);
    printf("  tills killed     %5" PRId64 ":", tills);
    for (size_t i = 0; i < PHASES; i++)
        printf(" %s %" PRId64 "%s", phases[i], tally.tills[i], i + 1 < PHASES ? "," : "\n");
    printf("  tills that died between commit and hand-over %" PRId64 "\n", tally.tills_by_themselves);
    printf("  clouds killed    %5" PRId64 ": starting %" PRId64 ", serving %" PRId64
           ", of these together with a till %" PRId64 "\n",
           clouds, tally.cloud_starting, tally.cloud_serving, tally.both);
}

START_TEST(kill_rounds)
{
    int rounds = 0;
    set_up();
    cloud_kill_at_us = e2e_now_us() + CLOUD_LIFE_US;
    for (int i = 0; i < soak.tills; i++)
        till_begin_life(&actors[i]);
    int64_t from_ms = e2e_now_ms();
    while (rounds < soak.rounds) {
        rounds += await_kill();
        rounds += kill_due();
    }
    print_tally(rounds, e2e_now_ms() - from_ms);
    heal();
    write_manifest();
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 5 || (soak.rounds = atoi(argv[1])) < 1 || (soak.tills = atoi(argv[3])) < 1 || soak.tills > TILLS_MAX) {
        fprintf(stderr, "soak ROUNDS SEED TILLS(1..%d) MANIFEST\n", TILLS_MAX);
        return 2;
    }
    soak.seed = soak.random = strtoull(argv[2], NULL, 10);
    soak.manifest = argv[4];
    setvbuf(stdout, NULL, _IOLBF, 0);
    Suite *suite = suite_create("soak");
    TCase *test_case = tcase_create("kill rounds");
    tcase_add_test(test_case, kill_rounds);
    suite_add_tcase(suite, test_case);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK); /* as long as it takes: every wait in it has an end of its own */
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    TestResult **results = srunner_failures(runner);
    for (int i = 0; i < failed; i++)
        printf("%s:%d: %s\n", tr_lfile(results[i]), tr_lno(results[i]), tr_msg(results[i]));
    free(results);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
