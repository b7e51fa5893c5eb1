/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a catalogue means for the shop: what is sold and at which price, in which currency, and where a new till's comes
 * from. Beside it the other switches of the till: its setup wizard and its licence.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_shop.h"
#include "till/catalogue.h"

static void expect_refused(uint32_t mode, const char *const *lines, const char *words)
{
    char reason[256] = "";
    ck_assert_int_eq(c->stage_begin(c->ctx, mode), POS_OK);
    int32_t result = catalogue_bench_add(c, lines, reason);
    if (result == POS_OK)
        result = c->swap(c->ctx, "x", reason, sizeof reason);
    ck_assert_int_eq(result, POS_E_FAILED);
    ck_assert_msg(strstr(reason, words) != NULL, "\"%s\" lacks \"%s\"", reason, words);
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
}

/* What is sold after a swap is what came with it, at the prices that are in force that day. */
START_TEST(test_sold_by)
{
    static const char *const shop[] = {
        BENCH_HEAD,
        BENCH_TAX,
        "{\"kind\":\"payment_method\",\"payment_method_id\":\"BITS\",\"name\":\"Bits\",\"type\":\"other\"}",
        "{\"kind\":\"price_level\",\"price_level_id\":\"0\",\"name\":\"First\",\"tax_included\":false}",
        BENCH_LEVEL,
        BENCH_DEPT("D"),
        "{\"kind\":\"user\",\"user_id\":\"u7\",\"name\":\"Uma\",\"status\":\"active\"}",
        BENCH_ITEM("1", "At the second level only", "D", ""),
        BENCH_PRICE("1", "100"),
        BENCH_ITEM("2", "Not yet, and no more", "D", ""),
        BENCH_PRICE_OF("2", "0", "1", "2020-01-01", "\"2026-01-04\""),
        BENCH_PRICE_OF("2", "0", "2", "2026-01-06", "null"),
        BENCH_ITEM("3", "Sold", "D", ""),
        BENCH_PRICE_OF("3", "0", "900", "2020-01-01", "null"),
        BENCH_PRICE_OF("3", "0", "1000", "2026-01-05", "null"),
        BENCH_PRICE_OF("3", "0", "1100", "2026-01-07", "null"),
        NULL};
    catalogue_bench_swap(c, POS_STAGE_WHOLE, shop, "shop");
    script("sell 20");
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM lines WHERE item_id <> '3' OR rate <> 1000 OR"
                                                " department_id <> 'D' OR unit_price_minor <> 1100"),
                     0); /* 10.00 without its tax of 10 % */
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM payments WHERE tender_id <> 'BITS' OR"
                                                " tender_type <> 'other'"),
                     0);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM receipts WHERE cashier_id <> 'u7'"), 0);
    script("close\nat 2026-01-06T10:00\nsell 20\nat 2026-01-07T10:00");
    ck_assert_int_gt(till_fixture_ask(&fixture, "SELECT count(*) FROM lines WHERE item_id = '2'"), 0);
    script("price 3 2000\nsell 20\nclose");
    ck_assert_int_gt(till_fixture_ask(&fixture, "SELECT count(*) FROM lines WHERE unit_price_minor = 2200"), 0);
    till_fixture_recount(&fixture);
    script("item remove 3\nitem remove 2");
    ck_assert_int_eq(till_fixture_script(&fixture, "sell", NULL, 0), RUN_FAILED);
    ck_assert_ptr_nonnull(strstr(fixture.fault.text, "nothing can be sold"));
    script("item add 4 Plum D 55\nsell 3\nexpect-catalogue \"item 4 Plum, D, T\"\nexpect-catalogue 0.55");
}
END_TEST

/* The same seed sells the same, download or not, as long as the catalogue is the same. */
START_TEST(test_undo_is_as_if_nothing_was)
{
    static const char *const one[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", ""), BENCH_PRICE("1", "7"), NULL};
    script("sell 30");
    int64_t before = till_fixture_ask(&fixture, "SELECT sum(gross_minor * receipt_number) FROM receipts");
    teardown();
    setup();
    script("sell 10");
    catalogue_bench_swap(c, POS_STAGE_WHOLE, one, "one");
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_OK);
    script("sell 20");
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT sum(gross_minor * receipt_number) FROM receipts"), before);
}
END_TEST

START_TEST(test_currency)
{
    static const char *const pounds[] = {
        "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"uk\",\"currency\":\"GBP\"}",
        BENCH_LEVEL, BENCH_ITEM("1", "One", "D", ""), BENCH_PRICE("1", "7"), NULL};
    static const char *const euros[] = {BENCH_FEW, NULL};
    catalogue_bench_swap(c, POS_STAGE_WHOLE, pounds, "uk");
    ck_assert_str_eq(fixture.till.db.currency, "GBP");
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_OK);
    ck_assert_str_eq(fixture.till.db.currency, "EUR");
    catalogue_bench_swap(c, POS_STAGE_WHOLE, pounds, "uk");
    script("sell\nclose");
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM closed_reports WHERE currency = 'GBP'"
                                                " AND CAST(document AS TEXT) ->> '$.currency' = 'GBP'"),
                     1);
    expect_refused(POS_STAGE_WHOLE, euros, "in EUR, and this till has sold in GBP");
}
END_TEST

/* ---- setup, licence, the first start ---- */

START_TEST(test_setup_and_licence)
{
    const pos_host *host = &fixture.till.host.abi;
    const pos_setup *wizard = host->get_extension(host->ctx, POS_SETUP_1);
    const pos_licence *licence = host->get_extension(host->ctx, POS_LICENCE_1);
    ck_assert(wizard != NULL && licence != NULL);
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 1);
    ck_assert_int_eq(licence->property(licence->ctx, POS_LICENCE_CATALOGUE_UPLOAD), 0);
    script("wizard reopen\nlicence catalogue-upload on\nlicence other off");
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 0);
    ck_assert_int_eq(licence->property(licence->ctx, POS_LICENCE_CATALOGUE_UPLOAD), 1);
    ck_assert_int_eq(licence->property(licence->ctx, "other"), 0);
    restart();
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 0);
    ck_assert_int_eq(licence->property(licence->ctx, POS_LICENCE_CATALOGUE_UPLOAD), 1);
    script("wizard finish\nlicence catalogue-upload off");
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 1);
    ck_assert_int_eq(licence->property(licence->ctx, POS_LICENCE_CATALOGUE_UPLOAD), 0);
    fixture.options.wizard = OPTIONS_WIZARD_OPEN;
    restart();
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 0);
    fixture.options.wizard = OPTIONS_WIZARD_FINISHED;
    restart();
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 1);
}
END_TEST

static bool open_with_file(const char *text)
{
    static char path[128];
    bool plugin_failed;
    struct till_source source = {0};
    till_fixture_write(&fixture, "catalogue.ndjson", text, path);
    fixture.options.catalogue = path;
    fixture.is_open = till_open(&fixture.till, &fixture.options, &source, false, &plugin_failed, &fixture.fault);
    return fixture.is_open;
}

START_TEST(test_catalogue_from_a_file)
{
    till_fixture_start(&fixture);
    ck_assert(!open_with_file(BENCH_PRICE("x", "-5") "\n"));
    ck_assert_msg(strstr(fixture.fault.text, "catalogue.ndjson:1: \"amount\"") != NULL, "%s", fixture.fault.text);
    ck_assert(!open_with_file(BENCH_TAX "\n"));
    ck_assert_msg(strstr(fixture.fault.text, "\"catalogue\"") != NULL, "%s", fixture.fault.text);
    ck_assert(!open_with_file(BENCH_HEAD "\n" BENCH_TAX "\n" BENCH_TAX "\n"));
    ck_assert_msg(strstr(fixture.fault.text, "T is there twice") != NULL, "%s", fixture.fault.text);
    ck_assert(
        !open_with_file(BENCH_HEAD "\n" BENCH_ITEM("b", "B", "D", "\"1\"") "\n" BENCH_ITEM("a", "A", "D", "\"1\"")));
    ck_assert_msg(strstr(fixture.fault.text, "two items have the barcode 1: a and b") != NULL, "%s",
                  fixture.fault.text);
    /* In any order; from then on it is the till's own. */
    ck_assert_msg(
        open_with_file(BENCH_PRICE("b", "5") "\n" BENCH_ITEM("b", "B", "D", "") "\n" BENCH_LEVEL "\n" BENCH_HEAD "\n"),
        "%s", fixture.fault.text);
    c = &fixture.till.host.catalogue.abi;
    char *lines = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    ck_assert_str_eq(lines, "0 " BENCH_HEAD "\n31 " BENCH_LEVEL
                            "\n7b " BENCH_ITEM("b", "B", "D", "") "\n"
                                                                  "7b|1|2020-01-01 " BENCH_PRICE("b", "5") "\n");
    free(lines);
    script("sell 5\nprice b 6");
    fixture.options.catalogue = "/nonexistent";
    restart();
    script("expect-catalogue 0.06");
    till_fixture_end(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("what is sold");
    TCase *tests = tcase_create("what is sold");
    TCase *first = tcase_create("first start");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_sold_by);
    tcase_add_test(tests, test_undo_is_as_if_nothing_was);
    tcase_add_test(tests, test_currency);
    tcase_add_test(tests, test_setup_and_licence);
    tcase_add_test(first, test_catalogue_from_a_file);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, first);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
