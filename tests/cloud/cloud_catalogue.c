/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration data for the tests; see the header. */
#include "cloud_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char catalogue_small[] =
    "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"small\",\"currency\":\"EUR\"}\n"
    "{\"kind\":\"tax\",\"tax_id\":\"A\",\"name\":\"IVA 21 %\",\"rate\":2100,\"included\":true,\"valid_to\":null}\n"
    "{\"kind\":\"payment_method\",\"payment_method_id\":\"cash\",\"name\":\"Efectivo\",\"type\":\"cash\"}\n"
    "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Barra\"}\n"
    "{\"kind\":\"department\",\"department_id\":\"10\",\"name\":\"Caf\xc3\xa9\",\"parent_id\":\"20\"}\n"
    "{\"kind\":\"department\",\"department_id\":\"20\",\"name\":\"Bebidas\",\"parent_id\":null}\n"
    "{\"kind\":\"user\",\"user_id\":\"u1\",\"name\":\"Ana\",\"role\":\"manager\"}\n"
    "{\"kind\":\"item\",\"item_id\":\"a\",\"name\":\"Solo\",\"department_id\":\"10\",\"tax_id\":\"A\",\"unit\":null}\n"
    "{\"kind\":\"price\",\"item_id\":\"a\",\"price_level_id\":\"1\",\"amount\":120,\"valid_from\":\"2026-01-01\"}\n"
    "{ \"kind\" : \"item\", \"item_id\":\"b\",\"name\":\"Cortado\",\"barcodes\":[\"841\"],\"x\":[{\"y\":1.50}] }\n"
    "{\"kind\":\"price\",\"item_id\":\"b\",\"price_level_id\":\"1\",\"amount\":140,\"valid_from\":\"2026-01-01\"}\n";

void catalogue_path(const till *from, const char *more, char *out, size_t out_size)
{
    const char *end = strstr(from->path, "/tills/");
    snprintf(out, out_size, "%.*s/catalogue%s", (int)(end - from->path), from->path, more);
}

static reply ask(const fixture *self, const till *from, const char *more, call what)
{
    char path[600];
    catalogue_path(from, more, path, sizeof path);
    what.path = path;
    what.token = from->token;
    return fixture_call(self, what);
}

static const char *match_header(const char *etag, char *out, size_t out_size)
{
    if (!etag)
        return NULL;
    snprintf(out, out_size, "If-None-Match: %s", etag);
    return out;
}

reply catalogue_info(const fixture *self, const till *from, const char *etag)
{
    char header[220];
    return ask(self, from, "", (call){.header = match_header(etag, header, sizeof header)});
}

reply catalogue_page(const fixture *self, const till *from, long long revision, long long since, const char *after,
                     int limit, const char *etag)
{
    char header[220];
    char more[400];
    snprintf(more, sizeof more, "/lines?revision=%lld&since=%lld&limit=%d%s%s", revision, since, limit,
             after ? "&after=" : "", after ? after : "");
    return ask(self, from, more, (call){.header = match_header(etag, header, sizeof header)});
}

reply catalogue_create(const fixture *self, const till *from, long long replaces, const char *key)
{
    char json[64];
    snprintf(json, sizeof json, "{\"replaces\":%lld}", replaces);
    return ask(self, from, "/uploads", (call){.json = json, .key = key});
}

void catalogue_begin(const fixture *self, const till *from, long long replaces, char upload_id[80])
{
    reply made = catalogue_create(self, from, replaces, fixture_hex());
    fixture_expect(&made, 201, NULL);
    ck_assert_int_eq(reply_int(&made, "next_page"), 0);
    snprintf(upload_id, 80, "%s", reply_text(&made, "upload_id"));
    reply_free(&made);
}

reply catalogue_upload(const fixture *self, const till *from, const char *method, const char *upload_id)
{
    char more[120];
    snprintf(more, sizeof more, "/uploads/%s", upload_id);
    return ask(self, from, more, (call){.method = method});
}

reply catalogue_put(const fixture *self, const till *from, const char *upload_id, int page, const void *lines,
                    size_t bytes, const char *coding)
{
    char more[140];
    snprintf(more, sizeof more, "/uploads/%s/pages/%d", upload_id, page);
    return ask(
        self, from, more,
        (call){.method = "PUT", .body = lines, .body_bytes = bytes, .type = "application/x-ndjson", .coding = coding});
}

void catalogue_put_text(const fixture *self, const till *from, const char *upload_id, int page, const char *lines,
                        long status, const char *slug)
{
    reply answer = catalogue_put(self, from, upload_id, page, lines, strlen(lines), NULL);
    fixture_expect(&answer, status, slug);
    reply_free(&answer);
}

reply catalogue_commit(const fixture *self, const till *from, const char *upload_id, long long lines)
{
    char more[140];
    char json[64];
    snprintf(more, sizeof more, "/uploads/%s/commit", upload_id);
    snprintf(json, sizeof json, "{\"lines\":%lld}", lines);
    return ask(self, from, more, (call){.json = json});
}

size_t catalogue_count_lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* Behind so many lines, or at the end. */
static const char *skip_lines(const char *text, size_t count)
{
    while (*text && count > 0)
        count -= *text++ == '\n';
    return text;
}

long long catalogue_send(const fixture *self, const till *from, long long replaces, const char *text, size_t a_page)
{
    char upload_id[80];
    int page = 0;
    catalogue_begin(self, from, replaces, upload_id);
    for (const char *at = text; *at; page++) {
        const char *end = skip_lines(at, a_page);
        reply put = catalogue_put(self, from, upload_id, page, at, (size_t)(end - at), NULL);
        fixture_expect(&put, 200, NULL);
        ck_assert_int_eq(reply_int(&put, "next_page"), page + 1);
        reply_free(&put);
        at = end;
    }
    reply done = catalogue_commit(self, from, upload_id, (long long)catalogue_count_lines(text));
    fixture_expect(&done, 200, NULL);
    long long revision = reply_int(&done, "revision");
    reply_free(&done);
    return revision;
}

char *catalogue_fetch(const fixture *self, const till *from, long long revision, long long since, int limit,
                      long long *since_out, int *pages)
{
    char *text = NULL;
    char after[400] = "";
    size_t length = 0;
    *pages = 0;
    client_append(&text, &length, "", 0);
    do {
        reply page = catalogue_page(self, from, revision, since, after[0] ? after : NULL, limit, NULL);
        fixture_expect(&page, 200, NULL);
        const char *lines = strchr(page.body, '\n') + 1;
        cJSON *head = cJSON_ParseWithLength(page.body, (size_t)(lines - page.body));
        const cJSON *next = cJSON_GetObjectItemCaseSensitive(head, "next");
        ck_assert_int_eq((int)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(head, "count")),
                         (int)catalogue_count_lines(lines));
        *since_out = (long long)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(head, "since"));
        client_append(&text, &length, lines, page.bytes - (size_t)(lines - page.body));
        snprintf(after, sizeof after, "%s", cJSON_IsString(next) ? next->valuestring : "");
        cJSON_Delete(head);
        reply_free(&page);
        ++*pages;
    } while (after[0]);
    return text;
}

char *catalogue_text(const fixture *self, const till *from, long long revision)
{
    long long since;
    int pages;
    return catalogue_fetch(self, from, revision, 0, 1000, &since, &pages);
}

long long catalogue_revision(const fixture *self, const till *from)
{
    reply info = catalogue_info(self, from, NULL);
    long long revision = reply_int(&info, "revision");
    reply_free(&info);
    return revision;
}

void catalogue_expect(reply answer, long status, const char *slug)
{
    fixture_expect(&answer, status, slug);
    reply_free(&answer);
}
