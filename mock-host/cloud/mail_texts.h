/* SPDX-License-Identifier: Apache-2.0 */
/* mail_texts.h - the words of the mails, in English and Spanish. */
#ifndef CLOUD_MAIL_TEXTS_H
#define CLOUD_MAIL_TEXTS_H

#include <stddef.h>

typedef enum mail_kind { MAIL_REGISTRATION = 1, MAIL_ALREADY_REGISTERED, MAIL_RECOVERY } mail_kind;

const char *mail_text_subject(mail_kind kind, const char *language);

/* `code` may be NULL where the kind has none. The line with the code reads "Code: 123456" in every language, so that
 * programs find it. */
void mail_text_body(mail_kind kind, const char *language, const char *code, char *out, size_t out_size);

#endif
