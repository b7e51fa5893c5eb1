/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every page has around it, and the pages that say why there is nothing else to see.
 */
#include "page.h"
#include "page_access.h"
#include "page_style.h"
#include "problem.h"
#include "routes.h"

#include <stdlib.h>
#include <string.h>

static bool is_of_contract(const char *path)
{
    return strncmp(path, "/v1/", 4) == 0 || strcmp(path, "/v1") == 0;
}

bool page_is_for_people(const request *self)
{
    if (is_of_contract(self->path) || strncmp(self->path, "/_faults", 8) == 0)
        return false;
    return self->route || (self->accept && strstr(self->accept, "text/html"));
}

void page_open(page *self, request *from, response *answer)
{
    memset(self, 0, sizeof *self);
    self->request = from;
    self->answer = answer;
    self->language = from->session.user.language[0] ? page_language_of(from->session.user.language)
                                                    : page_language_asked(from->accept_language);
}

static void write_account(page *self)
{
    const store_user *user = &self->request->session.user;
    if (!user->user_id[0])
        return;
    page_raw(self, "<div class=\"account\"><span class=\"who\">");
    page_text(self, user->name);
    page_raw(self, "</span><form method=\"post\" action=\"/logout\">");
    page_csrf_field(self);
    page_raw(self, "<button class=\"quiet\">");
    page_say(self, PAGE_LOG_OUT);
    page_raw(self, "</button></form></div>");
}

void page_head(page *self, const char *title)
{
    page_raw(self, "<!DOCTYPE html>\n<html lang=\"");
    page_raw(self, page_language_code(self->language));
    page_raw(self, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    page_text(self, title);
    page_raw(self, " \xc2\xb7 FactoryCLOUD</title>\n<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
                   "<link rel=\"stylesheet\" href=\"/style.css?");
    page_raw(self, page_style_version());
    page_raw(self, "\">\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
    page_say(self, PAGE_SKIP);
    page_raw(self, "</a>\n<header class=\"top\"><div class=\"bar\"><a class=\"brand\" href=\"/\">"
                   "<img src=\"/icon.svg\" alt=\"\" width=\"28\" height=\"28\">FactoryCLOUD</a>");
    write_account(self);
    page_raw(self, "</div></header>\n<main id=\"main\">\n");
}

void page_close(page *self, int status)
{
    page_raw(self, "</main>\n");
    if (self->request->api->mail_folder) {
        page_raw(self, "<footer><a href=\"/mail\">");
        page_say(self, PAGE_MAIL_LINK);
        page_raw(self, "</a></footer>\n");
    }
    page_raw(self, "</body>\n</html>\n");
    if (self->failed) {
        page_drop(self);
        problem_set(self->answer, PROBLEM_INTERNAL, NULL);
        return;
    }
    self->answer->status = status;
    self->answer->type = "text/html; charset=utf-8";
    self->answer->text = self->bytes;
    self->answer->text_bytes = self->length;
    self->bytes = NULL;
}

static page_text_id words_for(int status)
{
    switch (status) {
    case 403:
        return PAGE_ERROR_FORM;
    case 404:
        return PAGE_ERROR_NOT_FOUND;
    case 429:
        return PAGE_ERROR_THROTTLED;
    case 503:
        return PAGE_ERROR_BUSY;
    default:
        return status < 500 ? PAGE_ERROR_REQUEST : PAGE_ERROR_INTERNAL;
    }
}

void page_from_problem(request *self, response *answer)
{
    page one;
    response dressed = {.slug = answer->slug, .retry_after_s = answer->retry_after_s, .allow = answer->allow};
    int status = answer->status;
    page_open(&one, self, &dressed);
    page_head(&one, page_words(one.language, PAGE_ERROR_TITLE));
    page_raw(&one, "<section class=\"card narrow\"><h1>");
    page_say(&one, PAGE_ERROR_TITLE);
    page_raw(&one, "</h1>\n<p>");
    page_say(&one, words_for(status));
    page_raw(&one, "</p>\n<p><a class=\"button\" href=\"/\">");
    page_say(&one, PAGE_ERROR_BACK);
    page_raw(&one, "</a></p></section>\n");
    page_close(&one, status);
    if (one.failed) { /* the problem as it was will do */
        response_clear(&dressed);
        return;
    }
    response_clear(answer);
    *answer = dressed;
}
