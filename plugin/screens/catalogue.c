/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/catalogue.c - Synchronize configuration data: how things stand, download, upload, undo; then what is under way,
 * the preview or the question of it, and how it ended. One page: it shows what the core is at, and may be left.
 *
 * Screen `catalogue`. At rest: notice outcome; texts outcome.detail, intro, here, taken; buttons catalogue.download,
 * catalogue.upload (while it is allowed), catalogue.undo (while it is possible), catalogue.seen. Under way: progress
 * `progress`; notices sale, waiting; text leave; button catalogue.cancel. Preview: texts change.KIND, list changes,
 * notices again.*, buttons catalogue.accept or catalogue.accept_again, catalogue.cancel. Decision: texts here, there;
 * buttons catalogue.replace, catalogue.keep, catalogue.cancel.
 */
#include "screens/catalogue_parts.h"
#include "screens/failure.h"

#include <string.h>

text_id catalogue_kind_word(catalogue_kind kind)
{
    static const text_id words[] = {[CATALOGUE_HEAD] = TEXT_CATALOGUE_KIND_HEAD,
                                    [CATALOGUE_TAX] = TEXT_CATALOGUE_KIND_TAX,
                                    [CATALOGUE_PAYMENT_METHOD] = TEXT_CATALOGUE_KIND_PAYMENT_METHOD,
                                    [CATALOGUE_PRICE_LEVEL] = TEXT_CATALOGUE_KIND_PRICE_LEVEL,
                                    [CATALOGUE_DEPARTMENT] = TEXT_CATALOGUE_KIND_DEPARTMENT,
                                    [CATALOGUE_GROUP] = TEXT_CATALOGUE_KIND_GROUP,
                                    [CATALOGUE_USER] = TEXT_CATALOGUE_KIND_USER,
                                    [CATALOGUE_ITEM] = TEXT_CATALOGUE_KIND_ITEM,
                                    [CATALOGUE_PRICE] = TEXT_CATALOGUE_KIND_PRICE};
    return kind < CATALOGUE_KINDS ? words[kind] : TEXT_CATALOGUE_KIND_OTHER;
}

const char *catalogue_say_counts(draw *d, const int64_t counts[CATALOGUE_KINDS])
{
    static const struct {
        catalogue_kind kind;
        text_id words;
    } kinds[] = {{CATALOGUE_ITEM, TEXT_CATALOGUE_ITEMS},
                 {CATALOGUE_PRICE, TEXT_CATALOGUE_PRICES},
                 {CATALOGUE_DEPARTMENT, TEXT_CATALOGUE_DEPARTMENTS},
                 {CATALOGUE_GROUP, TEXT_CATALOGUE_GROUPS},
                 {CATALOGUE_TAX, TEXT_CATALOGUE_TAXES},
                 {CATALOGUE_PRICE_LEVEL, TEXT_CATALOGUE_PRICE_LEVELS},
                 {CATALOGUE_PAYMENT_METHOD, TEXT_CATALOGUE_PAYMENT_METHODS},
                 {CATALOGUE_USER, TEXT_CATALOGUE_USERS}};
    const char *all = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int64_t count = counts[kinds[i].kind];
        if (count == 0)
            continue;
        const char *one = draw_count(d, kinds[i].words, count, NULL);
        all = all ? draw_say(d, TEXT_CATALOGUE_JOIN, all, one) : one;
    }
    return all ? all : page_word(d->s, TEXT_CATALOGUE_NO_DATA);
}

/* ---- at rest ---- */

static void draw_taken(screens *s, draw *d, const core_catalogue_view *view)
{
    const char *value = page_word(s, TEXT_NEVER);
    if (view->taken_revision > 0)
        value = draw_say(d, view->taken_elsewhere ? TEXT_CATALOGUE_TAKEN_ELSEWHERE : TEXT_CATALOGUE_TAKEN_VALUE,
                         draw_plain(d, view->taken_revision), draw_moment(d, view->taken_at_ms));
    draw_text(d, "taken", TEXT_CATALOGUE_TAKEN_LABEL, value);
}

static void draw_rest(screens *s, draw *d, const core_catalogue_view *view)
{
    const char *store_first = core_get_assignment(s->core).assigned ? NULL : page_word(s, TEXT_ASSIGN_FIRST);
    bool is_bare = view->local_lines <= 1;
    catalogue_draw_outcome(d, view);
    if (view->outcome != CATALOGUE_NOTHING)
        draw_button(d, "catalogue.seen", POS_LEVEL_PLAIN, TEXT_OK, NULL);
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_CATALOGUE_INTRO));
    draw_text(d, "here", TEXT_CATALOGUE_HERE,
              view->local_counted ? catalogue_say_counts(d, view->local_counts)
                                  : draw_count(d, TEXT_CATALOGUE_ENTRIES, view->local_lines, NULL));
    draw_taken(s, d, view);
    draw_button_with_help(d, "catalogue.download", POS_LEVEL_PRIMARY, TEXT_CATALOGUE_DOWNLOAD,
                          TEXT_CATALOGUE_DOWNLOAD_HELP, store_first);
    if (view->may_upload)
        draw_button_with_help(d, "catalogue.upload", POS_LEVEL_PLAIN, TEXT_CATALOGUE_UPLOAD, TEXT_CATALOGUE_UPLOAD_HELP,
                              is_bare ? page_word(s, TEXT_CATALOGUE_NOTHING_HERE) : store_first);
    if (view->can_undo)
        draw_button_with_help(d, "catalogue.undo", POS_LEVEL_DANGEROUS, TEXT_CATALOGUE_UNDO, TEXT_CATALOGUE_UNDO_HELP,
                              view->sale_open ? page_word(s, TEXT_CATALOGUE_SALE_FIRST) : NULL);
}

/* ---- under way ---- */

static text_id find_step(core_catalogue_phase phase)
{
    switch (phase) {
    case CATALOGUE_LOADING:
        return TEXT_CATALOGUE_STEP_LOADING;
    case CATALOGUE_COMPARING:
        return TEXT_CATALOGUE_STEP_COMPARING;
    case CATALOGUE_SWAPPING:
        return TEXT_CATALOGUE_STEP_SWAPPING;
    case CATALOGUE_CHECKING:
        return TEXT_CATALOGUE_STEP_CHECKING;
    case CATALOGUE_PREPARING:
        return TEXT_CATALOGUE_STEP_PREPARING;
    case CATALOGUE_SENDING:
        return TEXT_CATALOGUE_STEP_SENDING;
    case CATALOGUE_COMMITTING:
    case CATALOGUE_ENDING:
        return TEXT_CATALOGUE_STEP_COMMITTING;
    case CATALOGUE_ASKING:
    case CATALOGUE_LOOKING:
    case CATALOGUE_IDLE:
    case CATALOGUE_PREVIEW:
    case CATALOGUE_SECOND:
    case CATALOGUE_DECIDING:
        break;
    }
    return TEXT_CATALOGUE_STEP_ASKING;
}

static bool counts_lines(core_catalogue_phase phase)
{
    return phase == CATALOGUE_LOADING || phase == CATALOGUE_COMPARING || phase == CATALOGUE_CHECKING ||
           phase == CATALOGUE_SENDING;
}

static void draw_running(screens *s, draw *d, const core_catalogue_view *view)
{
    bool counts = counts_lines(view->phase);
    uint32_t permille = counts && view->total > 0 ? (uint32_t)((double)view->done / (double)view->total * 1000.0) : 0;
    const char *entries = draw_count(d, TEXT_CATALOGUE_ENTRIES, view->total > 0 ? view->total : view->done, NULL);
    const char *value = !counts           ? ""
                        : view->total > 0 ? draw_say(d, TEXT_CATALOGUE_ENTRIES_OF, draw_number(d, view->done), entries)
                                          : entries;
    draw_counts(d, 1000);
    if (view->phase == CATALOGUE_SWAPPING && view->sale_open)
        draw_notice(d, "sale", POS_LEVEL_INFO, page_word(s, TEXT_CATALOGUE_SALE_OPEN));
    if (view->next_try_in_ms >= 0 && view->verdict.outcome == PROTOCOL_RETRY)
        draw_notice(d, "waiting", POS_LEVEL_WARNING,
                    draw_say(d, TEXT_CATALOGUE_WAITING, page_word(s, failure_find_text(&view->verdict)),
                             draw_wait(d, view->next_try_in_ms)));
    draw_progress(d, "progress", find_step(view->phase), permille, value);
    draw_text(d, "leave", TEXT_NONE, page_word(s, TEXT_CATALOGUE_LEAVE));
    bool is_late = view->phase == CATALOGUE_COMMITTING || view->phase == CATALOGUE_ENDING;
    draw_button_with_help(d, "catalogue.cancel", POS_LEVEL_PLAIN, TEXT_CATALOGUE_CANCEL, TEXT_CATALOGUE_CANCEL_HELP,
                          is_late ? page_word(s, TEXT_CATALOGUE_TOO_LATE) : NULL);
}

static void draw_decision(screens *s, draw *d, const core_catalogue_view *view)
{
    if (d->builder)
        s->catalogue_seen = view->cloud.revision;
    draw_notice(d, "decide", POS_LEVEL_WARNING, page_word(s, TEXT_CATALOGUE_DECIDE));
    draw_text(d, "here", TEXT_CATALOGUE_HERE, catalogue_say_counts(d, view->local_counts));
    draw_text(d, "there", TEXT_CATALOGUE_THERE, catalogue_say_counts(d, view->cloud.counts));
    if (view->cloud.changed_at_ms > 0)
        draw_text(d, "revision", TEXT_NONE,
                  draw_say(d, TEXT_CATALOGUE_TAKEN_VALUE, draw_plain(d, view->cloud.revision),
                           draw_moment(d, view->cloud.changed_at_ms)));
    catalogue_draw_unknown(d, view);
    draw_button(d, "catalogue.keep", POS_LEVEL_PRIMARY, TEXT_CATALOGUE_KEEP, NULL);
    draw_button(d, "catalogue.replace", POS_LEVEL_DANGEROUS, TEXT_CATALOGUE_REPLACE, NULL);
    draw_button_with_help(d, "catalogue.cancel", POS_LEVEL_PLAIN, TEXT_CATALOGUE_CANCEL, TEXT_CATALOGUE_CANCEL_HELP,
                          NULL);
}

static void draw_catalogue(screens *s, draw *d)
{
    core_catalogue_view view;
    core_get_catalogue(s->core, s->now, &view);
    switch (view.phase) {
    case CATALOGUE_IDLE:
        draw_rest(s, d, &view);
        break;
    case CATALOGUE_PREVIEW:
    case CATALOGUE_SECOND:
        catalogue_draw_preview(s, d, &view);
        break;
    case CATALOGUE_DECIDING:
        draw_decision(s, d, &view);
        break;
    default:
        draw_running(s, d, &view);
        break;
    }
}

/* ---- pressed ---- */

/* A command that came too late (somebody else pressed, the data moved on) does nothing: the page shows how it stands. */
static void act_catalogue(screens *s, const char *action, const form *f)
{
    (void)f;
    if (strcmp(action, "catalogue.download") == 0)
        (void)core_catalogue_download(s->core, s->now);
    else if (strcmp(action, "catalogue.upload") == 0)
        (void)core_catalogue_upload(s->core, s->now);
    else if (strcmp(action, "catalogue.undo") == 0)
        (void)core_catalogue_undo(s->core, s->now);
    else if (strcmp(action, "catalogue.cancel") == 0)
        (void)core_catalogue_cancel(s->core, s->now);
    else if (strcmp(action, "catalogue.seen") == 0)
        core_catalogue_dismiss(s->core);
    else if (strcmp(action, "catalogue.keep") == 0)
        (void)core_catalogue_keep(s->core, s->now);
    else if (strcmp(action, "catalogue.replace") == 0)
        (void)core_catalogue_replace(s->core, s->now, s->catalogue_seen);
    else
        (void)core_catalogue_accept(s->core, s->now, (uint32_t)s->catalogue_seen);
    s->first = 0;
}

const page page_catalogue = {
    .id = "catalogue", .title = TEXT_MAIN_CATALOGUE, .draw = draw_catalogue, .act = act_catalogue};
