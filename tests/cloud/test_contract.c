/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every documented status of every documented route, once: contract.py then demands that none is missing, and that
 * each answer is what include/cloud/openapi.yaml says. A new route in the document without a row here fails.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"
#include "contract_rows.h"

#include "cloud/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;
static shop place;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void fill_path(const char *pattern, const char *company_id, const char *store_id, char *out, size_t out_size)
{
    size_t used = 0;
    for (; *pattern; pattern++) {
        const char *part = NULL;
        if (*pattern == '%')
            part = *++pattern == 'C' ? company_id : *pattern == 'S' ? store_id : bar.till_id;
        used += (size_t)(part ? snprintf(out + used, out_size - used, "%s", part)
                              : snprintf(out + used, out_size - used, "%c", *pattern));
    }
}

static const char *token_for(const row *route)
{
    return route->who == PERSON ? ana.token : route->who == TILL ? bar.token : NULL;
}

/* The request of a row with a body that can be read (if it takes one) but says nothing. */
static call call_for(const row *route, char *path, size_t path_size)
{
    fill_path(route->path, place.company_id, place.store_id, path, path_size);
    call what = {.method = route->method, .path = path, .token = token_for(route)};
    if (route->has_json)
        what.json = "{}";
    if (route->has_key)
        what.key = fixture_hex();
    what.type = contract_type_of(route);
    if (what.type)
        what.body = "";
    return what;
}

START_TEST(failures_of_the_cloud)
{
    for (size_t i = 0; i < contract_row_count; i++)
        for (int status = 500; status <= 503; status += 3) {
            char json[100];
            char path[240];
            snprintf(json, sizeof json, "{\"route\":\"%s\",\"status\":%d,\"times\":1}", contract_rows[i].name, status);
            fixture_refused(&fx, (call){.path = "/_faults", .json = json}, 201, NULL);
            fixture_refused(&fx, call_for(&contract_rows[i], path, sizeof path), status,
                            status == 500 ? "internal" : "busy");
        }
}
END_TEST

START_TEST(bodies_that_no_route_takes)
{
    char *large = malloc(70001);
    char *huge = calloc(1, BATCH_BYTES_MAX + 1);
    memset(large, ' ', 70000);
    large[70000] = 0;
    for (size_t i = 0; i < contract_row_count; i++) {
        char path[240];
        call what = call_for(&contract_rows[i], path, sizeof path);
        if (!contract_rows[i].has_json && !contract_type_of(&contract_rows[i]))
            continue;
        what.type = "text/plain";
        fixture_refused(&fx, what, 415, "unsupported-type");
        what.type = contract_type_of(&contract_rows[i]);
        what.coding = "br";
        fixture_refused(&fx, what, 415, "unsupported-encoding");
        what.coding = NULL;
        what.json = contract_rows[i].has_json ? "{" : NULL;
        what.body = "{";
        what.body_bytes = 1;
        fixture_refused(&fx, what, 400, "malformed");
        what.json = contract_rows[i].has_json ? large : NULL;
        what.body = huge;
        what.body_bytes = BATCH_BYTES_MAX + 1;
        fixture_refused(&fx, what, 413, "too-large");
        if (contract_rows[i].has_json) {
            what.json = "{}";
            fixture_refused(&fx, what, 422, "invalid");
        }
        if (contract_rows[i].has_key) {
            what.key = NULL;
            fixture_refused(&fx, what, 400, "malformed");
        }
    }
    free(large);
    free(huge);
}
END_TEST

START_TEST(who_may_not)
{
    static const char claim[] = "{\"register_id\":\"till-1\",\"claim\":\"first\"}";
    static const char store_json[] = "{\"name\":\"X\",\"time_zone\":\"UTC\"}";
    person eve = fixture_person(&fx, "eve@example.com");
    for (size_t i = 0; i < contract_row_count; i++) {
        char path[240];
        call what = call_for(&contract_rows[i], path, sizeof path);
        if (contract_rows[i].who == NOBODY)
            continue;
        what.token = NULL;
        fixture_refused(&fx, what, 401, "unauthorized");
        what.token = contract_rows[i].who == PERSON ? bar.token : ana.token;
        fixture_refused(&fx, what, 401, "unauthorized");
        if (contract_rows[i].tenant) {
            what.token = eve.token;
            what.json = !what.json ? NULL : strcmp(contract_rows[i].name, "till") == 0 ? claim : store_json;
            fixture_refused(&fx, what, 404, "not-found");
        }
        if (contract_rows[i].who == TILL) {
            fill_path(contract_rows[i].path, place.company_id, "sto_other", path, sizeof path);
            what.token = bar.token;
            fixture_refused(&fx, what, contract_rows[i].of_store ? 404 : 403,
                            contract_rows[i].of_store ? "not-found" : "wrong-store");
        }
        if (contract_rows[i].has_query) {
            what = call_for(&contract_rows[i], path, sizeof path);
            snprintf(path + strlen(path), sizeof path - strlen(path), "?limit=0");
            fixture_refused(&fx, what, 422, "invalid");
        }
    }
}
END_TEST

START_TEST(codes)
{
    static const char *const kinds[] = {"registrations", "recoveries"};
    static const char *const ids[] = {"registration_id", "recovery_id"};
    for (int i = 0; i < 2; i++) {
        char path[160];
        char json[160];
        char start[80];
        char code[7];
        const char *password = i == 1 ? ",\"new_password\":\"another password\"" : "";
        snprintf(start, sizeof start, "/v1/%s", kinds[i]);
        reply started = i == 0 ? fixture_start_registration(&fx, "bea@example.com", fixture_hex())
                               : fixture_call(&fx, (call){.path = start,
                                                          .json = "{\"email\":\"bea@example.com\",\"language\":\"en\"}",
                                                          .key = fixture_hex()});
        fixture_expect(&started, 202, NULL);
        fixture_code(&fx, code);
        snprintf(path, sizeof path, "/v1/%s/%s/confirm", kinds[i], reply_text(&started, ids[i]));
        snprintf(json, sizeof json, "{\"code\":\"%s\"%s}", strcmp(code, "000000") == 0 ? "000001" : "000000", password);
        fixture_refused(&fx, (call){.path = path, .json = json, .key = fixture_hex()}, 403, "code-wrong");
        snprintf(json, sizeof json, "{\"code\":\"%s\"%s,\"device_name\":\"Till 1\"}", code, password);
        fixture_refused(&fx, (call){.path = path, .json = json, .key = fixture_hex()}, 201, NULL);
        fixture_refused(&fx, (call){.path = path, .json = json, .key = fixture_hex()}, 410, "code-expired");
        reply_free(&started);
    }
}
END_TEST

START_TEST(throttles)
{
    static const char recovery[] = "{\"email\":\"nobody@example.com\",\"language\":\"en\"}";
    static const char login[] = "{\"email\":\"nobody@example.com\",\"password\":\"x\"}";
    for (int i = 0; i < 5; i++)
        fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = recovery, .key = fixture_hex()}, 202, NULL);
    fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = recovery, .key = fixture_hex()}, 429, "throttled");
    reply refused = fixture_start_registration(&fx, "nobody@example.com", fixture_hex());
    fixture_expect(&refused, 429, "throttled");
    reply_free(&refused);
    for (int i = 0; i < 10; i++)
        fixture_refused(&fx, (call){.path = "/v1/sessions", .json = login}, 401, "login-failed");
    fixture_refused(&fx, (call){.path = "/v1/sessions", .json = login}, 429, "throttled");
}
END_TEST

/* What only a store that is closed answers. */
static void closed_store(const till *at, const char *store_id)
{
    for (size_t i = 0; i < contract_row_count; i++) {
        char path[240];
        if (!contract_rows[i].of_store && strcmp(contract_rows[i].name, "compare") != 0)
            continue;
        call what = call_for(&contract_rows[i], path, sizeof path);
        if (contract_rows[i].of_store)
            fill_path(contract_rows[i].path, place.company_id, store_id, path, sizeof path);
        else
            snprintf(path, sizeof path, "%s/reports/compare", at->path);
        what.token = at->token;
        fixture_refused(&fx, what, 403, "store-closed");
    }
}

START_TEST(what_goes_well)
{
    char path[240];
    char north[80];
    fixture_refused(&fx, (call){.path = "/v1/health"}, 200, NULL);
    fixture_refused(
        &fx,
        (call){.path = "/v1/sessions",
               .json = "{\"email\":\"ana@example.com\",\"password\":\"" PASSWORD "\",\"device_name\":null}"},
        201, NULL);
    fixture_refused(&fx, (call){.path = "/v1/sessions/current", .token = ana.token}, 200, NULL);
    fixture_refused(&fx, (call){.path = "/v1/companies?limit=200&q=r", .token = ana.token}, 200, NULL);
    snprintf(path, sizeof path, "/v1/companies/%s/stores", place.company_id);
    fixture_refused(&fx, (call){.path = path, .token = ana.token}, 200, NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .note = "clone"}, "conflict", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .note = "made again", .rebuilt = true}, "superseded", NULL);
    batch_expect_one(&fx, &bar, (item){.kind = 'X', .z_number = 1, .x_sequence = 1}, "superseded", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 2, .document = "x"}, "rejected", "invalid-json");
    reply known = fixture_claim(&fx, &ana, place.store_id, fixture_hex(), "till-1", "first");
    fixture_expect(&known, 409, "register-known");
    reply_free(&known);
    fixture_store(&fx, &ana, place.company_id, "Norte", north);
    till other = fixture_till_as(&fx, &ana, north, fixture_hex(), "first");
    ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), north, true, 1), STORE_OK);
    reply closed = fixture_claim(&fx, &ana, north, other.till_id, "till-1", "first");
    fixture_expect(&closed, 403, "store-closed");
    reply_free(&closed);
    closed_store(&other, north);
    closed = batch_send_coded(&fx, &other, &(buffer){NULL, 0}, NULL);
    fixture_expect(&closed, 403, "store-closed");
    reply_free(&closed);
    snprintf(path, sizeof path, "%s/token", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = bar.token}, 204, NULL);
    snprintf(path, sizeof path, "%s/tokens", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = ana.token}, 204, NULL);
    fixture_refused(&fx, (call){.method = "DELETE", .path = "/v1/sessions/current", .token = ana.token}, 204, NULL);
}
END_TEST

static void expect_reply(reply answer, long status, const char *slug)
{
    fixture_expect(&answer, status, slug);
    reply_free(&answer);
}

/* What an upload answers that is over. */
static void upload_is_gone(const char *upload_id)
{
    expect_reply(catalogue_upload(&fx, &bar, "GET", upload_id), 410, "gone");
    expect_reply(catalogue_upload(&fx, &bar, "DELETE", upload_id), 410, "gone");
    expect_reply(catalogue_commit(&fx, &bar, upload_id, 0), 410, "gone");
    catalogue_put_text(&fx, &bar, upload_id, 0, catalogue_small, 410, "gone");
}

START_TEST(compare_and_catalogue)
{
    static const char digests[] = "{\"sets\":[{\"register_id\":\"till-1\",\"epoch\":0,\"ranges\":[[1,1]],"
                                  "\"per\":\"number\",\"digests\":[\"0123456789abcdef\"]}]}";
    char path[240];
    char first[80];
    char second[80];
    const char *key = fixture_hex();
    snprintf(path, sizeof path, "%s/reports/compare", bar.path);
    fixture_refused(&fx, (call){.path = path, .json = digests, .token = bar.token}, 200, NULL);
    catalogue_begin(&fx, &bar, 0, second);
    expect_reply(catalogue_create(&fx, &bar, 0, key), 201, NULL);
    expect_reply(catalogue_create(&fx, &bar, 1, key), 422, "idempotency-key-reused");
    catalogue_begin(&fx, &bar, 0, first);
    catalogue_put_text(&fx, &bar, first, 0, "{}\n", 422, "catalogue-invalid");
    catalogue_put_text(&fx, &bar, first, 1, catalogue_small, 422, "invalid");
    catalogue_put_text(&fx, &bar, first, 0, catalogue_small, 200, NULL);
    catalogue_put_text(&fx, &bar, "upl_x", 0, catalogue_small, 404, "not-found");
    expect_reply(catalogue_upload(&fx, &bar, "GET", first), 200, NULL);
    expect_reply(catalogue_commit(&fx, &bar, "upl_x", 1), 404, "not-found");
    expect_reply(catalogue_commit(&fx, &bar, first, 1), 422, "invalid");
    expect_reply(catalogue_commit(&fx, &bar, first, CATALOGUE_SMALL_LINES), 200, NULL);
    expect_reply(catalogue_commit(&fx, &bar, second, 0), 409, "catalogue-exists");
    expect_reply(catalogue_upload(&fx, &bar, "DELETE", second), 204, NULL);
    upload_is_gone(second);
    expect_reply(catalogue_create(&fx, &bar, 0, fixture_hex()), 409, "catalogue-exists");
    expect_reply(catalogue_info(&fx, &bar, NULL), 200, NULL);
    expect_reply(catalogue_info(&fx, &bar, "*"), 304, NULL);
    expect_reply(catalogue_page(&fx, &bar, 1, 0, NULL, 1000, NULL), 200, NULL);
    expect_reply(catalogue_page(&fx, &bar, 1, 0, NULL, 1000, "*"), 304, NULL);
    expect_reply(catalogue_page(&fx, &bar, 2, 0, NULL, 1000, NULL), 410, "gone");
}
END_TEST

START_TEST(what_is_not_there)
{
    static const char *const paths[] = {"/v0",
                                        "/v1",
                                        "/v1/",
                                        "/v1/health/",
                                        "/v2/health",
                                        "/v1/stores/a/tills/b/c",
                                        "/v1/companies//stores",
                                        "/v1/companies/a%2fb/stores",
                                        "/_faultsx"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        fixture_refused(&fx, (call){.path = paths[i]}, 404, "not-found");
    for (size_t i = 0; i < contract_row_count; i++) {
        char path[240];
        call what = call_for(&contract_rows[i], path, sizeof path);
        what.method = "PATCH";
        fixture_refused(&fx, what, 405, "method-not-allowed");
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contract");
    TCase *cases = tcase_create("contract");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, failures_of_the_cloud);
    tcase_add_test(cases, bodies_that_no_route_takes);
    tcase_add_test(cases, who_may_not);
    tcase_add_test(cases, codes);
    tcase_add_test(cases, throttles);
    tcase_add_test(cases, what_goes_well);
    tcase_add_test(cases, compare_and_catalogue);
    tcase_add_test(cases, what_is_not_there);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "all");
}
