/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The routes as one table, in the order of openapi.yaml, and what is checked before a handler sees a request.
 */
#include "routes.h"
#include "batch.h"
#include "body.h"
#include "catalogue_line.h"
#include "handlers.h"
#include "page.h"
#include "page_handlers.h"
#include "problem.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define JSON_BYTES_MAX (64u * 1024u)
#define FILE_BYTES_MAX (16u * 1024u * 1024u)

#define TILL_PATH  "/v1/stores/{store_id}/tills/{till_id}"
#define CATALOGUE  "/v1/stores/{store_id}/catalogue"
#define STORE_PAGE "/figures/{store_id}"

static const route routes[] = {
    {"health", "GET", "/v1/health", AUTH_NONE, BODY_NOTHING, KEY_NONE, handle_get_health},
    {"registrations", "POST", "/v1/registrations", AUTH_NONE, BODY_JSON, KEY_REQUIRED, handle_create_registration},
    {"registration-confirm", "POST", "/v1/registrations/{registration_id}/confirm", AUTH_NONE, BODY_JSON, KEY_REQUIRED,
     handle_confirm_registration},
    {"recoveries", "POST", "/v1/recoveries", AUTH_NONE, BODY_JSON, KEY_REQUIRED, handle_create_recovery},
    {"recovery-confirm", "POST", "/v1/recoveries/{recovery_id}/confirm", AUTH_NONE, BODY_JSON, KEY_REQUIRED,
     handle_confirm_recovery},
    {"login", "POST", "/v1/sessions", AUTH_NONE, BODY_JSON, KEY_NONE, handle_create_session},
    {"session", "GET", "/v1/sessions/current", AUTH_SESSION, BODY_NOTHING, KEY_NONE, handle_get_session},
    {"logout", "DELETE", "/v1/sessions/current", AUTH_SESSION, BODY_NOTHING, KEY_NONE, handle_end_session},
    {"companies", "GET", "/v1/companies", AUTH_SESSION, BODY_NOTHING, KEY_NONE, handle_list_companies},
    {"company-create", "POST", "/v1/companies", AUTH_SESSION, BODY_JSON, KEY_REQUIRED, handle_create_company},
    {"stores", "GET", "/v1/companies/{company_id}/stores", AUTH_SESSION, BODY_NOTHING, KEY_NONE, handle_list_stores},
    {"store-create", "POST", "/v1/companies/{company_id}/stores", AUTH_SESSION, BODY_JSON, KEY_REQUIRED,
     handle_create_store},
    {"till", "PUT", TILL_PATH, AUTH_SESSION, BODY_JSON, KEY_NONE, handle_register_till},
    {"token-revoke", "DELETE", TILL_PATH "/token", AUTH_TILL, BODY_NOTHING, KEY_NONE, handle_revoke_token},
    {"tokens-revoke", "DELETE", TILL_PATH "/tokens", AUTH_SESSION, BODY_NOTHING, KEY_NONE, handle_revoke_tokens},
    {"reports", "POST", TILL_PATH "/reports", AUTH_TILL, BODY_BATCH, KEY_NONE, handle_upload_reports},
    {"compare", "POST", TILL_PATH "/reports/compare", AUTH_TILL, BODY_JSON, KEY_NONE, handle_compare_reports},
    {"catalogue", "GET", CATALOGUE, AUTH_STORE, BODY_NOTHING, KEY_NONE, handle_get_catalogue},
    {"catalogue-lines", "GET", CATALOGUE "/lines", AUTH_STORE, BODY_NOTHING, KEY_NONE, handle_get_catalogue_lines},
    {"catalogue-upload-create", "POST", CATALOGUE "/uploads", AUTH_STORE, BODY_JSON, KEY_REQUIRED,
     handle_create_catalogue_upload},
    {"catalogue-upload", "GET", CATALOGUE "/uploads/{upload_id}", AUTH_STORE, BODY_NOTHING, KEY_NONE,
     handle_get_catalogue_upload},
    {"catalogue-upload-cancel", "DELETE", CATALOGUE "/uploads/{upload_id}", AUTH_STORE, BODY_NOTHING, KEY_NONE,
     handle_cancel_catalogue_upload},
    {"catalogue-upload-page", "PUT", CATALOGUE "/uploads/{upload_id}/pages/{page}", AUTH_STORE, BODY_LINES, KEY_NONE,
     handle_put_catalogue_page},
    {"catalogue-upload-commit", "POST", CATALOGUE "/uploads/{upload_id}/commit", AUTH_STORE, BODY_JSON, KEY_NONE,
     handle_commit_catalogue_upload},

    /* Pages for people: outside the contract. */
    {"page-start", "GET", "/", AUTH_COOKIE, BODY_NOTHING, KEY_NONE, page_show_start},
    {"page-style", "GET", "/style.css", AUTH_NONE, BODY_NOTHING, KEY_NONE, page_show_style},
    {"page-icon", "GET", "/icon.svg", AUTH_NONE, BODY_NOTHING, KEY_NONE, page_show_icon},
    {"page-terms", "GET", "/terms", AUTH_NONE, BODY_NOTHING, KEY_NONE, page_show_terms},
    {"page-login", "GET", "/login", AUTH_NONE, BODY_NOTHING, KEY_NONE, page_show_login},
    {"page-log-in", "POST", "/login", AUTH_NONE, BODY_FORM, KEY_NONE, page_log_in},
    {"page-log-out", "POST", "/logout", AUTH_COOKIE, BODY_FORM, KEY_NONE, page_log_out},
    {"page-stores", "GET", "/figures", AUTH_COOKIE, BODY_NOTHING, KEY_NONE, page_show_stores},
    {"page-figures", "GET", STORE_PAGE, AUTH_COOKIE, BODY_NOTHING, KEY_NONE, page_show_figures},
    {"page-csv", "GET", STORE_PAGE "/z.csv", AUTH_COOKIE, BODY_NOTHING, KEY_NONE, page_send_csv},
    {"page-conflict", "GET", STORE_PAGE "/conflicts/{receipt_id}", AUTH_COOKIE, BODY_NOTHING, KEY_NONE,
     page_show_conflict},
    {"page-decide", "POST", STORE_PAGE "/conflicts/{receipt_id}", AUTH_COOKIE, BODY_FORM, KEY_NONE,
     page_decide_conflict},
    {"page-catalogue", "GET", STORE_PAGE "/catalogue", AUTH_COOKIE, BODY_NOTHING, KEY_NONE, page_show_catalogue},
    {"page-catalogue-file", "GET", STORE_PAGE "/catalogue.ndjson", AUTH_COOKIE, BODY_NOTHING, KEY_NONE,
     page_send_catalogue},
    {"page-catalogue-upload", "POST", STORE_PAGE "/catalogue", AUTH_COOKIE, BODY_FILE, KEY_NONE, page_take_catalogue},
    {"page-catalogue-price", "POST", STORE_PAGE "/catalogue/price", AUTH_COOKIE, BODY_FORM, KEY_NONE,
     page_change_price},
    {"page-mail", "GET", "/mail", AUTH_NONE, BODY_NOTHING, KEY_NONE, page_show_mail},
};

/* Does the path fit, and if so, which are its parameters? An id that can't be one fits nothing. */
static bool match(const char *pattern, const char *path, char param[REQUEST_PARAMS_MAX][IDENT_ID_SIZE])
{
    size_t found = 0;
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t length = strcspn(path, "/");
        if (length >= IDENT_ID_SIZE || found == REQUEST_PARAMS_MAX)
            return false;
        memcpy(param[found], path, length);
        param[found][length] = 0;
        if (!ident_is_id(param[found++]))
            return false;
        path += length;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *pattern == 0 && *path == 0;
}

static const char *methods_of(const char *pattern)
{
    bool get = false, post = false, put = false, delete = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].pattern, pattern) == 0) {
            get |= strcmp(routes[i].method, "GET") == 0;
            post |= strcmp(routes[i].method, "POST") == 0;
            put |= strcmp(routes[i].method, "PUT") == 0;
            delete |= strcmp(routes[i].method, "DELETE") == 0;
        }
    if (get)
        return post ? "GET, POST" : delete ? "GET, DELETE" : "GET";
    return put ? "PUT" : post ? "POST" : "DELETE";
}

const route *routes_find(request *self, const char **allow)
{
    *allow = NULL;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!match(routes[i].pattern, self->path, self->param))
            continue;
        if (strcmp(routes[i].method, self->method) == 0)
            return &routes[i];
        *allow = methods_of(routes[i].pattern);
    }
    return NULL;
}

const route *routes_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].name, name) == 0)
            return &routes[i];
    return NULL;
}

static void check_session(request *self, response *answer)
{
    store_status status = store_session_use(self->api->store, self->token_hash, self->now_ms, &self->session);
    if (status == STORE_NOT_FOUND)
        problem_set(answer, PROBLEM_UNAUTHORIZED, NULL);
    else if (status != STORE_OK)
        problem_set_store(answer, status);
}

static void check_till(request *self, response *answer)
{
    store_status status = store_till_token_find(self->api->store, self->token_hash, &self->till);
    if (status == STORE_NOT_FOUND)
        problem_set(answer, PROBLEM_UNAUTHORIZED, NULL);
    else if (status != STORE_OK)
        problem_set_store(answer, status);
    else if (self->route->auth == AUTH_STORE && strcmp(self->till.store_id, self->param[0]) != 0)
        problem_set(answer, PROBLEM_NOT_FOUND, NULL);
    else if (self->route->auth == AUTH_STORE)
        return;
    else if (strcmp(self->till.store_id, self->param[0]) != 0 || strcmp(self->till.till_id, self->param[1]) != 0)
        problem_set(answer, PROBLEM_WRONG_STORE, NULL);
}

static void check_credential(request *self, response *answer)
{
    static const char scheme[] = "Bearer ";
    const char *header = self->authorization;
    if (self->route->auth == AUTH_NONE)
        return;
    if (self->route->auth == AUTH_COOKIE) {
        page_check_session(self, answer);
        return;
    }
    if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
        problem_set(answer, PROBLEM_UNAUTHORIZED, NULL);
        return;
    }
    ident_hash_text(header + sizeof scheme - 1, self->token_hash);
    if (self->route->auth == AUTH_SESSION)
        check_session(self, answer);
    else
        check_till(self, answer);
}

/* The media type without its parameters. */
static bool is_type(const char *header, const char *type)
{
    size_t length = strlen(type);
    return header && strncasecmp(header, type, length) == 0 && strchr("; \t", header[length]) != NULL;
}

static const struct {
    const char *type;
    size_t max_bytes;
} bodies[] = {
    [BODY_NOTHING] = {NULL, JSON_BYTES_MAX},
    [BODY_JSON] = {"application/json", JSON_BYTES_MAX},
    [BODY_BATCH] = {"application/vnd.pos.report-batch", BATCH_BYTES_MAX},
    [BODY_LINES] = {"application/x-ndjson", CATALOGUE_PAGE_BYTES_MAX},
    [BODY_FILE] = {"multipart/form-data", FILE_BYTES_MAX},
    [BODY_FORM] = {"application/x-www-form-urlencoded", JSON_BYTES_MAX},
};

static void check_body_headers(const request *self, response *answer)
{
    if (self->route->body == BODY_NOTHING)
        return;
    if (!is_type(self->content_type, bodies[self->route->body].type))
        problem_set(answer, PROBLEM_UNSUPPORTED_TYPE, NULL);
    else if (body_parse_coding(self->content_encoding) == BODY_UNKNOWN)
        problem_set(answer, PROBLEM_UNSUPPORTED_ENCODING, NULL);
    else if (self->route->key == KEY_REQUIRED && (!self->idempotency_key || !ident_is_hex(self->idempotency_key, 32)))
        problem_set(answer, PROBLEM_MALFORMED,
                    "The header Idempotency-Key is missing or not 32 lower-case hexadecimal digits.");
}

void api_begin(request *self, response *answer, size_t *max_body)
{
    const char *allow = NULL;
    *max_body = 0;
    self->route = routes_find(self, &allow);
    if (!self->route) {
        problem_set(answer, allow ? PROBLEM_METHOD_NOT_ALLOWED : PROBLEM_NOT_FOUND, NULL);
        answer->allow = allow;
        return;
    }
    check_credential(self, answer);
    if (answer->status == 0)
        check_body_headers(self, answer);
    *max_body = bodies[self->route->body].max_bytes;
}

void api_handle(request *self, response *answer)
{
    if (self->route->key == KEY_REQUIRED) {
        ident_hash_text(self->idempotency_key, self->key.key_hash);
        ident_hash_keyed(self->idempotency_key, self->body, self->body_bytes, self->key.body_hash);
    }
    self->route->handle(self, answer);
    if (answer->status == 0)
        problem_set(answer, PROBLEM_INTERNAL, NULL);
}

void response_clear(response *self)
{
    cJSON_Delete(self->json);
    free(self->text);
    sodium_memzero(self, sizeof *self); /* the cookie may hold a token */
}
