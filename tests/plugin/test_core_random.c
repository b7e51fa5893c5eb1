/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weeks of a shop where everything goes wrong, drawn from a seed: outages, lost answers, failing writes, crashes in any
 * state that the storage contract allows, a host that is reset, stores changed, permissions withdrawn. In the end every
 * close counts exactly once. CORE_SEED=n runs that seed (with BENCH_LOG=1 to see it), CORE_SEEDS=n as many from
 * there on.
 */
#include "support/core_bench.h"

static bench b;
static int64_t next_number;
static bool reset_pending;

static uint32_t draw(uint32_t below)
{
    uint32_t value;
    bench_random(&value, sizeof value);
    return value % below;
}

/* A host repeats, oldest first, until it has its OK. */
static void repeat_hand_overs(void)
{
    for (uint32_t i = 0; i < b.close_count; i++) {
        if (!b.closes[i].handed_over && bench_hand_over(&b, &b.closes[i]) != POS_OK)
            return;
    }
}

static bool all_handed_over(void)
{
    for (uint32_t i = 0; i < b.close_count; i++) {
        if (!b.closes[i].handed_over)
            return false;
    }
    return true;
}

static void step_close(void)
{
    char salt[16];
    if (reset_pending && all_handed_over()) {
        for (uint32_t i = 0; i < b.close_count; i++)
            b.closes[i].forgotten = true;
        next_number = 1;
        reset_pending = false;
    }
    bench_pass(&b, 1000 + draw(10000));
    snprintf(salt, sizeof salt, "%u", b.close_count);
    bench_commit(&b, next_number++, salt);
    if (draw(10) > 0) /* else the host dies first, or is slow: it comes later, or from the history */
        repeat_hand_overs();
}

static void step_outage(void)
{
    static const cloud_fault faults[] = {CLOUD_UNREACHED, CLOUD_LOSE_ANSWER, CLOUD_TIMEOUT, CLOUD_PROBLEM, CLOUD_BARE};
    static const int32_t bare[] = {200, 302, 404, 413, 502};
    b.cloud.fault = faults[draw(5)];
    b.cloud.fault_times = 1 + draw(6);
    b.cloud.status = b.cloud.fault == CLOUD_BARE ? bare[draw(5)] : 500;
    b.cloud.slug = "internal";
}

static void step_crash(void)
{
    uint64_t first = storage_memory_durable(b.disk);
    uint64_t prefix = first + draw((uint32_t)(storage_memory_operations(b.disk) - first) + 1);
    uint64_t uncertain = ((uint64_t)draw(UINT32_MAX) << 32) | draw(UINT32_MAX);
    storage_memory *disk = storage_memory_after_crash(b.disk, prefix, uncertain);
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = disk;
    b.now.elapsed_ms = 1 + draw(100000);
    ck_assert_msg(bench_start(&b), "%s", b.why);
    if (draw(2))
        repeat_hand_overs();
}

static void step_join(char letter)
{
    char store[8] = {'s', 't', 'o', '_', letter, 0};
    if (core_get_person(b.core)->progress == PROGRESS_RUNNING)
        core_person_forget(b.core);
    if (core_get_person(b.core)->progress == PROGRESS_RUNNING || !bench_log_in(&b))
        return;
    if (b.cloud.token_count > 60)
        b.cloud.token_count = 0;
    bench_assign(&b, store, CLAIM_FIRST, NULL);
}

static void step_disk(void)
{
    storage_memory_fault_plan *plan = storage_memory_faults(b.disk);
    plan->put_at = 1 + draw(5);
    plan->put_times = 1 + draw(3);
    plan->put_shows = draw(2);
    plan->put_code = draw(2) ? POS_E_NO_SPACE : POS_E_IO;
    if (draw(4) == 0) { /* a moment in which nothing can be read or removed */
        plan->get_code = draw(2) ? POS_E_IO : POS_E_BUSY;
        plan->remove_code = POS_E_IO;
        bench_run(&b, 1 + draw(4000));
        repeat_hand_overs();
        plan->get_code = plan->remove_code = 0;
    }
}

static void step(void)
{
    switch (draw(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        step_close();
        break;
    case 5:
    case 6:
        step_outage();
        break;
    case 7:
        step_crash();
        break;
    case 8:
        step_disk();
        break;
    case 9:
        step_join((char)('A' + (int)draw(3)));
        break;
    case 10:
        if (draw(3) == 0 && core_get_person(b.core)->progress != PROGRESS_RUNNING)
            bench_disconnect(&b);
        break;
    case 11:
        core_begin_call(b.core);
        core_set_x_enabled(b.core, b.now, draw(2));
        break;
    case 12:
        if (draw(4) == 0)
            cloud_revoke_all(&b.cloud);
        break;
    case 13:
        reset_pending = reset_pending || draw(5) == 0;
        break;
    default:
        bench_run(&b, (int64_t)draw(2) ? draw(5000) : draw(3 * 3600 * 1000));
    }
    bench_run(&b, draw(300));
    if (draw(3) == 0)
        repeat_hand_overs();
    if (draw(8) == 0)
        storage_memory_settle(b.disk);
}

static void end_well(void)
{
    b.cloud.fault = b.cloud.person_fault = CLOUD_FINE;
    storage_memory_faults(b.disk)->put_at = 0;
    core_retry_now(b.core, b.now);
    bench_run(&b, 20000);
    repeat_hand_overs();
    for (int letter = 'A'; letter <= 'C'; letter++) {
        step_join((char)letter);
        core_retry_now(b.core, b.now);
        bench_drain(&b, 2 * BENCH_HOUR_MS);
    }
}

static void run(uint64_t number)
{
    bench_open(&b);
    bench_seed = number * 1000003;
    if (getenv("BENCH_LOG"))
        fprintf(stderr, "---- seed %llu\n", (unsigned long long)number);
    next_number = 1;
    reset_pending = false;
    b.has_reports = number % 4 != 0; /* one host in four has no history to offer */
    /* One seed with documents that take two ticks to read: they are slow. */
    b.document_bytes = number == 29 ? 270 * 1024 : 0;
    ck_assert(bench_start(&b));
    for (uint32_t i = 0, steps = 40 + draw(200); i < steps; i++)
        step();
    end_well();
    for (uint32_t i = 0; i < b.close_count; i++) {
        uint32_t counted = cloud_counts(&b.cloud, b.closes[i].sha);
        if (counted != 1)
            ck_abort_msg("seed %llu: Z %lld (%u. close) counts %u times", (unsigned long long)number,
                         (long long)b.closes[i].number, i + 1, counted);
    }
    core_queue q = core_get_queue(b.core, b.now);
    if (cloud_count_kind(&b.cloud, 'Z', false) != b.close_count || q.pending != 0 || q.conflict + q.rejected != 0)
        ck_abort_msg("seed %llu: %u stored of %u, %u pending, %u in conflict", (unsigned long long)number,
                     cloud_count_kind(&b.cloud, 'Z', false), b.close_count, q.pending, q.conflict);
    if (b.cloud.x_reused > 0 || b.cloud.bodies_bad > 0)
        ck_abort_msg("seed %llu: an X sequence was used twice", (unsigned long long)number);
    bench_check_secrets(&b);
    bench_close_all(&b);
}

START_TEST(in_the_end_every_close_counts_once)
{
    const char *one = getenv("CORE_SEED");
    const char *many = getenv("CORE_SEEDS");
    uint64_t first = one ? strtoull(one, NULL, 10) : 1;
    uint64_t count = many ? strtoull(many, NULL, 10) : one ? 1 : 200;
    for (uint64_t number = first; number < first + count; number++)
        run(number);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: anything, drawn from a seed");
    TCase *tc = tcase_create("random");
    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, in_the_end_every_close_counts_once);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
