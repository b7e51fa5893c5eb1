/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cloud's routes and handlers, with requests as the server would fill them in: a few of them an input, on a database
 * with two tenants that is the same each time.
 *
 * Asked of each: every request is answered, never with a fault of the cloud's own; an answer is what its status says; a
 * route that needs a credential does not answer without; and nobody but a tenant sees anything of it: its names hold a
 * random mark that stands in no answer to anybody else (who did not say it).
 */
#include "cloud/problem.h"
#include "cloud/routes.h"
#include "fuzz/fuzz.h"
#include "fuzz/http_world.h"

const unsigned fuzz_mutations = 400;

#define REQUESTS_MAX 8
#define TEXT_MAX     300

/* What a request is made of; its strings point here. */
typedef struct parts {
    char path[400], authorization[TEXT_MAX], cookie[TEXT_MAX], texts[12][TEXT_MAX];
    char *body;
    size_t body_bytes;
    int tenant; /* whose credential it has; -1: nobody's */
    bool has_credential;
} parts;

/* ---- making a request of the input ---- */

static const char *const paths[] = {
    "/v1/health",
    "/v1/registrations",
    "/v1/registrations/%T/confirm",
    "/v1/recoveries",
    "/v1/recoveries/%T/confirm",
    "/v1/sessions",
    "/v1/sessions/current",
    "/v1/companies",
    "/v1/companies/%C/stores",
    "/v1/stores/%S/tills/%I",
    "/v1/stores/%S/tills/%I/token",
    "/v1/stores/%S/tills/%I/tokens",
    "/v1/stores/%S/tills/%I/reports",
    "/v1/stores/%S/tills/%I/reports/compare",
    "/v1/stores/%S/catalogue",
    "/v1/stores/%S/catalogue/lines",
    "/v1/stores/%S/catalogue/uploads",
    "/v1/stores/%S/catalogue/uploads/%U",
    "/v1/stores/%S/catalogue/uploads/%U/pages/%T",
    "/v1/stores/%S/catalogue/uploads/%U/commit",
    "/",
    "/style.css",
    "/icon.svg",
    "/login",
    "/logout",
    "/figures",
    "/figures/%S",
    "/figures/%S/z.csv",
    "/figures/%S/conflicts/%T",
    "/mail",
    "%T",
    "/v1/stores/%T/tills/%T",
};

static char upload_id[IDENT_ID_SIZE]; /* that this input made last */

static void make_path(fuzz_input *in, const world *w, char *to, size_t capacity)
{
    const char *pattern = paths[fuzz_pick(in, sizeof paths / sizeof *paths)];
    const world_tenant *of = &w->tenants[fuzz_pick(in, 2)];
    char text[TEXT_MAX];
    size_t used = 0;
    for (; *pattern && used + TEXT_MAX < capacity; pattern++) {
        if (*pattern != '%') {
            to[used++] = *pattern;
            continue;
        }
        pattern++;
        const char *value = *pattern == 'C'   ? of->company_id
                            : *pattern == 'S' ? of->store_id
                            : *pattern == 'I' ? WORLD_TILL
                            : *pattern == 'U' ? upload_id
                                              : fuzz_text(in, text, 90);
        used += (size_t)snprintf(to + used, capacity - used, "%s", value);
    }
    to[used] = '\0';
}

static void add_credential(fuzz_input *in, const world *w, parts *p, request *r)
{
    uint32_t which = fuzz_pick(in, 10);
    p->tenant = which >= 1 && which <= 6 ? (int)(which % 2) : -1;
    p->has_credential = which != 0;
    if (which == 0)
        return;
    const world_tenant *t = &w->tenants[p->tenant < 0 ? 0 : p->tenant];
    if (which <= 4)
        snprintf(p->authorization, sizeof p->authorization, "Bearer %s", which <= 2 ? t->session : t->till_token);
    else if (which <= 6)
        snprintf(p->cookie, sizeof p->cookie, "__Host-session=%s; session=%s", t->session, t->session);
    else if (which == 7)
        (void)fuzz_text(in, p->authorization, sizeof p->authorization);
    else
        (void)fuzz_text(in, p->cookie, sizeof p->cookie);
    r->authorization = which <= 4 || which == 7 ? p->authorization : NULL;
    r->cookie = which > 4 && which != 7 ? p->cookie : NULL;
}

/* A bit each: where it is set, a text of the input. */
static void add_texts(fuzz_input *in, parts *p, request *r)
{
    const char **const members[] = {&r->query_limit, &r->query_after,   &r->query_q,         &r->query_revision,
                                    &r->query_since, &r->query_page,    &r->query_from,      &r->query_to,
                                    &r->accept,      &r->if_none_match, &r->accept_language, &r->fetch_site};
    uint32_t bits = (uint32_t)fuzz_take(in, 2);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (bits >> i & 1)
            *members[i] = fuzz_text(in, p->texts[i], sizeof p->texts[i]);
}

static void make_request(fuzz_input *in, const world *w, parts *p, request *r)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    static const char *const types[] = {"application/json",
                                        "application/vnd.pos.report-batch",
                                        "application/x-ndjson",
                                        "application/x-www-form-urlencoded",
                                        "application/json; charset=utf-8",
                                        NULL};
    static const char *const codings[] = {NULL, "identity", "gzip", "zstd", "br"};
    static const char *const keys[] = {"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdee", NULL,
                                       "0123456789ABCDEF0123456789ABCDEF"};
    memset(p, 0, sizeof *p);
    *r = (request){.api = &w->api, .now_ms = WORLD_NOW_MS + 1000, .client = "192.0.2.2", .path = p->path, .body = ""};
    r->method = methods[fuzz_pick(in, 5)];
    make_path(in, w, p->path, sizeof p->path);
    add_credential(in, w, p, r);
    uint32_t heads = (uint32_t)fuzz_take(in, 1);
    r->content_type = types[heads % 6];
    r->content_encoding = codings[heads / 6 % 5];
    r->idempotency_key = keys[heads / 30 % 4];
    add_texts(in, p, r);
    size_t size = (size_t)fuzz_take(in, 2);
    p->body_bytes = size < in->left ? size : in->left;
    p->body = malloc(p->body_bytes + 1);
    FUZZ_REQUIRE(p->body != NULL);
    if (p->body_bytes > 0)
        memcpy(p->body, in->at, p->body_bytes);
    in->at += p->body_bytes;
    in->left -= p->body_bytes;
}

/* ---- judging the answer ---- */

/* libFuzzer watches comparisons, and puts what it saw there into inputs: what an input says it may be told again. */
static bool is_said[2];

static void note_said(const world *w, const uint8_t *data, size_t size)
{
    for (int i = 0; i < 2; i++) {
        const char *mark = w->tenants[i].mark;
        size_t length = strlen(mark);
        is_said[i] = false;
        for (size_t at = 0; !is_said[i] && at + length <= size; at++)
            is_said[i] = memcmp(data + at, mark, length) == 0;
    }
}

static void require_hidden(const world *w, const parts *p, const request *r, const char *text)
{
    if (r->route && strcmp(r->route->name, "login") == 0)
        return; /* whoever has the password is told whose it is */
    for (int i = 0; i < 2; i++)
        FUZZ_REQUIRE(i == p->tenant || is_said[i] || !strstr(text, w->tenants[i].mark));
}

static void check_json(const world *w, const parts *p, const request *r, const response *answer)
{
    char *text = cJSON_PrintUnformatted(answer->json);
    FUZZ_REQUIRE(text != NULL);
    require_hidden(w, p, r, text);
    const cJSON *status = cJSON_GetObjectItem(answer->json, "status");
    FUZZ_REQUIRE(!answer->slug || (cJSON_IsNumber(status) && status->valueint == answer->status));
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(answer->json, "upload_id"));
    if (id)
        snprintf(upload_id, sizeof upload_id, "%s", id);
    free(text);
}

static void check_answer(const world *w, const parts *p, const request *r, const response *answer)
{
    FUZZ_REQUIRE(answer->status >= 200 && answer->status < 600);
    FUZZ_REQUIRE(answer->status < 500); /* neither a fault of ours nor a database that is busy */
    FUZZ_REQUIRE(!answer->slug || answer->status >= 400);
    FUZZ_REQUIRE(!answer->json || !answer->text);
    FUZZ_REQUIRE((answer->status != 204 && answer->status != 304) || (!answer->json && !answer->text));
    FUZZ_REQUIRE(fuzz_ends(answer->etag, sizeof answer->etag) && fuzz_ends(answer->location, sizeof answer->location));
    FUZZ_REQUIRE(!strpbrk(answer->location, "\r\n") && !strpbrk(answer->cookie, "\r\n") &&
                 !strpbrk(answer->file_name, "\r\n\"") && !strpbrk(answer->etag, "\r\n"));
    if (r->route && r->route->auth != AUTH_NONE && !p->has_credential)
        FUZZ_REQUIRE(answer->status == (r->route->auth == AUTH_COOKIE ? 303 : 401));
    if (answer->json)
        check_json(w, p, r, answer);
    if (answer->text) {
        FUZZ_REQUIRE(answer->type != NULL);
        char *text = strndup(answer->text, answer->text_bytes);
        FUZZ_REQUIRE(text != NULL);
        require_hidden(w, p, r, text);
        free(text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static parts p;
    fuzz_input in = {data, size};
    world *w = world_open();
    note_said(w, data, size);
    snprintf(upload_id, sizeof upload_id, "upl_none");
    for (int i = 0; i < REQUESTS_MAX && in.left > 0; i++) {
        request r;
        response answer = {0};
        make_request(&in, w, &p, &r);
        world_ask(&r, p.body, p.body_bytes, &answer);
        check_answer(w, &p, &r, &answer);
        response_clear(&answer);
        free(p.body);
    }
    return 0;
}
