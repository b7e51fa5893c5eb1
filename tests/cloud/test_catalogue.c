/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data on its way to a till: what there is, pages, changes since an earlier revision, and who gets it.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"

#include <sqlite3.h>
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

/* Everything of a revision, or what changed since another, is this text, whatever the size of the pages. */
static void expect_lines(long long revision, long long since, const char *text)
{
    static const int limits[] = {1, 2, 3, 1000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        long long told;
        int pages;
        char *got = catalogue_fetch(&fx, &bar, revision, since, limits[i], &told, &pages);
        ck_assert_msg(strcmp(got, text) == 0, "%d a page:\n%s\nnot\n%s", limits[i], got, text);
        ck_assert_int_eq(told, since);
        free(got);
    }
}

START_TEST(a_store_without)
{
    reply info = catalogue_info(&fx, &bar, NULL);
    fixture_expect(&info, 200, NULL);
    ck_assert_int_eq(reply_int(&info, "revision"), 0);
    ck_assert_int_eq(reply_int(&info, "lines"), 0);
    ck_assert_int_eq(reply_int(&info, "counts.items"), 0);
    ck_assert(cJSON_IsNull(reply_find(&info, "currency")));
    ck_assert(cJSON_IsNull(reply_find(&info, "changed_at_ms")));
    reply_free(&info);
    catalogue_expect(catalogue_page(&fx, &bar, 1, 0, NULL, 10, NULL), 410, "gone");
}
END_TEST

START_TEST(it_comes_back_byte_for_byte)
{
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, catalogue_small, 4), 1);
    expect_lines(1, 0, catalogue_small);
    reply info = catalogue_info(&fx, &bar, NULL);
    ck_assert_int_eq(reply_int(&info, "revision"), 1);
    ck_assert_int_eq(reply_int(&info, "lines"), CATALOGUE_SMALL_LINES);
    ck_assert_int_eq(reply_int(&info, "counts.taxes"), 1);
    ck_assert_int_eq(reply_int(&info, "counts.payment_methods"), 1);
    ck_assert_int_eq(reply_int(&info, "counts.price_levels"), 1);
    ck_assert_int_eq(reply_int(&info, "counts.departments"), 2);
    ck_assert_int_eq(reply_int(&info, "counts.groups"), 0);
    ck_assert_int_eq(reply_int(&info, "counts.users"), 1);
    ck_assert_int_eq(reply_int(&info, "counts.items"), 2);
    ck_assert_int_eq(reply_int(&info, "counts.prices"), 2);
    ck_assert_str_eq(reply_text(&info, "currency"), "EUR");
    ck_assert_int_gt(reply_int(&info, "changed_at_ms"), 0);
    reply_free(&info);
}
END_TEST

START_TEST(an_etag_names_a_state)
{
    catalogue_send(&fx, &bar, 0, catalogue_small, 100);
    reply info = catalogue_info(&fx, &bar, NULL);
    reply page = catalogue_page(&fx, &bar, 1, 0, NULL, 5, NULL);
    char *info_tag = reply_header(&info, "ETag");
    char *page_tag = reply_header(&page, "ETag");
    char several[400];
    ck_assert(info_tag && info_tag[0] == '"' && page_tag && page_tag[0] == '"');
    snprintf(several, sizeof several, "\"x\", W/%s", info_tag);
    catalogue_expect(catalogue_info(&fx, &bar, info_tag), 304, NULL);
    catalogue_expect(catalogue_info(&fx, &bar, several), 304, NULL);
    catalogue_expect(catalogue_info(&fx, &bar, "\"x\""), 200, NULL);
    catalogue_expect(catalogue_page(&fx, &bar, 1, 0, NULL, 5, page_tag), 304, NULL);
    catalogue_expect(catalogue_page(&fx, &bar, 1, 0, NULL, 6, page_tag), 200, NULL);
    catalogue_send(&fx, &bar, 1, catalogue_small, 100);
    catalogue_expect(catalogue_info(&fx, &bar, info_tag), 200, NULL);
    catalogue_expect(catalogue_page(&fx, &bar, 1, 0, NULL, 5, page_tag), 410, "gone");
    catalogue_expect(catalogue_page(&fx, &bar, 2, 0, NULL, 5, page_tag), 200, NULL);
    free(info_tag);
    free(page_tag);
    reply_free(&info);
    reply_free(&page);
}
END_TEST

/* Lines as long as they may be: the page ends before its megabyte. */
START_TEST(a_page_has_at_most_a_megabyte)
{
    enum { ITEMS = 100 };
    char *text = NULL;
    size_t length = 0;
    static char line[16400];
    long long since;
    int pages;
    client_append(&text, &length, catalogue_small, (size_t)(strchr(catalogue_small, '\n') + 1 - catalogue_small));
    for (int i = 0; i < ITEMS; i++) {
        int used = snprintf(line, sizeof line, "{\"kind\":\"item\",\"item_id\":\"%03d\",\"name\":\"\",\"x\":\"", i);
        memset(line + used, 'x', 16384 - 2 - (size_t)used);
        memcpy(line + 16382, "\"}\n", 4);
        client_append(&text, &length, line, 16385);
    }
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, text, 60), 1);
    reply page = catalogue_page(&fx, &bar, 1, 0, NULL, 1000, NULL);
    ck_assert_uint_le(page.bytes, 1048576);
    ck_assert_uint_gt(page.bytes, 1000000);
    reply_free(&page);
    char *got = catalogue_fetch(&fx, &bar, 1, 0, 1000, &since, &pages);
    ck_assert_int_eq(pages, 2);
    ck_assert_str_eq(got, text);
    free(got);
    free(text);
}
END_TEST

/* ------------------------------------------------------------------ changes */

#define LEVELS                                                                                                         \
    "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"1\"}\n"                                             \
    "{\"kind\":\"price_level\",\"price_level_id\":\"2\",\"name\":\"2\"}\n"
#define NAMED(id, name) "{\"kind\":\"item\",\"item_id\":\"" id "\",\"name\":\"" name "\"}\n"
#define PRICE(id, level, amount)                                                                                       \
    "{\"kind\":\"price\",\"item_id\":\"" id "\",\"price_level_id\":\"" level "\",\"amount\":" amount                   \
    ",\"valid_from\":\"2026-01-01\"}\n"
#define REMOVED(id) "{\"kind\":\"removed\",\"item_id\":\"" id "\"}\n"

START_TEST(changes_are_what_changed)
{
    static const char one[] = HEAD TAX LEVELS NAMED("A", "A") NAMED("a", "a") PRICE("a", "1", "1") PRICE("a", "2", "2")
        NAMED("aa", "aa") PRICE("aa", "1", "1") NAMED("b", "b") PRICE("b", "1", "1") NAMED("c", "c") NAMED("d", "d");
    /* The tax is gone, A as it was, a loses a price, aa gets another, b another name, c is gone, e is new. */
    static const char two[] =
        HEAD LEVELS NAMED("A", "A") NAMED("a", "a") PRICE("a", "1", "1") NAMED("aa", "aa") PRICE("aa", "1", "1")
            PRICE("aa", "2", "5") NAMED("b", "B") PRICE("b", "1", "1") NAMED("d", "d") NAMED("e", "e");
    /* c is back, and that is all. */
    static const char three[] =
        HEAD LEVELS NAMED("A", "A") NAMED("a", "a") PRICE("a", "1", "1") NAMED("aa", "aa") PRICE("aa", "1", "1")
            PRICE("aa", "2", "5") NAMED("b", "B") PRICE("b", "1", "1") NAMED("c", "c") NAMED("d", "d") NAMED("e", "e");
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, one, 100), 1);
    ck_assert_int_eq(catalogue_send(&fx, &bar, 1, two, 100), 2);
    expect_lines(2, 1,
                 HEAD LEVELS NAMED("a", "a") PRICE("a", "1", "1") NAMED("aa", "aa") PRICE("aa", "1", "1")
                     PRICE("aa", "2", "5") NAMED("b", "B") PRICE("b", "1", "1") REMOVED("c") NAMED("e", "e"));
    expect_lines(2, 2, HEAD LEVELS);
    ck_assert_int_eq(catalogue_send(&fx, &bar, 2, three, 100), 3);
    expect_lines(3, 2, HEAD LEVELS NAMED("c", "c"));
    expect_lines(3, 1,
                 HEAD LEVELS NAMED("a", "a") PRICE("a", "1", "1") NAMED("aa", "aa") PRICE("aa", "1", "1")
                     PRICE("aa", "2", "5") NAMED("b", "B") PRICE("b", "1", "1") NAMED("c", "c") NAMED("e", "e"));
    expect_lines(3, 0, three);
}
END_TEST

START_TEST(an_id_in_a_removal_is_what_it_was)
{
    static const char odd[] = HEAD "{\"kind\":\"item\",\"item_id\":\"\\\"\\u00e9\\\\/9e+05\",\"name\":\"\"}\n";
    catalogue_send(&fx, &bar, 0, odd, 100);
    catalogue_send(&fx, &bar, 1, HEAD, 100);
    reply page = catalogue_page(&fx, &bar, 2, 1, NULL, 10, NULL);
    char *last = page.body + page.bytes - 1;
    while (last > page.body && last[-1] != '\n')
        last--;
    cJSON *removed = cJSON_Parse(last);
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(removed, "item_id")), "\"\xc3\xa9\\/9e+05");
    cJSON_Delete(removed);
    reply_free(&page);
}
END_TEST

START_TEST(a_revision_that_never_was_gets_everything)
{
    long long since;
    int pages;
    catalogue_send(&fx, &bar, 0, catalogue_small, 100);
    char *got = catalogue_fetch(&fx, &bar, 1, 7, 1000, &since, &pages);
    ck_assert_int_eq(since, 0);
    ck_assert_str_eq(got, catalogue_small);
    free(got);
}
END_TEST

static void run_sql(const char *sql)
{
    char path[80];
    char *wrong = NULL;
    sqlite3 *handle = NULL;
    snprintf(path, sizeof path, "%s/cloud.db", fx.dir);
    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(handle, sql, NULL, NULL, &wrong) == SQLITE_OK, "%s", wrong);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

/* What was removed is remembered for a thousand revisions. */
START_TEST(long_ago_is_everything_too)
{
    long long since;
    int pages;
    catalogue_send(&fx, &bar, 0, HEAD NAMED("a", "a") NAMED("b", "b"), 100);
    catalogue_send(&fx, &bar, 1, HEAD NAMED("a", "a"), 100);
    cloud_stop(fx.cloud);
    run_sql("UPDATE catalogues SET revision = 1001; UPDATE catalogue_revisions SET revision = 1001 WHERE revision = 2");
    fixture_start_cloud(&fx, (cloud_config){.fast_passwords = true});
    expect_lines(1001, 1, HEAD REMOVED("b"));
    ck_assert_int_eq(catalogue_send(&fx, &bar, 1001, HEAD NAMED("a", "A"), 100), 1002);
    char *got = catalogue_fetch(&fx, &bar, 1002, 1, 1000, &since, &pages);
    ck_assert_int_eq(since, 0);
    free(got);
    expect_lines(1002, 2, HEAD NAMED("a", "A"));
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_items WHERE gone = 1"), 0);
}
END_TEST

/* ------------------------------------------------------------------ who, and what is refused */

START_TEST(somebody_elses_is_not_there)
{
    char north[80];
    catalogue_send(&fx, &bar, 0, catalogue_small, 100);
    fixture_store(&fx, &ana, place.company_id, "Norte", north);
    till next_door = fixture_till_as(&fx, &ana, north, fixture_hex(), "first");
    person eve = fixture_person(&fx, "eve@example.com");
    shop hers = fixture_shop(&fx, &eve);
    till stranger = fixture_till(&fx, &eve, hers.store_id);
    const till *const others[] = {&next_door, &stranger};
    for (size_t i = 0; i < 2; i++) {
        till thief = bar; /* this store's path ... */
        snprintf(thief.token, sizeof thief.token, "%s", others[i]->token);
        catalogue_expect(catalogue_info(&fx, &thief, NULL), 404, "not-found");
        catalogue_expect(catalogue_page(&fx, &thief, 1, 0, NULL, 10, NULL), 404, "not-found");
        reply own = catalogue_info(&fx, others[i], NULL);
        ck_assert_int_eq(reply_int(&own, "revision"), 0);
        reply_free(&own);
    }
    /* Another till of the same store may read it. */
    till counter = fixture_till_as(&fx, &ana, place.store_id, fixture_hex(), "another");
    catalogue_expect(catalogue_page(&fx, &counter, 1, 0, NULL, 10, NULL), 200, NULL);
}
END_TEST

START_TEST(wrong_parameters_are_named)
{
    static const struct {
        const char *query;
        const char *field;
    } wrong[] = {
        {"", "revision"},
        {"?revision=0", "revision"},
        {"?revision=1x", "revision"},
        {"?revision=9007199254740992", "revision"},
        {"?revision=1&since=-1", "since"},
        {"?revision=1&limit=0", "limit"},
        {"?revision=1&limit=1001", "limit"},
        {"?revision=1&after=", "after"},
        {"?revision=1&after=%21", "after"},
        {"?revision=1&after=AAAA", "after"}, /* zero bytes */
    };
    char path[300];
    char more[80];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(more, sizeof more, "/lines%s", wrong[i].query);
        catalogue_path(&bar, more, path, sizeof path);
        reply answer = fixture_call(&fx, (call){.path = path, .token = bar.token});
        fixture_expect(&answer, 422, "invalid");
        ck_assert_str_eq(reply_text(&answer, "errors.0.field"), wrong[i].field);
        reply_free(&answer);
    }
}
END_TEST

/* ------------------------------------------------------------------ databases of before */

START_TEST(a_database_of_the_first_version_is_brought_up_to_date)
{
    batch_expect_one(&fx, &bar, (item){.z_number = 1}, "delivered", NULL);
    cloud_stop(fx.cloud);
    run_sql("DROP INDEX reports_compare; DROP TABLE catalogue_uploads; DROP TABLE catalogue_items;"
            "DROP TABLE catalogue_lines; DROP TABLE catalogue_revisions; DROP TABLE catalogues; DROP TABLE "
            "known_places; PRAGMA user_version = 1");
    fixture_start_cloud(&fx, (cloud_config){.fast_passwords = true});
    ck_assert_int_eq(fixture_sql(&fx, "PRAGMA user_version"), 3);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 1);
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, catalogue_small, 100), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue");
    TCase *cases = tcase_create("catalogue");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_store_without);
    tcase_add_test(cases, it_comes_back_byte_for_byte);
    tcase_add_test(cases, an_etag_names_a_state);
    tcase_add_test(cases, a_page_has_at_most_a_megabyte);
    tcase_add_test(cases, changes_are_what_changed);
    tcase_add_test(cases, an_id_in_a_removal_is_what_it_was);
    tcase_add_test(cases, a_revision_that_never_was_gets_everything);
    tcase_add_test(cases, long_ago_is_everything_too);
    tcase_add_test(cases, somebody_elses_is_not_there);
    tcase_add_test(cases, wrong_parameters_are_named);
    tcase_add_test(cases, a_database_of_the_first_version_is_brought_up_to_date);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
