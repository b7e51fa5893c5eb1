/* SPDX-License-Identifier: Apache-2.0 */
/* tests/support/http_tls.h - TLS for the test server: a small authority and a certificate, good or bad, made on the fly. */
#ifndef SUPPORT_HTTP_TLS_H
#define SUPPORT_HTTP_TLS_H

#include "support/http_server.h"

typedef struct http_tls_options {
    const char *host;       /* name in the certificate; NULL: the address 127.0.0.1 */
    const char *priorities; /* GnuTLS priority string; NULL: "NORMAL" */
    int from_days;          /* valid from and until, relative to today; both 0: yesterday until tomorrow */
    int until_days;
    bool self_signed; /* by its own key instead of the authority's */
} http_tls_options;

typedef struct http_tls http_tls;

http_tls *http_tls_new(const http_tls_options *options); /* aborts instead of failing */
void http_tls_free(http_tls *tls);                       /* after the server was stopped */
const http_layer *http_tls_layer(const http_tls *tls);
/* The authority's certificate as a PEM file, and in a directory under the name that OpenSSL looks for. */
void http_tls_write_ca(const http_tls *tls, const char *path);
void http_tls_write_ca_into(const http_tls *tls, const char *directory);
/* The server's certificate, or its key, as PEM text that the caller frees: for servers with a TLS of their own. */
char *http_tls_export(const http_tls *tls, bool key);
int http_tls_resumed(http_tls *tls); /* handshakes that resumed an earlier session */

#endif
