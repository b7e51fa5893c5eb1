/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - a page for people while it is written: HTML into memory, with everything that is not our own markup going
 * through page_text(), the one function that escapes. Pages work without a script: there is none.
 */
#ifndef CLOUD_PAGE_H
#define CLOUD_PAGE_H

#include "page_texts.h"
#include "page_zone.h"
#include "request.h"

typedef struct page {
    request *request;
    response *answer;
    page_language language;
    page_zone zone; /* of the store that is shown; UTC elsewhere */
    char *bytes;
    size_t length;
    size_t room;
    bool failed; /* out of memory: the answer will be "internal error" */
} page;

/* Is the request for a page, or by somebody who wants to read its answer? Then refusals are pages, too. */
bool page_is_for_people(const request *self);
/* Turns a problem into a page that says it. */
void page_from_problem(request *self, response *answer);

/* Begins a page in the language of the user, or what the browser asks for. */
void page_open(page *self, request *from, response *answer);
/* From the doctype to <main>. `title` is plain text. */
void page_head(page *self, const char *title);
/* From </main> to the end, and the answer. The page is gone afterwards. */
void page_close(page *self, int status);
/* Forgets what was written; the caller has set the answer. */
void page_drop(page *self);

/* Our own markup: literals only. */
void page_raw(page *self, const char *markup);
/* Our own markup with numbers in it: %lld, %d, %zu and the like, never %s. */
void page_rawf(page *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Any text, escaped for content and attributes alike; what is no UTF-8 becomes U+FFFD. */
void page_text(page *self, const char *text);

/* Words, escaped. */
void page_say(page *self, page_text_id id);
void page_say_with(page *self, page_text_id id, const char *first, const char *second, const char *third);
/* Words about a number, which is {1}. */
void page_say_count(page *self, page_text_id id, int64_t number, const char *second);

/* Formatted and written. */
void page_number(page *self, int64_t number);
void page_money(page *self, int64_t minor, const char *currency);
void page_date(page *self, const char *business_date);
/* Date and time in the store's zone. */
void page_moment(page *self, int64_t at_ms);

/* <p class="notice KIND" role="status"> with words in it; kind: "info", "warn" or "bad". */
void page_notice(page *self, const char *kind, page_text_id id);

/* 303: go there. What is put into the address is ids, which need no coding; two of the longest fit. */
void page_redirect(response *answer, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
