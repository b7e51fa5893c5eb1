/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - a request and its answer as the routes and handlers see them: no HTTP library, no sockets, no clock.
 * server.c fills and sends them; a simulator can do the same without a network.
 */
#ifndef CLOUD_REQUEST_H
#define CLOUD_REQUEST_H

#include "passwords.h"
#include "store.h"

#include <cjson/cJSON.h>

#define REQUEST_PARAMS_MAX 3

/* What the handlers share; nothing in it is of a request. */
typedef struct api {
    store *store;
    passwords *passwords;
    void (*mail_queued)(void *context); /* a mail may be waiting in the store */
    void *mail_context;
    const char *mail_folder; /* development mode: the mailbox page shows what is in it; NULL: there is no such page */
} api;

typedef struct route route;

typedef struct request {
    const api *api;
    const route *route;
    int64_t now_ms;
    const char *method;
    const char *path;
    const char *client;        /* network address, for throttling */
    const char *authorization; /* headers; NULL where there is none */
    const char *content_type;
    const char *content_encoding;
    const char *idempotency_key;
    const char *query_limit; /* parameters; NULL where there is none */
    const char *query_after;
    const char *query_q;
    const char *query_revision;
    const char *query_since;
    const char *if_none_match;
    const char *query_page; /* of the pages for people, as the next ones */
    const char *query_from;
    const char *query_to;
    const char *cookie;
    const char *accept;
    const char *accept_language;
    const char *fetch_site; /* Sec-Fetch-Site */
    const char *body;       /* decoded, and followed by a zero */
    size_t body_bytes;

    /* Filled by api_begin(). */
    char param[REQUEST_PARAMS_MAX][IDENT_ID_SIZE]; /* the path's parameters in order */
    store_session session;                         /* AUTH_SESSION */
    store_till_scope till;                         /* AUTH_TILL, AUTH_STORE */
    unsigned char token_hash[IDENT_HASH_BYTES];
    store_key key;
} request;

typedef struct response {
    int status;            /* 0: not yet known */
    const char *slug;      /* of a problem, for the log; else NULL */
    cJSON *json;           /* the body, or NULL; deleted by response_clear() */
    int64_t retry_after_s; /* 0: no such header */
    const char *allow;     /* or NULL */
    bool challenge;        /* WWW-Authenticate */
    char etag[160];        /* with its quotes, or "" */
    char *text;            /* the body instead of `json`; freed by response_clear() */
    size_t text_bytes;
    const char *type; /* of `text` */

    /* Of the pages for people; all empty for the API. */
    bool lasting;       /* may be kept for ever: its address changes when it does */
    char location[160]; /* or "" */
    char cookie[192];   /* Set-Cookie, or "" */
    char file_name[64]; /* to be saved under, or "" */
} response;

void response_clear(response *self);

/* Path, method, credential, media type, coding, Idempotency-Key: all that can be said before the body. The answer's
 * status stays 0 if it may go on; then the body is read, up to *max_body bytes. */
void api_begin(request *self, response *answer, size_t *max_body);

/* Parses a JSON body and lets the route's handler answer. */
void api_handle(request *self, response *answer);

#endif
