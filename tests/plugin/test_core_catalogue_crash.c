/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes at every call of the host's catalogue (just before and just after it took effect), at every storage
 * operation and at every tick of a download with its swap, of an undo and of an upload. Afterwards the till has the old
 * data or the new ones, never a mix; the cloud likewise; and doing it once more works.
 */
#include "support/catalogue_bench.h"

typedef enum story { STORY_DOWNLOAD = 1, STORY_UNDO, STORY_UPLOAD } story;

typedef enum cut { CUT_HOST_BEFORE = 1, CUT_HOST_AFTER, CUT_STORAGE, CUT_TICK } cut;

static shop s;
static lines old, new;
static uint32_t ticks_left; /* of CUT_TICK; 0: the power is gone */

static bool is_dead(void)
{
    return s.host.is_cut || storage_memory_is_cut(s.b.disk) || ticks_left == 0;
}

static void tick(void)
{
    ticks_left--;
    if (!is_dead())
        shop_tick(&s);
}

static void run(void)
{
    for (int i = 0; i < 400 && !is_dead(); i++) {
        tick();
        if (!is_dead() && shop_rests(s.b.core->catalogue->v.phase) && !s.b.core->state_dirty)
            return;
    }
}

static void download(void)
{
    core_begin_call(s.b.core);
    core_catalogue_download(s.b.core, s.b.now);
    run();
    for (int i = 0; i < 2 && !is_dead(); i++) {
        core_begin_call(s.b.core);
        if (s.b.core->catalogue->job)
            core_catalogue_accept(s.b.core, s.b.now, s.b.core->catalogue->job->preview.serial);
        run();
    }
}

static void undo(void)
{
    core_begin_call(s.b.core);
    core_catalogue_undo(s.b.core, s.b.now);
    run();
}

static void upload(void)
{
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    run();
}

static void tell(story which)
{
    if (which == STORY_DOWNLOAD)
        download();
    else if (which == STORY_UNDO)
        undo();
    else
        upload();
}

/* ---- the stage ---- */

static void open_stage(story which)
{
    shop_open(&s);
    ticks_left = UINT32_MAX;
    lines_put_items(&s.host.local, "Old", 1, 30);
    shop_connect(&s);
    s.cloud.page_lines = 20;
    if (which != STORY_UPLOAD) {
        lines_put_head(&s.cloud.now);
        lines_put_items(&s.cloud.now, "New", 1, 32);
        s.cloud.revision = 3;
    }
    lines_copy(&old, &s.host.local);
    lines_copy(&new, &s.cloud.now);
    if (which == STORY_UNDO)
        download();
}

static void close_stage(void)
{
    shop_close(&s);
    lines_clear(&old);
    lines_clear(&new);
}

static void arm(cut how, uint64_t n)
{
    if (how == CUT_STORAGE) {
        storage_memory_cut_at(s.b.disk, storage_memory_operations(s.b.disk) + n);
    } else if (how == CUT_TICK) {
        ticks_left = (uint32_t)n;
    } else {
        s.host.cut_at = s.host.call_count + n;
        s.host.cut_after = how == CUT_HOST_AFTER;
    }
}

/* What was staged may be there still, or not. */
static void power_up(uint32_t variant)
{
    s.host.is_cut = false;
    s.host.cut_at = 0;
    ticks_left = UINT32_MAX;
    if (variant % 2 == 1)
        lines_clear(&s.host.staged);
    bench_crash(&s.b);
    bench_run(&s.b, 3000);
    run();
}

/* ---- afterwards ---- */

static void check_download(const char *when)
{
    bool is_new = lines_equal(&s.host.local, &new);
    core_catalogue_view view = shop_look(&s);
    ck_assert_msg(is_new || lines_equal(&s.host.local, &old), "%s: a mix", when);
    ck_assert_msg(s.host.staged.count == 0, "%s: something is staged", when);
    ck_assert_msg(view.phase == CATALOGUE_IDLE, "%s: phase %d", when, (int)view.phase);
    ck_assert_msg(!is_new || view.taken_revision == 3, "%s: revision %lld", when, (long long)view.taken_revision);
    ck_assert_msg(!is_new || s.b.core->state.catalogue.right.connected, "%s: not connected", when);
    ck_assert_msg(is_new ? view.outcome != CATALOGUE_INTERRUPTED : view.outcome != CATALOGUE_TAKEN, "%s: outcome %d",
                  when, (int)view.outcome);
    download();
    ck_assert_msg(lines_equal(&s.host.local, &new), "%s: not the second time", when);
    if (!is_new) {
        core_catalogue_undo(s.b.core, s.b.now);
        ck_assert_msg(lines_equal(&s.host.local, &old), "%s: not undone", when);
    }
}

static void check_undo(const char *when)
{
    ck_assert_msg(lines_equal(&s.host.local, &new) || lines_equal(&s.host.local, &old), "%s: a mix", when);
    if (s.host.can_undo)
        undo();
    ck_assert_msg(lines_equal(&s.host.local, &old), "%s: not undone", when);
    download();
    ck_assert_msg(lines_equal(&s.host.local, &new), "%s: not downloaded again", when);
}

static void check_upload(const char *when)
{
    ck_assert_msg(s.cloud.now.count == 0 || lines_equal(&s.cloud.now, &s.host.local), "%s: a mix", when);
    ck_assert_msg(lines_equal(&s.host.local, &old), "%s: the till's data changed", when);
    if (shop_look(&s).may_upload)
        upload();
    core_catalogue_view view = shop_look(&s);
    ck_assert_msg(s.cloud.committed_times == 1 && !view.may_upload && view.phase == CATALOGUE_IDLE,
                  "%s: committed %u times, phase %d", when, s.cloud.committed_times, (int)view.phase);
}

static uint32_t cut_everywhere(story which, cut how)
{
    uint32_t points = 0;
    for (uint64_t n = 1;; n++) {
        for (uint32_t variant = 0; variant < 2; variant++) {
            char when[80];
            snprintf(when, sizeof when, "story %d, cut %d at %llu, variant %u", (int)which, (int)how,
                     (unsigned long long)n, variant);
            open_stage(which);
            arm(how, n);
            tell(which);
            bool over = !is_dead();
            if (!over) {
                power_up(variant);
                if (which == STORY_DOWNLOAD)
                    check_download(when);
                else if (which == STORY_UNDO)
                    check_undo(when);
                else
                    check_upload(when);
                points++;
            }
            close_stage();
            if (over)
                return points;
        }
    }
}

START_TEST(any_cut)
{
    static const char *const stories[] = {"", "download and swap", "undo", "upload"};
    static const char *const cuts[] = {"", "before host calls", "after host calls", "in storage operations",
                                       "at ticks"};
    story which = (story)(_i / 4 + 1);
    cut how = (cut)(_i % 4 + 1);
    uint32_t points = cut_everywhere(which, how);
    printf("%s: %u cuts %s\n", stories[which], points, cuts[how]);
    ck_assert(points > 0 || which == STORY_UNDO);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/catalogue_crash");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, any_cut, 0, 12);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
