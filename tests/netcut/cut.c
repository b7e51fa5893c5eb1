/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/cut.c - the connection is cut at every byte of an exchange: towards the cloud and back, by an end of the
 * stream and by a reset, on a fresh connection (the TLS handshake with it) and on one that was kept open. The
 * plugin goes on by itself; after each cut the cloud's own tables say that every Z counts once.
 */
#include "netcut/bench.h"
#include "netcut/netcut.h"

#include <string.h>

#include "support/e2e_sql.h"

#define BATCH 3u

typedef struct exchange {
    const char *name;
    void (*prepare)(bench *b);
    void (*perform)(bench *b); /* to its good end, whatever happens to the connection */
} exchange;

typedef enum connection { FRESH = 1, KEPT, PLAIN, PLAIN_KEPT } connection;

static const char *const connection_names[] = {"", "fresh TLS", "kept TLS", "fresh plain", "kept plain"};

/* ---- exchanges ---- */

static void nothing(bench *b)
{
    (void)b;
}

static void upload(bench *b)
{
    bench_close_days(b, 1);
    bench_await_delivered(b);
}

static void upload_batch(bench *b)
{
    bench_close_days(b, BATCH);
    bench_await_delivered(b);
}

static void go_to_resend(bench *b)
{
    e2e_owner_open(&b->host);
    bench_press(b, "resend");
    bench_await_widget(b, "resend.accept", NULL);
}

static void compare(bench *b)
{
    bench_press(b, "resend.accept");
    bench_await_widget(b, "resend.accept", NULL);
    ck_assert(e2e_owner_reads(&b->host, "result", "compared, 0 sent, 0 refused, 0 in conflict"));
}

static void press_row(bench *b, const char *prefix)
{
    char id[160] = "";
    bench_await_widget(b, prefix, "");
    for (uint32_t i = 0; i < poshost_screen_widget_count(b->host.screen); i++) {
        const poshost_widget *w = poshost_screen_widget(b->host.screen, i);
        if (w->kind == POS_WIDGET_ROW)
            snprintf(id, sizeof id, "%s", w->id);
    }
    ck_assert_msg(*id, "no row in %s", prefix);
    bench_press(b, id);
}

static void go_to_assign(bench *b)
{
    e2e_owner_open(&b->host);
    bench_press(b, "assign");
    press_row(b, "companies");
    press_row(b, "stores");
    bench_await_widget(b, "assign.accept", NULL);
}

/* It went through, or it can be pressed again. */
static bool was_answered(void *ctx)
{
    const bench *b = ctx;
    ck_assert_int_eq(poshost_screen_refresh(b->host.screen, poshost_guard_render, b->host.guard), POS_OK);
    const poshost_widget *accept = poshost_screen_find(b->host.screen, "assign.accept");
    return accept ? accept->action && !accept->disabled_reason : true;
}

/* The owner's own request: not repeated behind their back. They read what happened and press again. */
static void assign(bench *b)
{
    int tries = 0;
    do {
        ck_assert_int_lt(tries++, 2);
        bench_press(b, "assign.accept");
        bench_await(b, was_answered, b, "an answer to the assignment");
    } while (strcmp(poshost_screen_id(b->host.screen), "assign") == 0);
    ck_assert_str_eq(poshost_screen_id(b->host.screen), "main");
    ck_assert_int_eq(bench_ask(b, "SELECT COUNT(*) FROM tills"), 1);
}

static void go_to_catalogue(bench *b)
{
    e2e_owner_open(&b->host);
    bench_press(b, "catalogue");
    if (bench_ask(b, "SELECT COUNT(*) FROM catalogues") == 0) {
        bench_press(b, "catalogue.upload");
        bench_press(b, "catalogue.seen");
    }
    bench_await_widget(b, "catalogue.download", NULL);
}

static void download(bench *b)
{
    bench_press(b, "catalogue.download");
    bench_press(b, "catalogue.seen");
    ck_assert_uint_eq(b->catalogue.swaps, 0);
}

static const exchange exchanges[] = {
    {"one Z and its receipt", nothing, upload},
    {"a batch of three", nothing, upload_batch},
    {"assignment", go_to_assign, assign},
    {"comparison", go_to_resend, compare},
    {"configuration data", go_to_catalogue, download},
};

/* ---- one case: an exchange on a kind of connection, one way, one kind of cut ---- */

typedef struct cut_case {
    const exchange *what;
    connection on;
    proxy_way way;
    proxy_act act;
} cut_case;

static void run_round(bench *b, const cut_case *c, uint64_t at_bytes)
{
    const proxy_plan plan = {.act = c->act, .way = c->way, .at_bytes = at_bytes};
    c->what->prepare(b);
    if (c->on == FRESH || c->on == PLAIN)
        proxy_drop(b->proxy);
    proxy_arm(b->proxy, &plan);
    c->what->perform(b);
}

/* Sizes differ by a few bytes from round to round (signatures do): the end was passed when nothing was cut any more
 * for some offsets. */
#define PAST_THE_END 8u

static void run_case(const cut_case *c)
{
    bench b;
    char name[128];
    uint32_t rounds = 0, cut = 0, past = 0;
    bench_open(&b, c->on == PLAIN || c->on == PLAIN_KEPT);
    int64_t began_us = e2e_now_us();
    for (uint64_t at = 0; past<PAST_THE_END; at += past> 0 ? 1 : netcut_stride) {
        run_round(&b, c, at);
        bool acted = proxy_has_acted(b.proxy);
        rounds++;
        cut += acted;
        past = acted ? 0 : past + 1;
    }
    snprintf(name, sizeof name, "%s, %s, %s, %s", c->what->name, connection_names[c->on],
             c->way == PROXY_UP ? "request" : "answer", c->act == PROXY_CUT_FIN ? "FIN" : "RST");
    ck_assert_uint_gt(cut, 0);
    bench_close(&b);
    netcut_print(name, rounds, cut, began_us);
}

/* ---- all of them ---- */

static const struct {
    size_t exchange;
    connection on;
} kinds[] = {
    {0, FRESH}, {0, KEPT}, {0, PLAIN}, {0, PLAIN_KEPT}, {1, KEPT}, {2, FRESH}, {3, FRESH}, {4, FRESH},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static cut_case cases[KINDS * 4];

START_TEST(every_byte)
{
    run_case(&cases[_i]);
}
END_TEST

void cut_add_cases(Suite *suite, unsigned part, unsigned of)
{
    TCase *tests = tcase_create("cut");
    tcase_set_timeout(tests, 3600);
    for (unsigned i = 0; i < KINDS * 4; i++) {
        cases[i] = (cut_case){&exchanges[kinds[i / 4].exchange], kinds[i / 4].on, i & 1 ? PROXY_DOWN : PROXY_UP,
                              i & 2 ? PROXY_CUT_RST : PROXY_CUT_FIN};
        if (i % of == part)
            tcase_add_loop_test(tests, every_byte, (int)i, (int)i + 1);
    }
    suite_add_tcase(suite, tests);
}
