/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_screens_golden.c - every page in both languages, as transcripts that a person has read.
 *
 * The transcripts lie in tests/support/screen_golden_*.txt. After a wanted change of words or pages, run this program
 * with SCREEN_GOLDEN=write and read the difference before it is committed.
 */
#include "support/screen_bench.h"

typedef struct film {
    char text[262144];
    size_t length;
} film;

static film roll;

static void say(const char *text)
{
    size_t length = strlen(text);
    ck_assert_uint_lt(roll.length + length, sizeof roll.text);
    memcpy(roll.text + roll.length, text, length + 1);
    roll.length += length;
}

static void shoot(bench *b, const char *scene)
{
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    say("#### ");
    say(scene);
    say("\n");
    say(b->page.text);
    say("\n");
}

static void shoot_line(bench *b, const char *scene)
{
    char line[400], numbered[440];
    uint32_t attention;
    screens_status(b->screens, b->now, &attention, line, sizeof line);
    snprintf(numbered, sizeof numbered, "%u | %s\n\n", attention, line);
    say("#### status bar, ");
    say(scene);
    say("\n");
    say(numbered);
}

/* The answer to one request, instead of the usual one; the failed request and its page are shown. */
static void shoot_refusal(bench *b, const char *scene, const char *method, const char *path, int32_t status,
                          const char *body, const char *button)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, method, path, status, body);
    b->cloud.rules[rules].retry_after_ms = status == 429 || status == 503 ? 30000 : -1;
    bench_press_and_wait(b, button);
    shoot(b, scene);
    b->cloud.rule_count = rules;
}

static void shoot_outage(bench *b, const char *scene, net_outcome how, const char *method, const char *path,
                         const char *button)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, method, path, 0, NULL);
    b->cloud.rules[rules].outcome = how;
    bench_press_and_wait(b, button);
    shoot(b, scene);
    b->cloud.rule_count = rules;
}

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
        char body[200], scene[40];
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
    bench_press_and_wait(b, "search.submit");
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
    bench_close_day(b, 1, BENCH_DOCUMENT);
    shoot_line(b, "no store yet");
    film_companies(b);
    film_stores(b);
    shoot(b, "assign, a report without a store");
    shoot_outage(b, "assign, cut", NET_FAILED_CUT, "PUT", "/v1/stores/sto_1/*", "assign.accept");
    film_known(b);
}

static void film_configuration(bench *b)
{
    bench_press(b, "configuration");
    shoot(b, "configuration, off");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    shoot(b, "configuration, on");
    for (int i = 0; i < 40; i++)
        bench_pass(b, 60000);
    shoot(b, "configuration, after a while");
    bench_type(b, "send_x", "0");
    bench_press(b, "send_x");
    bench_event(b, POS_EVENT_BACK);
}

static void open_item(bench *b, const char *prefix, const char *scene)
{
    bench_press(b, "status");
    for (uint32_t i = 0; i < b->page.count; i++)
        if (strncmp(b->page.widgets[i].id, prefix, strlen(prefix)) == 0) {
            char id[128];
            snprintf(id, sizeof id, "%s", b->page.widgets[i].id);
            bench_press(b, id);
            shoot(b, scene);
            bench_event(b, POS_EVENT_BACK);
            break;
        }
    bench_event(b, POS_EVENT_BACK);
}

static void film_kept(bench *b, int64_t number, const char *status, const char *store)
{
    char scene[80];
    b->cloud.item_status = status;
    b->cloud.item_store = store;
    bench_close_day(b, number, "{\"kind\":\"Z\",\"other\":1}");
    for (int i = 0; i < 30; i++)
        bench_pass(b, 1000);
    snprintf(scene, sizeof scene, "status, %s", store ? "elsewhere" : status);
    bench_press(b, "status");
    shoot(b, scene);
    bench_event(b, POS_EVENT_BACK);
    shoot_line(b, scene);
    b->cloud.item_status = "delivered";
    b->cloud.item_store = NULL;
}

static void film_queue(bench *b)
{
    bench_press(b, "status");
    shoot(b, "status, empty");
    bench_event(b, POS_EVENT_BACK);
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[rules].outcome = NET_FAILED_TIMEOUT;
    bench_close_day(b, 2, BENCH_DOCUMENT);
    bench_close_day(b, 3, BENCH_DOCUMENT);
    for (int i = 0; i < 10; i++)
        bench_pass(b, 100);
    shoot_line(b, "offline");
    bench_press(b, "status");
    shoot(b, "status, offline");
    bench_press(b, "status.retry");
    shoot(b, "status, retry pressed");
    bench_event(b, POS_EVENT_BACK);
    open_item(b, "item.", "status.item, waiting");
    shoot(b, "main, offline");
    for (int i = 0; i < 70; i++)
        bench_pass(b, 60000);
    shoot_line(b, "offline for long");
    b->cloud.rule_count = rules;
    b->cloud.holds = true;
    core_retry_now(b->core, b->now);
    bench_settle(b);
    bench_press(b, "status");
    shoot(b, "status, sending");
    shoot_line(b, "sending");
    b->cloud.holds = false;
    bench_settle(b);
    bench_settle(b);
    bench_event(b, POS_EVENT_BACK);
}

static void film_troubles(bench *b)
{
    film_kept(b, 4, "conflict", NULL);
    open_item(b, "item.kept.", "status.item, conflict");
    film_kept(b, 5, "delivered", "sto_9");
    film_kept(b, 6, "rejected", NULL);
    bench_close_day(b, 7, "{");
    bench_settle(b);
    bench_press(b, "status");
    shoot(b, "status, all kinds of trouble");
    bench_event(b, POS_EVENT_BACK);
    shoot(b, "main, all kinds of trouble");
    storage_memory_faults(b->disk)->put_times = 1000;
    storage_memory_faults(b->disk)->put_at = 1;
    bench_press(b, "configuration");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    shoot(b, "configuration, storage refuses");
    shoot_line(b, "storage failing");
    bench_event(b, POS_EVENT_BACK);
    shoot(b, "main, storage failing");
    storage_memory_faults(b->disk)->put_at = 0;
    storage_memory_faults(b->disk)->put_times = 0;
    bench_settle(b);
}

static void film_holds(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    bench_close_day(b, 8, BENCH_DOCUMENT);
    bench_settle(b);
    shoot_line(b, "permission gone");
    open_item(b, "item.8", "status.item, permission gone");
    bench_choose(b, "store.sto_1");
    shoot(b, "assign, the same store");
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 403, BENCH_PROBLEM("store-closed", 403, ""));
    bench_press_and_wait(b, "assign.accept");
    bench_settle(b);
    shoot_line(b, "store closed");
    shoot(b, "main, store closed");
    bench_choose(b, "store.sto_2");
    shoot(b, "assign, another store while one is pending");
    bench_event(b, POS_EVENT_OPENED);
    b->cloud.rule_count = rules;
}

static void film_disconnect(bench *b)
{
    bench_press(b, "disconnect");
    shoot(b, "disconnect");
    b->cloud.holds = true;
    bench_press_and_wait(b, "disconnect.accept");
    shoot(b, "disconnect, waiting");
    b->cloud.holds = false;
    bench_settle(b);
    bench_pass(b, 11000);
    shoot(b, "disconnected");
    bench_press(b, "disconnect.done");
    shoot(b, "main, disconnected");
    shoot_line(b, "disconnected");
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

static void compare(const char *path)
{
    static char golden[sizeof roll.text];
    FILE *file = fopen(path, "rb");
    size_t length = file ? fread(golden, 1, sizeof golden - 1, file) : 0;
    golden[length] = '\0';
    if (file)
        fclose(file);
    if (strcmp(golden, roll.text) == 0)
        return;
    size_t at = 0, line = 1;
    for (size_t i = 0; golden[i] == roll.text[i]; i++)
        if (golden[i] == '\n') {
            at = i + 1;
            line++;
        }
    ck_abort_msg("%s differs in line %zu:\n  there: %.*s\n  here:  %.*s", path, line, (int)strcspn(golden + at, "\n"),
                 golden + at, (int)strcspn(roll.text + at, "\n"), roll.text + at);
}

START_TEST(test_transcript)
{
    const char *language = _i == 0 ? "en" : "es";
    char path[80];
    void (*const reels[])(bench *) = {film_log_in, film_recover, film_register, film_session_end};
    void (*const story[])(bench *) = {film_assignment, film_configuration, film_queue,
                                      film_troubles,   film_holds,         film_disconnect};
    roll.length = 0;
    for (size_t i = 0; i < sizeof reels / sizeof *reels; i++) {
        bench *b = bench_open(language);
        reels[i](b);
        bench_close(b);
    }
    bench *b = bench_open(language);
    bench_log_in(b);
    for (size_t i = 0; i < sizeof story / sizeof *story; i++)
        story[i](b);
    bench_close(b);
    snprintf(path, sizeof path, "tests/support/screen_golden_%s.txt", language);
    const char *mode = getenv("SCREEN_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(roll.text, 1, roll.length, file), roll.length);
        fclose(file);
    }
    compare(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, transcripts");
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
