/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/item.c - one report of the queue: what it is, how it stands, why, and what the owner can do.
 *
 * Screen `status.item`. Texts only: report, business_date, closed_at, store, size, grand_total, state, reason, advice,
 * attempts, next_try, code, detail. Button item.export, where the host can save files and the report does not simply go
 * by itself. Nothing here removes anything.
 */
#include "screens/row.h"

#define PLACE_BYTES 1000 /* where a file was saved, in the host's words */

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

/* What the owner may have to show to somebody. What goes by itself is nobody's business yet. */
static bool can_be_exported(const screens *s, const core_row *row)
{
    bool has_bytes = !row->readable || row->size_bytes > 0;
    return core_can_export(s->core) && row->kind == POS_REPORT_Z && row->state != STATE_WAITING &&
           row->state != STATE_SENDING && has_bytes;
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
    if (can_be_exported(s, &row))
        draw_button_with_help(d, "item.export", POS_LEVEL_PLAIN, TEXT_EXPORT, TEXT_EXPORT_HELP, NULL);
}

static text_id explain_export(int32_t result)
{
    switch (result) {
    case POS_E_NO_SPACE:
        return TEXT_EXPORT_NO_SPACE;
    case POS_E_UNSUPPORTED:
        return TEXT_EXPORT_NOWHERE;
    case POS_E_CORRUPT:
        return TEXT_EXPORT_UNREADABLE;
    case POS_E_NOT_FOUND:
        return TEXT_ITEM_GONE;
    default:
        return TEXT_EXPORT_FAILED;
    }
}

static void act_item(screens *s, const char *action, const form *f)
{
    char place[PLACE_BYTES];
    (void)action;
    (void)f;
    int32_t result = core_export_item(s->core, s->now, s->item_id, s->item_kept, place, sizeof place);
    if (result == POS_OK)
        page_notice(s, POS_LEVEL_INFO, TEXT_EXPORTED, place, NULL);
    else
        page_notice(s, POS_LEVEL_ERROR, explain_export(result), NULL, NULL);
}

const page page_item = {.id = "status.item", .title = TEXT_ITEM_TITLE, .draw = draw_item, .act = act_item};
