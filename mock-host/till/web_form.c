/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a posted form apart where it lies: passwords are in it, and every copy would have to be wiped as well.
 */
#include "web_form.h"

#include <string.h>

static int web_form_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool web_form_decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '+') {
            *to++ = ' ';
        } else if (*from == '%') {
            int high = web_form_digit(from[1]);
            int low = high >= 0 ? web_form_digit(from[2]) : -1;
            if (low < 0 || (high == 0 && low == 0))
                return false;
            *to++ = (char)(high * 16 + low);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return true;
}

bool web_form_read(struct web_form *form, char *body)
{
    char *rest = NULL;
    form->count = 0;
    for (char *field = strtok_r(body, "&", &rest); field != NULL; field = strtok_r(NULL, "&", &rest)) {
        char *value = strchr(field, '=');
        if (value != NULL)
            *value++ = '\0';
        else
            value = field + strlen(field);
        if (form->count == WEB_FORM_FIELDS_MAX || !web_form_decode(field) || !web_form_decode(value))
            return false;
        form->fields[form->count].name = field;
        form->fields[form->count].value = value;
        form->count++;
    }
    return true;
}

const char *web_form_get(const struct web_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, name) == 0)
            return form->fields[i].value;
    }
    return NULL;
}
