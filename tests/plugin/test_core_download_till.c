/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data from the cloud, and a till that loses what was staged, is edited in the middle, has data that it should
 * not have, or cannot say what became of a call. Nothing is ever mixed, and the owner is told.
 */
#include "support/catalogue_shop.h"

static void accept_once(void)
{
    core_catalogue_view view = shop_look(&s);
    ck_assert_ptr_nonnull(view.preview);
    ck_assert(core_catalogue_accept(s.b.core, s.b.now, view.preview->serial));
    shop_run(&s);
}

/* ---- lost, and edited ---- */

START_TEST(what_the_till_lost_is_staged_again)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    lines_clear(&s.host.staged);
    accept_once();
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_PREVIEW);
    ck_assert_uint_gt(s.host.staged.count, 0);
    ck_assert_uint_eq(s.host.swaps, 0);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

START_TEST(a_till_that_keeps_nothing_is_given_up)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    for (int i = 0; i < 2000 && s.b.core->catalogue->job; i++) {
        if (s.b.core->catalogue->v.phase == CATALOGUE_COMPARING)
            lines_clear(&s.host.staged);
        shop_tick(&s);
    }
    shop_expect_failure(&s, CATALOGUE_FAIL_RESTLESS);
    ck_assert_uint_eq(s.host.swaps, 0);
}
END_TEST

START_TEST(so_is_one_that_is_edited_all_the_time)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    for (int i = 0; i < 2000 && s.b.core->catalogue->job; i++) {
        if (s.b.core->catalogue->v.phase == CATALOGUE_COMPARING)
            host_edited(&s.host);
        shop_tick(&s);
    }
    shop_expect_failure(&s, CATALOGUE_FAIL_RESTLESS);
    ck_assert_uint_eq(s.host.staged.count, 0);
}
END_TEST

START_TEST(changes_to_an_edited_till_become_everything)
{
    take_new();
    revise();
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(s.host.mode, POS_STAGE_CHANGES);
    lines_put_items(&s.host.local, "Mine", 30, 30);
    host_edited(&s.host);
    accept_once();
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_PREVIEW);
    ck_assert_int_eq(s.host.mode, POS_STAGE_WHOLE);
    ck_assert(shop_look(&s).compared_again);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

START_TEST(so_do_changes_that_do_not_add_up)
{
    take_new();
    s.host.local.count -= 2; /* behind everybody's back: no new generation */
    revise();
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(s.host.mode, POS_STAGE_WHOLE);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

/* ---- what the till has ---- */

START_TEST(a_till_without_a_head_line_takes_any_currency)
{
    lines was = {0};
    lines_copy(&was, &s.host.local);
    lines_clear(&s.host.local); /* nothing at all */
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_str_eq(s.b.core->catalogue->job->local_currency, "");
    core_catalogue_cancel(s.b.core, s.b.now);
    lines_add(&s.host.local, "0", "{\"kind\":", 8); /* a broken one */
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_str_eq(s.b.core->catalogue->job->local_currency, "");
    core_catalogue_cancel(s.b.core, s.b.now);
    lines_clear(&s.host.local); /* another kind first */
    lines_put(&s.host.local, "{\"kind\":\"group\",\"group_id\":\"g\",\"name\":\"G\"}");
    take_new();
    lines_clear(&was);
}
END_TEST

START_TEST(lines_of_the_till_that_cannot_be_read_are_still_of_their_kind)
{
    char far[POS_CATALOGUE_LINE_MAX_BYTES + 2];
    memset(far, 'x', sizeof far);
    lines_add(&s.host.local, "7zz", "{\"kind\":\"item\"", 14);
    lines_add(&s.host.local, "7zzz", far, sizeof far - 1); /* longer than a line may be */
    lines_add(&s.host.local, "8new", "{\"kind\":\"recipe\"}", 17);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    core_catalogue_view view = shop_look(&s);
    ck_assert_int_eq(view.preview->changes[CATALOGUE_ITEM][CHANGE_REMOVED], 2);
    ck_assert_int_eq(view.preview->changes[CATALOGUE_ITEM][CHANGE_ADDED], 2);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

START_TEST(lines_are_counted_a_page_at_a_time)
{
    lines_put_items(&s.host.local, "More", 100, 3000);
    lines_add(&s.host.local, "8new", "{\"kind\":\"recipe\"}", 17);
    host_edited(&s.host);
    ck_assert(!shop_look(&s).local_counted);
    s.host.fail_call = HOST_READ;
    s.host.fail_code = POS_E_BUSY;
    s.host.fail_times = 1;
    bench_run(&s.b, 1000);
    ck_assert(!shop_look(&s).local_counted); /* wanted once more */
    bench_tick(&s.b, 0);
    host_edited(&s.host); /* in the middle: from the start */
    bench_run(&s.b, 5000);
    core_catalogue_view view = shop_look(&s);
    ck_assert(view.local_counted);
    ck_assert_int_eq(view.local_counts[CATALOGUE_ITEM], 20 + 2901);
    ck_assert_int_eq(view.local_lines, s.host.local.count);
}
END_TEST

/* ---- what became of a call ---- */

START_TEST(a_busy_till_at_the_first_press_is_named)
{
    static const host_call first[] = {HOST_STATE, HOST_READ};
    for (size_t i = 0; i < 2; i++) {
        s.host.fail_call = first[i];
        s.host.fail_code = POS_E_BUSY;
        s.host.fail_times = 1;
        core_begin_call(s.b.core);
        ck_assert(core_catalogue_download(s.b.core, s.b.now));
        shop_expect_failure(&s, CATALOGUE_FAIL_HOST);
        ck_assert_int_eq(shop_look(&s).host_code, POS_E_FAILED);
    }
    ck_assert_uint_eq(s.cloud.requests, 0);
}
END_TEST

START_TEST(one_that_is_busy_while_it_is_compared_is_asked_again)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    while (s.b.core->catalogue->v.phase != CATALOGUE_COMPARING)
        shop_tick(&s);
    s.host.fail_call = HOST_READ;
    s.host.fail_code = POS_E_BUSY;
    s.host.fail_times = 3;
    ck_assert_int_eq(shop_run(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(s.host.fail_call, 0);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
}
END_TEST

START_TEST(one_that_cannot_say_its_state_after_the_preview_is_named)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    uint32_t serial = shop_look(&s).preview->serial;
    s.host.fail_call = HOST_STATE;
    s.host.fail_code = POS_E_IO;
    s.host.fail_times = 1;
    ck_assert(core_catalogue_accept(s.b.core, s.b.now, serial));
    shop_expect_failure(&s, CATALOGUE_FAIL_HOST);
    ck_assert_int_eq(shop_look(&s).host_code, POS_E_IO);
    ck_assert_uint_eq(s.host.swaps, 0);
    ck_assert_uint_eq(s.host.staged.count, 0);
}
END_TEST

/* Without a wizard the set-up is over, and without a licence there is none. */
START_TEST(a_host_without_a_wizard_and_a_licence)
{
    s.b.setup = NULL;
    s.b.licence = NULL;
    bench_restart(&s.b);
    bench_run(&s.b, 2000);
    ck_assert(shop_look(&s).available && shop_look(&s).may_upload);
    take_new();
    bench_run(&s.b, 2 * 60000);
    ck_assert(!shop_look(&s).may_upload); /* it sells by the cloud's data from now on */
}
END_TEST

static int32_t swap_then_busy(void *ctx, const char *tag, char *reason, uint32_t room)
{
    catalogue_host *h = ctx;
    int32_t result = host_swap(ctx, tag, reason, room);
    h->fail_call = HOST_STATE;
    h->fail_code = POS_E_BUSY;
    h->fail_times = 1;
    return result;
}

START_TEST(a_swap_whose_state_cannot_be_read_is_done_all_the_same)
{
    s.host.calls.swap = swap_then_busy;
    take_new();
    s.host.calls.swap = host_swap;
    revise();
    s.cloud.asked_since = false;
    take_new(); /* as everything: what was taken before is not known for sure */
    ck_assert(!s.cloud.asked_since);
}
END_TEST

START_TEST(an_undo_of_unknown_outcome_is_told_by_the_tag)
{
    lines was = {0};
    lines_copy(&was, &s.host.local);
    take_new();
    s.host.fail_call = HOST_UNDO;
    s.host.fail_code = POS_E_IO;
    s.host.fail_times = 1;
    s.host.reason = "the disk is gone";
    ck_assert(core_catalogue_undo(s.b.core, s.b.now));
    shop_expect_failure(&s, CATALOGUE_FAIL_HOST);
    ck_assert_str_eq(shop_look(&s).host_reason, "the disk is gone");
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
    s.host.fail_call = HOST_UNDO;
    s.host.fail_times = 1;
    s.host.acts_anyway = true;
    ck_assert(core_catalogue_undo(s.b.core, s.b.now));
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_UNDONE);
    ck_assert(lines_equal(&s.host.local, &was));
    lines_clear(&was);
}
END_TEST

START_TEST(what_is_not_discarded_is_said_and_tried_at_the_next_start)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    s.host.fail_call = HOST_DISCARD;
    s.host.fail_code = POS_E_IO;
    s.host.fail_times = 2;
    ck_assert(core_catalogue_cancel(s.b.core, s.b.now));
    ck_assert(bench_logged(&s.b, "the till did not discard what was staged"));
    ck_assert_uint_gt(s.host.staged.count, 0);
    bench_run(&s.b, 1000);
    bench_restart(&s.b);
    bench_run(&s.b, 1000);
    ck_assert_uint_gt(s.host.staged.count, 0);
    bench_restart(&s.b);
    bench_run(&s.b, 1000);
    ck_assert_uint_eq(s.host.staged.count, 0);
}
END_TEST

static void add_tests(TCase *c)
{
    tcase_add_test(c, what_the_till_lost_is_staged_again);
    tcase_add_test(c, a_till_that_keeps_nothing_is_given_up);
    tcase_add_test(c, so_is_one_that_is_edited_all_the_time);
    tcase_add_test(c, changes_to_an_edited_till_become_everything);
    tcase_add_test(c, so_do_changes_that_do_not_add_up);
    tcase_add_test(c, a_till_without_a_head_line_takes_any_currency);
    tcase_add_test(c, lines_of_the_till_that_cannot_be_read_are_still_of_their_kind);
    tcase_add_test(c, lines_are_counted_a_page_at_a_time);
    tcase_add_test(c, a_busy_till_at_the_first_press_is_named);
    tcase_add_test(c, one_that_is_busy_while_it_is_compared_is_asked_again);
    tcase_add_test(c, one_that_cannot_say_its_state_after_the_preview_is_named);
    tcase_add_test(c, a_host_without_a_wizard_and_a_licence);
    tcase_add_test(c, a_swap_whose_state_cannot_be_read_is_done_all_the_same);
    tcase_add_test(c, an_undo_of_unknown_outcome_is_told_by_the_tag);
    tcase_add_test(c, what_is_not_discarded_is_said_and_tried_at_the_next_start);
}

int main(void)
{
    Suite *suite = suite_create("core/download and the till's half");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    add_tests(c);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
