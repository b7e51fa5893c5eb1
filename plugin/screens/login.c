/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/login.c - Login to FactoryCLOUD.
 *
 * Screen `login`. Inputs: email, password. Buttons: login.submit, login.recover, login.register, login.code (only while
 * a code from a mail is awaited: the owner may have left the screen to read it). While somebody is logged in, instead:
 * text user, button login.other.
 */
#include "screens/failure.h"
#include "screens/form.h"

#include <string.h>

static void draw_form(screens *s, draw *d)
{
    core_account account = core_get_account(s->core);
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_LOG_IN_INTRO));
    draw_input(d, &(draw_field){.id = "email",
                                .label = TEXT_EMAIL,
                                .keyboard = POS_KEYBOARD_EMAIL,
                                .max_bytes = PROTOCOL_EMAIL_MAX,
                                .value = *s->email ? s->email : account.email});
    draw_secret(d, &(draw_field){.id = "password",
                                 .label = TEXT_PASSWORD,
                                 .keyboard = POS_KEYBOARD_TEXT,
                                 .max_bytes = FORM_PASSWORD_MAX_BYTES,
                                 .submit = "login.submit"});
    draw_button(d, "login.submit", POS_LEVEL_PRIMARY, TEXT_LOG_IN, NULL);
    if (core_awaits_code(s->core, &(bool){false}))
        draw_button(d, "login.code", POS_LEVEL_PLAIN, TEXT_LOG_IN_CODE, NULL);
    draw_button_with_help(d, "login.recover", POS_LEVEL_PLAIN, TEXT_LOG_IN_RECOVER, TEXT_LOG_IN_RECOVER_HELP, NULL);
    draw_button_with_help(d, "login.register", POS_LEVEL_PLAIN, TEXT_LOG_IN_REGISTER, TEXT_LOG_IN_REGISTER_HELP, NULL);
}

static void draw_log_in(screens *s, draw *d)
{
    core_account account = core_get_account(s->core);
    if (!account.logged_in || s->log_in_again) {
        draw_form(s, d);
        return;
    }
    draw_text(d, "user", TEXT_MAIN_USER, draw_say(d, TEXT_PERSON, account.name, account.email));
    if (!core_get_assignment(s->core).assigned)
        draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_LOGGED_IN_INTRO));
    draw_button(d, "login.other", POS_LEVEL_PLAIN, TEXT_LOG_IN_OTHER, NULL);
}

static void submit(screens *s, const form *f)
{
    char email[PROTOCOL_EMAIL_MAX + 1];
    bool has_email = form_take(s, f, "email", FORM_EMAIL, email, sizeof email);
    const char *password = form_take_password(s, f);
    if (has_email && password)
        page_ask(s, REQUEST_LOG_IN, core_log_in(s->core, s->now, email, password));
}

/* Takes the typed address along, so that nobody types it twice. What is wrong with it is said where it is needed. */
static void go_on_with_email(screens *s, const form *f, const page *next)
{
    if (!form_take(s, f, "email", FORM_EMAIL, s->email, sizeof s->email))
        s->email[0] = '\0';
    page_push(s, next);
}

static void act_log_in(screens *s, const char *action, const form *f)
{
    bool of_recovery = false;
    if (strcmp(action, "login.submit") == 0) {
        submit(s, f);
    } else if (strcmp(action, "login.recover") == 0) {
        go_on_with_email(s, f, &page_recover);
    } else if (strcmp(action, "login.register") == 0) {
        go_on_with_email(s, f, &page_register);
    } else if (strcmp(action, "login.code") == 0) {
        if (core_awaits_code(s->core, &of_recovery))
            page_push(s, of_recovery ? &page_recover_code : &page_register_code);
    } else if (strcmp(action, "login.other") == 0) {
        s->log_in_again = true;
        s->fresh = true;
    }
}

static void answered_log_in(screens *s, const core_person *person)
{
    if (person->progress == PROGRESS_FAILED) {
        failure_show(s, person);
        return;
    }
    page_leave_log_in(s);
    page_notice(s, POS_LEVEL_INFO, TEXT_LOGGED_IN, core_get_account(s->core).name, NULL);
}

static const char *const inputs[] = {"email", "password", NULL};

const page page_log_in = {.id = "login",
                          .title = TEXT_MAIN_LOG_IN,
                          .inputs = inputs,
                          .draw = draw_log_in,
                          .act = act_log_in,
                          .answered = answered_log_in};
