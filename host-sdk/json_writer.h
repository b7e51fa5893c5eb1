/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON into a growing buffer. Not part of libposhost's public face. */
#ifndef HOST_SDK_JSON_WRITER_H
#define HOST_SDK_JSON_WRITER_H

#include <stddef.h>
#include <stdint.h>

typedef struct poshost_json {
    char *bytes;
    size_t size_bytes;
    size_t room_bytes;
    int is_out_of_memory; /* then everything further is dropped */
} poshost_json;

/* Text as it is: punctuation, literals, what another writer has made. */
void poshost_json_raw(poshost_json *json, const char *bytes, size_t size_bytes);
void poshost_json_number(poshost_json *json, int64_t number);
/* A string with quotes; the text is valid UTF-8. */
void poshost_json_text(poshost_json *json, const char *text);
/* ,"name": - the comma only when something stands before it in this object. */
void poshost_json_name(poshost_json *json, const char *name);
void poshost_json_free(poshost_json *json);

#endif
