/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a resend costs: bytes and round trips of the comparison, for n closes of which the cloud lacks d. Printed as a
 * table; bodies only, the reports that are sent are not counted. d = n stops at 3,650: beyond that it is the sending that
 * takes the time of this test, the comparison does not even ask about numbers then.
 */
#include "support/resend_bench.h"

typedef struct cost {
    uint32_t round_trips, ticks, sent;
    size_t bytes;
} cost;

/* n closes: in the host's books, in the ledger as delivered, and in the cloud. */
static void build(int64_t n)
{
    static const char receipt[] = "rcp_built";
    ledger *l = &b.core->ledger;
    for (int64_t number = 1; number <= n; number++) {
        bench_pass(&b, 1000);
        bench_close *z = bench_commit(&b, number, "a");
        ledger_entry entry = {.index = (uint8_t)(number % LEDGER_BLOCK), .origin = POS_ORIGIN_ORIGINAL};
        entry.closed_at_ms = z->closed_at_ms;
        memcpy(entry.business_date, z->date, 10);
        memcpy(entry.receipt_id, receipt, sizeof receipt);
        sodium_hex2bin(entry.sha256, sizeof entry.sha256, z->sha, 64, NULL, NULL, NULL);
        ledger_mark_till(b.core->state.destinations[0].till_id, entry.till_mark);
        ck_assert_int_eq(ledger_load(l, &b.core->vault, 0, 0, number), VAULT_OK);
        ledger_set(l, &entry);
        if (number % LEDGER_BLOCK == LEDGER_BLOCK - 1 || number == n)
            ck_assert_int_eq(ledger_save(l, &b.core->vault, "till-1", 0), POS_OK);
        cloud_report report = {.kind = 'Z', .z = number, .counted = true};
        cloud_copy(report.store, "sto_A");
        cloud_copy(report.till, b.core->state.destinations[0].till_id);
        cloud_copy(report.reg, "till-1");
        cloud_copy(report.sha, z->sha);
        cloud_store_report(&b.cloud, report);
    }
    bench_restart(&b);
    bench_run(&b, 60000); /* catches up: nothing lacks */
    ck_assert_uint_eq(b.core->outbox.waiting.size, 0);
}

/* The cloud loses d of them, as far apart as can be. */
static void lose(int64_t n, int64_t d)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        const cloud_report *r = &b.cloud.reports[i];
        bool loses = d > 0 && r->kind == 'Z' && (r->z * d) / n != ((r->z - 1) * d) / n;
        if (!loses)
            b.cloud.reports[left++] = *r;
    }
    ck_assert_int_eq(b.cloud.count - left, d);
    b.cloud.count = left;
}

static cost measure(int64_t n, int64_t d)
{
    resend_setup();
    b.has_reports = true;
    build(n);
    lose(n, d);
    b.cloud.compares = 0;
    b.cloud.compare_bytes = 0;
    uint64_t ticks = b.ticks;
    core_resend r = resend_all();
    cost c = {b.cloud.compares, (uint32_t)(b.ticks - ticks), r.sent, b.cloud.compare_bytes};
    ck_assert_int_eq(r.compared, n);
    ck_assert_int_eq(r.sent, d);
    ck_assert_int_eq(cloud_count_kind(&b.cloud, 'Z', true), n);
    printf("%8lld %8lld %12u %12zu %10u\n", (long long)n, (long long)d, c.round_trips, c.bytes, c.ticks);
    resend_teardown();
    return c;
}

START_TEST(bytes_and_round_trips)
{
    static const int64_t sizes[] = {100, 3650, 100000};
    printf("%8s %8s %12s %12s %10s\n", "n", "d", "round trips", "bytes", "ticks");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int64_t n = sizes[i];
        cost none = measure(n, 0);
        ck_assert_uint_eq(none.round_trips, 1);
        ck_assert_uint_lt(none.bytes, 1024);
        measure(n, 1);
        cost few = measure(n, 3);
        ck_assert_uint_le(few.round_trips, 6);
        ck_assert_uint_lt(few.bytes, 32 * 1024);
        cost some = measure(n, 30);
        ck_assert_uint_le(some.round_trips, 33);
        if (n <= 3650) {
            cost all = measure(n, n);
            ck_assert_uint_eq(all.round_trips, 1);
            ck_assert_uint_lt(all.bytes, 1024);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: what a resend costs");
    TCase *tc = tcase_create("bytes");
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, bytes_and_round_trips);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
