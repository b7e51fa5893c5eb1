/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/answer.c - reads what an ended transfer left behind. Header values are a stranger's text: each parser takes what
 * it understands and otherwise says "none".
 */
#include "net/answer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MS_PER_S            1000
#define RETRY_AFTER_MAX_S   (400LL * 24 * 3600) /* a sane end for absurd values; callers clamp further */
#define RETRY_AFTER_MAX_LEN 9                   /* digits; more are absurd, too */

void answer_read_content_type(const char *value, char *to, size_t to_bytes)
{
    size_t length = 0;

    while (*value == ' ' || *value == '\t')
        value++;
    while (*value != '\0' && *value != ';' && *value != ' ' && *value != '\t' && length + 1 < to_bytes) {
        to[length] = (char)tolower((unsigned char)*value);
        length++;
        value++;
    }
    to[length] = '\0';
}

/* Is the weight in ";q=0.000" zero? Without a weight it is not. Not strtod: a host's locale may want a comma. */
static bool weight_is_zero(const char *parameters, size_t length)
{
    size_t at = 0;
    bool zero = false;

    while (at + 2 < length && !(tolower((unsigned char)parameters[at]) == 'q' && parameters[at + 1] == '='))
        at++;
    if (at + 2 >= length)
        return false;
    for (at += 2; at < length && (parameters[at] == '0' || parameters[at] == '.'); at++)
        zero = true;
    return zero && (at == length || parameters[at] == ' ' || parameters[at] == ';');
}

static uint32_t read_coding(const char *item, size_t length)
{
    size_t name = strcspn(item, ";, \t");
    uint32_t coding = 0;

    if (name > length)
        name = length;
    if (name == 4 && strncasecmp(item, "zstd", name) == 0)
        coding = NET_ENCODING_ZSTD;
    else if ((name == 4 && strncasecmp(item, "gzip", name) == 0) ||
             (name == 6 && strncasecmp(item, "x-gzip", name) == 0))
        coding = NET_ENCODING_GZIP;
    return weight_is_zero(item + name, length - name) ? 0 : coding;
}

uint32_t answer_read_encodings(const char *value)
{
    uint32_t encodings = 0;

    while (*value != '\0') {
        size_t length;

        value += strspn(value, ", \t");
        length = strcspn(value, ",");
        encodings |= read_coding(value, length);
        value += length;
    }
    return encodings;
}

int64_t answer_read_date(const char *value)
{
    time_t seconds = curl_getdate(value, NULL);

    return seconds <= 0 ? 0 : (int64_t)seconds * MS_PER_S;
}

int64_t answer_read_retry_after(const char *value, int64_t date_ms)
{
    size_t digits = strspn(value, "0123456789");
    int64_t seconds = 0;
    int64_t at_ms;
    size_t i;

    if (digits > 0 && value[digits + strspn(value + digits, " \t")] == '\0') {
        for (i = 0; i < digits && digits <= RETRY_AFTER_MAX_LEN; i++)
            seconds = seconds * 10 + (value[i] - '0');
        if (digits > RETRY_AFTER_MAX_LEN || seconds > RETRY_AFTER_MAX_S)
            seconds = RETRY_AFTER_MAX_S;
        return seconds * MS_PER_S;
    }
    /* The till's clock may be years off, so a date means something only against the cloud's own. */
    at_ms = answer_read_date(value);
    if (at_ms == 0 || date_ms == 0)
        return -1;
    if (at_ms <= date_ms)
        return 0;
    return at_ms - date_ms > RETRY_AFTER_MAX_S * MS_PER_S ? RETRY_AFTER_MAX_S * MS_PER_S : at_ms - date_ms;
}

void answer_read_etag(const char *value, char *to, size_t to_bytes)
{
    size_t length = 0;

    while (value[length] > ' ' && value[length] < 0x7f)
        length++;
    if (value[length] != '\0' || length >= to_bytes)
        length = 0;
    memcpy(to, value, length);
    to[length] = '\0';
}

/* The n-th value of a header of the final answer; NULL: there is none. */
static const char *header_value(CURL *easy, const char *name, size_t index)
{
    struct curl_header *header = NULL;

    if (curl_easy_header(easy, name, index, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    return header->value;
}

void answer_read_headers(net_answer *answer, CURL *easy)
{
    const char *value;
    long status = 0;
    size_t i;

    if (curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
        answer->status = (int32_t)status;
    value = header_value(easy, "Content-Type", 0);
    if (value != NULL)
        answer_read_content_type(value, answer->content_type, sizeof answer->content_type);
    for (i = 0; (value = header_value(easy, "Accept-Encoding", i)) != NULL; i++) {
        answer->encodings_told = true;
        answer->encodings |= answer_read_encodings(value);
    }
    value = header_value(easy, "ETag", 0);
    if (value != NULL)
        answer_read_etag(value, answer->etag, sizeof answer->etag);
    value = header_value(easy, "Date", 0);
    if (value != NULL)
        answer->date_ms = answer_read_date(value);
    value = header_value(easy, "Retry-After", 0);
    if (value != NULL)
        answer->retry_after_ms = answer_read_retry_after(value, answer->date_ms);
}

/* Did the transfer get as far as the cloud? A reused connection has sent bytes without having connected; a proxy that
 * refuses has had bytes, too. */
static bool was_connected(CURL *easy)
{
    curl_off_t pretransfer_us = 0;
    long request_bytes = 0, proxy_status = 0;

    (void)curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
    (void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    return pretransfer_us > 0 || (request_bytes > 0 && proxy_status < 300);
}

/* A deadline passed: which part of the way was it that took too long? */
static net_outcome timed_out(CURL *easy)
{
    curl_off_t name_us = 0;

    if (was_connected(easy))
        return NET_FAILED_TIMEOUT;
    (void)curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &name_us);
    return name_us == 0 ? NET_FAILED_RESOLVE : NET_FAILED_CONNECT;
}

/* A connection that broke under the handshake says nothing about certificates: an outage, not a matter of trust. The
 * library has one code for both; should its words change, such an outage is shown as a TLS failure, no more. */
static net_outcome handshake_failed(const char *words)
{
    if (strstr(words, "SSL_ERROR_SYSCALL") != NULL || strstr(words, "reset by peer") != NULL)
        return NET_FAILED_CONNECT;
    return NET_FAILED_TLS;
}

net_outcome answer_outcome(CURL *easy, CURLcode code, const char *words)
{
    switch (code) {
    case CURLE_OK:
        return NET_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return NET_FAILED_RESOLVE;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_INTERFACE_FAILED:
        return NET_FAILED_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
        return handshake_failed(words);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
        return NET_FAILED_TLS;
    case CURLE_OPERATION_TIMEDOUT:
        return timed_out(easy);
    case CURLE_FILESIZE_EXCEEDED:
        return NET_FAILED_TOO_LARGE;
    case CURLE_OUT_OF_MEMORY:
        return NET_FAILED_MEMORY;
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN:
        return NET_FAILED_CONFIG;
    case CURLE_UNSUPPORTED_PROTOCOL: /* also an answer that is no HTTP/1 at all */
        return was_connected(easy) ? NET_FAILED_CUT : NET_FAILED_CONFIG;
    default:
        return was_connected(easy) ? NET_FAILED_CUT : NET_FAILED_CONNECT;
    }
}
