/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_form.h - the fields of a posted form.
 */
#ifndef TILL_WEB_FORM_H
#define TILL_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#define WEB_FORM_FIELDS_MAX 128

/* Points into the body that it was read from. */
struct web_form {
    size_t count;
    struct {
        const char *name;
        const char *value;
    } fields[WEB_FORM_FIELDS_MAX];
};

/* Decodes application/x-www-form-urlencoded in place; `body` is zero-terminated. False: too many fields, or an escape
 * that is none. */
bool web_form_read(struct web_form *form, char *body);

/* NULL: it is not there. */
const char *web_form_get(const struct web_form *form, const char *name);

#endif
