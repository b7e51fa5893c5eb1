/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_golden_help.c - the welcome tour, the diagnosis with every end that it can have, exporting,
 * finding a number, and sending before disconnecting, in both languages. */
#include "support/screen_film.h"

/* ---- the tour ---- */

static void film_tour(const char *language)
{
    bench *b = bench_open_with(language, false, NULL);
    bench_event(b, POS_EVENT_OPENED);
    shoot(b, "the tour, first page");
    bench_press(b, "welcome.next");
    shoot(b, "the tour, second page");
    bench_press(b, "welcome.next");
    shoot(b, "the tour, third page");
    bench_press(b, "welcome.next");
    shoot(b, "the tour, last page");
    bench_press(b, "welcome.done");
    shoot(b, "main, after the tour");
    bench_close(b);
}

/* ---- the diagnosis ---- */

static void diagnose(bench *b, const char *scene)
{
    bench_press_and_wait(b, "diagnose.start");
    shoot(b, scene);
}

static void diagnose_outage(bench *b, const char *scene, net_outcome how, const char *method, const char *path)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, method, path, 0, NULL);
    b->cloud.rules[rules].outcome = how;
    diagnose(b, scene);
    b->cloud.rule_count = rules;
}

static void diagnose_answer(bench *b, const char *scene, const char *method, const char *path, int32_t status,
                            const char *body)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, method, path, status, body);
    diagnose(b, scene);
    b->cloud.rule_count = rules;
}

static void film_way(bench *b)
{
    static const struct {
        net_outcome how;
        const char *scene;
    } ways[] = {{NET_FAILED_CONFIG, "diagnose, set up wrongly"}, {NET_FAILED_RESOLVE, "diagnose, no name"},
                {NET_FAILED_CONNECT, "diagnose, no connection"}, {NET_FAILED_TLS, "diagnose, no secure connection"},
                {NET_FAILED_TIMEOUT, "diagnose, too slow"},      {NET_FAILED_CUT, "diagnose, cut"},
                {NET_FAILED_MEMORY, "diagnose, no memory"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        diagnose_outage(b, ways[i].scene, ways[i].how, "GET", "/v1/health");
    diagnose_answer(b, "diagnose, a captive portal", "GET", "/v1/health", 200, "<html>");
    diagnose_answer(b, "diagnose, busy", "GET", "/v1/health", 503, BENCH_PROBLEM("busy", 503, ""));
    diagnose_answer(b, "diagnose, the clock is ahead", "GET", "/v1/health", 200,
                    "{\"status\":\"ok\",\"time_ms\":1795100000000}");
    diagnose_answer(b, "diagnose, the clock is behind", "GET", "/v1/health", 200,
                    "{\"status\":\"ok\",\"time_ms\":1795202500000}");
}

static void film_storage(bench *b)
{
    storage_memory_fault_plan *faults = storage_memory_faults(b->disk);
    faults->put_at = 1;
    diagnose(b, "diagnose, the storage fails");
    faults->put_at = 1;
    faults->put_code = POS_E_NO_SPACE;
    diagnose(b, "diagnose, the disk is full");
    *faults = (storage_memory_fault_plan){0};
}

static void film_diagnosis(const char *language)
{
    bench *b = bench_open(language);
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "diagnose");
    shoot(b, "diagnose");
    diagnose(b, "diagnose, nobody is logged in");
    bench_log_in(b);
    bench_press(b, "diagnose");
    diagnose(b, "diagnose, no store");
    bench_event(b, POS_EVENT_OPENED);
    bench_choose(b, "store.sto_1");
    bench_press_and_wait(b, "assign.accept");
    bench_press(b, "diagnose");
    b->cloud.holds = true;
    bench_press_and_wait(b, "diagnose.start");
    shoot(b, "diagnose, running");
    b->cloud.holds = false;
    bench_settle(b);
    shoot(b, "diagnose, all is well");
    film_way(b);
    film_storage(b);
    diagnose_answer(b, "diagnose, the store is closed", "POST", "/v1/stores/*", 403,
                    BENCH_PROBLEM("store-closed", 403, ""));
    diagnose_answer(b, "diagnose, the permission is gone", "POST", "/v1/stores/*", 401,
                    BENCH_PROBLEM("unauthorized", 401, ""));
    diagnose_answer(b, "diagnose, refused otherwise", "POST", "/v1/stores/*", 400, BENCH_PROBLEM("malformed", 400, ""));
    diagnose_answer(b, "diagnose, the log-in has ended", "GET", "/v1/sessions/current", 401,
                    BENCH_PROBLEM("unauthorized", 401, ""));
    diagnose(b, "diagnose, not logged in, but assigned");
    bench_close(b);
}

/* ---- export, finding, sending first ---- */

static void film_export(bench *b)
{
    bench_close_day(b, 1, "{");
    bench_settle(b);
    bench_press(b, "status");
    for (uint32_t i = 0; i < b->page.count; i++)
        if (strncmp(b->page.widgets[i].id, "item.kept.", 10) == 0) {
            char id[128];
            snprintf(id, sizeof id, "%s", b->page.widgets[i].id);
            bench_press(b, id);
            break;
        }
    shoot(b, "status.item, rejected, and can be exported");
    bench_press(b, "item.export");
    shoot(b, "status.item, exported");
    static const struct {
        int32_t result;
        const char *scene;
    } ends[] = {{POS_E_NO_SPACE, "status.item, no space for the export"},
                {POS_E_UNSUPPORTED, "status.item, nowhere to export to"},
                {POS_E_IO, "status.item, the export failed"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        bench_exported.result = ends[i].result;
        bench_press(b, "item.export");
        shoot(b, ends[i].scene);
    }
    bench_exported.result = POS_OK;
    bench_event(b, POS_EVENT_OPENED);
}

static void film_find(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[rules].outcome = NET_FAILED_CONNECT;
    for (int64_t number = 2; number <= 40; number++)
        bench_close_day(b, number, BENCH_DOCUMENT);
    bench_settle(b);
    for (int i = 0; i < 200 && core_get_queue(b->core, b->now).next_try_in_ms <= 0; i++)
        bench_pass(b, 20); /* between two tries */
    bench_press(b, "status");
    shoot(b, "status, a long queue");
    bench_type(b, "find", "37");
    bench_press(b, "find.submit");
    shoot(b, "status, from Z 37 on");
    bench_type(b, "find", "77");
    bench_press(b, "find.submit");
    shoot(b, "status, Z 77 is not there");
    bench_press(b, "find.submit");
    shoot(b, "status, no number typed");
    bench_event(b, POS_EVENT_BACK);
    bench_press(b, "disconnect");
    shoot(b, "disconnect, while much is pending");
    b->cloud.rule_count = rules;
    bench_press(b, "disconnect.send_first");
    bench_expect_page(b, "status");
    bench_settle(b);
    bench_settle(b);
    shoot(b, "status, sent instead of disconnecting");
    bench_event(b, POS_EVENT_BACK);
    bench_press(b, "disconnect");
    shoot(b, "disconnect, nothing pending");
}

static void film_queue(const char *language)
{
    bench *b = bench_open(language);
    bench_assign(b);
    film_export(b);
    film_find(b);
    bench_close(b);
}

/* Everything but the page is as elsewhere, so only what comes after registering is shown. */
static void film_registration(const char *language)
{
    bench *b = bench_open(language);
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_press(b, "login.register");
    bench_type(b, "name", "Ana Ruiz");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_type(b, "password_again", "a secret word");
    bench_type(b, "country", "mx");
    bench_type(b, "language", "es");
    bench_type(b, "terms", "1");
    bench_press_and_wait(b, "register.submit");
    bench_event(b, POS_EVENT_BACK);
    shoot(b, "register, come back from the code");
    bench_close(b);
}

START_TEST(test_transcript)
{
    const char *language = _i == 0 ? "en" : "es";
    film_tour(language);
    film_diagnosis(language);
    film_queue(language);
    film_registration(language);
    film_develop("help", language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, transcripts of help and rescue");
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
