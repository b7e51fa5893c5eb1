/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shop's day. When the next customer comes is thrown by the same dice as what they buy, so that a day of trading is
 * the same for the same seed, however fast the clock runs.
 */
#include "shop.h"

#include <inttypes.h>

#include "calendar.h"
#include "dice.h"
#include "handover.h"
#include "money.h"
#include "sale.h"
#include "till.h"

#define SHOP_MINUTES_OPEN (SHOP_CLOSES_MINUTE - SHOP_OPENS_MINUTE)

static bool shop_last_receipt(struct till *till, int64_t *number, struct fault *fault)
{
    struct period period;
    if (!receipts_get_period(&till->db, &period, fault))
        return false;
    *number = period.last_receipt_number;
    return true;
}

static bool shop_sell_at(struct till *till, int64_t sold_at_ms, struct fault *fault)
{
    struct sale sale;
    char date[CALENDAR_DATE_BYTES];
    int64_t last;
    calendar_business_date(sold_at_ms, date);
    if (!shop_last_receipt(till, &last, fault) || !stock_refresh(&till->shop.stock, &till->db, date, fault) ||
        !sale_make(&sale, &till->shop.stock, till->options->seed, last + 1, fault))
        return false;
    if (!receipts_store(&till->db, &sale, sold_at_ms, date, fault))
        return fault_prefix(fault, "receipt %" PRId64 " was not stored: ", last + 1);
    till->shop.receipts++;
    till->shop.sale_open = false;
    log_write(&till->log, POS_LOG_DEBUG, "receipt %" PRId64 ": %zu lines, %" PRId64 " cents", sale.receipt_number,
              sale.line_count, sale.gross_minor);
    return true;
}

bool shop_sell(struct till *till, int64_t count, struct fault *fault)
{
    bool ok = true;
    for (int64_t i = 0; ok && i < count; i++)
        ok = shop_sell_at(till, clock_wall_ms(&till->clock), fault);
    return ok;
}

bool shop_close(struct till *till, const struct period_override *override, bool hand_over, struct period_result *result,
                struct fault *fault)
{
    struct period_result closed;
    char money[MONEY_TEXT_BYTES];
    if (till->shop.sale_open && !shop_sell(till, 1, fault))
        return fault_prefix(fault, "a sale is open: ");
    if (!period_close(&till->db, clock_wall_ms(&till->clock), till->time_zone, override, &closed, fault))
        return fault_prefix(fault, "the day was not closed, its receipts are still there: ");
    money_format(closed.gross_minor, money);
    log_write(&till->log, POS_LOG_INFO, "closed Z %" PRId64 " of %s: %" PRId64 " receipts, %s %s", closed.z_number,
              closed.business_date, closed.receipt_count, money, till->db.currency);
    till->shop.closes++;
    till->handover.waiting = true;
    if (result != NULL)
        *result = closed;
    return hand_over ? handover_run(till, fault) : true;
}

/* How long after a receipt the next customer comes: on average, so that receipts_a_day fill the opening hours. */
static int64_t shop_gap_ms(const struct till *till, int64_t receipt_number)
{
    struct dice dice;
    int64_t mean_ms = SHOP_MINUTES_OPEN * CALENDAR_MINUTE_MS / till->shop.receipts_a_day;
    dice_seed(&dice, till->options->seed ^ 0x5A1EULL, (uint64_t)receipt_number);
    int64_t gap_seconds = (mean_ms / 1000) / 4 + (int64_t)dice_throw(&dice, (uint32_t)(mean_ms / 1000 * 3 / 2) + 1);
    return gap_seconds * 1000;
}

static void shop_plan_sale(struct till *till, int64_t after_ms, int64_t last_receipt)
{
    int64_t when_ms = after_ms + shop_gap_ms(till, last_receipt + 1);
    int32_t minute = calendar_minute_of_day(when_ms);
    if (minute < SHOP_OPENS_MINUTE || minute >= SHOP_CLOSES_MINUTE)
        when_ms = calendar_next_at(after_ms, SHOP_OPENS_MINUTE) + shop_gap_ms(till, last_receipt + 1);
    till->shop.next_sale_ms = when_ms;
}

void shop_set_trading(struct till *till, bool trading, int32_t close_at_minute, int32_t receipts_a_day)
{
    struct fault fault;
    struct shop *shop = &till->shop;
    int64_t now_ms = clock_wall_ms(&till->clock);
    int64_t last = 0;
    shop->trading = trading;
    shop->receipts_a_day = receipts_a_day;
    shop->close_at_minute = close_at_minute;
    shop->next_sale_ms = 0;
    shop->next_close_ms = close_at_minute >= 0 ? calendar_next_at(now_ms, close_at_minute) : 0;
    if (trading && shop_last_receipt(till, &last, &fault))
        shop_plan_sale(till, now_ms, last);
    else if (trading)
        log_write(&till->log, POS_LOG_ERROR, "cannot sell by itself: %s", fault.text);
}

int64_t shop_next_event_ms(const struct till *till)
{
    int64_t next_ms = INT64_MAX;
    if (till->shop.next_sale_ms != 0)
        next_ms = till->shop.next_sale_ms;
    if (till->shop.next_close_ms != 0 && till->shop.next_close_ms < next_ms)
        next_ms = till->shop.next_close_ms;
    return next_ms;
}

bool shop_run_due(struct till *till, struct fault *fault)
{
    struct shop *shop = &till->shop;
    int64_t now_ms;
    while (shop_next_event_ms(till) <= (now_ms = clock_wall_ms(&till->clock))) {
        bool close_first =
            shop->next_sale_ms == 0 || (shop->next_close_ms != 0 && shop->next_close_ms < shop->next_sale_ms);
        if (close_first) {
            shop->next_close_ms = calendar_next_at(now_ms, shop->close_at_minute);
            if (!shop_close(till, NULL, true, NULL, fault))
                return false;
            continue;
        }
        int64_t last;
        int64_t sold_at_ms = shop->next_sale_ms;
        if (!shop_sell_at(till, sold_at_ms, fault) || !shop_last_receipt(till, &last, fault))
            return false;
        /* A clock that jumped over half a day brings no crowd: who would have come meanwhile is gone. */
        shop_plan_sale(till, now_ms - sold_at_ms > CALENDAR_HOUR_MS ? now_ms : sold_at_ms, last);
    }
    return true;
}
