/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bad request bodies over real TLS: framing, size, bombs, codings, types, JSON.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include "cloud/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void expect_batch(const buffer *bytes, const char *coding, long status, const char *slug)
{
    reply answer = batch_send_coded(&fx, &bar, bytes, coding);
    fixture_expect(&answer, status, slug);
    reply_free(&answer);
}

START_TEST(bad_framing_refuses_the_batch_and_says_where)
{
    buffer bytes = {NULL, 0};
    batch_add(&bytes, (item){.z_number = 1});
    size_t good = bytes.length;
    buffer_add(&bytes, "nonsense\n", 9);
    reply answer = batch_send_coded(&fx, &bar, &bytes, NULL);
    char where[64];
    snprintf(where, sizeof where, "Item 1 at byte %zu", good);
    fixture_expect(&answer, 400, "malformed");
    ck_assert_ptr_nonnull(strstr(reply_text(&answer, "detail"), where));
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), 0);
    reply_free(&answer);
    buffer_free(&bytes);
}
END_TEST

START_TEST(too_many_or_too_much_is_refused)
{
    buffer many = {NULL, 0};
    for (int i = 0; i < 1024; i++)
        batch_add(&many, (item){.z_number = 1});
    reply taken = batch_send_coded(&fx, &bar, &many, NULL);
    fixture_expect(&taken, 200, NULL);
    ck_assert_int_eq(cJSON_GetArraySize(reply_find(&taken, "results")), 1024);
    reply_free(&taken);
    batch_add(&many, (item){.z_number = 1});
    expect_batch(&many, NULL, 413, "too-large");
    buffer_free(&many);
    buffer large = {calloc(1, BATCH_BYTES_MAX + 1), BATCH_BYTES_MAX + 1};
    expect_batch(&large, NULL, 413, "too-large");
    buffer_free(&large);
    buffer huge = {calloc(1, 40u << 20), 40u << 20};
    reply refused = batch_send_coded(&fx, &bar, &huge, NULL);
    ck_assert(refused.status == 413 || refused.code != CURLE_OK);
    reply_free(&refused);
    buffer_free(&huge);
}
END_TEST

START_TEST(the_largest_report_is_taken)
{
    buffer document = {NULL, 0};
    buffer bytes = {NULL, 0};
    static const char head[] =
        "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"till-1\",\"currency\":"
        "\"EUR\",\"z_number\":1,\"business_date\":\"2026-11-20\",\"totals\":{\"gross_turnover\":1,"
        "\"net_turnover\":1,\"tax_total\":0},\"note\":\"";
    char *filler = malloc(BATCH_REPORT_MAX);
    memset(filler, 'x', BATCH_REPORT_MAX);
    buffer_add(&document, head, strlen(head));
    buffer_add(&document, filler, BATCH_REPORT_MAX - strlen(head) - 2);
    buffer_add(&document, "\"}", 2);
    ck_assert_uint_eq(document.length, BATCH_REPORT_MAX);
    batch_add_raw(&bytes, (item){.z_number = 1}, document.bytes, document.length);
    buffer packed = batch_zstd(&bytes);
    reply answer = batch_send_coded(&fx, &bar, &packed, "zstd");
    fixture_expect(&answer, 200, NULL);
    ck_assert_str_eq(reply_text(&answer, "results.0.status"), "delivered");
    reply_free(&answer);
    free(filler);
    buffer_free(&document);
    buffer_free(&bytes);
    buffer_free(&packed);
}
END_TEST

static long peak_memory_kib(void)
{
    char line[128];
    long kib = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib;
}

START_TEST(compression_bombs_cost_no_memory)
{
    /* A gigabyte of zeros in about 1 MB of gzip, and in some kilobytes of zstd. */
    buffer zeros = {calloc(1, 64u << 20), 64u << 20};
    buffer one = batch_gzip(&zeros);
    buffer zstd = batch_zstd(&zeros);
    buffer_free(&zeros);
    buffer many = {NULL, 0};
    for (int i = 0; i < 16; i++)
        buffer_add(&many, zstd.bytes, zstd.length);
    long before_kib = peak_memory_kib();
    expect_batch(&one, "gzip", 413, "too-large");
    expect_batch(&many, "zstd", 413, "too-large");
    long after_kib = peak_memory_kib();
    ck_assert_msg(after_kib - before_kib < 40 * 1024, "%ld KiB", after_kib - before_kib);
    buffer large = batch_zstd_window(9u << 20, 24);
    reply window = batch_send_coded(&fx, &bar, &large, "zstd");
    fixture_expect(&window, 400, "malformed");
    ck_assert_ptr_nonnull(strstr(reply_text(&window, "detail"), "8 MiB"));
    reply_free(&window);
    buffer_free(&one);
    buffer_free(&zstd);
    buffer_free(&many);
    buffer_free(&large);
}
END_TEST

START_TEST(wrong_codings_and_types_are_refused)
{
    char path[220];
    buffer bytes = {NULL, 0};
    batch_add(&bytes, (item){.z_number = 1});
    snprintf(path, sizeof path, "%s/reports", bar.path);
    reply refused = batch_send_coded(&fx, &bar, &bytes, "br");
    fixture_expect(&refused, 415, "unsupported-encoding");
    char *offered = reply_header(&refused, "Accept-Encoding");
    ck_assert_str_eq(offered, "zstd, gzip");
    free(offered);
    reply_free(&refused);
    expect_batch(&bytes, "gzip", 400, "malformed"); /* it is not */
    fixture_refused(&fx, (call){.path = path, .token = bar.token, .json = "{}"}, 415, "unsupported-type");
    fixture_refused(
        &fx,
        (call){.path = "/v1/sessions", .body = "a=b", .body_bytes = 3, .type = "application/x-www-form-urlencoded"},
        415, "unsupported-type");
    fixture_refused(&fx, (call){.path = "/v1/sessions", .json = "{}", .type = "application/json; charset=utf-8"}, 422,
                    "invalid");
    fixture_refused(&fx, (call){.path = "/v1/sessions", .json = "{}", .type = "application/jsonx"}, 415,
                    "unsupported-type");
    buffer_free(&bytes);
}
END_TEST

START_TEST(bad_json_is_refused_and_changes_nothing)
{
    static const char *const bad[] = {
        "", "{", "[]", "null", "{\"email\":\"a@b.c\",}", "{\"a\":\"\xff\"}", "{\"email\":\"a\\u0000\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = bad[i], .key = fixture_hex()}, 400, "malformed");
    char deep[4001];
    memset(deep, '[', 2000);
    memset(deep + 2000, ']', 2000);
    deep[4000] = 0;
    fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = deep, .key = fixture_hex()}, 400, "malformed");
    char *large = malloc(70001);
    memset(large, ' ', 70000);
    large[70000] = 0;
    fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = large, .key = fixture_hex()}, 413, "too-large");
    free(large);
    fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = "{}"}, 400, "malformed");
    fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = "{}", .key = "XYZ"}, 400, "malformed");
    buffer plain = {strdup("{\"email\":\"ana@example.com\",\"password\":\"" PASSWORD "\"}"), 0};
    plain.length = strlen(plain.bytes);
    buffer packed = batch_gzip(&plain);
    fixture_refused(&fx,
                    (call){.path = "/v1/sessions", .body = packed.bytes, .body_bytes = packed.length, .coding = "gzip"},
                    201, NULL);
    buffer_free(&plain);
    buffer_free(&packed);
}
END_TEST

static size_t ignore(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

START_TEST(a_connection_is_kept_through_refusals)
{
    long connections = 0;
    long status = 0;
    char url[160];
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(url, sizeof url, "%s/v1/companies", cloud_url(fx.cloud));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, fx.ca_file);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "{\"no\":\"token\"}");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    for (int i = 0; i < 5; i++) {
        long opened = 0;
        ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &opened);
        ck_assert_int_eq(status, 401);
        connections += opened;
    }
    ck_assert_int_eq(connections, 1);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}
END_TEST

static long get_with_header(const char *path, const char *header)
{
    long status = 0;
    char *url = malloc(strlen(path) + 160);
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, header);
    (void)snprintf(url, strlen(path) + 160, "%s%s", cloud_url(fx.cloud), path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, fx.ca_file);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    free(url);
    return status;
}

/* The library below turns them away before we see them: with a status of its own, or by hanging up. */
START_TEST(a_head_of_any_size_costs_no_memory)
{
    size_t size = 8u << 20;
    char *header = malloc(size + 1);
    char *path = malloc(size / 8 + 1);
    long before_kib = peak_memory_kib();
    memset(header, 'x', size);
    memcpy(header, "X-Long: ", 8);
    header[size] = 0;
    memset(path, 'x', size / 8);
    path[0] = '/';
    path[size / 8] = 0;
    for (int i = 0; i < 5; i++) {
        long status = get_with_header("/v1/health", header);
        ck_assert_msg(status == 0 || (status >= 400 && status < 500), "%ld", status);
        status = get_with_header(path, "X-Short: 1");
        ck_assert_msg(status == 0 || (status >= 400 && status < 500), "%ld", status);
    }
    ck_assert_int_eq(get_with_header("/v1/health", "X-Short: 1"), 200);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* these keep what was freed */
    ck_assert_int_lt(peak_memory_kib() - before_kib, 64 * 1024);    /* the client here has a few copies of its own */
#else
    (void)before_kib;
#endif
    free(header);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bodies");
    TCase *cases = tcase_create("over TLS");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, bad_framing_refuses_the_batch_and_says_where);
    tcase_add_test(cases, too_many_or_too_much_is_refused);
    tcase_add_test(cases, the_largest_report_is_taken);
    tcase_add_test(cases, compression_bombs_cost_no_memory);
    tcase_add_test(cases, wrong_codings_and_types_are_refused);
    tcase_add_test(cases, bad_json_is_refused_and_changes_nothing);
    tcase_add_test(cases, a_connection_is_kept_through_refusals);
    tcase_add_test(cases, a_head_of_any_size_costs_no_memory);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
