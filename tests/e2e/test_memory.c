/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_memory.c - what a core image of the running till would tell: its memory, with the shipped plugin in it,
 * is searched for the password, the mailed code and the tokens after each step of an owner's day. Of a password or code
 * nothing may be left once its request is over; of each token there is one copy while it is in use, none afterwards.
 *
 * What was freed is not looked at here: the C library is told to overwrite it. test_freed.c looks at that, for libcurl
 * gives back what it sent as it is. The script comes through a pipe, so that a secret is nowhere but where a person's
 * typing would be.
 */
#include "support/e2e_memory.h"
#include "support/e2e_owner.h"
#include "support/e2e_till.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD      "Canary-Pass-5d1e83b7"
#define NEXT_PASSWORD "Canary-Next-5d1e83b7"
#define SESSION       "fcs_" /* what the tokens of this cloud begin with */
#define TILL_TOKEN    "fct_"
#define TOKEN_LENGTH  47 /* with that */

static e2e_cloud cloud;
static e2e_till till;
static FILE *script;

/* Runs the commands to their end. */
static void say(const char *commands)
{
    static int step;
    char mark[32];
    snprintf(mark, sizeof mark, "done-%d\n", ++step);
    ck_assert_int_gt(fprintf(script, "%sprint %s", commands, mark), 0);
    int64_t late_ms = e2e_now_ms() + 60000;
    for (bool done = false; !done;) {
        char *output = e2e_read_file(till.output_file, NULL);
        done = output && strstr(output, mark);
        ck_assert_msg(done || e2e_now_ms() < late_ms, "the till does not do:\n%s\nbut:\n%s", commands, output);
        free(output);
        e2e_nap(done ? 0 : 20);
    }
}

static void say_code(const char *before, const char *after)
{
    char commands[400];
    int64_t late_ms = e2e_now_ms() + 60000;
    while (!e2e_cloud_read_mail(&cloud, E2E_EMAIL)) {
        ck_assert_msg(e2e_now_ms() < late_ms, "no mail came");
        e2e_nap(20);
    }
    snprintf(commands, sizeof commands, "%sfill code %s\n%s", before, cloud.last_code, after);
    say(commands);
}

/* ---- searching ---- */

typedef struct tally {
    size_t needle_length;
    size_t copies;
    char where[240]; /* the last one */
} tally;

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* A needle of four characters is the prefix of a token: that alone is none. One of six is a code: a number by itself. */
static void count_one(void *context, e2e_memory_hit hit)
{
    tally *self = context;
    size_t length = 0;
    size_t used = (size_t)snprintf(self->where, sizeof self->where, "%.60s: ", hit.mapping);
    size_t before = hit.before < 60 ? hit.before : 60;
    while (length < hit.after && is_word(hit.text[length]))
        length++;
    if (self->needle_length == 4 ? length < TOKEN_LENGTH
                                 : length != self->needle_length || (before > 0 && is_word(hit.text[-1])))
        return;
    self->copies++;
    for (size_t i = 0; i < before + hit.after && used + 1 < sizeof self->where; i++) {
        char c = (hit.text - before)[i];
        self->where[used++] = (char)(isprint((unsigned char)c) ? c : '.');
    }
    self->where[used] = 0;
}

static tally count(const char *secret)
{
    tally found = {.needle_length = strlen(secret)};
    e2e_memory_search(till.pid, secret, found.needle_length, count_one, &found);
    return found;
}

static void expect_copies(const char *when, const char *secret, size_t copies)
{
    tally found = count(secret);
    ck_assert_msg(found.copies == copies, "%s: %zu copies of %s, not %zu: %s", when, found.copies, secret, copies,
                  found.where);
}

/* ---- an owner's day ---- */

static void begin(void)
{
    e2e_cloud_open(&cloud);
    e2e_till_open(&till, &cloud);
    script = e2e_till_feed(&till);
}

static void end(void)
{
    ck_assert_int_gt(fprintf(script, "quit\n"), 0);
    ck_assert_int_eq(e2e_till_end(&till), 0);
    fclose(script);
    e2e_till_close(&till);
    e2e_cloud_close(&cloud);
}

START_TEST(nothing_is_left_in_memory)
{
    char code[8];
    /* glibc overwrites what it is given back with this byte, but for what it keeps in a cache of each thread. */
    setenv("GLIBC_TUNABLES", "glibc.malloc.perturb=85:glibc.malloc.tcache_count=0", 1);
    begin();
    say("open\npress welcome.skip\npress login\npress login.register\nfill name \"Ada Byron\"\nfill email " E2E_EMAIL
        "\nfill password \"" PASSWORD "\"\nfill password_again \"" PASSWORD "\"\nfill country ES\ntoggle terms on\n");
    ck_assert_msg(count(PASSWORD).copies > 0, "what stands in the field was not found: the search finds nothing");
    say("press register.submit\n");
    say_code("", "press code.submit\nexpect Options\n");
    snprintf(code, sizeof code, "%s", cloud.last_code);
    expect_copies("registered", PASSWORD, 0);
    expect_copies("registered", code, 0);
    expect_copies("registered", SESSION, 1);
    say("press assign\npress company.new\nfill name \"" E2E_COMPANY "\"\nfill country ES\nfill currency EUR\n"
        "press company.create\npress store.new\nfill name \"" E2E_STORE "\"\nfill time_zone Europe/Madrid\n"
        "press store.create\npress assign.accept\nexpect \"" E2E_STORE
        "\"\nexpect Options\nleave\ntrade 2\nwait idle\n");
    expect_copies("sent reports", SESSION, 1);
    expect_copies("sent reports", TILL_TOKEN, 1);
    say("open\npress login\npress login.other\npress login.recover\nfill email " E2E_EMAIL
        "\npress recover.submit\nexpect code\n");
    say_code("", "fill password \"" NEXT_PASSWORD "\"\nfill password_again \"" NEXT_PASSWORD
                 "\"\npress recover.confirm\nexpect Options\n");
    expect_copies("recovered", NEXT_PASSWORD, 0);
    expect_copies("recovered", cloud.last_code, 0);
    say("press login\npress login.other\nfill email " E2E_EMAIL "\nfill password \"" NEXT_PASSWORD "\"\nleave\n");
    expect_copies("left without sending", NEXT_PASSWORD, 0);
    say("open\npress login\npress login.other\nfill email " E2E_EMAIL "\nfill password \"" NEXT_PASSWORD
        "\"\npress login.submit\nexpect Options\nleave\nrestart\n");
    expect_copies("logged in and restarted", NEXT_PASSWORD, 0);
    expect_copies("logged in and restarted", SESSION, 1);
    expect_copies("logged in and restarted", TILL_TOKEN, 1);
    say("open\npress disconnect\npress disconnect.accept\npress disconnect.done\nleave\n");
    expect_copies("disconnected", PASSWORD, 0);
    expect_copies("disconnected", SESSION, 0);
    expect_copies("disconnected", TILL_TOKEN, 0);
    end();
}
END_TEST

/* A number within others is no code, a prefix no token. */
START_TEST(only_secrets_count)
{
    static const struct {
        const char *before;
        const char *needle;
        const char *after;
        size_t copies;
    } cases[] = {
        {"\"", PASSWORD, "\"", 1},
        {"", PASSWORD, "x", 0},
        {"12", "345678", "", 0},
        {"\"", "345678", "\"", 1},
        {"", SESSION, "0123456789012345678901234567890123456789abc", 1},
        {"", SESSION, "0123456789012345678901234567890123456789", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[120];
        tally found = {.needle_length = strlen(cases[i].needle)};
        size_t before = strlen(cases[i].before);
        int size = snprintf(bytes, sizeof bytes, "%s%s%s", cases[i].before, cases[i].needle, cases[i].after);
        count_one(&found, (e2e_memory_hit){bytes + before, before, (size_t)size - before, ""});
        ck_assert_msg(found.copies == cases[i].copies, "case %zu", i);
    }
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"search", only_secrets_count},
        {"memory", nothing_is_left_in_memory},
    };
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ /* these keep what was freed, and much else */
    return e2e_run("memory", tests, 1);
#else
    return E2E_RUN("memory", tests);
#endif
}
