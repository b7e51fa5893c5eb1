/* SPDX-License-Identifier: Apache-2.0 */
/* A small browser; see the header. */
#include "cloud_browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool page_has(const reply *page, const char *text)
{
    return page->body && strstr(page->body, text) != NULL;
}

void page_expect(const reply *page, const char *text)
{
    ck_assert_msg(page_has(page, text), "\"%s\" is not in: %s", text, page->body ? page->body : "");
}

void page_expect_not(const reply *page, const char *text)
{
    ck_assert_msg(!page_has(page, text), "\"%s\" is in: %s", text, page->body ? page->body : "");
}

void page_expect_location(const reply *answer, const char *location)
{
    char *found = reply_header(answer, "Location");
    fixture_expect(answer, 303, NULL);
    ck_assert_str_eq(found, location);
    free(found);
}

const char *browser_token(const reply *page)
{
    static const char before[] = "name=\"csrf\" value=\"";
    static char token[80];
    const char *at = page->body ? strstr(page->body, before) : NULL;
    token[0] = 0;
    if (at)
        snprintf(token, sizeof token, "%.*s", (int)strcspn(at + sizeof before - 1, "\""), at + sizeof before - 1);
    return token;
}

void browser_take_cookie(browser *self, const reply *answer)
{
    char *set = reply_header(answer, "Set-Cookie");
    ck_assert_ptr_nonnull(set);
    set[strcspn(set, ";")] = 0;
    snprintf(self->cookie, sizeof self->cookie, "Cookie: %.200s", set);
    free(set);
}

reply browser_get(const browser *self, const char *path)
{
    return fixture_call(self->fixture, (call){.path = path, .header = self->cookie[0] ? self->cookie : NULL});
}

reply browser_post_raw(const browser *self, const char *path, const char *fields, const char *more)
{
    char headers[512];
    snprintf(headers, sizeof headers, "%s%s%s", self->cookie, self->cookie[0] && more ? "\r\n" : "", more ? more : "");
    return fixture_call(self->fixture, (call){.path = path,
                                              .body = fields,
                                              .body_bytes = strlen(fields),
                                              .type = "application/x-www-form-urlencoded",
                                              .header = headers[0] ? headers : NULL});
}

reply browser_post(const browser *self, const char *form_path, const char *path, const char *fields)
{
    char body[1024];
    reply page = browser_get(self, form_path);
    fixture_expect(&page, 200, NULL);
    snprintf(body, sizeof body, "csrf=%s&%s", browser_token(&page), fields);
    reply_free(&page);
    return browser_post_raw(self, path, body, NULL);
}

browser browser_log_in(const fixture *at, const char *email)
{
    char body[512];
    browser self = {at, ""};
    reply form = browser_get(&self, "/login");
    browser_take_cookie(&self, &form);
    snprintf(body, sizeof body, "csrf=%s&email=%s&password=correct+horse%%20battery", browser_token(&form), email);
    reply answer = browser_post_raw(&self, "/login", body, NULL);
    page_expect_location(&answer, "/figures");
    browser_take_cookie(&self, &answer);
    reply_free(&form);
    reply_free(&answer);
    return self;
}
