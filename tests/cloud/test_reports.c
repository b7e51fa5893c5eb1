/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Report batches over real TLS: every rule of the contract's table, and that each close is counted exactly once.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static fixture fx;
static person ana;
static shop place;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void expect(item what, const char *status, const char *code)
{
    batch_expect_one(&fx, &bar, what, status, code);
}

/* The receipt id that sending this gets, with this status. */
static char *receipt_of(const till *from, item what, const char *status)
{
    reply answer = batch_send_one(&fx, from, what);
    ck_assert_msg(strcmp(reply_text(&answer, "results.0.status"), status) == 0, "not %s: %s", status, answer.body);
    char *id = strdup(reply_text(&answer, "results.0.receipt.receipt_id"));
    reply_free(&answer);
    return id;
}

START_TEST(sent_again_gets_the_original_receipt)
{
    reply first = batch_send_one(&fx, &bar, (item){.z_number = 12});
    fixture_advance(&fx, 5000);
    reply again = batch_send_one(&fx, &bar, (item){.z_number = 12});
    ck_assert_str_eq(reply_text(&first, "results.0.status"), "delivered");
    ck_assert_str_eq(first.body, again.body);
    ck_assert_str_eq(reply_text(&first, "results.0.receipt.store_id"), place.store_id);
    ck_assert_str_eq(reply_text(&first, "results.0.receipt.till_id"), bar.till_id);
    ck_assert_str_eq(reply_text(&first, "results.0.receipt.sha256"), reply_text(&first, "results.0.sha256"));
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT gross_minor FROM counted_z"), 1000);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM report_taxes WHERE rate = 2100 AND gross_minor = 1000"), 1);
    reply_free(&first);
    reply_free(&again);
}
END_TEST

START_TEST(the_original_bytes_are_kept)
{
    static const char odd[] =
        "  {\"schema\" : \"pos.report.z/1\", \"report_type\":\"Z\",\"register_id\":\"till-1\","
        "\"currency\":\"EUR\",\"z_number\":3,\"business_date\":\"2026-11-20\",\"totals\":"
        "{\"gross_turnover\":10.0,\"net_turnover\":1e1,\"tax_total\":-0},\"extra\":[{\"\\u00e9\":null}]}\n\t";
    expect((item){.z_number = 3, .document = odd}, "delivered", NULL);
    char sql[700];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM reports WHERE document_bytes = %zu AND gross_minor = 10",
             strlen(odd));
    ck_assert_int_eq(fixture_sql(&fx, sql), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT hex(document) LIKE '2020%0A09' FROM reports"), 1);
}
END_TEST

START_TEST(two_originals_under_one_number_are_both_kept)
{
    char *first = receipt_of(&bar, (item){.z_number = 1}, "delivered");
    char *second = receipt_of(&bar, (item){.z_number = 1, .note = "clone"}, "conflict");
    char *third = receipt_of(&bar, (item){.z_number = 1, .note = "clone 2"}, "conflict");
    char *again = receipt_of(&bar, (item){.z_number = 1, .note = "clone"}, "conflict");
    char *original = receipt_of(&bar, (item){.z_number = 1}, "delivered");
    ck_assert_str_ne(first, second);
    ck_assert_str_ne(second, third);
    ck_assert_str_eq(second, again);
    ck_assert_str_eq(first, original);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM conflicts"), 2);
    free(first);
    free(second);
    free(third);
    free(again);
    free(original);
}
END_TEST

START_TEST(a_rebuilt_one_fills_holes_and_contradicts_nothing)
{
    char *original = receipt_of(&bar, (item){.z_number = 1}, "delivered");
    char *held = receipt_of(&bar, (item){.z_number = 1, .note = "rebuilt", .rebuilt = true}, "superseded");
    ck_assert_str_eq(original, held);
    char *filled = receipt_of(&bar, (item){.z_number = 2, .note = "rebuilt", .rebuilt = true}, "delivered");
    char *again = receipt_of(&bar, (item){.z_number = 2, .note = "rebuilt", .rebuilt = true}, "delivered");
    ck_assert_str_eq(filled, again);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 2);
    free(original);
    free(held);
    free(filled);
    free(again);
}
END_TEST

START_TEST(an_original_takes_the_place_of_a_rebuilt_one)
{
    char *stand_in = receipt_of(&bar, (item){.z_number = 1, .note = "rebuilt", .rebuilt = true}, "delivered");
    char *original = receipt_of(&bar, (item){.z_number = 1}, "delivered");
    ck_assert_str_ne(stand_in, original);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z WHERE origin = 'original'"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM conflicts"), 0);
    char *again = receipt_of(&bar, (item){.z_number = 1, .note = "rebuilt", .rebuilt = true}, "delivered");
    ck_assert_str_eq(again, stand_in);
    char *third = receipt_of(&bar, (item){.z_number = 1, .note = "clone"}, "conflict");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 1);
    free(stand_in);
    free(original);
    free(again);
    free(third);
}
END_TEST

START_TEST(x_reports_give_way)
{
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 2}, "delivered", NULL);
    reply lower = batch_send_one(&fx, &bar, (item){.kind = 'X', .z_number = 1, .x_sequence = 1});
    ck_assert_str_eq(reply_text(&lower, "results.0.status"), "superseded");
    ck_assert_int_eq(reply_int(&lower, "results.0.last_x_sequence"), 2);
    ck_assert_ptr_null(reply_find(&lower, "results.0.receipt"));
    reply_free(&lower);
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 2, .note = "other"}, "superseded", NULL);
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 2}, "delivered", NULL);
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 5}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT x_sequence FROM running_x"), 5);
    expect((item){.z_number = 1}, "delivered", NULL);
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 6}, "superseded", NULL);
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 5}, "delivered", NULL);
    expect((item){.kind = 'X', .z_number = 2, .x_sequence = 1}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM running_x"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT z_number FROM running_x"), 2);
    expect((item){.kind = 'X', .z_number = 1, .x_sequence = 6, .epoch = 1}, "delivered", NULL);
}
END_TEST

START_TEST(another_store_of_the_company_counts_it_once)
{
    char north[80];
    fixture_store(&fx, &ana, place.company_id, "Norte", north);
    till moved = fixture_till_as(&fx, &ana, north, bar.till_id, "first");
    char *first = receipt_of(&bar, (item){.z_number = 1}, "delivered");
    reply again = batch_send_one(&fx, &moved, (item){.z_number = 1});
    ck_assert_str_eq(reply_text(&again, "results.0.status"), "delivered");
    ck_assert_str_eq(reply_text(&again, "results.0.receipt.store_id"), place.store_id);
    ck_assert_str_eq(reply_text(&again, "results.0.receipt.receipt_id"), first);
    reply_free(&again);
    char *other = receipt_of(&moved, (item){.z_number = 1, .note = "other content"}, "conflict");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 2);
    free(first);
    free(other);
}
END_TEST

START_TEST(another_epoch_is_new_unless_it_is_the_same_document)
{
    char *first = receipt_of(&bar, (item){.z_number = 1}, "delivered");
    reply same = batch_send_one(&fx, &bar, (item){.z_number = 1, .epoch = 1});
    ck_assert_str_eq(reply_text(&same, "results.0.status"), "delivered");
    ck_assert_str_eq(reply_text(&same, "results.0.receipt.receipt_id"), first);
    ck_assert_int_eq(reply_int(&same, "results.0.receipt.epoch"), 0);
    ck_assert_int_eq(reply_int(&same, "results.0.epoch"), 1);
    reply_free(&same);
    char *fresh = receipt_of(&bar, (item){.z_number = 1, .epoch = 1, .note = "after the reset"}, "delivered");
    ck_assert_str_ne(first, fresh);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 2);
    free(first);
    free(fresh);
}
END_TEST

START_TEST(what_can_never_be_taken_is_rejected_with_the_reason)
{
    char deep[400];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    static const struct {
        const char *document;
        const char *code;
    } bad[] = {
        {"", "invalid-json"},
        {"{", "invalid-json"},
        {"{\"a\":\"\xff\"}", "invalid-json"},
        {"{\"a\":\"\\u0000\"}", "invalid-json"},
        {"[]", "invalid-schema"},
        {"{}", "invalid-schema"},
        {"{\"schema\":\"pos.report.x/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":\"EUR\","
         "\"z_number\":1,\"business_date\":\"2026-11-20\",\"totals\":{}}",
         "invalid-schema"},
        {"{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":\"EUR\","
         "\"z_number\":1,\"business_date\":\"2026-11-20\",\"totals\":{\"gross_turnover\":9007199254740993,"
         "\"net_turnover\":1,\"tax_total\":1}}",
         "invalid-schema"},
        {"{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":\"EUR\","
         "\"z_number\":2,\"business_date\":\"2026-11-20\",\"totals\":{\"gross_turnover\":1,\"net_turnover\":1,"
         "\"tax_total\":0}}",
         "header-mismatch"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect((item){.z_number = 1, .document = bad[i].document}, "rejected", bad[i].code);
    expect((item){.z_number = 1, .document = deep}, "rejected", "invalid-json");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 0);
    expect((item){.z_number = 1}, "delivered", NULL);
}
END_TEST

START_TEST(damage_on_the_way_is_retried)
{
    static const char other[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    expect((item){.z_number = 1, .sha256 = other}, "retry", "hash-mismatch");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 0);
}
END_TEST

START_TEST(figures_that_do_not_add_up_are_taken_with_a_warning)
{
    static const char odd[] = "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\","
                              "\"currency\":\"EUR\",\"z_number\":1,\"business_date\":\"2026-11-20\",\"totals\":"
                              "{\"gross_turnover\":100,\"net_turnover\":50,\"tax_total\":49}}";
    expect((item){.z_number = 1, .document = odd}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z WHERE warning LIKE '%add up%'"), 1);
    expect((item){.z_number = 2}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z WHERE warning IS NULL"), 1);
}
END_TEST

START_TEST(gaps_and_breaks_are_seen)
{
    for (int number = 1; number <= 5; number++)
        if (number != 4)
            expect((item){.z_number = number}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM continuity WHERE missing > 0"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT missing FROM continuity WHERE z_number = 5"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT break_minor FROM continuity WHERE z_number = 5"), 1000);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT break_minor FROM continuity WHERE z_number = 3"), 0);
    expect((item){.z_number = 4}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM continuity WHERE missing > 0 OR break_minor <> 0"), 0);
}
END_TEST

START_TEST(a_mixed_batch_gets_a_result_for_each_in_order)
{
    static const struct {
        item what;
        const char *status;
    } rows[] = {
        {{.kind = 'X', .z_number = 1, .x_sequence = 1}, "delivered"},
        {{.z_number = 1}, "delivered"},
        {{.kind = 'X', .z_number = 1, .x_sequence = 2}, "superseded"},
        {{.z_number = 2, .document = "nonsense"}, "rejected"},
        {{.z_number = 1}, "delivered"},
        {{.z_number = 1, .note = "clone"}, "conflict"},
        {{.z_number = 3, .register_id = "till-2"}, "delivered"},
    };
    enum { COUNT = sizeof rows / sizeof *rows };
    buffer plain = {NULL, 0};
    for (size_t i = 0; i < COUNT; i++)
        batch_add(&plain, rows[i].what);
    buffer packed[] = {batch_gzip(&plain), batch_zstd(&plain), plain};
    static const char *const codings[] = {"gzip", "zstd", "identity"};
    for (int round = 0; round < 3; round++) {
        reply answer = batch_send_coded(&fx, &bar, &packed[round], codings[round]);
        fixture_expect(&answer, 200, NULL);
        ck_assert_int_eq(cJSON_GetArraySize(reply_find(&answer, "results")), COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            char at[32];
            snprintf(at, sizeof at, "results.%zu.status", i);
            ck_assert_msg(strcmp(reply_text(&answer, at), rows[i].status) == 0, "%zu: not %s: %s", i, rows[i].status,
                          answer.body);
        }
        reply_free(&answer);
        buffer_free(&packed[round]);
    }
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 4);
}
END_TEST

START_TEST(a_closed_store_takes_nothing)
{
    buffer empty = {NULL, 0};
    ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), place.store_id, true, 1), STORE_OK);
    reply refused = batch_send_coded(&fx, &bar, &empty, NULL);
    fixture_expect(&refused, 403, "store-closed");
    reply_free(&refused);
    ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), place.store_id, false, 1), STORE_OK);
    expect((item){.z_number = 1}, "delivered", NULL);
}
END_TEST

START_TEST(a_full_disk_refuses_the_whole_batch_and_loses_nothing)
{
    char filler[60001];
    struct rlimit limit, before;
    buffer bytes = {NULL, 0};
    memset(filler, 'x', sizeof filler - 1);
    filler[sizeof filler - 1] = 0;
    expect((item){.z_number = 1}, "delivered", NULL);
    for (int number = 2; number <= 40; number++) {
        char document[61000];
        snprintf(document, sizeof document,
                 "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":\"EUR\","
                 "\"z_number\":%d,\"business_date\":\"2026-11-20\",\"note\":\"%s\",\"totals\":{\"gross_turnover\":1000,"
                 "\"net_turnover\":1000,\"tax_total\":0}}",
                 number, filler);
        batch_add(&bytes, (item){.z_number = number, .document = document});
    }
    /* Files can't grow beyond a megabyte: writing fails as on a full disk. */
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 1 << 20;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    reply refused = batch_send_coded(&fx, &bar, &bytes, NULL);
    fixture_expect(&refused, 503, "busy");
    reply_free(&refused);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 1);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    reply taken = batch_send_coded(&fx, &bar, &bytes, NULL);
    fixture_expect(&taken, 200, NULL);
    ck_assert_str_eq(reply_text(&taken, "results.38.status"), "delivered");
    reply_free(&taken);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 40);
    buffer_free(&bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reports");
    TCase *cases = tcase_create("reports");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, sent_again_gets_the_original_receipt);
    tcase_add_test(cases, the_original_bytes_are_kept);
    tcase_add_test(cases, two_originals_under_one_number_are_both_kept);
    tcase_add_test(cases, a_rebuilt_one_fills_holes_and_contradicts_nothing);
    tcase_add_test(cases, an_original_takes_the_place_of_a_rebuilt_one);
    tcase_add_test(cases, x_reports_give_way);
    tcase_add_test(cases, another_store_of_the_company_counts_it_once);
    tcase_add_test(cases, another_epoch_is_new_unless_it_is_the_same_document);
    tcase_add_test(cases, what_can_never_be_taken_is_rejected_with_the_reason);
    tcase_add_test(cases, damage_on_the_way_is_retried);
    tcase_add_test(cases, figures_that_do_not_add_up_are_taken_with_a_warning);
    tcase_add_test(cases, gaps_and_breaks_are_seen);
    tcase_add_test(cases, a_mixed_batch_gets_a_result_for_each_in_order);
    tcase_add_test(cases, a_closed_store_takes_nothing);
    tcase_add_test(cases, a_full_disk_refuses_the_whole_batch_and_loses_nothing);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
