/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/cloud.c - a cloud with many tills, and many uploads at once: see cloud.h. */
#include "bench/cloud.h"

#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define END_MS     20000
#define TIMEOUT_MS 120000L
#define A_STORE    4 /* tills */
#define STORE_ID   "sto_bench_%06d"

/* ---- the cloud ---- */

void bench_cloud_token(size_t till, char token[64])
{
    snprintf(token, 64, "tok_bench_%06zu_0123456789abcdef01234567", till);
}

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", sql, why);
}

static void run_with(sqlite3 *db, const char *sql, const char *const texts[3], const void *hash)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    for (int i = 0; i < 3; i++)
        sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(statement) == 4)
        sqlite3_bind_blob(statement, 4, hash, crypto_hash_sha256_BYTES, SQLITE_STATIC);
    ck_assert_msg(sqlite3_step(statement) == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
}

void bench_cloud_add_till(sqlite3 *db, size_t number, const char *company_id, const char *store_id, const char *till_id)
{
    const char *const texts[3] = {company_id, store_id, till_id};
    char token[64];
    unsigned char hash[crypto_hash_sha256_BYTES];
    bench_cloud_token(number, token);
    crypto_hash_sha256(hash, (const unsigned char *)token, strlen(token));
    run_with(db,
             "INSERT OR IGNORE INTO companies SELECT ?1, name, tax_id, country, currency, created_by, created_at_ms"
             " FROM companies WHERE ?2 <> ?3 LIMIT 1",
             texts, hash);
    run_with(db,
             "INSERT OR IGNORE INTO stores SELECT ?2, ?1, ?2, address, time_zone, created_at_ms, NULL FROM stores"
             " WHERE ?2 <> ?3 LIMIT 1",
             texts, hash);
    run_with(db, "INSERT INTO tills VALUES (?1, ?2, ?3, 'T1', NULL, 0, 0)", texts, hash);
    run_with(db, "INSERT INTO till_tokens VALUES (?4, ?1, ?2, ?3, 0, NULL)", texts, hash);
}

static void add_tills(const bench_cloud *cloud, size_t tills)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(cloud->shop.cloud.database, &db), SQLITE_OK);
    run(db, "BEGIN");
    for (size_t i = 0; i < tills; i++) {
        char store_id[40], till_id[40];
        snprintf(store_id, sizeof store_id, STORE_ID, (int)(i / A_STORE));
        snprintf(till_id, sizeof till_id, "%032zx", i);
        bench_cloud_add_till(db, i, cloud->shop.company_id, store_id, till_id);
    }
    run(db, "COMMIT");
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

void bench_cloud_open(bench_cloud *cloud, size_t tills)
{
    memset(cloud, 0, sizeof *cloud);
    bench_shop_open(&cloud->shop);
    e2e_cloud_stop(&cloud->shop.cloud);
    add_tills(cloud, tills);
}

/* As people run it: no fault switches, no debug log. */
void bench_cloud_start(bench_cloud *cloud)
{
    char program[E2E_PATH_BYTES], listen_at[32], line[160] = "";
    int out[2];
    e2e_built("mock-cloud", program);
    snprintf(listen_at, sizeof listen_at, "127.0.0.1:%d", cloud->port);
    char *const argv[] = {program,     (char *)"--data",      cloud->shop.cloud.folder, (char *)"--listen",
                          listen_at,   (char *)"--log-level", (char *)"warning",        (char *)"--fast-passwords",
                          (char *)NULL};
    ck_assert_int_eq(pipe(out), 0);
    cloud->pid = e2e_spawn(argv, out[1], STDERR_FILENO);
    close(out[1]);
    for (size_t used = 0; used < sizeof line - 1 && !strchr(line, '\n');) {
        ssize_t got = read(out[0], line + used, sizeof line - 1 - used);
        ck_assert_msg(got > 0, "the cloud ended at its start");
        used += (size_t)got;
        line[used] = '\0';
    }
    close(out[0]);
    const char *colon = strrchr(line, ':');
    ck_assert_msg(colon && sscanf(colon, ":%d", &cloud->port) == 1, "the cloud does not tell its port: %s", line);
    snprintf(cloud->url, sizeof cloud->url, "https://127.0.0.1:%d", cloud->port);
}

void bench_cloud_stop(bench_cloud *cloud)
{
    pid_t pid = cloud->pid;
    cloud->pid = 0;
    ck_assert_int_eq(kill(pid, SIGTERM), 0);
    ck_assert_int_eq(e2e_await_exit(pid, END_MS), 0);
}

void bench_cloud_close(bench_cloud *cloud)
{
    if (cloud->pid)
        bench_cloud_stop(cloud);
    bench_shop_close(&cloud->shop);
}

void bench_cloud_path(const bench_cloud *cloud, size_t till, const char *what, char path[400])
{
    snprintf(path, 400, "%s/v1/stores/" STORE_ID "/tills/%032zx/%s", cloud->url, (int)(till / A_STORE), till, what);
}

/* ---- batches ---- */

char *bench_cloud_batch(int64_t z_number, size_t document_bytes, size_t *batch_bytes)
{
    uint32_t length;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1], line[600];
    const char *document = bench_document(z_number, document_bytes, &length);
    crypto_hash_sha256(hash, (const unsigned char *)document, length);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    int line_bytes = snprintf(line, sizeof line,
                              "{\"kind\":\"Z\",\"register_id\":\"T1\",\"epoch\":0,\"z_number\":%" PRId64
                              ",\"x_sequence\":0,\"sha256\":\"%s\",\"length\":%" PRIu32
                              ",\"business_date\":\"2026-01-05\",\"closed_at_ms\":1767643200000,"
                              "\"grand_total_minor\":%" PRId64 ",\"currency\":\"EUR\",\"origin\":\"original\"}\n",
                              z_number, hex, length, z_number * 1000000);
    char *batch = malloc((size_t)line_bytes + length + 1);
    ck_assert_ptr_nonnull(batch);
    memcpy(batch, line, (size_t)line_bytes);
    memcpy(batch + line_bytes, document, length);
    batch[(size_t)line_bytes + length] = '\n';
    *batch_bytes = (size_t)line_bytes + length + 1;
    return batch;
}

/* ---- many at once ---- */

static size_t take_answer(char *bytes, size_t unit, size_t count, void *ctx)
{
    bench_client *client = ctx;
    size_t room = sizeof client->answer - 1 - client->answer_bytes;
    size_t part = unit * count < room ? unit * count : room;
    memcpy(client->answer + client->answer_bytes, bytes, part);
    client->answer_bytes += part;
    client->answer[client->answer_bytes] = '\0';
    return unit * count;
}

static void connect_client(const bench_cloud *cloud, bench_client *client)
{
    char token[64], header[100], path[400];
    client->easy = curl_easy_init();
    ck_assert_ptr_nonnull(client->easy);
    bench_cloud_token(client->number, token);
    snprintf(header, sizeof header, "Authorization: Bearer %s", token);
    client->headers = curl_slist_append(NULL, header);
    client->headers = curl_slist_append(client->headers, "Content-Type: application/vnd.pos.report-batch");
    client->headers = curl_slist_append(client->headers, "Expect:");
    bench_cloud_path(cloud, client->number, "reports", path);
    curl_easy_setopt(client->easy, CURLOPT_URL, path);
    curl_easy_setopt(client->easy, CURLOPT_CAINFO, cloud->shop.cloud.ca);
    curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(client->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client->easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(client->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(client->easy, CURLOPT_WRITEDATA, client);
    curl_easy_setopt(client->easy, CURLOPT_PRIVATE, client);
}

static bool send_next(CURLM *multi, bench_client *client, bench_next_request next, void *ctx)
{
    free(client->body);
    client->body = NULL;
    client->body_bytes = client->answer_bytes = 0;
    if (!next(ctx, client))
        return false;
    if (client->body) {
        curl_easy_setopt(client->easy, CURLOPT_POSTFIELDS, client->body);
        curl_easy_setopt(client->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)client->body_bytes);
    }
    client->start_us = bench_now_us();
    ck_assert_int_eq(curl_multi_add_handle(multi, client->easy), CURLM_OK);
    return true;
}

/* How far a run is. */
typedef struct running {
    size_t clients, connected, ended;
} running;

static void count_answer(running *self, const bench_client *client, bench_served *served)
{
    double now_us = bench_now_us();
    if (self->connected == self->clients)
        bench_add(&served->took_us, now_us - client->start_us);
    else if (client->done == 1 && ++self->connected == self->clients)
        served->start_us = now_us;
    served->end_us = now_us;
}

static void take_answers(CURLM *multi, bench_next_request next, void *ctx, running *self, bench_served *served)
{
    int left;
    const CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        bench_client *client = NULL;
        long status = 0;
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &client);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        ck_assert_msg(code == CURLE_OK && status == 200, "client %zu: %s, status %ld: %s", client->number,
                      curl_easy_strerror(code), status, client->answer);
        client->done++;
        count_answer(self, client, served);
        curl_multi_remove_handle(multi, easy);
        self->ended += !send_next(multi, client, next, ctx);
    }
}

double bench_cloud_run(const bench_cloud *cloud, size_t count, bench_next_request next, void *ctx, bench_served *served)
{
    bench_client *clients = calloc(count, sizeof *clients);
    CURLM *multi = curl_multi_init();
    running self = {.clients = count};
    int active;
    ck_assert(clients && multi);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)count);
    for (size_t i = 0; i < count; i++) {
        clients[i].number = i;
        connect_client(cloud, &clients[i]);
        ck_assert(send_next(multi, &clients[i], next, ctx));
    }
    while (self.ended < count) {
        ck_assert_int_eq(curl_multi_perform(multi, &active), CURLM_OK);
        take_answers(multi, next, ctx, &self, served);
        ck_assert_int_eq(curl_multi_poll(multi, NULL, 0, 1000, NULL), CURLM_OK);
    }
    for (size_t i = 0; i < count; i++) {
        curl_easy_cleanup(clients[i].easy);
        curl_slist_free_all(clients[i].headers);
        free(clients[i].body);
    }
    curl_multi_cleanup(multi);
    free(clients);
    return (double)served->took_us.count / (served->end_us - served->start_us) * 1e6;
}
