/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replaced hardware: another machine takes a till's place ("this is the same till"). Numbering goes on without a gap, a
 * double or a false conflict; a POS that counts anew opens an epoch; late reports of the old machine still arrive; and
 * two machines that run under one name still collide.
 */
#include "support/core_bench.h"

static bench old, new;

static void swap_cloud(bench *from, bench *to)
{
    to->cloud = from->cloud;
    memset(&from->cloud, 0, sizeof from->cloud);
    from->cloud.retry_after_ms = -1;
}

/* The old machine has closed days 1 to n and sent them. */
static void trade(int64_t n)
{
    for (int64_t number = 1; number <= n; number++)
        bench_day(&old, number);
    ck_assert(bench_drain(&old, 60000));
}

/* A new machine with a storage of its own; its owner logs in, chooses the same store and says that it is the same. */
static void replace(void)
{
    char till[PROTOCOL_TILL_ID_LEN + 1];
    bench_open(&new);
    bench_seed = 4711; /* another machine draws other numbers */
    new.now = old.now;
    swap_cloud(&old, &new);
    ck_assert_msg(bench_start(&new), "%s", new.why);
    ck_assert(bench_log_in(&new));
    ck_assert_int_eq(bench_assign(&new, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    memcpy(till, core_known_tills(new.core).items[0].till_id, sizeof till);
    ck_assert_int_eq(bench_assign(&new, "sto_A", CLAIM_SAME, till), PROGRESS_DONE);
}

static void setup(void)
{
    bench_connect(&old);
}

static void teardown(void)
{
    bench_close_all(&old);
    if (new.disk)
        bench_close_all(&new);
}

static bench_close *day(bench *b, int64_t number, const char *salt)
{
    bench_pass(b, BENCH_HOUR_MS);
    bench_commit(b, number, salt);
    bench_close *z = &b->closes[b->close_count - 1];
    ck_assert_int_eq(bench_hand_over(b, z), POS_OK);
    return z;
}

static void check(uint32_t stored, uint32_t conflicts)
{
    uint32_t in_conflict = 0;
    for (uint32_t i = 0; i < new.cloud.count; i++)
        in_conflict += new.cloud.reports[i].conflict;
    ck_assert_uint_eq(cloud_count_kind(&new.cloud, 'Z', false), stored);
    ck_assert_uint_eq(in_conflict, conflicts);
}

START_TEST(a_pos_that_goes_on_counting_stays_in_its_epoch)
{
    trade(5);
    replace();
    for (int64_t n = 6; n <= 8; n++)
        day(&new, n, "new");
    ck_assert(bench_drain(&new, 60000));
    check(8, 0);
    ck_assert_uint_eq(new.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_pos_that_counts_anew_opens_an_epoch_and_every_day_of_it_counts)
{
    trade(5);
    replace();
    for (int64_t n = 1; n <= 7; n++)
        day(&new, n, "new");
    ck_assert(bench_drain(&new, 60000));
    check(12, 0);
    ck_assert_uint_eq(cloud_count_kind(&new.cloud, 'Z', true), 12);
    ck_assert_uint_eq(new.core->outbox.epoch, 1);
}
END_TEST

START_TEST(a_pos_that_had_counted_anew_before_goes_on_in_its_epoch)
{
    trade(5);
    for (int64_t n = 1; n <= 3; n++)
        day(&old, n, "again");
    ck_assert(bench_drain(&old, 60000));
    replace();
    day(&new, 4, "new");
    ck_assert(bench_drain(&new, 60000));
    check(9, 0);
    ck_assert_uint_eq(new.core->outbox.epoch, 1);
}
END_TEST

START_TEST(also_when_it_is_restarted_in_between)
{
    trade(5);
    replace();
    bench_restart(&new);
    day(&new, 1, "new");
    bench_restart(&new);
    day(&new, 2, "new");
    ck_assert(bench_drain(&new, 60000));
    check(7, 0);
    ck_assert_uint_eq(new.core->outbox.epoch, 1);
}
END_TEST

START_TEST(and_when_the_store_is_assigned_once_more)
{
    trade(5);
    replace();
    day(&new, 1, "new");
    ck_assert(bench_drain(&new, 60000));
    ck_assert_int_eq(bench_assign(&new, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    day(&new, 2, "new");
    ck_assert(bench_drain(&new, 60000));
    check(7, 0);
    ck_assert_uint_eq(new.core->outbox.epoch, 1);
}
END_TEST

START_TEST(the_last_close_handed_over_once_more_is_the_same)
{
    trade(5);
    replace();
    bench_commit(&new, 5, "a");
    bench_close *z = &new.closes[0];
    const bench_close *was = &old.closes[4];
    z->closed_at_ms = was->closed_at_ms;
    ck_assert_str_eq(z->sha, was->sha);
    ck_assert_int_eq(bench_hand_over(&new, z), POS_OK);
    day(&new, 6, "new");
    ck_assert(bench_drain(&new, 60000));
    check(6, 0);
    ck_assert_uint_eq(new.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_host_that_brought_its_history_along_doubles_nothing)
{
    trade(5);
    replace();
    for (int64_t n = 1; n <= 5; n++)
        bench_commit(&new, n, "a");
    bench_restart(&new);
    bench_run(&new, 60000);
    day(&new, 6, "new");
    ck_assert(bench_drain(&new, 60000));
    check(6, 0);
    ck_assert_uint_eq(new.core->outbox.epoch, 0);
}
END_TEST

/* The old machine comes back to life with a day that it had not sent. */
START_TEST(late_reports_of_the_old_machine_still_arrive)
{
    trade(5);
    old.cloud.fault = CLOUD_UNREACHED;
    bench_day(&old, 6);
    bench_run(&old, 60000);
    old.cloud.fault = CLOUD_FINE;
    replace();
    day(&new, 7, "new");
    ck_assert(bench_drain(&new, 60000));
    swap_cloud(&new, &old);
    bench_run(&old, 2 * BENCH_HOUR_MS);
    swap_cloud(&old, &new);
    check(7, 0);
}
END_TEST

START_TEST(two_machines_that_run_under_one_name_collide)
{
    trade(5);
    replace();
    day(&new, 6, "new");
    ck_assert(bench_drain(&new, 60000));
    swap_cloud(&new, &old);
    day(&old, 6, "old");
    bench_run(&old, 60000);
    ck_assert_uint_eq(core_get_queue(old.core, old.now).conflict, 1);
    swap_cloud(&old, &new);
    check(7, 1);
}
END_TEST

/* The whole disk of the till, copied: no new registration, nothing that would tell the two apart. */
START_TEST(a_cloned_disk_collides)
{
    trade(5);
    bench_open(&new);
    new.now = old.now;
    storage_memory_free(new.disk);
    storage_memory_settle(old.disk);
    new.disk = storage_memory_after_crash(old.disk, storage_memory_durable(old.disk), 0);
    swap_cloud(&old, &new);
    ck_assert_msg(bench_start(&new), "%s", new.why);
    day(&new, 6, "clone");
    ck_assert(bench_drain(&new, 60000));
    swap_cloud(&new, &old);
    day(&old, 6, "old");
    bench_run(&old, 60000);
    ck_assert_uint_eq(core_get_queue(old.core, old.now).conflict, 1);
    ck_assert_uint_eq(old.core->outbox.epoch, 0);
    swap_cloud(&old, &new);
    check(7, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: replaced hardware");
    TCase *tc = tcase_create("replace");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_pos_that_goes_on_counting_stays_in_its_epoch);
    tcase_add_test(tc, a_pos_that_counts_anew_opens_an_epoch_and_every_day_of_it_counts);
    tcase_add_test(tc, a_pos_that_had_counted_anew_before_goes_on_in_its_epoch);
    tcase_add_test(tc, also_when_it_is_restarted_in_between);
    tcase_add_test(tc, and_when_the_store_is_assigned_once_more);
    tcase_add_test(tc, the_last_close_handed_over_once_more_is_the_same);
    tcase_add_test(tc, a_host_that_brought_its_history_along_doubles_nothing);
    tcase_add_test(tc, late_reports_of_the_old_machine_still_arrive);
    tcase_add_test(tc, two_machines_that_run_under_one_name_collide);
    tcase_add_test(tc, a_cloned_disk_collides);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
