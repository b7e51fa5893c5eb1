/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may not: every operation of include/cloud/openapi.yaml, as the document itself lists them, times every credential
 * that must not open it. What the answer must be follows from the document: its security, its 403 and 404, and its
 * section on tenants. Each request is one that would succeed with the right credential, which is tried, too: so a
 * refusal is for the credential. Nothing of the tenant may have changed after a refusal, nor stand in its answer.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"
#include "contract_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the parameters of a path stand for. */
typedef struct target {
    char company_id[80];
    char store_id[80];
    char till_id[80];
    char upload_id[80];
} target;

static fixture fx;
static operation operations[OPERATIONS_MAX];
static person ana;
static till bar;          /* in ana's first store */
static target anas, eves; /* ana's first store and bar; the same of another tenant */
static target norths;     /* ana's second store, with the till of the first */
static char north[80];    /* a till token of it */
static char next_to[80];  /* a till token of another till in ana's first store */
static char eve_till[80]; /* a till token of eve's store */
static char expired[80];  /* sessions of ana, and a till token */
static char ended[80];
static char revoked[80];
static char digest_sql[1600];

/* ---- the world ---- */

static void log_in(const char *email, char token[80])
{
    char json[120];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"password\":\"" PASSWORD "\"}", email);
    reply answer = fixture_call(&fx, (call){.path = "/v1/sessions", .json = json});
    fixture_expect(&answer, 201, NULL);
    snprintf(token, 80, "%s", reply_text(&answer, "token"));
    reply_free(&answer);
}

static target target_of(const char *company_id, const char *store_id, const till *from)
{
    target made;
    snprintf(made.company_id, sizeof made.company_id, "%s", company_id);
    snprintf(made.store_id, sizeof made.store_id, "%s", store_id);
    snprintf(made.till_id, sizeof made.till_id, "%s", from->till_id);
    catalogue_begin(&fx, from, 0, made.upload_id);
    return made;
}

static void keep(char out[80], const char *token)
{
    snprintf(out, 80, "%s", token);
}

/* What ana's tenant consists of, in one number: a refused request that did something changes it. */
static void prepare_digest(void)
{
    snprintf(
        digest_sql, sizeof digest_sql,
        "WITH mine(c, u) AS (VALUES('%s', '%s')), shops AS (SELECT store_id FROM stores, mine WHERE company_id = c)"
        " SELECT ((((((SELECT COUNT(*) FROM companies WHERE created_by = u) * 256"
        " + (SELECT COUNT(*) FROM shops)) * 256 + (SELECT COUNT(*) FROM tills WHERE company_id = c)) * 256"
        " + (SELECT COUNT(*) FROM till_tokens WHERE company_id = c AND revoked_at_ms IS NULL)) * 256"
        " + (SELECT COUNT(*) FROM sessions WHERE user_id = u AND ended_at_ms IS NULL)) * 256"
        " + (SELECT COUNT(*) FROM reports WHERE company_id = c)) * 256"
        " + (SELECT COUNT(*) + SUM(next_page) FROM catalogue_uploads WHERE store_id IN shops"
        "    AND ended_at_ms IS NULL) FROM mine",
        anas.company_id, ana.user_id);
}

static void setup(void)
{
    char token[80];
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    keep(expired, ana.token);
    fixture_advance(&fx, 31LL * 24 * 3600 * 1000);
    log_in("ana@example.com", ended);
    fixture_refused(&fx, (call){.method = "DELETE", .path = "/v1/sessions/current", .token = ended}, 204, NULL);
    log_in("ana@example.com", ana.token);
    person eve = fixture_person(&fx, "eve@example.com");
    shop place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
    keep(next_to, fixture_till_as(&fx, &ana, place.store_id, fixture_hex(), "another").token);
    till gone = fixture_till_as(&fx, &ana, place.store_id, bar.till_id, "first");
    snprintf(token, sizeof token, "%s", gone.token);
    char path[200];
    snprintf(path, sizeof path, "%s/token", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = token}, 204, NULL);
    keep(revoked, token);
    anas = target_of(place.company_id, place.store_id, &bar);
    char store_id[80];
    fixture_store(&fx, &ana, place.company_id, "Norte", store_id);
    till other = fixture_till_as(&fx, &ana, store_id, bar.till_id, "first");
    keep(north, other.token);
    norths = target_of(place.company_id, store_id, &other);
    shop foreign = fixture_shop(&fx, &eve);
    other = fixture_till(&fx, &eve, foreign.store_id);
    keep(eve_till, other.token);
    eves = target_of(foreign.company_id, foreign.store_id, &other);
    prepare_digest();
    ck_assert_int_gt(fixture_sql(&fx, digest_sql), 0);
}

static void teardown(void)
{
    fixture_close(&fx);
}

/* ---- one request ---- */

static const char *value_of(const target *at, const char *name, size_t length)
{
    const struct {
        const char *name;
        const char *value;
    } known[] = {{"company_id", at->company_id},
                 {"store_id", at->store_id},
                 {"till_id", at->till_id},
                 {"upload_id", at->upload_id},
                 {"registration_id", "reg_nobody"},
                 {"recovery_id", "rec_nobody"},
                 {"page", "0"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0)
            return known[i].value;
    ck_abort_msg("this test does not know what to put for {%.*s}", (int)length, name);
    return NULL;
}

static void fill_path(const operation *what, const target *at, char *out, size_t out_size)
{
    size_t used = 0;
    for (const char *from = what->path; *from && used < out_size;) {
        size_t length = strcspn(from, "{}");
        used += (size_t)snprintf(out + used, out_size - used, "%.*s", (int)length, from);
        from += length;
        if (*from == '{') {
            length = strcspn(++from, "}");
            used += (size_t)snprintf(out + used, out_size - used, "%s", value_of(at, from, length));
            from += length;
        }
        if (*from == '}')
            from++;
    }
    ck_assert_uint_lt(used, out_size);
}

/* One that would be taken, from this place with this token. */
static reply ask(const operation *what, const target *at, const char *token, const char *header)
{
    char path[300];
    buffer batch = {NULL, 0};
    fill_path(what, at, path, sizeof path);
    call request = {.method = what->method, .path = path, .token = token, .header = header};
    if (what->needs_key)
        request.key = fixture_hex();
    if (strcmp(what->media, "application/json") == 0) {
        ck_assert_msg(what->json[0], "%s %s: the document has no example", what->method, what->path);
        request.json = strcmp(what->who, "none") == 0 ? "{}" : what->json; /* no mails, no failed log-ins */
    } else if (strcmp(what->media, "application/x-ndjson") == 0) {
        request.body = catalogue_small;
        request.body_bytes = strlen(catalogue_small);
    } else if (strcmp(what->media, "application/vnd.pos.report-batch") == 0) {
        batch_add(&batch, (item){.z_number = 1});
        request.body = batch.bytes;
        request.body_bytes = batch.length;
    } else {
        ck_assert_msg(!what->media[0], "this test has no body of type %s", what->media);
    }
    if (!request.json && what->media[0])
        request.type = what->media;
    reply answer = fixture_call(&fx, request);
    buffer_free(&batch);
    return answer;
}

static void expect_no_leak(const operation *what, const char *who, const reply *answer)
{
    const char *const ids[] = {anas.company_id, anas.store_id, anas.till_id, anas.upload_id, norths.store_id};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        ck_assert_msg(!answer->body || !strstr(answer->body, ids[i]), "%s %s with %s tells %s: %s", what->method,
                      what->path, who, ids[i], answer->body);
}

/* The credential `who` gets this answer, learns nothing and changes nothing of ana's. Slug NULL: whatever is not a
 * refusal of the credential. */
static void expect_answer(const operation *what, const char *who, const target *at, const char *token,
                          const char *header, long status, const char *slug)
{
    char type[96];
    long long before = fixture_sql(&fx, digest_sql);
    reply answer = ask(what, at, token, header);
    ck_assert_msg(answer.code == CURLE_OK, "%s", curl_easy_strerror(answer.code));
    snprintf(type, sizeof type, "urn:factorycloud:problem:%s", slug ? slug : "");
    bool right = slug ? answer.status == status && strcmp(reply_text(&answer, "type"), type) == 0
                      : answer.status != 401 && answer.status != 403 && answer.status != 404;
    ck_assert_msg(right, "%s %s with %s: %ld, not %ld %s: %s", what->method, what->path, who, answer.status, status,
                  slug ? slug : "(let in)", answer.body ? answer.body : "");
    expect_no_leak(what, who, &answer);
    ck_assert_msg(fixture_sql(&fx, digest_sql) == before, "%s %s with %s changed something", what->method, what->path,
                  who);
    reply_free(&answer);
}

static bool is_for(const operation *what, const char *who)
{
    return strcmp(what->who, who) == 0;
}

static bool has_tenant(const operation *what)
{
    return operation_has(what, "company_id") || operation_has(what, "store_id");
}

/* ---- the credentials ---- */

START_TEST(the_table_is_the_document)
{
    size_t public = 0;
    size_t person_only = 0;
    size_t till_only = 0;
    for (const operation *what = operations; what->method[0]; what++) {
        public += is_for(what, "none");
        person_only += is_for(what, "session");
        till_only += is_for(what, "till");
    }
    ck_assert_uint_eq(public, 6);      /* health, registering, recovering, logging in: each one more deserves a */
    ck_assert_uint_ge(person_only, 8); /* thought, so it is counted */
    ck_assert_uint_ge(till_only, 10);
}
END_TEST

/* The controls: with what it asks for, every operation lets in. Whoever is let in may use up the credential. */
START_TEST(the_right_credential_is_let_in)
{
    for (const operation *what = operations; what->method[0]; what++) {
        char token[80];
        till fresh = fixture_till_as(&fx, &ana, anas.store_id, fixture_hex(), "another");
        target at = target_of(anas.company_id, anas.store_id, &fresh);
        log_in("ana@example.com", token);
        reply answer = ask(what, &at,
                           is_for(what, "till")      ? fresh.token
                           : is_for(what, "session") ? token
                                                     : NULL,
                           NULL);
        bool refused = answer.status == 401 || answer.status == 403 || answer.status == 404 || answer.status >= 500;
        ck_assert_msg(!refused, "%s %s: %ld %s", what->method, what->path, answer.status, answer.body);
        reply_free(&answer);
    }
}
END_TEST

START_TEST(what_is_no_credential_opens_nothing)
{
    char basic[120];
    char longest[400];
    snprintf(basic, sizeof basic, "Authorization: Basic %s", ana.token);
    memset(longest, 'x', sizeof longest);
    snprintf(longest + 380, sizeof longest - 380, "y");
    for (const operation *what = operations; what->method[0]; what++) {
        bool till_token = is_for(what, "till");
        if (is_for(what, "none"))
            continue;
        expect_answer(what, "no token", &anas, NULL, NULL, 401, "unauthorized");
        expect_answer(what, "an empty token", &anas, "", NULL, 401, "unauthorized");
        expect_answer(what, "garbage", &anas, "fcs_garbage", NULL, 401, "unauthorized");
        expect_answer(what, "a long token", &anas, longest, NULL, 401, "unauthorized");
        expect_answer(what, "another scheme", &anas, NULL, basic, 401, "unauthorized");
        expect_answer(what, "an expired session", &anas, expired, NULL, 401, "unauthorized");
        expect_answer(what, "an ended session", &anas, ended, NULL, 401, "unauthorized");
        expect_answer(what, "a revoked till token", &anas, revoked, NULL, 401, "unauthorized");
        expect_answer(what, till_token ? "a person's session" : "a till token", &anas,
                      till_token ? ana.token : bar.token, NULL, 401, "unauthorized");
    }
}
END_TEST

/* An operation for everybody looks at no token at all. */
START_TEST(a_token_changes_nothing_where_none_is_asked_for)
{
    const char *const tokens[] = {"fcs_garbage", expired, ended, revoked, ana.token, bar.token};
    for (const operation *what = operations; what->method[0]; what++) {
        if (!is_for(what, "none"))
            continue;
        reply without = ask(what, &anas, NULL, NULL);
        ck_assert_msg(without.status == 200 || without.status == 422, "%s: %ld", what->path, without.status);
        for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
            reply with = ask(what, &anas, tokens[i], NULL);
            ck_assert_int_eq(with.status, without.status);
            reply_free(&with);
        }
        reply_free(&without);
    }
}
END_TEST

/* A stranger's session: 404 for what is ana's, in the same words as for what does not exist. */
START_TEST(another_tenants_person_finds_nothing)
{
    target nowhere;
    till none = {.till_id = "00000000000000000000000000000000"};
    nowhere = eves;
    snprintf(nowhere.company_id, sizeof nowhere.company_id, "cmp_nosuch");
    snprintf(nowhere.store_id, sizeof nowhere.store_id, "sto_nosuch");
    keep(nowhere.till_id, none.till_id);
    for (const operation *what = operations; what->method[0]; what++) {
        char eve[80];
        if (!is_for(what, "session"))
            continue;
        log_in("eve@example.com", eve); /* she may end it */
        if (has_tenant(what)) {
            ck_assert_msg(operation_says(what, "not-found"), "%s %s: 404 is not documented", what->method, what->path);
            expect_answer(what, "another tenant's session", &anas, eve, NULL, 404, "not-found");
            reply foreign = ask(what, &anas, eve, NULL);
            reply missing = ask(what, &nowhere, eve, NULL);
            ck_assert_str_eq(foreign.body, missing.body);
            reply_free(&foreign);
            reply_free(&missing);
        } else {
            expect_answer(what, "another tenant's session", &anas, eve, NULL, 0, NULL);
        }
        target mixed = anas; /* her own store, ana's till */
        keep(mixed.company_id, eves.company_id);
        keep(mixed.store_id, eves.store_id);
        log_in("eve@example.com", eve);
        if (operation_has(what, "till_id")) {
            long long before = fixture_sql(&fx, digest_sql);
            reply own = ask(what, &mixed, eve, NULL);
            ck_assert_int_eq(fixture_sql(&fx, digest_sql), before);
            reply_free(&own);
        }
    }
}
END_TEST

/* A till token is for one till in one store. */
START_TEST(another_tills_token_reaches_nothing)
{
    target mixed = eves; /* a store of its own, somebody else's upload */
    keep(mixed.upload_id, anas.upload_id);
    for (const operation *what = operations; what->method[0]; what++) {
        if (!is_for(what, "till"))
            continue;
        bool wrong_store = operation_says(what, "wrong-store");
        long status = wrong_store ? 403 : 404;
        const char *slug = wrong_store ? "wrong-store" : "not-found";
        expect_answer(what, "another tenant's till token", &anas, eve_till, NULL, status, slug);
        expect_answer(what, "a till token of another store", &anas, north, NULL, status, slug);
        if (operation_has(what, "till_id"))
            expect_answer(what, "another till's token", &anas, next_to, NULL, 403, "wrong-store");
        if (operation_has(what, "upload_id"))
            expect_answer(what, "somebody else's upload in its own store", &mixed, eve_till, NULL, 404, "not-found");
        keep(mixed.upload_id, anas.upload_id);
    }
}
END_TEST

START_TEST(a_closed_store_takes_nothing)
{
    char closing[80];
    fixture_store(&fx, &ana, anas.company_id, "Sur", closing);
    for (const operation *what = operations; what->method[0]; what++) {
        if (is_for(what, "none") || !operation_has(what, "store_id"))
            continue;
        till last = fixture_till_as(&fx, &ana, closing, fixture_hex(), "another");
        target at = target_of(anas.company_id, closing, &last);
        const char *token = is_for(what, "till") ? last.token : ana.token;
        ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), closing, true, 1), STORE_OK);
        if (operation_says(what, "store-closed")) {
            expect_answer(what, "the store's own token, closed", &at, token, NULL, 403, "store-closed");
        } else { /* cutting off is possible for ever */
            reply answer = ask(what, &at, token, NULL);
            ck_assert_msg(answer.status == 204, "%s %s: %ld", what->method, what->path, answer.status);
            reply_free(&answer);
        }
        ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), closing, false, 1), STORE_OK);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("access");
    TCase *cases = tcase_create("access");
    if (operations_read(operations) == 0) {
        fprintf(stderr, "the operations of include/cloud/openapi.yaml can't be read\n");
        return 1;
    }
    tcase_set_timeout(cases, 180);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_table_is_the_document);
    tcase_add_test(cases, the_right_credential_is_let_in);
    tcase_add_test(cases, what_is_no_credential_opens_nothing);
    tcase_add_test(cases, a_token_changes_nothing_where_none_is_asked_for);
    tcase_add_test(cases, another_tenants_person_finds_nothing);
    tcase_add_test(cases, another_tills_token_reaches_nothing);
    tcase_add_test(cases, a_closed_store_takes_nothing);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
