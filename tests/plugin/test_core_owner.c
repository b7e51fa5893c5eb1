/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an owner asks for out of turn, and what comes back that does not fit: a second command while one runs, a code that
 * nobody mailed, lists without end, a store under another till's id, tables that are full, a net that takes nothing.
 */
#include "core/catalogue.h"
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
    bench_run(&b, 2000);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static const core_person *asked(void)
{
    return core_get_person(b.core);
}

static const protocol_registration form = {.email = "ana@example.com",
                                           .name = "Ana",
                                           .password = "password planted here",
                                           .country = "ES",
                                           .language = "es",
                                           .terms_accepted = true};
static const protocol_company company = {.company_id = "com_1", .name = "Ruiz", .country = "ES", .currency = "EUR"};
static const protocol_store store = {
    .company_id = "com_1", .store_id = "sto_B", .name = "B", .time_zone = "Europe/Madrid", .currency = "EUR"};

/* ---- out of turn ---- */

START_TEST(while_one_command_runs_no_other_begins)
{
    b.net->handle = NULL; /* nothing is answered */
    core_begin_call(b.core);
    ck_assert(core_recover(b.core, b.now, "ana@example.com", "es"));
    uint32_t before = b.net->count;
    ck_assert(!core_register(b.core, b.now, &form));
    ck_assert(!core_confirm(b.core, b.now, "123456", NULL));
    ck_assert(!core_list_stores(b.core, b.now, "com_1", NULL, 0));
    ck_assert(!core_create_company(b.core, b.now, &company));
    ck_assert(!core_create_store(b.core, b.now, "com_1", &store));
    ck_assert(!core_assign(b.core, b.now, &company, &store, CLAIM_FIRST, NULL));
    ck_assert_int_eq(asked()->request, REQUEST_RECOVER);
    ck_assert_uint_eq(b.net->count, before);
    core_person_forget(b.core);
    core_person_forget(b.core); /* and once more, with nothing to forget */
    ck_assert_int_eq(asked()->request, REQUEST_NONE);
}
END_TEST

START_TEST(a_code_that_nobody_mailed_confirms_nothing)
{
    uint32_t before = b.net->count;
    ck_assert(!core_confirm(b.core, b.now, "123456", NULL));
    ck_assert_uint_eq(b.net->count, before);
}
END_TEST

START_TEST(a_recovery_ends_in_a_log_in)
{
    bool recovery = false;
    core_begin_call(b.core);
    ck_assert(core_recover(b.core, b.now, "ana@example.com", "es"));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert(core_awaits_code(b.core, &recovery) && recovery);
    core_begin_call(b.core);
    ck_assert(core_confirm(b.core, b.now, "123456", NULL));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert(!core_awaits_code(b.core, &recovery));
    bench_check_secrets(&b);
}
END_TEST

START_TEST(a_registration_whose_key_cannot_be_stored_is_not_sent)
{
    protocol_registration other = form;
    other.language = NULL;
    uint32_t before = b.net->count;
    storage_memory_faults(b.disk)->put_at = 1;
    core_begin_call(b.core);
    ck_assert(core_register(b.core, b.now, &other));
    ck_assert_int_eq(asked()->progress, PROGRESS_FAILED);
    ck_assert(asked()->storage_failed);
    ck_assert_uint_eq(b.net->count, before);
    core_begin_call(b.core);
    ck_assert(core_create_store(b.core, b.now, "com_1", &store));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    storage_memory_faults(b.disk)->put_at = 1;
    core_begin_call(b.core);
    ck_assert(core_create_store(b.core, b.now, "com_1", &store));
    ck_assert(asked()->storage_failed);
}
END_TEST

/* A command's one write is used up by another of the same call: it is made up for. */
START_TEST(two_settings_in_one_call_cost_one_write)
{
    bench_measure(&b);
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    ck_assert(core_set_x_enabled(b.core, b.now, true)); /* as it is */
    core_set_welcome_seen(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, false));
    bench_check_budget(&b, 1);
    bench_run(&b, 1000);
    bench_crash(&b);
    ck_assert(!core_get_x(b.core, b.now).enabled);
    ck_assert(core_welcome_seen(b.core));
}
END_TEST

START_TEST(a_net_that_takes_nothing_fails_a_command_at_once)
{
    b.net->refuses = true;
    core_begin_call(b.core);
    ck_assert(core_list_companies(b.core, b.now, NULL, 0));
    ck_assert_int_eq(asked()->progress, PROGRESS_FAILED);
    ck_assert_int_eq(asked()->verdict.net, NET_FAILED_MEMORY);
    ck_assert(core_diagnose(b.core, b.now));
    ck_assert(core_get_diagnosis(b.core).done);
    ck_assert_int_eq(core_get_diagnosis(b.core).states[CHECK_CONNECTION], CHECK_STATE_BAD);
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE); /* without the cloud, too */
    ck_assert_int_eq(asked()->verdict.outcome, PROTOCOL_RETRY);
    ck_assert(!core_get_assignment(b.core).assigned);
    b.net->refuses = false;
    ck_assert(bench_log_in(&b));
}
END_TEST

/* ---- lists ---- */

static void answer_without_end(void *ctx, net_script *s, const script_request *r)
{
    char body[200];
    const char *after = strstr(r->request->path, "after=c_");
    int page = after ? atoi(after + 8) : 0;
    (void)ctx;
    snprintf(body, sizeof body,
             "{\"items\":[{\"company_id\":\"com_%d\",\"name\":\"N\",\"tax_id\":\"\",\"country\":\"ES\",\"currency\":"
             "\"EUR\"}],\"next\":\"c_%d\"}",
             page, page + 1);
    script_reply(s, r->ticket, 200, "application/json", body);
}

static void turn_to_company(uint32_t page)
{
    char id[16];
    snprintf(id, sizeof id, "com_%u", page);
    core_begin_call(b.core);
    ck_assert(core_list_companies(b.core, b.now, "x", page));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert_uint_eq(core_get_companies(b.core).page, page);
    ck_assert_str_eq(core_get_companies(b.core).items[0].company_id, id);
    ck_assert(core_get_companies(b.core).has_next);
}

START_TEST(a_long_list_is_turned_to_its_end_and_back)
{
    b.net->handle = answer_without_end;
    for (uint32_t page = 0; page < 40; page++)
        turn_to_company(page);
    turn_to_company(17);
    turn_to_company(18);
    turn_to_company(0);
    core_begin_call(b.core);
    ck_assert(core_list_companies(b.core, b.now, "another search", 5)); /* of which nothing is known yet */
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert_uint_eq(core_get_companies(b.core).page, 0);
    b.net->handle = cloud_handle;
}
END_TEST

/* ---- a store ---- */

static void answer_for_another_till(void *ctx, net_script *s, const script_request *r)
{
    uint32_t ready = s->ready_count;
    cloud_handle(ctx, s, r);
    if (s->ready_count == ready || !s->ready[ready].body)
        return;
    char *id = strstr((char *)s->ready[ready].body, "\"till_id\":\"");
    if (id)
        id[11] = id[11] == '0' ? '1' : '0';
}

START_TEST(a_store_that_knows_us_as_another_till_is_not_ours)
{
    b.net->handle = answer_for_another_till;
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_int_eq(asked()->verdict.cause, CAUSE_NOT_THE_CLOUD);
    ck_assert_str_eq(core_get_assignment(b.core).store_id, "sto_A");
    b.net->handle = cloud_handle;
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
}
END_TEST

START_TEST(full_tables_take_no_other_store)
{
    state *s = &b.core->state;
    uint32_t slots = s->slot_count;
    for (; s->slot_count <= SLOT_MAX; s->slot_count++)
        s->slots[s->slot_count] = 0;
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_str_eq(asked()->verdict.code, "no-room");
    s->slot_count = slots;
    uint32_t count = s->destination_count;
    for (; s->destination_count < DESTINATIONS_MAX; s->destination_count++)
        snprintf(s->destinations[s->destination_count].store_id, 16, "sto_%u", s->destination_count);
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_str_eq(asked()->verdict.code, "no-room");
    ck_assert_str_eq(core_get_assignment(b.core).store_id, "sto_A");
    s->destination_count = count;
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
}
END_TEST

START_TEST(a_till_that_leaves_with_full_tables_leaves)
{
    state *s = &b.core->state;
    for (; s->slot_count <= SLOT_MAX; s->slot_count++)
        s->slots[s->slot_count] = 0;
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert(!core_get_assignment(b.core).assigned);
    bench_day(&b, 1);
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).held, 1);
}
END_TEST

/* ---- a permission that is renewed at a log-in ---- */

static void end_permission(void)
{
    b.cloud.tokens[b.cloud.token_count - 1].revoked = true;
    bench_day(&b, (int64_t)b.close_count + 1);
    bench_run(&b, 10000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_LOG_IN);
}

static void hold_tills(void *ctx, net_script *s, const script_request *r)
{
    if (strstr(r->request->path, "/tills") == NULL)
        cloud_handle(ctx, s, r);
}

START_TEST(a_renewal_under_way_gives_way_to_the_owner)
{
    end_permission();
    b.net->handle = hold_tills;
    ck_assert(bench_log_in(&b));
    ck_assert_uint_ne(b.core->assign.renewal, 0);
    uint32_t renewal = b.core->assign.renewal;
    core_begin_call(b.core);
    b.net->handle = cloud_handle;
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(script_find(b.net, renewal)->cancelled);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), b.close_count);
}
END_TEST

START_TEST(and_is_broken_off_by_a_disconnect)
{
    end_permission();
    b.net->handle = hold_tills;
    ck_assert(bench_log_in(&b));
    uint32_t renewal = b.core->assign.renewal;
    ck_assert_uint_ne(renewal, 0);
    b.net->handle = cloud_handle;
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert(script_find(b.net, renewal)->cancelled);
    ck_assert_uint_eq(b.core->assign.renewal, 0);
    bench_run(&b, 60000);
    ck_assert(!core_get_assignment(b.core).assigned);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 0);
}
END_TEST

START_TEST(one_that_fails_leaves_it_to_the_owner)
{
    end_permission();
    b.net->handle = hold_tills;
    ck_assert(bench_log_in(&b));
    uint32_t renewal = b.core->assign.renewal;
    cloud_problem(b.net, renewal, 403, "forbidden", -1);
    bench_run(&b, 5000);
    ck_assert(bench_logged(&b, "the permission was not renewed"));
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_LOG_IN);
    b.net->handle = cloud_handle;
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(bench_drain(&b, 60000));
}
END_TEST

/* A create whose answer was lost, and then the store that was looked for after it, or only a renewal. */
START_TEST(who_has_chosen_a_store_has_found_what_was_created)
{
    protocol_company other = company;
    memcpy(other.name, "Bar", sizeof "Bar");
    end_permission();
    b.cloud.person_fault = CLOUD_LOSE_ANSWER;
    b.cloud.person_times = 1;
    core_begin_call(b.core);
    ck_assert(core_create_company(b.core, b.now, &company));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_FAILED);
    if (_i == 0)
        ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    else
        ck_assert(bench_log_in(&b)); /* which renews the permission */
    bench_run(&b, 5000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).hold, HOLD_NONE);
    core_begin_call(b.core);
    ck_assert(core_create_company(b.core, b.now, &other));
    ck_assert_int_eq(bench_wait_person(&b), _i == 0 ? PROGRESS_DONE : PROGRESS_FAILED);
    ck_assert(core_was_created_before(b.core) == (_i == 1));
}
END_TEST

START_TEST(a_permission_given_anew_is_not_read_again)
{
    storage_memory_faults(b.disk)->secret_code = POS_E_IO;
    bench_restart(&b);
    ck_assert(b.core->assign.unread[0]);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_run(&b, 10 * 60000);
    ck_assert(!b.core->assign.unread[0]);
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[0].sha), 1);
}
END_TEST

/* ---- a host without configuration data ---- */

START_TEST(without_the_extension_there_is_nothing_of_it)
{
    core_catalogue_view view;
    core_get_catalogue(b.core, b.now, &view);
    ck_assert(!view.available && !core_has_catalogue(b.core));
    ck_assert(!core_catalogue_download(b.core, b.now));
    ck_assert(!core_catalogue_accept(b.core, b.now, 1));
    ck_assert(!core_catalogue_upload(b.core, b.now));
    ck_assert(!core_catalogue_replace(b.core, b.now, 1));
    ck_assert(!core_catalogue_keep(b.core, b.now));
    ck_assert(!core_catalogue_undo(b.core, b.now));
    ck_assert(!core_catalogue_cancel(b.core, b.now));
    core_catalogue_dismiss(b.core);
    core_get_catalogue(b.core, b.now, &view);
    ck_assert_int_eq(view.phase, CATALOGUE_IDLE);
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, while_one_command_runs_no_other_begins);
    tcase_add_test(tc, a_code_that_nobody_mailed_confirms_nothing);
    tcase_add_test(tc, a_recovery_ends_in_a_log_in);
    tcase_add_test(tc, a_registration_whose_key_cannot_be_stored_is_not_sent);
    tcase_add_test(tc, two_settings_in_one_call_cost_one_write);
    tcase_add_test(tc, a_net_that_takes_nothing_fails_a_command_at_once);
    tcase_add_test(tc, a_long_list_is_turned_to_its_end_and_back);
    tcase_add_test(tc, a_store_that_knows_us_as_another_till_is_not_ours);
    tcase_add_test(tc, full_tables_take_no_other_store);
    tcase_add_test(tc, a_till_that_leaves_with_full_tables_leaves);
    tcase_add_test(tc, a_renewal_under_way_gives_way_to_the_owner);
    tcase_add_test(tc, and_is_broken_off_by_a_disconnect);
    tcase_add_test(tc, one_that_fails_leaves_it_to_the_owner);
    tcase_add_loop_test(tc, who_has_chosen_a_store_has_found_what_was_created, 0, 2);
    tcase_add_test(tc, a_permission_given_anew_is_not_read_again);
    tcase_add_test(tc, without_the_extension_there_is_nothing_of_it);
}

int main(void)
{
    Suite *suite = suite_create("core: the owner out of turn");
    TCase *tc = tcase_create("owner");
    tcase_add_checked_fixture(tc, setup, teardown);
    add_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
