/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client of the tests; see the header. */
#include "cloud_client.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

size_t client_append(char **to, size_t *length, const char *bytes, size_t count)
{
    char *grown = realloc(*to, *length + count + 1);
    if (!grown)
        return 0;
    memcpy(grown + *length, bytes, count);
    *length += count;
    grown[*length] = 0;
    *to = grown;
    return count;
}

static size_t client_on_body(char *bytes, size_t size, size_t count, void *context)
{
    reply *self = context;
    return client_append(&self->body, &self->bytes, bytes, size * count);
}

static size_t client_on_header(char *bytes, size_t size, size_t count, void *context)
{
    reply *self = context;
    if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0)
        self->header_bytes = 0; /* only the headers of the last answer, not of 100 Continue */
    return client_append(&self->headers, &self->header_bytes, bytes, size * count);
}

char *reply_header(const reply *self, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = self->headers; line && *line;) {
        const char *end = strstr(line, "\r\n");
        if (!end)
            break;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1;
            value += strspn(value, " ");
            return strndup(value, (size_t)(end - value));
        }
        line = end + 2;
    }
    return NULL;
}

static void client_log(const call *what, const reply *answer)
{
    const char *path = getenv("CLOUD_CONTRACT_LOG");
    if (!path || answer->code != CURLE_OK)
        return;
    cJSON *line = cJSON_CreateObject();
    cJSON *headers = cJSON_AddObjectToObject(line, "headers");
    cJSON_AddStringToObject(line, "method", what->method);
    cJSON_AddStringToObject(line, "path", what->path);
    cJSON_AddNumberToObject(line, "status", (double)answer->status);
    cJSON_AddStringToObject(line, "body", answer->body ? answer->body : "");
    if (what->json)
        cJSON_AddStringToObject(line, "request", what->json);
    for (const char *at = answer->headers; at && *at;) {
        const char *end = strstr(at, "\r\n");
        const char *colon = strchr(at, ':');
        if (!end)
            break;
        if (colon && colon < end) {
            char *name = strndup(at, (size_t)(colon - at));
            char *value = strndup(colon + 2, end > colon + 2 ? (size_t)(end - colon - 2) : 0);
            cJSON_AddStringToObject(headers, name, value);
            free(name);
            free(value);
        }
        at = end + 2;
    }
    char *text = cJSON_PrintUnformatted(line);
    char *whole = NULL;
    size_t length = 0;
    client_append(&whole, &length, text, strlen(text));
    client_append(&whole, &length, "\n", 1);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, whole, length) != (ssize_t)length)
        fprintf(stderr, "the contract log can't be written\n");
    if (fd >= 0)
        close(fd);
    free(whole);
    free(text);
    cJSON_Delete(line);
}

static struct curl_slist *client_headers(const call *what, bool has_body)
{
    char line[400];
    struct curl_slist *list = NULL;
    if (has_body) {
        snprintf(line, sizeof line, "Content-Type: %s", what->type ? what->type : "application/json");
        list = curl_slist_append(list, line);
    }
    if (what->token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", what->token);
        list = curl_slist_append(list, line);
    }
    if (what->coding) {
        snprintf(line, sizeof line, "Content-Encoding: %s", what->coding);
        list = curl_slist_append(list, line);
    }
    if (what->key) {
        snprintf(line, sizeof line, "Idempotency-Key: %s", what->key);
        list = curl_slist_append(list, line);
    }
    return what->header ? curl_slist_append(list, what->header) : list;
}

reply client_call(const char *base, const char *ca_file, call what)
{
    char url[700];
    reply answer = {.code = CURLE_FAILED_INIT};
    const void *body = what.json ? what.json : what.body;
    bool has_body = body != NULL;
    CURL *curl = curl_easy_init();
    if (!curl)
        return answer;
    if (!what.method)
        what.method = has_body ? "POST" : "GET";
    struct curl_slist *headers = client_headers(&what, has_body);
    snprintf(url, sizeof url, "%s%s", base, what.path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    if (has_body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(what.json ? strlen(what.json) : what.body_bytes));
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, what.method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, client_on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, client_on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    answer.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &answer.seconds);
    answer.json = answer.body ? cJSON_Parse(answer.body) : NULL;
    client_log(&what, &answer);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return answer;
}

void reply_free(reply *self)
{
    free(self->body);
    free(self->headers);
    cJSON_Delete(self->json);
    memset(self, 0, sizeof *self);
}

const cJSON *reply_find(const reply *self, const char *path)
{
    char name[64];
    const cJSON *at = self->json;
    while (at && *path) {
        size_t length = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, atoi(name)) : cJSON_GetObjectItemCaseSensitive(at, name);
        path += length + (path[length] == '.');
    }
    return at;
}

const char *reply_text(const reply *self, const char *path)
{
    const char *text = cJSON_GetStringValue(reply_find(self, path));
    return text ? text : "";
}

long long reply_int(const reply *self, const char *path)
{
    const cJSON *value = reply_find(self, path);
    return cJSON_IsNumber(value) ? (long long)cJSON_GetNumberValue(value) : -1;
}
