/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation, every call of the storage and every request of a download with its swap and of an upload fails, one
 * at a time. The till has the old data or the new ones, never a mix; so has the cloud; the owner is told; and doing it
 * once more works.
 */
#include "core_faults.h"

#include "support/catalogue_bench.h"

typedef enum story { STORY_DOWNLOAD = 0, STORY_CHANGES, STORY_UPLOAD, STORIES } story;

static const char *const stories[STORIES] = {"download", "download of changes", "upload"};
static shop s;
static lines old, new;
static pos_catalogue calls; /* the host's, whose own allocations are spared */

/* ---- the host ---- */

typedef struct visit {
    pos_catalogue_visitor visitor;
    void *ctx;
} visit;

static int32_t spared_line(void *ctx, const pos_catalogue_line *line)
{
    const visit *v = ctx;
    fault_enter();
    int32_t result = v->visitor(v->ctx, line);
    fault_leave();
    return result;
}

static int32_t spared_read(void *ctx, uint32_t which, const char *after, pos_catalogue_visitor visitor, void *vctx)
{
    visit v = {visitor, vctx};
    fault_leave();
    int32_t result = host_read_lines(ctx, which, after, spared_line, &v);
    fault_enter();
    return result;
}

#define SPARED(name, calls, parameters, arguments)                                                                     \
    static int32_t name parameters                                                                                     \
    {                                                                                                                  \
        fault_leave();                                                                                                 \
        int32_t result = calls arguments;                                                                              \
        fault_enter();                                                                                                 \
        return result;                                                                                                 \
    }

SPARED(spared_state, host_state, (void *ctx, pos_catalogue_state *out), (ctx, out))
SPARED(spared_begin, host_stage_begin, (void *ctx, uint32_t mode), (ctx, mode))
SPARED(spared_add, host_stage_add,
       (void *ctx, const pos_catalogue_line *added, uint32_t count, uint32_t stride, char *reason, uint32_t room),
       (ctx, added, count, stride, reason, room))
SPARED(spared_discard, host_discard, (void *ctx), (ctx))
SPARED(spared_swap, host_swap, (void *ctx, const char *tag, char *reason, uint32_t room), (ctx, tag, reason, room))
SPARED(spared_undo, host_undo, (void *ctx, char *reason, uint32_t room), (ctx, reason, room))
SPARED(spared_wizard, shop_wizard, (void *ctx), (ctx))
SPARED(spared_licence, shop_licence, (void *ctx, const char *name), (ctx, name))

/* ---- the stage ---- */

static void act(story which)
{
    core_begin_call(s.b.core);
    if (which == STORY_UPLOAD)
        core_catalogue_upload(s.b.core, s.b.now);
    else
        core_catalogue_download(s.b.core, s.b.now);
    shop_run(&s);
    for (int i = 0; i < 2 && s.b.core->catalogue->job && s.b.core->catalogue->v.phase != CATALOGUE_DECIDING; i++) {
        core_begin_call(s.b.core);
        core_catalogue_accept(s.b.core, s.b.now, s.b.core->catalogue->job->preview.serial);
        shop_run(&s);
    }
    for (int i = 0; i < 50 && s.b.core->state_dirty; i++)
        bench_run(&s.b, 1000);
}

static void open_stage(story which)
{
    shop_open(&s);
    calls = s.host.calls;
    calls.state = spared_state;
    calls.read = spared_read;
    calls.stage_begin = spared_begin;
    calls.stage_add = spared_add;
    calls.stage_discard = spared_discard;
    calls.swap = spared_swap;
    calls.undo = spared_undo;
    s.setup.wizard_finished = spared_wizard;
    s.licence.property = spared_licence;
    s.b.catalogue = &calls;
    fault_take_storage(&s.b);
    lines_put_items(&s.host.local, "Old", 1, 3);
    shop_connect(&s);
    fault_take_net(&s.b);
    s.cloud.page_lines = 3;
    if (which != STORY_UPLOAD) {
        lines_put_head(&s.cloud.now);
        lines_put_items(&s.cloud.now, "New", 1, 4);
        s.cloud.revision = 3;
    }
    if (which == STORY_CHANGES)
        act(STORY_DOWNLOAD);
    lines_copy(&old, &s.host.local);
    if (which == STORY_CHANGES) {
        catalogue_cloud_revise(&s.cloud);
        lines_clear(&s.cloud.now);
        lines_put_head(&s.cloud.now);
        lines_put_items(&s.cloud.now, "Newer", 2, 5);
    }
    lines_copy(&new, &s.cloud.now);
}

static void close_stage(void)
{
    shop_close(&s);
    lines_clear(&old);
    lines_clear(&new);
}

/* ---- afterwards ---- */

/* A job that failed says so, and left nothing behind. */
static void check_rest(const char *when, story which)
{
    core_catalogue_view view = shop_look(&s);
    bool is_new = lines_equal(&s.host.local, &new);
    ck_assert_msg(view.phase == CATALOGUE_IDLE, "%s: phase %d", when, (int)view.phase);
    ck_assert_msg(s.host.staged.count == 0, "%s: something is staged", when);
    if (which == STORY_UPLOAD) {
        ck_assert_msg(lines_equal(&s.host.local, &old), "%s: the till's data changed", when);
        ck_assert_msg(s.cloud.now.count == 0 || lines_equal(&s.cloud.now, &s.host.local), "%s: a mix", when);
        return;
    }
    ck_assert_msg(is_new || lines_equal(&s.host.local, &old), "%s: a mix", when);
    ck_assert_msg(is_new == (view.outcome == CATALOGUE_TAKEN), "%s: new %d, outcome %d", when, is_new,
                  (int)view.outcome);
}

static void check_again(const char *when, story which)
{
    if (which == STORY_UPLOAD && shop_look(&s).may_upload)
        act(which);
    else if (which != STORY_UPLOAD)
        act(which);
    if (which == STORY_UPLOAD)
        ck_assert_msg(s.cloud.committed_times == 1 && lines_equal(&s.cloud.now, &s.host.local),
                      "%s: committed %u times", when, s.cloud.committed_times);
    else
        ck_assert_msg(lines_equal(&s.host.local, &new), "%s: not the second time", when);
}

START_TEST(one_failure_leaves_the_old_or_the_new)
{
    static const fault_kind kinds[] = {FAULT_MEMORY, FAULT_PUT, FAULT_PUT_DONE,
                                       FAULT_SUBMIT}; /* nothing else is used */
    story which = (story)(_i / 4);
    fault_kind kind = kinds[_i % 4];
    bool happened = true;
    int points = 0;
    for (int n = 1; happened; n++) {
        char when[100];
        snprintf(when, sizeof when, "%s, %s %d", stories[which], fault_names[kind], n);
        open_stage(which);
        fault_arm(kind, n);
        act(which);
        happened = fault_disarm();
        points += happened;
        check_rest(when, which);
        check_again(when, which);
        close_stage();
    }
    printf("%s: %d times a failed %s\n", stories[which], points, fault_names[kind]);
    ck_assert(points > 0 || (kind == FAULT_MEMORY && MEMORY_FAULT == 0));
}
END_TEST

START_TEST(a_start_without_memory_is_none)
{
    bool happened = true;
    int refused = 0;
    open_stage(STORY_UPLOAD);
    bench_stop(&s.b);
    for (int n = 1; happened; n++) {
        fault_arm(FAULT_MEMORY, n);
        bool started = bench_start(&s.b);
        happened = fault_disarm();
        ck_assert(started || happened);
        refused += !started;
        ck_assert(started || strlen(s.b.why) > 0);
        if (started)
            bench_stop(&s.b);
    }
    ck_assert(refused > 2 || MEMORY_FAULT == 0);
    ck_assert(bench_start(&s.b));
    ck_assert(core_get_assignment(s.b.core).assigned); /* nothing of it was lost */
    close_stage();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: one failure in configuration data");
    TCase *tc = tcase_create("one");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, one_failure_leaves_the_old_or_the_new, 0, 4 * STORIES);
    tcase_add_test(tc, a_start_without_memory_is_none);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
