/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing closes by digests over real TLS: what is held, of whom, where, and what is refused; and 100,000 closes against
 * the clock. The arithmetic itself is test_compare_sums.c's.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"
#include "compare_plain.h"

#include "cloud/store_figures.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MANY    100000
#define MANY_MS 200
#define NUMBERS 3000

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

/* ------------------------------------------------------------------ over TLS */

static reply ask(const till *from, const char *sets)
{
    char path[220];
    size_t room = strlen(sets) + 40;
    char *json = malloc(room);
    snprintf(path, sizeof path, "%s/reports/compare", from->path);
    snprintf(json, room, "{\"sets\":[%s]}", sets);
    reply answer = fixture_call(&fx, (call){.path = path, .json = json, .token = from->token});
    free(json);
    return answer;
}

/* One number with the first digits of a hash. */
static reply ask_number(const till *from, const char *register_id, int epoch, long number, const char *sha256)
{
    char set[300];
    snprintf(set, sizeof set,
             "{\"register_id\":\"%s\",\"epoch\":%d,\"ranges\":[[%ld,%ld]],\"per\":\"number\",\"digests\":[\"%.16s\"]}",
             register_id, epoch, number, number, sha256);
    reply answer = ask(from, set);
    fixture_expect(&answer, 200, NULL);
    return answer;
}

static void deliver(const till *from, item what, const char *status, char sha256[65])
{
    reply answer = batch_send_one(&fx, from, what);
    ck_assert_str_eq(reply_text(&answer, "results.0.status"), status);
    snprintf(sha256, 65, "%s", reply_text(&answer, "results.0.sha256"));
    reply_free(&answer);
}

static void expect_held(const till *from, long number, const char *sha256)
{
    reply answer = ask_number(from, "till-1", 0, number, sha256);
    ck_assert_int_eq(reply_int(&answer, "sets.0.held"), 1);
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&answer, "sets.0.numbers")), 0);
    reply_free(&answer);
}

/* The pair of the number is this one. */
static void expect_pair(const till *from, long number, const char *sha256, const char *origin)
{
    reply answer = ask_number(from, "till-1", 0, number, "0000000000000000");
    ck_assert_int_eq(reply_int(&answer, "sets.0.numbers.0.z_number"), number);
    ck_assert_str_eq(reply_text(&answer, "sets.0.numbers.0.sha256"), sha256);
    ck_assert_str_eq(reply_text(&answer, "sets.0.numbers.0.origin"), origin);
    reply_free(&answer);
}

static void expect_nothing(const till *from, const char *register_id, int epoch, long number)
{
    reply answer = ask_number(from, register_id, epoch, number, "0000000000000000");
    ck_assert_int_eq(reply_int(&answer, "sets.0.held"), 0);
    ck_assert(cJSON_IsNull(reply_find(&answer, "sets.0.numbers.0.sha256")));
    ck_assert(cJSON_IsNull(reply_find(&answer, "sets.0.numbers.0.origin")));
    reply_free(&answer);
}

START_TEST(the_pair_is_the_first_original_else_the_rebuilt_one)
{
    char rebuilt[65], original[65], clone[65];
    deliver(&bar, (item){.z_number = 7, .rebuilt = true, .note = "again"}, "delivered", rebuilt);
    expect_pair(&bar, 7, rebuilt, "rebuilt");
    deliver(&bar, (item){.z_number = 7}, "delivered", original);
    expect_pair(&bar, 7, original, "original");
    deliver(&bar, (item){.z_number = 7, .note = "clone"}, "conflict", clone);
    expect_pair(&bar, 7, original, "original");
    /* Each of them is held, whatever the pair is. */
    expect_held(&bar, 7, rebuilt);
    expect_held(&bar, 7, original);
    expect_held(&bar, 7, clone);
}
END_TEST

START_TEST(what_head_office_decided_makes_no_difference)
{
    char original[65];
    deliver(&bar, (item){.z_number = 8}, "delivered", original);
    reply clone = batch_send_one(&fx, &bar, (item){.z_number = 8, .note = "clone"});
    const char *receipt = reply_text(&clone, "results.0.receipt.receipt_id");
    ck_assert_int_eq(store_conflict_decide(cloud_store(fx.cloud), ana.user_id, place.store_id, receipt, receipt, 1),
                     STORE_OK);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports WHERE counted = 1 AND standing = 'conflict'"), 1);
    expect_pair(&bar, 8, original, "original");
    reply_free(&clone);
}
END_TEST

START_TEST(it_looks_at_the_company_by_till_register_and_epoch)
{
    char north[80];
    char sha256[65];
    deliver(&bar, (item){.z_number = 9}, "delivered", sha256);
    fixture_store(&fx, &ana, place.company_id, "Norte", north);
    till moved = fixture_till_as(&fx, &ana, north, bar.till_id, "another");
    expect_held(&moved, 9, sha256); /* another store of the company */
    expect_nothing(&bar, "till-2", 0, 9);
    expect_nothing(&bar, "till-1", 1, 9);
    expect_nothing(&bar, "till-1", 0, 10);
    till next_to_it = fixture_till_as(&fx, &ana, place.store_id, fixture_hex(), "another");
    expect_nothing(&next_to_it, "till-1", 0, 9);
    person eve = fixture_person(&fx, "eve@example.com");
    shop hers = fixture_shop(&fx, &eve);
    till stolen = fixture_till_as(&fx, &eve, hers.store_id, bar.till_id, "another");
    expect_nothing(&stolen, "till-1", 0, 9); /* another company */
    /* Running figures are no closes. */
    batch_expect_one(&fx, &bar, (item){.kind = 'X', .z_number = 10, .x_sequence = 1}, "delivered", NULL);
    expect_nothing(&bar, "till-1", 0, 10);
}
END_TEST

START_TEST(several_sets_are_answered_in_their_order)
{
    char sha256[65];
    deliver(&bar, (item){.z_number = 1}, "delivered", sha256);
    reply answer =
        ask(&bar, "{\"register_id\":\"x\",\"epoch\":0,\"ranges\":[[1,300]],\"per\":\"block\",\"digests\":"
                  "[\"e3b0c44298fc1c149afbf4c8996fb924\",\"e3b0c44298fc1c149afbf4c8996fb925\"]},"
                  "{\"register_id\":\"till-1\",\"epoch\":0,\"ranges\":[[1,1],[3,3]],\"per\":\"all\",\"digests\":"
                  "[\"e3b0c44298fc1c149afbf4c8996fb924\"]}");
    fixture_expect(&answer, 200, NULL);
    ck_assert_int_eq(reply_int(&answer, "sets.0.held"), 0);
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&answer, "sets.0.differs")), 1);
    ck_assert_int_eq(reply_int(&answer, "sets.0.differs.0"), 1); /* an empty block is SHA-256 of nothing */
    ck_assert_int_eq(reply_int(&answer, "sets.1.held"), 1);
    ck_assert_int_eq(reply_int(&answer, "sets.1.differs.0"), 0);
    reply_free(&answer);
}
END_TEST

#define DIGEST_16 "\"0123456789abcdef\""
#define DIGEST_32 "\"0123456789abcdef0123456789abcdef\""
#define SET(register_id, epoch, ranges, per, digests)                                                                  \
    "{\"register_id\":" register_id ",\"epoch\":" epoch ",\"ranges\":" ranges ",\"per\":" per ",\"digests\":" digests  \
    "}"

START_TEST(what_is_not_as_documented_is_refused)
{
    static const struct {
        const char *set;
        const char *field;
    } wrong[] = {
        {"1", "sets[0].register_id"},
        {SET("\"\"", "0", "[[1,1]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].register_id"},
        {SET("\"a\"", "-1", "[[1,1]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].epoch"},
        {SET("\"a\"", "0", "[[1,1]]", "\"each\"", "[" DIGEST_32 "]"), "sets[0].per"},
        {SET("\"a\"", "0", "[]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[0,1]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[2,1]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[1,2],[3,4]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[5,6],[1,2]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[1]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[1,1000001]]", "\"all\"", "[" DIGEST_32 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[1,2049]]", "\"number\"", "[" DIGEST_16 "]"), "sets[0].ranges"},
        {SET("\"a\"", "0", "[[1,1]]", "\"all\"", "[]"), "sets[0].digests"},
        {SET("\"a\"", "0", "[[1,1]]", "\"all\"", "[" DIGEST_16 "]"), "sets[0].digests"},
        {SET("\"a\"", "0", "[[1,1]]", "\"number\"", "[" DIGEST_32 "]"), "sets[0].digests"},
        {SET("\"a\"", "0", "[[1,256]]", "\"block\"", "[" DIGEST_32 "]"), "sets[0].digests"},
        {SET("\"a\"", "0", "[[1,1]]", "\"number\"", "[\"0123456789ABCDEF\"]"), "sets[0].digests"},
        {"", "sets"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        reply answer = ask(&bar, wrong[i].set);
        fixture_expect(&answer, 422, "invalid");
        ck_assert_str_eq(reply_text(&answer, "errors.0.field"), wrong[i].field);
        reply_free(&answer);
    }
}
END_TEST

/* 65 sets; and 33 sets of 32 ranges, which are each allowed. */
START_TEST(a_request_has_its_limits)
{
    static char sets[70000];
    size_t used = 0;
    for (int i = 0; i < 65; i++)
        used += (size_t)snprintf(sets + used, sizeof sets - used,
                                 "%s" SET("\"a\"", "0", "[[1,1]]", "\"all\"", "[" DIGEST_32 "]"), i ? "," : "");
    reply answer = ask(&bar, sets);
    fixture_expect(&answer, 422, "invalid");
    ck_assert_str_eq(reply_text(&answer, "errors.0.field"), "sets");
    reply_free(&answer);
    used = 0;
    for (int i = 0; i < 33; i++) {
        used += (size_t)snprintf(sets + used, sizeof sets - used,
                                 "%s{\"register_id\":\"a\",\"epoch\":0,\"per\":\"all\",\"digests\":[" DIGEST_32
                                 "],\"ranges\":[",
                                 i ? "," : "");
        for (int n = 1; n <= 32; n++)
            used += (size_t)snprintf(sets + used, sizeof sets - used, "%s[%d,%d]", n > 1 ? "," : "", 2 * n, 2 * n);
        used += (size_t)snprintf(sets + used, sizeof sets - used, "]}");
    }
    answer = ask(&bar, sets);
    fixture_expect(&answer, 422, "invalid");
    ck_assert_str_eq(reply_text(&answer, "errors.0.field"), "sets[32].ranges");
    reply_free(&answer);
}
END_TEST

/* ------------------------------------------------------------------ many */

/* Straight into the database, while nobody else has it: what is measured is the question. Hashes are the numbers. */
static void put_many(hash *hashes, bool *has)
{
    char path[80];
    char sql[1000];
    char *wrong = NULL;
    sqlite3 *handle = NULL;
    cloud_stop(fx.cloud);
    snprintf(path, sizeof path, "%s/cloud.db", fx.dir);
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(z) AS (SELECT 1 UNION ALL SELECT z + 1 FROM n WHERE z < %d)"
             " INSERT INTO reports (receipt_id, company_id, store_id, till_id, register_id, epoch, kind, z_number,"
             " x_sequence, copy, standing, counted, business_date, closed_at_ms, currency, gross_minor, net_minor,"
             " tax_minor, grand_total_minor, origin, received_at_ms, sha256, document_bytes, document)"
             " SELECT 'rcp_' || z, '%s', '%s', '%s', 'till-1', 0, 'Z', z, 0, 0, 'first', 1, '2026-11-20', 1, 'EUR', 0,"
             " 0, 0, 0, 'original', 1, printf('%%064x', z), 2000, zeroblob(2000) FROM n",
             MANY, place.company_id, place.store_id, bar.till_id);
    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(handle, sql, NULL, NULL, &wrong) == SQLITE_OK, "%s", wrong);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
    fixture_start_cloud(&fx, (cloud_config){.fast_passwords = true});
    for (int n = 1; n <= MANY; n++) {
        for (int i = 0; i < 4; i++)
            hashes[n].bytes[31 - i] = (unsigned char)(n >> (8 * i));
        has[n] = true;
    }
}

/* Of this process, the cloud included: a busy machine takes longer, but does not do more. */
static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

START_TEST(a_hundred_thousand_closes_are_one_quick_question)
{
    hash *hashes = calloc(MANY + 1, sizeof *hashes);
    bool *has = calloc(MANY + 1, sizeof *has);
    char digest[33];
    char set[200];
    double best_s = 1e9;
    double best_cpu_s = 1e9;
    put_many(hashes, has);
    plain_all(hashes, has, 1, MANY, digest);
    for (int round = 0; round < 5; round++) {
        snprintf(set, sizeof set,
                 "{\"register_id\":\"till-1\",\"epoch\":0,\"ranges\":[[1,%d]],\"per\":\"all\",\"digests\":[\"%s\"]}",
                 MANY, digest);
        double before_s = cpu_s();
        reply answer = ask(&bar, set);
        double took_s = cpu_s() - before_s;
        fixture_expect(&answer, 200, NULL);
        ck_assert_int_eq(reply_int(&answer, "sets.0.held"), MANY);
        ck_assert_int_eq(cJSON_GetArraySize(reply_find(&answer, "sets.0.differs")), 0);
        best_s = answer.seconds < best_s ? answer.seconds : best_s;
        best_cpu_s = took_s < best_cpu_s ? took_s : best_cpu_s;
        reply_free(&answer);
    }
    printf("compare: %d closes in %.0f ms (%.0f ms of processor), TLS handshake included\n", MANY, best_s * 1000,
           best_cpu_s * 1000);
    ck_assert_msg(getenv("TEST_UNDER") || best_cpu_s * 1000 < MANY_MS, "%.0f ms", best_cpu_s * 1000);
    free(hashes);
    free(has);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compare");
    TCase *cases = tcase_create("compare");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_pair_is_the_first_original_else_the_rebuilt_one);
    tcase_add_test(cases, what_head_office_decided_makes_no_difference);
    tcase_add_test(cases, it_looks_at_the_company_by_till_register_and_epoch);
    tcase_add_test(cases, several_sets_are_answered_in_their_order);
    tcase_add_test(cases, what_is_not_as_documented_is_refused);
    tcase_add_test(cases, a_request_has_its_limits);
    tcase_add_test(cases, a_hundred_thousand_closes_are_one_quick_question);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
