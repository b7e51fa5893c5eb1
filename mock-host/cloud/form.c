/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking the members of a request, one at a time, so that the owner sees everything that is wrong with what they
 * typed and not only the first of it.
 */
#include "form.h"
#include "json_read.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PASSWORD_MIN 10
#define PASSWORD_MAX 256

bool form_begin(form *self, const request *from, response *answer)
{
    const char *wrong = NULL;
    size_t at = 0;
    char detail[160];
    self->errors = NULL;
    self->object = json_parse(from->body, from->body_bytes, &wrong, &at);
    if (self->object && cJSON_IsObject(self->object))
        return true;
    snprintf(detail, sizeof detail, "The body is not a JSON object: %s at byte %zu.", wrong ? wrong : "another type",
             at);
    problem_set(answer, PROBLEM_MALFORMED, detail);
    return false;
}

bool form_accept(form *self, response *answer)
{
    if (!self->errors)
        return true;
    cJSON_AddItemToObject(problem_set(answer, PROBLEM_INVALID, NULL), "errors", self->errors);
    self->errors = NULL;
    return false;
}

void form_end(form *self)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, self->object) if (member->valuestring)
        sodium_memzero(member->valuestring, strlen(member->valuestring));
    cJSON_Delete(self->object);
    cJSON_Delete(self->errors);
}

void form_reject(form *self, const char *field, const char *code, const char *detail)
{
    cJSON *error = cJSON_CreateObject();
    if (!self->errors)
        self->errors = cJSON_CreateArray();
    cJSON_AddStringToObject(error, "field", field);
    cJSON_AddStringToObject(error, "code", code);
    cJSON_AddStringToObject(error, "detail", detail);
    cJSON_AddItemToArray(self->errors, error);
}

static const char *read_string(form *self, const char *field, bool required)
{
    const cJSON *member = json_member(self->object, field);
    if (!member && required)
        form_reject(self, field, "required", "This field is needed.");
    else if (member && !cJSON_IsString(member))
        form_reject(self, field, "invalid", "This field is a text.");
    return cJSON_GetStringValue(member);
}

static bool check_length(form *self, const char *field, const char *text, size_t min, size_t max)
{
    size_t characters = json_count_characters(text);
    char detail[64];
    if (characters < min) {
        snprintf(detail, sizeof detail, min == 1 ? "Not empty." : "At least %zu characters.", min);
        form_reject(self, field, "too-short", detail);
        return false;
    }
    if (characters > max) {
        snprintf(detail, sizeof detail, "At most %zu characters.", max);
        form_reject(self, field, "too-long", detail);
        return false;
    }
    return true;
}

const char *form_text(form *self, const char *field, size_t min, size_t max, bool required)
{
    const char *text = read_string(self, field, required);
    if (!text || !check_length(self, field, text, min, max))
        return NULL;
    if (json_has_control(text)) {
        form_reject(self, field, "invalid", "No control characters.");
        return NULL;
    }
    return text;
}

const char *form_name(form *self, const char *field)
{
    const char *text = form_text(self, field, 1, 120, true);
    if (text && text[strspn(text, " ")] == 0) {
        form_reject(self, field, "too-short", "Not only spaces.");
        return NULL;
    }
    return text;
}

/* Narrow on purpose: what passes goes into a mail's header and to a mail server. */
static bool is_email(const char *text)
{
    static const char local[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-";
    static const char domain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    size_t before = strspn(text, local);
    if (before == 0 || before > 64 || text[before] != '@')
        return false;
    const char *host = text + before + 1;
    size_t after = strspn(host, domain);
    return after > 0 && host[after] == 0 && host[0] != '.' && host[0] != '-' && host[after - 1] != '.' &&
           text[0] != '.' && text[before - 1] != '.' && !strstr(text, "..");
}

const char *form_email(form *self, const char *field)
{
    const char *text = form_text(self, field, 3, 254, true);
    if (text && !is_email(text)) {
        form_reject(self, field, "invalid", "Not an e-mail address.");
        return NULL;
    }
    return text;
}

const char *form_password(form *self, const char *field)
{
    const char *text = read_string(self, field, true);
    return text && check_length(self, field, text, PASSWORD_MIN, PASSWORD_MAX) ? text : NULL;
}

const char *form_capitals(form *self, const char *field, size_t length)
{
    const char *text = read_string(self, field, true);
    if (text && !json_is_capitals(text, length)) {
        form_reject(self, field, "invalid", length == 2 ? "Two capital letters." : "Three capital letters.");
        return NULL;
    }
    return text;
}

const char *form_code(form *self, const char *field)
{
    const char *text = read_string(self, field, true);
    if (text && (strlen(text) != 6 || strspn(text, "0123456789") != 6)) {
        form_reject(self, field, "invalid", "Six digits.");
        return NULL;
    }
    return text;
}

const char *form_choice(form *self, const char *field, const char *first, const char *second, const char *third)
{
    const char *text = read_string(self, field, true);
    if (text && strcmp(text, first) != 0 && strcmp(text, second) != 0 && (!third || strcmp(text, third) != 0)) {
        form_reject(self, field, "invalid", "Not one of the choices.");
        return NULL;
    }
    return text;
}

void form_true(form *self, const char *field)
{
    if (!cJSON_IsTrue(json_member(self->object, field)))
        form_reject(self, field, "not-accepted", "This must be accepted.");
}
