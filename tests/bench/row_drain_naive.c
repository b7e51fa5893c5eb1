/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_drain_naive.c - the usual integration, written as one would write it: a file a report in a spool
 * folder, written durably, then libcurl's easy_perform on the caller's thread, and the file removed when the answer is
 * a 200.
 */
#include "bench/drain.h"

#include "support/e2e_base.h"
#include "support/http_server.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPTIVE_TIMEOUT_S 10 /* as such code has it */

static char folder[E2E_PATH_BYTES];

static void name_file(char path[E2E_PATH_BYTES], size_t number, const char *ending)
{
    char name[40];
    snprintf(name, sizeof name, "%08zu.%s", number, ending);
    e2e_join_path(path, folder, name);
}

/* Written beside, synced, renamed, and the folder synced: a file that survives a power cut. */
static void spool(size_t number)
{
    char path[E2E_PATH_BYTES], temporary[E2E_PATH_BYTES];
    uint32_t length;
    const char *document = bench_document((int64_t)number, DRAIN_REPORT_BYTES, &length);
    name_file(path, number, "json");
    name_file(temporary, number, "tmp");
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, document, length), (int)length);
    ck_assert_int_eq(fsync(fd), 0);
    close(fd);
    ck_assert_int_eq(rename(temporary, path), 0);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(fsync(fd), 0);
    close(fd);
}

static size_t ignore(char *bytes, size_t unit, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return unit * count;
}

static CURL *make_handle(const char *url)
{
    CURL *easy = curl_easy_init();
    ck_assert_ptr_nonnull(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)CAPTIVE_TIMEOUT_S);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    return easy;
}

static bool post(CURL *easy, size_t number)
{
    char path[E2E_PATH_BYTES];
    size_t length = 0;
    long status = 0;
    name_file(path, number, "json");
    char *bytes = e2e_read_file(path, &length);
    ck_assert_ptr_nonnull(bytes);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)length);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bytes);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    free(bytes);
    if (code == CURLE_OK && status == 200)
        ck_assert_int_eq(unlink(path), 0);
    return code == CURLE_OK && status == 200;
}

static void drain(void)
{
    char url[64];
    int port;
    pid_t sink = drain_sink_start(NULL, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/r", port);
    bench_sync_leave_out(true);
    for (size_t i = 0; i < drain_count(); i++)
        spool(i);
    bench_sync_leave_out(false);
    CURL *easy = make_handle(url);
    double cpu_us = bench_process_us(), start_us = bench_now_us();
    for (size_t i = 0; i < drain_count(); i++)
        ck_assert(post(easy, i));
    double took_us = bench_now_us() - start_us;
    cpu_us = bench_process_us() - cpu_us;
    curl_easy_cleanup(easy);
    drain_stats seen = drain_sink_stop(sink, port);
    drain_print("naive", &seen, took_us, cpu_us, NULL);
}

/* What the till's thread waits for in a black hole: all of the timeout. */
static void close_in_black_hole(void)
{
    http_black_hole hole;
    char url[64];
    http_black_hole_open(&hole);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/r", hole.port);
    CURL *easy = make_handle(url);
    double start_us = bench_now_us();
    spool(0);
    ck_assert(!post(easy, 0));
    bench_print((bench_part){.name = "close with the cloud in a black hole, longest",
                             .unit = "ms",
                             .side = "naive",
                             .value = (bench_now_us() - start_us) / 1e3});
    curl_easy_cleanup(easy);
    http_black_hole_close(&hole);
}

START_TEST(naive)
{
    e2e_make_folder(folder);
    drain();
    close_in_black_hole();
    e2e_remove_folder(folder);
}
END_TEST

int main(void)
{
    return bench_run("drain_naive", naive);
}
