/* SPDX-License-Identifier: Apache-2.0 */
/* screens/needs.c - finds what needs the owner. Uploads that fail are no news for a while: tills lose their network now
 * and then, and it mends itself; after an hour somebody should look. */
#include "screens/needs.h"
#include "screens/failure.h"

#include <stdio.h>
#include <string.h>

#define OFFLINE_LONG_MS 3600000

typedef struct list {
    need *items;
    uint32_t count;
} list;

static need *append(list *l, const char *id, uint32_t attention, text_id line, text_id full)
{
    need *n = &l->items[l->count++];
    *n = (need){.id = id, .attention = attention, .line = line, .full = full};
    return n;
}

static void append_count(list *l, const char *id, uint32_t attention, text_id line_one, text_id full_one,
                         uint32_t number)
{
    if (number == 0)
        return;
    need *n = append(l, id, attention, texts_choose_plural(line_one, number), texts_choose_plural(full_one, number));
    n->number = number;
}

static void append_held(list *l, const screens *s, const core_queue *queue)
{
    switch (queue->hold) {
    case HOLD_NO_STORE:
        append_count(l, "need.no_store", POS_ATTENTION_ACTION, TEXT_LINE_NO_STORE,
                     core_get_account(s->core).logged_in ? TEXT_NEED_STORE_ONLY : TEXT_NEED_NO_STORE, queue->held);
        break;
    case HOLD_DISCONNECTED:
        append_count(l, "need.disconnected", POS_ATTENTION_ACTION, TEXT_LINE_DISCONNECTED, TEXT_NEED_DISCONNECTED,
                     queue->held);
        break;
    case HOLD_LOG_IN:
        append_count(l, "need.log_in", POS_ATTENTION_ACTION, TEXT_LINE_LOG_IN, TEXT_NEED_LOG_IN, queue->held);
        break;
    case HOLD_STORE_REFUSED:
        append_count(l, "need.store_refused", POS_ATTENTION_ACTION, TEXT_LINE_STORE_REFUSED, TEXT_NEED_STORE_REFUSED,
                     queue->held);
        break;
    case HOLD_NONE:
        break;
    }
}

/* These do not mend themselves with the network. */
static bool needs_a_person(const protocol_verdict *verdict)
{
    return verdict->cause == CAUSE_TLS || verdict->cause == CAUSE_CONFIG || verdict->cause == CAUSE_NOT_THE_CLOUD;
}

static void append_failing(list *l, const screens *s, const core_queue *queue)
{
    text_id why = failure_find_text(&queue->last_failure);
    if (why == TEXT_NONE || queue->waiting + queue->sending == 0)
        return;
    bool is_long = queue->failing_since_ms > 0 && s->now.wall_ms - queue->failing_since_ms >= OFFLINE_LONG_MS;
    bool offline = queue->last_failure.cause == CAUSE_OFFLINE;
    need *n = append(l, "need.failing",
                     is_long || needs_a_person(&queue->last_failure) ? POS_ATTENTION_WARNING : POS_ATTENTION_INFO,
                     texts_choose_plural(offline ? TEXT_LINE_OFFLINE : TEXT_LINE_FAILING, queue->pending), why);
    n->number = queue->pending;
    locale_format_moment(&s->locale, n->text, queue->failing_since_ms > 0 ? queue->failing_since_ms : s->now.wall_ms,
                         s->now.wall_ms);
}

/* A close that the POS program does not hand over: nobody else can. Of several the lowest is named. */
static void append_kept_back(list *l, const core_queue *queue)
{
    if (queue->kept_back == 0)
        return;
    need *n = append(l, "need.kept_back", POS_ATTENTION_WARNING, TEXT_LINE_KEPT_BACK, TEXT_NEED_KEPT_BACK);
    snprintf(n->text, sizeof n->text, "%lld", (long long)queue->kept_back);
}

uint32_t needs_find(const screens *s, const core_queue *queue, need found[NEEDS_MAX])
{
    list l = {found, 0};
    if (queue->storage_failing)
        append(&l, "need.storage", POS_ATTENTION_ACTION, TEXT_LINE_STORAGE, TEXT_NEED_STORAGE);
    if (queue->held > 0)
        append_held(&l, s, queue);
    append_count(&l, "need.rejected", POS_ATTENTION_ACTION, TEXT_LINE_REJECTED,
                 page_get(s) == &page_status ? TEXT_NEED_REJECTED_HERE : TEXT_NEED_REJECTED, queue->rejected);
    append_count(&l, "need.damaged", POS_ATTENTION_ACTION, TEXT_LINE_DAMAGED, TEXT_NEED_DAMAGED, queue->damaged);
    append_kept_back(&l, queue);
    append_count(&l, "need.conflict", POS_ATTENTION_WARNING, TEXT_LINE_CONFLICT, TEXT_NEED_CONFLICT, queue->conflict);
    append_count(&l, "need.elsewhere", POS_ATTENTION_WARNING, TEXT_LINE_ELSEWHERE, TEXT_NEED_ELSEWHERE,
                 queue->elsewhere);
    append_failing(&l, s, queue);
    return l.count;
}

void needs_draw(screens *s, draw *d, const core_queue *queue)
{
    need found[NEEDS_MAX];
    uint32_t count = needs_find(s, queue, found);
    for (uint32_t i = 0; i < count; i++) {
        const need *n = &found[i];
        uint32_t level = n->attention == POS_ATTENTION_ACTION    ? POS_LEVEL_ERROR
                         : n->attention == POS_ATTENTION_WARNING ? POS_LEVEL_WARNING
                                                                 : POS_LEVEL_INFO;
        draw_notice(d, n->id, level, draw_say(d, n->full, draw_number(d, n->number), n->text));
    }
}

void needs_draw_currency(screens *s, draw *d, const char *store_name, const char *store_currency)
{
    const char *own = core_get_currency(s->core);
    if (!*own)
        own = s->locale.currency; /* no report yet: what the host says of itself */
    if (*own && *store_currency && strcmp(own, store_currency) != 0)
        draw_notice(d, "currency", POS_LEVEL_WARNING,
                    draw_say(d, TEXT_OTHER_CURRENCY, own, store_name, store_currency));
}
