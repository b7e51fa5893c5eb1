/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shop.h - what happens in the shop: sales, closes, and the opening hours that make them happen by themselves.
 */
#ifndef TILL_SHOP_H
#define TILL_SHOP_H

#include "period.h"
#include "receipts.h"
#include "stock.h"

struct till;

#define SHOP_OPENS_MINUTE  (9 * 60)
#define SHOP_CLOSES_MINUTE (20 * 60)
#define SHOP_CLOSE_MINUTE  (20 * 60 + 30) /* the daily close of a day of trading, unless preset */

struct shop {
    struct stock stock;
    bool sale_open;          /* a customer is at the till: no other catalogue now. The next receipt is that sale */
    bool trading;            /* sells by itself */
    int32_t close_at_minute; /* -1: never by itself */
    int32_t receipts_a_day;
    int64_t next_sale_ms; /* wall; 0: none planned */
    int64_t next_close_ms;
    int64_t closes;               /* since the till was opened */
    int64_t receipts;             /* likewise */
    int64_t running_taken;        /* X reports that the plugin took */
    int64_t last_running_receipt; /* newest receipt in the last of them; forgotten when the plugin starts anew */
};

/* Rings up `count` receipts now. */
bool shop_sell(struct till *till, int64_t count, struct fault *fault);

/* Closes the day and hands it over. `result` may be NULL. */
bool shop_close(struct till *till, const struct period_override *override, bool hand_over, struct period_result *result,
                struct fault *fault);

/* Starts or ends selling by itself, and the close of each day (-1: none). Plans from now on. */
void shop_set_trading(struct till *till, bool trading, int32_t close_at_minute, int32_t receipts_a_day);

/* Wall time of what the shop does next by itself; INT64_MAX: nothing. */
int64_t shop_next_event_ms(const struct till *till);

/* Does what is due. */
bool shop_run_due(struct till *till, struct fault *fault);

/* The till's running figures for pos.reports/1; ctx is the struct till. */
int32_t shop_take_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx);

#endif
