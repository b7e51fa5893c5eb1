/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in and out. The same accounts and the same throttle as the till's screen; a failed try says the same for
 * known and unknown addresses.
 */
#include "login.h"
#include "page_access.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"

#include <sodium.h>
#include <string.h>

#define EMAIL_SIZE    255
#define PASSWORD_SIZE 1025 /* 256 characters of UTF-8 */

void page_show_start(request *self, response *answer)
{
    (void)self;
    page_redirect(answer, "/figures");
}

typedef struct login_form {
    const char *email;    /* what was typed, or "" */
    page_text_id problem; /* PAGE_TEXT_NONE: none */
    int64_t wait_s;
    int status;
} login_form;

static void write_problem(page *self, const login_form *form)
{
    if (form->problem == PAGE_TEXT_NONE)
        return;
    page_raw(self, "<p class=\"notice bad\" role=\"alert\" id=\"problem\">");
    if (form->problem == PAGE_LOGIN_WAIT)
        page_say_count(self, form->problem, form->wait_s, NULL);
    else
        page_say(self, form->problem);
    page_raw(self, "</p>\n");
}

static void write_form(page *self, const login_form *form)
{
    const char *described = form->problem ? " aria-describedby=\"problem\"" : "";
    page_raw(self, "<form method=\"post\" action=\"/login\" class=\"stack\">");
    page_csrf_login_field(self);
    page_raw(self, "<div class=\"field\"><label for=\"email\">");
    page_say(self, PAGE_LOGIN_EMAIL);
    page_raw(self, "</label><input id=\"email\" name=\"email\" type=\"email\" required maxlength=\"254\" "
                   "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\"");
    page_raw(self, described);
    page_raw(self, form->email[0] ? " value=\"" : " autofocus value=\"");
    page_text(self, form->email);
    page_raw(self, "\"></div>\n<div class=\"field\"><label for=\"password\">");
    page_say(self, PAGE_LOGIN_PASSWORD);
    page_raw(self, "</label><input id=\"password\" name=\"password\" type=\"password\" required maxlength=\"256\" "
                   "autocomplete=\"current-password\"");
    page_raw(self, described);
    page_raw(self, form->email[0] ? " autofocus></div>\n" : "></div>\n");
    page_raw(self, "<button class=\"primary wide\">");
    page_say(self, PAGE_LOGIN_BUTTON);
    page_raw(self, "</button></form>\n");
}

static void show_form(request *self, response *answer, const login_form *form)
{
    page one;
    page_open(&one, self, answer);
    page_head(&one, page_words(one.language, PAGE_LOGIN_TITLE));
    page_raw(&one, "<section class=\"card narrow\"><h1>");
    page_say(&one, PAGE_LOGIN_TITLE);
    page_raw(&one, "</h1>\n<p class=\"soft\">");
    page_say(&one, PAGE_LOGIN_INTRO);
    page_raw(&one, "</p>\n");
    write_problem(&one, form);
    write_form(&one, form);
    page_raw(&one, "<p class=\"soft small\">");
    page_say(&one, PAGE_LOGIN_HELP);
    page_raw(&one, "</p>\n<p class=\"small\"><a href=\"/terms\">");
    page_say(&one, PAGE_TERMS_TITLE);
    page_raw(&one, "</a></p></section>\n");
    page_close(&one, form->status);
    if (form->wait_s)
        answer->retry_after_s = form->wait_s;
}

void page_show_login(request *self, response *answer)
{
    show_form(self, answer, &(login_form){.email = "", .status = 200});
}

static void answer_login(request *self, response *answer, login *one, store_status status)
{
    login_form again = {.email = one->email, .problem = PAGE_LOGIN_WRONG, .status = 401};
    switch (status) {
    case STORE_OK:
        page_set_session(answer, one->token);
        page_redirect(answer, "/figures");
        break;
    case STORE_WRONG:
        show_form(self, answer, &again);
        break;
    case STORE_THROTTLED:
        again.problem = PAGE_LOGIN_WAIT;
        again.wait_s = one->retry_after_ms / 1000 + 1;
        again.status = 429;
        show_form(self, answer, &again);
        break;
    default:
        problem_set_store(answer, status);
        break;
    }
}

void page_log_in(request *self, response *answer)
{
    char email[EMAIL_SIZE];
    char password[PASSWORD_SIZE];
    login one = {.email = email, .password = password, .device_name = "Browser"};
    bool typed = page_form_value(self, "email", email, sizeof email) && email[0] != 0;
    typed = page_form_value(self, "password", password, sizeof password) && password[0] != 0 && typed;
    if (!page_csrf_login_holds(self))
        show_form(self, answer, &(login_form){.email = email, .problem = PAGE_LOGIN_STALE, .status = 403});
    else
        answer_login(self, answer, &one, typed ? login_open(self, &one) : STORE_WRONG);
    sodium_memzero(password, sizeof password);
    sodium_memzero(one.token, sizeof one.token);
}

void page_log_out(request *self, response *answer)
{
    if (!page_csrf_holds(self)) {
        page_refuse_form(self, answer);
        return;
    }
    store_status status = store_session_end(self->api->store, self->session.session_id, self->now_ms);
    if (status != STORE_OK) {
        problem_set_store(answer, status);
        return;
    }
    page_set_session(answer, NULL);
    page_redirect(answer, "/login");
}
