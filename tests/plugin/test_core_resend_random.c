/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random tills and random differences: a cloud that lost some, a plugin whose storage was wiped or put back to an older
 * state, hosts that are upgraded, reset or restored, another till under the same name, rejections, outages and crashes
 * in the middle. Afterwards the cloud has all that the host still has, every report once, and no conflict that is not
 * real. CORE_SEED=n runs that seed (BENCH_LOG=1 shows it), CORE_SEEDS=n as many from there on.
 */
#include "support/resend_bench.h"

static int64_t next_number;
static uint32_t real_conflicts;
static int64_t rejected;
static storage_memory *backup;
static bool
    resets; /* a host of this seed is reset; else the plugin's storage is lost now and then. Both at once is more
                     * than can be told apart: a till that knows nothing takes the first days for those of epoch 0 */

static uint32_t draw(uint32_t below)
{
    uint32_t value;
    bench_random(&value, sizeof value);
    return value % below;
}

static void closes(uint32_t count)
{
    char salt[16];
    while (count-- > 0) {
        snprintf(salt, sizeof salt, "%u", b.close_count);
        bench_pass(&b, 1000 + draw(100000));
        bench_commit(&b, next_number++, salt);
        for (int i = 0; i < 20 && draw(20) > 0; i++) { /* else the host dies before it is handed over */
            if (bench_hand_over(&b, &b.closes[b.close_count - 1]) == POS_OK)
                break;
        }
        if (draw(10) == 0)
            bench_run(&b, 1000);
    }
    bench_drain(&b, 60000);
}

static bool is_current(const bench_close *z)
{
    return !z->forgotten;
}

/* The cloud loses a few, or many. */
static void lose_some(void)
{
    uint32_t left = 0, one_in = 1 + draw(40);
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        const cloud_report *r = &b.cloud.reports[i];
        bool loses = r->kind == 'Z' && r->counted && !r->rebuilt && draw(one_in) == 0;
        for (uint32_t k = 0; k < b.cloud.count && loses; k++)
            loses = k == i || b.cloud.reports[k].z != r->z || b.cloud.reports[k].epoch != r->epoch;
        if (!loses)
            b.cloud.reports[left++] = *r;
    }
    b.cloud.count = left;
}

/* Under our name another machine has closed a number that we are about to lose or to close: a clone. */
static void add_clone(void)
{
    if (b.cloud.count == 0)
        return;
    cloud_report other = b.cloud.reports[draw(b.cloud.count)];
    if (other.kind != 'Z' || other.conflict || other.rebuilt || other.epoch != b.core->outbox.epoch)
        return;
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        cloud_report *r = &b.cloud.reports[i];
        if (r->kind == 'Z' && r->z == other.z && strcmp(r->sha, other.sha) != 0)
            return;
    }
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        if (strcmp(b.cloud.reports[i].sha, other.sha) == 0) {
            uint8_t hash[32];
            bench_random(hash, sizeof hash);
            sodium_bin2hex(b.cloud.reports[i].sha, sizeof b.cloud.reports[i].sha, hash, sizeof hash);
            real_conflicts++;
        }
    }
}

static void wipe_or_restore(void)
{
    if (resets)
        return;
    bool wipe = !backup || draw(2);
    bench_stop(&b);
    storage_memory *disk =
        wipe ? storage_memory_new() : storage_memory_after_crash(backup, storage_memory_durable(backup), 0);
    storage_memory_free(b.disk);
    b.disk = disk;
    ck_assert(bench_start(&b));
    bench_run(&b, draw(3000));
    if (!bench_log_in(&b))
        return;
    if (bench_assign(&b, "sto_A", CLAIM_FIRST, NULL) != PROGRESS_DONE) {
        char till[PROTOCOL_TILL_ID_LEN + 1];
        ck_assert_uint_ge(core_known_tills(b.core).count, 1);
        memcpy(till, core_known_tills(b.core).items[0].till_id, sizeof till);
        ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, till), PROGRESS_DONE);
    }
}

static void take_backup(void)
{
    storage_memory_free(backup);
    storage_memory_settle(b.disk);
    backup = storage_memory_after_crash(b.disk, storage_memory_durable(b.disk), 0);
}

/* The host counts from 1 again, all handed over: nothing of the old numbering is left to be fetched. */
static void reset_host(void)
{
    char salt[16];
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = true;
    next_number = 1;
    /* The first of them is handed over: a host that dies at once after a reset, twice, is nobody's to tell apart. */
    storage_memory_faults(b.disk)->put_at = 0;
    bench_pass(&b, 1000);
    snprintf(salt, sizeof salt, "%u", b.close_count);
    bench_commit(&b, next_number++, salt);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
    closes(1 + draw(5));
}

static void break_network(void)
{
    static const cloud_fault faults[] = {CLOUD_UNREACHED, CLOUD_LOSE_ANSWER, CLOUD_TIMEOUT, CLOUD_BARE};
    b.cloud.compare_fault = faults[draw(4)];
    b.cloud.compare_times = 1 + draw(3);
    b.cloud.fault = faults[draw(4)];
    b.cloud.fault_times = 1 + draw(3);
    b.cloud.status = 502;
}

static void disturb(void)
{
    switch (draw(5)) {
    case 0:
        bench_crash(&b);
        break;
    case 1:
        break_network();
        break;
    case 2:
        resend_cancel();
        bench_run(&b, 2000);
        resend_start();
        break;
    case 3:
        storage_memory_faults(b.disk)->put_at = 1 + draw(10);
        storage_memory_faults(b.disk)->put_times = 1 + draw(3);
        break;
    default:
        closes(1);
    }
}

static void run_resend(bool disturbed)
{
    resend_start(); /* or it runs already */
    for (uint32_t i = 0; i < 400000 && core_resend_is_running(b.core); i++) {
        bench_pass(&b, bench_tick(&b, 0));
        if (b.core->outbox.waiting.size > OUTBOX_WINDOW + 10)
            ck_abort_msg("%llu waiting", (unsigned long long)b.core->outbox.waiting.size);
        if (disturbed && draw(60) == 0)
            disturb();
    }
    ck_assert(!core_resend_is_running(b.core));
}

static uint32_t count_in_cloud(const bench_close *z)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b.cloud.count; i++)
        count += b.cloud.reports[i].kind == 'Z' && strcmp(b.cloud.reports[i].sha, z->sha) == 0;
    return count;
}

static bool has_number(const bench_close *z)
{
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        if (b.cloud.reports[i].kind == 'Z' && b.cloud.reports[i].z == z->number && b.cloud.reports[i].counted)
            return true;
    }
    return false;
}

static void check(uint64_t seed)
{
    for (uint32_t i = 0; i < b.close_count; i++) {
        const bench_close *z = &b.closes[i];
        uint32_t there = count_in_cloud(z);
        if (there > 1)
            ck_abort_msg("seed %llu: Z %lld is there %u times", (unsigned long long)seed, (long long)z->number, there);
        bool good = there == 1 || !is_current(z) || z->number == rejected || (z->rebuilt && has_number(z));
        if (!good)
            ck_abort_msg("seed %llu: Z %lld (%u. close) is lacking", (unsigned long long)seed, (long long)z->number,
                         i + 1);
    }
    if (resend_count_conflicts() > real_conflicts)
        ck_abort_msg("seed %llu: %u conflicts, %u are real", (unsigned long long)seed, resend_count_conflicts(),
                     real_conflicts);
    if (core_get_queue(b.core, b.now).pending != 0)
        ck_abort_msg("seed %llu: something still waits", (unsigned long long)seed);
}

static void step(void)
{
    switch (draw(8)) {
    case 0:
    case 1:
        closes(draw(60));
        break;
    case 2:
        lose_some();
        break;
    case 3:
        wipe_or_restore();
        break;
    case 4:
        take_backup();
        break;
    case 5:
        if (resets && draw(4) == 0)
            reset_host();
        break;
    case 6:
        if (draw(3) == 0)
            add_clone();
        break;
    default:
        run_resend(true);
    }
}

static void run(uint64_t seed)
{
    resend_setup();
    bench_seed = seed * 1000003;
    next_number = 1;
    real_conflicts = 0;
    backup = NULL;
    resets = seed % 2 == 0;
    rejected = 0;
    if (getenv("BENCH_LOG"))
        fprintf(stderr, "---- seed %llu\n", (unsigned long long)seed);
    for (uint32_t i = 0, steps = 10 + draw(30); i < steps; i++)
        step();
    if (draw(3) == 0) {
        for (uint32_t i = 0; i < b.close_count; i++)
            resend_rebuild(&b.closes[i]);
    }
    lose_some();
    if (draw(3) == 0)
        wipe_or_restore();
    run_resend(true);
    b.cloud.fault = b.cloud.compare_fault = CLOUD_FINE;
    storage_memory_faults(b.disk)->put_at = 0;
    core_retry_now(b.core, b.now);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    run_resend(false);
    bench_drain(&b, 2 * BENCH_HOUR_MS);
    check(seed);
    resend_all(); /* where a close has three versions by now, the last one may still be to be learnt */
    uint32_t stored = cloud_count_kind(&b.cloud, 'Z', false), compares = b.cloud.compares;
    core_resend r = resend_all();
    if (r.sent > 0 || cloud_count_kind(&b.cloud, 'Z', false) > stored ||
        (r.gone == 0 && b.cloud.compares > compares + 1))
        ck_abort_msg("seed %llu: in sync, and yet it compares %u, sends %u, asks %u times", (unsigned long long)seed,
                     r.compared, r.sent, b.cloud.compares - compares);
    storage_memory_free(backup);
    resend_teardown();
}

START_TEST(afterwards_the_cloud_has_all_of_it_once)
{
    const char *wish = getenv("CORE_SEED");
    const char *many = getenv("CORE_SEEDS");
    uint64_t first = wish ? strtoull(wish, NULL, 10) : 1;
    uint64_t count = many ? strtoull(many, NULL, 10) : wish ? 1 : 150;
    for (uint64_t seed = first; seed < first + count; seed++)
        run(seed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: resend, drawn from a seed");
    TCase *tc = tcase_create("random");
    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, afterwards_the_cloud_has_all_of_it_once);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
