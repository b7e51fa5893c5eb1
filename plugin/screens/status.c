/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/status.c - Synchronization status: the queue, and how it gets on. To be read at any time, before log-in too.
 *
 * Screen `status`. Texts: complete_through, pending, next_try; progress upload; button status.retry; list queue with
 * rows item.<id> and item.kept.<id>. Of a queue longer than a page: input find, button find.submit, which show the list
 * from that Z number on. A search by date would have to read every record, so there is none: the list is in the order
 * of the numbers, and so of the dates.
 */
#include "screens/status.h"
#include "screens/form.h"
#include "screens/needs.h"
#include "screens/row.h"

#include <stdlib.h>
#include <string.h>

#define FIND_DIGITS  12 /* of the largest Z number */
#define ROWS_AT_ONCE 8u /* a row is large, and the host's stack may be small */

static void draw_row_of_queue(screens *s, draw *d, const core_row *row)
{
    size_t used = d->used;
    char id[ROW_ID_MAX];
    row_write_id(id, row);
    const char *help = NULL;
    if (row->readable) {
        const char *size = draw_bytes(d, row->size_bytes);
        help = *row->store_name ? draw_say(d, TEXT_ROW_HELP, row->store_name, size)
                                : draw_say(d, TEXT_ROW_HELP, page_word(s, TEXT_ROW_NO_STORE), size);
        if (row->state != STATE_WAITING && row->state != STATE_SENDING)
            help = draw_say(d, TEXT_ROW_HELP, help, row_say_reason(d, row));
        else if (row->next_try_in_ms > 0)
            help = draw_say(d, TEXT_ROW_HELP, help, draw_say(d, TEXT_NEXT_TRY_IN, draw_wait(d, row->next_try_in_ms)));
    }
    draw_row(d, id, row_say_name(d, row), row_say_state(d, row), help, true);
    d->used = used;
}

static uint32_t count_rows(screens *s)
{
    core_row none;
    uint32_t total = 0;
    core_list_queue(s->core, s->now, 0, 0, &none, &total);
    return total;
}

static void draw_search(draw *d)
{
    draw_input(d, &(draw_field){.id = "find",
                                .label = TEXT_FIND,
                                .help = TEXT_FIND_HELP,
                                .keyboard = POS_KEYBOARD_NUMBER,
                                .max_bytes = FIND_DIGITS,
                                .submit = "find.submit",
                                .is_aside = true});
    draw_button(d, "find.submit", POS_LEVEL_PLAIN, TEXT_FIND_SUBMIT, NULL);
}

static void draw_queue(screens *s, draw *d)
{
    core_row rows[ROWS_AT_ONCE];
    uint32_t first, count, total = count_rows(s), got, done = 0;
    if (total > PAGE_ROWS)
        draw_search(d);
    draw_clamp_window(s, total, &first, &count);
    draw_list(d, "queue", TEXT_QUEUE, TEXT_QUEUE_EMPTY, total, first, count);
    while (d->builder && done < count) {
        uint32_t want = count - done < ROWS_AT_ONCE ? count - done : ROWS_AT_ONCE;
        got = core_list_queue(s->core, s->now, first + done, want, rows, &total);
        if (got == 0)
            return;
        for (uint32_t i = 0; i < got; i++)
            draw_row_of_queue(s, d, &rows[i]);
        done += got;
    }
}

static void draw_progress_of_upload(screens *s, draw *d, const core_queue *queue)
{
    if (queue->sending == 0 && queue->upload_total_bytes == 0)
        return;
    draw_counts(d, 1000);
    uint64_t total = queue->upload_total_bytes,
             sent = queue->upload_sent_bytes < total ? queue->upload_sent_bytes : total;
    uint32_t permille = total > 0 ? (uint32_t)((double)sent / (double)total * 1000.0) : 0;
    draw_progress(d, "upload", TEXT_UPLOAD, permille,
                  total > 0 ? draw_say(d, TEXT_UPLOAD_BYTES, draw_bytes(d, sent), draw_bytes(d, total))
                            : page_word(s, TEXT_UPLOAD_STARTING));
}

/* "2 rejected and 1 damaged"; NULL: none. */
static const char *say_exceptions(draw *d, const core_queue *queue)
{
    const char *rejected = queue->rejected > 0 ? draw_count(d, TEXT_COUNT_REJECTED, queue->rejected, NULL) : NULL;
    const char *damaged = queue->damaged > 0 ? draw_count(d, TEXT_COUNT_DAMAGED, queue->damaged, NULL) : NULL;
    return rejected && damaged ? draw_say(d, TEXT_AND, rejected, damaged) : rejected ? rejected : damaged;
}

static const char *say_complete(draw *d, const core_queue *queue)
{
    if (queue->delivered_through <= 0)
        return page_word(d->s, TEXT_NOTHING_DELIVERED);
    const char *number = draw_plain(d, queue->delivered_through);
    const char *through = *queue->delivered_through_date
                              ? draw_say(d, TEXT_COMPLETE_THROUGH, number, draw_date(d, queue->delivered_through_date))
                              : draw_say(d, TEXT_COMPLETE_THROUGH_NUMBER, number);
    const char *exceptions = say_exceptions(d, queue);
    return exceptions ? draw_say(d, TEXT_COMPLETE_EXCEPT, through, exceptions) : through;
}

static void draw_marks(screens *s, draw *d, const core_queue *queue)
{
    draw_text(d, "complete_through", TEXT_COMPLETE, say_complete(d, queue));
    draw_text(d, "pending", TEXT_MAIN_PENDING,
              queue->pending > 0 ? draw_count(d, TEXT_REPORTS, queue->pending, NULL)
                                 : page_word(s, TEXT_NOTHING_PENDING));
    if (queue->catching_up)
        draw_text(d, "catching_up", TEXT_NONE, page_word(s, TEXT_CATCHING_UP));
    if (queue->waiting > 0 && queue->next_try_in_ms > 0)
        draw_text(d, "next_try", TEXT_NEXT_TRY, draw_say(d, TEXT_IN_TIME, draw_wait(d, queue->next_try_in_ms)));
}

/* What the owner reads after pressing holds for a moment only: until the try was made, or nothing waits for it. */
static void draw_retrying(screens *s, draw *d, const core_queue *queue)
{
    bool is_over =
        queue->waiting == 0 || queue->sending > 0 || (queue->next_try_in_ms > 0) != (s->retry == RETRY_LATER);
    if (is_over)
        s->retry = RETRY_NONE;
    if (s->retry != RETRY_NONE)
        draw_notice(d, "retrying", POS_LEVEL_INFO,
                    page_word(s, s->retry == RETRY_LATER ? TEXT_RETRY_LATER : TEXT_RETRYING));
}

/* NULL: pressing helps. Of what is held only a store that was closed may have been opened again. */
static const char *say_no_retry(screens *s, const core_queue *queue)
{
    if (queue->sending > 0)
        return page_word(s, TEXT_RETRY_SENDING);
    if (queue->waiting > 0 || (queue->held > 0 && queue->hold == HOLD_STORE_REFUSED))
        return NULL;
    return page_word(s, queue->held == 0               ? TEXT_RETRY_NOTHING
                        : queue->hold == HOLD_NO_STORE ? TEXT_RETRY_ASSIGN
                                                       : TEXT_RETRY_LOG_IN);
}

static void draw_status(screens *s, draw *d)
{
    core_queue queue = core_get_queue(s->core, s->now);
    draw_retrying(s, d, &queue);
    needs_draw(s, d, &queue);
    draw_marks(s, d, &queue);
    draw_progress_of_upload(s, d, &queue);
    draw_button(d, "status.retry", POS_LEVEL_PLAIN, TEXT_RETRY, say_no_retry(s, &queue));
    draw_queue(s, d);
    draw_text(d, "rules", TEXT_NONE, page_word(s, TEXT_QUEUE_RULES));
}

/* From the one that is on top on, so that a number that is there twice is found twice. */
static void find(screens *s, const form *f)
{
    char digits[FORM_CHAR_BYTES * FIND_DIGITS + 1];
    uint32_t index = 0;
    if (!form_take(s, f, "find", FORM_OPTIONAL, digits, sizeof digits))
        return;
    if (!*digits || strspn(digits, "0123456789") != strlen(digits)) {
        page_error_at(s, "find", TEXT_FIND_NUMBER, NULL);
        return;
    }
    int64_t number = strtoll(digits, NULL, 10);
    if (core_find_in_queue(s->core, number, s->first + 1, &index) || core_find_in_queue(s->core, number, 0, &index))
        s->first = index;
    else
        page_error_at(s, "find", TEXT_FIND_NOT_THERE, digits);
}

void status_retry(screens *s)
{
    core_retry_now(s->core, s->now);
    s->retry = core_get_queue(s->core, s->now).next_try_in_ms > 0 ? RETRY_LATER : RETRY_NOW;
}

static void act_status(screens *s, const char *action, const form *f)
{
    if (strcmp(action, "find.submit") == 0) {
        find(s, f);
        return;
    }
    status_retry(s);
}

static void choose_item(screens *s, const char *action)
{
    core_row row;
    uint64_t item;
    bool kept;
    if (!row_read_id(action, &item, &kept))
        return;
    if (!core_get_item(s->core, s->now, item, kept, &row)) {
        page_notice(s, POS_LEVEL_INFO, TEXT_ITEM_GONE, NULL, NULL);
        return;
    }
    s->item_id = item;
    s->item_kept = kept;
    page_push(s, &page_item);
}

static const char *const inputs[] = {"find", NULL};

const page page_status = {.id = "status",
                          .title = TEXT_MAIN_STATUS,
                          .inputs = inputs,
                          .draw = draw_status,
                          .act = act_status,
                          .choose = choose_item};
