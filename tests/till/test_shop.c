/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in shop: the same for the same seed, and its figures add up receipt by receipt.
 */
#include <check.h>
#include <string.h>

#include "till/money.h"
#include "till/query.h"
#include "till/sale.h"
#include "till_fixture.h"

static struct till_fixture fixture;
static struct stock stock;

static void open_shop(void)
{
    till_fixture_start(&fixture);
    till_fixture_open(&fixture, NULL);
    ck_assert_msg(stock_refresh(&stock, &fixture.till.db, "2026-01-05", &fixture.fault), "%s", fixture.fault.text);
}

static void close_shop(void)
{
    stock_free(&stock);
    till_fixture_end(&fixture);
}

static void make(struct sale *sale, uint64_t seed, int64_t number)
{
    ck_assert_msg(sale_make(sale, &stock, seed, number, &fixture.fault), "%s", fixture.fault.text);
}

static uint64_t shop_digest(uint64_t seed)
{
    uint64_t digest = 0;
    for (int64_t number = 1; number <= 500; number++) {
        struct sale sale;
        make(&sale, seed, number);
        for (size_t i = 0; i < sale.line_count; i++)
            digest = digest * 1099511628211ULL + (uint64_t)sale.lines[i].gross_minor +
                     (uint64_t)sale.lines[i].quantity * 7919;
        digest = digest * 31 + (uint64_t)sale.payment_count;
    }
    return digest;
}

START_TEST(test_same_seed_same_shop)
{
    struct sale a, b;
    ck_assert_uint_eq(shop_digest(7), shop_digest(7));
    ck_assert_uint_ne(shop_digest(7), shop_digest(8));
    /* A receipt depends on its number, not on those made before it. */
    make(&a, 1, 99);
    make(&b, 1, 3);
    make(&b, 1, 99);
    ck_assert_uint_eq(a.line_count, b.line_count);
    ck_assert_int_eq(a.gross_minor, b.gross_minor);
    ck_assert_int_eq(a.payments[0].tendered_minor, b.payments[0].tendered_minor);
    for (size_t i = 0; i < a.line_count; i++)
        ck_assert(strcmp(a.lines[i].item.id, b.lines[i].item.id) == 0 && a.lines[i].quantity == b.lines[i].quantity);
}
END_TEST

/* Pins the dice: a change of theirs would silently change every script that counts on figures. */
START_TEST(test_known_receipt)
{
    struct sale sale;
    make(&sale, 1, 1);
    ck_assert_uint_eq(sale.line_count, 5);
    ck_assert_int_eq(sale.gross_minor, 4024);
}
END_TEST

START_TEST(test_receipts_add_up)
{
    int64_t returns = 0, discounts = 0, weighed = 0;
    for (int64_t number = 1; number <= 5000; number++) {
        struct sale sale;
        int64_t gross = 0, net = 0, paid = 0;
        make(&sale, 42, number);
        for (size_t i = 0; i < sale.line_count; i++) {
            const struct sale_line *line = &sale.lines[i];
            ck_assert_int_eq(line->gross_minor, line->full_minor - line->discount_minor);
            ck_assert_int_eq(line->gross_minor, line->net_minor + line->tax_minor);
            ck_assert(sale.is_return ? line->gross_minor <= 0 && line->discount_minor == 0 : line->gross_minor >= 0);
            gross += line->gross_minor;
            net += line->net_minor;
            discounts += line->discount_minor != 0;
            weighed += line->quantity % 1000 != 0;
        }
        for (size_t i = 0; i < sale.payment_count; i++) {
            const struct sale_payment *payment = &sale.payments[i];
            paid += payment->in_minor - payment->out_minor;
            ck_assert_int_eq(payment->in_minor, payment->tendered_minor - payment->change_minor);
            ck_assert_int_ge(payment->change_minor, 0);
        }
        ck_assert_int_eq(gross, sale.gross_minor);
        ck_assert_int_eq(net, sale.net_minor);
        ck_assert_int_eq(paid, sale.gross_minor);
        returns += sale.is_return;
    }
    ck_assert_int_gt(returns, 100);
    ck_assert_int_gt(discounts, 1000);
    ck_assert_int_gt(weighed, 1000);
}
END_TEST

START_TEST(test_rounding_is_the_same_both_ways)
{
    char text[MONEY_TEXT_BYTES];
    for (int64_t amount = 0; amount < 3000; amount++) {
        ck_assert_int_eq(money_net_of_gross(-amount, 2100), -money_net_of_gross(amount, 2100));
        ck_assert_int_eq(money_share(-amount, 1, 8), -money_share(amount, 1, 8));
    }
    ck_assert_int_eq(money_net_of_gross(121, 2100), 100);
    ck_assert_int_eq(money_share(5, 1, 2), 3);
    ck_assert_int_eq(money_share(-5, 1, 2), -3);
    money_format(-5, text);
    ck_assert_str_eq(text, "-0.05");
    money_format(123456, text);
    ck_assert_str_eq(text, "1234.56");
}
END_TEST

START_TEST(test_catalogue_is_sound)
{
    struct stock_item item;
    sqlite3_stmt *row =
        query_open(fixture.till.db.sqlite, &fixture.fault, "SELECT barcode FROM catalogue_barcodes", "");
    ck_assert_ptr_nonnull(row);
    ck_assert_uint_eq(stock.item_count, 36);
    for (uint32_t i = 0; i < stock.item_count; i++) {
        int sum = 0;
        ck_assert_int_eq(query_next(row, &fixture.fault), 1);
        const char *barcode = (const char *)sqlite3_column_text(row, 0);
        ck_assert_uint_eq(strlen(barcode), 13);
        for (int d = 0; d < 13; d++)
            sum += (barcode[d] - '0') * (d % 2 == 0 ? 1 : 3);
        ck_assert_int_eq(sum % 10, 0);
        ck_assert(stock_pick(&stock, i, &item, &fixture.fault));
        ck_assert_str_eq(item.id, stock.item_keys[i] + 1); /* itself: each of them can be sold */
        ck_assert_int_gt(item.price_minor, 0);
        ck_assert(item.rate == 2100 || item.rate == 1000 || item.rate == 400);
    }
    ck_assert_int_eq(query_next(row, &fixture.fault), 0);
    (void)sqlite3_finalize(row);
    ck_assert_uint_eq(stock.cashier_count, 3);
    ck_assert_str_eq(stock_find_tender(&stock, "voucher")->id, "VOUCHER");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shop");
    TCase *tests = tcase_create("shop");
    tcase_add_checked_fixture(tests, open_shop, close_shop);
    tcase_add_test(tests, test_same_seed_same_shop);
    tcase_add_test(tests, test_known_receipt);
    tcase_add_test(tests, test_receipts_add_up);
    tcase_add_test(tests, test_rounding_is_the_same_both_ways);
    tcase_add_test(tests, test_catalogue_is_sound);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
