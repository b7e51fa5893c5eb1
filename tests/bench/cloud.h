/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/cloud.h - the mock cloud as a process of its own, over TLS, with many tills in many stores; and a
 * client that lets many of them upload at once. The tills are written into the database while the cloud does not run: what is
 * measured is what comes after.
 */
#ifndef BENCH_CLOUD_H
#define BENCH_CLOUD_H

#include "bench/bench.h"
#include "bench/till.h"

#include <curl/curl.h>
#include <sqlite3.h>

typedef struct bench_cloud {
    bench_shop shop; /* its folder, its company and store, and the first till; its cloud does not run any more */
    char url[64];
    pid_t pid;
    int port;
} bench_cloud;

/* Room for tills 0 .. tills-1; the cloud does not run yet. */
void bench_cloud_open(bench_cloud *cloud, size_t tills);
void bench_cloud_start(bench_cloud *cloud);
void bench_cloud_stop(bench_cloud *cloud);
void bench_cloud_close(bench_cloud *cloud);

/* Writes one more till into its database: with company and store, if they are not there, and the credential of that
 * number. */
void bench_cloud_add_till(sqlite3 *db, size_t number, const char *company_id, const char *store_id,
                          const char *till_id);

/* The credential and path of till number i. */
void bench_cloud_token(size_t till, char token[64]);
void bench_cloud_path(const bench_cloud *cloud, size_t till, const char *what, char path[400]);

/* ---- many at once ---- */

/* A connection that is kept, with one request after the other on it. */
typedef struct bench_client {
    CURL *easy;
    struct curl_slist *headers;
    char *body; /* of the request under way; the one who makes it fills it in, it is freed here */
    size_t body_bytes;
    size_t number;    /* which client this is */
    uint64_t done;    /* requests that were answered with 200 */
    double start_us;  /* of the request under way */
    char answer[800]; /* its beginning */
    size_t answer_bytes;
} bench_client;

/* What a client is to send next: sets body, body_bytes and, if need be, the URL. False: nothing any more. */
typedef bool (*bench_next_request)(void *ctx, bench_client *client);

/* What came of it, from when every client had its first answer: connecting is not what is measured. */
typedef struct bench_served {
    bench_samples took_us;
    double start_us, end_us;
} bench_served;

/* Runs `count` clients until none has anything to send; every answer must be a 200. Answers a second. */
double bench_cloud_run(const bench_cloud *cloud, size_t count, bench_next_request next, void *ctx,
                       bench_served *served);

/* A batch with one Z report; malloc'ed. */
char *bench_cloud_batch(int64_t z_number, size_t document_bytes, size_t *batch_bytes);

#endif
