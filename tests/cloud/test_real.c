/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real reports: every Z and X of the shared data is taken, and the database adds up to what the documents say. The
 * data is looked for in FACTORYCLOUD_TEST_DATA, then in ../shared/data beside the repository; without it the test says
 * so and does nothing.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include "cloud/ident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BATCH_GOAL     (1u << 20)
#define LINE_MAX_BYTES (1 << 20)

typedef struct tally {
    int delivered;
    int superseded;
    int others;
    long long gross_of_z;
} tally;

static fixture fx;
static person ana;
static char folder[512];

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
}

static void teardown(void)
{
    fixture_close(&fx);
}

static bool find_data(void)
{
    const char *given = getenv("FACTORYCLOUD_TEST_DATA");
    static const char ups[] = "../../../../../";
    if (given) {
        snprintf(folder, sizeof folder, "%s", given);
        return true;
    }
    for (size_t up = 3; up < sizeof ups; up += 3) {
        snprintf(folder, sizeof folder, "%.*sshared/data", (int)up, ups);
        if (access(folder, R_OK) == 0)
            return true;
    }
    return false;
}

static void add_line(buffer *batch, const char *line, size_t length, tally *sums)
{
    cJSON *document = cJSON_ParseWithLength(line, length);
    char header[1024];
    char sha256[IDENT_HEX_SIZE];
    ck_assert_ptr_nonnull(document);
    reply view = {.json = document};
    bool is_z = strcmp(reply_text(&view, "report_type"), "Z") == 0;
    ident_hash_hex(line, length, sha256);
    snprintf(
        header, sizeof header,
        "{\"kind\":\"%s\",\"register_id\":\"%s\",\"epoch\":0,\"z_number\":%lld,\"x_sequence\":%lld,\"sha256\":\"%s\","
        "\"length\":%zu,\"business_date\":\"%s\",\"closed_at_ms\":1,\"grand_total_minor\":%lld,\"currency\":\"%s\","
        "\"origin\":\"original\"}",
        reply_text(&view, "report_type"), reply_text(&view, "register_id"), reply_int(&view, "z_number"),
        is_z ? 0 : reply_int(&view, "x_sequence"), sha256, length, reply_text(&view, "business_date"),
        reply_int(&view, "grand_totals.net"), reply_text(&view, "currency"));
    if (is_z)
        sums->gross_of_z += reply_int(&view, "totals.gross_turnover");
    batch_add_raw(batch, (item){.header = header}, line, length);
    cJSON_Delete(document);
}

static void send_batch(const till *from, buffer *batch, tally *sums)
{
    buffer packed = batch_zstd(batch);
    reply answer = batch_send_coded(&fx, from, &packed, "zstd");
    const cJSON *result;
    fixture_expect(&answer, 200, NULL);
    cJSON_ArrayForEach(result, reply_find(&answer, "results"))
    {
        const char *status = cJSON_GetStringValue(cJSON_GetObjectItem(result, "status"));
        if (strcmp(status, "delivered") == 0)
            sums->delivered++;
        else if (strcmp(status, "superseded") == 0)
            sums->superseded++;
        else
            sums->others++;
    }
    reply_free(&answer);
    buffer_free(&packed);
    buffer_free(batch);
}

static tally send_file(const till *from, const char *name)
{
    char path[600];
    char *line = malloc(LINE_MAX_BYTES);
    buffer batch = {NULL, 0};
    tally sums = {0, 0, 0, 0};
    int in_batch = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    gzFile file = gzopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    while (gzgets(file, line, LINE_MAX_BYTES)) {
        add_line(&batch, line, strcspn(line, "\n"), &sums);
        if (batch.length > BATCH_GOAL || ++in_batch == 1000) {
            send_batch(from, &batch, &sums);
            in_batch = 0;
        }
    }
    if (batch.length > 0)
        send_batch(from, &batch, &sums);
    gzclose(file);
    free(line);
    return sums;
}

START_TEST(the_gift_shop)
{
    shop place = fixture_shop(&fx, &ana);
    till from = fixture_till(&fx, &ana, place.store_id);
    tally x = send_file(&from, "online-retail/x.ndjson.gz");
    ck_assert(x.delivered == 5623 && x.superseded == 0 && x.others == 0);
    tally z = send_file(&from, "online-retail/z.ndjson.gz");
    ck_assert(z.delivered == 305 && z.superseded == 0 && z.others == 0);
    z = send_file(&from, "online-retail/z.ndjson.gz");
    ck_assert(z.delivered == 305 && z.others == 0);
    x = send_file(&from, "online-retail/x.ndjson.gz");
    ck_assert(x.delivered == 5623 && x.others == 0);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 305);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 305 + 5623);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(gross_minor) FROM counted_z"), z.gross_of_z);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(t.gross_minor) FROM report_taxes t JOIN counted_z USING (report_no)"),
                     z.gross_of_z);
    ck_assert_int_eq(
        fixture_sql(&fx, "SELECT SUM(p.amount_minor) FROM report_payments p JOIN counted_z USING (report_no)"),
        z.gross_of_z);
    ck_assert_int_eq(
        fixture_sql(&fx, "SELECT SUM(d.gross_minor) FROM report_departments d JOIN counted_z USING (report_no)"),
        z.gross_of_z);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM continuity WHERE missing > 0 OR break_minor <> 0"), 0);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM running_x"), 0);
}
END_TEST

START_TEST(the_tax_authoritys_example)
{
    shop place = fixture_shop(&fx, &ana);
    till from = fixture_till(&fx, &ana, place.store_id);
    tally z = send_file(&from, "saft-cash-register/z.ndjson.gz");
    ck_assert(z.delivered == 1 && z.others == 0);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT gross_minor FROM counted_z WHERE currency = 'NOK'"), z.gross_of_z);
}
END_TEST

/* Every member of the schema, figures of a real example; there even where the shared data is not. */
static const char complete[] =
    "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"report_id\":\"no-1:Z:1\",\"company_id\":\"999999999\","
    "\"location_id\":null,\"register_id\":\"till-1\",\"currency\":\"EUR\",\"minor_unit\":2,\"time_zone\":\"Europe/"
    "Oslo\","
    "\"z_number\":1,\"business_date\":\"2026-11-20\",\"opened_at\":null,\"closed_at\":\"2026-11-20T23:56:59+01:00\","
    "\"created_at\":\"2026-11-20T23:56:59+01:00\",\"first_receipt_id\":\"1000\",\"last_receipt_id\":null,\"totals\":{"
    "\"gross_sales\":53060,\"discounts\":0,\"returns\":1640,\"gross_turnover\":51420,\"net_turnover\":41850,"
    "\"tax_total\":9570,\"rounding\":-40,\"tips\":0,\"payments\":51380,\"voids\":null},\"counts\":{\"receipts\":3,"
    "\"lines\":null},\"taxes\":[{\"tax_id\":\"1\",\"rate\":2500,\"net\":41850,\"tax\":9570,\"gross\":51420},"
    "{\"tax_id\":\"0\"}],\"payments\":[{\"payment_method_id\":\"CASH\",\"type\":\"cash\",\"count\":1,\"amount_in\":"
    "29500,"
    "\"amount_out\":0,\"amount\":29500},{\"payment_method_id\":\"CARD\",\"amount\":21880}],\"departments\":[{"
    "\"department_id\":\"100\",\"quantity\":1000,\"gross\":51420,\"net\":41850}],\"items\":[{\"item_id\":\"7\","
    "\"quantity\":-500,\"gross\":-5}],\"users\":[{\"user_id\":\"1000\",\"gross\":13240}],\"cash\":{\"opening_float\":0}"
    ","
    "\"grand_totals\":{\"sales\":53060,\"returns\":1640,\"net\":1000},\"provenance\":[\"test\"]}";

START_TEST(a_complete_document_and_its_parts)
{
    shop place = fixture_shop(&fx, &ana);
    till from = fixture_till(&fx, &ana, place.store_id);
    batch_expect_one(&fx, &from, (item){.z_number = 1, .document = complete}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z WHERE warning IS NULL"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM report_taxes"), 2);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT rate FROM report_taxes WHERE tax_id = '1'"), 2500);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM report_taxes WHERE rate IS NULL"), 1);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT SUM(amount_minor) FROM report_payments"), 51380);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT gross_minor FROM report_departments WHERE quantity = 1000"), 51420);
}
END_TEST

START_TEST(any_member_of_a_wrong_type_is_refused)
{
    static const struct {
        const char *from;
        const char *to;
    } swaps[] = {{"\"rate\":2500", "\"rate\":\"x\" "},
                 {"\"tax_id\":\"0\"", "\"tax_id\":null"},
                 {"\"amount\":21880", "\"amount\":null "},
                 {"\"cash\":{\"opening_float\":0}", "\"cash\":[]"},
                 {"\"quantity\":-500", "\"quantity\":1.5"},
                 {"\"counts\":{\"receipts\":3", "\"counts\":{\"receipts\":[]"},
                 {"\"users\":[", "\"users\":[1,"},
                 {"\"minor_unit\":2", "\"minor_unit\":5"},
                 {"\"voids\":null", "\"voids\":\"0\""},
                 {"\"tips\":0", "\"tips\":null"},
                 {"\"net\":1000", "\"net\":1e99"},
                 {"\"tax_total\":9570,", ""},
                 {"\"report_id\":\"no-1:Z:1\"", "\"report_id\":5"}};
    shop place = fixture_shop(&fx, &ana);
    till from = fixture_till(&fx, &ana, place.store_id);
    for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
        char document[sizeof complete + 64];
        const char *at = strstr(complete, swaps[i].from);
        ck_assert_msg(at != NULL, "%s", swaps[i].from);
        snprintf(document, sizeof document, "%.*s%s%s", (int)(at - complete), complete, swaps[i].to,
                 at + strlen(swaps[i].from));
        batch_expect_one(&fx, &from, (item){.z_number = 1, .document = document}, "rejected", "invalid-schema");
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("real reports");
    TCase *cases = tcase_create("real reports");
    tcase_set_timeout(cases, 240);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_complete_document_and_its_parts);
    tcase_add_test(cases, any_member_of_a_wrong_type_is_refused);
    if (find_data()) {
        tcase_add_test(cases, the_gift_shop);
        tcase_add_test(cases, the_tax_authoritys_example);
    } else {
        printf("SKIPPED: no real reports, neither FACTORYCLOUD_TEST_DATA nor ../shared/data is there\n");
    }
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
