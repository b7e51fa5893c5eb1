/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data from the cloud, out of turn: the same revision told anew, a page beyond all limits, data of another
 * store, presses that come too early or too late, a retry that does not wait.
 */
#include "support/catalogue_shop.h"

/* ---- the cloud ---- */

START_TEST(the_same_revision_told_anew_is_the_same)
{
    take_new();
    s.b.core->state.catalogue.taken_etag[0] ^= 1;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_SAME);
    ck_assert_uint_eq(s.cloud.unchanged, 0);
    ck_assert_uint_eq(s.host.swaps, 1);
}
END_TEST

static void answer_too_large(void *ctx, net_script *script, const script_request *r)
{
    if (strstr(r->request->path, "/catalogue/lines"))
        script_fail(script, r->ticket, NET_FAILED_TOO_LARGE);
    else
        cloud_handle(ctx, script, r);
}

START_TEST(a_page_beyond_all_limits_ends_it)
{
    s.b.net->handle = answer_too_large;
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    shop_run(&s);
    shop_expect_failure(&s, CATALOGUE_FAIL_PAGE);
    ck_assert_uint_eq(s.host.staged.count, 0);
    s.b.net->handle = cloud_handle;
}
END_TEST

START_TEST(data_of_another_store_are_no_base_for_changes)
{
    take_new();
    ck_assert(!shop_look(&s).taken_elsewhere);
    ck_assert_int_eq(bench_assign(&s.b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(shop_look(&s).taken_elsewhere);
    revise();
    s.cloud.asked_since = false;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert(!s.cloud.asked_since);
    ck_assert_int_eq(s.b.core->catalogue->job->own_revision, 0);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(!shop_look(&s).taken_elsewhere);
}
END_TEST

/* While the till is busy with a page, the next one comes, and no more. */
START_TEST(one_page_comes_ahead)
{
    s.cloud.page_lines = 10;
    s.host.fail_call = HOST_ADD;
    s.host.fail_code = POS_E_BUSY;
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    bench_run(&s.b, 10000);
    ck_assert_uint_eq(s.cloud.pages_given, 2);
    ck_assert_uint_eq(s.host.staged.count, 0);
    s.host.fail_call = 0;
    ck_assert_int_eq(shop_run(&s), CATALOGUE_PREVIEW);
    ck_assert(lines_equal(&s.host.staged, &s.cloud.now));
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
}
END_TEST

static void revise_at_page(void *ctx, uint32_t request)
{
    if (request == 3)
        catalogue_cloud_revise(ctx);
}

/* The page that came ahead says that there is another revision: what was staged of the old one goes. */
START_TEST(a_new_revision_shows_in_the_page_ahead)
{
    s.cloud.page_lines = 10;
    s.cloud.between = revise_at_page;
    s.cloud.between_ctx = &s.cloud;
    s.host.fail_call = HOST_ADD;
    s.host.fail_code = POS_E_BUSY;
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    bench_run(&s.b, 10000);
    s.host.fail_call = 0;
    ck_assert_int_eq(shop_run(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(shop_look(&s).cloud.revision, 8);
    ck_assert(lines_equal(&s.host.staged, &s.cloud.now));
}
END_TEST

/* ---- the owner ---- */

START_TEST(a_press_out_of_turn_does_nothing)
{
    ck_assert(!core_catalogue_accept(s.b.core, s.b.now, 1));
    ck_assert(!core_catalogue_keep(s.b.core, s.b.now));
    ck_assert(!core_catalogue_replace(s.b.core, s.b.now, 7));
    ck_assert(!core_catalogue_cancel(s.b.core, s.b.now));
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert(!core_catalogue_download(s.b.core, s.b.now));
    ck_assert(!core_catalogue_upload(s.b.core, s.b.now));
    ck_assert(!core_catalogue_undo(s.b.core, s.b.now));
    ck_assert(!core_catalogue_keep(s.b.core, s.b.now));
    core_catalogue_dismiss(s.b.core);
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_PREVIEW);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    core_catalogue_dismiss(s.b.core);
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_NOTHING);
}
END_TEST

START_TEST(a_retry_skips_the_wait_for_the_cloud)
{
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 1;
    s.cloud.fault_times = 6;
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    for (int i = 0; i < 200 && shop_look(&s).next_try_in_ms <= 0; i++) {
        bench_tick(&s.b, 0);
        bench_pass(&s.b, 1);
    }
    ck_assert_int_gt(shop_look(&s).next_try_in_ms, 0);
    s.cloud.fault = CLOUD_FINE;
    core_begin_call(s.b.core);
    core_retry_now(s.b.core, s.b.now);
    ck_assert_int_eq(shop_look(&s).next_try_in_ms, 0);
    ck_assert_int_eq(shop_run(&s), CATALOGUE_PREVIEW);
}
END_TEST

static void add_tests(TCase *c)
{
    tcase_add_test(c, the_same_revision_told_anew_is_the_same);
    tcase_add_test(c, a_page_beyond_all_limits_ends_it);
    tcase_add_test(c, data_of_another_store_are_no_base_for_changes);
    tcase_add_test(c, one_page_comes_ahead);
    tcase_add_test(c, a_new_revision_shows_in_the_page_ahead);
    tcase_add_test(c, a_press_out_of_turn_does_nothing);
    tcase_add_test(c, a_retry_skips_the_wait_for_the_cloud);
}

int main(void)
{
    Suite *suite = suite_create("core/download out of turn");
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
