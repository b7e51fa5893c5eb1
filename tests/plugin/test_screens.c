/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens.c - the owner's way to an account and back: what each button asks of the cloud, what it
 * refuses by itself, where the answers lead, and that no secret stays. */
#include "support/screen_bench.h"

#include "screens/page.h"

static void open_log_in(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
}

START_TEST(test_nothing_is_asked_with_nonsense)
{
    static const char *const emails[] = {"", "ana", "@example.com", "ana@", "a@b@c", "a na@example.com", "añá@b.es"};
    bench *b = bench_open("en");
    open_log_in(b);
    for (size_t i = 0; i < sizeof emails / sizeof *emails; i++) {
        bench_type(b, "email", emails[i]);
        bench_type(b, "password", "a secret word");
        bench_press(b, "login.submit");
        bench_expect_error(b, "email", *emails[i] ? "no e-mail address" : "fill this in");
        bench_expect_error(b, "password", "");
    }
    bench_type(b, "email", "ana@example.com");
    bench_press(b, "login.submit");
    bench_expect_error(b, "password", "fill this in");
    ck_assert_uint_eq(b->cloud.requests, 0);
    bench_close(b);
}
END_TEST

START_TEST(test_values_are_trimmed_but_passwords_are_not)
{
    bench *b = bench_open("en");
    open_log_in(b);
    bench_type(b, "email", " \tana@example.com\n");
    bench_type(b, "password", " a secret word ");
    bench_press(b, "login.submit");
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"email\":\"ana@example.com\""));
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"password\":\" a secret word \""));
    bench_close(b);
}
END_TEST

static void type_registration(bench *b, const char *password, const char *again)
{
    bench_type(b, "name", "  Ana Ruiz ");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", password);
    bench_type(b, "password_again", again);
    bench_type(b, "country", " es ");
    bench_type(b, "terms", "1");
}

START_TEST(test_register)
{
    bench *b = bench_open("es-MX");
    open_log_in(b);
    bench_press(b, "login.register");
    type_registration(b, "nine char", "nine char");
    bench_press(b, "register.submit");
    bench_expect_error(b, "password", "10");
    type_registration(b, "ñandúñandú", "ñandúñandu"); /* ten characters */
    bench_press(b, "register.submit");
    bench_expect_error(b, "password_again", "no son iguales");
    ck_assert_uint_eq(b->cloud.requests, 0);
    type_registration(b, "ñandúñandú", "ñandúñandú");
    bench_press_and_wait(b, "register.submit");
    bench_expect_page(b, "register.code");
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"name\":\"Ana Ruiz\""));
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"country\":\"ES\""));
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"language\":\"es\""));
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"terms_accepted\":true"));
    bench_type(b, "code", "12 34-56");
    bench_press_and_wait(b, "code.submit");
    ck_assert_str_eq(b->cloud.last_path, "POST /v1/registrations/reg_1/confirm");
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"code\":\"123456\""));
    bench_expect_page(b, "main");
    bench_expect(b, "Ana Ruiz");
    bench_close(b);
}
END_TEST

START_TEST(test_recover_takes_the_address_along)
{
    bench *b = bench_open("en");
    open_log_in(b);
    bench_type(b, "email", "eva@example.com");
    bench_press(b, "login.recover");
    ck_assert_str_eq(screen_text_find(&b->page, "email")->value, "eva@example.com");
    bench_press_and_wait(b, "recover.submit");
    bench_type(b, "code", "654321");
    bench_type(b, "password", "a new secret word");
    bench_type(b, "password_again", "a new secret word");
    bench_press_and_wait(b, "recover.confirm");
    ck_assert_str_eq(b->cloud.last_path, "POST /v1/recoveries/rec_1/confirm");
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "\"new_password\":\"a new secret word\""));
    bench_expect_page(b, "main");
    bench_close(b);
}
END_TEST

START_TEST(test_back_breaks_off)
{
    bench *b = bench_open("en");
    open_log_in(b);
    b->cloud.holds = true;
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_press(b, "login.submit");
    ck_assert(!screen_text_find(&b->page, "email")->is_enabled);
    ck_assert(!screen_text_find(&b->page, "login.submit")->is_enabled);
    /* A second press does nothing. */
    ck_assert_int_eq(bench_try(b, "login.submit", b->page.revision), POS_OK);
    ck_assert_uint_eq(b->cloud.requests, 1);
    bench_event(b, POS_EVENT_BACK);
    bench_expect_page(b, "main");
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect_page(b, "main");
    bench_expect(b, "Nobody is logged in");
    bench_close(b);
}
END_TEST

START_TEST(test_busy_core)
{
    bench *b = bench_open("en");
    open_log_in(b);
    b->cloud.holds = true;
    ck_assert(core_recover(b->core, b->now, "ana@example.com", "en"));
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_press(b, "login.submit");
    bench_expect(b, "The previous request is still being finished");
    ck_assert(screen_text_find(&b->page, "login.submit")->is_enabled);
    bench_close(b);
}
END_TEST

START_TEST(test_code_that_is_not_awaited)
{
    bench *b = bench_open("en");
    open_log_in(b);
    bench_press(b, "login.recover");
    bench_type(b, "email", "ana@example.com");
    bench_press_and_wait(b, "recover.submit");
    ck_assert(core_recover(b->core, b->now, "ana@example.com", "en")); /* drops the one before */
    bench_type(b, "code", "123456");
    bench_type(b, "password", "a secret word");
    bench_type(b, "password_again", "a secret word");
    bench_press(b, "recover.confirm");
    bench_expect_error(b, "code", "no longer valid");
    bench_close(b);
}
END_TEST

static bool holds(const void *memory, size_t size, const char *words)
{
    size_t length = strlen(words);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp((const char *)memory + i, words, length) == 0)
            return true;
    return false;
}

/* Nobody but the net and the cloud may ever have had them. */
static void expect_no_secret(bench *b)
{
    static const char *const secrets[] = {"a secret word", "another secret", "123456", "987654"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ck_assert(!holds(b->screens, sizeof *b->screens, secrets[i]));
        ck_assert(!storage_memory_has_plain(b->disk, secrets[i], (uint32_t)strlen(secrets[i])));
    }
}

START_TEST(test_no_secret_stays)
{
    bench *b = bench_open("en");
    open_log_in(b);
    bench_type(b, "email", "nobody");
    bench_type(b, "password", "a secret word");
    bench_press(b, "login.submit");
    expect_no_secret(b);
    bench_press(b, "login.register");
    type_registration(b, "a secret word", "another secret");
    bench_press(b, "register.submit");
    expect_no_secret(b);
    type_registration(b, "a secret word", "a secret word");
    bench_press_and_wait(b, "register.submit");
    expect_no_secret(b);
    bench_type(b, "code", "123456");
    bench_press(b, "code.submit");
    expect_no_secret(b);
    bench_settle(b);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_press(b, "login");
    bench_press(b, "login.other");
    bench_press(b, "login.recover");
    bench_press_and_wait(b, "recover.submit");
    bench_type(b, "code", "987654");
    bench_type(b, "password", "another secret");
    bench_press(b, "recover.confirm"); /* the second password is missing */
    expect_no_secret(b);
    bench_close(b);
}
END_TEST

/* From wherever the way leads, Back leads home, and only there is no Back. */
START_TEST(test_back_leads_home)
{
    static const char *const ways[][6] = {{"login", "login.other", "login.register"},
                                          {"login", "login.other", "login.recover", "recover.submit"},
                                          {"assign", "company.new"},
                                          {"assign", "company.cmp_1", "store.new"},
                                          {"assign", "company.cmp_1", "store.sto_2"},
                                          {"configuration"},
                                          {"status"},
                                          {"disconnect"}};
    bench *b = bench_open("en");
    bench_assign(b);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        for (size_t step = 0; ways[i][step]; step++)
            bench_press_and_wait(b, ways[i][step]);
        for (int backs = 0; strcmp(b->page.id, "main") != 0; backs++) {
            ck_assert_int_lt(backs, PAGE_DEPTH_MAX);
            ck_assert(b->page.flags & POS_SCREEN_HAS_BACK);
            bench_event(b, POS_EVENT_BACK);
        }
        ck_assert(!(b->page.flags & POS_SCREEN_HAS_BACK));
        bench_event(b, POS_EVENT_BACK);
        bench_expect_page(b, "main");
    }
    bench_close(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens");
    TCase *tcase = tcase_create("way");
    tcase_add_test(tcase, test_nothing_is_asked_with_nonsense);
    tcase_add_test(tcase, test_values_are_trimmed_but_passwords_are_not);
    tcase_add_test(tcase, test_register);
    tcase_add_test(tcase, test_recover_takes_the_address_along);
    tcase_add_test(tcase, test_back_breaks_off);
    tcase_add_test(tcase, test_busy_core);
    tcase_add_test(tcase, test_code_that_is_not_awaited);
    tcase_add_test(tcase, test_no_secret_stays);
    tcase_add_test(tcase, test_back_leads_home);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
