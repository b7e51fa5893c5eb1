/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/form.h - the values that came with an action, and the checks that need no cloud.
 *
 * The limits are those of cloud/openapi.yaml. Whatever is wrong is said beside its field, all fields at once.
 */
#ifndef SCREENS_FORM_H
#define SCREENS_FORM_H

#include "screens/page.h"

#define FORM_VALUES_MAX         64
#define FORM_TEXT_MAX           4096 /* bytes; more is no typing but a mistake of the host */
#define FORM_PASSWORD_MIN_CHARS 10
#define FORM_PASSWORD_MAX_CHARS 256
#define FORM_CHAR_BYTES         4 /* at most, in UTF-8; the contract counts characters */
#define FORM_PASSWORD_MAX_BYTES (FORM_CHAR_BYTES * FORM_PASSWORD_MAX_CHARS)
#define FORM_CODE_DIGITS        6

/* Points into the host's event. */
struct form {
    uint32_t count;
    struct {
        const char *widget, *text;
    } values[FORM_VALUES_MAX];
};

/* Reads an event's values by their sizes and strides. NULL, or the rule that the host broke (static text). */
const char *form_read_event(form *f, const pos_event *event);

const char *form_get(const form *f, const char *widget); /* as typed; "" if it is missing */
bool form_is_on(const form *f, const char *widget);

typedef enum form_rule {
    FORM_OPTIONAL = 1, /* may be empty */
    FORM_REQUIRED,
    FORM_EMAIL,
    FORM_CODE,     /* six digits; spaces between them do not matter */
    FORM_COUNTRY,  /* two letters, made capitals */
    FORM_CURRENCY, /* three letters, made capitals */
    FORM_TIME_ZONE
} form_rule;

/* Trims, checks and copies one line. Of OPTIONAL and REQUIRED, `out` has room for as many characters as are allowed,
 * at four bytes each. false: `out` is "" and the error stands beside the field. */
bool form_take(screens *s, const form *f, const char *widget, form_rule rule, char *out, size_t capacity);

/* The password in the host's memory; it is neither trimmed nor copied. NULL: the error stands beside the field. */
const char *form_take_password(screens *s, const form *f);
/* A new one, typed twice in `password` and `password_again`. */
const char *form_take_new_password(screens *s, const form *f);

#endif
