/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes up one receipt. Every receipt throws its own dice (seed and number), so that receipt 57 is the same whether the
 * till ran through or was killed and started again after 56.
 */
#include "sale.h"

#include <string.h>

#include "dice.h"
#include "money.h"

static void sale_finish_line(struct sale_line *line)
{
    line->gross_minor = line->full_minor - line->discount_minor;
    line->net_minor = money_net_of_gross(line->gross_minor, line->item->tax->rate);
    line->tax_minor = line->gross_minor - line->net_minor;
}

static void sale_make_line(struct sale_line *line, struct dice *dice, bool is_return, uint32_t receipt_discount)
{
    static const uint32_t line_discounts[] = {5, 10, 20, 50};
    line->item = &catalogue_items[dice_throw(dice, (uint32_t)catalogue_item_count)];
    line->quantity =
        line->item->weighed ? 80 + (int64_t)dice_throw(dice, 2400) : 1000 * (1 + (int64_t)dice_throw(dice, 3));
    line->unit_price_minor = line->item->price_minor;
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
}

/* The note or coin that a customer would hand over: the next 1, 5, 10, 20 or 50 EUR. */
static int64_t sale_cash_tendered(int64_t due_minor, struct dice *dice)
{
    static const int64_t notes_minor[] = {1, 100, 500, 1000, 2000, 5000};
    int64_t note = notes_minor[dice_throw(dice, 6)];
    return (due_minor + note - 1) / note * note;
}

static void sale_add_payment(struct sale *sale, const struct catalogue_tender *tender, int64_t due_minor,
                             struct dice *dice)
{
    struct sale_payment *payment = &sale->payments[sale->payment_count++];
    payment->tender = tender;
    if (due_minor < 0) {
        payment->out_minor = -due_minor;
        return;
    }
    payment->in_minor = due_minor;
    payment->tendered_minor = due_minor;
    if (tender == &catalogue_tenders[CATALOGUE_CASH])
        payment->tendered_minor = sale_cash_tendered(due_minor, dice);
    payment->change_minor = payment->tendered_minor - due_minor;
}

static void sale_pay(struct sale *sale, struct dice *dice)
{
    const struct catalogue_tender *main_tender =
        &catalogue_tenders[dice_chance(dice, 45) ? CATALOGUE_CASH : CATALOGUE_CARD];
    int64_t due_minor = sale->gross_minor;
    if (!sale->is_return && dice_chance(dice, 6)) {
        int64_t voucher_minor = due_minor < 500 ? due_minor : 500;
        sale_add_payment(sale, &catalogue_tenders[CATALOGUE_VOUCHER], voucher_minor, dice);
        due_minor -= voucher_minor;
    }
    if (due_minor != 0 || sale->payment_count == 0)
        sale_add_payment(sale, main_tender, due_minor, dice);
}

void sale_make(struct sale *sale, uint64_t seed, int64_t receipt_number)
{
    struct dice dice;
    dice_seed(&dice, seed, (uint64_t)receipt_number);
    memset(sale, 0, sizeof *sale);
    sale->receipt_number = receipt_number;
    sale->cashier = &catalogue_cashiers[dice_throw(&dice, (uint32_t)catalogue_cashier_count)];
    sale->is_return = dice_chance(&dice, 4);
    sale->line_count = 1 + dice_throw(&dice, sale->is_return ? 2 : SALE_LINES_MAX);
    uint32_t receipt_discount = dice_chance(&dice, 5) ? 10 : 0;
    for (size_t i = 0; i < sale->line_count; i++) {
        struct sale_line *line = &sale->lines[i];
        sale_make_line(line, &dice, sale->is_return, receipt_discount);
        sale->gross_minor += line->gross_minor;
        sale->net_minor += line->net_minor;
        sale->tax_minor += line->tax_minor;
    }
    sale_pay(sale, &dice);
}
