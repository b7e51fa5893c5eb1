/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_own.h - what the files of the web page share: the server, and a request on its way.
 */
#ifndef TILL_WEB_OWN_H
#define TILL_WEB_OWN_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "flow.h"
#include "till.h"
#include "web.h"
#include "web_words.h"

#define WEB_TOKEN_BYTES  33 /* 128 bits in hexadecimal */
#define WEB_ID_BYTES     160
#define WEB_PROBLEMS_MAX 16
#define WEB_BODY_MAX     65536
#define WEB_ROWS         20u /* of a list, a page */

/* What the till itself found wrong with what was typed, before the plugin saw it. */
struct web_problem {
    char widget[WEB_ID_BYTES];
    enum web_word word;
};

struct web {
    struct till *till;
    struct MHD_Daemon *daemon;
    struct flow_guest guest;
    char host[64]; /* as the browser names it: "127.0.0.1:8080" */
    char address[96];
    uint16_t port;
    char token[WEB_TOKEN_BYTES];  /* in every form */
    char cookie[WEB_TOKEN_BYTES]; /* the cookie's value */
    char cookie_name[24];         /* cookies do not know ports */
    struct web_request *waiting;
    int64_t next_look_ms;
    enum web_word remark;     /* said on top of the page until the next press; 0: nothing */
    struct fault remark_text; /* its number, or why it failed */
    uint32_t problem_count;
    struct web_problem problems[WEB_PROBLEMS_MAX];
};

enum web_wait { WEB_WAIT_NONE, WEB_WAIT_CHANGE, WEB_WAIT_CALM };

struct web_request {
    struct web_request *next; /* among those that wait */
    struct MHD_Connection *connection;
    bool is_post;
    bool by_script; /* web.js asks: it takes the page itself in place of a redirect */
    bool refused;   /* an answer is on its way already */
    bool done;      /* its action was applied */
    enum web_wait wait;
    bool waited;
    int64_t until_ms; /* real */
    char have[WEB_TOKEN_BYTES];
    char *body;
    size_t body_bytes;
};

/* ---- web.c ---- */

/* Keeps the request until the page differs from request->have, or the plugin has calmed down. */
void web_wait_for(struct web *web, struct web_request *request, enum web_wait wait, int64_t timeout_ms);

/* ---- web_request.c ---- */

enum MHD_Result web_request_handle(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *upload_data, size_t *upload_bytes, void **slot);
void web_request_ended(void *ctx, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode how);

/* ---- web_guard.c ---- */

/* NULL, or why the request is not from this till's own page: an HTTP status and words for a person. */
const char *web_guard_refuses(const struct web *web, struct MHD_Connection *connection, bool is_post,
                              unsigned int *status);
/* The same for what the form carries. */
bool web_guard_knows_token(const struct web *web, const char *token);

/* ---- web_page.c ---- */

/* The whole page; to be freed. NULL: out of memory. `hash` identifies what it shows. */
char *web_page_make(const struct web *web, size_t *size_bytes, char hash[WEB_TOKEN_BYTES]);

#endif
