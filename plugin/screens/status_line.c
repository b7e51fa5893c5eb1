/* SPDX-License-Identifier: Apache-2.0 */
/* screens/status_line.c - one line for the host's own status bar: the most urgent need, else what is going on. */
#include "screens/needs.h"

typedef struct line {
    uint32_t attention;
    text_id text;
    int64_t number;
    const char *argument;
} line;

static line find_quiet_line(const screens *s, const core_queue *queue)
{
    core_assignment assignment = core_get_assignment(s->core);
    if (queue->sending > 0)
        return (line){POS_ATTENTION_INFO, texts_choose_plural(TEXT_LINE_SENDING, queue->sending), queue->sending, ""};
    if (queue->waiting > 0)
        return (line){POS_ATTENTION_INFO, texts_choose_plural(TEXT_LINE_WAITING, queue->waiting), queue->waiting, ""};
    if (queue->catching_up)
        return (line){POS_ATTENTION_INFO, TEXT_LINE_CATCHING_UP, 0, ""};
    if (!assignment.assigned)
        return (line){POS_ATTENTION_INFO, TEXT_LINE_NOT_SET_UP, 0, ""};
    return (line){POS_ATTENTION_NONE, TEXT_LINE_ALL_SENT, 0, ""};
}

void screens_status(screens *s, core_time now, uint32_t *attention, char *text, size_t capacity_bytes)
{
    s->now = now;
    core_queue queue = core_get_queue(s->core, now);
    need found[NEEDS_MAX];
    line l;
    if (needs_find(s, &queue, found) > 0)
        l = (line){found[0].attention, found[0].line, found[0].number, found[0].text};
    else
        l = find_quiet_line(s, &queue);
    char number[LOCALE_MAX];
    locale_format_number(&s->locale, number, l.number);
    const char *arguments[] = {number, l.argument};
    *attention = l.attention;
    texts_fill(text, capacity_bytes, page_word(s, l.text), arguments, 2);
}
