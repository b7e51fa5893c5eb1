/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the mails say. Nothing of what the requester typed (a name, say) is in them: otherwise the cloud could be used
 * to send a stranger's words to anybody.
 */
#include "mail_texts.h"

#include <stdio.h>
#include <string.h>

typedef struct mail_words {
    const char *subject;
    const char *before;
    const char *after;
} mail_words;

static const mail_words english[] = {
    [MAIL_REGISTRATION] = {"Your registration code",
                           "Somebody, we hope you, is registering this address on a till.\n"
                           "Type this code there within ten minutes:\n",
                           "If it was not you, do nothing: without the code no account is made.\n"},
    [MAIL_ALREADY_REGISTERED] = {"You have an account already",
                                 "Somebody, we hope you, tried to register this address on a till,\n"
                                 "but it has an account already. Log in with it.\n"
                                 "If you have forgotten the password, choose \"Forgot password\" on the till.\n",
                                 "If it was not you, do nothing: nothing was changed.\n"},
    [MAIL_RECOVERY] = {"Your recovery code",
                       "Somebody, we hope you, has forgotten the password of this account.\n"
                       "Type this code on the till within ten minutes and choose a new one:\n",
                       "If it was not you, do nothing: without the code the password stays as it is.\n"},
};

static const mail_words spanish[] = {
    [MAIL_REGISTRATION] = {"Su código de registro",
                           "Alguien, esperamos que usted, está registrando esta dirección en una caja.\n"
                           "Escriba este código en ella antes de diez minutos:\n",
                           "Si no ha sido usted, no haga nada: sin el código no se crea ninguna cuenta.\n"},
    [MAIL_ALREADY_REGISTERED] = {"Ya tiene una cuenta",
                                 "Alguien, esperamos que usted, ha intentado registrar esta dirección en una caja,\n"
                                 "pero ya tiene una cuenta. Inicie sesión con ella.\n"
                                 "Si ha olvidado la contraseña, elija \"He olvidado la contraseña\" en la caja.\n",
                                 "Si no ha sido usted, no haga nada: no se ha cambiado nada.\n"},
    [MAIL_RECOVERY] = {"Su código de recuperación",
                       "Alguien, esperamos que usted, ha olvidado la contraseña de esta cuenta.\n"
                       "Escriba este código en la caja antes de diez minutos y elija una nueva:\n",
                       "Si no ha sido usted, no haga nada: sin el código la contraseña no cambia.\n"},
};

static const mail_words *find_words(mail_kind kind, const char *language)
{
    return strcmp(language, "es") == 0 ? &spanish[kind] : &english[kind];
}

const char *mail_text_subject(mail_kind kind, const char *language)
{
    return find_words(kind, language)->subject;
}

void mail_text_body(mail_kind kind, const char *language, const char *code, char *out, size_t out_size)
{
    const mail_words *words = find_words(kind, language);
    if (code && kind != MAIL_ALREADY_REGISTERED)
        snprintf(out, out_size, "%s\nCode: %s\n\n%s", words->before, code, words->after);
    else
        snprintf(out, out_size, "%s\n%s", words->before, words->after);
}
