/* SPDX-License-Identifier: Apache-2.0 */
/* The diagnosis: what each answer proves, what it is not allowed to disturb, and what goes on beside it. */
#include "support/screen_bench.h"

static bench *b;

static void setup(void)
{
    b = bench_open("en");
}

static void teardown(void)
{
    bench_close(b);
}

static core_diagnosis found(void)
{
    return core_get_diagnosis(b->core);
}

static core_check_state state(core_check check)
{
    return found().states[check];
}

static void start(void)
{
    core_begin_call(b->core);
    ck_assert(core_diagnose(b->core, b->now));
}

static void diagnose(void)
{
    start();
    bench_settle(b);
    ck_assert(found().done && !found().running);
}

/* "GGGBSSS": good, bad, skipped, waiting. */
static void expect_states(const char *letters)
{
    char seen[CHECK_COUNT + 1] = "";
    for (size_t i = 0; i < CHECK_COUNT; i++)
        seen[i] = "?WGBS"[found().states[i]];
    ck_assert_str_eq(seen, letters);
}

static void fail_route(const char *method, const char *path, net_outcome how)
{
    screen_cloud_rule(&b->cloud, method, path, 0, NULL);
    b->cloud.rules[b->cloud.rule_count - 1].outcome = how;
}

START_TEST(nothing_was_tested_at_first)
{
    expect_states("WWWWWWW");
    ck_assert(!found().done && !found().running);
    ck_assert_int_eq(found().verdict.outcome, PROTOCOL_DONE);
}
END_TEST

START_TEST(everything_in_order)
{
    bench_assign(b);
    diagnose();
    expect_states("GGGGGGG");
    ck_assert_int_eq(found().verdict.outcome, PROTOCOL_DONE);
    ck_assert_int_eq(found().finished_at_ms <= b->now.wall_ms, 1);
    ck_assert_int_gt(found().finished_at_ms, BENCH_NOW_MS);
}
END_TEST

START_TEST(before_log_in)
{
    diagnose();
    expect_states("GGGGGBS");
    bench_log_in(b);
    diagnose();
    expect_states("GGGGGGB"); /* no store is chosen */
}
END_TEST

START_TEST(each_step_of_the_way)
{
    static const struct {
        net_outcome how;
        const char *letters;
        protocol_cause cause;
    } ways[] = {{NET_FAILED_CONFIG, "GBSSSSS", CAUSE_CONFIG},
                {NET_FAILED_RESOLVE, "GBSSSSS", CAUSE_OFFLINE},
                {NET_FAILED_CONNECT, "GGBSSSS", CAUSE_OFFLINE},
                {NET_FAILED_TIMEOUT, "GGBSSSS", CAUSE_OFFLINE},
                {NET_FAILED_CUT, "GGBSSSS", CAUSE_OFFLINE},
                {NET_FAILED_TLS, "GGGBSSS", CAUSE_TLS},
                {NET_FAILED_TOO_LARGE, "GGBSSSS", CAUSE_NOT_THE_CLOUD}};
    bench_assign(b);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        uint32_t rules = b->cloud.rule_count;
        fail_route("GET", "/v1/health", ways[i].how);
        diagnose();
        expect_states(ways[i].letters);
        ck_assert_int_eq(found().verdict.cause, ways[i].cause);
        b->cloud.rule_count = rules;
    }
}
END_TEST

/* A page of a Wi-Fi network in place of the cloud, at the first request or at a later one. */
START_TEST(captive_portal)
{
    static const char *const routes[][2] = {
        {"GET", "/v1/health"}, {"GET", "/v1/sessions/current"}, {"POST", "/v1/stores/*"}};
    bench_assign(b);
    for (size_t i = 0; i < 3; i++) {
        static const int32_t answers[] = {203, 302, 404};
        for (size_t j = 0; j < 3; j++) {
            uint32_t rules = b->cloud.rule_count;
            screen_cloud_rule(&b->cloud, routes[i][0], routes[i][1], answers[j], "<html>Welcome to our Wi-Fi</html>");
            diagnose();
            ck_assert_int_eq(state(CHECK_CONNECTION), CHECK_STATE_BAD);
            ck_assert_int_eq(state(CHECK_STORE), CHECK_STATE_SKIPPED);
            ck_assert_int_eq(found().verdict.cause, CAUSE_NOT_THE_CLOUD);
            ck_assert(core_get_account(b->core).logged_in);
            b->cloud.rule_count = rules;
        }
    }
    diagnose();
    expect_states("GGGGGGG");
}
END_TEST

/* What was proved at first does not hold when the connection breaks in the middle. */
START_TEST(a_connection_that_breaks_later)
{
    bench_assign(b);
    fail_route("GET", "/v1/sessions/current", NET_FAILED_CUT);
    diagnose();
    expect_states("GGBSGSS");
    fail_route("GET", "/v1/sessions/current", NET_FAILED_RESOLVE);
    diagnose();
    expect_states("GBSSGSS");
    b->cloud.rule_count -= 2;
    fail_route("POST", "/v1/stores/*", NET_FAILED_TIMEOUT);
    diagnose();
    expect_states("GGBSGGS");
    ck_assert(core_get_account(b->core).logged_in);
}
END_TEST

START_TEST(clock_in_both_directions)
{
    bench_assign(b);
    b->now.wall_ms = BENCH_NOW_MS + 299000;
    diagnose();
    ck_assert_int_eq(state(CHECK_CLOCK), CHECK_STATE_GOOD);
    b->now.wall_ms = BENCH_NOW_MS + 3600000;
    diagnose();
    ck_assert_int_eq(state(CHECK_CLOCK), CHECK_STATE_BAD);
    ck_assert_int_ge(found().clock_difference_ms, 3600000);
    ck_assert_int_lt(found().clock_difference_ms, 3602000);
    b->now.wall_ms = BENCH_NOW_MS - 86400000;
    diagnose();
    ck_assert_int_le(found().clock_difference_ms, -86390000);
    expect_states("GGGGBGG"); /* the rest is tested all the same */
}
END_TEST

/* Five minutes are still good, to the millisecond; the way to the cloud takes its time. */
START_TEST(clock_at_the_edge_of_what_is_tolerated)
{
    static const struct {
        int64_t wrong_ms;
        core_check_state expected;
    } edges[] = {
        {300000, CHECK_STATE_GOOD}, {300001, CHECK_STATE_BAD}, {-300000, CHECK_STATE_GOOD}, {-300001, CHECK_STATE_BAD}};
    bench_assign(b);
    b->now.wall_ms = BENCH_NOW_MS;
    diagnose();
    int64_t of_the_way_ms = found().clock_difference_ms;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        b->now.wall_ms = BENCH_NOW_MS + edges[i].wrong_ms - of_the_way_ms;
        diagnose();
        ck_assert_int_eq(found().clock_difference_ms, edges[i].wrong_ms);
        ck_assert_int_eq(state(CHECK_CLOCK), edges[i].expected);
    }
}
END_TEST

START_TEST(session_that_has_ended)
{
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "GET", "/v1/sessions/current", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    diagnose();
    expect_states("GGGGGBG"); /* the reports go on */
    ck_assert_int_eq(found().verdict.cause, CAUSE_UNAUTHORIZED);
    ck_assert(core_get_account(b->core).session_ended);
    diagnose();
    expect_states("GGGGGSG"); /* nobody is logged in, which does not matter */
}
END_TEST

START_TEST(busy_cloud)
{
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "GET", "/v1/sessions/current", 503, BENCH_PROBLEM("busy", 503, ""));
    diagnose();
    expect_states("GGGGGBG");
    ck_assert_int_eq(found().verdict.cause, CAUSE_BUSY);
    ck_assert(core_get_account(b->core).logged_in);
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 503, BENCH_PROBLEM("busy", 503, ""));
    diagnose();
    expect_states("GGGGGBB");
}
END_TEST

/* What is found out about the store holds for the uploads, in both directions. */
START_TEST(store_that_closes_and_opens)
{
    bench_assign(b);
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 403, BENCH_PROBLEM("store-closed", 403, ""));
    diagnose();
    expect_states("GGGGGGB");
    uint32_t asked = b->cloud.requests;
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    ck_assert_uint_eq(b->cloud.requests, asked); /* nobody had to find it out once more */
    core_queue queue = core_get_queue(b->core, b->now);
    ck_assert_int_eq(queue.hold, HOLD_STORE_REFUSED);
    ck_assert_uint_eq(queue.held, 1);
    b->cloud.rule_count = rules;
    diagnose();
    expect_states("GGGGGGG");
    bench_settle(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).pending, 0);
}
END_TEST

START_TEST(permission_that_is_gone)
{
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    diagnose();
    expect_states("GGGGGGB");
    uint32_t asked = b->cloud.requests;
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    ck_assert_uint_eq(b->cloud.requests, asked);
    ck_assert_int_eq(core_get_queue(b->core, b->now).hold, HOLD_LOG_IN);
    ck_assert(core_get_account(b->core).logged_in); /* the person's session is another matter */
}
END_TEST

START_TEST(storage_that_fails)
{
    bench_assign(b);
    storage_memory_faults(b->disk)->put_at = 1;
    storage_memory_faults(b->disk)->put_code = POS_E_NO_SPACE;
    diagnose();
    expect_states("BGGGGGG");
    ck_assert_int_eq(found().storage_error, POS_E_NO_SPACE);
    diagnose();
    expect_states("GGGGGGG");
}
END_TEST

START_TEST(one_at_a_time_and_it_writes_once)
{
    bench_assign(b);
    b->cloud.holds = true;
    storage_memory_reset_counts(b->disk);
    start();
    ck_assert_uint_eq(storage_memory_counts(b->disk).puts, 1);
    ck_assert(!core_diagnose(b->core, b->now));
    ck_assert(found().running);
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert(found().done);
}
END_TEST

/* ---- beside it, the owner goes on ---- */

START_TEST(disconnecting_meanwhile)
{
    bench_assign(b);
    b->cloud.holds = true;
    screen_cloud_rule(&b->cloud, "GET", "/v1/sessions/current", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    start();
    b->cloud.holds = false;
    b->cloud.holds_after = 1;
    bench_pass(b, 20); /* the first answer is there, and the session is asked for */
    ck_assert_str_eq(b->cloud.last_path, "GET /v1/sessions/current");
    core_begin_call(b->core);
    ck_assert(core_disconnect(b->core, b->now));
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert(!core_get_account(b->core).session_ended); /* it did not end: the owner has ended it */
    ck_assert(!core_get_assignment(b->core).assigned);
    ck_assert(!found().running && !found().done);
    expect_states("WWWWWWW");
    diagnose();
    expect_states("GGGGGBS");
}
END_TEST

/* The old session's end is nothing that the new one has to suffer for. */
START_TEST(logging_in_meanwhile)
{
    static const char other[] =
        "{\"token\":\"fcs_another_session\",\"expires_at_ms\":1797793500000,\"user\":{\"user_id\":"
        "\"usr_2\",\"email\":\"eva@example.com\",\"name\":\"Eva\",\"language\":\"en\"}}";
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "POST", "/v1/sessions", 201, other);
    screen_cloud_rule(&b->cloud, "GET", "/v1/sessions/current", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    core_begin_call(b->core);
    b->cloud.holds = true;
    ck_assert(core_log_in(b->core, b->now, "eva@example.com", "a secret word")); /* its answer comes first */
    start();
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert(core_get_account(b->core).logged_in);
    ck_assert_str_eq(core_get_account(b->core).email, "eva@example.com");
    ck_assert(!found().running);
}
END_TEST

START_TEST(leaving_the_page)
{
    bench_assign(b);
    bench_press(b, "diagnose");
    b->cloud.holds = true;
    bench_press(b, "diagnose.start");
    ck_assert(!screen_text_find(&b->page, "diagnose.start")->is_enabled);
    bench_event(b, POS_EVENT_CLOSED);
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert(found().done);
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "diagnose");
    bench_expect(b, "Everything is in order");
}
END_TEST

START_TEST(sending_goes_on)
{
    bench_assign(b);
    b->cloud.holds = true;
    start();
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_pass(b, 20);
    b->cloud.holds = false;
    bench_settle(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).pending, 0);
    ck_assert(found().done);
    expect_states("GGGGGGG");
}
END_TEST

static void add_diagnosis(TCase *tc)
{
    tcase_add_test(tc, nothing_was_tested_at_first);
    tcase_add_test(tc, everything_in_order);
    tcase_add_test(tc, before_log_in);
    tcase_add_test(tc, each_step_of_the_way);
    tcase_add_test(tc, captive_portal);
    tcase_add_test(tc, a_connection_that_breaks_later);
    tcase_add_test(tc, clock_in_both_directions);
    tcase_add_test(tc, clock_at_the_edge_of_what_is_tolerated);
    tcase_add_test(tc, session_that_has_ended);
    tcase_add_test(tc, busy_cloud);
    tcase_add_test(tc, store_that_closes_and_opens);
    tcase_add_test(tc, permission_that_is_gone);
    tcase_add_test(tc, storage_that_fails);
    tcase_add_test(tc, one_at_a_time_and_it_writes_once);
    tcase_add_test(tc, disconnecting_meanwhile);
    tcase_add_test(tc, logging_in_meanwhile);
    tcase_add_test(tc, leaving_the_page);
    tcase_add_test(tc, sending_goes_on);
}

int main(void)
{
    Suite *suite = suite_create("core: diagnosis");
    TCase *tc = tcase_create("diagnosis");
    tcase_add_checked_fixture(tc, setup, teardown);
    add_diagnosis(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
