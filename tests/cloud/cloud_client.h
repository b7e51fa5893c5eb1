/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/cloud/cloud_client.h - an HTTP client for the tests of the cloud: libcurl, real TLS verified against the cloud's own
 * CA. Every exchange is written down in the file that CLOUD_CONTRACT_LOG names, for contract.py to compare it with
 * include/cloud/openapi.yaml.
 */
#ifndef TESTS_CLOUD_CLOUD_CLIENT_H
#define TESTS_CLOUD_CLOUD_CLIENT_H

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stddef.h>

typedef struct call {
    const char *method; /* NULL: POST with a body, else GET */
    const char *path;   /* behind the base, "/v1/..." */
    const char *token;
    const char *json; /* a JSON body, or ... */
    const void *body; /* ... any other */
    size_t body_bytes;
    const char *type;   /* NULL: application/json */
    const char *coding; /* NULL: no Content-Encoding */
    const char *key;    /* Idempotency-Key */
    const char *header; /* one more, "Name: value" */
} call;

typedef struct reply {
    CURLcode code;
    long status;
    char *body;
    size_t bytes;
    char *headers;
    size_t header_bytes;
    cJSON *json; /* NULL if the body is none */
    double seconds;
} reply;

/* Grows *to; 0 when there is no memory. */
size_t client_append(char **to, size_t *length, const char *bytes, size_t count);

/* The value of a header in a malloc'ed string, or NULL. */
char *reply_header(const reply *self, const char *name);

/* One exchange over a connection of its own, with `ca_file` the only authority (NULL: as the system says). */
reply client_call(const char *base, const char *ca_file, call what);

void reply_free(reply *self);

/* A part of the answer by a path such as "user.name" or "results.0.status"; NULL, "" or -1 if there is none. */
const cJSON *reply_find(const reply *self, const char *path);
const char *reply_text(const reply *self, const char *path);
long long reply_int(const reply *self, const char *path);

#endif
