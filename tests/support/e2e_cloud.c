/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_cloud.c - starts the cloud and waits for the line in which it says that it listens; turns its fault
 * switches over HTTPS, trusting the certificate authority that it has made itself.
 */
#include "support/e2e_cloud.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS 20000
#define END_MS   10000

/* ---- the process ---- */

static void open_new(e2e_cloud *cloud, bool plain)
{
    memset(cloud, 0, sizeof *cloud);
    cloud->plain = plain;
    e2e_make_folder(cloud->folder);
    e2e_join_path(cloud->log, cloud->folder, "cloud.log");
    e2e_join_path(cloud->database, cloud->folder, "cloud.db");
    if (!plain)
        e2e_join_path(cloud->ca, cloud->folder, "tls/ca.pem");
    e2e_join_path(cloud->mail, cloud->folder, "mail");
    e2e_cloud_start(cloud);
}

void e2e_cloud_open(e2e_cloud *cloud)
{
    open_new(cloud, false);
}

void e2e_cloud_open_plain(e2e_cloud *cloud)
{
    open_new(cloud, true);
}

/* Reads the line "mock-cloud: listening on https://127.0.0.1:port" and copies it to the log. */
static void await_line(e2e_cloud *cloud, int fd, int log_fd)
{
    char line[256];
    size_t used = 0;
    int64_t until_ms = e2e_now_ms() + e2e_patience_ms(START_MS);
    while (used < sizeof line - 1 && !memchr(line, '\n', used)) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left_ms = until_ms - e2e_now_ms();
        ck_assert_msg(left_ms > 0 && poll(&ready, 1, (int)left_ms) == 1, "the cloud does not start; see %s",
                      cloud->log);
        ssize_t got = read(fd, line + used, sizeof line - 1 - used);
        ck_assert_msg(got > 0, "the cloud ended at its start; see %s", cloud->log);
        used += (size_t)got;
    }
    line[used] = '\0';
    ck_assert_int_ge((int)write(log_fd, line, used), 0);
    const char *colon = strrchr(line, ':');
    ck_assert_msg(colon && sscanf(colon, ":%d", &cloud->port) == 1, "the cloud does not tell its port: %s", line);
    snprintf(cloud->url, sizeof cloud->url, "%s://127.0.0.1:%d", cloud->plain ? "http" : "https", cloud->port);
}

/* Returns what it will say its line to. */
static int spawn(e2e_cloud *cloud, int log_fd)
{
    char program[E2E_PATH_BYTES], listen_at[32];
    int out[2];
    ck_assert_int_eq(cloud->pid, 0);
    e2e_built("mock-cloud", program);
    snprintf(listen_at, sizeof listen_at, "127.0.0.1:%d", cloud->port);
    char *const argv[] = {program,
                          (char *)"--data",
                          cloud->folder,
                          (char *)"--listen",
                          listen_at,
                          (char *)"--faults",
                          (char *)"--log-level",
                          (char *)"debug",
                          (char *)"--fast-passwords",
                          cloud->plain ? (char *)"--no-tls" : NULL,
                          NULL};
    ck_assert_msg(log_fd >= 0 && pipe(out) == 0, "cannot make %s: %s", cloud->log, strerror(errno));
    cloud->pid = e2e_spawn(argv, out[1], log_fd);
    close(out[1]);
    return out[0];
}

void e2e_cloud_start(e2e_cloud *cloud)
{
    int log_fd = open(cloud->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int out_fd = spawn(cloud, log_fd);
    await_line(cloud, out_fd, log_fd);
    close(out_fd);
    close(log_fd);
}

void e2e_cloud_begin(e2e_cloud *cloud)
{
    int log_fd = open(cloud->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    close(spawn(cloud, log_fd));
    close(log_fd);
}

void e2e_cloud_stop(e2e_cloud *cloud)
{
    pid_t pid = cloud->pid;
    cloud->pid = 0;
    ck_assert_int_eq(kill(pid, SIGTERM), 0);
    ck_assert_msg(e2e_await_exit(pid, END_MS) == 0, "the cloud ended badly; see %s", cloud->log);
}

void e2e_cloud_kill(e2e_cloud *cloud)
{
    e2e_kill(cloud->pid);
    cloud->pid = 0;
}

void e2e_cloud_close(e2e_cloud *cloud)
{
    if (cloud->pid)
        e2e_cloud_stop(cloud);
    e2e_remove_folder(cloud->folder);
}

/* ---- calls ---- */

typedef struct bytes {
    char *at;
    size_t used;
} bytes;

static size_t take_body(char *from, size_t size, size_t count, void *ctx)
{
    bytes *body = ctx;
    size_t got = size * count;
    char *grown = realloc(body->at, body->used + got + 1);
    if (!grown)
        return 0;
    memcpy(grown + body->used, from, got);
    body->at = grown;
    body->used += got;
    grown[body->used] = '\0';
    return got;
}

long e2e_cloud_call(const e2e_cloud *cloud, const char *method, const char *path, const char *json, const char *token,
                    char **body)
{
    char url[512], authorization[256];
    bytes answer = {calloc(1, 1), 0};
    long status = 0;
    CURL *curl = curl_easy_init();
    ck_assert_ptr_nonnull(curl);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(url, sizeof url, "%s%s", cloud->url, path);
    if (token) {
        snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token);
        headers = curl_slist_append(headers, authorization);
    }
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, cloud->plain ? NULL : cloud->ca);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    if (json)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, json);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    ck_assert_msg(code == CURLE_OK, "%s %s: %s", method, url, curl_easy_strerror(code));
    if (body)
        *body = answer.at;
    else
        free(answer.at);
    return status;
}

void e2e_cloud_control(const e2e_cloud *cloud, const char *path, const char *json)
{
    long status = e2e_cloud_call(cloud, "POST", path, json, NULL, NULL);
    ck_assert_msg(status == 201 || status == 204, "the cloud refuses %s %s: %ld", path, json, status);
}

void e2e_cloud_fault(const e2e_cloud *cloud, const char *rule)
{
    e2e_cloud_control(cloud, "/_faults", rule);
}

void e2e_cloud_heal(const e2e_cloud *cloud)
{
    ck_assert_int_eq(e2e_cloud_call(cloud, "DELETE", "/_faults", NULL, NULL, NULL), 204);
}

static cJSON *ask_faults(const e2e_cloud *cloud)
{
    char *body = NULL;
    ck_assert_int_eq(e2e_cloud_call(cloud, "GET", "/_faults", NULL, NULL, &body), 200);
    cJSON *json = cJSON_Parse(body);
    free(body);
    ck_assert_ptr_nonnull(json);
    return json;
}

int64_t e2e_cloud_requests(const e2e_cloud *cloud, const char *route)
{
    cJSON *json = ask_faults(cloud);
    const cJSON *count = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "requests"), route);
    int64_t requests = count ? (int64_t)cJSON_GetNumberValue(count) : 0;
    cJSON_Delete(json);
    return requests;
}

int64_t e2e_cloud_fired(const e2e_cloud *cloud)
{
    cJSON *json = ask_faults(cloud);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(json, "faults"), 0);
    const cJSON *fired = cJSON_GetObjectItemCaseSensitive(first, "fired");
    int64_t times = fired ? (int64_t)cJSON_GetNumberValue(fired) : 0;
    cJSON_Delete(json);
    return times;
}

/* ---- mails ---- */

static int is_mail(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".eml") == 0;
}

static bool read_code(const char *path, const char *email, char code[8])
{
    char *text = e2e_read_file(path, NULL);
    const char *line = text ? strstr(text, "Code: ") : NULL;
    bool found = line && strstr(text, email) && sscanf(line, "Code: %6[0-9]", code) == 1;
    free(text);
    return found;
}

bool e2e_cloud_read_mail(e2e_cloud *cloud, const char *email)
{
    struct dirent **entries = NULL;
    bool found = false;
    int count = scandir(cloud->mail, &entries, is_mail, alphasort);
    for (int i = 0; i < count; i++) {
        char path[E2E_PATH_BYTES], used[E2E_PATH_BYTES];
        e2e_join_path(path, cloud->mail, entries[i]->d_name);
        free(entries[i]);
        if (found || !read_code(path, email, cloud->last_code))
            continue;
        found = true; /* read once: moved away, so that the next code is the next mail's */
        snprintf(used, sizeof used, "%.*s.read", (int)sizeof used - 6, path);
        ck_assert_int_eq(rename(path, used), 0);
    }
    free(entries);
    return found;
}
