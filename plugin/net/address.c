/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/address.c - which addresses are allowed: https to anywhere, plain http to this machine alone, and nothing in the
 * address but scheme, host and port (a name and password in a URL end up in logs). libcurl takes the URL apart, so
 * that no address means one thing to this check and another to the transfer.
 */
#include "net/address.h"
#include "net/net.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool host_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    char bare[64];
    size_t length = strlen(host);

    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127u;
    if (length < 3 || length >= sizeof bare || host[0] != '[' || host[length - 1] != ']')
        return false;
    memcpy(bare, host + 1, length - 2);
    bare[length - 2] = '\0';
    return inet_pton(AF_INET6, bare, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* A part that could not be looked at (out of memory) is not one that is absent. */
static bool part_is_absent(CURLU *parts, CURLUPart which, bool *no_memory)
{
    char *text = NULL;
    CURLUcode rc = curl_url_get(parts, which, &text, 0);
    bool absent = rc == CURLUE_NO_USER || rc == CURLUE_NO_PASSWORD || rc == CURLUE_NO_QUERY ||
                  rc == CURLUE_NO_FRAGMENT || rc == CURLUE_NO_ZONEID ||
                  (rc == CURLUE_OK && which == CURLUPART_PATH && strcmp(text, "/") == 0);

    curl_free(text);
    *no_memory = *no_memory || rc == CURLUE_OUT_OF_MEMORY;
    return absent;
}

static const char *judge_parts(CURLU *parts, const char *scheme, const char *host, bool *loopback, bool *no_memory)
{
    bool https = strcmp(scheme, "https") == 0;

    *loopback = host_is_loopback(host);
    if (!https && strcmp(scheme, "http") != 0)
        return "the cloud's address must begin with https://";
    if (!https && !*loopback)
        return "the cloud's address must begin with https:// (http:// is for this machine's own address only)";
    if (!part_is_absent(parts, CURLUPART_USER, no_memory) || !part_is_absent(parts, CURLUPART_PASSWORD, no_memory))
        return "the cloud's address must not hold a user name or a password";
    if (!part_is_absent(parts, CURLUPART_PATH, no_memory) || !part_is_absent(parts, CURLUPART_QUERY, no_memory) ||
        !part_is_absent(parts, CURLUPART_FRAGMENT, no_memory) || !part_is_absent(parts, CURLUPART_ZONEID, no_memory))
        return "the cloud's address must be scheme, host and port only: https://host[:port]";
    return NULL;
}

/* "https://host[:port]"; NULL: out of memory. */
static char *write_base(const char *scheme, const char *host, const char *port)
{
    size_t size = strlen(scheme) + strlen("://") + strlen(host) + 1 + strlen(port) + 1;
    char *base = malloc(size);

    if (base == NULL)
        return NULL;
    strcpy(base, scheme);
    strcat(base, "://");
    strcat(base, host);
    if (port[0] != '\0') {
        strcat(base, ":");
        strcat(base, port);
    }
    return base;
}

/* CURLUE_OK, or why the parts cannot be had. */
static CURLUcode take_apart(CURLU *parts, const char *url, char **scheme, char **host, char **port)
{
    CURLUcode rc = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);

    if (rc == CURLUE_OK)
        rc = curl_url_get(parts, CURLUPART_SCHEME, scheme, 0);
    if (rc == CURLUE_OK)
        rc = curl_url_get(parts, CURLUPART_HOST, host, 0);
    if (rc != CURLUE_OK)
        return rc;
    rc = curl_url_get(parts, CURLUPART_PORT, port, 0);
    return rc == CURLUE_NO_PORT ? CURLUE_OK : rc; /* then the scheme's own */
}

bool address_check(const char *url, char **base, bool *loopback, const char **reason)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    CURLUcode rc = CURLUE_OUT_OF_MEMORY;
    bool no_memory = false;

    *base = NULL;
    *loopback = false;
    *reason = NULL;
    if (parts != NULL && url != NULL)
        rc = take_apart(parts, url, &scheme, &host, &port);
    if (url == NULL || url[0] == '\0')
        *reason = "no address of the cloud is set";
    else if (rc == CURLUE_OK && host != NULL && host[0] != '\0')
        *reason = judge_parts(parts, scheme, host, loopback, &no_memory);
    else if (rc != CURLUE_OUT_OF_MEMORY)
        *reason = "the cloud's address is not a URL: https://host[:port]";
    if (no_memory)
        *reason = NULL;
    else if (rc == CURLUE_OK && *reason == NULL)
        *base = write_base(scheme, host, port == NULL ? "" : port);
    curl_free(port);
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parts);
    return *base != NULL;
}

bool net_url_is_allowed(const char *url, const char **reason)
{
    const char *why = NULL;
    char *base = NULL;
    bool loopback;
    bool allowed = address_check(url, &base, &loopback, &why);

    free(base);
    if (reason != NULL)
        *reason = why;
    return allowed;
}
