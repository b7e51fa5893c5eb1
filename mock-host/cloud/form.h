/* SPDX-License-Identifier: Apache-2.0 */
/* form.h - reading what a person typed: every member is checked, and all that is wrong is reported at once. */
#ifndef CLOUD_FORM_H
#define CLOUD_FORM_H

#include "problem.h"

typedef struct form {
    cJSON *object; /* the parsed body */
    cJSON *errors; /* of the contract's FieldError; NULL while all is well */
} form;

/* Parses the body. False: it is no JSON object, and the answer is `malformed`. form_end() is needed in either case. */
bool form_begin(form *self, const request *from, response *answer);

/* False if something was wrong, and the answer is `invalid`. The texts that were read stay valid until form_end(). */
bool form_accept(form *self, response *answer);
/* Wipes the strings (a password may be among them) and frees. */
void form_end(form *self);

void form_reject(form *self, const char *field, const char *code, const char *detail);

/* All return NULL if the member is absent or was rejected, and reject an absent one if `required`. */
const char *form_text(form *self, const char *field, size_t min, size_t max, bool required);
const char *form_name(form *self, const char *field);
const char *form_email(form *self, const char *field);
const char *form_password(form *self, const char *field);
const char *form_capitals(form *self, const char *field, size_t length);
const char *form_code(form *self, const char *field);
/* One of two or three words; `third` may be NULL. */
const char *form_choice(form *self, const char *field, const char *first, const char *second, const char *third);
void form_true(form *self, const char *field);

#endif
