/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data on its way from a till: pages in order, a commit that is all or nothing, and uploads that end in
 * every other way. What lines must be is test_catalogue_rules.c's.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (24LL * 3600 * 1000)

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

START_TEST(pages_come_in_order_and_the_last_may_come_again)
{
    char id[80];
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 1, HEAD, 422, "invalid");
    catalogue_put_text(&fx, &bar, id, 0, HEAD TAX, 200, NULL);
    catalogue_put_text(&fx, &bar, id, 2, ITEM("a"), 422, "invalid");
    catalogue_put_text(&fx, &bar, id, 0, HEAD LEVEL, 200, NULL); /* instead of the first */
    catalogue_put_text(&fx, &bar, id, 1, ITEM("a") ITEM("b"), 200, NULL);
    catalogue_put_text(&fx, &bar, id, 0, HEAD, 422, "invalid");
    catalogue_put_text(&fx, &bar, id, 1, ITEM("a"), 200, NULL);
    catalogue_put_text(&fx, &bar, id, 1, ITEM("a"), 200, NULL);
    reply state = catalogue_upload(&fx, &bar, "GET", id);
    ck_assert_int_eq(reply_int(&state, "next_page"), 2);
    ck_assert_int_eq(reply_int(&state, "lines"), 3);
    reply_free(&state);
    catalogue_expect(catalogue_commit(&fx, &bar, id, 4), 422, "invalid");
    catalogue_expect(catalogue_commit(&fx, &bar, id, 3), 200, NULL);
    char *lines = catalogue_text(&fx, &bar, 1);
    ck_assert_str_eq(lines, HEAD LEVEL ITEM("a"));
    free(lines);
}
END_TEST

START_TEST(a_page_may_be_compressed)
{
    char id[80];
    buffer plain = {NULL, 0};
    buffer_add(&plain, catalogue_small, strlen(catalogue_small));
    buffer packed = batch_zstd(&plain);
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_expect(catalogue_put(&fx, &bar, id, 0, packed.bytes, packed.length, "zstd"), 200, NULL);
    buffer_free(&packed);
    packed = batch_gzip(&plain);
    catalogue_expect(catalogue_put(&fx, &bar, id, 0, packed.bytes, packed.length, "gzip"), 200, NULL);
    catalogue_expect(catalogue_put(&fx, &bar, id, 0, packed.bytes, packed.length - 9, "gzip"), 400, "malformed");
    catalogue_expect(catalogue_commit(&fx, &bar, id, CATALOGUE_SMALL_LINES), 200, NULL);
    char *lines = catalogue_text(&fx, &bar, 1);
    ck_assert_str_eq(lines, catalogue_small);
    free(lines);
    buffer_free(&packed);
    buffer_free(&plain);
}
END_TEST

START_TEST(a_page_that_is_cut_off_or_too_long_is_refused)
{
    char id[80];
    char *text = calloc(1, 300000);
    size_t used = (size_t)snprintf(text, 300000, "%s", HEAD);
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_expect(catalogue_put(&fx, &bar, id, 0, HEAD, strlen(HEAD) - 1, NULL), 400, "malformed");
    catalogue_expect(catalogue_put(&fx, &bar, id, 0, "", 0, NULL), 400, "malformed");
    for (int i = 0; i < 1000; i++)
        used +=
            (size_t)snprintf(text + used, 300000 - used, "{\"kind\":\"item\",\"item_id\":\"%04d\",\"name\":\"\"}\n", i);
    catalogue_expect(catalogue_put(&fx, &bar, id, 0, text, used, NULL), 413, "too-large");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_lines"), 0);
    free(text);
}
END_TEST

/* ------------------------------------------------------------------ how uploads end */

START_TEST(the_first_to_commit_wins)
{
    char one[80];
    char other[80];
    catalogue_begin(&fx, &bar, 0, one);
    catalogue_begin(&fx, &bar, 0, other);
    catalogue_put_text(&fx, &bar, one, 0, HEAD ITEM("a"), 200, NULL);
    catalogue_put_text(&fx, &bar, other, 0, HEAD ITEM("b"), 200, NULL);
    catalogue_expect(catalogue_commit(&fx, &bar, other, 2), 200, NULL);
    reply refused = catalogue_commit(&fx, &bar, one, 2);
    fixture_expect(&refused, 409, "catalogue-exists");
    ck_assert_int_eq(reply_int(&refused, "catalogue.revision"), 1);
    ck_assert_int_eq(reply_int(&refused, "catalogue.counts.items"), 1);
    reply_free(&refused);
    char *lines = catalogue_text(&fx, &bar, 1);
    ck_assert_str_eq(lines, HEAD ITEM("b"));
    free(lines);
    /* Who has seen it may replace it. */
    reply stale = catalogue_create(&fx, &bar, 0, fixture_hex());
    fixture_expect(&stale, 409, "catalogue-exists");
    ck_assert_int_eq(reply_int(&stale, "catalogue.lines"), 2);
    reply_free(&stale);
    ck_assert_int_eq(catalogue_send(&fx, &bar, 1, HEAD ITEM("a"), 100), 2);
}
END_TEST

START_TEST(a_commit_may_come_again)
{
    char id[80];
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 0, catalogue_small, 200, NULL);
    reply first = catalogue_commit(&fx, &bar, id, CATALOGUE_SMALL_LINES);
    fixture_expect(&first, 200, NULL);
    catalogue_send(&fx, &bar, 1, HEAD, 100);
    reply again = catalogue_commit(&fx, &bar, id, CATALOGUE_SMALL_LINES);
    fixture_expect(&again, 200, NULL);
    ck_assert_str_eq(first.body, again.body);
    ck_assert_int_eq(catalogue_revision(&fx, &bar), 2);
    catalogue_put_text(&fx, &bar, id, 1, ITEM("z"), 410, "gone");
    catalogue_expect(catalogue_upload(&fx, &bar, "DELETE", id), 410, "gone");
    reply_free(&first);
    reply_free(&again);
}
END_TEST

START_TEST(the_same_key_is_the_same_upload)
{
    const char *key = fixture_hex();
    reply first = catalogue_create(&fx, &bar, 0, key);
    reply again = catalogue_create(&fx, &bar, 0, key);
    fixture_expect(&again, 201, NULL);
    ck_assert_str_eq(reply_text(&first, "upload_id"), reply_text(&again, "upload_id"));
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_uploads"), 1);
    reply_free(&first);
    reply_free(&again);
}
END_TEST

START_TEST(what_is_given_up_leaves_nothing)
{
    char id[80];
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 0, catalogue_small, 200, NULL);
    catalogue_expect(catalogue_upload(&fx, &bar, "DELETE", id), 204, NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_lines"), 0);
    catalogue_expect(catalogue_commit(&fx, &bar, id, CATALOGUE_SMALL_LINES), 410, "gone");
    ck_assert_int_eq(catalogue_revision(&fx, &bar), 0);
}
END_TEST

START_TEST(an_upload_lives_seven_days)
{
    char id[80];
    char next[80];
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 0, HEAD, 200, NULL);
    fixture_advance(&fx, 7 * DAY_MS - 60000);
    catalogue_put_text(&fx, &bar, id, 1, ITEM("a"), 200, NULL);
    fixture_advance(&fx, 61000);
    catalogue_put_text(&fx, &bar, id, 2, ITEM("b"), 410, "gone");
    catalogue_expect(catalogue_upload(&fx, &bar, "GET", id), 410, "gone");
    catalogue_expect(catalogue_commit(&fx, &bar, id, 2), 410, "gone");
    catalogue_begin(&fx, &bar, 0, next); /* which sweeps */
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_lines"), 0);
}
END_TEST

/* What was replaced is swept away by later uploads, and never what is in use. */
START_TEST(old_lines_are_swept_away)
{
    for (int revision = 0; revision < 5; revision++)
        catalogue_send(&fx, &bar, revision, catalogue_small, 3);
    ck_assert_int_le(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_lines"), 2 * CATALOGUE_SMALL_LINES);
    char *lines = catalogue_text(&fx, &bar, 5);
    ck_assert_str_eq(lines, catalogue_small);
    free(lines);
}
END_TEST

START_TEST(uploads_are_of_a_store)
{
    char id[80];
    char north[80];
    catalogue_begin(&fx, &bar, 0, id);
    fixture_store(&fx, &ana, place.company_id, "Norte", north);
    till other = fixture_till_as(&fx, &ana, north, fixture_hex(), "first");
    catalogue_expect(catalogue_upload(&fx, &other, "GET", id), 404, "not-found");
    catalogue_expect(catalogue_upload(&fx, &other, "DELETE", id), 404, "not-found");
    catalogue_expect(catalogue_commit(&fx, &other, id, 0), 404, "not-found");
    catalogue_put_text(&fx, &other, id, 0, catalogue_small, 404, "not-found");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_upload");
    TCase *cases = tcase_create("catalogue_upload");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, pages_come_in_order_and_the_last_may_come_again);
    tcase_add_test(cases, a_page_may_be_compressed);
    tcase_add_test(cases, a_page_that_is_cut_off_or_too_long_is_refused);
    tcase_add_test(cases, the_first_to_commit_wins);
    tcase_add_test(cases, a_commit_may_come_again);
    tcase_add_test(cases, the_same_key_is_the_same_upload);
    tcase_add_test(cases, what_is_given_up_leaves_nothing);
    tcase_add_test(cases, an_upload_lives_seven_days);
    tcase_add_test(cases, old_lines_are_swept_away);
    tcase_add_test(cases, uploads_are_of_a_store);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
