/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/register.c - Register: the account's data, then the code from the mail.
 *
 * Screen `register`. Inputs: name, email, password, password_again, country; choice: language; toggle: terms. Button:
 * register.submit ("Create user").
 * Screen `register.code`. Input: code. Button: code.submit.
 */
#include "screens/failure.h"
#include "screens/form.h"

#include <string.h>

#include <sodium.h>

static void draw_person(screens *s, draw *d)
{
    draw_input(d, &(draw_field){.id = "name",
                                .label = TEXT_YOUR_NAME,
                                .keyboard = POS_KEYBOARD_NAME,
                                .max_bytes = PROTOCOL_NAME_MAX,
                                .value = s->registration.name});
    draw_input(d, &(draw_field){.id = "email",
                                .label = TEXT_EMAIL,
                                .help = TEXT_REGISTER_EMAIL_HELP,
                                .keyboard = POS_KEYBOARD_EMAIL,
                                .max_bytes = PROTOCOL_EMAIL_MAX,
                                .value = s->email});
    draw_secret(d, &(draw_field){.id = "password",
                                 .label = TEXT_PASSWORD,
                                 .help = TEXT_PASSWORD_HELP,
                                 .keyboard = POS_KEYBOARD_TEXT,
                                 .max_bytes = FORM_PASSWORD_MAX_BYTES});
    draw_secret(d, &(draw_field){.id = "password_again",
                                 .label = TEXT_PASSWORD_AGAIN,
                                 .keyboard = POS_KEYBOARD_TEXT,
                                 .max_bytes = FORM_PASSWORD_MAX_BYTES});
}

static void draw_register(screens *s, draw *d)
{
    const pos_option languages[] = {
        {.struct_size = sizeof(pos_option), .value = "en", .label = page_word(s, TEXT_LANGUAGE_EN)},
        {.struct_size = sizeof(pos_option), .value = "es", .label = page_word(s, TEXT_LANGUAGE_ES)}};
    const page_registration *typed = &s->registration;
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_REGISTER_INTRO));
    draw_person(s, d);
    draw_input(d, &(draw_field){.id = "country",
                                .label = TEXT_COUNTRY,
                                .help = TEXT_COUNTRY_HELP,
                                .keyboard = POS_KEYBOARD_TEXT,
                                .max_bytes = 2,
                                .value = typed->is_there ? typed->country : s->locale.country});
    draw_choice(d, "language", TEXT_LANGUAGE,
                typed->is_there                       ? typed->language
                : s->locale.language == TEXTS_SPANISH ? "es"
                                                      : "en",
                languages, 2);
    draw_toggle(d, "terms", TEXT_TERMS,
                *s->cloud_url ? draw_say(d, TEXT_TERMS_HELP, s->cloud_url) : page_word(s, TEXT_TERMS_HELP_PLAIN),
                typed->terms, NULL, NULL);
    draw_button(d, "register.submit", POS_LEVEL_PRIMARY, TEXT_REGISTER_SUBMIT, NULL);
}

static void keep_typed(screens *s, const char *name, const char *country, const char *language)
{
    page_registration *typed = &s->registration;
    *typed = (page_registration){.is_there = true, .terms = true};
    texts_copy(typed->name, sizeof typed->name, name);
    texts_copy(typed->country, sizeof typed->country, country);
    texts_copy(typed->language, sizeof typed->language, language);
}

static void act_register(screens *s, const char *action, const form *f)
{
    char name[PROTOCOL_NAME_MAX + 1], country[16], language[16];
    (void)action;
    form_take(s, f, "name", FORM_REQUIRED, name, sizeof name);
    form_take(s, f, "email", FORM_EMAIL, s->email, sizeof s->email);
    const char *password = form_take_new_password(s, f);
    form_take(s, f, "country", FORM_COUNTRY, country, sizeof country);
    form_take(s, f, "language", FORM_REQUIRED, language, sizeof language);
    if (*language && strcmp(language, "en") != 0 && strcmp(language, "es") != 0)
        page_error_at(s, "language", TEXT_FIELD_NOT_LISTED, NULL);
    if (!form_is_on(f, "terms"))
        page_error_at(s, "terms", TEXT_FIELD_TERMS, NULL);
    if (page_has_errors(s) || !password)
        return;
    keep_typed(s, name, country, language);
    page_ask(s, REQUEST_REGISTER,
             core_register(s->core, s->now,
                           &(protocol_registration){.email = s->email,
                                                    .name = name,
                                                    .password = password,
                                                    .country = country,
                                                    .language = language,
                                                    .terms_accepted = true}));
}

static void answered_register(screens *s, const core_person *person)
{
    if (person->progress == PROGRESS_FAILED)
        failure_show(s, person);
    else
        page_push(s, &page_register_code);
}

static void draw_register_code(screens *s, draw *d)
{
    draw_text(d, "intro", TEXT_NONE,
              *s->email ? draw_say(d, TEXT_REGISTER_CODE_INTRO, s->email)
                        : page_word(s, TEXT_REGISTER_CODE_INTRO_PLAIN));
    draw_secret(d, &(draw_field){.id = "code",
                                 .label = TEXT_CODE,
                                 .help = TEXT_CODE_HELP,
                                 .keyboard = POS_KEYBOARD_NUMBER,
                                 .max_bytes = FORM_CODE_DIGITS,
                                 .submit = "code.submit"});
    draw_button(d, "code.submit", POS_LEVEL_PRIMARY, TEXT_CODE_SUBMIT, NULL);
}

static void act_register_code(screens *s, const char *action, const form *f)
{
    char code[32];
    (void)action;
    bool has_code = form_take(s, f, "code", FORM_CODE, code, sizeof code);
    if (has_code && !core_awaits_code(s->core, &(bool){false}))
        page_error_at(s, "code", TEXT_FAIL_CODE_EXPIRED, NULL);
    else if (has_code)
        page_ask(s, REQUEST_CONFIRM_REGISTER, core_confirm(s->core, s->now, code, NULL));
    sodium_memzero(code, sizeof code);
}

static void answered_register_code(screens *s, const core_person *person)
{
    if (person->progress == PROGRESS_FAILED) {
        failure_show(s, person);
        return;
    }
    page_leave_log_in(s);
    page_notice(s, POS_LEVEL_INFO, TEXT_REGISTERED, core_get_account(s->core).name, NULL);
}

static const char *const register_inputs[] = {"name",    "email",    "password", "password_again",
                                              "country", "language", "terms",    NULL};
static const char *const code_inputs[] = {"code", NULL};

const page page_register = {.id = "register",
                            .title = TEXT_LOG_IN_REGISTER,
                            .inputs = register_inputs,
                            .draw = draw_register,
                            .act = act_register,
                            .answered = answered_register};

const page page_register_code = {.id = "register.code",
                                 .title = TEXT_CODE_TITLE,
                                 .inputs = code_inputs,
                                 .draw = draw_register_code,
                                 .act = act_register_code,
                                 .answered = answered_register_code};
