/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash/days_catalogue.c - configuration data: afterwards the till has the old or the new, never a mix, and the cloud
 * likewise; and doing it once more works.
 */
#include "crash/days.h"

#define CLOUD_REVISION 3

static void prepare_shop(world *w)
{
    shop *s = &w->s;
    s->b.catalogue = &s->host.calls;
    lines_put_items(&s->host.local, "Old", 1, 6);
    world_connect(w);
    s->cloud.page_lines = 10;
    lines_copy(&w->old, &s->host.local);
}

static void prepare_download(world *w)
{
    shop *s = &w->s;
    prepare_shop(w);
    lines_put_head(&s->cloud.now);
    lines_put_items(&s->cloud.now, "New", 1, 8);
    s->cloud.revision = CLOUD_REVISION;
    lines_copy(&w->new, &s->cloud.now);
}

static void tell_download(world *w)
{
    bench *b = world_bench(w);
    core_begin_call(b->core);
    ck_assert(core_catalogue_download(b->core, b->now));
    world_rest(w);
}

/* Accepts, twice if it is asked for. */
static void tell_swap(world *w)
{
    bench *b = world_bench(w);
    for (int i = 0; i < 2; i++) {
        core_begin_call(b->core);
        if (b->core->catalogue->job)
            core_catalogue_accept(b->core, b->now, b->core->catalogue->job->preview.serial);
        world_rest(w);
    }
}

static void prepare_swap(world *w)
{
    prepare_download(w);
    tell_download(w);
    ck_assert_int_eq(w->s.b.core->catalogue->v.phase, CATALOGUE_PREVIEW);
}

static void tell_undo(world *w)
{
    bench *b = world_bench(w);
    core_begin_call(b->core);
    core_catalogue_undo(b->core, b->now);
    world_rest(w);
}

static void prepare_undo(world *w)
{
    prepare_swap(w);
    tell_swap(w);
    ck_assert(lines_equal(&w->s.host.local, &w->new));
}

static void tell_upload(world *w)
{
    bench *b = world_bench(w);
    core_begin_call(b->core);
    ck_assert(core_catalogue_upload(b->core, b->now));
    world_rest(w);
}

/* ---- afterwards ---- */

static void cancel(world *w)
{
    bench *b = world_bench(w);
    core_begin_call(b->core);
    core_catalogue_cancel(b->core, b->now);
    world_rest(w);
}

static void check_download(world *w)
{
    shop *s = &w->s;
    if (w->cuts == 0)
        cancel(w); /* a preview that nobody accepted */
    bool is_new = lines_equal(&s->host.local, &w->new);
    core_catalogue_view view = shop_look(s);
    ck_assert_msg(is_new || lines_equal(&s->host.local, &w->old), "a mix");
    ck_assert_msg(s->host.staged.count == 0, "something is staged");
    ck_assert_msg(view.phase == CATALOGUE_IDLE, "phase %d", (int)view.phase);
    ck_assert_msg(!is_new || view.taken_revision == CLOUD_REVISION, "revision %lld", (long long)view.taken_revision);
    ck_assert_msg(!is_new || s->b.core->state.catalogue.right.connected, "not connected");
    ck_assert_msg(is_new ? view.outcome != CATALOGUE_INTERRUPTED : view.outcome != CATALOGUE_TAKEN, "outcome %d",
                  (int)view.outcome);
    tell_download(w);
    tell_swap(w);
    ck_assert_msg(lines_equal(&s->host.local, &w->new), "not the second time");
    if (!is_new) {
        tell_undo(w);
        ck_assert_msg(lines_equal(&s->host.local, &w->old), "not undone");
    }
}

static void check_undo(world *w)
{
    shop *s = &w->s;
    ck_assert_msg(lines_equal(&s->host.local, &w->new) || lines_equal(&s->host.local, &w->old), "a mix");
    if (s->host.can_undo)
        tell_undo(w);
    ck_assert_msg(lines_equal(&s->host.local, &w->old), "not undone");
    tell_download(w);
    tell_swap(w);
    ck_assert_msg(lines_equal(&s->host.local, &w->new), "not downloaded again");
}

static void check_upload(world *w)
{
    shop *s = &w->s;
    ck_assert_msg(s->cloud.now.count == 0 || lines_equal(&s->cloud.now, &s->host.local), "a mix");
    ck_assert_msg(lines_equal(&s->host.local, &w->old), "the till's data changed");
    if (shop_look(s).may_upload)
        tell_upload(w);
    core_catalogue_view view = shop_look(s);
    ck_assert_msg(s->cloud.committed_times == 1 && !view.may_upload && view.phase == CATALOGUE_IDLE,
                  "committed %u times, phase %d", s->cloud.committed_times, (int)view.phase);
    ck_assert_msg(lines_equal(&s->cloud.now, &s->host.local), "not uploaded");
}

crash_days days_of_the_catalogue(void)
{
    static const crash_day days[] = {
        {"download", prepare_download, tell_download, NULL, check_download, false},
        {"swap", prepare_swap, tell_swap, NULL, check_download, false},
        {"undo", prepare_undo, tell_undo, NULL, check_undo, false},
        {"upload", prepare_shop, tell_upload, NULL, check_upload, false},
    };
    return (crash_days){days, sizeof days / sizeof *days};
}
