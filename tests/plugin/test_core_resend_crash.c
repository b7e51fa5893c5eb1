/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power is cut in every storage operation of a resend - of what the ledger has and the cloud lost, and of a history
 * that a wiped till does not know - and once more in every operation of what follows. Whatever the storage contract
 * allows to be left then: it goes on by itself, ends, and every close counts exactly once.
 */
#include "support/resend_bench.h"

static bool is_dead(void)
{
    return storage_memory_is_cut(b.disk);
}

/* A till whose cloud lost some of what the ledger has. */
static void prepare_ledger(void)
{
    resend_setup();
    resend_trade(1, 8);
    resend_lose(2, 5);
}

/* A wiped till whose host has days that nobody knows, days that the cloud lost, and days that it has. */
static void prepare_history(void)
{
    resend_setup();
    resend_trade(1, 8);
    resend_lose(2, 4);
    resend_wipe();
    b.range_error = POS_E_BUSY; /* until the owner asks */
    bench_run(&b, 2000);
    bench_commit(&b, 9, "a");
    resend_adopt();
    bench_run(&b, 2000);
    b.range_error = POS_OK;
}

static void (*const prepare[])(void) = {prepare_ledger, prepare_history};

/* The owner asks; returns when it is done, or the power is gone. */
static void ask(void)
{
    core_begin_call(b.core);
    core_resend_start(b.core, b.now);
    for (int i = 0; i < 5000 && !is_dead() && core_resend_is_running(b.core); i++)
        bench_pass(&b, bench_tick(&b, 0));
    for (int i = 0; i < 20 && !is_dead(); i++)
        bench_pass(&b, bench_tick(&b, 0));
}

static void swap_disk(storage_memory *disk)
{
    ck_assert_ptr_nonnull(disk);
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = disk;
}

/* Starts again, and lets it go on for two hours. Returns early when the power goes again. */
static void go_on(void)
{
    b.now.elapsed_ms = 777;
    if (!bench_start(&b))
        ck_assert_msg(is_dead(), "no start after a crash: %s", b.why);
    for (int i = 0; i < 7200 && b.core && !is_dead(); i++)
        bench_run(&b, 1000);
}

static void check(const char *when)
{
    ck_assert_msg(!core_resend_is_running(b.core), "%s: it does not end, phase %d", when, (int)b.core->resend.phase);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_msg(q.pending == 0 && q.conflict == 0, "%s: %u pending, %u in conflict", when, q.pending, q.conflict);
    /* A crash before the note was stored forgets that the owner had asked: then they ask again. */
    resend_all();
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[i].sha) == 1, "%s: Z %lld counts %u times", when,
                      (long long)b.closes[i].number, cloud_counts(&b.cloud, b.closes[i].sha));
    ck_assert_msg(cloud_count_kind(&b.cloud, 'Z', false) == b.close_count, "%s: something is there twice", when);
    ck_assert_msg(b.cloud.x_reused == 0, "%s: a sequence of an X was used twice", when);
}

/* Runs the story up to a cut in operation n of the resend, and takes the variant-th state that is allowed then. False:
 * there is no such variant; *over: it ended before the cut. */
static bool crash(int story, uint64_t n, uint32_t variant, bool *over)
{
    prepare[story]();
    storage_memory_cut_at(b.disk, storage_memory_operations(b.disk) + n);
    ask();
    *over = !is_dead();
    uint64_t first = storage_memory_durable(b.disk);
    uint64_t prefixes = storage_memory_operations(b.disk) - first + 1;
    if (*over || variant >= 2 * prefixes)
        return false;
    swap_disk(storage_memory_after_crash(b.disk, first + variant / 2, variant % 2 ? UINT64_MAX : 0));
    return true;
}

START_TEST(any_crash_loses_and_doubles_nothing)
{
    uint32_t points = 0;
    bool over = false;
    for (uint64_t n = 1; !over; n++) {
        for (uint32_t variant = 0; crash(_i, n, variant, &over); variant++, points++) {
            char when[80];
            snprintf(when, sizeof when, "story %d, cut in operation %llu, variant %u", _i, (unsigned long long)n,
                     variant);
            go_on();
            check(when);
            resend_teardown();
        }
        resend_teardown();
    }
    printf("story %d: %u states after a crash\n", _i, points);
    ck_assert_uint_gt(points, 20);
}
END_TEST

START_TEST(nor_does_a_second_crash)
{
    uint32_t points = 0;
    bool over = false;
    for (uint64_t n = 1; !over; n++) {
        for (uint64_t m = 1; crash(_i, n, (uint32_t)(m % 2), &over); m++) {
            char when[80];
            snprintf(when, sizeof when, "story %d, cut in operation %llu and %llu", _i, (unsigned long long)n,
                     (unsigned long long)m);
            storage_memory_cut_at(b.disk, m);
            go_on();
            bool cut_again = is_dead();
            storage_memory_cut_at(b.disk, 0);
            if (cut_again) {
                uint64_t all = storage_memory_operations(b.disk);
                swap_disk(storage_memory_after_crash(b.disk, all, m % 4 < 2 ? UINT64_MAX : 0));
                go_on();
            }
            check(when);
            resend_teardown();
            points++;
            if (!cut_again)
                break;
        }
        if (over)
            resend_teardown();
    }
    printf("story %d: %u states after two crashes\n", _i, points);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: crashes in a resend");
    TCase *tc = tcase_create("crash");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, any_crash_loses_and_doubles_nothing, 0, 2);
    tcase_add_loop_test(tc, nor_does_a_second_crash, 0, 2);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
