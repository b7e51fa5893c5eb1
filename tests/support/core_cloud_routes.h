/* SPDX-License-Identifier: Apache-2.0 */
/* support/core_cloud_routes.h - which request goes where in the model cloud (support/core_cloud.h), and the routes
 * around the reports: sessions, companies, stores, tills and their tokens. */
#ifndef SUPPORT_CORE_CLOUD_ROUTES_H
#define SUPPORT_CORE_CLOUD_ROUTES_H

#include "support/core_cloud_compare.h"

/* ---- reports ---- */

static inline cloud_token *cloud_find_token(core_cloud *c, const char *token)
{
    for (uint32_t i = 0; i < c->token_count; i++) {
        if (token && strcmp(c->tokens[i].token, token) == 0 && !c->tokens[i].revoked)
            return &c->tokens[i];
    }
    return NULL;
}

static inline void cloud_revoke_all(core_cloud *c)
{
    for (uint32_t i = 0; i < c->token_count; i++)
        c->tokens[i].revoked = true;
}

static inline cloud_fault cloud_draw_fault(core_cloud *c)
{
    if (c->fault == CLOUD_FINE)
        return CLOUD_FINE;
    if (c->fault_after > 0) {
        c->fault_after--;
        return CLOUD_FINE;
    }
    cloud_fault fault = c->fault;
    if (c->fault_times > 0 && --c->fault_times == 0)
        c->fault = CLOUD_FINE;
    return fault;
}

static inline bool cloud_has_poison(core_cloud *c, const net_request *request)
{
    size_t at = 0;
    cloud_report item = {0};
    bool right;
    bool found = false;
    while (cloud_next_item(c, request, &at, &item, &right))
        found = found || (c->poison_z != 0 && item.z == c->poison_z);
    return found;
}

static inline void cloud_results(core_cloud *c, net_script *s, const script_request *r, const cloud_token *scope,
                                 bool answer)
{
    cJSON *body = cJSON_CreateObject();
    cJSON *results = cJSON_AddArrayToObject(body, "results");
    size_t at = 0;
    uint32_t items = 0;
    cloud_report item = {0};
    bool right = false;
    cloud_copy(item.store, scope->store);
    cloud_copy(item.till, scope->till);
    for (; cloud_next_item(c, r->request, &at, &item, &right); items++)
        cJSON_AddItemToArray(results, cloud_judge(c, &item, right));
    if (items > c->largest_batch)
        c->largest_batch = items;
    if (c->twist)
        c->twist(results);
    if (answer)
        cloud_json(s, r->ticket, 200, body);
    else
        cJSON_Delete(body);
}

static inline void cloud_upload(core_cloud *c, net_script *s, const script_request *r)
{
    const net_request *request = r->request;
    cloud_token *scope = cloud_find_token(c, request->token);
    c->uploads++;
    c->uploads_encoded += request->encodings != 0;
    if (request->body_bytes > c->largest_body)
        c->largest_body = request->body_bytes;
    ck_assert_str_eq(request->content_type, BATCH_TYPE);
    cloud_fault fault = cloud_draw_fault(c);
    if (fault != CLOUD_LOSE_ANSWER && cloud_misbehave(c, s, r->ticket, fault))
        return;
    char path[256];
    snprintf(path, sizeof path, "/v1/stores/%s/tills/%s/reports", scope ? scope->store : "", scope ? scope->till : "");
    if (!scope)
        cloud_problem(s, r->ticket, 401, "unauthorized", -1);
    else if (strcmp(path, request->path) != 0)
        cloud_problem(s, r->ticket, 403, "wrong-store", -1);
    else if (c->store_closed)
        cloud_problem(s, r->ticket, 403, "store-closed", -1);
    else if (c->refuses_type || (c->refuses_encodings && request->encodings != 0))
        cloud_problem(s, r->ticket, 415, c->refuses_type ? "unsupported-type" : "unsupported-encoding", -1);
    else if (c->body_cap != 0 && request->body_bytes > c->body_cap)
        script_reply(s, r->ticket, 413, "text/html", "<html>too large</html>");
    else if (cloud_has_poison(c, request))
        cloud_misbehave(c, s, r->ticket, c->poison_fault);
    else
        cloud_results(c, s, r, scope, fault != CLOUD_LOSE_ANSWER);
    if (fault == CLOUD_LOSE_ANSWER)
        script_fail(s, r->ticket, NET_FAILED_CUT);
}

/* ---- tills ---- */

static inline void cloud_add_registers(core_cloud *c, cJSON *body, const char *till, const char *reg)
{
    cJSON *array = cJSON_AddArrayToObject(body, "registers");
    for (int64_t epoch = 0; epoch < 16; epoch++) {
        const cloud_report *last_z = NULL, *last_x = NULL;
        for (uint32_t i = 0; i < c->count; i++) {
            const cloud_report *r = &c->reports[i];
            if (strcmp(r->till, till) != 0 || strcmp(r->reg, reg) != 0 || r->epoch != epoch)
                continue;
            if (r->kind == 'Z' && r->counted && (!last_z || r->z > last_z->z))
                last_z = r;
            if (r->kind == 'X' && (!last_x || r->z > last_x->z || (r->z == last_x->z && r->x > last_x->x)))
                last_x = r;
        }
        if (!last_z && !last_x)
            continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "register_id", reg);
        cJSON_AddNumberToObject(one, "epoch", (double)epoch);
        cJSON_AddItemToObject(one, "last_z_number",
                              last_z ? cJSON_CreateNumber((double)last_z->z) : cJSON_CreateNull());
        cJSON_AddItemToObject(one, "last_z_sha256", last_z ? cJSON_CreateString(last_z->sha) : cJSON_CreateNull());
        cJSON_AddItemToObject(one, "last_x_z_number",
                              last_x ? cJSON_CreateNumber((double)last_x->z) : cJSON_CreateNull());
        cJSON_AddItemToObject(one, "last_x_sequence",
                              last_x ? cJSON_CreateNumber((double)last_x->x) : cJSON_CreateNull());
        cJSON_AddItemToArray(array, one);
    }
}

static inline void cloud_register_known(core_cloud *c, net_script *s, uint32_t ticket, const char *store,
                                        const char *reg)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "type", "urn:factorycloud:problem:register-known");
    cJSON_AddStringToObject(body, "title", "t");
    cJSON_AddNumberToObject(body, "status", 409);
    cJSON_AddStringToObject(body, "detail", "d");
    cJSON *tills = cJSON_AddArrayToObject(body, "tills");
    for (uint32_t i = 0; i < c->known_count; i++) {
        if (strcmp(c->known[i].store, store) != 0 || strcmp(c->known[i].reg, reg) != 0)
            continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "till_id", c->known[i].till);
        cJSON_AddNullToObject(one, "device_name");
        cJSON_AddStringToObject(one, "register_id", reg);
        cJSON_AddNumberToObject(one, "last_seen_at_ms", 1795212345678.0);
        cJSON_AddNullToObject(one, "last_z_number");
        cJSON_AddNullToObject(one, "last_business_date");
        cJSON_AddItemToArray(tills, one);
    }
    char *text = cJSON_PrintUnformatted(body);
    script_reply(s, ticket, 409, "application/problem+json", text);
    free(text);
    cJSON_Delete(body);
}

/* Does the store know the register, and is this till among those that it knows? */
static inline bool cloud_knows(const core_cloud *c, const char *store, const char *till, const char *reg, bool *itself)
{
    bool known = false;
    *itself = false;
    for (uint32_t i = 0; i < c->known_count; i++) {
        if (strcmp(c->known[i].store, store) != 0 || strcmp(c->known[i].reg, reg) != 0)
            continue;
        known = true;
        *itself = *itself || strcmp(c->known[i].till, till) == 0;
    }
    return known;
}

static inline cJSON *cloud_company(void)
{
    return cJSON_Parse("{\"company_id\":\"com_1\",\"name\":\"Ruiz S.L.\",\"tax_id\":null,\"country\":\"ES\","
                       "\"currency\":\"EUR\"}");
}

static inline cJSON *cloud_store(const char *id)
{
    cJSON *store = cJSON_Parse("{\"company_id\":\"com_1\",\"address\":null,\"time_zone\":\"Europe/Madrid\","
                               "\"currency\":\"EUR\"}");
    cJSON_AddStringToObject(store, "store_id", id);
    cJSON_AddStringToObject(store, "name", id);
    return store;
}

static inline void cloud_register(core_cloud *c, net_script *s, const script_request *r, const char *store,
                                  const char *till)
{
    bool itself = false;
    cJSON *asked = cJSON_ParseWithLength((const char *)r->request->body, r->request->body_bytes);
    char reg[CLOUD_TEXT], claim[CLOUD_TEXT];
    cloud_copy(reg, cloud_text(asked, "register_id"));
    cloud_copy(claim, cloud_text(asked, "claim"));
    cJSON_Delete(asked);
    bool known = cloud_knows(c, store, till, reg, &itself);
    if (strcmp(claim, "first") == 0 && known && !itself) {
        cloud_register_known(c, s, r->ticket, store, reg);
        return;
    }
    if (strcmp(claim, "same") == 0 && !itself) {
        cloud_problem(s, r->ticket, 422, "invalid", -1);
        return;
    }
    if (!itself) {
        cloud_known *one = &c->known[c->known_count++];
        cloud_copy(one->store, store);
        cloud_copy(one->till, till);
        cloud_copy(one->reg, reg);
    }
    cloud_token *token = &c->tokens[c->token_count++];
    token->revoked = false;
    snprintf(token->token, sizeof token->token, "tilltoken_planted_%u", ++c->serial);
    cloud_copy(token->store, store);
    cloud_copy(token->till, till);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "till_token", token->token);
    cJSON_AddStringToObject(body, "till_id", till);
    cJSON_AddItemToObject(body, "store", cloud_store(store));
    cJSON_AddItemToObject(body, "company", cloud_company());
    cloud_add_registers(c, body, till, reg);
    cloud_json(s, r->ticket, 200, body);
}

/* ---- people ---- */

static inline void cloud_log_in(core_cloud *c, net_script *s, uint32_t ticket)
{
    snprintf(c->session, sizeof c->session, "session_planted_%u", ++c->serial);
    cJSON *body = cJSON_Parse("{\"expires_at_ms\":1797793500000,\"user\":{\"user_id\":\"usr_1\",\"email\":"
                              "\"ana@example.com\",\"name\":\"Ana Ruiz\",\"language\":\"en\"}}");
    cJSON_AddStringToObject(body, "token", c->session);
    cloud_json(s, ticket, 201, body);
}

/* The id that was created under this key, made now if there is none. NULL: with another body. */
static inline const char *cloud_create(core_cloud *c, const net_request *q, const char *prefix)
{
    const char *key = q->idempotency_key;
    uint8_t body[sizeof c->created[0].body];
    crypto_generichash(body, sizeof body, q->body, q->body_bytes, NULL, 0);
    for (uint32_t i = 0; i < c->created_count; i++) {
        if (strcmp(c->created[i].key, key) == 0)
            return memcmp(c->created[i].body, body, sizeof body) == 0 ? c->created[i].id : NULL;
    }
    memcpy(c->created[c->created_count].body, body, sizeof body);
    snprintf(c->created[c->created_count].key, 40, "%s", key);
    snprintf(c->created[c->created_count].id, CLOUD_TEXT, "%s_%u", prefix, ++c->serial);
    return c->created[c->created_count++].id;
}

static inline void cloud_business(core_cloud *c, net_script *s, const script_request *r, bool lose)
{
    const net_request *q = r->request;
    cJSON *body;
    bool stores = strstr(q->path, "/stores") != NULL;
    if (!q->token || strcmp(q->token, c->session) != 0) {
        cloud_problem(s, r->ticket, 401, "unauthorized", -1);
        return;
    }
    if (strcmp(q->method, "GET") == 0) {
        body = cJSON_CreateObject();
        cJSON *items = cJSON_AddArrayToObject(body, "items");
        cJSON_AddItemToArray(items, stores ? cloud_store("sto_A") : cloud_company());
        if (strstr(q->path, "after="))
            cJSON_AddNullToObject(body, "next");
        else
            cJSON_AddStringToObject(body, "next", "cursor_2");
    } else {
        const char *made = cloud_create(c, q, stores ? "sto" : "com");
        if (!made) {
            cloud_problem(s, r->ticket, 422, "idempotency-key-reused", -1);
            return;
        }
        body = stores ? cloud_store(made) : cloud_company();
        if (!stores)
            cJSON_ReplaceItemInObject(body, "company_id", cJSON_CreateString(made));
    }
    if (lose) {
        cJSON_Delete(body);
        script_fail(s, r->ticket, NET_FAILED_CUT);
        return;
    }
    cloud_json(s, r->ticket, strcmp(q->method, "GET") == 0 ? 200 : 201, body);
}

/* ---- all routes ---- */

static inline void cloud_person(core_cloud *c, net_script *s, const script_request *r)
{
    const char *path = r->request->path;
    cloud_fault fault = c->person_fault;
    if (c->person_times > 0 && --c->person_times == 0)
        c->person_fault = CLOUD_FINE;
    if (fault != CLOUD_LOSE_ANSWER && cloud_misbehave(c, s, r->ticket, fault))
        return;
    snprintf(c->last_key, sizeof c->last_key, "%s", r->request->idempotency_key);
    if (strncmp(path, "/v1/companies", 13) == 0) {
        cloud_business(c, s, r, fault == CLOUD_LOSE_ANSWER);
    } else if (strcmp(path, "/v1/sessions/current") == 0) {
        c->logged_out++;
        script_reply(s, r->ticket, 204, NULL, NULL);
    } else if (strstr(path, "/confirm") || strcmp(path, "/v1/sessions") == 0) {
        cloud_log_in(c, s, r->ticket);
    } else if (strcmp(path, "/v1/registrations") == 0) {
        script_reply(s, r->ticket, 202, "application/json",
                     "{\"registration_id\":\"reg_1\",\"expires_at_ms\":1795212945678}");
    } else if (strcmp(path, "/v1/recoveries") == 0) {
        script_reply(s, r->ticket, 202, "application/json",
                     "{\"recovery_id\":\"rec_1\",\"expires_at_ms\":1795212945678}");
    } else {
        ck_abort_msg("the core asks for a route that the contract lacks: %s %s", r->request->method, path);
    }
}

static inline void cloud_handle(void *ctx, net_script *s, const script_request *r)
{
    core_cloud *c = ctx;
    char store[CLOUD_TEXT], till[CLOUD_TEXT], rest[CLOUD_TEXT] = "";
    const char *data = strstr(r->request->path, "/catalogue");
    if (data && c->catalogue) {
        const cloud_token *scope = cloud_find_token(c, r->request->token);
        char prefix[2 * CLOUD_TEXT];
        snprintf(prefix, sizeof prefix, "/v1/stores/%s/catalogue", scope ? scope->store : "");
        if (!scope)
            cloud_problem(s, r->ticket, 401, "unauthorized", -1);
        else if (strncmp(r->request->path, prefix, strlen(prefix)) != 0)
            cloud_problem(s, r->ticket, 404, "not-found", -1);
        else
            c->catalogue(c, s, r, data + strlen("/catalogue"));
        return;
    }
    int parts = sscanf(r->request->path, "/v1/stores/%70[^/]/tills/%70[^/]/%70s", store, till, rest);
    if (parts < 2) {
        cloud_person(c, s, r);
    } else if (strcmp(rest, "reports") == 0) {
        cloud_upload(c, s, r);
    } else if (strcmp(rest, "reports/compare") == 0) {
        cloud_compare(c, s, r, cloud_find_token(c, r->request->token));
    } else if (strcmp(rest, "token") == 0) {
        cloud_token *token = cloud_find_token(c, r->request->token);
        if (token)
            token->revoked = true;
        c->revoked += token != NULL;
        script_reply(s, r->ticket, 204, NULL, NULL);
    } else if (c->person_fault != CLOUD_FINE && cloud_misbehave(c, s, r->ticket, c->person_fault)) {
        return;
    } else if (!r->request->token || strcmp(r->request->token, c->session) != 0) {
        cloud_problem(s, r->ticket, 401, "unauthorized", -1);
    } else {
        cloud_register(c, s, r, store, till);
    }
}

/* ---- counting ---- */

/* How many reports with that hash count: more than one is "counted twice". */
static inline uint32_t cloud_counts(const core_cloud *c, const char *sha)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->count; i++)
        count += strcmp(c->reports[i].sha, sha) == 0 && c->reports[i].counted;
    return count;
}

static inline uint32_t cloud_count_kind(const core_cloud *c, char kind, bool counted_only)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->count; i++)
        count += c->reports[i].kind == kind && (!counted_only || c->reports[i].counted);
    return count;
}

static inline const cloud_report *cloud_held(const core_cloud *c, const char *sha)
{
    for (uint32_t i = 0; i < c->count; i++) {
        if (strcmp(c->reports[i].sha, sha) == 0)
            return &c->reports[i];
    }
    return NULL;
}

#endif
