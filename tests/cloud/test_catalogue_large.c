/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data of real shops and of large ones: the catalogue of ../shared/data/online-retail when present, and
 * 100,000 items with two prices each, up and down in pages, with the memory and the time that it takes. The cloud is in
 * this process, so what is measured is its memory, too.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zlib.h>

#define ITEMS       100000
#define A_PAGE      333 /* items of an uploaded page: 999 lines */
#define GROWTH_KIB  (48 * 1024)
#define COMMIT_MS   5000
#define REAL_ITEMS  3953
#define REAL_PRICES 5983

static fixture fx;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* ------------------------------------------------------------------ 100,000 items */

static size_t write_head(char *out, size_t out_size)
{
    return (size_t)snprintf(out, out_size,
                            HEAD TAX LEVEL "{\"kind\":\"price_level\",\"price_level_id\":\"2\",\"name\":\"Terrace\"}\n"
                                           "{\"kind\":\"department\",\"department_id\":\"D\",\"name\":\"Drinks\"}\n");
}

/* Items first..first + count - 1 with their prices; `dearer` of a thousand cost more. */
static size_t write_items(int first, int count, int dearer, char *out, size_t out_size)
{
    size_t used = 0;
    for (int i = first; i < first + count; i++)
        used +=
            (size_t)snprintf(out + used, out_size - used,
                             "{\"kind\":\"item\",\"item_id\":\"%06d\",\"name\":\"Item number %d of a large "
                             "shop\",\"department_id\":\"D\","
                             "\"tax_id\":\"A\",\"barcodes\":[\"84%011d\"],\"unit\":\"piece\",\"status\":\"active\"}\n"
                             "{\"kind\":\"price\",\"item_id\":\"%06d\",\"price_level_id\":\"1\",\"amount\":%d,\"valid_"
                             "from\":\"2026-01-01\"}\n"
                             "{\"kind\":\"price\",\"item_id\":\"%06d\",\"price_level_id\":\"2\",\"amount\":%d,\"valid_"
                             "from\":\"2026-01-01\"}\n",
                             i, i, i, i, 100 + i % 900 + (i % 1000 < dearer), i, 120 + i % 900);
    return used;
}

/* Uploads and commits; the hash of all that was sent. */
static void send_large(long long replaces, int dearer, unsigned char sent[32])
{
    static char text[400000];
    char id[80];
    int page = 0;
    crypto_hash_sha256_state state;
    double start = now_s();
    crypto_hash_sha256_init(&state);
    catalogue_begin(&fx, &bar, replaces, id);
    for (int first = -1; first < ITEMS; first = first < 0 ? 0 : first + A_PAGE) {
        int count = ITEMS - first < A_PAGE ? ITEMS - first : A_PAGE;
        size_t bytes = first < 0 ? write_head(text, sizeof text) : write_items(first, count, dearer, text, sizeof text);
        crypto_hash_sha256_update(&state, (const unsigned char *)text, bytes);
        catalogue_expect(catalogue_put(&fx, &bar, id, page++, text, bytes, NULL), 200, NULL);
    }
    double uploaded = now_s();
    reply done = catalogue_commit(&fx, &bar, id, 5 + 3 * ITEMS);
    fixture_expect(&done, 200, NULL);
    ck_assert_int_eq(reply_int(&done, "counts.prices"), 2 * ITEMS);
    printf("catalogue: %d items up in %.1f s (%d pages), commit %.0f ms\n", ITEMS, uploaded - start, page,
           done.seconds * 1000);
    ck_assert_msg(getenv("TEST_UNDER") || done.seconds * 1000 < COMMIT_MS, "%.0f ms", done.seconds * 1000);
    reply_free(&done);
    crypto_hash_sha256_final(&state, sent);
}

/* Page by page; the hash of all lines, and how many. */
static long fetch_large(long long revision, long long since, unsigned char got[32])
{
    crypto_hash_sha256_state state;
    char after[400] = "";
    long lines = 0;
    int pages = 0;
    double start = now_s();
    crypto_hash_sha256_init(&state);
    do {
        reply page = catalogue_page(&fx, &bar, revision, since, after[0] ? after : NULL, 1000, NULL);
        fixture_expect(&page, 200, NULL);
        const char *rest = strchr(page.body, '\n') + 1;
        const char *next = strstr(page.body, "\"next\":\"");
        after[0] = 0;
        if (next && next < rest)
            snprintf(after, sizeof after, "%.*s", (int)strcspn(next + 8, "\""), next + 8);
        crypto_hash_sha256_update(&state, (const unsigned char *)rest, page.bytes - (size_t)(rest - page.body));
        lines += (long)catalogue_count_lines(rest);
        pages++;
        reply_free(&page);
    } while (after[0]);
    crypto_hash_sha256_final(&state, got);
    printf("catalogue: %ld lines down in %.1f s (%d pages)\n", lines, now_s() - start, pages);
    return lines;
}

START_TEST(a_hundred_thousand_items_up_and_down)
{
    unsigned char sent[32];
    unsigned char got[32];
    unsetenv("CLOUD_CONTRACT_LOG"); /* pages like these were compared in other tests */
    long before = peak_kib();
    send_large(0, 0, sent);
    ck_assert_int_eq(fetch_large(1, 0, got), 5 + 3 * ITEMS);
    ck_assert_mem_eq(sent, got, sizeof sent);
    send_large(1, 3, sent);
    ck_assert_int_eq(fetch_large(2, 1, got), 5 + 3 * (ITEMS / 1000) * 3); /* what changed */
    ck_assert_int_eq(fetch_large(2, 0, got), 5 + 3 * ITEMS);
    ck_assert_mem_eq(sent, got, sizeof sent);
    long growth = peak_kib() - before;
    printf("catalogue: memory grew by %ld KiB\n", growth);
    ck_assert_msg(getenv("TEST_UNDER") || growth < GROWTH_KIB, "%ld KiB", growth);
}
END_TEST

/* ------------------------------------------------------------------ the real one */

static int compare_lines(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* The key of a line as text; free() it. */
static char *key_of(const char *line)
{
    static const char *const names[][2] = {{"catalogue", NULL},
                                           {"tax", "tax_id"},
                                           {"payment_method", "payment_method_id"},
                                           {"price_level", "price_level_id"},
                                           {"department", "department_id"},
                                           {"group", "group_id"},
                                           {"user", "user_id"},
                                           {"item", "item_id"}};
    char *key = calloc(1, 200);
    cJSON *object = cJSON_Parse(line);
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItem(object, "kind"));
    ck_assert_ptr_nonnull(kind);
    for (int i = 0; i < 8; i++)
        if (strcmp(names[i][0], kind) == 0)
            snprintf(key, 200, "%d%s", i,
                     names[i][1] ? cJSON_GetStringValue(cJSON_GetObjectItem(object, names[i][1])) : "");
    if (strcmp(kind, "price") == 0)
        snprintf(key, 200, "7%s\001%s\001%s", cJSON_GetStringValue(cJSON_GetObjectItem(object, "item_id")),
                 cJSON_GetStringValue(cJSON_GetObjectItem(object, "price_level_id")),
                 cJSON_GetStringValue(cJSON_GetObjectItem(object, "valid_from")));
    cJSON_Delete(object);
    return key;
}

static gzFile open_real(void)
{
    static const char ups[] = "../../../../../";
    const char *given = getenv("FACTORYCLOUD_TEST_DATA");
    char path[600];
    gzFile file = NULL;
    for (size_t up = 3; up < sizeof ups && !file; up += 3) {
        snprintf(path, sizeof path, "%.*sshared/data/online-retail/catalogue.ndjson.gz", (int)up, ups);
        if (given)
            snprintf(path, sizeof path, "%s/online-retail/catalogue.ndjson.gz", given);
        file = gzopen(path, "rb");
    }
    return file;
}

/* All lines in the order of their keys, as one text. NULL: the file is not there. */
static char *read_real(void)
{
    static char line[20000];
    char **rows = calloc(20000, sizeof *rows);
    size_t count = 0;
    char *text = NULL;
    size_t length = 0;
    gzFile file = open_real();
    while (file && count < 20000 && gzgets(file, line, sizeof line)) {
        char *key = key_of(line);
        size_t room = strlen(key) + strlen(line) + 2;
        rows[count] = malloc(room);
        memcpy(rows[count], key, strlen(key) + 1);
        memcpy(rows[count++] + strlen(key) + 1, line, strlen(line) + 1);
        free(key);
    }
    if (file)
        gzclose(file);
    qsort(rows, count, sizeof *rows, compare_lines);
    for (size_t i = 0; i < count; i++) {
        const char *at = rows[i] + strlen(rows[i]) + 1;
        client_append(&text, &length, at, strlen(at));
        free(rows[i]);
    }
    free(rows);
    return text;
}

START_TEST(a_real_catalogue_comes_back_byte_for_byte)
{
    char *text = read_real();
    if (!text) {
        printf("SKIPPED: there is no online-retail/catalogue.ndjson.gz in ../shared/data (FACTORYCLOUD_TEST_DATA)\n");
        return;
    }
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, text, 1000), 1);
    reply info = catalogue_info(&fx, &bar, NULL);
    ck_assert_int_eq(reply_int(&info, "counts.items"), REAL_ITEMS);
    ck_assert_int_eq(reply_int(&info, "counts.prices"), REAL_PRICES);
    ck_assert_str_eq(reply_text(&info, "currency"), "GBP");
    reply_free(&info);
    char *got = catalogue_text(&fx, &bar, 1);
    ck_assert(strcmp(got, text) == 0);
    free(got);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_large");
    TCase *cases = tcase_create("catalogue_large");
    tcase_set_timeout(cases, 280);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_real_catalogue_comes_back_byte_for_byte);
    tcase_add_test(cases, a_hundred_thousand_items_up_and_down);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
