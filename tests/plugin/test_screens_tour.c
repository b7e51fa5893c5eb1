/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_tour.c - when the welcome tour comes, and each way out of it; what was typed to register and
 * how long it is kept; and the way from disconnecting back to sending. */
#include "support/screen_bench.h"

#include "screens/page.h"

static const char *const leaves[] = {"welcome.what", "welcome.sent", "welcome.need", "welcome.begin"};

static void expect_no_tour(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
    bench_expect_page(b, "main");
}

/* Ends the tour at its n-th page with that button. */
static void end_tour(size_t at, const char *button)
{
    bench *b = bench_open_with("en", false, NULL);
    bench_event(b, POS_EVENT_OPENED);
    for (size_t i = 0; i <= at; i++) {
        bench_expect_page(b, leaves[i]);
        if (i < at)
            bench_press(b, "welcome.next");
    }
    bench_press(b, button);
    bench_expect_page(b, "main");
    expect_no_tour(b);
    bench_close(b);
}

START_TEST(test_every_page_leads_out)
{
    for (size_t i = 0; i < 3; i++)
        end_tour(i, "welcome.skip");
    end_tour(3, "welcome.done");
}
END_TEST

START_TEST(test_back_goes_page_by_page)
{
    bench *b = bench_open_with("es", false, NULL);
    bench_event(b, POS_EVENT_OPENED);
    for (size_t i = 0; i < 3; i++)
        bench_press(b, "welcome.next");
    for (size_t i = 4; i-- > 0;) {
        bench_expect_page(b, leaves[i]);
        ck_assert(b->page.flags & POS_SCREEN_HAS_BACK);
        bench_event(b, POS_EVENT_BACK);
    }
    bench_expect_page(b, "main");
    expect_no_tour(b);
    bench_close(b);
}
END_TEST

START_TEST(test_closing_is_an_end_too)
{
    bench *b = bench_open_with("en", false, NULL);
    bench_event(b, POS_EVENT_OPENED);
    bench_event(b, POS_EVENT_CLOSED);
    expect_no_tour(b);
    bench_close(b);
}
END_TEST

/* A browser that loads its page again opens the screen again. */
START_TEST(test_opened_again_while_it_is_read)
{
    bench *b = bench_open_with("en", false, NULL);
    for (int i = 0; i < 3; i++) {
        bench_event(b, POS_EVENT_OPENED);
        bench_expect_page(b, "welcome.what");
        bench_press(b, "welcome.next");
    }
    bench_press(b, "welcome.skip");
    expect_no_tour(b);
    bench_close(b);
}
END_TEST

START_TEST(test_it_is_remembered_on_the_disk)
{
    bench *b = bench_open_with("en", false, NULL);
    bench_event(b, POS_EVENT_OPENED);
    storage_memory_reset_counts(b->disk);
    bench_press(b, "welcome.skip");
    bench_settle(b);
    ck_assert_uint_ge(storage_memory_counts(b->disk).puts, 1);
    ck_assert(storage_memory_has_plain(b->disk, "\"welcome_seen\":1", 16));
    uint64_t puts = storage_memory_counts(b->disk).puts;
    bench_press(b, "about"); /* read again: nothing new to remember */
    bench_expect_page(b, "welcome.what");
    bench_press(b, "welcome.skip");
    bench_expect_page(b, "main");
    bench_settle(b);
    ck_assert_uint_eq(storage_memory_counts(b->disk).puts, puts);
    bench_close(b);
}
END_TEST

/* A till that was set up before there was a tour. */
START_TEST(test_a_connected_till_has_none)
{
    bench *b = bench_open_with("en", false, NULL);
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "welcome.skip");
    bench_press(b, "login");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_press_and_wait(b, "login.submit");
    expect_no_tour(b);
    bench_close(b);
}
END_TEST

static void type_registration(bench *b)
{
    bench_type(b, "name", " Ana Ruiz ");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_type(b, "password_again", "a secret word");
    bench_type(b, "country", "mx");
    bench_type(b, "language", "es");
    bench_type(b, "terms", "1");
    bench_press_and_wait(b, "register.submit");
    bench_expect_page(b, "register.code");
}

static const char *value_of(const bench *b, const char *id)
{
    return screen_text_find(&b->page, id)->value;
}

START_TEST(test_back_from_the_code)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_press(b, "login.register");
    ck_assert_str_eq(value_of(b, "language"), "en");
    type_registration(b);
    bench_event(b, POS_EVENT_BACK);
    bench_expect_page(b, "register");
    ck_assert_str_eq(value_of(b, "name"), "Ana Ruiz");
    ck_assert_str_eq(value_of(b, "email"), "ana@example.com");
    ck_assert_str_eq(value_of(b, "country"), "MX");
    ck_assert_str_eq(value_of(b, "language"), "es");
    ck_assert_str_eq(value_of(b, "terms"), "1");
    ck_assert_str_eq(value_of(b, "password"), "");
    bench_event(b, POS_EVENT_OPENED); /* somebody else's turn */
    bench_press(b, "login");
    bench_press(b, "login.register");
    ck_assert_str_eq(value_of(b, "name"), "");
    ck_assert_str_eq(value_of(b, "email"), "");
    ck_assert_str_eq(value_of(b, "terms"), "0");
    bench_close(b);
}
END_TEST

START_TEST(test_sending_before_disconnecting)
{
    bench *b = bench_open("en");
    bench_assign(b);
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[rules].outcome = NET_FAILED_CONNECT;
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    bench_press(b, "disconnect");
    bench_expect(b, "1 report has not been sent");
    b->cloud.rule_count = rules;
    bench_press(b, "disconnect.send_first");
    bench_expect_page(b, "status");
    bench_settle(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).pending, 0);
    ck_assert(core_get_assignment(b->core).assigned);
    bench_event(b, POS_EVENT_BACK);
    bench_expect_page(b, "main");
    bench_press(b, "disconnect");
    ck_assert_ptr_null(screen_text_find(&b->page, "disconnect.send_first"));
    bench_close(b);
}
END_TEST

/* What is held cannot be sent by waiting for it. */
START_TEST(test_what_is_held_cannot_be_sent_first)
{
    bench *b = bench_open("en");
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    bench_press(b, "disconnect");
    ck_assert(!screen_text_find(&b->page, "disconnect.send_first")->is_enabled);
    ck_assert(screen_text_find(&b->page, "disconnect.accept")->is_enabled);
    bench_close(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, tour and ways back");
    TCase *tcase = tcase_create("tour");
    tcase_add_test(tcase, test_every_page_leads_out);
    tcase_add_test(tcase, test_back_goes_page_by_page);
    tcase_add_test(tcase, test_closing_is_an_end_too);
    tcase_add_test(tcase, test_opened_again_while_it_is_read);
    tcase_add_test(tcase, test_it_is_remembered_on_the_disk);
    tcase_add_test(tcase, test_a_connected_till_has_none);
    tcase_add_test(tcase, test_back_from_the_code);
    tcase_add_test(tcase, test_sending_before_disconnecting);
    tcase_add_test(tcase, test_what_is_held_cannot_be_sent_first);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
