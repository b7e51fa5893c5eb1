/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result is believed only when it repeats, member by member, what was sent, and its receipt likewise; an X as a Z. And a
 * cloud that says by itself when to come back is not searched for the report to blame.
 */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
}

static void teardown(void)
{
    bench_close_all(&b);
}

/* ---- one member at a time ---- */

static struct {
    bool of_receipt;
    const char *member;
    const char *text; /* NULL: the number */
    double number;
} change;

static void change_member(cJSON *results)
{
    cJSON *object = cJSON_GetArrayItem(results, 0);
    if (change.of_receipt)
        object = cJSON_GetObjectItemCaseSensitive(object, "receipt");
    if (object)
        cJSON_ReplaceItemInObjectCaseSensitive(
            object, change.member, change.text ? cJSON_CreateString(change.text) : cJSON_CreateNumber(change.number));
}

#define OTHER_SHA "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"

static void take_x(void)
{
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
}

static void check_member(bool of_x)
{
    uint32_t before = cloud_count_kind(&b.cloud, of_x ? 'X' : 'Z', false);
    b.cloud.twist = change_member;
    if (of_x)
        take_x();
    else
        bench_day(&b, 1);
    bench_run(&b, 20000);
    ck_assert_msg(core_get_queue(b.core, b.now).pending == 1, "%s of %s is believed", change.member,
                  change.of_receipt ? "the receipt" : "the result");
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_LEDGER), 0);
    b.cloud.twist = NULL;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    ck_assert_uint_gt(cloud_count_kind(&b.cloud, of_x ? 'X' : 'Z', false), before);
}

START_TEST(every_member_of_a_z_is_repeated)
{
    static const struct {
        const char *member, *text;
        double number;
    } members[] = {{"z_number", NULL, 2}, {"epoch", NULL, 1}, {"register_id", "till-2", 0}, {"sha256", OTHER_SHA, 0}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        for (int of_receipt = 0; of_receipt < 2; of_receipt++) {
            if (of_receipt && i == 1)
                continue; /* the cloud may have had it in another epoch first */
            teardown();
            setup();
            change.of_receipt = of_receipt == 1;
            change.member = members[i].member;
            change.text = members[i].text;
            change.number = members[i].number;
            check_member(false);
        }
    }
}
END_TEST

START_TEST(and_of_its_receipt)
{
    static const char *const members[][2] = {{"company_id", "com_9"}, {"till_id", "00112233445566778899aabbccddeeff"}};
    for (size_t i = 0; i < 2; i++) {
        teardown();
        setup();
        change.of_receipt = true;
        change.member = members[i][0];
        change.text = members[i][1];
        check_member(false);
    }
}
END_TEST

START_TEST(every_member_of_an_x_is_repeated)
{
    for (int of_receipt = 0; of_receipt < 2; of_receipt++) {
        for (int i = 0; i < 2; i++) {
            teardown();
            setup();
            change.of_receipt = of_receipt == 1;
            change.member = i == 0 ? "x_sequence" : "z_number";
            change.text = NULL;
            change.number = 9;
            check_member(true);
        }
    }
}
END_TEST

static void make_z(cJSON *results)
{
    for (cJSON *object = cJSON_GetArrayItem(results, 0); object;
         object = cJSON_GetObjectItemCaseSensitive(object, "receipt")) {
        if (!change.of_receipt || !cJSON_GetObjectItemCaseSensitive(object, "status")) {
            cJSON_ReplaceItemInObjectCaseSensitive(object, "kind", cJSON_CreateString("Z"));
            cJSON_ReplaceItemInObjectCaseSensitive(object, "x_sequence", cJSON_CreateNumber(0));
        }
    }
}

START_TEST(a_z_is_no_answer_to_an_x)
{
    for (int of_receipt = 0; of_receipt < 2; of_receipt++) {
        teardown();
        setup();
        change.of_receipt = of_receipt == 1;
        b.cloud.twist = make_z;
        take_x();
        bench_run(&b, 20000);
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
        b.cloud.twist = NULL;
        bench_run(&b, 2 * BENCH_HOUR_MS);
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    }
}
END_TEST

/* The epoch of a receipt may be another; one that none may be is not taken over. */
START_TEST(a_receipt_of_an_epoch_beyond_all_counts_in_the_batch_s_own)
{
    change.of_receipt = true;
    change.member = "epoch";
    change.text = NULL;
    change.number = 300;
    b.cloud.twist = change_member;
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(b.cloud.uploads, 1);
    ck_assert_int_eq(ledger_load(&b.core->ledger, &b.core->vault, 0, 0, 1), VAULT_OK);
    ck_assert_ptr_nonnull(ledger_find(&b.core->ledger, 1));
}
END_TEST

static void forget_receipt(cJSON *results)
{
    cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetArrayItem(results, 0), "receipt");
}

/* What takes the place of a rebuilt one has to be named. */
START_TEST(superseded_without_a_receipt_settles_no_rebuilt_one)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    for (uint32_t i = 0; i < b.cloud.count; i++)
        memset(b.cloud.reports[i].sha, 'e', 64);
    storage_memory_drop(b.disk, COLLECTION_LEDGER, ledger_key_pack(0, 0, 1));
    bench_restart(&b);
    bench_close *z = &b.closes[0];
    z->origin = POS_ORIGIN_REBUILT;
    b.cloud.twist = forget_receipt;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    bench_run(&b, 20000);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 1);
    b.cloud.twist = NULL;
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 1);
}
END_TEST

/* ---- when to come back ---- */

static void pile_up(int64_t days)
{
    b.cloud.fault = CLOUD_HOLD;
    bench_day(&b, 1);
    bench_run(&b, 1000);
    for (int64_t n = 2; n <= days; n++)
        bench_day(&b, n);
    script_fail(b.net, script_last(b.net)->ticket, NET_FAILED_CONNECT);
}

START_TEST(a_cloud_that_says_when_is_not_searched)
{
    static const struct {
        int32_t status;
        const char *slug;
        int64_t retry_after_ms;
    } ways[] = {{429, "throttled", -1}, {503, "busy", 30000}, {500, "internal", 30000}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        teardown();
        setup();
        pile_up(8);
        b.cloud.fault = CLOUD_PROBLEM;
        b.cloud.status = ways[i].status;
        b.cloud.slug = ways[i].slug;
        b.cloud.retry_after_ms = ways[i].retry_after_ms;
        b.cloud.uploads = 0;
        bench_run(&b, 25000);
        ck_assert_uint_ge(b.cloud.uploads, 1);
        ck_assert_uint_eq(b.core->sender.limit, PROTOCOL_BATCH_ITEMS_MAX);
        b.cloud.fault = CLOUD_FINE;
        b.cloud.largest_batch = 0;
        ck_assert(bench_drain(&b, 2 * BENCH_HOUR_MS));
        ck_assert_uint_ge(b.cloud.largest_batch, 7);
        ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 8);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: what an answer repeats");
    TCase *tc = tcase_create("echo");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, every_member_of_a_z_is_repeated);
    tcase_add_test(tc, and_of_its_receipt);
    tcase_add_test(tc, every_member_of_an_x_is_repeated);
    tcase_add_test(tc, a_z_is_no_answer_to_an_x);
    tcase_add_test(tc, a_receipt_of_an_epoch_beyond_all_counts_in_the_batch_s_own);
    tcase_add_test(tc, superseded_without_a_receipt_settles_no_rebuilt_one);
    tcase_add_test(tc, a_cloud_that_says_when_is_not_searched);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
