/* SPDX-License-Identifier: Apache-2.0 */
/* screens/catalogue_outcome.c - how a download, an upload or an undo ended, and what is wrong with which line. */
#include "screens/catalogue_parts.h"
#include "screens/failure.h"

/* ---- a line that cannot be used ---- */

static const text_id faults[] = {
    [CATALOGUE_FINE] = TEXT_CATALOGUE_FAULT_TOLD,
    [CATALOGUE_BAD_JSON] = TEXT_CATALOGUE_FAULT_JSON,
    [CATALOGUE_BAD_LENGTH] = TEXT_CATALOGUE_FAULT_LENGTH,
    [CATALOGUE_BAD_KIND] = TEXT_CATALOGUE_FAULT_KIND,
    [CATALOGUE_BAD_ID] = TEXT_CATALOGUE_FAULT_ID,
    [CATALOGUE_BAD_NAME] = TEXT_CATALOGUE_FAULT_NAME,
    [CATALOGUE_BAD_AMOUNT] = TEXT_CATALOGUE_FAULT_AMOUNT,
    [CATALOGUE_BAD_RATE] = TEXT_CATALOGUE_FAULT_RATE,
    [CATALOGUE_BAD_DATE] = TEXT_CATALOGUE_FAULT_DATE,
    [CATALOGUE_BAD_DATES] = TEXT_CATALOGUE_FAULT_DATES,
    [CATALOGUE_BAD_CURRENCY] = TEXT_CATALOGUE_FAULT_CURRENCY,
    [CATALOGUE_BAD_SCHEMA] = TEXT_CATALOGUE_FAULT_SCHEMA,
    [CATALOGUE_BAD_SECRET] = TEXT_CATALOGUE_FAULT_SECRET,
    [CATALOGUE_BAD_MEMBER] = TEXT_CATALOGUE_FAULT_MEMBER,
    [CATALOGUE_NO_MEMORY] = TEXT_CATALOGUE_FAIL_MEMORY_TEXT,
    [CATALOGUE_BAD_ORDER] = TEXT_CATALOGUE_FAULT_ORDER,
    [CATALOGUE_TWICE] = TEXT_CATALOGUE_FAULT_TWICE,
    [CATALOGUE_NO_HEAD] = TEXT_CATALOGUE_FAULT_NO_HEAD,
    [CATALOGUE_OTHER_CURRENCY] = TEXT_CATALOGUE_FAULT_OTHER_CURRENCY,
    [CATALOGUE_TOO_MANY] = TEXT_CATALOGUE_FAULT_TOO_MANY,
    [CATALOGUE_BAD_REFERENCE] = TEXT_CATALOGUE_FAULT_REFERENCE,
    [CATALOGUE_PRICE_ALONE] = TEXT_CATALOGUE_FAULT_PRICE_ALONE,
    [CATALOGUE_CIRCLE] = TEXT_CATALOGUE_FAULT_CIRCLE,
    [CATALOGUE_REMOVED_IN_WHOLE] = TEXT_CATALOGUE_FAULT_REMOVED,
    [CATALOGUE_BAD_KEY] = TEXT_CATALOGUE_FAULT_KEY,
};

static const char *say_where(draw *d, const core_catalogue_line *line)
{
    const char *kind = page_word(d->s, catalogue_kind_word(line->kind));
    const char *number = draw_number(d, line->number);
    if (line->id[0] && line->name[0])
        return draw_say(d, TEXT_CATALOGUE_WHERE_NAME, kind, line->name, line->id, number);
    if (line->id[0])
        return draw_say(d, TEXT_CATALOGUE_WHERE_ID, kind, line->id, number);
    return draw_say(d, TEXT_CATALOGUE_WHERE_ENTRY, number);
}

static const char *say_line(draw *d, text_id frame, const core_catalogue_view *view)
{
    const char *what = draw_say(d, faults[view->line.fault], view->line.member);
    return draw_say(d, frame, say_where(d, &view->line), what);
}

static const char *say_host(draw *d, const core_catalogue_view *view)
{
    const char *why = view->host_reason[0]                ? view->host_reason
                      : view->host_code == POS_E_NO_SPACE ? page_word(d->s, TEXT_CATALOGUE_FAIL_HOST_FULL)
                                                          : page_word(d->s, TEXT_CATALOGUE_FAIL_HOST_OTHER);
    return draw_say(d, TEXT_CATALOGUE_FAIL_HOST_TEXT, why);
}

/* ---- all of them ---- */

static const char *say_failure(draw *d, const core_catalogue_view *view)
{
    screens *s = d->s;
    switch (view->failure) {
    case CATALOGUE_FAIL_LINE:
        return say_line(d, TEXT_CATALOGUE_FAIL_LINE_TEXT, view);
    case CATALOGUE_FAIL_LOCAL_LINE:
        return say_line(d, TEXT_CATALOGUE_FAIL_LOCAL_TEXT, view);
    case CATALOGUE_FAIL_PAGE:
        return page_word(s, TEXT_CATALOGUE_FAIL_PAGE_TEXT);
    case CATALOGUE_FAIL_COUNTS:
        return page_word(s, TEXT_CATALOGUE_FAIL_COUNTS_TEXT);
    case CATALOGUE_FAIL_BACKWARDS:
        return page_word(s, TEXT_CATALOGUE_FAIL_BACKWARDS_TEXT);
    case CATALOGUE_FAIL_RESTLESS:
        return page_word(s, TEXT_CATALOGUE_FAIL_RESTLESS_TEXT);
    case CATALOGUE_FAIL_HOST:
        return say_host(d, view);
    case CATALOGUE_FAIL_STORE:
        return page_word(s, TEXT_CATALOGUE_FAIL_STORE_TEXT);
    case CATALOGUE_FAIL_SALE:
        return page_word(s, TEXT_CATALOGUE_SALE_FIRST);
    case CATALOGUE_FAIL_NO_UNDO:
        return page_word(s, TEXT_CATALOGUE_FAIL_NO_UNDO_TEXT);
    case CATALOGUE_FAIL_MEMORY:
        return page_word(s, TEXT_CATALOGUE_FAIL_MEMORY_TEXT);
    case CATALOGUE_FAIL_NONE:
    case CATALOGUE_FAIL_CLOUD:
        break;
    }
    return draw_say(d, TEXT_CATALOGUE_FAIL_CLOUD_TEXT, page_word(s, failure_find_text(&view->verdict)));
}

void catalogue_draw_outcome(draw *d, const core_catalogue_view *view)
{
    static const struct {
        uint32_t level;
        text_id text;
    } ends[] = {[CATALOGUE_TAKEN] = {POS_LEVEL_INFO, TEXT_CATALOGUE_DONE_TAKEN},
                [CATALOGUE_SAME] = {POS_LEVEL_INFO, TEXT_CATALOGUE_DONE_SAME},
                [CATALOGUE_EMPTY] = {POS_LEVEL_WARNING, TEXT_CATALOGUE_DONE_EMPTY},
                [CATALOGUE_UNDONE] = {POS_LEVEL_INFO, TEXT_CATALOGUE_DONE_UNDONE},
                [CATALOGUE_UPLOADED] = {POS_LEVEL_INFO, TEXT_CATALOGUE_DONE_UPLOADED},
                [CATALOGUE_KEPT] = {POS_LEVEL_INFO, TEXT_CATALOGUE_DONE_KEPT},
                [CATALOGUE_CANCELLED] = {POS_LEVEL_INFO, TEXT_CATALOGUE_DONE_CANCELLED},
                [CATALOGUE_INTERRUPTED] = {POS_LEVEL_WARNING, TEXT_CATALOGUE_DONE_INTERRUPTED}};
    if (view->outcome == CATALOGUE_NOTHING)
        return;
    if (view->outcome == CATALOGUE_FAILED) {
        draw_notice(d, "outcome", POS_LEVEL_ERROR, say_failure(d, view));
        if (view->failure == CATALOGUE_FAIL_LOCAL_LINE && view->line.fault == CATALOGUE_FINE && *view->verdict.detail)
            draw_text(d, "outcome.detail", TEXT_ITEM_DETAIL, view->verdict.detail); /* in English, whoever reads it */
        return;
    }
    draw_notice(d, "outcome", ends[view->outcome].level, page_word(d->s, ends[view->outcome].text));
    if (view->outcome == CATALOGUE_TAKEN || view->outcome == CATALOGUE_UPLOADED)
        catalogue_draw_unknown(d, view);
}
