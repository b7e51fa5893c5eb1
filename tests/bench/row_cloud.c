/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_cloud.c - how many Z reports a second the mock cloud takes from 64 tills at once, each in an upload of
 * its own that is answered after a durable commit; beside SQLite writing the same rows alone, as many to a commit as
 * there are tills. A third figure says what TLS and HTTP leave over: the same connections, asking for the health.
 */
#include "bench/cloud.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TILLS        64
#define REPORT_BYTES 4096

static bench_cloud cloud;

typedef struct load {
    bench_served served;
    bool asks_health;
} load;

static double window_us(void)
{
    return (double)bench_scale(4000, 500) * 1e3;
}

static bool next_request(void *ctx, bench_client *client)
{
    static char health[100];
    const load *self = ctx;
    if (self->served.start_us > 0 && bench_now_us() > self->served.start_us + window_us())
        return false;
    if (self->asks_health) {
        snprintf(health, sizeof health, "%s/v1/health", cloud.url);
        curl_easy_setopt(client->easy, CURLOPT_URL, health);
    } else {
        client->body = bench_cloud_batch((int64_t)client->done + 1, REPORT_BYTES, &client->body_bytes);
    }
    return true;
}

/* ---- SQLite alone ---- */

static sqlite3 *db;

static void execute(const char *sql)
{
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    return statement;
}

/* The rows of one report as the cloud writes them. */
static void insert(sqlite3_stmt *report, sqlite3_stmt *tax, int64_t till, int64_t z_number)
{
    uint32_t length;
    const char *document = bench_document(z_number, REPORT_BYTES, &length);
    sqlite3_bind_int64(report, 1, till);
    sqlite3_bind_int64(report, 2, z_number);
    sqlite3_bind_blob(report, 3, document, (int)length, SQLITE_STATIC);
    ck_assert_msg(sqlite3_step(report) == SQLITE_DONE, "%s", sqlite3_errmsg(db));
    sqlite3_reset(report);
    sqlite3_bind_int64(tax, 1, sqlite3_last_insert_rowid(db));
    ck_assert_msg(sqlite3_step(tax) == SQLITE_DONE, "%s", sqlite3_errmsg(db));
    sqlite3_reset(tax);
}

/* Rows a second. The database is the cloud's own: the same tables, the same indices; the reports are of other tills. */
static double run_sqlite(void)
{
    static int64_t z_number = 1; /* goes on in the second call */
    size_t count = 0;
    ck_assert_int_eq(sqlite3_open(cloud.shop.cloud.database, &db), SQLITE_OK);
    execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    sqlite3_stmt *report =
        prepare("INSERT INTO reports (receipt_id, company_id, store_id, till_id, register_id, epoch, kind, z_number,"
                " x_sequence, copy, standing, counted, business_date, closed_at_ms, currency, gross_minor, net_minor,"
                " tax_minor, grand_total_minor, origin, received_at_ms, sha256, document_bytes, document)"
                " SELECT 'rcp_' || hex(randomblob(11)), company_id, store_id, printf('%032x', 100000 + ?1), 'T1', 0,"
                " 'Z', ?2, 0, 0, 'first', 1, '2026-01-05', 1767643200000, 'EUR', 120000, 100000, 20000, ?2 * 1000000,"
                " 'original', 1767643200000, lower(hex(randomblob(32))), length(?3), ?3 FROM tills LIMIT 1");
    sqlite3_stmt *tax = prepare("INSERT INTO report_taxes VALUES (?1, 0, 'VAT20', 2000, 100000, 20000, 120000)");
    double start_us = bench_now_us();
    for (; bench_now_us() < start_us + window_us() / 2; z_number++) {
        execute("BEGIN IMMEDIATE");
        for (int64_t till = 0; till < TILLS; till++, count++)
            insert(report, tax, till, z_number);
        execute("COMMIT");
    }
    double rate = (double)count / (bench_now_us() - start_us) * 1e6;
    sqlite3_finalize(report);
    sqlite3_finalize(tax);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return rate;
}

START_TEST(uploads_from_many_tills)
{
    load uploads = {.asks_health = false}, health = {.asks_health = true};
    bench_samples *took = &uploads.served.took_us;
    bench_cloud_open(&cloud, TILLS);
    double floor = run_sqlite();
    bench_cloud_start(&cloud);
    double rate = bench_cloud_run(&cloud, TILLS, next_request, &uploads, &uploads.served);
    double empty = bench_cloud_run(&cloud, TILLS, next_request, &health, &health.served);
    double memory_kib = bench_memory_kib(cloud.pid, "VmHWM");
    bench_cloud_stop(&cloud);
    floor = (floor + run_sqlite()) / 2;
    bench_print((bench_part){.name = "cloud, Z uploads/s of 64 tills",
                             .unit = "1/s",
                             .value = rate,
                             .aim = "ratio >= 0.5",
                             .note = "floor: SQLite alone, 64 of the same rows a commit"});
    bench_print((bench_part){.name = "cloud, Z uploads/s of 64 tills", .unit = "1/s", .side = "floor", .value = floor});
    bench_print((bench_part){.name = "cloud, Z uploads/s of 64 tills",
                             .unit = "1/s",
                             .side = "empty requests",
                             .value = empty,
                             .note = "floor: SQLite alone, 64 of the same rows a commit"});
    bench_print((bench_part){
        .name = "cloud, one of these uploads, median", .unit = "ms", .value = bench_quantile(took, 0.5) / 1e3});
    bench_print((bench_part){
        .name = "cloud, one of these uploads, p99", .unit = "ms", .value = bench_quantile(took, 0.99) / 1e3});
    bench_print((bench_part){.name = "cloud, most memory", .unit = "MiB", .value = memory_kib / 1024});
    bench_clear(took);
    bench_clear(&health.served.took_us);
    bench_cloud_close(&cloud);
}
END_TEST

int main(void)
{
    return bench_run("cloud", uploads_from_many_tills);
}
