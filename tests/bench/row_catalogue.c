/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_catalogue.c - 100,000 items with a price each, from a till to the cloud and down to another: the
 * shipped till and cloud as processes, over TLS, as an owner presses it. Down, the till also compares, shows and stages
 * before it swaps. Beside it the same bytes by plain curl from the same cloud, each page inserted durably into SQLite, in
 * the kind of database that the till has.
 */
#include "bench/bench.h"
#include "support/e2e_sql.h"
#include "support/e2e_till.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MS INT64_C(300000)
#define TOKEN    "tok_bench_catalogue_0123456789abcdef01234567"

static e2e_cloud cloud;
static e2e_till first, second;

static int items(void)
{
    return (int)bench_scale(100000, 5000);
}

/* ---- the till ---- */

static void write_catalogue(const char *path, int count)
{
    FILE *out = fopen(path, "we");
    ck_assert_ptr_nonnull(out);
    fputs("{\"schema\":\"pos.catalogue/1\",\"kind\":\"catalogue\",\"catalogue_id\":\"many\",\"currency\":\"EUR\"}\n"
          "{\"kind\":\"tax\",\"tax_id\":\"A\",\"name\":\"IVA\",\"rate\":2100}\n"
          "{\"kind\":\"payment_method\",\"payment_method_id\":\"CASH\",\"name\":\"Cash\",\"type\":\"cash\"}\n"
          "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Normal\"}\n"
          "{\"kind\":\"department\",\"department_id\":\"D\",\"name\":\"All\"}\n"
          "{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"Ana\"}\n",
          out);
    for (int i = 0; i < count; i++)
        fprintf(
            out,
            "{\"kind\":\"item\",\"item_id\":\"%06d\",\"name\":\"Item %d\",\"department_id\":\"D\",\"tax_id\":\"A\"}\n"
            "{\"kind\":\"price\",\"item_id\":\"%06d\",\"price_level_id\":\"1\",\"amount\":%d,"
            "\"valid_from\":\"2020-01-01\"}\n",
            i, i, i, 100 + i);
    ck_assert_int_eq(fclose(out), 0);
}

static void set_up(const char *file)
{
    e2e_cloud_open(&cloud);
    e2e_till_open(&first, &cloud);
    first.catalogue = file;
    e2e_till_set_up(&first);
    e2e_till_open(&second, &cloud);
    second.register_id = "T2";
    e2e_till_join(&second);
}

static void await_word(const e2e_till *till, const char *word)
{
    int64_t until_ms = e2e_now_ms() + LIMIT_MS;
    for (;;) {
        char *output = e2e_read_file(till->output_file, NULL);
        bool there = output && strstr(output, word);
        free(output);
        if (there)
            return;
        ck_assert_msg(e2e_now_ms() < until_ms, "the till never said \"%s\"", word);
        bench_nap_us(2000);
    }
}

typedef struct measured {
    double took_s, grown_mib;
} measured;

/* What the presses cost, from the page with the buttons on. */
static measured press(e2e_till *till, const char *presses)
{
    char script[1000];
    snprintf(script, sizeof script, "open\npress catalogue\nprint ..ready..\n%sprint ..done..\npause 1h\n", presses);
    e2e_till_begin(till, script);
    await_word(till, "..ready..");
    double before_kib = bench_memory_kib(till->pid, "VmHWM");
    double start_us = bench_now_us();
    await_word(till, "..done..");
    measured m = {.took_s = (bench_now_us() - start_us) / 1e6,
                  .grown_mib = (bench_memory_kib(till->pid, "VmHWM") - before_kib) / 1024};
    e2e_till_kill(till);
    return m;
}

/* ---- curl and SQLite ---- */

typedef struct page {
    char *bytes;
    size_t used, room;
} page;

static size_t take(char *bytes, size_t unit, size_t count, void *ctx)
{
    page *into = ctx;
    size_t got = unit * count;
    if (into->used + got + 1 > into->room) {
        into->room = 2 * (into->used + got + 1);
        char *grown = realloc(into->bytes, into->room);
        ck_assert_ptr_nonnull(grown);
        into->bytes = grown;
    }
    memcpy(into->bytes + into->used, bytes, got);
    into->used += got;
    into->bytes[into->used] = '\0';
    return got;
}

static void execute(sqlite3 *db, const char *sql)
{
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

/* The till of the floor: a credential like any other's, written into the database while the cloud does not run. */
static void add_token(void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)TOKEN, strlen(TOKEN));
    e2e_cloud_stop(&cloud);
    ck_assert_int_eq(sqlite3_open(cloud.database, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db,
                                        "INSERT INTO till_tokens SELECT ?1, company_id, store_id, till_id,"
                                        " created_at_ms, NULL FROM till_tokens LIMIT 1",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(statement, 1, hash, sizeof hash, SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    e2e_cloud_start(&cloud);
}

/* The lines behind the first, in one transaction. Returns where the next page begins; "": there is none. */
static void insert_page(sqlite3 *db, sqlite3_stmt *insert, const page *from, char after[1000])
{
    char *line = strchr(from->bytes, '\n');
    ck_assert_ptr_nonnull(line);
    cJSON *head = cJSON_ParseWithLength(from->bytes, (size_t)(line - from->bytes));
    const char *next = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(head, "next"));
    snprintf(after, 1000, "%s", next ? next : "");
    cJSON_Delete(head);
    execute(db, "BEGIN");
    for (line++; *line; line++) {
        size_t bytes = strcspn(line, "\n");
        sqlite3_bind_text(insert, 1, line, (int)bytes, SQLITE_STATIC);
        ck_assert_int_eq(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
        line += bytes;
    }
    execute(db, "COMMIT");
}

static void get_page(CURL *curl, const char *store_id, const char *after, page *into)
{
    char url[1600];
    long status = 0;
    char *escaped = curl_easy_escape(curl, after, 0);
    snprintf(url, sizeof url, "%s/v1/stores/%s/catalogue/lines?revision=1&limit=1000%s%s", cloud.url, store_id,
             after[0] ? "&after=" : "", after[0] ? escaped : "");
    curl_free(escaped);
    into->used = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    ck_assert_msg(code == CURLE_OK && status == 200, "%s: %s, %ld", url, curl_easy_strerror(code), status);
}

/* Seconds for all pages. */
static double measure_curl(const char *folder)
{
    char path[E2E_PATH_BYTES], after[1000] = "";
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    page body = {0};
    char *store_id = e2e_sql_text(cloud.database, "SELECT store_id FROM stores");
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Authorization: Bearer " TOKEN);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_CAINFO, cloud.ca);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    e2e_join_path(path, folder, "floor.db");
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    execute(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    execute(db, "CREATE TABLE lines (number INTEGER PRIMARY KEY, line TEXT NOT NULL)");
    ck_assert_int_eq(sqlite3_prepare_v2(db, "INSERT INTO lines (line) VALUES (?1)", -1, &insert, NULL), SQLITE_OK);
    double start_us = bench_now_us();
    do {
        get_page(curl, store_id, after, &body);
        insert_page(db, insert, &body, after);
    } while (after[0]);
    double took_s = (bench_now_us() - start_us) / 1e6;
    sqlite3_finalize(insert);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    ck_assert_int_eq(e2e_sql_number(path, NULL, "SELECT COUNT(*) FROM lines"), 2 * items() + 6);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    free(store_id);
    free(body.bytes);
    return took_s;
}

START_TEST(a_large_catalogue)
{
    char folder[E2E_PATH_BYTES], file[E2E_PATH_BYTES];
    e2e_make_folder(folder);
    e2e_join_path(file, folder, "catalogue.ndjson");
    write_catalogue(file, items());
    set_up(file);
    measured up = press(&first, "press catalogue.upload\nexpect \"are in FactoryCLOUD\" 300s\n");
    add_token();
    double floor_s = measure_curl(folder);
    measured down = press(&second, "press catalogue.download\npress catalogue.accept 300s\n"
                                   "press catalogue.accept_again\nexpect \"are in place\" 300s\n");
    bench_print((bench_part){.name = "catalogue of 100,000 items, down",
                             .unit = "s",
                             .value = down.took_s,
                             .aim = "ratio <= 2",
                             .note = "floor: the same pages by curl, inserted into SQLite"});
    bench_print(
        (bench_part){.name = "catalogue of 100,000 items, down", .unit = "s", .side = "floor", .value = floor_s});
    bench_print((bench_part){.name = "catalogue of 100,000 items, up",
                             .unit = "s",
                             .value = up.took_s,
                             .aim = "ratio <= 2",
                             .note = "floor: the same bytes the other way, by curl into SQLite"});
    bench_print((bench_part){.name = "catalogue of 100,000 items, up", .unit = "s", .side = "floor", .value = floor_s});
    bench_print((bench_part){.name = "catalogue of 100,000 items, down, the till grows by",
                             .unit = "MiB",
                             .value = down.grown_mib,
                             .aim = "<= 8"});
    bench_print((bench_part){.name = "catalogue of 100,000 items, up, the till grows by",
                             .unit = "MiB",
                             .value = up.grown_mib,
                             .aim = "<= 8"});
    e2e_till_close(&second);
    e2e_till_close(&first);
    e2e_cloud_close(&cloud);
    e2e_remove_folder(folder);
}
END_TEST

int main(void)
{
    return bench_run("catalogue", a_large_catalogue);
}
