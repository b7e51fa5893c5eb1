/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/diagnose.c - Diagnose: one button, then one sentence that says what is wrong and who can mend it, and the
 * seven checks that it rests on.
 *
 * Screen `diagnose`. Button: diagnose.start. Progress: progress. Notice: diagnosis. Texts: tested, check.storage,
 * check.name, check.connection, check.tls, check.clock, check.log_in, check.store, detail. The test runs in the core:
 * it goes on when the owner leaves, and its end is here when they come back.
 */
#include "screens/draw.h"

#include <stdlib.h>

static const struct {
    const char *id;
    text_id name;
} checks[CHECK_COUNT] = {[CHECK_STORAGE] = {"check.storage", TEXT_CHECK_STORAGE_NAME},
                         [CHECK_NAME] = {"check.name", TEXT_CHECK_NAME_NAME},
                         [CHECK_CONNECTION] = {"check.connection", TEXT_CHECK_CONNECTION_NAME},
                         [CHECK_TLS] = {"check.tls", TEXT_CHECK_TLS_NAME},
                         [CHECK_CLOCK] = {"check.clock", TEXT_CHECK_CLOCK_NAME},
                         [CHECK_LOG_IN] = {"check.log_in", TEXT_CHECK_LOG_IN_NAME},
                         [CHECK_STORE] = {"check.store", TEXT_CHECK_STORE_NAME}};

/* ---- the sentence ---- */

static bool is_bad(const core_diagnosis *found, core_check check)
{
    return found->states[check] == CHECK_STATE_BAD;
}

static text_id explain_way(const protocol_verdict *verdict)
{
    switch (verdict->cause) {
    case CAUSE_TLS:
        return TEXT_DIAGNOSIS_TLS;
    case CAUSE_CONFIG:
        return TEXT_DIAGNOSIS_CONFIG;
    case CAUSE_NOT_THE_CLOUD:
        return TEXT_DIAGNOSIS_NOT_THE_CLOUD;
    case CAUSE_BUSY:
    case CAUSE_THROTTLED:
        return TEXT_DIAGNOSIS_BUSY;
    case CAUSE_OFFLINE:
        break;
    default:
        return TEXT_DIAGNOSIS_OTHER;
    }
    return verdict->net == NET_FAILED_RESOLVE                                     ? TEXT_DIAGNOSIS_RESOLVE
           : verdict->net == NET_FAILED_TIMEOUT || verdict->net == NET_FAILED_CUT ? TEXT_DIAGNOSIS_SLOW
           : verdict->net == NET_FAILED_MEMORY                                    ? TEXT_DIAGNOSIS_MEMORY
                                                                                  : TEXT_DIAGNOSIS_CONNECT;
}

static text_id explain_store(const protocol_verdict *verdict)
{
    switch (verdict->cause) {
    case CAUSE_STORE_REFUSED:
        return TEXT_DIAGNOSIS_STORE_REFUSED;
    case CAUSE_NONE: /* there is no permission to ask with */
    case CAUSE_UNAUTHORIZED:
        return TEXT_DIAGNOSIS_PERMISSION;
    default:
        return explain_way(verdict);
    }
}

static text_id explain_clock(const core_diagnosis *found)
{
    return found->clock_difference_ms > 0 ? TEXT_DIAGNOSIS_CLOCK_AHEAD : TEXT_DIAGNOSIS_CLOCK_BEHIND;
}

/* Of a till without a store: what comes next is the owner's. */
static text_id explain_unassigned(const core_diagnosis *found)
{
    if (!is_bad(found, CHECK_LOG_IN))
        return TEXT_DIAGNOSIS_ASSIGN;
    bool is_ours = found->verdict.cause == CAUSE_NONE || found->verdict.cause == CAUSE_UNAUTHORIZED;
    return is_ours ? TEXT_DIAGNOSIS_LOG_IN : explain_way(&found->verdict);
}

/* What stops the reports comes first. A log-in does not, once a store is assigned. */
static text_id explain(const core_diagnosis *found, bool assigned)
{
    if (is_bad(found, CHECK_STORAGE))
        return found->storage_error == POS_E_NO_SPACE ? TEXT_DIAGNOSIS_STORAGE_FULL : TEXT_DIAGNOSIS_STORAGE;
    if (is_bad(found, CHECK_NAME) || is_bad(found, CHECK_CONNECTION) || is_bad(found, CHECK_TLS))
        return explain_way(&found->verdict);
    if (assigned && is_bad(found, CHECK_STORE))
        return explain_store(&found->verdict);
    if (is_bad(found, CHECK_CLOCK))
        return explain_clock(found);
    if (!assigned)
        return explain_unassigned(found);
    if (!is_bad(found, CHECK_LOG_IN))
        return TEXT_DIAGNOSIS_FINE;
    return found->verdict.cause == CAUSE_UNAUTHORIZED ? TEXT_DIAGNOSIS_FINE_LOGGED_OUT : explain_way(&found->verdict);
}

static const char *say_difference(draw *d, const core_diagnosis *found)
{
    return draw_duration(d, llabs(found->clock_difference_ms));
}

static void draw_sentence(screens *s, draw *d, const core_diagnosis *found)
{
    core_assignment assignment = core_get_assignment(s->core);
    text_id sentence = explain(found, assignment.assigned);
    bool is_clock = sentence == TEXT_DIAGNOSIS_CLOCK_AHEAD || sentence == TEXT_DIAGNOSIS_CLOCK_BEHIND;
    uint32_t level =
        sentence == TEXT_DIAGNOSIS_FINE || sentence == TEXT_DIAGNOSIS_FINE_LOGGED_OUT ? POS_LEVEL_INFO
        : sentence == TEXT_DIAGNOSIS_BUSY || sentence == TEXT_DIAGNOSIS_LOG_IN || sentence == TEXT_DIAGNOSIS_ASSIGN
            ? POS_LEVEL_WARNING
            : POS_LEVEL_ERROR;
    draw_notice(d, "diagnosis", level,
                draw_say(d, sentence, is_clock ? say_difference(d, found) : assignment.store_name));
}

/* ---- the checks ---- */

static const char *say_clock(draw *d, const core_diagnosis *found)
{
    if (!is_bad(found, CHECK_CLOCK))
        return draw_say(d, TEXT_CHECK_CLOCK_GOOD, say_difference(d, found));
    return draw_say(d, found->clock_difference_ms > 0 ? TEXT_CHECK_CLOCK_AHEAD : TEXT_CHECK_CLOCK_BEHIND,
                    say_difference(d, found));
}

static const char *say_check(draw *d, const core_diagnosis *found, core_check check, bool is_next)
{
    switch (found->states[check]) {
    case CHECK_STATE_GOOD:
        return check == CHECK_CLOCK ? say_clock(d, found) : page_word(d->s, TEXT_CHECK_GOOD);
    case CHECK_STATE_BAD:
        return check == CHECK_CLOCK ? say_clock(d, found) : page_word(d->s, TEXT_CHECK_BAD);
    case CHECK_STATE_SKIPPED:
        /* Everything before it was in order, so it is left out only where it does not matter. */
        if (check == CHECK_LOG_IN && found->states[CHECK_TLS] == CHECK_STATE_GOOD)
            return page_word(d->s, TEXT_CHECK_LOG_IN_SKIPPED);
        return page_word(d->s, TEXT_CHECK_SKIPPED);
    case CHECK_STATE_WAITING:
        break;
    }
    return page_word(d->s, found->running && is_next ? TEXT_CHECK_TESTING : TEXT_CHECK_WAITING);
}

static void draw_checks(screens *s, draw *d, const core_diagnosis *found)
{
    bool is_next = true;
    draw_section(d, "checks", TEXT_DIAGNOSE_CHECKS);
    if (found->done)
        draw_text(d, "tested", TEXT_DIAGNOSE_TESTED, draw_moment(d, found->finished_at_ms));
    for (core_check check = CHECK_STORAGE; check < CHECK_COUNT; check++) {
        draw_text(d, checks[check].id, checks[check].name, say_check(d, found, check, is_next));
        is_next = is_next && found->states[check] != CHECK_STATE_WAITING;
    }
    if (found->done && found->verdict.outcome != PROTOCOL_DONE && *found->verdict.detail)
        draw_text(d, "detail", TEXT_DIAGNOSE_DETAIL, found->verdict.detail);
    (void)s;
}

static void draw_running(draw *d, const core_diagnosis *found)
{
    uint32_t tested = 0;
    for (size_t i = 0; i < CHECK_COUNT; i++)
        tested += found->states[i] != CHECK_STATE_WAITING;
    draw_counts(d, 1000);
    draw_progress(d, "progress", TEXT_DIAGNOSE_PROGRESS, tested * 1000 / CHECK_COUNT,
                  draw_say(d, TEXT_DIAGNOSE_STEP, draw_plain(d, tested), draw_plain(d, CHECK_COUNT)));
}

static void draw_diagnose(screens *s, draw *d)
{
    core_diagnosis found = core_get_diagnosis(s->core);
    if (found.done)
        draw_sentence(s, d, &found);
    else
        draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_DIAGNOSE_INTRO));
    if (found.running)
        draw_running(d, &found);
    draw_button(d, "diagnose.start", found.done ? POS_LEVEL_PLAIN : POS_LEVEL_PRIMARY,
                found.done ? TEXT_DIAGNOSE_START_AGAIN : TEXT_DIAGNOSE_START,
                found.running ? page_word(s, TEXT_DIAGNOSE_RUNNING) : NULL);
    if (found.done || found.running)
        draw_checks(s, d, &found);
}

static void act_diagnose(screens *s, const char *action, const form *f)
{
    (void)action;
    (void)f;
    (void)core_diagnose(s->core, s->now); /* false: one is running, which the page shows */
}

const page page_diagnose = {.id = "diagnose", .title = TEXT_MAIN_DIAGNOSE, .draw = draw_diagnose, .act = act_diagnose};
