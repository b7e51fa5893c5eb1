/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Companies, stores and tills over real TLS: creating once, paging, searching, claims, and that nobody sees what is
 * somebody else's.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
}

static void teardown(void)
{
    fixture_close(&fx);
}

static reply list(const char *query)
{
    char path[300];
    snprintf(path, sizeof path, "/v1/companies%s", query);
    return fixture_call(&fx, (call){.path = path, .token = ana.token});
}

static reply create_company(const char *json, const char *key)
{
    return fixture_call(&fx, (call){.path = "/v1/companies", .json = json, .token = ana.token, .key = key});
}

START_TEST(creating_twice_makes_one)
{
    static const char json[] = "{\"name\":\"Ruiz\",\"tax_id\":\"B1\",\"country\":\"ES\",\"currency\":\"EUR\"}";
    static const char other_json[] = "{\"name\":\"Ruiz 2\",\"country\":\"ES\",\"currency\":\"EUR\"}";
    const char *key = fixture_hex();
    reply first = create_company(json, key);
    reply second = create_company(json, key);
    reply reused = create_company(other_json, key);
    fixture_expect(&first, 201, NULL);
    fixture_expect(&second, 201, NULL);
    fixture_expect(&reused, 422, "idempotency-key-reused");
    ck_assert_str_eq(first.body, second.body);
    person bea = fixture_person(&fx, "bea@example.com");
    reply hers = fixture_call(&fx, (call){.path = "/v1/companies", .json = json, .token = bea.token, .key = key});
    fixture_expect(&hers, 201, NULL);
    ck_assert_str_ne(reply_text(&hers, "company_id"), reply_text(&first, "company_id"));
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM companies"), 2);
    reply_free(&first);
    reply_free(&second);
    reply_free(&reused);
    reply_free(&hers);
}
END_TEST

START_TEST(a_refused_request_leaves_its_key_free)
{
    const char *key = fixture_hex();
    reply refused = create_company("{\"name\":\"\",\"country\":\"ES\",\"currency\":\"EUR\"}", key);
    fixture_expect(&refused, 422, "invalid");
    ck_assert_str_eq(reply_text(&refused, "errors.0.field"), "name");
    reply taken = create_company("{\"name\":\"Ruiz\",\"country\":\"ES\",\"currency\":\"EUR\"}", key);
    fixture_expect(&taken, 201, NULL);
    reply_free(&refused);
    reply_free(&taken);
}
END_TEST

START_TEST(stores_are_created_once_and_take_the_currency)
{
    char company_id[80];
    char path[160];
    static const char json[] = "{\"name\":\"Caf\\u00e9\",\"address\":\"Calle 1\",\"time_zone\":\"Europe/Madrid\"}";
    const char *key = fixture_hex();
    fixture_company(&fx, &ana, "Ruiz", company_id);
    snprintf(path, sizeof path, "/v1/companies/%s/stores", company_id);
    reply first = fixture_call(&fx, (call){.path = path, .json = json, .token = ana.token, .key = key});
    reply second = fixture_call(&fx, (call){.path = path, .json = json, .token = ana.token, .key = key});
    fixture_expect(&first, 201, NULL);
    ck_assert_str_eq(first.body, second.body);
    ck_assert_str_eq(reply_text(&first, "currency"), "EUR");
    ck_assert_str_eq(reply_text(&first, "name"), "Café");
    static const char *const zones[] = {"", "Europe Madrid", "/Madrid", "Europe//Madrid", "Europe/"};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        char bad[120];
        snprintf(bad, sizeof bad, "{\"name\":\"X\",\"time_zone\":\"%s\"}", zones[i]);
        fixture_refused(&fx, (call){.path = path, .json = bad, .token = ana.token, .key = fixture_hex()}, 422,
                        "invalid");
    }
    reply_free(&first);
    reply_free(&second);
}
END_TEST

START_TEST(lists_are_paged_in_order_and_searched)
{
    static const char *const names[] = {"delta", "Alpha", "charlie", "Bravo", "echo bravo"};
    static const char *const sorted[] = {"Alpha", "Bravo", "charlie", "delta", "echo bravo"};
    char company_id[80];
    char query[160] = "?limit=2";
    int seen = 0;
    for (size_t i = 0; i < 5; i++)
        fixture_company(&fx, &ana, names[i], company_id);
    for (;;) {
        reply page = list(query);
        fixture_expect(&page, 200, NULL);
        int count = cJSON_GetArraySize(reply_find(&page, "items"));
        for (int i = 0; i < count; i++) {
            char at[32];
            snprintf(at, sizeof at, "items.%d.name", i);
            ck_assert_str_eq(reply_text(&page, at), sorted[seen++]);
        }
        bool more = cJSON_IsString(reply_find(&page, "next"));
        snprintf(query, sizeof query, "?limit=2&after=%s", reply_text(&page, "next"));
        reply_free(&page);
        if (!more)
            break;
        ck_assert_int_eq(count, 2);
    }
    ck_assert_int_eq(seen, 5);
    reply found = list("?q=BRAVO");
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&found, "items")), 2);
    reply_free(&found);
    found = list("?q=%25");
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&found, "items")), 0);
    reply_free(&found);
    static const char *const bad[] = {"?limit=0", "?limit=201", "?limit=x", "?after=!", "?after=cmp_none", "?q=%ff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        reply refused = list(bad[i]);
        fixture_expect(&refused, 422, "invalid");
        reply_free(&refused);
    }
}
END_TEST

START_TEST(stores_are_listed_without_closed_ones)
{
    char path[200];
    char north[80];
    shop place = fixture_shop(&fx, &ana);
    fixture_store(&fx, &ana, place.company_id, "Norte", north);
    snprintf(path, sizeof path, "/v1/companies/%s/stores", place.company_id);
    ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), place.store_id, true, 1), STORE_OK);
    reply page = fixture_call(&fx, (call){.path = path, .token = ana.token});
    fixture_expect(&page, 200, NULL);
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&page, "items")), 1);
    ck_assert_str_eq(reply_text(&page, "items.0.store_id"), north);
    reply_free(&page);
    reply refused = fixture_claim(&fx, &ana, place.store_id, fixture_hex(), "till-1", "first");
    fixture_expect(&refused, 403, "store-closed");
    reply_free(&refused);
    ck_assert_int_eq(store_shop_close(cloud_store(fx.cloud), place.store_id, false, 1), STORE_OK);
    fixture_till(&fx, &ana, place.store_id);
}
END_TEST

START_TEST(a_strangers_things_do_not_exist)
{
    char path[300];
    person eve = fixture_person(&fx, "eve@example.com");
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    static const char make_store[] = "{\"name\":\"X\",\"time_zone\":\"UTC\"}";
    static const char claim[] = "{\"register_id\":\"till-1\",\"claim\":\"another\"}";
    snprintf(path, sizeof path, "/v1/companies/%s/stores", place.company_id);
    fixture_refused(&fx, (call){.path = path, .token = eve.token}, 404, "not-found");
    fixture_refused(&fx, (call){.path = path, .json = make_store, .token = eve.token, .key = fixture_hex()}, 404,
                    "not-found");
    fixture_refused(&fx, (call){.method = "PUT", .path = bar.path, .json = claim, .token = eve.token}, 404,
                    "not-found");
    snprintf(path, sizeof path, "%s/tokens", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = eve.token}, 404, "not-found");
    snprintf(path, sizeof path, "/v1/companies?after=%s", place.company_id);
    fixture_refused(&fx, (call){.path = path, .token = eve.token}, 422, "invalid");
    reply mine = fixture_call(&fx, (call){.path = "/v1/companies", .token = eve.token});
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&mine, "items")), 0);
    reply_free(&mine);
    /* The same answer for what really does not exist. */
    fixture_refused(&fx, (call){.path = "/v1/companies/cmp_none/stores", .token = eve.token}, 404, "not-found");
    /* Her own store does not open his till's path, nor her token his store. */
    shop hers = fixture_shop(&fx, &eve);
    till other = fixture_till(&fx, &eve, hers.store_id);
    snprintf(path, sizeof path, "%s/reports", bar.path);
    fixture_refused(&fx,
                    (call){.path = path, .token = other.token, .body = "", .type = "application/vnd.pos.report-batch"},
                    403, "wrong-store");
    snprintf(path, sizeof path, "%s/token", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = other.token}, 403, "wrong-store");
    snprintf(path, sizeof path, "/v1/stores/%s/tills/%s/reports", hers.store_id, bar.till_id);
    fixture_refused(&fx,
                    (call){.path = path, .token = other.token, .body = "", .type = "application/vnd.pos.report-batch"},
                    403, "wrong-store");
}
END_TEST

START_TEST(the_same_keys_in_two_companies_are_two_reports)
{
    person eve = fixture_person(&fx, "eve@example.com");
    shop place = fixture_shop(&fx, &ana);
    shop hers = fixture_shop(&fx, &eve);
    const char *till_id = fixture_hex();
    till one = fixture_till_as(&fx, &ana, place.store_id, till_id, "first");
    till two = fixture_till_as(&fx, &eve, hers.store_id, till_id, "first");
    batch_expect_one(&fx, &one, (item){.z_number = 1}, "delivered", NULL);
    reply answer = batch_send_one(&fx, &two, (item){.z_number = 1});
    ck_assert_str_eq(reply_text(&answer, "results.0.receipt.company_id"), hers.company_id);
    reply_free(&answer);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 2);
}
END_TEST

START_TEST(a_known_register_needs_the_owners_word)
{
    shop place = fixture_shop(&fx, &ana);
    till old = fixture_till(&fx, &ana, place.store_id);
    batch_expect_one(&fx, &old, (item){.z_number = 7}, "delivered", NULL);
    batch_expect_one(&fx, &old, (item){.kind = 'X', .z_number = 8, .x_sequence = 3}, "delivered", NULL);
    const char *fresh = fixture_hex();
    reply first = fixture_claim(&fx, &ana, place.store_id, fresh, "till-1", "first");
    fixture_expect(&first, 409, "register-known");
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&first, "tills")), 1);
    ck_assert_str_eq(reply_text(&first, "tills.0.till_id"), old.till_id);
    ck_assert_str_eq(reply_text(&first, "tills.0.device_name"), "Bar");
    ck_assert_int_eq(reply_int(&first, "tills.0.last_z_number"), 7);
    ck_assert_str_eq(reply_text(&first, "tills.0.last_business_date"), "2026-11-20");
    reply_free(&first);
    reply same = fixture_claim(&fx, &ana, place.store_id, fresh, "till-1", "same");
    fixture_expect(&same, 422, "invalid");
    ck_assert_str_eq(reply_text(&same, "errors.0.code"), "not-listed");
    reply_free(&same);
    same = fixture_claim(&fx, &ana, place.store_id, old.till_id, "till-1", "same");
    fixture_expect(&same, 200, NULL);
    ck_assert_int_eq(reply_int(&same, "registers.0.last_z_number"), 7);
    ck_assert_uint_eq(strlen(reply_text(&same, "registers.0.last_z_sha256")), 64);
    ck_assert_int_eq(reply_int(&same, "registers.0.last_x_z_number"), 8);
    ck_assert_int_eq(reply_int(&same, "registers.0.last_x_sequence"), 3);
    reply_free(&same);
    batch_expect_one(&fx, &old, (item){.z_number = 8}, "delivered", NULL); /* the older token goes on */
    reply another = fixture_claim(&fx, &ana, place.store_id, fresh, "till-1", "another");
    fixture_expect(&another, 200, NULL);
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&another, "registers")), 0);
    reply_free(&another);
    first = fixture_claim(&fx, &ana, place.store_id, fresh, "till-1", "first"); /* known itself by now */
    fixture_expect(&first, 200, NULL);
    reply_free(&first);
    first = fixture_claim(&fx, &ana, place.store_id, fixture_hex(), "till-2", "first");
    fixture_expect(&first, 200, NULL);
    reply_free(&first);
    fixture_refused(&fx,
                    (call){.method = "PUT",
                           .path = "/v1/stores/sto_x/tills/nothex",
                           .json = "{\"register_id\":\"a\",\"claim\":\"first\"}",
                           .token = ana.token},
                    404, "not-found");
}
END_TEST

START_TEST(epochs_are_told_to_an_adopted_till)
{
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    batch_expect_one(&fx, &bar, (item){.z_number = 5}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 2, .epoch = 1}, "delivered", NULL);
    reply same = fixture_claim(&fx, &ana, place.store_id, bar.till_id, "till-1", "same");
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&same, "registers")), 2);
    ck_assert_int_eq(reply_int(&same, "registers.0.epoch"), 0);
    ck_assert_int_eq(reply_int(&same, "registers.0.last_z_number"), 5);
    ck_assert_int_eq(reply_int(&same, "registers.1.epoch"), 1);
    ck_assert_int_eq(reply_int(&same, "registers.1.last_z_number"), 2);
    ck_assert(cJSON_IsNull(reply_find(&same, "registers.1.last_x_sequence")));
    reply_free(&same);
}
END_TEST

START_TEST(tokens_are_revoked_one_or_all)
{
    char path[220];
    shop place = fixture_shop(&fx, &ana);
    till first = fixture_till(&fx, &ana, place.store_id);
    till second = fixture_till_as(&fx, &ana, place.store_id, first.till_id, "same");
    buffer empty = {NULL, 0};
    snprintf(path, sizeof path, "%s/token", first.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = first.token}, 204, NULL);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = first.token}, 401, "unauthorized");
    reply refused = batch_send_coded(&fx, &first, &empty, NULL);
    fixture_expect(&refused, 401, "unauthorized");
    reply_free(&refused);
    batch_expect_one(&fx, &second, (item){.z_number = 1}, "delivered", NULL);
    snprintf(path, sizeof path, "%s/tokens", first.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = ana.token}, 204, NULL);
    refused = batch_send_coded(&fx, &second, &empty, NULL);
    fixture_expect(&refused, 401, "unauthorized");
    reply_free(&refused);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 1);
}
END_TEST

START_TEST(token_kinds_never_stand_in_for_one_another)
{
    char path[220];
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    till posing = bar;
    buffer empty = {NULL, 0};
    snprintf(posing.token, sizeof posing.token, "%s", ana.token);
    reply refused = batch_send_coded(&fx, &posing, &empty, NULL);
    fixture_expect(&refused, 401, "unauthorized");
    reply_free(&refused);
    fixture_refused(&fx, (call){.path = "/v1/sessions/current", .token = bar.token}, 401, "unauthorized");
    fixture_refused(&fx, (call){.path = "/v1/companies", .token = bar.token}, 401, "unauthorized");
    snprintf(path, sizeof path, "%s/tokens", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = bar.token}, 401, "unauthorized");
    snprintf(path, sizeof path, "%s/token", bar.path);
    fixture_refused(&fx, (call){.method = "DELETE", .path = path, .token = ana.token}, 401, "unauthorized");
    fixture_refused(&fx, (call){.path = "/v1/companies"}, 401, "unauthorized");
    fixture_refused(&fx, (call){.path = "/v1/companies", .header = "Authorization: Basic YTpi"}, 401, "unauthorized");
    fixture_refused(&fx, (call){.path = "/v1/companies", .token = ""}, 401, "unauthorized");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("business");
    TCase *cases = tcase_create("business");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, creating_twice_makes_one);
    tcase_add_test(cases, a_refused_request_leaves_its_key_free);
    tcase_add_test(cases, stores_are_created_once_and_take_the_currency);
    tcase_add_test(cases, lists_are_paged_in_order_and_searched);
    tcase_add_test(cases, stores_are_listed_without_closed_ones);
    tcase_add_test(cases, a_strangers_things_do_not_exist);
    tcase_add_test(cases, the_same_keys_in_two_companies_are_two_reports);
    tcase_add_test(cases, a_known_register_needs_the_owners_word);
    tcase_add_test(cases, epochs_are_told_to_an_adopted_till);
    tcase_add_test(cases, tokens_are_revoked_one_or_all);
    tcase_add_test(cases, token_kinds_never_stand_in_for_one_another);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
