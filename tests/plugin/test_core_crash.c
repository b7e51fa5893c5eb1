/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power is cut in every storage operation of a story that has all of them - accept, register, deliver, reject, a
 * lost answer, X, a host that was reset, disconnect, another store - and once more in every operation of the recovery.
 * Each state that the storage contract allows afterwards must end with every close counted exactly once or visibly
 * rejected.
 */
#include "support/core_bench.h"

#define REJECTED_NUMBER 3

static bench b;

static bool is_dead(void)
{
    return storage_memory_is_cut(b.disk);
}

/* ---- the story: returns as soon as the power is gone ---- */

static bool story_close(int64_t number, const char *salt)
{
    if (is_dead())
        return false;
    bench_pass(&b, BENCH_HOUR_MS);
    bench_close *z = bench_commit(&b, number, salt);
    return bench_hand_over(&b, z) == POS_OK;
}

static bool story_run(int64_t ms)
{
    for (int64_t passed = 0; passed < ms && !is_dead(); passed += 500)
        bench_run(&b, 500);
    return !is_dead();
}

static bool story_join(const char *store)
{
    if (is_dead() || !bench_log_in(&b) || is_dead())
        return false;
    return bench_assign(&b, store, CLAIM_FIRST, NULL) == PROGRESS_DONE && !is_dead();
}

static bool story_first_store(void)
{
    if (!story_close(1, "a") || !story_run(1000) || !story_join("sto_A") || !story_run(5000))
        return false;
    if (!story_close(2, "a") || !story_close(REJECTED_NUMBER, "a") || !story_close(4, "a") || !story_run(5000))
        return false;
    b.cloud.fault = CLOUD_LOSE_ANSWER;
    b.cloud.fault_times = 1;
    core_begin_call(b.core);
    core_set_x_enabled(b.core, b.now, true);
    if (is_dead() || !story_run(8000) || !story_run(2 * BENCH_HOUR_MS))
        return false;
    b.cloud.fault = CLOUD_LOSE_ANSWER;
    b.cloud.fault_times = 1;
    return story_close(5, "a") && story_run(60000);
}

static void story(void)
{
    if (!bench_start(&b) || !story_run(500) || !story_first_store())
        return;
    /* The host is set up anew, without its history, and counts from 1 again: days that really happened. */
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = true;
    if (!story_close(1, "reset") || !story_run(5000))
        return;
    if (bench_disconnect(&b) != PROGRESS_DONE || is_dead())
        return;
    if (story_close(2, "reset") && story_run(2000) && story_join("sto_B"))
        story_run(60000);
}

/* ---- recovery ---- */

static void swap_disk(storage_memory *disk)
{
    ck_assert_ptr_nonnull(disk);
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = disk;
}

/* What a good host and an owner do after a power cut. Returns early when the power goes again. */
static void recover(bool repeats)
{
    b.cloud.fault = CLOUD_FINE; /* an outage does not outlast a power cut here */
    b.now.elapsed_ms = 777;
    if (!bench_start(&b))
        ck_assert_msg(is_dead(), "no start after a crash: %s", b.why);
    for (uint32_t i = 0; repeats && b.core && i < b.close_count; i++) {
        if (!b.closes[i].handed_over && bench_hand_over(&b, &b.closes[i]) != POS_OK)
            ck_assert_msg(is_dead(), "hand-over after a crash: %s", b.why);
    }
    if (!b.core || !story_run(2000) || !story_join("sto_A") || !story_run(60000) || !story_join("sto_B"))
        return;
    story_run(60000);
}

static uint32_t count_rows(core_state wanted, int64_t number)
{
    core_row rows[32];
    uint32_t total = 0, count = 0;
    uint32_t got = core_list_queue(b.core, b.now, 0, 32, rows, &total);
    for (uint32_t i = 0; i < got; i++)
        count += rows[i].state == wanted && (number == 0 || rows[i].z_number == number);
    return count;
}

static void check(const char *when)
{
    core_queue q = core_get_queue(b.core, b.now);
    uint32_t total = 0;
    core_row row;
    bool rejected_exists = false;
    ck_assert_msg(q.pending == 0, "%s: %u pending (%u held, hold %d)", when, q.pending, q.held, (int)q.hold);
    for (uint32_t i = 0; i < b.close_count; i++) {
        const bench_close *z = &b.closes[i];
        bool rejected = strstr(z->document, "\"a\"") && z->number == REJECTED_NUMBER;
        uint32_t counted = cloud_counts(&b.cloud, z->sha);
        rejected_exists = rejected_exists || rejected;
        ck_assert_msg(counted == (rejected ? 0 : 1), "%s: Z %lld %s counts %u times", when, (long long)z->number,
                      z->document, counted);
    }
    ck_assert_msg(cloud_count_kind(&b.cloud, 'Z', false) == b.close_count - (rejected_exists ? 1 : 0),
                  "%s: %u stored of %u", when, cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
    core_list_queue(b.core, b.now, 0, 1, &row, &total);
    ck_assert_msg(total == (rejected_exists ? 1 : 0), "%s: %u rows", when, total);
    ck_assert_msg(count_rows(STATE_REJECTED, REJECTED_NUMBER) == total, "%s: the rejected one is not shown", when);
    ck_assert_msg(b.cloud.x_reused == 0, "%s: a sequence of an X was used twice", when);
    ck_assert_uint_eq(b.cloud.bodies_bad, 0);
}

static void begin(uint64_t cut_at)
{
    bench_open(&b);
    b.cloud.reject_z = b.cloud.reject_z_to = REJECTED_NUMBER;
    storage_memory_cut_at(b.disk, cut_at);
    story();
}

START_TEST(the_story_itself_ends_well)
{
    begin(0);
    ck_assert(!is_dead());
    check("uncut");
    ck_assert_uint_eq(b.close_count, 7);
    printf("the story takes %llu storage operations\n", (unsigned long long)storage_memory_operations(b.disk));
    bench_close_all(&b);
}
END_TEST

/* Runs the story up to a cut in operation n, and goes on from the variant-th state that the contract allows then.
 * False: there is no such variant; *over: the story ended before the cut. */
static bool crash(uint64_t n, uint32_t variant, bool *over)
{
    begin(n);
    *over = !is_dead();
    uint64_t first = storage_memory_durable(b.disk);
    uint64_t prefixes = storage_memory_operations(b.disk) - first + 1;
    if (*over || variant >= 2 * prefixes)
        return false;
    swap_disk(storage_memory_after_crash(b.disk, first + variant / 2, variant % 2 ? UINT64_MAX : 0));
    return true;
}

static void each_crash(bool repeats)
{
    uint32_t points = 0;
    bool over = false;
    for (uint64_t n = 1; !over; n++) {
        for (uint32_t variant = 0; crash(n, variant, &over); variant++, points++) {
            char when[80];
            snprintf(when, sizeof when, "cut in operation %llu, variant %u", (unsigned long long)n, variant);
            recover(repeats);
            check(when);
            bench_close_all(&b);
        }
        bench_close_all(&b);
    }
    printf("%u states after a crash, %s\n", points, repeats ? "hand-over repeated" : "caught up from the history");
    ck_assert_uint_gt(points, 100);
}

START_TEST(any_crash_loses_and_doubles_nothing)
{
    each_crash(true);
}
END_TEST

START_TEST(nor_does_one_where_the_host_never_repeats)
{
    each_crash(false);
}
END_TEST

START_TEST(nor_a_second_crash_in_the_recovery)
{
    uint32_t points = 0;
    bool over = false;
    for (uint64_t n = 1; !over; n++) {
        for (uint64_t m = 1;; m++) {
            char when[80];
            snprintf(when, sizeof when, "cut in operation %llu and %llu", (unsigned long long)n, (unsigned long long)m);
            if (!crash(n, (uint32_t)(m % 2), &over))
                break;
            storage_memory_cut_at(b.disk, m);
            recover(true);
            bool cut_again = is_dead();
            if (cut_again) {
                uint64_t all = storage_memory_operations(b.disk);
                swap_disk(storage_memory_after_crash(b.disk, all, m % 4 < 2 ? UINT64_MAX : 0));
                recover(true);
            }
            check(when);
            bench_close_all(&b);
            points++;
            if (!cut_again)
                break;
        }
        if (over)
            bench_close_all(&b);
    }
    printf("%u states after two crashes\n", points);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: crashes");
    TCase *one = tcase_create("crash");
    tcase_set_timeout(one, 120);
    tcase_add_test(one, the_story_itself_ends_well);
    tcase_add_test(one, any_crash_loses_and_doubles_nothing);
    tcase_add_test(one, nor_does_one_where_the_host_never_repeats);
    tcase_add_test(one, nor_a_second_crash_in_the_recovery);
    suite_add_tcase(suite, one);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
