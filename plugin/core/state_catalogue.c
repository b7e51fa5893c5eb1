/* SPDX-License-Identifier: Apache-2.0 */
/* core/state_catalogue.c - that part of the state record as JSON and back. Generations go as text: they use all of 64
 * bits, which a JSON number does not carry. */
#include "core/state_catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 24
#define COUNT_MAX    9007199254740991.0

typedef struct text_member {
    const char *name;
    size_t offset, size;
} text_member;

#define TEXT_MEMBER(field)                                                                                             \
    {                                                                                                                  \
#field, offsetof(state_catalogue, field), sizeof(((state_catalogue *)0)->field)                                \
    }

static const text_member texts[] = {TEXT_MEMBER(taken_tag),  TEXT_MEMBER(taken_etag),   TEXT_MEMBER(download_nonce),
                                    TEXT_MEMBER(upload_key), TEXT_MEMBER(upload_store), TEXT_MEMBER(upload_id)};

static bool add_generation(cJSON *object, const char *name, uint64_t generation)
{
    char text[NUMBER_BYTES];
    (void)snprintf(text, sizeof text, "%" PRIu64, generation);
    return cJSON_AddStringToObject(object, name, text) != NULL;
}

cJSON *state_catalogue_encode(const state_catalogue *s)
{
    cJSON *object = cJSON_CreateObject();
    bool ok = object && cJSON_AddBoolToObject(object, "connected", s->right.connected) &&
              cJSON_AddBoolToObject(object, "used_up", s->right.used_up) &&
              cJSON_AddBoolToObject(object, "licence_on", s->right.licence_on) &&
              add_generation(object, "taken_generation", s->taken_generation) &&
              add_generation(object, "upload_generation", s->upload_generation) &&
              cJSON_AddNumberToObject(object, "upload_replaces", (double)s->upload_replaces) &&
              cJSON_AddNumberToObject(object, "upload_lines", (double)s->upload_lines);
    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++)
        ok = cJSON_AddStringToObject(object, texts[i].name, (const char *)s + texts[i].offset) != NULL;
    if (ok)
        return object;
    cJSON_Delete(object);
    return NULL;
}

static uint64_t get_generation(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? strtoull(text, NULL, 10) : 0;
}

static int64_t get_count(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    bool good = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= COUNT_MAX;
    return good ? (int64_t)item->valuedouble : 0;
}

void state_catalogue_decode(const cJSON *object, state_catalogue *s)
{
    memset(s, 0, sizeof *s);
    s->right.connected = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "connected"));
    s->right.used_up = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "used_up"));
    s->right.licence_on = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "licence_on"));
    s->taken_generation = get_generation(object, "taken_generation");
    s->upload_generation = get_generation(object, "upload_generation");
    s->upload_replaces = get_count(object, "upload_replaces");
    s->upload_lines = get_count(object, "upload_lines");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, texts[i].name));
        size_t length = text ? strlen(text) : 0;
        if (length > 0 && length < texts[i].size)
            memcpy((char *)s + texts[i].offset, text, length);
    }
}
