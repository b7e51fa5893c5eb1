/* SPDX-License-Identifier: Apache-2.0 */
/* support/catalogue_bench.h - the core of core_bench.h with a host that has a catalogue, and a cloud that has one. */
#ifndef SUPPORT_CATALOGUE_BENCH_H
#define SUPPORT_CATALOGUE_BENCH_H

#include "core/catalogue_job.h"
#include "support/catalogue_cloud.h"
#include "support/catalogue_host.h"
#include "support/core_bench.h"

typedef struct shop {
    bench b;
    catalogue_host host;
    catalogue_cloud cloud;
    pos_setup setup;
    pos_licence licence;
    int32_t wizard_finished, licence_on;
} shop;

static inline int32_t shop_wizard(void *ctx)
{
    return ((const shop *)ctx)->wizard_finished;
}

static inline int32_t shop_licence(void *ctx, const char *name)
{
    ck_assert_str_eq(name, POS_LICENCE_CATALOGUE_UPLOAD);
    return ((const shop *)ctx)->licence_on;
}

/* A till with data of its own, connected to store A, whose cloud has none yet. */
static inline void shop_open(shop *s)
{
    memset(s, 0, sizeof *s);
    bench_open(&s->b);
    host_open(&s->host);
    s->cloud.page_since = -1;
    s->wizard_finished = 1;
    s->setup = (pos_setup){.struct_size = sizeof s->setup, .ctx = s, .wizard_finished = shop_wizard};
    s->licence = (pos_licence){.struct_size = sizeof s->licence, .ctx = s, .property = shop_licence};
    s->b.catalogue = &s->host.calls;
    s->b.setup = &s->setup;
    s->b.licence = &s->licence;
    s->b.cloud.catalogue = catalogue_cloud_route;
    s->b.cloud.catalogue_ctx = &s->cloud;
    lines_put_head(&s->host.local);
}

static inline void shop_connect(shop *s)
{
    ck_assert_msg(bench_start(&s->b), "%s", s->b.why);
    ck_assert(bench_log_in(&s->b));
    ck_assert_int_eq(bench_assign(&s->b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_run(&s->b, 2000);
}

static inline void shop_close(shop *s)
{
    bench_close_all(&s->b);
    host_close(&s->host);
    catalogue_cloud_close(&s->cloud);
}

static inline core_catalogue_view shop_look(shop *s)
{
    core_catalogue_view view;
    core_begin_call(s->b.core);
    core_get_catalogue(s->b.core, s->b.now, &view);
    return view;
}

/* One tick of the core, and time until the next: at most one page of the till's read or staged. */
static inline void shop_tick(shop *s)
{
    s->host.tick_pages = 0;
    uint32_t delay = bench_tick(&s->b, 0);
    if (s->host.tick_pages > 1)
        ck_abort_msg("%u pages in one tick", s->host.tick_pages);
    bench_pass(&s->b, delay);
}

static inline bool shop_rests(core_catalogue_phase phase)
{
    return phase == CATALOGUE_IDLE || phase == CATALOGUE_PREVIEW || phase == CATALOGUE_SECOND ||
           phase == CATALOGUE_DECIDING;
}

/* Until the job is over, or waits for the owner; at most an hour. */
static inline core_catalogue_phase shop_run(shop *s)
{
    int64_t end = s->b.now.elapsed_ms + BENCH_HOUR_MS;
    do {
        shop_tick(s);
    } while (!shop_rests(s->b.core->catalogue->v.phase) && s->b.now.elapsed_ms < end);
    return s->b.core->catalogue->v.phase;
}

static inline core_catalogue_phase shop_download(shop *s)
{
    core_begin_call(s->b.core);
    ck_assert(core_catalogue_download(s->b.core, s->b.now));
    return shop_run(s);
}

/* Accepts, twice if it is asked for. */
static inline core_catalogue_outcome shop_accept(shop *s)
{
    for (int i = 0; i < 2; i++) {
        core_catalogue_view view = shop_look(s);
        if (view.preview)
            ck_assert(core_catalogue_accept(s->b.core, s->b.now, view.preview->serial));
        shop_run(s);
    }
    return shop_look(s).outcome;
}

static inline void shop_expect_failure(shop *s, core_catalogue_failure failure)
{
    core_catalogue_view view = shop_look(s);
    ck_assert_msg(view.outcome == CATALOGUE_FAILED && view.failure == failure,
                  "phase %d, outcome %d, failure %d, fault %d (%s), cause %d %s", (int)view.phase, (int)view.outcome,
                  (int)view.failure, (int)view.line.fault, view.line.member, (int)view.verdict.cause,
                  view.verdict.detail);
}

#endif
