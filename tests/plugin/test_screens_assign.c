/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_assign.c - company, store, known tills, configuration and disconnecting: what each button asks
 * of the cloud and of the core, and where the answers lead. */
#include "support/screen_bench.h"

START_TEST(test_companies_search_and_pages)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 200, "{\"items\":[" BENCH_COMPANY "],\"next\":\"cursor_2\"}");
    bench_press_and_wait(b, "assign");
    ck_assert_ptr_null(screen_text_find(&b->page, "list.previous"));
    bench_type(b, "search", " Ru iz ");
    bench_press_and_wait(b, "search.submit");
    ck_assert_ptr_nonnull(strstr(b->cloud.last_path, "q=Ru%20iz"));
    bench_press_and_wait(b, "list.next");
    ck_assert_ptr_nonnull(strstr(b->cloud.last_path, "after=cursor_2"));
    ck_assert_ptr_nonnull(strstr(b->cloud.last_path, "q=Ru%20iz"));
    bench_press_and_wait(b, "list.previous");
    ck_assert_ptr_null(strstr(b->cloud.last_path, "after="));
    ck_assert_ptr_null(screen_text_find(&b->page, "list.previous"));
    bench_close(b);
}
END_TEST

/* Nothing to choose, nothing to look for: the way on is the only one, and under the cursor. */
START_TEST(test_the_first_company)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 200, "{\"items\":[],\"next\":null}");
    bench_press_and_wait(b, "assign");
    ck_assert_ptr_null(screen_text_find(&b->page, "search"));
    ck_assert(screen_text_find(&b->page, "company.new")->flags & POS_WIDGET_FOCUS);
    ck_assert_uint_eq(screen_text_find(&b->page, "company.new")->level, POS_LEVEL_PRIMARY);
    bench_press(b, "company.new");
    bench_expect_page(b, "company_new");
    bench_close(b);
}
END_TEST

START_TEST(test_a_list_leaves_the_keyboard_away)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    bench_press_and_wait(b, "assign");
    ck_assert(!(screen_text_find(&b->page, "search")->flags & POS_WIDGET_FOCUS));
    ck_assert(!(screen_text_find(&b->page, "company.new")->flags & POS_WIDGET_FOCUS));
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 200, "{\"items\":[],\"next\":null}");
    bench_type(b, "search", "x");
    bench_press_and_wait(b, "search.submit");
    bench_expect(b, "Nothing found"); /* and can be looked for anew */
    ck_assert_ptr_nonnull(screen_text_find(&b->page, "search"));
    bench_close(b);
}
END_TEST

START_TEST(test_new_company_while_the_list_loads)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    b->cloud.holds = true;
    bench_press(b, "assign");
    bench_expect(b, "Asking");
    bench_press(b, "company.new");
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect_page(b, "company_new");
    bench_type(b, "name", "Ruiz");
    bench_press_and_wait(b, "company.create");
    bench_expect_page(b, "stores");
    bench_press_and_wait(b, "store.new");
    bench_type(b, "name", "Centro");
    bench_press_and_wait(b, "store.create");
    bench_expect_page(b, "assign");
    bench_event(b, POS_EVENT_BACK);
    bench_expect_page(b, "stores");
    bench_event(b, POS_EVENT_BACK);
    bench_expect_page(b, "companies");
    bench_close(b);
}
END_TEST

#define KEY_REUSED BENCH_PROBLEM("idempotency-key-reused", 422, "")

static void create_what_is_there(bench *b, const char *name, const char *button)
{
    bench_type(b, "name", name);
    bench_press_and_wait(b, button);
    bench_settle(b); /* the list is asked for anew */
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
}

/* The answer to the first try was lost, and the owner has corrected the words. */
START_TEST(test_what_was_created_before_is_in_the_list)
{
    bench *b = bench_open(_i == 0 ? "en" : "es");
    bench_log_in(b);
    bench_press_and_wait(b, "assign");
    bench_press(b, "company.new");
    screen_cloud_rule(&b->cloud, "POST", "/v1/companies", 422, KEY_REUSED);
    create_what_is_there(b, "Ruiz S.A.", "company.create");
    bench_expect_page(b, "companies");
    bench_expect(b, _i == 0 ? "was created after all" : "La empresa que pidi");
    bench_press_and_wait(b, "company.cmp_1");
    bench_press(b, "store.new");
    screen_cloud_rule(&b->cloud, "POST", "/v1/companies/cmp_1/stores", 422, KEY_REUSED);
    create_what_is_there(b, "Centro", "store.create");
    bench_expect_page(b, "stores");
    bench_expect(b, _i == 0 ? "was created after all" : "La tienda que pidi");
    bench_press_and_wait(b, "store.sto_1");
    bench_expect_page(b, "assign");
    bench_close(b);
}
END_TEST

static void refuse_known(bench *b)
{
    screen_cloud_rule(&b->cloud, "PUT", "/v1/stores/sto_1/*", 409,
                      BENCH_PROBLEM("register-known", 409,
                                    ",\"tills\":[{\"till_id\":\"" BENCH_KNOWN_TILL
                                    "\",\"device_name\":null,\"register_id\":\"till-1\",\"last_seen_at_ms\":1,"
                                    "\"last_z_number\":null,\"last_business_date\":null}]"));
    bench_press_and_wait(b, "assign.accept");
    bench_expect_page(b, "known");
    b->cloud.rule_count--;
}

START_TEST(test_known_register)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    bench_choose(b, "store.sto_1");
    refuse_known(b);
    bench_event(b, POS_EVENT_BACK);
    bench_expect_page(b, "assign");
    refuse_known(b);
    if (_i == 0) {
        bench_press_and_wait(b, "till.same." BENCH_KNOWN_TILL);
        ck_assert_str_eq(b->cloud.last_path, "PUT /v1/stores/sto_1/tills/" BENCH_KNOWN_TILL);
        ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"claim\":\"same\""));
    } else {
        bench_press_and_wait(b, "till.another");
        ck_assert_ptr_null(strstr(b->cloud.last_path, BENCH_KNOWN_TILL));
        ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"claim\":\"another\""));
    }
    bench_expect_page(b, "main");
    bench_expect(b, "Centro now gets the reports");
    bench_close(b);
}
END_TEST

START_TEST(test_known_till_is_chosen_once)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    bench_choose(b, "store.sto_1");
    refuse_known(b);
    b->cloud.holds = true;
    bench_press(b, "till.same." BENCH_KNOWN_TILL);
    uint32_t requests = b->cloud.requests;
    ck_assert_int_eq(bench_try(b, "till.same." BENCH_KNOWN_TILL, b->page.revision), POS_OK);
    ck_assert_uint_eq(b->cloud.requests, requests);
    ck_assert_ptr_null(screen_text_find(&b->page, "notice"));
    bench_close(b);
}
END_TEST

START_TEST(test_session_ends_on_the_way)
{
    bench *b = bench_open("en");
    bench_log_in(b);
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    bench_press_and_wait(b, "assign");
    b->cloud.rule_count = rules;
    bench_press(b, "login");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_press_and_wait(b, "login.submit");
    bench_settle(b);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect_page(b, "companies"); /* where the owner was, with the list */
    ck_assert_ptr_nonnull(screen_text_find(&b->page, "company.cmp_1"));
    bench_close(b);
}
END_TEST

START_TEST(test_send_x)
{
    bench *b = bench_open("en");
    bench_assign(b);
    bench_press(b, "configuration");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    ck_assert_str_eq(screen_text_find(&b->page, "send_x")->value, "1");
    ck_assert(core_get_x(b->core, b->now).enabled);
    bench_type(b, "send_x", "perhaps");
    bench_press(b, "send_x");
    ck_assert(core_get_x(b->core, b->now).enabled);
    bench_type(b, "send_x", "0");
    bench_press(b, "send_x");
    ck_assert(!core_get_x(b->core, b->now).enabled);
    bench_close(b);
}
END_TEST

START_TEST(test_disconnect)
{
    bench *b = bench_open("en");
    bench_assign(b);
    bench_press(b, "disconnect");
    bench_event(b, POS_EVENT_BACK);
    ck_assert(core_get_assignment(b->core).assigned);
    bench_press(b, "disconnect");
    bench_press_and_wait(b, "disconnect.accept");
    bench_expect_page(b, "disconnected");
    ck_assert(!core_get_assignment(b->core).assigned && !core_get_account(b->core).logged_in);
    bench_press(b, "disconnect.done");
    bench_expect_page(b, "main");
    ck_assert(!screen_text_find(&b->page, "disconnect")->is_enabled);
    bench_close(b);
}
END_TEST

START_TEST(test_disconnect_that_the_cloud_does_not_hear_of)
{
    bench *b = bench_open("en");
    bench_assign(b);
    bench_press(b, "disconnect");
    b->cloud.holds = true;
    bench_press_and_wait(b, "disconnect.accept");
    bench_pass(b, 11000);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect_page(b, "disconnected");
    bench_expect(b, "FactoryCLOUD could not be reached");
    bench_press(b, "disconnect.done");
    b->cloud.holds = false;
    bench_close(b);
}
END_TEST

START_TEST(test_reports_without_a_store_ask_for_a_log_in_only_where_it_lacks)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_close_day(b, 1, "{}");
    bench_press(b, "status");
    bench_expect(b, "waits for a store: log in, then choose one");
    bench_log_in(b);
    bench_press(b, "status");
    bench_expect(b, "waits for a store: choose one");
    bench_close(b);
}
END_TEST

#define BENCH_STORE_USD                                                                                                \
    "{\"store_id\":\"sto_1\",\"company_id\":\"cmp_1\",\"name\":\"Miami\",\"address\":null,"                            \
    "\"time_zone\":\"America/New_York\",\"currency\":\"USD\"}"

static void open_with_a_store_in_dollars(bench *b)
{
    bench_log_in(b);
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies/cmp_1/stores", 200,
                      "{\"items\":[" BENCH_STORE_USD "],\"next\":null}");
    screen_cloud_rule(&b->cloud, "PUT", "/v1/stores/sto_1/*", 200, BENCH_TILL(BENCH_STORE_USD));
}

/* Before any report by what the host says of itself, then by the reports; and nothing is held back for it. */
START_TEST(test_a_store_with_books_in_another_currency)
{
    bench *b = bench_open(_i == 0 ? "en" : "es");
    const char *words = _i == 0 ? "counts in EUR, but Miami in USD" : "cuenta en EUR, pero Miami en USD";
    open_with_a_store_in_dollars(b);
    bench_choose(b, "store.sto_1");
    bench_expect(b, words);
    bench_press_and_wait(b, "assign.accept");
    bench_expect_page(b, "main");
    bench_expect(b, words);
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).pending, 0);
    ck_assert_int_eq(core_get_queue(b->core, b->now).delivered_through, 1);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect(b, words);
    bench_close(b);
}
END_TEST

START_TEST(test_the_reports_know_the_currency_better_than_the_host)
{
    bench *b = bench_open("en");
    open_with_a_store_in_dollars(b);
    b->info.currency = _i == 0 ? NULL : "USD";
    screens_set_locale(b->screens, &b->info);
    bench_choose(b, "store.sto_1");
    ck_assert_ptr_null(screen_text_find(&b->page, "currency")); /* nobody knows better yet */
    bench_close_day(b, 1, BENCH_DOCUMENT);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    ck_assert_ptr_nonnull(screen_text_find(&b->page, "currency"));
    bench_close(b);
}
END_TEST

static int32_t two_hundred(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = 1, *last = 200;
    return POS_OK;
}

static int32_t each_of_them(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx;
    char document[64];
    snprintf(document, sizeof document, "{\"day\":%lld}", (long long)number);
    pos_report z = bench_report(POS_REPORT_Z, number, document);
    return visitor(visitor_ctx, &z);
}

START_TEST(test_all_days_of_a_long_history_follow_and_accept_says_so)
{
    bench *b = bench_open("en");
    b->reports.closed_range = two_hundred;
    b->reports.closed = each_of_them;
    bench_pass(b, 3600000);
    bench_settle(b);
    bench_settle(b);
    bench_log_in(b);
    bench_choose(b, "store.sto_1");
    bench_expect(b, "64 reports that were closed without a store");
    bench_expect(b, "other days that this till has closed and never sent follow");
    bench_close(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, assignment");
    TCase *tcase = tcase_create("way");
    tcase_add_test(tcase, test_companies_search_and_pages);
    tcase_add_test(tcase, test_the_first_company);
    tcase_add_test(tcase, test_a_list_leaves_the_keyboard_away);
    tcase_add_test(tcase, test_new_company_while_the_list_loads);
    tcase_add_loop_test(tcase, test_what_was_created_before_is_in_the_list, 0, 2);
    tcase_add_loop_test(tcase, test_known_register, 0, 2);
    tcase_add_test(tcase, test_known_till_is_chosen_once);
    tcase_add_test(tcase, test_session_ends_on_the_way);
    tcase_add_test(tcase, test_send_x);
    tcase_add_test(tcase, test_all_days_of_a_long_history_follow_and_accept_says_so);
    tcase_add_loop_test(tcase, test_a_store_with_books_in_another_currency, 0, 2);
    tcase_add_loop_test(tcase, test_the_reports_know_the_currency_better_than_the_host, 0, 2);
    tcase_add_test(tcase, test_disconnect);
    tcase_add_test(tcase, test_disconnect_that_the_cloud_does_not_hear_of);
    tcase_add_test(tcase, test_reports_without_a_store_ask_for_a_log_in_only_where_it_lacks);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
