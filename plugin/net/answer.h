/* SPDX-License-Identifier: Apache-2.0 */
/* net/answer.h - what a finished curl handle says: headers into a net_answer, a result code into an outcome. */
#ifndef NET_ANSWER_H
#define NET_ANSWER_H

#include "net/net.h"

#include <curl/curl.h>

/* Fills status, content type, ETag, encodings, retry_after_ms and date_ms. */
void answer_read_headers(net_answer *answer, CURL *easy);

/* `words`: the library's error text. */
net_outcome answer_outcome(CURL *easy, CURLcode code, const char *words);

/* The parsers of single header values, on their own for the tests. */
void answer_read_content_type(const char *value, char *to, size_t to_bytes);
void answer_read_etag(const char *value, char *to, size_t to_bytes); /* "": too long, or not visible ASCII */
uint32_t answer_read_encodings(const char *value);
int64_t answer_read_retry_after(const char *value, int64_t date_ms); /* -1: not understood */
int64_t answer_read_date(const char *value);                         /* 0: not understood */

#endif
