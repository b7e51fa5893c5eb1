/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_days.c - the closed days of the host in this process: documents whose figures differ from number to
 * number, kept as a POS would keep them, and the check that the cloud counts each of them once.
 */
#include "support/e2e_host.h"
#include "support/e2e_sql.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CLOSE_MS INT64_C(1767643200000) /* 2026-01-05 20:00 UTC */
#define DAY_MS         INT64_C(86400000)

static e2e_day *add_day(e2e_host *host, int64_t z_number)
{
    if (host->day_count == host->day_room) {
        host->day_room = host->day_room ? host->day_room * 2 : 64;
        host->days = realloc(host->days, host->day_room * sizeof *host->days);
        ck_assert_ptr_nonnull(host->days);
    }
    e2e_day *day = &host->days[host->day_count];
    memset(day, 0, sizeof *day);
    day->z_number = z_number;
    day->closed_at_ms = FIRST_CLOSE_MS + (int64_t)host->day_count * DAY_MS;
    int64_t days = (int64_t)(host->day_count % 28);
    snprintf(day->business_date, sizeof day->business_date, "2026-%02d-%02d", (int)(1 + host->day_count / 28 % 12),
             (int)(1 + days));
    host->day_count++;
    return day;
}

static void keep_document(e2e_day *day, const void *document, size_t size_bytes)
{
    day->document = malloc(size_bytes + 1);
    ck_assert_ptr_nonnull(day->document);
    if (size_bytes > 0)
        memcpy(day->document, document, size_bytes);
    day->document_size = (uint32_t)size_bytes;
}

e2e_day *e2e_day_make(e2e_host *host, int64_t z_number, int64_t salt)
{
    char json[1024];
    e2e_day *day = add_day(host, z_number);
    int64_t net = 100000 + z_number * 100 + salt * 7, tax = net * 21 / 100;
    day->gross_minor = net + tax;
    day->grand_total_minor = day->gross_minor;
    if (host->day_count > 1)
        day->grand_total_minor += host->days[host->day_count - 2].grand_total_minor;
    int length = snprintf(json, sizeof json,
                          "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"%s\","
                          "\"currency\":\"EUR\",\"minor_unit\":2,\"z_number\":%" PRId64 ",\"business_date\":\"%s\","
                          "\"totals\":{\"gross_turnover\":%" PRId64 ",\"net_turnover\":%" PRId64
                          ",\"tax_total\":%" PRId64 "},\"taxes\":[{\"tax_id\":\"VAT21\",\"rate\":2100,\"net\":%" PRId64
                          ",\"tax\":%" PRId64 ",\"gross\":%" PRId64 "}],\"grand_totals\":{\"net\":%" PRId64 "}}",
                          host->info.register_id, z_number, day->business_date, day->gross_minor, net, tax, net, tax,
                          day->gross_minor, day->grand_total_minor);
    keep_document(day, json, (size_t)length);
    return day;
}

e2e_day *e2e_day_make_raw(e2e_host *host, int64_t z_number, const void *document, size_t size_bytes)
{
    e2e_day *day = add_day(host, z_number);
    keep_document(day, document, size_bytes);
    return day;
}

void e2e_day_report(const e2e_host *host, const e2e_day *day, pos_report *out)
{
    *out = (pos_report){.struct_size = sizeof *out,
                        .kind = POS_REPORT_Z,
                        .origin = POS_ORIGIN_ORIGINAL,
                        .document_size = day->document_size,
                        .document = day->document_size ? day->document : NULL,
                        .register_id = host->info.register_id,
                        .business_date = day->business_date,
                        .currency = "EUR",
                        .z_number = day->z_number,
                        .closed_at_ms = day->closed_at_ms,
                        .grand_total_minor = day->grand_total_minor};
}

int32_t e2e_day_hand_over(e2e_host *host, const e2e_day *day)
{
    pos_report report;
    e2e_day_report(host, day, &report);
    return poshost_guard_daily_close(host->guard, &report);
}

void e2e_close_day(e2e_host *host, int64_t z_number)
{
    const e2e_day *day = e2e_day_make(host, z_number, 0);
    int32_t result = e2e_day_hand_over(host, day);
    ck_assert_msg(result == POS_OK, "on_daily_close: %d %s", result, poshost_guard_last_error(host->guard));
}

static void check_day(sqlite3_stmt *statement, const e2e_day *day, const char *store)
{
    sqlite3_reset(statement);
    sqlite3_bind_blob64(statement, 1, day->document, day->document_size, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, store, store ? -1 : 0, SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t copies = sqlite3_column_int64(statement, 0);
    ck_assert_msg(copies == 1, "Z %" PRId64 " is counted %" PRId64 " times in %s", day->z_number, copies,
                  store ? store : "the cloud");
    ck_assert_int_eq(sqlite3_column_int64(statement, 1), day->gross_minor);
    ck_assert_int_eq(sqlite3_column_int64(statement, 2), day->grand_total_minor);
    ck_assert_int_eq(sqlite3_column_int64(statement, 3), day->z_number);
}

void e2e_check_in_store(const e2e_host *host, const e2e_cloud *cloud, size_t first, size_t count, const char *store)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_open_v2(cloud->database, &handle, SQLITE_OPEN_READONLY, NULL);
    ck_assert_msg(code == SQLITE_OK, "cannot open %s", cloud->database);
    sqlite3_busy_timeout(handle, 10000);
    code = sqlite3_prepare_v2(handle,
                              "SELECT COUNT(*), MAX(gross_minor), MAX(grand_total_minor), MAX(z_number)"
                              " FROM reports r JOIN stores s USING (store_id) WHERE kind = 'Z' AND counted = 1"
                              " AND document = ?1 AND (?2 IS NULL OR s.name = ?2)",
                              -1, &statement, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s", sqlite3_errmsg(handle));
    ck_assert_uint_le(first + count, host->day_count);
    for (size_t i = first; i < first + count; i++)
        check_day(statement, &host->days[i], store);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
}

void e2e_check_delivered(const e2e_host *host, const e2e_cloud *cloud, const char *store)
{
    e2e_check_in_store(host, cloud, 0, host->day_count, store);
    ck_assert_int_eq(e2e_sql_number(cloud->database, NULL, "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"),
                     (int64_t)host->day_count);
}
