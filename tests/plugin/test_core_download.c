/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration data from the cloud: staged, shown, accepted, swapped, undone; and everything that may come between. */
#include "support/catalogue_shop.h"

static void expect_changes(catalogue_kind kind, int64_t added, int64_t changed, int64_t removed)
{
    core_catalogue_view view = shop_look(&s);
    ck_assert_ptr_nonnull(view.preview);
    ck_assert_int_eq(view.preview->changes[kind][CHANGE_ADDED], added);
    ck_assert_int_eq(view.preview->changes[kind][CHANGE_CHANGED], changed);
    ck_assert_int_eq(view.preview->changes[kind][CHANGE_REMOVED], removed);
}

START_TEST(a_small_catalogue_from_end_to_end)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    expect_changes(CATALOGUE_ITEM, 2, 5, 0);
    expect_changes(CATALOGUE_PRICE, 2, 0, 0);
    expect_changes(CATALOGUE_TAX, 0, 0, 0);
    ck_assert(!shop_look(&s).asks_again);
    ck_assert_uint_eq(s.host.swaps, 0);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
    core_catalogue_view view = shop_look(&s);
    ck_assert(view.can_undo && !view.taken_elsewhere);
    ck_assert_int_eq(view.taken_revision, 7);
    ck_assert_int_eq(view.local_lines, s.cloud.now.count);
}
END_TEST

START_TEST(undo_brings_back_every_byte)
{
    lines was = {0};
    lines_copy(&was, &s.host.local);
    shop_download(&s);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(core_catalogue_undo(s.b.core, s.b.now));
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_UNDONE);
    ck_assert(lines_equal(&s.host.local, &was));
    ck_assert(!shop_look(&s).can_undo);
    ck_assert_int_eq(shop_look(&s).taken_revision, 0);
    lines_clear(&was);
}
END_TEST

START_TEST(a_later_revision_comes_as_changes)
{
    shop_download(&s);
    shop_accept(&s);
    catalogue_cloud_revise(&s.cloud);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 5);
    lines_put_items(&s.cloud.now, "Old", 7, 21);
    lines_put_item(&s.cloud.now, "000022", "Renamed");
    lines_put_price(&s.cloud.now, "000022", 125);
    bench_restart(&s.b);
    bench_run(&s.b, 1000);
    uint32_t lines_before = s.host.added_lines;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert(s.cloud.asked_since);
    ck_assert_uint_eq(s.host.added_lines - lines_before, 7 + 1 + 2);
    expect_changes(CATALOGUE_ITEM, 0, 1, 1);
    expect_changes(CATALOGUE_PRICE, 0, 1, 1);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_SAME);
    ck_assert_uint_eq(s.cloud.unchanged, 1);
}
END_TEST

START_TEST(an_edited_till_gets_everything)
{
    shop_download(&s);
    shop_accept(&s);
    catalogue_cloud_revise(&s.cloud);
    lines_put_items(&s.cloud.now, "Old", 23, 23);
    lines_put_items(&s.host.local, "Mine", 30, 30);
    host_edited(&s.host);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert(!s.cloud.asked_since);
    expect_changes(CATALOGUE_ITEM, 1, 0, 1);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

START_TEST(a_cloud_that_forgot_gives_everything)
{
    shop_download(&s);
    shop_accept(&s);
    catalogue_cloud_revise(&s.cloud);
    s.cloud.before_revision = 0;
    lines_put_items(&s.cloud.now, "Old", 23, 23);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert(s.cloud.asked_since);
    expect_changes(CATALOGUE_ITEM, 1, 0, 0);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

START_TEST(an_empty_cloud)
{
    for (int i = 0; i < 2; i++) {
        lines_clear(&s.cloud.now);
        s.cloud.revision = 3 * i;
        if (i == 1)
            lines_put(&s.cloud.now, LINE_HEAD);
        ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
        ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_EMPTY);
        ck_assert_uint_eq(s.host.adds, 0);
    }
}
END_TEST

START_TEST(many_pages_and_an_outage_between_any_two)
{
    s.cloud.page_lines = 5;
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 1;
    s.cloud.fault_times = 1;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    uint32_t pages = s.cloud.pages_given;
    ck_assert_uint_eq(pages, (s.cloud.now.count + 4) / 5);
    for (uint32_t at = 1; at <= pages + 1; at++) {
        static const cloud_fault faults[] = {CLOUD_UNREACHED, CLOUD_LOSE_ANSWER, CLOUD_TIMEOUT, CLOUD_BARE};
        ck_assert(core_catalogue_cancel(s.b.core, s.b.now));
        s.cloud.requests = 0;
        s.cloud.fault = faults[at % 4];
        s.cloud.status = 503;
        s.cloud.fault_at = at;
        s.cloud.fault_times = 2;
        ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
        ck_assert_uint_eq(s.cloud.fault_times, 0);
        expect_changes(CATALOGUE_ITEM, 2, 5, 0);
    }
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

static void revise_at_page(void *ctx, uint32_t request)
{
    if (request != 4)
        return;
    catalogue_cloud_revise(ctx);
    lines_put_items(&((catalogue_cloud *)ctx)->now, "Late", 40, 41);
}

START_TEST(a_new_revision_in_the_middle_begins_again)
{
    s.cloud.page_lines = 10;
    s.cloud.between = revise_at_page;
    s.cloud.between_ctx = &s.cloud;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    expect_changes(CATALOGUE_ITEM, 4, 5, 0);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert_int_eq(shop_look(&s).taken_revision, 8);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

static void revise_always(void *ctx, uint32_t request)
{
    if (request % 2 == 0)
        catalogue_cloud_revise(ctx);
}

START_TEST(a_cloud_that_never_rests)
{
    s.cloud.between = revise_always;
    s.cloud.between_ctx = &s.cloud;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    shop_expect_failure(&s, CATALOGUE_FAIL_RESTLESS);
}
END_TEST

START_TEST(asks_twice_when_many_go_or_prices_jump)
{
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Old", 1, 18);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW); /* 2 of 20: a tenth, not more */
    ck_assert(!shop_look(&s).asks_again);
    core_catalogue_cancel(s.b.core, s.b.now);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Old", 1, 17);
    shop_download(&s);
    ck_assert(shop_look(&s).asks_again);
    core_catalogue_view view = shop_look(&s);
    ck_assert(core_catalogue_accept(s.b.core, s.b.now, view.preview->serial));
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_SECOND);
    shop_run(&s);
    ck_assert_uint_eq(s.host.swaps, 0);
    ck_assert(core_catalogue_accept(s.b.core, s.b.now, view.preview->serial));
    shop_run(&s);
    ck_assert_uint_eq(s.host.swaps, 1);
}
END_TEST

START_TEST(a_jump_in_price_either_way)
{
    static const struct {
        int64_t price;
        int up, down;
    } cases[] = {{303, 1, 0}, {302, 1, 0}, {301, 0, 0}, {100, 0, 1}, {101, 0, 0}, {201, 0, 0}, {0, 0, 1}, {9999, 1, 0}};
    lines_clear(&s.host.local);
    lines_put_head(&s.host.local);
    lines_put_item(&s.host.local, "tea", "Tea");
    lines_put_price(&s.host.local, "tea", 201);
    host_edited(&s.host);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].price == 201)
            continue;
        lines_put_head(&s.cloud.now);
        lines_put_item(&s.cloud.now, "tea", "Tea");
        lines_put_price(&s.cloud.now, "tea", cases[i].price);
        shop_download(&s);
        core_catalogue_view view = shop_look(&s);
        ck_assert_ptr_nonnull(view.preview);
        ck_assert_msg(view.preview->price_jumps_up == cases[i].up && view.preview->price_jumps_down == cases[i].down,
                      "%lld", (long long)cases[i].price);
        ck_assert_int_eq(view.asks_again, cases[i].up + cases[i].down > 0);
        ck_assert_int_eq(view.preview->samples[0].old_minor, 201);
        ck_assert_int_eq(view.preview->samples[0].new_minor, cases[i].price);
        ck_assert_str_eq(view.preview->samples[0].name, "Tea");
        core_catalogue_cancel(s.b.core, s.b.now);
    }
}
END_TEST

START_TEST(a_jump_hidden_behind_a_new_first_day)
{
    static const char closed[] = "{\"kind\":\"price\",\"item_id\":\"000022\",\"price_level_id\":\"1\",\"amount\":122,"
                                 "\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-05-31\"}";
    static const char later[] = "{\"kind\":\"price\",\"item_id\":\"000022\",\"price_level_id\":\"1\",\"amount\":9900,"
                                "\"valid_from\":\"2026-06-01\",\"valid_to\":null}";
    lines_copy(&s.host.local, &s.cloud.now);
    host_edited(&s.host);
    s.cloud.now.count--;
    lines_put(&s.cloud.now, closed);
    lines_put(&s.cloud.now, later);
    shop_download(&s);
    core_catalogue_view view = shop_look(&s);
    ck_assert_int_eq(view.preview->price_jumps_up, 1);
    ck_assert_int_eq(view.preview->price_jumps_down, 0);
    ck_assert(view.asks_again);
}
END_TEST

START_TEST(an_open_sale_is_waited_for)
{
    shop_download(&s);
    core_catalogue_view view = shop_look(&s);
    s.host.sale_open = true;
    ck_assert(core_catalogue_accept(s.b.core, s.b.now, view.preview->serial));
    for (int i = 0; i < 30; i++)
        shop_tick(&s);
    view = shop_look(&s);
    ck_assert_int_eq(view.phase, CATALOGUE_SWAPPING);
    ck_assert(view.sale_open);
    ck_assert_uint_eq(s.host.swaps, 0);
    s.host.sale_open = false;
    bench_run(&s.b, 3000);
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_TAKEN);
}
END_TEST

START_TEST(an_edit_after_the_preview_shows_it_anew)
{
    shop_download(&s);
    core_catalogue_view view = shop_look(&s);
    uint32_t serial = view.preview->serial;
    lines_put_items(&s.host.local, "Mine", 30, 30);
    host_edited(&s.host);
    ck_assert(core_catalogue_accept(s.b.core, s.b.now, serial));
    ck_assert_int_eq(shop_run(&s), CATALOGUE_PREVIEW);
    ck_assert(shop_look(&s).compared_again);
    expect_changes(CATALOGUE_ITEM, 2, 5, 1);
    ck_assert(!core_catalogue_accept(s.b.core, s.b.now, serial)); /* a press on what was shown before */
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

START_TEST(cancel_leaves_everything_at_any_time)
{
    lines was = {0};
    lines_copy(&was, &s.host.local);
    s.cloud.page_lines = 4;
    for (int ticks = 0; ticks < 60; ticks++) {
        core_begin_call(s.b.core);
        ck_assert(core_catalogue_download(s.b.core, s.b.now));
        for (int i = 0; i < ticks; i++)
            shop_tick(&s);
        ck_assert(core_catalogue_cancel(s.b.core, s.b.now));
        ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_CANCELLED);
        ck_assert_uint_eq(s.host.staged.count, 0);
        ck_assert(lines_equal(&s.host.local, &was));
        bench_run(&s.b, 500);
    }
    lines_clear(&was);
}
END_TEST

START_TEST(a_day_is_closed_in_the_middle)
{
    s.cloud.page_lines = 3;
    core_begin_call(s.b.core);
    core_catalogue_download(s.b.core, s.b.now);
    for (int64_t n = 1; n <= 10; n++) {
        bench_close *z = bench_commit(&s.b, n, "a");
        ck_assert_int_eq(bench_hand_over(&s.b, z), POS_OK);
        shop_tick(&s);
        shop_tick(&s);
    }
    shop_run(&s);
    core_catalogue_cancel(s.b.core, s.b.now);
    ck_assert(bench_drain(&s.b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&s.b.cloud, 'Z', true), 10);
}
END_TEST

/* The import's transaction is its own: what was closed while it ran stays, however it ends. */
START_TEST(a_close_outlives_an_import_that_fails)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    s.b.net->handle = NULL; /* so that the close waits */
    ck_assert_int_eq(bench_hand_over(&s.b, bench_commit(&s.b, 1, "a")), POS_OK);
    s.host.fail_call = HOST_SWAP;
    s.host.fail_code = POS_E_FAILED;
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_FAILED);
    ck_assert_uint_eq(core_get_queue(s.b.core, s.b.now).pending, 1);
    bench_crash(&s.b);
    ck_assert_uint_eq(core_get_queue(s.b.core, s.b.now).pending, 1);
    s.b.net->handle = cloud_handle;
    ck_assert(bench_drain(&s.b, 120000));
    ck_assert_uint_eq(cloud_count_kind(&s.b.cloud, 'Z', true), 1);
}
END_TEST

START_TEST(disconnecting_ends_it)
{
    shop_download(&s);
    ck_assert_int_eq(bench_disconnect(&s.b), PROGRESS_DONE);
    bench_run(&s.b, 1000);
    shop_expect_failure(&s, CATALOGUE_FAIL_STORE);
    ck_assert_uint_eq(s.host.staged.count, 0);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    shop_expect_failure(&s, CATALOGUE_FAIL_STORE);
}
END_TEST

START_TEST(the_till_refuses)
{
    static const host_call calls[] = {HOST_STATE, HOST_READ, HOST_BEGIN, HOST_ADD, HOST_SWAP};
    lines was = {0};
    lines_copy(&was, &s.host.local);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        s.host.fail_call = calls[i];
        s.host.fail_code = POS_E_NO_SPACE;
        s.host.fail_times = 1;
        s.host.reason = "the disk is full";
        core_begin_call(s.b.core);
        ck_assert(core_catalogue_download(s.b.core, s.b.now));
        shop_run(&s);
        shop_accept(&s);
        shop_expect_failure(&s, CATALOGUE_FAIL_HOST);
        ck_assert_int_eq(shop_look(&s).host_code, POS_E_NO_SPACE);
        ck_assert(lines_equal(&s.host.local, &was));
        ck_assert_uint_eq(s.host.staged.count, 0);
        bench_run(&s.b, 1000);
    }
    lines_clear(&was);
}
END_TEST

START_TEST(a_busy_till_is_asked_again)
{
    static const host_call calls[] = {HOST_BEGIN, HOST_ADD};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        s.host.fail_call = calls[i];
        s.host.fail_code = POS_E_BUSY;
        s.host.fail_times = 3;
        ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
        expect_changes(CATALOGUE_ITEM, 2, 5, 0);
        core_catalogue_cancel(s.b.core, s.b.now);
    }
}
END_TEST

START_TEST(a_swap_of_unknown_outcome_is_told_by_the_tag)
{
    shop_download(&s);
    s.host.fail_call = HOST_SWAP;
    s.host.fail_code = POS_E_IO;
    s.host.fail_times = 1;
    s.host.acts_anyway = true;
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert_uint_eq(s.host.swaps, 1);
}
END_TEST

START_TEST(undo_is_refused_in_words)
{
    shop_download(&s);
    shop_accept(&s);
    s.host.sale_open = true;
    ck_assert(core_catalogue_undo(s.b.core, s.b.now));
    shop_expect_failure(&s, CATALOGUE_FAIL_SALE);
    s.host.sale_open = false;
    host_edited(&s.host);
    ck_assert(core_catalogue_undo(s.b.core, s.b.now));
    shop_expect_failure(&s, CATALOGUE_FAIL_NO_UNDO);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/download");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_small_catalogue_from_end_to_end);
    tcase_add_test(c, undo_brings_back_every_byte);
    tcase_add_test(c, a_later_revision_comes_as_changes);
    tcase_add_test(c, an_edited_till_gets_everything);
    tcase_add_test(c, a_cloud_that_forgot_gives_everything);
    tcase_add_test(c, an_empty_cloud);
    tcase_add_test(c, many_pages_and_an_outage_between_any_two);
    tcase_add_test(c, a_new_revision_in_the_middle_begins_again);
    tcase_add_test(c, a_cloud_that_never_rests);
    tcase_add_test(c, asks_twice_when_many_go_or_prices_jump);
    tcase_add_test(c, a_jump_in_price_either_way);
    tcase_add_test(c, a_jump_hidden_behind_a_new_first_day);
    tcase_add_test(c, an_open_sale_is_waited_for);
    tcase_add_test(c, an_edit_after_the_preview_shows_it_anew);
    tcase_add_test(c, cancel_leaves_everything_at_any_time);
    tcase_add_test(c, a_day_is_closed_in_the_middle);
    tcase_add_test(c, a_close_outlives_an_import_that_fails);
    tcase_add_test(c, disconnecting_ends_it);
    tcase_add_test(c, the_till_refuses);
    tcase_add_test(c, a_busy_till_is_asked_again);
    tcase_add_test(c, a_swap_of_unknown_outcome_is_told_by_the_tag);
    tcase_add_test(c, undo_is_refused_in_words);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
