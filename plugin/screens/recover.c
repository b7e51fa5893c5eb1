/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/recover.c - Recover Password: an address, then the code from the mail and a new password, right on the till.
 *
 * Screen `recover`. Input: email. Button: recover.submit.
 * Screen `recover.code`. Inputs: code, password, password_again. Button: recover.confirm.
 *
 * The cloud answers alike for addresses with and without an account, so the words say "if".
 */
#include "screens/failure.h"
#include "screens/form.h"

#include <sodium.h>

static void draw_recover(screens *s, draw *d)
{
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_RECOVER_INTRO));
    draw_input(d, &(draw_field){.id = "email",
                                .label = TEXT_EMAIL,
                                .keyboard = POS_KEYBOARD_EMAIL,
                                .max_bytes = PROTOCOL_EMAIL_MAX,
                                .value = *s->email ? s->email : core_get_account(s->core).email,
                                .submit = "recover.submit"});
    draw_button(d, "recover.submit", POS_LEVEL_PRIMARY, TEXT_RECOVER_SUBMIT, NULL);
}

static void act_recover(screens *s, const char *action, const form *f)
{
    (void)action;
    if (form_take(s, f, "email", FORM_EMAIL, s->email, sizeof s->email))
        page_ask(s, REQUEST_RECOVER,
                 core_recover(s->core, s->now, s->email, s->locale.language == TEXTS_SPANISH ? "es" : "en"));
}

static void answered_recover(screens *s, const core_person *person)
{
    if (person->progress == PROGRESS_FAILED)
        failure_show(s, person);
    else
        page_push(s, &page_recover_code);
}

static void draw_recover_code(screens *s, draw *d)
{
    draw_text(d, "intro", TEXT_NONE,
              *s->email ? draw_say(d, TEXT_RECOVER_CODE_INTRO, s->email) : page_word(s, TEXT_RECOVER_CODE_INTRO_PLAIN));
    draw_secret(d, &(draw_field){.id = "code",
                                 .label = TEXT_CODE,
                                 .help = TEXT_CODE_HELP,
                                 .keyboard = POS_KEYBOARD_NUMBER,
                                 .max_bytes = FORM_CODE_DIGITS});
    draw_secret(d, &(draw_field){.id = "password",
                                 .label = TEXT_PASSWORD_NEW,
                                 .help = TEXT_PASSWORD_HELP,
                                 .keyboard = POS_KEYBOARD_TEXT,
                                 .max_bytes = FORM_PASSWORD_MAX_BYTES});
    draw_secret(d, &(draw_field){.id = "password_again",
                                 .label = TEXT_PASSWORD_AGAIN,
                                 .keyboard = POS_KEYBOARD_TEXT,
                                 .max_bytes = FORM_PASSWORD_MAX_BYTES,
                                 .submit = "recover.confirm"});
    draw_button(d, "recover.confirm", POS_LEVEL_PRIMARY, TEXT_RECOVER_CONFIRM, NULL);
}

static void act_recover_code(screens *s, const char *action, const form *f)
{
    char code[32];
    (void)action;
    bool has_code = form_take(s, f, "code", FORM_CODE, code, sizeof code);
    const char *password = form_take_new_password(s, f);
    if (has_code && password && !core_awaits_code(s->core, &(bool){false}))
        page_error_at(s, "code", TEXT_FAIL_CODE_EXPIRED, NULL);
    else if (has_code && password)
        page_ask(s, REQUEST_CONFIRM_RECOVER, core_confirm(s->core, s->now, code, password));
    sodium_memzero(code, sizeof code);
}

static void answered_recover_code(screens *s, const core_person *person)
{
    if (person->progress == PROGRESS_FAILED) {
        failure_show(s, person);
        return;
    }
    page_leave_log_in(s);
    page_notice(s, POS_LEVEL_INFO, TEXT_RECOVERED, core_get_account(s->core).name, NULL);
}

static const char *const recover_inputs[] = {"email", NULL};
static const char *const code_inputs[] = {"code", "password", "password_again", NULL};

const page page_recover = {.id = "recover",
                           .title = TEXT_RECOVER_TITLE,
                           .inputs = recover_inputs,
                           .draw = draw_recover,
                           .act = act_recover,
                           .answered = answered_recover};

const page page_recover_code = {.id = "recover.code",
                                .title = TEXT_RECOVER_TITLE,
                                .inputs = code_inputs,
                                .draw = draw_recover_code,
                                .act = act_recover_code,
                                .answered = answered_recover_code};
