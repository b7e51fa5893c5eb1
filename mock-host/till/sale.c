/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes up one receipt. Every receipt throws its own dice (seed and number), so that receipt 57 is the same whether the
 * till ran through or was killed and started again after 56.
 */
#include "sale.h"

#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "money.h"

static void sale_finish_line(struct sale_line *line)
{
    line->gross_minor = line->full_minor - line->discount_minor;
    line->net_minor = money_net_of_gross(line->gross_minor, line->item.rate);
    line->tax_minor = line->gross_minor - line->net_minor;
}

static bool sale_make_line(struct sale_line *line, struct stock *stock, struct dice *dice, bool is_return,
                           uint32_t receipt_discount, struct fault *fault)
{
    static const uint32_t line_discounts[] = {5, 10, 20, 50};
    uint32_t place = stock->item_count > 0 ? dice_throw(dice, stock->item_count) : 0;
    if (!stock_pick(stock, place, &line->item, fault))
        return false;
    line->quantity =
        line->item.weighed ? 80 + (int64_t)dice_throw(dice, 2400) : 1000 * (1 + (int64_t)dice_throw(dice, 3));
    line->unit_price_minor = line->item.price_minor;
    uint32_t percent = receipt_discount;
    if (dice_chance(dice, 8))
        percent = line_discounts[dice_throw(dice, 4)];
    if (is_return) {
        line->quantity = -line->quantity;
        percent = 0;
    }
    line->full_minor = money_share(line->unit_price_minor, line->quantity, 1000);
    line->discount_minor = money_share(line->full_minor, percent, 100);
    sale_finish_line(line);
    return true;
}

/* The note or coin that a customer would hand over: the next 1, 5, 10, 20 or 50 EUR. */
static int64_t sale_cash_tendered(int64_t due_minor, struct dice *dice)
{
    static const int64_t notes_minor[] = {1, 100, 500, 1000, 2000, 5000};
    int64_t note = notes_minor[dice_throw(dice, 6)];
    return (due_minor + note - 1) / note * note;
}

static void sale_add_payment(struct sale *sale, const struct stock_tender *tender, int64_t due_minor, struct dice *dice)
{
    struct sale_payment *payment = &sale->payments[sale->payment_count++];
    payment->tender = *tender;
    if (due_minor < 0) {
        payment->out_minor = -due_minor;
        return;
    }
    payment->in_minor = due_minor;
    payment->tendered_minor = due_minor;
    if (strcmp(tender->type, "cash") == 0)
        payment->tendered_minor = sale_cash_tendered(due_minor, dice);
    payment->change_minor = payment->tendered_minor - due_minor;
}

/* One of that type, or else whatever people can pay with here. */
static const struct stock_tender *sale_tender(const struct stock *stock, const char *type)
{
    static const struct stock_tender cash = {"CASH", "cash"};
    const struct stock_tender *tender = stock_find_tender(stock, type);
    if (tender == NULL)
        tender = stock->tender_count > 0 ? &stock->tenders[0] : &cash;
    return tender;
}

static void sale_pay(struct sale *sale, const struct stock *stock, struct dice *dice)
{
    const struct stock_tender *main_tender = sale_tender(stock, dice_chance(dice, 45) ? "cash" : "card");
    const struct stock_tender *voucher = stock_find_tender(stock, "voucher");
    int64_t due_minor = sale->gross_minor;
    if (!sale->is_return && dice_chance(dice, 6) && voucher != NULL) {
        int64_t voucher_minor = due_minor < 500 ? due_minor : 500;
        sale_add_payment(sale, voucher, voucher_minor, dice);
        due_minor -= voucher_minor;
    }
    if (due_minor != 0 || sale->payment_count == 0)
        sale_add_payment(sale, main_tender, due_minor, dice);
}

bool sale_make(struct sale *sale, struct stock *stock, uint64_t seed, int64_t receipt_number, struct fault *fault)
{
    struct dice dice;
    dice_seed(&dice, seed, (uint64_t)receipt_number);
    memset(sale, 0, sizeof *sale);
    sale->receipt_number = receipt_number;
    uint32_t cashier = dice_throw(&dice, stock->cashier_count > 0 ? stock->cashier_count : 1);
    (void)snprintf(sale->cashier_id, sizeof sale->cashier_id, "%s",
                   stock->cashier_count > 0 ? stock->cashiers[cashier].id : "NONE");
    sale->is_return = dice_chance(&dice, 4);
    sale->line_count = 1 + dice_throw(&dice, sale->is_return ? 2 : SALE_LINES_MAX);
    uint32_t receipt_discount = dice_chance(&dice, 5) ? 10 : 0;
    for (size_t i = 0; i < sale->line_count; i++) {
        struct sale_line *line = &sale->lines[i];
        if (!sale_make_line(line, stock, &dice, sale->is_return, receipt_discount, fault))
            return false;
        sale->gross_minor += line->gross_minor;
        sale->net_minor += line->net_minor;
        sale->tax_minor += line->tax_minor;
    }
    sale_pay(sale, stock, &dice);
    return true;
}
