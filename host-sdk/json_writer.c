/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON into a growing buffer. Own code where a library would do, because cJSON's numbers are doubles and its
 * printing of them depends on the locale: a report's bytes must be the same everywhere and exact to the cent.
 */
#include "json_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void poshost_json_raw(poshost_json *json, const char *bytes, size_t size_bytes)
{
    if (json->is_out_of_memory)
        return;
    if (json->room_bytes - json->size_bytes < size_bytes) {
        size_t room = json->room_bytes ? json->room_bytes : 256;
        while (room - json->size_bytes < size_bytes)
            room *= 2;
        char *grown = realloc(json->bytes, room);
        if (grown == NULL) {
            json->is_out_of_memory = 1;
            return;
        }
        json->bytes = grown;
        json->room_bytes = room;
    }
    if (size_bytes > 0)
        memcpy(json->bytes + json->size_bytes, bytes, size_bytes);
    json->size_bytes += size_bytes;
}

void poshost_json_number(poshost_json *json, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, number);
    poshost_json_raw(json, text, (size_t)length);
}

void poshost_json_text(poshost_json *json, const char *text)
{
    poshost_json_raw(json, "\"", 1);
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        char escaped[8];
        if (byte == '"' || byte == '\\') {
            escaped[0] = '\\';
            escaped[1] = *c;
            poshost_json_raw(json, escaped, 2);
        } else if (byte < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", byte);
            poshost_json_raw(json, escaped, 6);
        } else {
            poshost_json_raw(json, c, 1);
        }
    }
    poshost_json_raw(json, "\"", 1);
}

void poshost_json_name(poshost_json *json, const char *name)
{
    if (json->size_bytes > 0 && json->bytes[json->size_bytes - 1] != '{')
        poshost_json_raw(json, ",", 1);
    poshost_json_text(json, name);
    poshost_json_raw(json, ":", 1);
}

void poshost_json_free(poshost_json *json)
{
    free(json->bytes);
    memset(json, 0, sizeof *json);
}
