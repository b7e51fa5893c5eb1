/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request from its first header to its answer. Runs in the till's thread, inside MHD_run().
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "web_act.h"
#include "web_files.h"
#include "web_own.h"

#define WEB_LONG_POLL_MS 20000
#define WEB_CALM_MS      1000 /* a cloud nearby has answered by then, and the browser is shown the answer at once */

/* Nothing from elsewhere, nothing inline, no frame around it. */
static const char web_policy[] = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                                 "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static void web_add_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static enum MHD_Result web_send(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response,
                                const char *type)
{
    if (response == NULL)
        return MHD_NO;
    if (type != NULL)
        web_add_header(response, "Content-Type", type);
    web_add_header(response, "X-Content-Type-Options", "nosniff");
    web_add_header(response, "X-Frame-Options", "DENY");
    web_add_header(response, "Content-Security-Policy", web_policy);
    web_add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    web_add_header(response, "Referrer-Policy", "same-origin"); /* no-referrer would take the Origin off forms */
    enum MHD_Result sent = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result web_send_words(struct MHD_Connection *connection, unsigned int status, const char *words)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(words), (void *)(uintptr_t)words, MHD_RESPMEM_MUST_COPY);
    if (response != NULL)
        web_add_header(response, "Cache-Control", "no-store");
    return web_send(connection, status, response, "text/plain; charset=utf-8");
}

static enum MHD_Result web_send_page(struct web *web, struct MHD_Connection *connection)
{
    size_t size_bytes = 0;
    char hash[WEB_TOKEN_BYTES], cookie[160];
    char *page = web_page_make(web, &size_bytes, hash);
    if (page == NULL)
        return web_send_words(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "The till has no memory left for this page.");
    struct MHD_Response *response = MHD_create_response_from_buffer(size_bytes, page, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(page);
        return MHD_NO;
    }
    (void)snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict", web->cookie_name, web->cookie);
    web_add_header(response, "Set-Cookie", cookie);
    web_add_header(response, "Cache-Control", "no-store");
    web_add_header(response, "X-State", hash);
    return web_send(connection, MHD_HTTP_OK, response, "text/html; charset=utf-8");
}

static enum MHD_Result web_send_file(struct MHD_Connection *connection, const struct web_file *file)
{
    const char *known = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
    char tag[24];
    web_files_tag(file, tag);
    bool same = known != NULL && strcmp(known, tag) == 0;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        same ? 0 : file->size_bytes, (void *)(uintptr_t)file->bytes, MHD_RESPMEM_PERSISTENT);
    if (response != NULL) {
        web_add_header(response, "Cache-Control", "no-cache");
        web_add_header(response, "ETag", tag);
    }
    return web_send(connection, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response, file->type);
}

static enum MHD_Result web_send_nothing(struct MHD_Connection *connection)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (response != NULL)
        web_add_header(response, "Cache-Control", "no-store");
    return web_send(connection, MHD_HTTP_NO_CONTENT, response, NULL);
}

static enum MHD_Result web_send_to_page(struct MHD_Connection *connection)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (response != NULL) {
        web_add_header(response, "Location", "/");
        web_add_header(response, "Cache-Control", "no-store");
    }
    return web_send(connection, MHD_HTTP_SEE_OTHER, response, NULL);
}

static enum MHD_Result web_answer_state(struct web *web, struct web_request *request)
{
    size_t size_bytes = 0;
    char hash[WEB_TOKEN_BYTES];
    const char *have = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "have");
    if (!request->waited && have != NULL && strlen(have) < sizeof request->have) {
        strcpy(request->have, have);
        web_wait_for(web, request, WEB_WAIT_CHANGE, WEB_LONG_POLL_MS);
        return MHD_YES;
    }
    char *page = web_page_make(web, &size_bytes, hash);
    bool same = page != NULL && strcmp(hash, request->have) == 0;
    free(page);
    return same ? web_send_nothing(request->connection) : web_send_page(web, request->connection);
}

static enum MHD_Result web_answer_get(struct web *web, struct web_request *request, const char *url)
{
    if (strcmp(url, "/") == 0)
        return web_send_page(web, request->connection);
    if (strcmp(url, "/state") == 0)
        return web_answer_state(web, request);
    const struct web_file *file = web_files_find(url);
    if (file != NULL)
        return web_send_file(request->connection, file);
    return web_send_words(request->connection, MHD_HTTP_NOT_FOUND, "There is no such page here. The till's page is /.");
}

static void web_wipe_body(struct web_request *request)
{
    if (request->body != NULL)
        sodium_memzero(request->body, WEB_BODY_MAX + 1);
    free(request->body);
    request->body = NULL;
}

/* 0, or the status to refuse with. */
static unsigned int web_apply(struct web *web, struct web_request *request, const char *url)
{
    static char nothing[] = "";
    struct web_form form;
    if (!web_form_read(&form, request->body != NULL ? request->body : nothing))
        return MHD_HTTP_BAD_REQUEST;
    if (!web_guard_knows_token(web, web_form_get(&form, "token")))
        return MHD_HTTP_FORBIDDEN;
    if (strcmp(url, "/act") == 0)
        web_act_on_screen(web, &form);
    else
        web_act_on_till(web, &form);
    return 0;
}

static enum MHD_Result web_answer_post(struct web *web, struct web_request *request, const char *url)
{
    if (strcmp(url, "/act") != 0 && strcmp(url, "/till") != 0)
        return web_send_words(request->connection, MHD_HTTP_NOT_FOUND, "There is no such form here.");
    if (!request->done) {
        unsigned int refused = web_apply(web, request, url);
        web_wipe_body(request);
        request->done = true;
        if (refused != 0)
            return web_send_words(request->connection, refused,
                                  "This form is not from the till's page as it is now. "
                                  "Open the till's page again.");
        if (!request->by_script) {
            web_wait_for(web, request, WEB_WAIT_CALM, WEB_CALM_MS);
            return MHD_YES;
        }
    }
    return request->by_script ? web_send_page(web, request->connection) : web_send_to_page(request->connection);
}

/* The request's first appearance: only its headers are there. */
static enum MHD_Result web_meet(struct web *web, struct MHD_Connection *connection, const char *method, void **slot)
{
    unsigned int status = 0;
    bool is_get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    bool is_post = strcmp(method, "POST") == 0;
    struct web_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return MHD_NO;
    *slot = request;
    request->connection = connection;
    request->is_post = is_post;
    request->by_script = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Till-Script") != NULL;
    const char *refused = web_guard_refuses(web, connection, is_post, &status);
    if (refused == NULL && !is_get && !is_post) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        refused = "Pages are read (GET) and forms are sent (POST) here, nothing else.";
    }
    return refused == NULL ? MHD_YES : web_send_words(connection, status, refused);
}

static enum MHD_Result web_take_body(struct web_request *request, const char *data, size_t *size_bytes)
{
    size_t taken = *size_bytes;
    if (request->body == NULL)
        request->body = calloc(1, WEB_BODY_MAX + 1);
    bool fits = request->body != NULL && request->body_bytes + taken <= WEB_BODY_MAX;
    if (fits) {
        memcpy(request->body + request->body_bytes, data, taken);
        request->body_bytes += taken;
    }
    /* What was received is the library's buffer; it is done with these bytes and would only let them lie about. */
    sodium_memzero((void *)(uintptr_t)data, taken);
    *size_bytes = 0;
    request->refused = request->refused || !fits;
    return MHD_YES;
}

enum MHD_Result web_request_handle(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *upload_data, size_t *upload_bytes, void **slot)
{
    struct web *web = ctx;
    struct web_request *request = *slot;
    (void)version;
    if (request == NULL)
        return web_meet(web, connection, method, slot);
    if (*upload_bytes > 0)
        return web_take_body(request, upload_data, upload_bytes);
    if (request->refused)
        return web_send_words(connection, MHD_HTTP_CONTENT_TOO_LARGE, "This form is too large.");
    return request->is_post ? web_answer_post(web, request, url) : web_answer_get(web, request, url);
}

void web_request_ended(void *ctx, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode how)
{
    struct web *web = ctx;
    struct web_request *request = *slot;
    (void)connection;
    (void)how;
    if (request == NULL)
        return;
    for (struct web_request **at = &web->waiting; *at != NULL; at = &(*at)->next) {
        if (*at == request) {
            *at = request->next;
            break;
        }
    }
    web_wipe_body(request);
    free(request);
    *slot = NULL;
}
