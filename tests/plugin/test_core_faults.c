/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation, every call of the storage and every request of a till's days fails, one at a time: log in, choose a
 * store, close, X, a rejected one, a lost answer, a host set up anew, disconnect, another store, and a resend of what the
 * cloud lost. Whatever fails, the owner who tries again gets there, and every close counts exactly once or is visibly
 * rejected.
 */
#include "core_faults.h"

#include "support/resend_bench.h"

#define REJECTED_NUMBER 3
#define TRIES           6

/* ---- what a host and an owner do, again if it failed ---- */

static void wait_person(void)
{
    for (int i = 0; i < 400 && core_get_person(b.core)->progress == PROGRESS_RUNNING; i++) {
        bench_tick(&b, 0);
        bench_pass(&b, 50);
    }
}

static void start(void)
{
    bool started = false;
    for (int i = 0; i < TRIES && !started; i++)
        started = bench_start(&b);
    ck_assert_msg(started, "no start: %s", b.why);
    fault_take_net(&b);
}

static void close_day(int64_t number, const char *salt)
{
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, number, salt);
    for (int i = 0; i < TRIES && !b.closes[b.close_count - 1].handed_over; i++) {
        bench_hand_over(&b, &b.closes[b.close_count - 1]);
        bench_run(&b, 2000);
    }
    ck_assert_msg(b.closes[b.close_count - 1].handed_over, "Z %lld is not taken: %s", (long long)number, b.why);
}

static void log_in(void)
{
    for (int i = 0; i < TRIES; i++) {
        core_begin_call(b.core);
        core_log_in(b.core, b.now, "ana@example.com", "password planted here");
        wait_person();
        if (core_get_account(b.core).logged_in && core_get_person(b.core)->progress == PROGRESS_DONE)
            return;
        bench_run(&b, 10000);
    }
    ck_abort_msg("not logged in");
}

static void look_around(void)
{
    for (int i = 0; i < TRIES && core_get_companies(b.core).count == 0; i++) {
        core_list_companies(b.core, b.now, "r", 0);
        wait_person();
    }
    ck_assert_uint_gt(core_get_companies(b.core).count, 0);
    for (int i = 0; i < TRIES && core_get_stores(b.core).count == 0; i++) {
        core_list_stores(b.core, b.now, "com_1", NULL, 0);
        wait_person();
    }
    ck_assert_uint_gt(core_get_stores(b.core).count, 0);
}

static void join(const char *store_id)
{
    protocol_company company = {.company_id = "com_1", .name = "Ruiz S.L.", .country = "ES", .currency = "EUR"};
    protocol_store store = {.company_id = "com_1", .time_zone = "Europe/Madrid", .currency = "EUR"};
    memcpy(store.store_id, store_id, strlen(store_id) + 1);
    memcpy(store.name, store_id, strlen(store_id) + 1);
    log_in();
    for (int i = 0; i < TRIES; i++) {
        core_begin_call(b.core);
        core_assign(b.core, b.now, &company, &store, CLAIM_FIRST, NULL);
        wait_person();
        if (core_get_person(b.core)->progress == PROGRESS_DONE &&
            strcmp(core_get_assignment(b.core).store_id, store_id) == 0)
            return;
        bench_run(&b, 10000);
    }
    ck_abort_msg("not assigned to %s", store_id);
}

static void leave(void)
{
    for (int i = 0; i < TRIES && core_get_assignment(b.core).assigned; i++) {
        core_begin_call(b.core);
        core_disconnect(b.core, b.now);
        wait_person();
        bench_run(&b, 10000);
    }
    ck_assert(!core_get_assignment(b.core).assigned);
}

static void switch_x_on(void)
{
    bool on = false;
    for (int i = 0; i < TRIES && !on; i++) {
        core_begin_call(b.core);
        on = core_set_x_enabled(b.core, b.now, true);
        bench_run(&b, 10000);
    }
    ck_assert(on);
}

/* ---- the days ---- */

static void open_bench(void)
{
    bench_open(&b);
    fault_take_storage(&b);
}

static void tell_days(void)
{
    b.cloud.reject_z = b.cloud.reject_z_to = REJECTED_NUMBER;
    start();
    close_day(1, "a");
    log_in();
    look_around();
    join("sto_A");
    close_day(2, "a");
    close_day(REJECTED_NUMBER, "a");
    b.cloud.fault = CLOUD_LOSE_ANSWER;
    b.cloud.fault_times = 1;
    switch_x_on();
    close_day(4, "a");
    bench_run(&b, BENCH_HOUR_MS);
    bench_stop(&b);
    start();
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = true;
    close_day(1, "reset"); /* the host was set up anew: another numbering */
    leave();
    close_day(2, "reset");
    join("sto_B");
    join("sto_A");
}

static void check_days(const char *when)
{
    fault_disarm();
    ck_assert_msg(bench_drain(&b, 4 * BENCH_HOUR_MS) || core_get_queue(b.core, b.now).pending <= 1, "%s: %u pending",
                  when, core_get_queue(b.core, b.now).pending);
    for (uint32_t i = 0; i < b.close_count; i++) {
        const bench_close *z = &b.closes[i];
        bool rejected = strstr(z->document, "\"a\"") && z->number == REJECTED_NUMBER;
        ck_assert_msg(cloud_counts(&b.cloud, z->sha) == (rejected ? 0 : 1), "%s: Z %lld counts %u times", when,
                      (long long)z->number, cloud_counts(&b.cloud, z->sha));
    }
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_msg(q.rejected == 1 && q.conflict == 0 && q.damaged == 0, "%s: %u rejected", when, q.rejected);
    ck_assert_msg(b.cloud.x_reused == 0 && b.cloud.bodies_bad == 0, "%s: X or body", when);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count - 1);
    bench_check_secrets(&b);
}

/* ---- a resend ---- */

static void prepare_ledger(void)
{
    start();
    join("sto_A");
    resend_trade(1, 8);
    resend_lose(2, 5);
}

/* A wiped till whose host has days that nobody knows, days that the cloud lost, and days that it has. */
static void prepare_history(void)
{
    start();
    join("sto_A");
    resend_trade(1, 8);
    resend_lose(2, 4);
    resend_wipe();
    b.range_error = POS_E_BUSY; /* until the owner asks */
    bench_run(&b, 2000);
    bench_commit(&b, 9, "a");
    resend_adopt();
    bench_run(&b, 2000);
    b.range_error = POS_OK;
    fault_take_net(&b);
}

static void tell_resend(void)
{
    bool started = false;
    for (int i = 0; i < TRIES && !started; i++) {
        core_begin_call(b.core);
        started = core_resend_start(b.core, b.now);
        bench_run(&b, 2000);
    }
    ck_assert(started);
    for (int i = 0; i < 7200 && core_resend_is_running(b.core); i++)
        bench_run(&b, 1000);
}

static void check_resend(const char *when)
{
    fault_disarm();
    ck_assert_msg(!core_resend_is_running(b.core), "%s: it does not end, phase %d", when, (int)b.core->resend.phase);
    bench_drain(&b, BENCH_HOUR_MS);
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[i].sha) == 1, "%s: Z %lld counts %u times", when,
                      (long long)b.closes[i].number, cloud_counts(&b.cloud, b.closes[i].sha));
    ck_assert_msg(cloud_count_kind(&b.cloud, 'Z', false) == b.close_count, "%s: something is there twice", when);
}

/* ---- closes of many pieces ---- */

#define ROOM_BYTES (64u * 1024u) /* of a batch, before it grows */

static uint32_t full_bytes; /* of a document that fills it to the last byte: only its end makes it grow */

static void prepare_large(void)
{
    start();
    join("sto_A");
    b.document_bytes = 40 * 1024;
    close_day(1, "a");
    ck_assert(bench_drain(&b, 60000));
    full_bytes = ROOM_BYTES - ((uint32_t)script_last(b.net)->request->body_bytes - b.document_bytes - 1);
}

static void tell_large(void)
{
    b.cloud.fault = CLOUD_UNREACHED;
    b.document_bytes = 300 * 1024;
    close_day(2, "a");
    b.document_bytes = 40 * 1024;
    close_day(3, "a");
    b.cloud.fault = CLOUD_FINE;
    bench_run(&b, 2 * 60000);
    b.document_bytes = full_bytes;
    close_day(4, "a");
    bench_run(&b, 60000);
}

static void check_large(const char *when)
{
    fault_disarm();
    ck_assert_msg(bench_drain(&b, BENCH_HOUR_MS), "%s: not sent", when);
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[i].sha) == 1, "%s: Z %lld", when, (long long)b.closes[i].number);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
    ck_assert_uint_eq(b.cloud.bodies_bad, 0);
}

static const struct {
    const char *name;
    void (*prepare)(void);
    void (*tell)(void);
    void (*check)(const char *when);
} stories[] = {{"days", NULL, tell_days, check_days},
               {"resend of the ledger", prepare_ledger, tell_resend, check_resend},
               {"resend of the history", prepare_history, tell_resend, check_resend},
               {"large closes", prepare_large, tell_large, check_large}};
#define STORIES (int)(sizeof stories / sizeof stories[0])

START_TEST(nothing_is_lost_or_doubled_by_one_failure)
{
    int story = _i / (FAULT_KINDS - 1);
    fault_kind kind = (fault_kind)(_i % (FAULT_KINDS - 1) + 1);
    bool happened = true;
    int points = 0;
    for (int n = 1; happened; n++) {
        char when[100];
        snprintf(when, sizeof when, "%s, %s %d", stories[story].name, fault_names[kind], n);
        open_bench();
        if (stories[story].prepare)
            stories[story].prepare();
        fault_arm(kind, n);
        stories[story].tell();
        happened = faults.happened;
        points += happened;
        stories[story].check(when);
        bench_close_all(&b);
    }
    printf("%s: %d times a failed %s\n", stories[story].name, points, fault_names[kind]);
    ck_assert(points > 0 || (kind == FAULT_MEMORY && MEMORY_FAULT == 0) || stories[story].tell == tell_large);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: one failure");
    TCase *tc = tcase_create("one");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, nothing_is_lost_or_doubled_by_one_failure, 0, STORIES * (FAULT_KINDS - 1));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
