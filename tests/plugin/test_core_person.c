/* SPDX-License-Identifier: Apache-2.0 */
/* The owner: log in, register, create, turn pages; one request at a time, and what is created is created once. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_open(&b);
    ck_assert(bench_start(&b));
    bench_run(&b, 1000);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static const core_person *asked(void)
{
    return core_get_person(b.core);
}

START_TEST(a_person_has_one_request_at_a_time)
{
    b.net->handle = NULL;
    core_begin_call(b.core);
    ck_assert(core_log_in(b.core, b.now, "a@example.com", "x"));
    ck_assert(!core_log_in(b.core, b.now, "a@example.com", "x"));
    ck_assert(!core_recover(b.core, b.now, "a@example.com", "en"));
    ck_assert(!core_list_companies(b.core, b.now, "", 0));
    ck_assert(!core_disconnect(b.core, b.now));
    core_person_forget(b.core);
    ck_assert_int_eq(asked()->request, REQUEST_NONE);
    bench_tick(&b, 0); /* the cancelled one's answer is nobody's */
    ck_assert_int_eq(asked()->request, REQUEST_NONE);
    b.net->handle = cloud_handle;
    ck_assert(bench_log_in(&b));
}
END_TEST

START_TEST(a_session_that_ended_is_noticed)
{
    ck_assert(bench_log_in(&b));
    snprintf(b.cloud.session, sizeof b.cloud.session, "another");
    core_begin_call(b.core);
    ck_assert(core_list_companies(b.core, b.now, "", 0));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_FAILED);
    ck_assert_int_eq(asked()->verdict.cause, CAUSE_UNAUTHORIZED);
    ck_assert(!core_get_account(b.core).logged_in);
    ck_assert(core_get_account(b.core).session_ended);
    ck_assert_str_eq(core_get_account(b.core).email, "ana@example.com");
}
END_TEST

START_TEST(a_session_that_cannot_be_stored_is_no_log_in)
{
    storage_memory_faults(b.disk)->put_at = 1;
    ck_assert(!bench_log_in(&b));
    ck_assert(asked()->storage_failed);
    ck_assert(!core_get_account(b.core).logged_in);
    ck_assert(bench_log_in(&b));
    bench_run(&b, 1000);
    bench_crash(&b);
    ck_assert(core_get_account(b.core).logged_in);
    ck_assert_str_eq(core_get_account(b.core).name, "Ana Ruiz");
}
END_TEST

static core_progress create_company(const char *name)
{
    protocol_company company = {.country = "ES", .currency = "EUR"};
    memcpy(company.name, name, strlen(name) + 1);
    bench_measure(&b);
    core_begin_call(b.core);
    ck_assert(core_create_company(b.core, b.now, &company));
    bench_check_budget(&b, 1);
    return bench_wait_person(&b);
}

START_TEST(a_form_whose_answer_was_lost_creates_once)
{
    ck_assert(bench_log_in(&b));
    b.cloud.person_fault = CLOUD_LOSE_ANSWER;
    ck_assert_int_eq(create_company("Ruiz"), PROGRESS_FAILED);
    char key[40];
    memcpy(key, b.cloud.last_key, sizeof key);
    ck_assert_uint_eq(strlen(key), 32);
    bench_crash(&b); /* the key was stored before it was sent */
    b.cloud.person_fault = CLOUD_FINE;
    ck_assert_int_eq(create_company("Ruiz"), PROGRESS_DONE);
    ck_assert_str_eq(b.cloud.last_key, key);
    ck_assert_uint_eq(b.cloud.created_count, 1);
    ck_assert_str_eq(core_created_company(b.core)->company_id, b.cloud.created[0].id);
    ck_assert_int_eq(create_company("Ruiz"), PROGRESS_DONE); /* asked for once more: another one */
    ck_assert_uint_eq(b.cloud.created_count, 2);
}
END_TEST

static core_progress create_store(const char *name)
{
    protocol_store store = {.time_zone = "Europe/Madrid"};
    memcpy(store.name, name, strlen(name) + 1);
    core_begin_call(b.core);
    ck_assert(core_create_store(b.core, b.now, "com_1", &store));
    return bench_wait_person(&b);
}

/* Did the first one arrive? Only the cloud knows. */
START_TEST(words_that_were_corrected_after_a_lost_answer_create_once)
{
    core_progress (*create)(const char *) = _i % 2 == 0 ? create_company : create_store;
    bool arrives = _i < 2;
    ck_assert(bench_log_in(&b));
    b.cloud.person_fault = arrives ? CLOUD_LOSE_ANSWER : CLOUD_UNREACHED;
    b.cloud.person_times = 1;
    ck_assert_int_eq(create("Ruiz"), PROGRESS_FAILED);
    ck_assert(!core_was_created_before(b.core));
    ck_assert_int_eq(create("Rius"), arrives ? PROGRESS_FAILED : PROGRESS_DONE);
    ck_assert(core_was_created_before(b.core) == arrives);
    ck_assert_uint_eq(b.cloud.created_count, 1);
    ck_assert_int_eq(create("Rius"), PROGRESS_DONE); /* the owner has seen the list, and wants another one */
    ck_assert_uint_eq(b.cloud.created_count, 2);
}
END_TEST

START_TEST(a_store_has_another_key_than_the_company_before_it)
{
    ck_assert(bench_log_in(&b));
    b.cloud.person_fault = CLOUD_LOSE_ANSWER;
    b.cloud.person_times = 1;
    ck_assert_int_eq(create_company("Ruiz"), PROGRESS_FAILED);
    ck_assert_int_eq(create_store("Centro"), PROGRESS_DONE);
    ck_assert_uint_eq(b.cloud.created_count, 2);
}
END_TEST

START_TEST(a_key_that_cannot_be_stored_is_not_sent)
{
    ck_assert(bench_log_in(&b));
    bench_run(&b, 1000);
    uint32_t before = b.net->count;
    storage_memory_faults(b.disk)->put_at = 1;
    ck_assert_int_eq(create_company("Ruiz"), PROGRESS_FAILED);
    ck_assert(asked()->storage_failed);
    ck_assert_uint_eq(b.net->count, before);
}
END_TEST

START_TEST(registering_goes_on_with_a_code)
{
    protocol_registration form = {.email = "ana@example.com",
                                  .name = "Ana",
                                  .password = "password planted here",
                                  .country = "ES",
                                  .language = "es",
                                  .terms_accepted = true};
    bool recovery = true;
    core_begin_call(b.core);
    ck_assert(core_register(b.core, b.now, &form));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert(core_awaits_code(b.core, &recovery));
    ck_assert(!recovery);
    ck_assert(!core_get_account(b.core).logged_in);
    core_begin_call(b.core);
    ck_assert(core_confirm(b.core, b.now, "123456", NULL));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert(core_get_account(b.core).logged_in);
    ck_assert(!core_awaits_code(b.core, &recovery));
    bench_check_secrets(&b);
}
END_TEST

START_TEST(registering_again_without_an_answer_is_the_same_request)
{
    protocol_registration form = {.email = "ana@example.com",
                                  .name = "Ana",
                                  .password = "password planted here",
                                  .country = "ES",
                                  .language = "es",
                                  .terms_accepted = true};
    char keys[2][40];
    for (int i = 0; i < 2; i++) {
        b.net->handle = i == 0 ? NULL : cloud_handle;
        core_begin_call(b.core);
        ck_assert(core_register(b.core, b.now, &form));
        snprintf(keys[i], sizeof keys[i], "%s", script_last(b.net)->request->idempotency_key);
        if (i == 0)
            core_person_forget(b.core);
    }
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert_uint_eq(strlen(keys[0]), 32);
    ck_assert_str_eq(keys[0], keys[1]);
}
END_TEST

START_TEST(recovering_carries_a_key_of_its_own)
{
    char keys[2][40];
    for (int i = 0; i < 2; i++) {
        core_begin_call(b.core);
        ck_assert(core_recover(b.core, b.now, "ana@example.com", "en"));
        snprintf(keys[i], sizeof keys[i], "%s", script_last(b.net)->request->idempotency_key);
        core_person_forget(b.core);
        ck_assert_uint_eq(strspn(keys[i], "0123456789abcdef"), 32);
    }
    ck_assert_str_ne(keys[0], keys[1]);
}
END_TEST

START_TEST(lists_turn_pages)
{
    ck_assert(bench_log_in(&b));
    core_begin_call(b.core);
    ck_assert(core_list_stores(b.core, b.now, "com_1", "", 0));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert_uint_eq(core_get_stores(b.core).count, 1);
    ck_assert(core_get_stores(b.core).has_next);
    ck_assert(core_list_stores(b.core, b.now, "com_1", "", 1));
    ck_assert_ptr_nonnull(strstr(script_last(b.net)->request->path, "after=cursor_2"));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    ck_assert_uint_eq(core_get_stores(b.core).page, 1);
    ck_assert(!core_get_stores(b.core).has_next);
    ck_assert(core_list_stores(b.core, b.now, "com_1", "m\xc3\xa1s & m\xc3\xa1s", 0));
    ck_assert_ptr_nonnull(strstr(script_last(b.net)->request->path, "q=m%C3%A1s%20%26%20m%C3%A1s"));
    ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
}
END_TEST

static void add_owner_tests(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_person_has_one_request_at_a_time);
    tcase_add_test(tc, a_session_that_ended_is_noticed);
    tcase_add_test(tc, a_session_that_cannot_be_stored_is_no_log_in);
    tcase_add_test(tc, a_form_whose_answer_was_lost_creates_once);
    tcase_add_loop_test(tc, words_that_were_corrected_after_a_lost_answer_create_once, 0, 4);
    tcase_add_test(tc, a_store_has_another_key_than_the_company_before_it);
    tcase_add_test(tc, a_key_that_cannot_be_stored_is_not_sent);
    tcase_add_test(tc, registering_goes_on_with_a_code);
    tcase_add_test(tc, recovering_carries_a_key_of_its_own);
    tcase_add_test(tc, registering_again_without_an_answer_is_the_same_request);
    tcase_add_test(tc, lists_turn_pages);
}

int main(void)
{
    Suite *suite = suite_create("core: the owner");
    TCase *tc = tcase_create("owner");
    add_owner_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
