/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cloud/cloud_browser.h - a browser as far as the tests of the pages need one: a cookie, forms and their token. */
#ifndef TESTS_CLOUD_CLOUD_BROWSER_H
#define TESTS_CLOUD_CLOUD_BROWSER_H

#include "cloud_fixture.h"

typedef struct browser {
    const fixture *fixture;
    char cookie[256]; /* "Cookie: name=value", or "" */
} browser;

/* Logs in by the log-in page; the password is PASSWORD. */
browser browser_log_in(const fixture *at, const char *email);

reply browser_get(const browser *self, const char *path);
/* Sends a form: `fields` as they stand, and before them the token out of the page at `form_path`. */
reply browser_post(const browser *self, const char *form_path, const char *path, const char *fields);
/* The same without a token; `more` is another header line or NULL. */
reply browser_post_raw(const browser *self, const char *path, const char *fields, const char *more);

/* The token in the first form of a page; "" if there is none. Good until the next call. */
const char *browser_token(const reply *page);
/* Takes the cookie that the answer sets. */
void browser_take_cookie(browser *self, const reply *answer);

bool page_has(const reply *page, const char *text);
void page_expect(const reply *page, const char *text);
void page_expect_not(const reply *page, const char *text);
/* The answer is a redirection there. */
void page_expect_location(const reply *answer, const char *location);

#endif
