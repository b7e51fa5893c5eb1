/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_client.h - a browser's side of the till's page over a plain socket, in the till's own thread: while an answer is
 * awaited, the till's loop runs.
 */
#ifndef TESTS_TILL_WEB_CLIENT_H
#define TESTS_TILL_WEB_CLIENT_H

#include "till/web_own.h"
#include "till_fixture.h"

#define WEB_CLIENT_ANSWER_BYTES 131072

struct web_client {
    struct till_fixture fixture;
    struct web *web;
    int status;                           /* of the last answer */
    char answer[WEB_CLIENT_ANSWER_BYTES]; /* its headers and body */
    const char *body;
    char revision[16]; /* of the last page with a form */
    char screen[64];
};

/* A till with the fake plugin's page FAKE_PAGE_*, and its web page on a free port. */
void web_client_start(struct web_client *client, uint32_t page);
void web_client_end(struct web_client *client);

/* Sends the bytes as they are and takes the answer in. */
void web_client_send(struct web_client *client, const char *request);

/* GET with the right headers. */
void web_client_get(struct web_client *client, const char *path);

/* POST with the right headers and the page's token, screen and revision before `fields` ("press=go&v.email=a"). */
void web_client_post(struct web_client *client, const char *path, const char *fields);

/* The same and nothing else: no token is put before `body`; `headers` (lines that end in \r\n) come on top of Host,
 * type and length. */
void web_client_post_raw(struct web_client *client, const char *path, const char *headers, const char *body);

/* "Cookie: ...\r\n" as the browser would send it. */
const char *web_client_cookie(const struct web_client *client);

bool web_client_has(const struct web_client *client, const char *words);

#endif
