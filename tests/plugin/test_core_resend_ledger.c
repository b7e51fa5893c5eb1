/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A resend of ledgers that grew in years: full of gaps, of many numberings, with pages that are damaged meanwhile or belong
 * to a register that nobody knows; and a cloud that answers more than it was asked.
 */
#include "support/resend_bench.h"

/* A page of the ledger as deliveries would have left it: each `step`-th number of it. */
static void put_page(uint32_t reg, uint32_t epoch, int64_t block, uint32_t step)
{
    static ledger l;
    ck_assert_int_eq(ledger_load(&l, &b.core->vault, reg, epoch, block * LEDGER_BLOCK), VAULT_OK);
    for (uint32_t i = block == 0 ? 1 : 0; i < LEDGER_BLOCK; i += step) {
        ledger_entry entry = {.index = (uint8_t)i, .origin = POS_ORIGIN_ORIGINAL, .business_date = "2026-01-01"};
        memset(entry.sha256, (int)i, sizeof entry.sha256);
        ledger_set(&l, &entry);
    }
    core_begin_call(b.core);
    ck_assert_int_eq(ledger_save(&l, &b.core->vault, "till-1", epoch), POS_OK);
    ledger_drop(&b.core->ledger);
}

static void start_and_finish(uint32_t compared, uint32_t gone)
{
    core_resend r = resend_all();
    resend_check_result(r, compared, 0, gone);
}

START_TEST(many_gaps_take_several_questions)
{
    for (int64_t block = 0; block < 10; block++)
        put_page(0, 0, block, 2);
    start_and_finish(10 * LEDGER_BLOCK / 2, 10 * LEDGER_BLOCK / 2);
    ck_assert_uint_ge(b.cloud.compares, 2);
}
END_TEST

START_TEST(so_do_many_numberings)
{
    for (uint32_t epoch = 0; epoch < 70; epoch++)
        put_page(0, epoch, 0, 64);
    b.has_reports = false; /* nothing to fetch from */
    bench_restart(&b);
    start_and_finish(70 * 4, 70 * 4);
    ck_assert_uint_ge(b.cloud.compares, 2);
}
END_TEST

/* Of many blocks that differ, each is asked about once, however many fit into a question. */
START_TEST(what_differs_in_many_gaps_is_found_block_by_block)
{
    for (int64_t block = 0; block < 10; block++)
        put_page(0, 0, block, 2);
    /* One of them is in the cloud: so not "none held", and each block is looked into. */
    cloud_report held = {.kind = 'Z', .z = 3, .counted = true};
    snprintf(held.store, sizeof held.store, "sto_A");
    snprintf(held.reg, sizeof held.reg, "till-1");
    snprintf(held.till, sizeof held.till, "%s", b.core->state.destinations[0].till_id);
    for (int i = 0; i < 32; i++)
        memcpy(held.sha + 2 * i, "03", 3);
    cloud_store_report(&b.cloud, held);
    start_and_finish(10 * LEDGER_BLOCK / 2, 10 * LEDGER_BLOCK / 2 - 1);
    ck_assert_uint_ge(b.cloud.compares, 4);
}
END_TEST

/* ---- pages ---- */

START_TEST(a_page_of_a_register_that_nobody_knows_is_passed_over)
{
    resend_trade(1, 5);
    put_page(5, 0, 0, 1);
    resend_check_result(resend_all(), 5, 0, 0);
    resend_check_all();
}
END_TEST

START_TEST(a_page_that_goes_bad_between_two_questions_is_found_out_from_the_history)
{
    static const resend_phase phases[] = {RESEND_BLOCKS, RESEND_NUMBERS, RESEND_MEND};
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        resend_teardown();
        resend_setup();
        resend_trade(1, 8);
        resend_lose(3, 4);
        ck_assert(resend_start());
        for (int k = 0; k < 1000 && b.core->resend.phase != phases[i]; k++)
            bench_pass(&b, bench_tick(&b, 0));
        ck_assert_int_eq(b.core->resend.phase, phases[i]);
        storage_memory_damage(b.disk, COLLECTION_LEDGER, ledger_key_pack(0, 0, 1), 600, 1);
        ledger_drop(&b.core->ledger);
        resend_finish();
        ck_assert(bench_drain(&b, 4 * BENCH_HOUR_MS));
        bench_run(&b, 4 * BENCH_HOUR_MS);
        resend_all();
        resend_check_all();
    }
}
END_TEST

START_TEST(one_that_cannot_be_read_for_a_while_is_waited_for)
{
    static const resend_phase phases[] = {RESEND_ALL, RESEND_BLOCKS, RESEND_NUMBERS, RESEND_MEND, RESEND_SCAN};
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        resend_teardown();
        resend_setup();
        resend_trade(1, 8);
        resend_lose(3, 4);
        if (phases[i] >= RESEND_SCAN) {
            resend_wipe();
            b.range_error = POS_E_BUSY;
            bench_run(&b, 2000);
            resend_adopt();
            b.range_error = POS_OK;
        }
        ck_assert(resend_start());
        for (int k = 0; k < 1000 && b.core->resend.phase != phases[i]; k++)
            bench_pass(&b, bench_tick(&b, 0));
        ck_assert_int_eq(b.core->resend.phase, phases[i]);
        ledger_drop(&b.core->ledger);
        storage_memory_faults(b.disk)->get_code = POS_E_IO;
        storage_memory_faults(b.disk)->list_code = POS_E_IO;
        bench_run(&b, 30000);
        ck_assert(core_resend_is_running(b.core));
        ck_assert_uint_lt(b.zero_ticks, 1000);
        storage_memory_faults(b.disk)->get_code = POS_OK;
        storage_memory_faults(b.disk)->list_code = POS_OK;
        ck_assert_int_eq(resend_finish().stage, RESEND_STAGE_DONE);
        resend_check_all();
    }
}
END_TEST

/* ---- the answer ---- */

static const char *written, *instead;

static void answer_more(void *ctx, net_script *s, const script_request *r)
{
    uint32_t ready = s->ready_count;
    cloud_handle(ctx, s, r);
    if (s->ready_count == ready || !strstr(r->request->path, "/compare"))
        return;
    net_answer *answer = &s->ready[ready];
    char *at = strstr((char *)answer->body, written);
    if (!at)
        return;
    char *changed = malloc(answer->body_bytes + strlen(instead) + 1);
    ck_assert_ptr_nonnull(changed);
    size_t head = (size_t)(at - (char *)answer->body);
    answer->body_bytes =
        (size_t)sprintf(changed, "%.*s%s%s", (int)head, (const char *)answer->body, instead, at + strlen(written));
    free(answer->body);
    answer->body = (uint8_t *)changed;
}

START_TEST(blocks_and_numbers_that_were_not_asked_about_are_nothing)
{
    static const char *const changes[][2] = {{"\"differs\":[0],\"numbers\":[]", "\"differs\":[0,77],\"numbers\":[]"},
                                             {"\"z_number\":4,", "\"z_number\":4000,"}};
    for (size_t i = 0; i < 2; i++) {
        resend_teardown();
        resend_setup();
        resend_trade(1, 8);
        resend_lose(3, 4);
        written = changes[i][0];
        instead = changes[i][1];
        b.net->handle = answer_more;
        core_resend r = resend_all();
        ck_assert_uint_eq(r.sent, i == 0 ? 2 : 1);
        ck_assert_uint_eq(r.gone, 0);
        b.net->handle = cloud_handle;
        ck_assert_uint_eq(resend_all().sent, i == 0 ? 0 : 1);
        resend_check_all();
    }
}
END_TEST

START_TEST(a_host_without_a_history_is_cancelled_as_any_other)
{
    resend_trade(1, 5);
    b.has_reports = false;
    bench_restart(&b);
    ck_assert(resend_start());
    resend_cancel();
    ck_assert(!core_resend_is_running(b.core));
    ck_assert_int_eq(core_get_resend(b.core, b.now).stage, RESEND_STAGE_CANCELLED);
    ck_assert_uint_eq(core_get_resend(b.core, b.now).left, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: a resend of old ledgers");
    TCase *tc = tcase_create("ledger");
    tcase_add_checked_fixture(tc, resend_setup, resend_teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, many_gaps_take_several_questions);
    tcase_add_test(tc, so_do_many_numberings);
    tcase_add_test(tc, what_differs_in_many_gaps_is_found_block_by_block);
    tcase_add_test(tc, a_page_of_a_register_that_nobody_knows_is_passed_over);
    tcase_add_test(tc, a_page_that_goes_bad_between_two_questions_is_found_out_from_the_history);
    tcase_add_test(tc, one_that_cannot_be_read_for_a_while_is_waited_for);
    tcase_add_test(tc, blocks_and_numbers_that_were_not_asked_about_are_nothing);
    tcase_add_test(tc, a_host_without_a_history_is_cancelled_as_any_other);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
