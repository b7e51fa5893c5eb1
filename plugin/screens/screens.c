/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/screens.c - one call of render_settings(): take in what the cloud has answered, apply the event if it was made
 * on what is still there, describe the page.
 */
#include "screens/screens.h"
#include "screens/draw.h"
#include "screens/event.h"
#include "screens/form.h"
#include "screens/welcome.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

screens *screens_create(core *c)
{
    screens *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->core = c;
    s->asking = REQUEST_NONE;
    locale_set(&s->locale, NULL, NULL, NULL, NULL);
    page_go_home(s);
    return s;
}

void screens_destroy(screens *s)
{
    if (!s)
        return;
    locale_clear(&s->locale);
    sodium_memzero(s, sizeof *s);
    free(s);
}

void screens_set_locale(screens *s, const pos_host_info *info)
{
    locale_set(&s->locale, info->language, info->time_zone, info->country, info->currency);
    texts_copy(s->device_name, sizeof s->device_name, info->device_name ? info->device_name : "");
    texts_copy(s->cloud_url, sizeof s->cloud_url,
               info->cloud_url && strlen(info->cloud_url) <= PAGE_URL_MAX ? info->cloud_url : "");
    page_clear_problems(s); /* said in the language that was */
    s->local_generation++;
}

/* The page moves on when its answer is there; a page that it leads to may have asked something of its own. */
static void take_answers(screens *s)
{
    for (int i = 0; i < 4 && s->asking != REQUEST_NONE; i++) {
        const core_person *person = core_get_person(s->core);
        if (person->request == s->asking && person->progress == PROGRESS_RUNNING)
            return;
        core_person answer = *person;
        if (person->request != s->asking) /* somebody broke it off */
            answer =
                (core_person){.request = s->asking,
                              .progress = PROGRESS_FAILED,
                              .verdict = {.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_CANCELLED}};
        s->asking = REQUEST_NONE;
        s->local_generation++;
        page_get(s)->answered(s, &answer);
        sodium_memzero(&answer, sizeof answer);
    }
}

/* Counts the revision on if the set or the meaning of the actions has changed; says whether `wanted` is among them. */
static bool rehearse(screens *s, const char *wanted)
{
    draw d = {.s = s, .wanted = wanted};
    draw_page(&d);
    if (d.shape != s->shape || s->revision == 0) {
        s->shape = d.shape;
        s->revision = s->revision == UINT32_MAX ? 1 : s->revision + 1;
    }
    return d.wanted_is_enabled;
}

static void act(screens *s, const pos_event *event, const form *f)
{
    bool is_enabled = rehearse(s, event->action);
    if (event->revision != s->revision || page_is_blocked(s))
        return;
    const page *top = page_get(s);
    if (!is_enabled && !top->choose)
        return;
    page_clear_problems(s);
    s->local_generation++;
    if (!is_enabled) {
        top->choose(s, event->action);
        return;
    }
    page_stop_asking(s);
    top->act(s, event->action, f);
}

/* Opened once more while the tour is read (a browser that loads its page again): it begins anew. */
static void open_first_page(screens *s)
{
    bool is_due = welcome_is_due(s);
    page_go_home(s);
    if (is_due)
        page_push(s, &page_welcome_what);
    s->open = true;
}

static void apply(screens *s, const pos_event *event, const form *f)
{
    switch (event->kind) {
    case POS_EVENT_OPENED:
        open_first_page(s);
        break;
    case POS_EVENT_CLOSED:
        welcome_leave(s);
        page_go_home(s);
        s->open = false;
        break;
    case POS_EVENT_BACK:
        if (s->depth == 2)
            welcome_leave(s);
        page_pop(s);
        break;
    case POS_EVENT_WINDOW:
        rehearse(s, NULL);
        if (event->revision == s->revision) {
            s->first = event->first;
            s->count = event->count < 1 ? 1 : event->count > PAGE_ROWS_MAX ? PAGE_ROWS_MAX : event->count;
        }
        break;
    default:
        act(s, event, f);
        break;
    }
}

static int32_t describe(screens *s, const pos_builder *builder, const char **why)
{
    rehearse(s, NULL);
    draw d = {.s = s, .builder = builder};
    int32_t result = draw_page(&d);
    s->fresh = false;
    if (result != POS_OK)
        *why = "the host's builder returned an error";
    return result;
}

int32_t screens_render(screens *s, core_time now, const pos_event *event, const pos_builder *builder, const char **why)
{
    form f;
    pos_event whole;
    pos_builder lent;
    *why = "";
    s->now = now;
    const char *broken = event_read(event, &whole, builder, &lent, &f);
    if (broken) {
        texts_copy(s->why, sizeof s->why, broken);
        *why = s->why;
        return POS_E_MISUSE;
    }
    take_answers(s);
    if (event) {
        apply(s, &whole, &f);
        take_answers(s);
    }
    sodium_memzero(&f, sizeof f);
    if (!event || whole.kind != POS_EVENT_CLOSED)
        s->open = true;
    return builder ? describe(s, &lent, why) : POS_OK;
}

uint64_t screens_generation(screens *s, core_time now)
{
    uint64_t core_now = core_generation(s->core);
    int64_t counted = s->open && s->counting_ms > 0 ? now.elapsed_ms / s->counting_ms : s->seen_count;
    if (core_now != s->seen_core || s->local_generation != s->seen_local || counted != s->seen_count)
        s->generation++;
    s->seen_core = core_now;
    s->seen_local = s->local_generation;
    s->seen_count = counted;
    return s->generation;
}
