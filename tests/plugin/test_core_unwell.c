/* SPDX-License-Identifier: Apache-2.0 */
/* A storage that is not well for a while: what it cannot give out at the start is read later, and what it does not take
 * it is asked to take less and less often. */
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

START_TEST(a_session_that_cannot_be_read_at_the_start_is_read_later)
{
    storage_memory_faults(b.disk)->secret_code = POS_E_IO;
    bench_restart(&b);
    bench_run(&b, 10000);
    bench_tick(&b, 0);
    bench_tick(&b, 0); /* not asked twice at once */
    ck_assert(!core_get_account(b.core).logged_in && !core_get_account(b.core).session_ended);
    if (_i == 0) {
        storage_memory_faults(b.disk)->secret_code = POS_OK;
        bench_run(&b, 2000);
        ck_assert(core_get_account(b.core).logged_in);
        core_begin_call(b.core);
        ck_assert(core_list_companies(b.core, b.now, "", 0));
        ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    } else if (_i == 1) {
        ck_assert(bench_log_in(&b)); /* the new one stands, whatever the old record says later */
        char session[sizeof b.core->session];
        memcpy(session, b.core->session, sizeof session);
        storage_memory_faults(b.disk)->secret_code = POS_OK;
        bench_run(&b, 5000);
        ck_assert_str_eq(b.core->session, session);
    } else {
        storage_memory_faults(b.disk)->remove_code = POS_E_IO; /* it stands there for a while yet */
        core_begin_call(b.core);
        ck_assert(core_disconnect(b.core, b.now));
        storage_memory_faults(b.disk)->secret_code = POS_OK;
        bench_run(&b, 5000);
        ck_assert(!core_get_account(b.core).logged_in && !core_get_account(b.core).session_ended);
        storage_memory_faults(b.disk)->remove_code = POS_OK;
        ck_assert_int_eq(bench_wait_person(&b), PROGRESS_DONE);
    }
}
END_TEST

static uint64_t puts_in(int64_t ms)
{
    uint64_t before = storage_memory_counts(b.disk).puts;
    bench_run(&b, ms);
    return storage_memory_counts(b.disk).puts - before;
}

START_TEST(a_full_disk_is_asked_less_and_less_often)
{
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 1000000;
    core_set_welcome_seen(b.core);
    ck_assert_uint_eq(puts_in(60000), 6); /* at 0, 1, 3, 7, 15, 31 */
    uint64_t ticks = b.ticks;
    uint64_t within_an_hour = puts_in(BENCH_HOUR_MS);
    ck_assert_msg(b.ticks - ticks < 200, "%llu ticks", (unsigned long long)(b.ticks - ticks)); /* nor is the host */
    ck_assert_msg(within_an_hour >= 58 && within_an_hour <= 61, "%llu", (unsigned long long)within_an_hour);
    ck_assert(core_get_queue(b.core, b.now).storage_failing);
    bench_run(&b, 1000);
    core_retry_now(b.core, b.now);
    ck_assert_uint_eq(puts_in(1), 1);
    ck_assert_uint_eq(puts_in(1100), 1); /* and again after a second */
    bench_run(&b, BENCH_HOUR_MS);
    storage_memory_faults(b.disk)->put_at = storage_memory_faults(b.disk)->put_times = 0;
    bench_run(&b, 61000); /* a minute at the most */
    ck_assert(!core_get_queue(b.core, b.now).storage_failing && !b.core->state_dirty);
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 2;
    b.core->state_dirty = true;
    ck_assert_uint_eq(puts_in(5000), 3); /* at 0, 1 and 3: it began anew */
    ck_assert(!b.core->state_dirty);
}
END_TEST

/* A close that was stored shows that the disk takes something again; what the owner does is not kept waiting either. */
START_TEST(it_is_asked_at_once_when_there_is_a_reason)
{
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 1000000;
    core_set_welcome_seen(b.core);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    storage_memory_faults(b.disk)->put_at = storage_memory_faults(b.disk)->put_times = 0;
    ck_assert(b.core->state_dirty);
    if (_i == 0) {
        ck_assert_int_eq(bench_hand_over(&b, bench_commit(&b, 1, "a")), POS_OK);
        bench_run(&b, 100);
        ck_assert(!b.core->state_dirty);
    } else {
        int64_t before = b.now.elapsed_ms;
        ck_assert(bench_log_in(&b));
        ck_assert_int_lt(b.now.elapsed_ms - before, 1000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: a storage that is not well");
    TCase *tc = tcase_create("storage");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_session_that_cannot_be_read_at_the_start_is_read_later, 0, 3);
    tcase_add_test(tc, a_full_disk_is_asked_less_and_less_often);
    tcase_add_loop_test(tc, it_is_asked_at_once_when_there_is_a_reason, 0, 2);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
