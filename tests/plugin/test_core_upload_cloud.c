/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An upload of configuration data whose other half is not as it was left: the cloud forgot it, keeps other pages than were
 * sent, refuses a page or its encoding, cannot be told that it was cancelled; or the till's data changed unsaid.
 */
#include "support/catalogue_bench.h"

static shop s;

/* 1 asks, 2 creates, 3 to 5 are the pages, 6 commits. */
#define FIRST_PAGE 3

static void setup(void)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 1400); /* 2,807 lines: three pages */
    shop_connect(&s);
    s.cloud.requests = 0;
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
    ck_assert_uint_eq(s.cloud.committed_times, 1);
    ck_assert(lines_equal(&s.cloud.now, &s.host.local));
    ck_assert_str_eq(s.b.core->state.catalogue.upload_key, "");
}

static void refuse_at(uint32_t request, int32_t status, const char *slug, uint32_t times)
{
    s.cloud.fault = CLOUD_PROBLEM;
    s.cloud.status = status;
    s.cloud.slug = slug;
    s.cloud.fault_at = request;
    s.cloud.fault_times = times;
}

/* ---- refused ---- */

START_TEST(an_upload_that_the_cloud_forgot_begins_anew)
{
    static const struct {
        int32_t status;
        const char *slug;
        uint32_t cancelled;
    } ways[] = {{410, "gone", 0}, {404, "not-found", 0}, {422, "invalid", 1}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        teardown();
        setup();
        refuse_at(FIRST_PAGE + 1, ways[i].status, ways[i].slug, 1);
        ck_assert_int_eq(begin_upload(), CATALOGUE_IDLE);
        expect_uploaded();
        ck_assert_uint_eq(s.cloud.cancelled, ways[i].cancelled); /* what is gone needs no goodbye */
        ck_assert_uint_ge(s.cloud.pages_put, 4);
    }
}
END_TEST

static void forget(void *ctx, uint32_t request)
{
    catalogue_cloud *k = ctx;
    (void)request;
    k->open = k->open && k->up.count == 0;
}

START_TEST(a_cloud_that_forgets_again_and_again_is_given_up)
{
    s.cloud.between = forget;
    s.cloud.between_ctx = &s.cloud;
    begin_upload();
    shop_expect_failure(&s, CATALOGUE_FAIL_RESTLESS);
    ck_assert_str_eq(s.b.core->state.catalogue.upload_key, "");
    ck_assert_uint_eq(s.cloud.pages_put, 6); /* the first page of each attempt */
}
END_TEST

START_TEST(a_refused_encoding_is_left_out)
{
    ck_assert(!s.b.core->encodings_refused);
    refuse_at(FIRST_PAGE, 415, "unsupported-encoding", 1);
    begin_upload();
    expect_uploaded();
    ck_assert(s.b.core->encodings_refused);
    ck_assert_uint_eq(s.cloud.pages_put, 3);
    teardown();
    setup();
    refuse_at(FIRST_PAGE, 415, "unsupported-encoding", 2); /* it was not the encoding */
    begin_upload();
    shop_expect_failure(&s, CATALOGUE_FAIL_CLOUD);
    ck_assert_uint_eq(s.cloud.committed_times, 0);
    ck_assert_str_eq(s.b.core->state.catalogue.upload_key, "");
}
END_TEST

START_TEST(not_modified_is_no_answer_to_a_first_question)
{
    s.cloud.fault = CLOUD_BARE;
    s.cloud.status = 304;
    s.cloud.fault_at = 1;
    s.cloud.fault_times = 1;
    begin_upload();
    expect_uploaded();
    ck_assert_uint_eq(s.cloud.requests, 7); /* asked twice */
}
END_TEST

/* ---- other pages than were sent ---- */

typedef struct drift {
    uint32_t from, until; /* requests */
    int64_t lines, pages; /* more than there are */
} drift;

static drift d;

static void pretend(void *ctx, uint32_t request)
{
    catalogue_cloud *k = ctx;
    bool does = request >= d.from && (request < d.until || d.until == 0);
    k->up_lines_more = does ? d.lines : 0;
    k->up_pages_more = does ? d.pages : 0;
}

static void drift_by(drift by)
{
    d = by;
    s.cloud.between = pretend;
    s.cloud.between_ctx = &s.cloud;
}

START_TEST(what_the_cloud_keeps_is_looked_up_when_it_does_not_fit)
{
    /* At a page; at the question that follows, too; nine pages at the creation. */
    static const drift drifts[] = {{FIRST_PAGE + 1, FIRST_PAGE + 2, 1, 0},
                                   {FIRST_PAGE + 1, FIRST_PAGE + 3, 1, 0},
                                   {FIRST_PAGE + 1, FIRST_PAGE + 2, 0, 1},
                                   {FIRST_PAGE - 1, FIRST_PAGE, 0, 9}};
    static const uint32_t questions_more[] = {1, 2, 1, 1};
    for (size_t i = 0; i < sizeof drifts / sizeof *drifts; i++) {
        teardown();
        setup();
        drift_by(drifts[i]);
        begin_upload();
        expect_uploaded();
        ck_assert_uint_eq(s.cloud.pages_put, 3);
        ck_assert_uint_eq(s.cloud.requests, 6 + questions_more[i]);
    }
}
END_TEST

START_TEST(a_cloud_that_never_fits_is_given_up)
{
    drift_by((drift){FIRST_PAGE + 1, 0, 1, 0});
    begin_upload();
    shop_expect_failure(&s, CATALOGUE_FAIL_RESTLESS);
    ck_assert_uint_eq(s.cloud.committed_times, 0);
    bench_run(&s.b, 2000);
    ck_assert_uint_eq(s.cloud.cancelled, 1);
    ck_assert(shop_look(&s).may_upload);
}
END_TEST

/* ---- the till's data ---- */

static uint32_t spoiled_bytes;

static void spoil(void *ctx, uint32_t request)
{
    shop *of = ctx;
    if (request == 2) /* after the check, and without a new generation */
        of->host.local.entries[of->host.local.count - 1].bytes = spoiled_bytes;
}

/* Lines that were checked are read again only where some are to be left out; else the cloud finds it. */
START_TEST(a_line_that_goes_bad_after_the_check_ends_it)
{
    static const char recipe[] = "{\"kind\":\"recipe\",\"id\":\"x\"}";
    static const struct {
        bool has_recipe;
        uint32_t bytes;
        catalogue_fault fault;
    } ways[] = {{false, 3, CATALOGUE_FINE},
                {true, 3, CATALOGUE_BAD_JSON},
                {false, POS_CATALOGUE_LINE_MAX_BYTES + 1, CATALOGUE_BAD_LENGTH}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        teardown();
        setup();
        if (ways[i].has_recipe) {
            lines_add(&s.host.local, "8x", recipe, strlen(recipe));
            host_edited(&s.host);
        }
        spoiled_bytes = ways[i].bytes;
        s.cloud.between = spoil;
        s.cloud.between_ctx = &s;
        begin_upload();
        shop_expect_failure(&s, CATALOGUE_FAIL_LOCAL_LINE);
        core_catalogue_view view = shop_look(&s);
        bool by_cloud = ways[i].fault == CATALOGUE_FINE;
        ck_assert_int_eq(view.line.fault, ways[i].fault);
        ck_assert_int_eq(view.line.number, by_cloud ? s.host.local.count : 0);
        ck_assert_uint_eq(s.cloud.refused_lines, by_cloud);
        ck_assert_uint_eq(s.cloud.committed_times, 0);
        bench_run(&s.b, 2000);
        ck_assert_uint_eq(s.cloud.cancelled, 1);
    }
}
END_TEST

START_TEST(a_till_without_a_head_line_has_nothing_to_upload)
{
    lines_clear(&s.host.local);
    lines_put(&s.host.local, "{\"kind\":\"group\",\"group_id\":\"g\",\"name\":\"G\"}");
    host_edited(&s.host);
    begin_upload();
    shop_expect_failure(&s, CATALOGUE_FAIL_LOCAL_LINE);
    ck_assert_int_eq(shop_look(&s).line.fault, CATALOGUE_NO_HEAD);
    lines_clear(&s.host.local);
    host_edited(&s.host);
    begin_upload();
    shop_expect_failure(&s, CATALOGUE_FAIL_LOCAL_LINE);
    ck_assert_int_eq(shop_look(&s).line.fault, CATALOGUE_NO_HEAD);
    ck_assert_uint_eq(s.cloud.requests, 0);
}
END_TEST

START_TEST(a_host_that_cannot_say_its_state_is_named)
{
    core_begin_call(s.b.core);
    core_catalogue_view view = shop_look(&s);
    ck_assert(view.may_upload);
    s.host.fail_call = HOST_STATE;
    s.host.fail_code = POS_E_BUSY;
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    shop_expect_failure(&s, CATALOGUE_FAIL_HOST);
    ck_assert_int_eq(shop_look(&s).host_code, POS_E_FAILED);
    s.host.fail_call = 0;
    begin_upload();
    expect_uploaded();
}
END_TEST

/* In each phase in which the till is asked: busy is waited for, any other error ends it. */
START_TEST(a_till_that_fails_in_the_middle)
{
    static const core_catalogue_phase phases[] = {CATALOGUE_CHECKING, CATALOGUE_SENDING};
    static const host_call fail[] = {HOST_STATE, HOST_READ};
    for (int i = 0; i < 8; i++) {
        teardown();
        setup();
        core_begin_call(s.b.core);
        ck_assert(core_catalogue_upload(s.b.core, s.b.now));
        while (s.b.core->catalogue->v.phase != phases[i % 2])
            shop_tick(&s);
        s.host.fail_call = fail[i / 2 % 2];
        s.host.fail_code = i < 4 ? POS_E_BUSY : POS_E_NO_SPACE;
        s.host.fail_times = 1;
        shop_run(&s);
        ck_assert_int_eq(s.host.fail_call, 0);
        if (i < 4) {
            expect_uploaded();
        } else {
            shop_expect_failure(&s, CATALOGUE_FAIL_HOST);
            ck_assert_int_eq(shop_look(&s).host_code, POS_E_NO_SPACE);
            ck_assert_uint_eq(s.cloud.committed_times, 0);
        }
    }
}
END_TEST

START_TEST(one_that_is_edited_all_the_time_is_given_up)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    for (int i = 0; i < 2000 && s.b.core->catalogue->job; i++) {
        host_edited(&s.host);
        shop_tick(&s);
    }
    shop_expect_failure(&s, CATALOGUE_FAIL_RESTLESS);
    ck_assert_uint_eq(s.cloud.committed_times, 0);
}
END_TEST

/* ---- cancelled, and the cloud does not hear it ---- */

static void cancel_in_the_middle(void)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    while (s.cloud.pages_put < 1)
        shop_tick(&s);
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_cancel(s.b.core, s.b.now));
    s.cloud.requests = 0;
}

START_TEST(a_cancelled_upload_is_deleted_once_the_cloud_is_there)
{
    cancel_in_the_middle();
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 1;
    s.cloud.fault_times = 2;
    bench_run(&s.b, 4 * BENCH_HOUR_MS);
    ck_assert_uint_eq(s.cloud.cancelled, 1);
    ck_assert_uint_eq(s.cloud.requests, 3);
}
END_TEST

START_TEST(and_forgotten_when_it_never_is)
{
    cancel_in_the_middle();
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 1;
    s.cloud.fault_times = 1000;
    bench_run(&s.b, 24 * BENCH_HOUR_MS);
    ck_assert_uint_eq(s.cloud.cancelled, 0);
    ck_assert_uint_eq(s.cloud.requests, 5);
    ck_assert_str_eq(s.b.core->catalogue->giving_up.upload_id, "");
}
END_TEST

START_TEST(nor_is_another_store_s_permission_used_for_it)
{
    cancel_in_the_middle();
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 1;
    s.cloud.fault_times = 1;
    bench_tick(&s.b, 0);
    ck_assert_int_eq(bench_assign(&s.b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_run(&s.b, 4 * BENCH_HOUR_MS);
    ck_assert_uint_eq(s.cloud.cancelled, 0);
    ck_assert_str_eq(s.b.core->catalogue->giving_up.upload_id, "");
}
END_TEST

/* ---- a restart ---- */

START_TEST(without_its_permission_an_upload_is_not_gone_on_with)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    while (s.cloud.pages_put < 1)
        shop_tick(&s);
    ck_assert_str_ne(s.b.core->state.catalogue.upload_key, "");
    storage_memory_faults(s.b.disk)->secret_code = POS_E_CORRUPT;
    bench_restart(&s.b);
    bench_run(&s.b, 2000);
    ck_assert_str_eq(s.b.core->state.catalogue.upload_key, "");
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_IDLE);
    ck_assert_uint_eq(s.cloud.committed_times, 0);
    ck_assert_uint_eq(s.cloud.pages_put, 1);
}
END_TEST

START_TEST(a_host_that_cannot_say_its_state_at_first_is_asked_until_it_can)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    while (s.cloud.pages_put < 1)
        shop_tick(&s);
    s.host.fail_call = HOST_STATE;
    s.host.fail_code = POS_E_BUSY;
    bench_restart(&s.b);
    ck_assert_uint_le(bench_tick(&s.b, 0), 1000);
    ck_assert(!core_catalogue_download(s.b.core, s.b.now)); /* not before that is known */
    ck_assert(!core_catalogue_undo(s.b.core, s.b.now));
    bench_run(&s.b, 5000);
    ck_assert_uint_eq(s.cloud.committed_times, 0);
    s.host.fail_call = 0;
    bench_run(&s.b, 60000);
    expect_uploaded();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/upload and the cloud's half");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, an_upload_that_the_cloud_forgot_begins_anew);
    tcase_add_test(c, a_cloud_that_forgets_again_and_again_is_given_up);
    tcase_add_test(c, a_refused_encoding_is_left_out);
    tcase_add_test(c, not_modified_is_no_answer_to_a_first_question);
    tcase_add_test(c, what_the_cloud_keeps_is_looked_up_when_it_does_not_fit);
    tcase_add_test(c, a_cloud_that_never_fits_is_given_up);
    tcase_add_test(c, a_line_that_goes_bad_after_the_check_ends_it);
    tcase_add_test(c, a_till_without_a_head_line_has_nothing_to_upload);
    tcase_add_test(c, a_host_that_cannot_say_its_state_is_named);
    tcase_add_test(c, a_till_that_fails_in_the_middle);
    tcase_add_test(c, one_that_is_edited_all_the_time_is_given_up);
    tcase_add_test(c, a_cancelled_upload_is_deleted_once_the_cloud_is_there);
    tcase_add_test(c, and_forgotten_when_it_never_is);
    tcase_add_test(c, nor_is_another_store_s_permission_used_for_it);
    tcase_add_test(c, without_its_permission_an_upload_is_not_gone_on_with);
    tcase_add_test(c, a_host_that_cannot_say_its_state_at_first_is_asked_until_it_can);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
