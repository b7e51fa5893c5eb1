/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/item.c - one report of the queue: what it is, how it stands, why, and what the owner can do.
 *
 * Screen `status.item`. Texts only: report, business_date, closed_at, store, size, grand_total, state, reason, advice,
 * attempts, next_try, code, detail.
 */
#include "screens/row.h"

static void draw_report(screens *s, draw *d, const core_row *row)
{
    draw_text(d, "report", TEXT_ITEM_REPORT, row_say_name(d, row));
    if (!row->readable || row->state == STATE_DAMAGED) /* of a damaged record only its name is sure */
        return;
    draw_text(d, "kind", TEXT_ITEM_KIND, page_word(s, row->kind == POS_REPORT_X ? TEXT_KIND_X : TEXT_KIND_Z));
    draw_text(d, "business_date", TEXT_ITEM_DATE, draw_date(d, row->business_date));
    draw_text(d, "closed_at", TEXT_ITEM_CLOSED, draw_moment(d, row->closed_at_ms));
    draw_text(d, "store", TEXT_MAIN_STORE, *row->store_name ? row->store_name : page_word(s, TEXT_ROW_NO_STORE));
    draw_text(d, "size", TEXT_ITEM_SIZE, draw_bytes(d, row->size_bytes));
    draw_text(d, "grand_total", TEXT_ITEM_GRAND_TOTAL, draw_money(d, row->grand_total_minor, row->currency));
    if (row->epoch > 0)
        draw_text(d, "epoch", TEXT_ITEM_EPOCH,
                  draw_say(d, TEXT_ITEM_EPOCH_HELP, draw_number(d, (int64_t)row->epoch + 1)));
}

static void draw_item(screens *s, draw *d)
{
    core_row row;
    if (!core_get_item(s->core, s->now, s->item_id, s->item_kept, &row)) {
        draw_notice(d, "gone", POS_LEVEL_INFO, page_word(s, TEXT_ITEM_GONE));
        return;
    }
    draw_report(s, d, &row);
    draw_text(d, "state", TEXT_ITEM_STATE, row_say_state(d, &row));
    draw_text(d, "reason", TEXT_ITEM_REASON, row_say_reason(d, &row));
    draw_text(d, "advice", TEXT_ITEM_ADVICE, page_word(s, row_find_advice(&row)));
    if (row.attempts > 0)
        draw_text(d, "attempts", TEXT_ITEM_ATTEMPTS, draw_number(d, row.attempts));
    if (row.next_try_in_ms > 0)
        draw_text(d, "next_try", TEXT_NEXT_TRY, draw_say(d, TEXT_IN_TIME, draw_wait(d, row.next_try_in_ms)));
    if (row.state == STATE_REJECTED) {
        draw_text(d, "code", TEXT_ITEM_CODE, row.code);
        draw_text(d, "detail", TEXT_ITEM_DETAIL, row.detail);
    }
}

const page page_item = {.id = "status.item", .title = TEXT_ITEM_TITLE, .draw = draw_item};
