/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in shop: the same for the same seed, and its figures add up receipt by receipt.
 */
#include <check.h>
#include <string.h>

#include "till/money.h"
#include "till/sale.h"

static uint64_t shop_digest(uint64_t seed)
{
    uint64_t digest = 0;
    for (int64_t number = 1; number <= 500; number++) {
        struct sale sale;
        sale_make(&sale, seed, number);
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
    sale_make(&a, 1, 99);
    sale_make(&b, 1, 3);
    sale_make(&b, 1, 99);
    ck_assert_uint_eq(a.line_count, b.line_count);
    ck_assert_int_eq(a.gross_minor, b.gross_minor);
    ck_assert_int_eq(a.payments[0].tendered_minor, b.payments[0].tendered_minor);
    for (size_t i = 0; i < a.line_count; i++)
        ck_assert(a.lines[i].item == b.lines[i].item && a.lines[i].quantity == b.lines[i].quantity);
}
END_TEST

/* Pins the dice: a change of theirs would silently change every script that counts on figures. */
START_TEST(test_known_receipt)
{
    struct sale sale;
    sale_make(&sale, 1, 1);
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
        sale_make(&sale, 42, number);
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
    for (size_t i = 0; i < catalogue_item_count; i++) {
        const struct catalogue_item *item = &catalogue_items[i];
        int sum = 0;
        ck_assert_uint_eq(strlen(item->barcode), 13);
        for (int d = 0; d < 13; d++)
            sum += (item->barcode[d] - '0') * (d % 2 == 0 ? 1 : 3);
        ck_assert_int_eq(sum % 10, 0);
        ck_assert_int_gt(item->price_minor, 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(item->id, catalogue_items[j].id);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shop");
    TCase *tests = tcase_create("shop");
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
