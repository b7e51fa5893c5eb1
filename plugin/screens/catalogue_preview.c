/* SPDX-License-Identifier: Apache-2.0 */
/* screens/catalogue_preview.c - what a download would change, by kind, with the first of each by name; and the second
 * question, where much would go or prices jump. */
#include "screens/catalogue_parts.h"

#include <stdio.h>

#define ROW_ID_BYTES 24
#define ROWS_MAX     60u /* at once: their words have to fit the scratch */

void catalogue_draw_unknown(draw *d, const core_catalogue_view *view)
{
    if (view->unknown > 0)
        draw_notice(d, "unknown", POS_LEVEL_WARNING,
                    draw_count(d, TEXT_CATALOGUE_UNKNOWN_KINDS, view->unknown, view->unknown_kind));
}

static void draw_kinds(draw *d, const core_catalogue_preview *preview)
{
    static const struct {
        catalogue_kind kind;
        const char *id;
    } kinds[] = {{CATALOGUE_ITEM, "change.item"},
                 {CATALOGUE_PRICE, "change.price"},
                 {CATALOGUE_DEPARTMENT, "change.department"},
                 {CATALOGUE_GROUP, "change.group"},
                 {CATALOGUE_TAX, "change.tax"},
                 {CATALOGUE_PRICE_LEVEL, "change.price_level"},
                 {CATALOGUE_PAYMENT_METHOD, "change.payment_method"},
                 {CATALOGUE_USER, "change.user"},
                 {CATALOGUE_HEAD, "change.catalogue"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const int64_t *changes = preview->changes[kinds[i].kind];
        if (changes[CHANGE_ADDED] + changes[CHANGE_CHANGED] + changes[CHANGE_REMOVED] == 0)
            continue;
        draw_text(d, kinds[i].id, catalogue_kind_word(kinds[i].kind),
                  draw_say(d, TEXT_CATALOGUE_CHANGES, draw_number(d, changes[CHANGE_ADDED]),
                           draw_number(d, changes[CHANGE_CHANGED]), draw_number(d, changes[CHANGE_REMOVED])));
    }
}

/* ---- by name ---- */

static const char *say_value(draw *d, const core_catalogue_sample *sample, const char *currency)
{
    static const text_id words[] = {[CHANGE_ADDED] = TEXT_CATALOGUE_NEW,
                                    [CHANGE_CHANGED] = TEXT_CATALOGUE_CHANGED,
                                    [CHANGE_REMOVED] = TEXT_CATALOGUE_REMOVED};
    const char *change = page_word(d->s, words[sample->change]);
    bool has_old = sample->old_minor >= 0, has_new = sample->new_minor >= 0;
    if (has_old && has_new && sample->old_minor == sample->new_minor)
        return page_word(d->s, TEXT_CATALOGUE_PRICE_DATES);
    if (has_old && has_new)
        return draw_say(d, TEXT_CATALOGUE_OLD_NEW, draw_money(d, sample->old_minor, currency),
                        draw_money(d, sample->new_minor, currency));
    if (has_old || has_new)
        return draw_say(d, TEXT_CATALOGUE_SAMPLE, change,
                        draw_money(d, has_new ? sample->new_minor : sample->old_minor, currency));
    return change;
}

static void draw_sample(draw *d, const core_catalogue_sample *sample, uint32_t index, const char *currency)
{
    char id[ROW_ID_BYTES];
    const char *help = NULL;
    (void)snprintf(id, sizeof id, "change.%u", (unsigned)index);
    if (sample->kind == CATALOGUE_PRICE)
        help = draw_say(d, TEXT_CATALOGUE_PRICE_FROM, sample->level, draw_date(d, sample->valid_from));
    draw_row(d, id,
             draw_say(d, TEXT_CATALOGUE_SAMPLE, page_word(d->s, catalogue_kind_word(sample->kind)), sample->name),
             say_value(d, sample, currency), help, false);
}

static void draw_samples(screens *s, draw *d, const core_catalogue_view *view)
{
    uint32_t first, count;
    draw_clamp_window(s, view->preview->sample_count, &first, &count);
    count = count < ROWS_MAX ? count : ROWS_MAX;
    draw_list(d, "changes", TEXT_CATALOGUE_SAMPLES, TEXT_NONE, view->preview->sample_count, first, count);
    for (uint32_t i = first; d->builder && i < first + count; i++)
        draw_sample(d, &view->preview->samples[i], i, view->cloud.currency);
}

/* ---- the second question ---- */

static void draw_questions(draw *d, const core_catalogue_preview *preview)
{
    int64_t gone = preview->changes[CATALOGUE_ITEM][CHANGE_REMOVED], had = preview->before[CATALOGUE_ITEM];
    if (10 * gone > had)
        draw_notice(d, "again.items", POS_LEVEL_ERROR,
                    draw_count(d, TEXT_CATALOGUE_ASK_ITEMS, gone, draw_number(d, had)));
    if (preview->price_jumps_up > 0)
        draw_notice(d, "again.up", POS_LEVEL_ERROR,
                    draw_count(d, TEXT_CATALOGUE_ASK_PRICES_UP, preview->price_jumps_up, NULL));
    if (preview->price_jumps_down > 0)
        draw_notice(d, "again.down", POS_LEVEL_ERROR,
                    draw_count(d, TEXT_CATALOGUE_ASK_PRICES_DOWN, preview->price_jumps_down, NULL));
}

void catalogue_draw_preview(screens *s, draw *d, const core_catalogue_view *view)
{
    bool is_second = view->phase == CATALOGUE_SECOND;
    if (d->builder)
        s->catalogue_seen = view->preview->serial;
    if (is_second)
        draw_questions(d, view->preview);
    else
        draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_CATALOGUE_PREVIEW_INTRO));
    if (view->compared_again)
        draw_notice(d, "compared_again", POS_LEVEL_WARNING, page_word(s, TEXT_CATALOGUE_COMPARED_AGAIN));
    catalogue_draw_unknown(d, view);
    draw_kinds(d, view->preview);
    if (is_second)
        draw_button(d, "catalogue.accept_again", POS_LEVEL_DANGEROUS, TEXT_CATALOGUE_APPLY_AGAIN, NULL);
    else
        draw_button(d, "catalogue.accept", POS_LEVEL_PRIMARY, TEXT_CATALOGUE_APPLY, NULL);
    draw_button_with_help(d, "catalogue.cancel", POS_LEVEL_PLAIN, TEXT_CATALOGUE_CANCEL, TEXT_CATALOGUE_CANCEL_HELP,
                          NULL);
    draw_samples(s, d, view);
}
