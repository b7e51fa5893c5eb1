/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures page: empty states, running figures, the marks, totals held against SQL, the CSV file, and conflicts
 * decided every way.
 */
#include "cloud_batches.h"
#include "cloud_browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;
static shop place;
static till bar;
static browser her;
static char page_path[200];

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
    her = browser_log_in(&fx, "ana@example.com");
    snprintf(page_path, sizeof page_path, "/figures/%s", place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void deliver(item what)
{
    batch_expect_one(&fx, &bar, what, "delivered", NULL);
}

static reply show(const char *query)
{
    char path[300];
    snprintf(path, sizeof path, "%s%s", page_path, query);
    reply page = browser_get(&her, path);
    fixture_expect(&page, 200, NULL);
    return page;
}

START_TEST(who_has_one_store_is_taken_to_it)
{
    reply sent = browser_get(&her, "/figures");
    page_expect_location(&sent, page_path);
    reply list = browser_get(&her, "/figures?q=");
    fixture_expect(&list, 200, NULL);
    page_expect(&list, "Centro");
    page_expect(&list, "No Z report yet");
    reply page = show("");
    page_expect(&page, "No Z report yet: it comes with the first daily close.");
    page_expect(&page, "No running figures since the last close.");
    page_expect_not(&page, "<svg");
    reply_free(&sent);
    reply_free(&list);
    reply_free(&page);
}
END_TEST

START_TEST(running_figures_and_their_age)
{
    deliver((item){.z_number = 1});
    deliver((item){.kind = 'X', .z_number = 2, .x_sequence = 1});
    deliver((item){.kind = 'X', .z_number = 2, .x_sequence = 7});
    int64_t off_ms = 1795212345678 + 12 * 60000 + 5000 - fixture_sql(&fx, "SELECT MAX(received_at_ms) FROM reports");
    fixture_advance(&fx, off_ms);
    reply page = show("");
    page_expect(&page, "€7.00");
    page_expect(&page, ", 12 minutes ago");
    page_expect_not(&page, "As of 20");
    reply_free(&page);
    fixture_advance(&fx, 26LL * 3600 * 1000);
    page = show("");
    page_expect(&page, ", 1 day ago");
    page_expect(&page, "As of 20");
    reply_free(&page);
    deliver((item){.z_number = 2}); /* the period is closed: nothing runs */
    page = show("");
    page_expect(&page, "No running figures since the last close.");
    reply_free(&page);
}
END_TEST

/* A Z of the usual figures with another header's grand total would not be taken apart; the document says it all. */
static void deliver_odd(long long z_number)
{
    char document[600];
    snprintf(document, sizeof document,
             "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":\"EUR\","
             "\"z_number\":%lld,\"business_date\":\"2026-11-20\",\"counts\":{\"receipts\":1234},\"totals\":"
             "{\"gross_turnover\":1500,\"net_turnover\":900,\"tax_total\":100},\"payments\":[{\"payment_method_id\":"
             "\"CASH\",\"type\":\"cash\",\"amount\":1500}],\"departments\":[{\"department_id\":\"<b>BAR\","
             "\"gross\":1500,\"net\":900,\"quantity\":2500}]}",
             z_number);
    deliver((item){.z_number = z_number, .document = document});
}

START_TEST(what_is_remarkable_is_marked)
{
    deliver((item){.z_number = 1});
    reply page = show("");
    page_expect_not(&page, "Needs a look");
    reply_free(&page);
    deliver((item){.z_number = 2});
    deliver((item){.z_number = 6}); /* 3, 4 and 5 are missing; the grand totals say what was in them */
    deliver_odd(7);                 /* does not add up, and 5.00 too much for the grand totals */
    deliver((item){.z_number = 1, .epoch = 1, .note = "again"});
    deliver((item){.z_number = 2, .epoch = 1, .rebuilt = true, .note = "rebuilt"});
    batch_expect_one(&fx, &bar, (item){.z_number = 2, .note = "clone"}, "conflict", NULL);
    page = show("");
    page_expect(&page, "Needs a look");
    page_expect(&page, "Register till-1: Z 3 to 5 have not arrived.");
    page_expect(&page, "By the grand totals, €30.00 was sold in between.");
    page_expect(&page, "3 missing before");
    page_expect(&page, "the grand total of Z 7 is −€5.00 off");
    page_expect(&page, "Grand total breaks");
    page_expect(&page, "Register till-1 began a new numbering with Z 1");
    page_expect(&page, "New numbering");
    page_expect(&page, "Z 2 of Fri\xc2\xa0"
                       "20\xc2\xa0Nov\xc2\xa0"
                       "2026: two different reports");
    page_expect(&page, "Conflict: decide");
    page_expect(&page, "1 Z report is counted as it came, but: net and tax do not add up to gross.");
    page_expect(&page, "Does not add up");
    page_expect(&page, "Rebuilt");
    page_expect(&page, "1,234");
    page_expect(&page, "&lt;b&gt;BAR");
    page_expect(&page, "Cash");
    reply_free(&page);
    /* What comes late fills the gap. */
    deliver((item){.z_number = 3});
    deliver((item){.z_number = 5});
    page = show("");
    page_expect(&page, "Register till-1: Z 4 has not arrived.");
    reply_free(&page);
    deliver((item){.z_number = 4});
    page = show("");
    page_expect_not(&page, "arrived");
    reply_free(&page);
}
END_TEST

START_TEST(the_history_has_pages)
{
    for (int i = 1; i <= 30; i++)
        deliver((item){.z_number = i});
    reply first = show("");
    page_expect(&first, "Page 1 of 2");
    page_expect(&first, "<th scope=\"row\">30</th>");
    page_expect_not(&first, "<th scope=\"row\">5</th>");
    page_expect(&first, "The last 30 closes");
    page_expect(&first, "role=\"img\"");
    int bars = 0;
    for (const char *at = first.body; (at = strstr(at, "<rect")) != NULL; at++)
        bars++;
    ck_assert_int_eq(bars, 2 * 30); /* drawn for wide and for narrow screens */
    reply second = show("?page=2");
    page_expect(&second, "<th scope=\"row\">5</th>");
    page_expect_not(&second, "<th scope=\"row\">6</th>");
    static const char *const odd[] = {"?page=99", "?page=-1", "?page=x", "?page=99999999999999999999"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        reply page = show(odd[i]);
        page_expect(&page, i == 0 || i == 3 ? "Page 2 of 2" : "Page 1 of 2");
        reply_free(&page);
    }
    reply_free(&first);
    reply_free(&second);
}
END_TEST

START_TEST(totals_are_those_of_the_days)
{
    for (int i = 1; i <= 3; i++)
        deliver((item){.z_number = i});
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(gross_minor) FROM counted_z"), 3000);
    reply page = show("?from=2026-11-20&to=2026-11-20");
    page_expect(&page, "€30.00");
    page_expect(&page, "€27.00");
    page_expect(&page, "21\xc2\xa0%");
    page_expect(&page, "The reports do not tell."); /* departments */
    reply_free(&page);
    page = show("?from=2026-11-21&to=2026-12-01");
    page_expect(&page, "No close in these days.");
    reply_free(&page);
    static const char *const wrong[] = {"?from=2026-11-21&to=2026-11-20", "?from=2026-02-30", "?to=%27"};
    for (size_t i = 0; i < 3; i++) {
        page = show(wrong[i]);
        page_expect(&page, "These are no two days in order");
        page_expect(&page, "€30.00");
        reply_free(&page);
    }
}
END_TEST

START_TEST(the_file_is_safe_for_spreadsheets)
{
    char path[300];
    deliver((item){.z_number = 1});
    deliver((item){.z_number = 3});
    deliver((item){.z_number = 1, .register_id = "=1+2", .note = "formula"});
    deliver((item){.z_number = 1, .register_id = "a,b;c", .note = "comma"});
    snprintf(path, sizeof path, "%s/z.csv", page_path);
    reply file = browser_get(&her, path);
    fixture_expect(&file, 200, NULL);
    char *type = reply_header(&file, "Content-Type");
    char *as = reply_header(&file, "Content-Disposition");
    ck_assert_str_eq(type, "text/csv; charset=utf-8");
    ck_assert_str_eq(as, "attachment; filename=\"z-2026-10-22-2026-11-20.csv\"");
    ck_assert_msg(strncmp(file.body, "\xef\xbb\xbfregister,device,till,epoch,z_number,", 38) == 0, "%s", file.body);
    page_expect(&file, "\r\n\"'=1+2\",\"\",");
    page_expect(&file, "\r\n\"a,b;c\",");
    page_expect(&file, "\r\n\"till-1\",\"Bar\",");
    page_expect(&file, ",0,3,\"2026-11-20\",2026-11-20T22:05:45Z,\"EUR\",10.00,9.00,1.00,30.00,,1,\"\",\"original\",");
    int lines = 0;
    for (const char *at = file.body; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    ck_assert_int_eq(lines, 5);
    size_t length = strlen(file.body);
    ck_assert_str_eq(file.body + length - 2, "\r\n");
    reply_free(&file);
    snprintf(path, sizeof path, "%s/z.csv?from=2027-01-01", page_path);
    file = browser_get(&her, path);
    fixture_expect(&file, 200, NULL);
    ck_assert_ptr_null(strstr(file.body, "till-1"));
    free(type);
    free(as);
    reply_free(&file);
}
END_TEST

static void decide(const char *path, const char *choice, const char *says)
{
    char fields[120];
    snprintf(fields, sizeof fields, "choice=%s", choice);
    reply sent = browser_post(&her, path, path, fields);
    page_expect_location(&sent, path);
    reply page = browser_get(&her, path);
    page_expect(&page, says);
    reply_free(&sent);
    reply_free(&page);
}

static long long counted(const char *standing)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM counted_z WHERE standing = '%s'", standing);
    return fixture_sql(&fx, sql);
}

/* The choices on a conflict's page, in order. */
static void read_choice(const char *path, int index, char out[80])
{
    reply page = browser_get(&her, path);
    const char *at = page.body;
    for (int i = 0; i <= index; i++) {
        at = strstr(at, "name=\"choice\" value=\"");
        ck_assert_ptr_nonnull(at);
        at += 21;
    }
    snprintf(out, 80, "%.*s", (int)strcspn(at, "\""), at);
    reply_free(&page);
}

START_TEST(a_conflict_is_decided_every_way)
{
    char path[300];
    char first[80];
    char other[80];
    static const char document[] =
        "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":\"EUR\","
        "\"z_number\":1,\"business_date\":\"2026-11-20\",\"totals\":{\"gross_turnover\":250,\"net_turnover\":200,"
        "\"tax_total\":50}}";
    deliver((item){.z_number = 1});
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .document = document}, "conflict", NULL);
    reply page = show("");
    const char *link = strstr(page.body, "/conflicts/");
    ck_assert_ptr_nonnull(link);
    snprintf(path, sizeof path, "%s%.*s", page_path, (int)strcspn(link, "\""), link);
    reply_free(&page);
    page = browser_get(&her, path);
    fixture_expect(&page, 200, NULL);
    page_expect(&page, "€10.00");
    page_expect(&page, "€2.50");
    page_expect(&page, "Not decided yet");
    reply refused = browser_post_raw(&her, path, "choice=all", NULL);
    fixture_expect(&refused, 403, NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports WHERE decided_at_ms IS NOT NULL"), 0);
    reply_free(&page);
    reply_free(&refused);
    read_choice(path, 0, first);
    read_choice(path, 1, other);

    decide(path, other, "one of them counts");
    ck_assert_int_eq(counted("first") * 10 + counted("conflict"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(gross_minor) FROM counted_z"), 250);
    decide(path, first, "one of them counts");
    ck_assert_int_eq(counted("first") * 10 + counted("conflict"), 10);
    decide(path, "all", "all of them count");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(gross_minor) FROM counted_z"), 1250);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports WHERE decided_at_ms IS NULL"), 0);
    page = show("");
    page_expect(&page, "Conflict decided");
    page_expect_not(&page, "Needs a look");
    page_expect(&page, "€12.50");
    reply_free(&page);

    reply stranger = browser_post(&her, path, path, "choice=rcp_none");
    fixture_expect(&stranger, 404, NULL);
    reply_free(&stranger);
    /* Sending any of them again changes nothing; a third opens the question anew. */
    deliver((item){.z_number = 1});
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(gross_minor) FROM counted_z"), 1250);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .note = "third"}, "conflict", NULL);
    page = browser_get(&her, path);
    page_expect(&page, "Not decided yet");
    page_expect(&page, "Report C");
    page_expect(&page, "Count all");
    reply_free(&page);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(gross_minor) FROM counted_z"), 1250);
}
END_TEST

START_TEST(a_report_without_a_twin_is_no_conflict)
{
    char path[300];
    deliver((item){.z_number = 1});
    reply batch = batch_send_one(&fx, &bar, (item){.z_number = 1});
    snprintf(path, sizeof path, "%s/conflicts/%s", page_path, reply_text(&batch, "results.0.receipt.receipt_id"));
    reply page = browser_get(&her, path);
    fixture_expect(&page, 404, NULL);
    reply_free(&batch);
    reply_free(&page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pages of figures");
    TCase *cases = tcase_create("pages of figures");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, who_has_one_store_is_taken_to_it);
    tcase_add_test(cases, running_figures_and_their_age);
    tcase_add_test(cases, what_is_remarkable_is_marked);
    tcase_add_test(cases, the_history_has_pages);
    tcase_add_test(cases, totals_are_those_of_the_days);
    tcase_add_test(cases, the_file_is_safe_for_spreadsheets);
    tcase_add_test(cases, a_conflict_is_decided_every_way);
    tcase_add_test(cases, a_report_without_a_twin_is_no_conflict);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
