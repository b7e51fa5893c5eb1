/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_golden.c - log-in, recovery, registration, company and store: every page of them, and every
 * failure that an owner can meet there, in both languages. */
#include "support/screen_film.h"

static void type_login(bench *b)
{
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
}

static void film_log_in(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
    shoot(b, "main, before log-in");
    shoot_line(b, "before log-in");
    bench_press(b, "login");
    shoot(b, "login");
    bench_type(b, "email", "ana at example.com");
    bench_press(b, "login.submit");
    shoot(b, "login, nothing usable typed");
    type_login(b);
    shoot_refusal(b, "login, wrong password", "POST", "/v1/sessions", 401, BENCH_PROBLEM("login-failed", 401, ""),
                  "login.submit");
    type_login(b);
    shoot_refusal(b, "login, too many attempts", "POST", "/v1/sessions", 429, BENCH_PROBLEM("throttled", 429, ""),
                  "login.submit");
    type_login(b);
    shoot_refusal(b, "login, cloud busy", "POST", "/v1/sessions", 503, BENCH_PROBLEM("busy", 503, ""), "login.submit");
    for (net_outcome how = NET_FAILED_CONFIG; how <= NET_FAILED_MEMORY; how++) {
        char scene[64];
        snprintf(scene, sizeof scene, "login, net failure %d", how);
        type_login(b);
        shoot_outage(b, scene, how, "POST", "/v1/sessions", "login.submit");
    }
    type_login(b);
    b->cloud.holds = true;
    bench_press_and_wait(b, "login.submit");
    shoot(b, "login, waiting for the answer");
    b->cloud.holds = false;
    bench_settle(b);
    shoot(b, "main, logged in");
    bench_press(b, "login");
    shoot(b, "login, when logged in");
    bench_press(b, "login.other");
    shoot(b, "login, as somebody else");
}

static void film_recover(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_type(b, "email", "ana@example.com");
    bench_press(b, "login.recover");
    shoot(b, "recover");
    bench_press_and_wait(b, "recover.submit");
    shoot(b, "recover, code");
    bench_type(b, "code", "12345");
    bench_type(b, "password", "short");
    bench_press(b, "recover.confirm");
    shoot(b, "recover, code and password too short");
    bench_type(b, "code", "123456");
    bench_type(b, "password", "long enough");
    bench_type(b, "password_again", "not the same");
    bench_press(b, "recover.confirm");
    shoot(b, "recover, passwords differ");
    for (int tries = 2; tries >= 0; tries--) {
        char body[200], scene[80];
        snprintf(body, sizeof body,
                 "{\"type\":\"urn:factorycloud:problem:code-wrong\",\"title\":\"t\",\"status\":403,\"detail\":\"d\","
                 "\"tries_left\":%d}",
                 tries);
        snprintf(scene, sizeof scene, "recover, wrong code, %d tries left", tries);
        bench_type(b, "code", "123456");
        bench_type(b, "password", "long enough");
        bench_type(b, "password_again", "long enough");
        shoot_refusal(b, scene, "POST", "/v1/recoveries/*", 403, body, "recover.confirm");
    }
    bench_type(b, "code", "123456");
    bench_type(b, "password", "long enough");
    bench_type(b, "password_again", "long enough");
    shoot_refusal(b, "recover, code expired", "POST", "/v1/recoveries/*", 410, BENCH_PROBLEM("code-expired", 410, ""),
                  "recover.confirm");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    shoot(b, "login, while a code is awaited");
    bench_press(b, "login.code");
    shoot(b, "recover, code, after coming back");
    bench_type(b, "code", "123 456");
    bench_type(b, "password", "long enough");
    bench_type(b, "password_again", "long enough");
    bench_press_and_wait(b, "recover.confirm");
    shoot(b, "main, recovered");
}

static void type_registration(bench *b)
{
    bench_type(b, "name", "Ana Ruiz");
    bench_type(b, "email", " ana@example.com ");
    bench_type(b, "password", "a secret word");
    bench_type(b, "password_again", "a secret word");
    bench_type(b, "country", "es");
    bench_type(b, "terms", "1");
}

static void film_register(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_press(b, "login.register");
    shoot(b, "register");
    bench_type(b, "country", "Spain");
    bench_press(b, "register.submit");
    shoot(b, "register, nothing typed");
    type_registration(b);
    shoot_refusal(b, "register, refused fields", "POST", "/v1/registrations", 422,
                  BENCH_PROBLEM("invalid", 422,
                                ",\"errors\":[{\"field\":\"password\",\"code\":\"too-short\",\"detail\":\"d\"},"
                                "{\"field\":\"country\",\"code\":\"not-listed\",\"detail\":\"d\"},"
                                "{\"field\":\"terms_accepted\",\"code\":\"not-accepted\",\"detail\":\"d\"},"
                                "{\"field\":\"moon\",\"code\":\"invalid\",\"detail\":\"It is full.\"}]"),
                  "register.submit");
    type_registration(b);
    shoot_refusal(b, "register, refused otherwise", "POST", "/v1/registrations", 400,
                  BENCH_PROBLEM("malformed", 400, ""), "register.submit");
    type_registration(b);
    bench_press_and_wait(b, "register.submit");
    shoot(b, "register, code");
    bench_type(b, "code", "123456");
    bench_press_and_wait(b, "code.submit");
    shoot(b, "main, registered");
}

static void film_companies(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    b->cloud.holds = true;
    bench_press(b, "assign");
    shoot(b, "companies, waiting");
    b->cloud.holds = false;
    bench_settle(b);
    shoot(b, "companies");
    bench_type(b, "search", "x");
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 200, "{\"items\":[],\"next\":null}");
    bench_press_and_wait(b, "search.submit");
    shoot(b, "companies, nothing found");
    bench_type(b, "search", " ");
    bench_press_and_wait(b, "search.submit");
    shoot(b, "companies, none yet");
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 200, "{\"items\":[" BENCH_COMPANY "],\"next\":\"p2\"}");
    bench_event(b, POS_EVENT_BACK);
    bench_press_and_wait(b, "assign");
    bench_press_and_wait(b, "list.next");
    shoot(b, "companies, second page of more");
    shoot_outage(b, "companies, no connection", NET_FAILED_RESOLVE, "GET", "/v1/companies", "list.previous");
    b->cloud.rule_count = rules;
    bench_press_and_wait(b, "list.again");
    bench_press(b, "company.new");
    shoot(b, "company_new");
    bench_type(b, "country", "E5");
    bench_type(b, "currency", "euro");
    bench_press(b, "company.create");
    shoot(b, "company_new, errors");
    bench_type(b, "name", "Ruiz S.L.");
    bench_press_and_wait(b, "company.create");
}

static void film_stores(bench *b)
{
    shoot(b, "stores");
    bench_press(b, "store.new");
    shoot(b, "store_new");
    bench_type(b, "time_zone", "Europe/Atlantis");
    bench_press(b, "store.create");
    shoot(b, "store_new, errors");
    bench_type(b, "name", "Centro");
    bench_press_and_wait(b, "store.create");
}

static void film_known(bench *b)
{
    shoot_refusal(b, "known", "PUT", "/v1/stores/sto_1/*", 409,
                  BENCH_PROBLEM("register-known", 409,
                                ",\"tills\":[{\"till_id\":\"" BENCH_KNOWN_TILL
                                "\",\"device_name\":\"Counter 1\",\"register_id\":\"till-1\",\"last_seen_at_ms\":"
                                "1795100000000,\"last_z_number\":1234,\"last_business_date\":\"2026-11-18\"},"
                                "{\"till_id\":\"1123456789abcdef0123456789abcdef\",\"device_name\":null,"
                                "\"register_id\":\"till-1\",\"last_seen_at_ms\":1795200000000,"
                                "\"last_z_number\":null,\"last_business_date\":null}]"),
                  "assign.accept");
    bench_press_and_wait(b, "till.same." BENCH_KNOWN_TILL);
    shoot(b, "main, assigned");
    shoot_line(b, "all sent");
}

static void film_assignment(bench *b)
{
    bench_log_in(b);
    bench_close_day(b, 1, BENCH_DOCUMENT);
    shoot_line(b, "no store yet");
    film_companies(b);
    film_stores(b);
    shoot(b, "assign, a report without a store");
    shoot_outage(b, "assign, cut", NET_FAILED_CUT, "PUT", "/v1/stores/sto_1/*", "assign.accept");
    film_known(b);
}

static void film_session_end(bench *b)
{
    bench_log_in(b);
    screen_cloud_rule(&b->cloud, "GET", "/v1/companies", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    bench_press_and_wait(b, "assign");
    shoot(b, "companies, session ended");
    bench_event(b, POS_EVENT_BACK);
    shoot(b, "main, session ended");
}

START_TEST(test_transcript)
{
    const char *language = _i == 0 ? "en" : "es";
    void (*const reels[])(bench *) = {film_log_in, film_recover, film_register, film_session_end, film_assignment};
    for (size_t i = 0; i < sizeof reels / sizeof *reels; i++) {
        bench *b = bench_open(language);
        reels[i](b);
        bench_close(b);
    }
    film_develop("account", language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, transcripts of the account");
    TCase *tcase = tcase_create("golden");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_transcript, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
