/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/resend.c - Resend all statistics: what will happen, how far it is, what came of it.
 *
 * Screen `resend`. Buttons: resend.accept; while it runs resend.cancel. Progress: progress. Notices: result, gone, left,
 * failure. Texts: intro, x, leave, queued, finished, next_try. It runs in the core: it goes on when the owner leaves,
 * and after a restart.
 */
#include "screens/failure.h"

#include "core/resend.h"

#include <string.h>

static void draw_left(draw *d, const core_resend *r)
{
    if (r->left > 0)
        draw_notice(d, "left", POS_LEVEL_WARNING, draw_count(d, TEXT_RESEND_LEFT, r->left, NULL));
}

/* "3,650 closes compared, 3 sent, 0 refused, 1 in conflict." */
static const char *say_result(screens *s, draw *d, const core_resend *r)
{
    core_queue queue = core_get_queue(s->core, s->now);
    return draw_say(d, TEXT_RESEND_RESULT, draw_count(d, TEXT_RESEND_COMPARED, r->compared, NULL),
                    draw_count(d, TEXT_RESEND_SENT, r->sent, NULL),
                    draw_count(d, TEXT_RESEND_REFUSED, queue.rejected, NULL),
                    draw_count(d, TEXT_RESEND_CONFLICTS, queue.conflict, NULL));
}

static void draw_result(screens *s, draw *d, const core_resend *r)
{
    const char *result;
    if (r->stage != RESEND_STAGE_DONE && r->stage != RESEND_STAGE_CANCELLED)
        return;
    result = say_result(s, d, r);
    if (r->stage == RESEND_STAGE_CANCELLED)
        result = draw_say(d, TEXT_RESEND_CANCELLED, result);
    draw_notice(d, "result", r->stage == RESEND_STAGE_DONE ? POS_LEVEL_INFO : POS_LEVEL_WARNING, result);
    if (r->gone > 0)
        draw_notice(d, "gone", POS_LEVEL_WARNING, draw_count(d, TEXT_RESEND_GONE, r->gone, NULL));
    draw_text(d, "finished", TEXT_RESEND_FINISHED, draw_moment(d, r->finished_ms));
}

/* ---- while it runs ---- */

static void draw_failure(screens *s, draw *d, const core_resend *r)
{
    text_id why = failure_find_text(&r->failure);
    if (why == TEXT_NONE)
        return;
    draw_notice(d, "failure", POS_LEVEL_WARNING, page_word(s, why));
    if (r->next_try_in_ms > 0)
        draw_text(d, "next_try", TEXT_NEXT_TRY, draw_say(d, TEXT_IN_TIME, draw_wait(d, r->next_try_in_ms)));
}

static void draw_running(screens *s, draw *d, const core_resend *r)
{
    bool compares = r->stage == RESEND_STAGE_COMPARING;
    uint32_t permille = r->total > 0 ? (uint32_t)((uint64_t)r->compared * 1000 / r->total) : 0;
    if (r->automatic)
        draw_text(d, "automatic", TEXT_NONE, page_word(s, TEXT_RESEND_AUTOMATIC));
    draw_failure(s, d, r);
    draw_counts(d, 1000);
    draw_progress(d, "progress", compares ? TEXT_RESEND_COMPARING : TEXT_RESEND_SENDING, compares ? permille : 1000,
                  draw_say(d, TEXT_RESEND_PROGRESS, draw_number(d, r->compared),
                           draw_count(d, TEXT_RESEND_CLOSES, r->total, NULL)));
    draw_text(d, "queued", TEXT_RESEND_QUEUED, draw_number(d, r->sent));
    draw_text(d, "leave", TEXT_NONE, page_word(s, TEXT_RESEND_LEAVE));
    draw_button_with_help(d, "resend.cancel", POS_LEVEL_PLAIN, TEXT_RESEND_CANCEL, TEXT_RESEND_CANCEL_HELP, NULL);
}

static void draw_resend(screens *s, draw *d)
{
    core_resend r = core_get_resend(s->core, s->now);
    if (core_resend_is_running(s->core)) {
        draw_running(s, d, &r);
        return;
    }
    draw_result(s, d, &r);
    draw_left(d, &r);
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_RESEND_INTRO));
    if (r.takes_x)
        draw_text(d, "x", TEXT_NONE, page_word(s, TEXT_RESEND_X));
    draw_text(d, "leave", TEXT_NONE, page_word(s, TEXT_RESEND_LEAVE));
    bool is_again = r.stage == RESEND_STAGE_DONE || r.stage == RESEND_STAGE_CANCELLED;
    draw_button(d, "resend.accept", r.stage == RESEND_STAGE_DONE ? POS_LEVEL_PLAIN : POS_LEVEL_PRIMARY,
                is_again ? TEXT_RESEND_AGAIN : TEXT_ACCEPT,
                core_resend_can_start(s->core) ? NULL : page_word(s, TEXT_RESEND_CANNOT));
}

static void act_resend(screens *s, const char *action, const form *f)
{
    (void)f;
    if (strcmp(action, "resend.cancel") == 0)
        core_resend_cancel(s->core, s->now);
    else if (!core_resend_start(s->core, s->now) && !core_resend_is_running(s->core))
        page_notice(s, POS_LEVEL_ERROR, TEXT_RESEND_NOT_STARTED, NULL, NULL);
}

const page page_resend = {.id = "resend", .title = TEXT_MAIN_RESEND, .draw = draw_resend, .act = act_resend};
