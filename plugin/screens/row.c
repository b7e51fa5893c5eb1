/* SPDX-License-Identifier: Apache-2.0 */
/* screens/row.c - names, states and reasons of the queue's items. What to do about each state stands here, once. */
#include "screens/row.h"
#include "screens/failure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX      "item."
#define KEPT_PREFIX "item.kept."

void row_write_id(char id[ROW_ID_MAX], const core_row *row)
{
    snprintf(id, ROW_ID_MAX, "%s%" PRIu64, row->kept ? KEPT_PREFIX : PREFIX, row->id);
}

bool row_read_id(const char *id, uint64_t *item, bool *kept)
{
    *kept = strncmp(id, KEPT_PREFIX, strlen(KEPT_PREFIX)) == 0;
    if (!*kept && strncmp(id, PREFIX, strlen(PREFIX)) != 0)
        return false;
    const char *digits = id + strlen(*kept ? KEPT_PREFIX : PREFIX);
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 20 || digits[length] != '\0')
        return false;
    *item = strtoull(digits, NULL, 10);
    return true;
}

const char *row_say_name(draw *d, const core_row *row)
{
    bool is_x = row->kind == POS_REPORT_X;
    int64_t number = is_x ? row->x_sequence : row->z_number;
    if (number <= 0) /* the record could not be read, and its key says nothing */
        return page_word(d->s, TEXT_ROW_UNREADABLE);
    const char *name = draw_say(d, is_x ? TEXT_ROW_X : TEXT_ROW_Z, draw_plain(d, number));
    if (*row->business_date)
        name = draw_say(d, TEXT_ROW_DATED, name, draw_date(d, row->business_date));
    if (row->epoch > 0)
        name = draw_say(d, TEXT_ROW_EPOCH, name, draw_plain(d, (int64_t)row->epoch + 1));
    return name;
}

const char *row_say_state(draw *d, const core_row *row)
{
    switch (row->state) {
    case STATE_WAITING:
        return page_word(d->s, TEXT_STATE_WAITING);
    case STATE_SENDING:
        return page_word(d->s, TEXT_STATE_SENDING);
    case STATE_HELD:
        return page_word(d->s, TEXT_STATE_HELD);
    case STATE_CONFLICT:
        return page_word(d->s, TEXT_STATE_CONFLICT);
    case STATE_REJECTED:
        return page_word(d->s, TEXT_STATE_REJECTED);
    case STATE_ELSEWHERE:
        return page_word(d->s, TEXT_STATE_ELSEWHERE);
    case STATE_DAMAGED:
        break;
    }
    return page_word(d->s, TEXT_STATE_DAMAGED);
}

static const char *say_hold(draw *d, const core_row *row)
{
    switch (row->hold) {
    case HOLD_DISCONNECTED:
        return draw_say(d, TEXT_HOLD_DISCONNECTED, row->store_name);
    case HOLD_LOG_IN:
        return draw_say(d, TEXT_HOLD_LOG_IN, row->store_name);
    case HOLD_STORE_REFUSED:
        return draw_say(d, TEXT_HOLD_STORE_REFUSED, row->store_name);
    case HOLD_NO_STORE:
    case HOLD_NONE:
        break;
    }
    return page_word(d->s, TEXT_HOLD_NO_STORE);
}

const char *row_say_reason(draw *d, const core_row *row)
{
    switch (row->state) {
    case STATE_WAITING:
        return page_word(d->s, TEXT_REASON_WAITING);
    case STATE_SENDING:
        return page_word(d->s, TEXT_REASON_SENDING);
    case STATE_HELD:
        return say_hold(d, row);
    case STATE_CONFLICT:
        return page_word(d->s, TEXT_REASON_CONFLICT);
    case STATE_REJECTED:
        return page_word(d->s, failure_find_rejection(row->code));
    case STATE_ELSEWHERE:
        return draw_say(d, TEXT_REASON_ELSEWHERE, row->detail);
    case STATE_DAMAGED:
        break;
    }
    return page_word(d->s, TEXT_REASON_DAMAGED);
}

text_id row_find_advice(const core_row *row)
{
    switch (row->state) {
    case STATE_WAITING:
    case STATE_SENDING:
        return TEXT_ADVICE_NOTHING;
    case STATE_HELD:
        return row->hold == HOLD_STORE_REFUSED ? TEXT_ADVICE_HEAD_OFFICE
               : row->hold == HOLD_NO_STORE    ? TEXT_ADVICE_ASSIGN
                                               : TEXT_ADVICE_LOG_IN;
    case STATE_CONFLICT:
        return TEXT_ADVICE_CONFLICT;
    case STATE_REJECTED:
        return TEXT_ADVICE_REJECTED;
    case STATE_ELSEWHERE:
        return TEXT_ADVICE_ELSEWHERE;
    case STATE_DAMAGED:
        break;
    }
    return TEXT_ADVICE_DAMAGED;
}
