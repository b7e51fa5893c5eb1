/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration data to the cloud: checked, decided, sent in pages, committed at once; cut off anywhere, and resumed. */
#include "support/catalogue_bench.h"

static shop s;

static void setup(void)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 1400); /* 2,807 lines: three pages */
    shop_connect(&s);
}

static void teardown(void)
{
    shop_close(&s);
}

static core_catalogue_phase begin_upload(void)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    return shop_run(&s);
}

static void expect_uploaded(void)
{
    core_catalogue_view view = shop_look(&s);
    ck_assert_msg(view.outcome == CATALOGUE_UPLOADED, "phase %d, outcome %d, failure %d, %s", (int)view.phase,
                  (int)view.outcome, (int)view.failure, view.verdict.detail);
    ck_assert(!view.may_upload);
    ck_assert_uint_eq(s.cloud.committed_times, 1);
    ck_assert(lines_equal(&s.cloud.now, &s.host.local));
    ck_assert_str_eq(s.b.core->state.catalogue.upload_key, "");
}

START_TEST(to_an_empty_cloud)
{
    ck_assert_int_eq(begin_upload(), CATALOGUE_IDLE);
    expect_uploaded();
    ck_assert_uint_eq(s.cloud.pages_put, 3);
    ck_assert_int_eq(shop_look(&s).cloud.revision, 1);
    ck_assert(!core_catalogue_upload(s.b.core, s.b.now));
}
END_TEST

static void give_cloud_data(void)
{
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Theirs", 1, 10);
    s.cloud.revision = 4;
}

START_TEST(to_a_cloud_that_has_data)
{
    give_cloud_data();
    ck_assert_int_eq(begin_upload(), CATALOGUE_DECIDING);
    core_catalogue_view view = shop_look(&s);
    ck_assert_int_eq(view.cloud.counts[CATALOGUE_ITEM], 10);
    ck_assert(view.local_counted);
    ck_assert_int_eq(view.local_counts[CATALOGUE_ITEM], 1400);
    ck_assert(core_catalogue_keep(s.b.core, s.b.now));
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_KEPT);
    ck_assert(shop_look(&s).may_upload);
    ck_assert_uint_eq(s.cloud.committed_times, 0);
    ck_assert_int_eq(begin_upload(), CATALOGUE_DECIDING);
    ck_assert(!core_catalogue_replace(s.b.core, s.b.now, 3));
    ck_assert(core_catalogue_replace(s.b.core, s.b.now, 4));
    shop_run(&s);
    expect_uploaded();
}
END_TEST

static void overtake(void *ctx, uint32_t request)
{
    catalogue_cloud *k = ctx;
    if (request != (uint32_t)(uintptr_t)k->page_instead)
        return;
    catalogue_cloud_revise(k);
    lines_put_head(&k->now);
    lines_put_items(&k->now, "Faster", 1, 3);
}

START_TEST(somebody_else_was_faster)
{
    for (uintptr_t at = 2; at <= 6; at++) { /* at create, at each page, at the commit */
        s.cloud.between = overtake;
        s.cloud.between_ctx = &s.cloud;
        s.cloud.page_instead = (const char *)at;
        s.cloud.requests = 0;
        ck_assert_int_eq(begin_upload(), CATALOGUE_DECIDING);
        s.cloud.between = NULL;
        ck_assert_int_eq(shop_look(&s).cloud.counts[CATALOGUE_ITEM], 3);
        ck_assert_uint_eq(s.cloud.committed_times, 0);
        ck_assert(core_catalogue_keep(s.b.core, s.b.now));
        bench_run(&s.b, 2000);
        lines_clear(&s.cloud.now);
        s.cloud.revision = 0;
    }
    ck_assert_uint_eq(s.cloud.cancelled, 4);
    begin_upload();
    expect_uploaded();
}
END_TEST

START_TEST(any_request_fails_in_any_way)
{
    static const cloud_fault faults[] = {CLOUD_UNREACHED, CLOUD_LOSE_ANSWER, CLOUD_TIMEOUT, CLOUD_BARE};
    for (size_t f = 0; f < 4; f++) {
        for (uint32_t at = 1; at <= 6; at++) {
            teardown();
            setup();
            s.cloud.requests = 0;
            s.cloud.fault = faults[f];
            s.cloud.status = 502;
            s.cloud.fault_at = at;
            s.cloud.fault_times = 2;
            begin_upload();
            expect_uploaded();
            ck_assert_uint_eq(s.cloud.fault_times, 0);
        }
    }
}
END_TEST

START_TEST(a_restart_at_any_tick_goes_on)
{
    bool over = false;
    uint32_t restarts = 0;
    for (int ticks = 0; !over; ticks++, restarts++) {
        teardown();
        setup();
        core_begin_call(s.b.core);
        ck_assert(core_catalogue_upload(s.b.core, s.b.now));
        for (int i = 0; i < ticks; i++)
            shop_tick(&s);
        over = s.b.core->catalogue->v.phase == CATALOGUE_IDLE;
        bool begun = s.b.core->state.catalogue.upload_key[0] && !s.b.core->state_dirty;
        bench_crash(&s.b);
        if (begun) {
            shop_tick(&s);
            shop_run(&s);
            expect_uploaded();
        } else if (s.cloud.committed_times == 0) {
            bench_run(&s.b, 1000);
            begin_upload();
            expect_uploaded();
        }
    }
    printf("an upload was cut at each of %u ticks\n", restarts);
    ck_assert_uint_gt(restarts, 15);
}
END_TEST

START_TEST(only_missing_pages_are_sent_after_a_restart)
{
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 5;
    s.cloud.fault_times = 1000;
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    bench_run(&s.b, 60000);
    ck_assert_uint_eq(s.cloud.pages_put, 2);
    ck_assert_int_ge(shop_look(&s).next_try_in_ms, 0);
    bench_restart(&s.b);
    s.cloud.fault = CLOUD_FINE;
    shop_tick(&s);
    shop_run(&s);
    expect_uploaded();
    ck_assert_uint_eq(s.cloud.pages_put, 3);
}
END_TEST

static void hold_pages(void *ctx, net_script *script, const script_request *r)
{
    if (!strstr(r->request->path, "/pages/"))
        cloud_handle(ctx, script, r);
}

/* While a page is on its way, the next one is read, and no more. An edit then takes the page back. */
START_TEST(a_page_is_read_ahead)
{
    s.b.net->handle = hold_pages;
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    bench_run(&s.b, 1000);
    const catalogue_job *job = s.b.core->catalogue->job;
    ck_assert_int_eq(job->sent.number, 0);
    ck_assert_int_eq(job->sent.lines, PROTOCOL_CATALOGUE_LINES_MAX);
    ck_assert(job->out.whole);
    ck_assert_int_eq(job->out.number, 1);
    ck_assert_int_eq(job->out.before, PROTOCOL_CATALOGUE_LINES_MAX);
    ck_assert_int_eq(job->out.lines, PROTOCOL_CATALOGUE_LINES_MAX);
    ck_assert_uint_ne(job->ticket, 0);
    uint32_t read = s.host.read_lines;
    bench_run(&s.b, 1000);
    ck_assert_uint_eq(s.host.read_lines, read);
    s.b.net->handle = cloud_handle;
}
END_TEST

START_TEST(an_edit_while_a_page_is_on_its_way)
{
    s.b.net->handle = hold_pages;
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    while (!s.b.core->catalogue->job || s.b.core->catalogue->v.phase != CATALOGUE_SENDING ||
           s.b.core->catalogue->job->ticket == 0)
        shop_tick(&s);
    uint32_t ticket = s.b.core->catalogue->job->ticket;
    ck_assert(!s.b.core->catalogue->job->out.whole);
    lines_put_items(&s.host.local, "Mine", 1401, 1402);
    host_edited(&s.host);
    shop_tick(&s);
    ck_assert_int_eq(s.b.core->catalogue->v.phase, CATALOGUE_CHECKING);
    ck_assert_uint_ne(s.b.core->catalogue->job->ticket, ticket);
    s.b.net->handle = cloud_handle;
    shop_run(&s);
    expect_uploaded();
}
END_TEST

START_TEST(an_edit_in_the_middle_begins_again)
{
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    while (s.cloud.pages_put < 2)
        shop_tick(&s);
    lines_put_items(&s.host.local, "Mine", 1401, 1402);
    host_edited(&s.host);
    shop_run(&s);
    expect_uploaded();
    bench_run(&s.b, 1000);
    ck_assert_uint_eq(s.cloud.cancelled + 1, 2);
}
END_TEST

START_TEST(an_edit_while_it_was_off_begins_again)
{
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    while (s.cloud.pages_put < 2)
        shop_tick(&s);
    bench_restart(&s.b);
    lines_put_items(&s.host.local, "Mine", 1401, 1402);
    host_edited(&s.host);
    shop_tick(&s);
    shop_run(&s);
    expect_uploaded();
}
END_TEST

START_TEST(a_bad_line_of_the_till_s_is_named)
{
    static const struct {
        const char *key, *text;
        catalogue_fault fault;
    } bad[] = {{"7zz", "{\"kind\":\"item\",\"item_id\":\"zz\",\"name\":\"Z\",\"department_id\":\"gone\"}",
                CATALOGUE_BAD_REFERENCE},
               {"7zz", "{\"kind\":\"item\",\"item_id\":\"zz\"}", CATALOGUE_BAD_NAME},
               {"7zy", "{\"kind\":\"item\",\"item_id\":\"zz\",\"name\":\"Z\"}", CATALOGUE_BAD_KEY},
               {"7zz", "{\"kind\":\"item\"", CATALOGUE_BAD_JSON}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t count = s.host.local.count;
        lines_add(&s.host.local, bad[i].key, bad[i].text, strlen(bad[i].text));
        host_edited(&s.host);
        ck_assert_int_eq(begin_upload(), CATALOGUE_IDLE);
        shop_expect_failure(&s, CATALOGUE_FAIL_LOCAL_LINE);
        ck_assert_int_eq(shop_look(&s).line.fault, bad[i].fault);
        ck_assert_int_eq(shop_look(&s).line.number, count + 1);
        ck_assert_uint_eq(s.cloud.requests, 0);
        s.host.local.count = count;
    }
}
END_TEST

START_TEST(unknown_kinds_are_left_out_and_counted)
{
    lines_add(&s.host.local, "8x", "{\"kind\":\"recipe\",\"id\":\"x\"}", strlen("{\"kind\":\"recipe\",\"id\":\"x\"}"));
    begin_upload();
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_UPLOADED);
    ck_assert_int_eq(shop_look(&s).unknown, 1);
    ck_assert_str_eq(shop_look(&s).unknown_kind, "recipe");
    ck_assert_uint_eq(s.cloud.now.count, s.host.local.count - 1);
}
END_TEST

START_TEST(the_cloud_refuses_a_line)
{
    s.cloud.commit_problem = "{\"type\":\"urn:factorycloud:problem:catalogue-invalid\",\"title\":\"t\",\"status\":422,"
                             "\"detail\":\"two items have the barcode 84\",\"line\":17,\"key\":\"7000005\"}";
    ck_assert_int_eq(begin_upload(), CATALOGUE_IDLE);
    shop_expect_failure(&s, CATALOGUE_FAIL_LOCAL_LINE);
    core_catalogue_view view = shop_look(&s);
    ck_assert_int_eq(view.line.number, 17);
    ck_assert_str_eq(view.verdict.detail, "two items have the barcode 84");
    ck_assert(view.may_upload);
    bench_run(&s.b, 1000);
    ck_assert_uint_eq(s.cloud.cancelled, 1);
}
END_TEST

START_TEST(cancel_deletes_what_was_sent)
{
    bool over = false;
    for (int ticks = 0; !over; ticks++) {
        teardown();
        setup();
        core_begin_call(s.b.core);
        core_catalogue_upload(s.b.core, s.b.now);
        for (int i = 0; i < ticks; i++)
            shop_tick(&s);
        core_begin_call(s.b.core);
        over = !core_catalogue_cancel(s.b.core, s.b.now); /* at the commit it is too late */
        if (over)
            break;
        ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_CANCELLED);
        bench_run(&s.b, 5000);
        ck_assert_uint_eq(s.cloud.now.count, 0);
        ck_assert(shop_look(&s).may_upload);
        ck_assert_uint_le(s.cloud.cancelled, 1);
    }
    ck_assert_int_eq(s.b.core->catalogue->v.phase, CATALOGUE_COMMITTING);
}
END_TEST

START_TEST(losing_the_store_ends_it)
{
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    while (s.cloud.pages_put < 1)
        shop_tick(&s);
    ck_assert_int_eq(bench_disconnect(&s.b), PROGRESS_DONE);
    bench_run(&s.b, 1000);
    shop_expect_failure(&s, CATALOGUE_FAIL_STORE);
    ck_assert_str_eq(s.b.core->state.catalogue.upload_key, "");
}
END_TEST

START_TEST(a_day_is_closed_in_the_middle)
{
    core_begin_call(s.b.core);
    core_catalogue_upload(s.b.core, s.b.now);
    for (int64_t n = 1; n <= 10; n++) {
        bench_close *z = bench_commit(&s.b, n, "a");
        ck_assert_int_eq(bench_hand_over(&s.b, z), POS_OK);
        shop_tick(&s);
        shop_tick(&s);
    }
    shop_run(&s);
    ck_assert(bench_drain(&s.b, 60000));
    expect_uploaded();
    ck_assert_uint_eq(cloud_count_kind(&s.b.cloud, 'Z', true), 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/upload");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 240);
    tcase_add_test(c, to_an_empty_cloud);
    tcase_add_test(c, to_a_cloud_that_has_data);
    tcase_add_test(c, somebody_else_was_faster);
    tcase_add_test(c, any_request_fails_in_any_way);
    tcase_add_test(c, a_restart_at_any_tick_goes_on);
    tcase_add_test(c, only_missing_pages_are_sent_after_a_restart);
    tcase_add_test(c, a_page_is_read_ahead);
    tcase_add_test(c, an_edit_while_a_page_is_on_its_way);
    tcase_add_test(c, an_edit_in_the_middle_begins_again);
    tcase_add_test(c, an_edit_while_it_was_off_begins_again);
    tcase_add_test(c, a_bad_line_of_the_till_s_is_named);
    tcase_add_test(c, unknown_kinds_are_left_out_and_counted);
    tcase_add_test(c, the_cloud_refuses_a_line);
    tcase_add_test(c, cancel_deletes_what_was_sent);
    tcase_add_test(c, losing_the_store_ends_it);
    tcase_add_test(c, a_day_is_closed_in_the_middle);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
