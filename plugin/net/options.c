/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/options.c - how a transfer is set up: where it may go, whom it trusts, how long it may take, what it carries.
 *
 * HTTP/1.1 on purpose: at most four transfers run at a time, and with HTTP/2 they would share one connection, so that
 * one cut or one stalled stream takes the others along. Answers are asked for as they are (no Accept-Encoding): they
 * are small, and nothing that unpacks a stranger's bytes is the safest code for it.
 */
#include "net/options.h"
#include "net/compress.h"
#include "net/mailbox.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SLOW_LINK_BYTES_PER_MS 4  /* about 4 KB/s: what a bad mobile link still carries */
#define SILENCE_BYTES_PER_S    30 /* less than this counts as silence: a dripping answer never ends otherwise */
#define SYSTEM_CAS_LEAST       16
#define HASHED_NAME_LENGTH     10 /* "01234567.0" */
#define CA_CACHE_S             (24L * 3600)
#define CONNECTION_MAX_AGE_S   60 /* idle; older ones are not trusted to be alive */
#define MS_PER_S               1000u

/* One option; once one failed, the rest are skipped. */
#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        if (rc == CURLE_OK)                                                                                            \
            rc = curl_easy_setopt(easy, option, value);                                                                \
    } while (0)

static CURLcode set_way(CURL *easy, const settings *under, bool fresh)
{
    CURLcode rc = CURLE_OK;
    bool plain = strncmp(under->base, "http:", 5) == 0;
    /* Never through a proxy to this machine itself: plain text is allowed there because it does not leave it. */
    const char *proxy = under->proxy == NULL || under->loopback ? "" : under->proxy;

    SET(CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_PROXY, proxy); /* "": also none from the environment */
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    SET(CURLOPT_MAXAGE_CONN, (long)CONNECTION_MAX_AGE_S);
    SET(CURLOPT_QUICK_EXIT, 1L); /* never wait for a resolver thread */
    return rc;
}

/* The system's hashed directory of CA certificates, when it is filled as a system's is: looking one certificate up takes
 * 0.1 ms, parsing the system's bundle 20 ms a connection, and ten times that on a small till. NULL: use the bundle. */
static const char *system_directory(void)
{
    const char *path = curl_version_info(CURLVERSION_NOW)->capath;
    DIR *directory = path == NULL ? NULL : opendir(path);
    struct dirent *entry;
    int hashed = 0;

    if (directory == NULL)
        return NULL;
    while (hashed < SYSTEM_CAS_LEAST && (entry = readdir(directory)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length == HASHED_NAME_LENGTH && strcmp(entry->d_name + length - 2, ".0") == 0)
            hashed++;
    }
    (void)closedir(directory);
    return hashed == SYSTEM_CAS_LEAST ? path : NULL;
}

static CURLcode set_authorities(CURL *easy, const settings *under, const char **problem)
{
    CURLcode rc = CURLE_OK;
    const char *directory = under->ca_directory;
    const char *file = directory == NULL ? under->ca_file : NULL;
    struct stat found;

    /* A directory that is not there would read as one that trusts nobody: say what is wrong instead. */
    if (directory != NULL && (stat(directory, &found) != 0 || !S_ISDIR(found.st_mode))) {
        *problem = "the directory of CA certificates is not there";
        return CURLE_SSL_CACERT_BADFILE;
    }
    if (directory == NULL && file == NULL)
        directory = system_directory();
    if (directory == NULL && file == NULL)
        return CURLE_OK; /* as libcurl was built */
    /* Both are always set, to a path or to nothing: libcurl's own defaults would be trusted as well. */
    SET(CURLOPT_CAPATH, directory);
    SET(CURLOPT_CAINFO, file);
    SET(CURLOPT_PROXY_CAPATH, directory);
    SET(CURLOPT_PROXY_CAINFO, file);
    return rc;
}

/* A resumed TLS session is trusted for what was verified when it began, and a parsed CA bundle for what stood in the
 * file then: neither must outlive the configuration that it was made under. */
static CURLcode set_trust(CURL *easy, CURLSH *share, bool fresh)
{
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2); /* that or newer */
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SHARE, fresh ? NULL : share);
    SET(CURLOPT_CA_CACHE_TIMEOUT, fresh ? 0L : CA_CACHE_S);
    return rc;
}

static CURLcode set_limits(CURL *easy, const settings *under, const net_request *request)
{
    CURLcode rc = CURLE_OK;
    uint64_t bytes = (uint64_t)request->body_bytes + request->answer_cap_bytes;
    uint64_t total_ms = under->total_timeout_ms + bytes / SLOW_LINK_BYTES_PER_MS;

    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)under->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, total_ms > INT32_MAX ? (long)INT32_MAX : (long)total_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)SILENCE_BYTES_PER_S);
    SET(CURLOPT_LOW_SPEED_TIME, (long)((under->silence_timeout_ms + MS_PER_S - 1) / MS_PER_S));
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->answer_cap_bytes);
    return rc;
}

static CURLcode set_callbacks(CURL *easy, transfer *prepared)
{
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_PRIVATE, (void *)prepared);
    SET(CURLOPT_ERRORBUFFER, prepared->error);
    SET(CURLOPT_WRITEFUNCTION, transfer_on_body);
    SET(CURLOPT_WRITEDATA, (void *)prepared);
    SET(CURLOPT_HEADERFUNCTION, transfer_on_header);
    SET(CURLOPT_HEADERDATA, (void *)prepared);
    SET(CURLOPT_XFERINFOFUNCTION, transfer_on_progress);
    SET(CURLOPT_XFERINFODATA, (void *)prepared);
    SET(CURLOPT_NOPROGRESS, 0L);
    return rc;
}

static CURLcode set_body(CURL *easy, const net_request *request)
{
    CURLcode rc = CURLE_OK;

    if (request->body != NULL || strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
        SET(CURLOPT_POSTFIELDS, request->body != NULL ? (const char *)request->body : ""); /* not copied */
    }
    SET(CURLOPT_CUSTOMREQUEST, request->method);
    return rc;
}

/* Is this fit for a header line or a request line: visible ASCII, nothing that ends a line? */
static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f)
            return false;
    }
    return true;
}

/* name + value, wiped on the way; false: out of memory. */
static bool add_header(transfer *prepared, const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 1;
    char *line = malloc(size);
    struct curl_slist *longer;

    if (line == NULL)
        return false;
    (void)snprintf(line, size, "%s%s", name, value);
    longer = curl_slist_append(prepared->headers, line);
    sodium_memzero(line, size);
    free(line);
    if (longer == NULL)
        return false;
    prepared->headers = longer;
    return true;
}

static CURLcode set_headers(CURL *easy, transfer *prepared, const char *coding)
{
    const net_request *request = prepared->request;
    CURLcode rc = CURLE_OK;

    if (!add_header(prepared, "Accept: ", "application/json, application/problem+json") ||
        !add_header(prepared, "Expect:", "") || /* no extra round trip before a body */
        /* Without one the line is taken out: libcurl would call every body a form. */
        !add_header(prepared, request->content_type != NULL ? "Content-Type: " : "Content-Type:",
                    request->content_type != NULL ? request->content_type : "") ||
        (coding != NULL && !add_header(prepared, "Content-Encoding: ", coding)) ||
        (request->idempotency_key[0] != '\0' && !add_header(prepared, "Idempotency-Key: ", request->idempotency_key)) ||
        (request->if_none_match[0] != '\0' && !add_header(prepared, "If-None-Match: ", request->if_none_match)) ||
        (request->token != NULL && !add_header(prepared, "Authorization: Bearer ", request->token)))
        return CURLE_OUT_OF_MEMORY;
    SET(CURLOPT_HTTPHEADER, prepared->headers);
    if (prepared->under->user_agent != NULL)
        SET(CURLOPT_USERAGENT, prepared->under->user_agent);
    return rc;
}

static CURLcode set_url(CURL *easy, transfer *prepared)
{
    size_t size = strlen(prepared->under->base) + strlen(prepared->request->path) + 1;

    prepared->url = malloc(size);
    if (prepared->url == NULL)
        return CURLE_OUT_OF_MEMORY;
    (void)snprintf(prepared->url, size, "%s%s", prepared->under->base, prepared->request->path);
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, prepared->url);
    /* The target word for word, too: libcurl (7.88) leaves the query out of what it makes of the URL when memory is
     * short, and asks without it. */
    return rc == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, prepared->request->path) : rc;
}

static const char *find_problem(const transfer *prepared)
{
    const net_request *request = prepared->request;

    if (prepared->under->problem != NULL)
        return prepared->under->problem;
    if (request->path == NULL || request->path[0] != '/' || !is_plain(request->path))
        return "the path of the request holds a character that no request line may";
    if (request->token != NULL && !is_plain(request->token))
        return "the token holds a character that no header may";
    if (!is_plain(request->idempotency_key))
        return "the idempotency key holds a character that no header may";
    return NULL;
}

CURLcode options_apply(transfer *prepared, CURLSH *share, bool fresh, const char **problem)
{
    CURL *easy = prepared->easy;
    const char *coding;
    CURLcode rc;

    *problem = find_problem(prepared);
    if (*problem != NULL)
        return CURLE_URL_MALFORMAT;
    coding = compress_body(prepared->request);
    rc = set_url(easy, prepared);
    if (rc == CURLE_OK)
        rc = set_way(easy, prepared->under, fresh);
    if (rc == CURLE_OK)
        rc = set_trust(easy, share, fresh);
    if (rc == CURLE_OK)
        rc = set_authorities(easy, prepared->under, problem);
    if (rc == CURLE_OK)
        rc = set_limits(easy, prepared->under, prepared->request);
    if (rc == CURLE_OK)
        rc = set_callbacks(easy, prepared);
    if (rc == CURLE_OK)
        rc = set_body(easy, prepared->request);
    if (rc == CURLE_OK)
        rc = set_headers(easy, prepared, coding);
    return rc;
}
