/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/wire.c - requests are built so that a password exists once only: cJSON gets references, never copies, and
 * prints into a buffer of the right size at once (a growing one would leave pieces behind). That buffer becomes the
 * request's body, which the net wipes.
 */
#include "protocol/wire.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPED_BYTES_MAX 6  /* of one byte in a JSON string: \u00XX */
#define MEMBER_BYTES      8  /* quotes, colon, comma */
#define PRINT_SLACK_BYTES 64 /* cJSON wants a few bytes more than it writes */

/* Dots are escaped as well: a segment "..", wherever it came from, must not climb. */
static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static char *write_escaped(char *to, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *text != '\0'; text++) {
        uint8_t byte = (uint8_t)*text;
        if (is_unreserved(*text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 15];
        }
    }
    return to;
}

static char *write_path(const char *const *parts)
{
    size_t size = 1, i;
    char *path, *at;

    for (i = 0; parts[i] != NULL; i++)
        size += 3 * strlen(parts[i]);
    path = malloc(size);
    if (path == NULL)
        return NULL;
    at = path;
    for (i = 0; parts[i] != NULL; i++) {
        if (i % 2 == 1) {
            at = write_escaped(at, parts[i]);
        } else {
            memcpy(at, parts[i], strlen(parts[i]));
            at += strlen(parts[i]);
        }
    }
    *at = '\0';
    return path;
}

static net_request *fail(net_request *request)
{
    net_request_free(request);
    return NULL;
}

net_request *wire_request(const char *method, const char *const *parts)
{
    net_request *request = net_request_new(method);

    if (request == NULL)
        return NULL;
    request->path = write_path(parts);
    return request->path == NULL ? fail(request) : request;
}

net_request *wire_add_token(net_request *request, const char *token)
{
    if (request == NULL)
        return NULL;
    request->token = strdup(token);
    return request->token == NULL ? fail(request) : request;
}

net_request *wire_add_key(net_request *request, const char *idempotency_key)
{
    if (request == NULL)
        return NULL;
    strncpy(request->idempotency_key, idempotency_key, sizeof request->idempotency_key - 1);
    return request;
}

net_request *wire_cap_answer(net_request *request, uint32_t cap_bytes)
{
    if (request != NULL)
        request->answer_cap_bytes = cap_bytes;
    return request;
}

static bool is_absent(const wire_member *member)
{
    return !member->is_true && (member->text == NULL || member->text[0] == '\0');
}

static cJSON *make_object(const wire_member *members, size_t count)
{
    cJSON *object = cJSON_CreateObject();
    size_t i;

    for (i = 0; object != NULL && i < count; i++) {
        cJSON *value;
        if (is_absent(&members[i]))
            continue;
        value = members[i].is_true ? cJSON_CreateTrue() : cJSON_CreateStringReference(members[i].text);
        if (value == NULL || !cJSON_AddItemToObjectCS(object, members[i].name, value)) {
            cJSON_Delete(value);
            cJSON_Delete(object);
            return NULL;
        }
    }
    return object;
}

static size_t printed_bytes_max(const wire_member *members, size_t count)
{
    size_t size = PRINT_SLACK_BYTES, i;

    for (i = 0; i < count; i++)
        size += MEMBER_BYTES +
                ESCAPED_BYTES_MAX *
                    (strlen(members[i].name) +
                     (is_absent(&members[i]) || members[i].is_true ? sizeof "true" : strlen(members[i].text)));
    return size;
}

net_request *wire_add_body(net_request *request, const wire_member *members, size_t count)
{
    cJSON *object;
    size_t room = printed_bytes_max(members, count);
    bool printed;

    if (request == NULL)
        return NULL;
    object = make_object(members, count);
    request->body = malloc(room);
    request->content_type = "application/json";
    printed = object != NULL && request->body != NULL && room <= INT32_MAX &&
              cJSON_PrintPreallocated(object, (char *)request->body, (int)room, 0) != 0;
    cJSON_Delete(object);
    if (request->body != NULL && !printed)
        sodium_memzero(request->body, room); /* what was printed so far may be a password */
    else if (request->body != NULL)
        request->body_bytes = strlen((const char *)request->body);
    return printed ? request : fail(request);
}
