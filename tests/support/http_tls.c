/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/http_tls.c - GnuTLS on the server's side, while the code under test uses the TLS of libcurl: two
 * implementations that have to agree, and no key file lies around.
 */
#include "support/http_tls.h"
#include "support/http_internal.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define AUTHORITY_NAME "factorycloud test authority"
#define DAY_S          (24 * 3600)
#define PEM_BYTES_MAX  8192

struct http_tls {
    gnutls_x509_privkey_t ca_key, key;
    gnutls_x509_crt_t ca, certificate;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priorities;
    gnutls_datum_t ticket_key;
    http_layer layer;
    pthread_mutex_t lock;
    int resumed;
};

typedef struct stream {
    http_tls *tls;
    gnutls_session_t session;
} stream;

static void good(int rc, const char *what)
{
    if (rc < 0)
        (void)fprintf(stderr, "%s: %s\n", what, gnutls_strerror(rc));
    http_must(rc >= 0, what);
}

/* ---- certificates ---- */

static gnutls_x509_privkey_t make_key(void)
{
    gnutls_x509_privkey_t key;

    good(gnutls_x509_privkey_init(&key), "key");
    good(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
         "key");
    return key;
}

static gnutls_x509_crt_t begin_certificate(const char *name, gnutls_x509_privkey_t key, int from_days, int until_days)
{
    unsigned char serial[8];
    gnutls_x509_crt_t made;

    good(gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial), "random");
    serial[0] &= 0x7f;
    good(gnutls_x509_crt_init(&made), "certificate");
    good(gnutls_x509_crt_set_version(made, 3), "version");
    good(gnutls_x509_crt_set_serial(made, serial, sizeof serial), "serial");
    good(gnutls_x509_crt_set_activation_time(made, time(NULL) + (time_t)from_days * DAY_S), "activation");
    good(gnutls_x509_crt_set_expiration_time(made, time(NULL) + (time_t)until_days * DAY_S), "expiration");
    good(gnutls_x509_crt_set_dn_by_oid(made, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)), "name");
    good(gnutls_x509_crt_set_key(made, key), "key");
    return made;
}

static void make_authority(http_tls *tls)
{
    tls->ca_key = make_key();
    tls->ca = begin_certificate(AUTHORITY_NAME, tls->ca_key, -400, 400);
    good(gnutls_x509_crt_set_basic_constraints(tls->ca, 1, -1), "constraints");
    good(gnutls_x509_crt_set_key_usage(tls->ca, GNUTLS_KEY_KEY_CERT_SIGN), "usage");
    good(gnutls_x509_crt_sign2(tls->ca, tls->ca, tls->ca_key, GNUTLS_DIG_SHA256, 0), "sign");
}

static void make_certificate(http_tls *tls, const http_tls_options *options)
{
    static const unsigned char loopback[4] = {127, 0, 0, 1};
    bool default_time = options->from_days == 0 && options->until_days == 0;

    tls->key = make_key();
    tls->certificate = begin_certificate("test server", tls->key, default_time ? -1 : options->from_days,
                                         default_time ? 1 : options->until_days);
    if (options->host != NULL)
        good(gnutls_x509_crt_set_subject_alt_name(tls->certificate, GNUTLS_SAN_DNSNAME, options->host,
                                                  (unsigned)strlen(options->host), GNUTLS_FSAN_SET),
             "host");
    else
        good(gnutls_x509_crt_set_subject_alt_name(tls->certificate, GNUTLS_SAN_IPADDRESS, loopback, sizeof loopback,
                                                  GNUTLS_FSAN_SET),
             "address");
    if (options->self_signed)
        good(gnutls_x509_crt_sign2(tls->certificate, tls->certificate, tls->key, GNUTLS_DIG_SHA256, 0), "sign");
    else
        good(gnutls_x509_crt_sign2(tls->certificate, tls->ca, tls->ca_key, GNUTLS_DIG_SHA256, 0), "sign");
}

/* ---- the layer ---- */

static void *layer_open(void *context, int fd)
{
    http_tls *tls = context;
    stream *made = calloc(1, sizeof *made);
    int rc;

    http_must(made != NULL, "calloc");
    made->tls = tls;
    good(gnutls_init(&made->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), "session");
    good(gnutls_priority_set(made->session, tls->priorities), "priorities");
    good(gnutls_credentials_set(made->session, GNUTLS_CRD_CERTIFICATE, tls->credentials), "credentials");
    good(gnutls_session_ticket_enable_server(made->session, &tls->ticket_key), "tickets");
    gnutls_transport_set_int(made->session, fd);
    do {
        rc = gnutls_handshake(made->session);
    } while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
    if (rc < 0) {
        gnutls_deinit(made->session);
        free(made);
        return NULL;
    }
    if (gnutls_session_is_resumed(made->session) != 0) {
        pthread_mutex_lock(&tls->lock);
        tls->resumed++;
        pthread_mutex_unlock(&tls->lock);
    }
    return made;
}

static ssize_t layer_read(void *opened, void *to, size_t size)
{
    stream *self = opened;
    ssize_t n;

    do {
        n = gnutls_record_recv(self->session, to, size);
    } while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN);
    return n;
}

static ssize_t layer_write(void *opened, const void *from, size_t size)
{
    stream *self = opened;
    ssize_t n;

    do {
        n = gnutls_record_send(self->session, from, size);
    } while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN);
    return n;
}

static void layer_close(void *opened)
{
    stream *self = opened;

    (void)gnutls_bye(self->session, GNUTLS_SHUT_WR);
    gnutls_deinit(self->session);
    free(self);
}

/* ---- beginning and end ---- */

http_tls *http_tls_new(const http_tls_options *options)
{
    http_tls *tls = calloc(1, sizeof *tls);

    http_must(tls != NULL && pthread_mutex_init(&tls->lock, NULL) == 0, "calloc");
    make_authority(tls);
    make_certificate(tls, options);
    good(gnutls_certificate_allocate_credentials(&tls->credentials), "credentials");
    good(gnutls_certificate_set_x509_key(tls->credentials, &tls->certificate, 1, tls->key), "credentials");
    good(gnutls_priority_init(&tls->priorities, options->priorities != NULL ? options->priorities : "NORMAL", NULL),
         "priorities");
    good(gnutls_session_ticket_key_generate(&tls->ticket_key), "ticket key");
    tls->layer = (http_layer){layer_open, layer_read, layer_write, layer_close, tls};
    return tls;
}

void http_tls_free(http_tls *tls)
{
    gnutls_free(tls->ticket_key.data);
    gnutls_priority_deinit(tls->priorities);
    gnutls_certificate_free_credentials(tls->credentials);
    gnutls_x509_crt_deinit(tls->certificate);
    gnutls_x509_crt_deinit(tls->ca);
    gnutls_x509_privkey_deinit(tls->key);
    gnutls_x509_privkey_deinit(tls->ca_key);
    pthread_mutex_destroy(&tls->lock);
    free(tls);
}

const http_layer *http_tls_layer(const http_tls *tls)
{
    return &tls->layer;
}

char *http_tls_export(const http_tls *tls, bool key)
{
    gnutls_datum_t pem;
    if (key)
        good(gnutls_x509_privkey_export2(tls->key, GNUTLS_X509_FMT_PEM, &pem), "key");
    else
        good(gnutls_x509_crt_export2(tls->certificate, GNUTLS_X509_FMT_PEM, &pem), "certificate");
    char *text = strndup((const char *)pem.data, pem.size);
    if (!text)
        abort();
    gnutls_free(pem.data);
    return text;
}

int http_tls_resumed(http_tls *tls)
{
    int resumed;

    pthread_mutex_lock(&tls->lock);
    resumed = tls->resumed;
    pthread_mutex_unlock(&tls->lock);
    return resumed;
}

void http_tls_write_ca(const http_tls *tls, const char *path)
{
    char pem[PEM_BYTES_MAX];
    size_t size = sizeof pem;
    FILE *file = fopen(path, "w");

    http_must(file != NULL, path);
    good(gnutls_x509_crt_export(tls->ca, GNUTLS_X509_FMT_PEM, pem, &size), "export");
    http_must(fwrite(pem, 1, size, file) == size && fclose(file) == 0, path);
}

/* OpenSSL names the files by the SHA-1 of the subject: lower case, without the outermost sequence. */
void http_tls_write_ca_into(const http_tls *tls, const char *directory)
{
    unsigned char subject[128] = {0x31, 0, 0x30, 0, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0};
    unsigned char hash[20];
    char path[512];
    const size_t length = sizeof AUTHORITY_NAME - 1;

    subject[1] = (unsigned char)(9 + length);
    subject[3] = (unsigned char)(7 + length);
    subject[10] = (unsigned char)length;
    memcpy(subject + 11, AUTHORITY_NAME, length);
    good(gnutls_hash_fast(GNUTLS_DIG_SHA1, subject, 11 + length, hash), "hash");
    (void)snprintf(path, sizeof path, "%s/%02x%02x%02x%02x.0", directory, hash[3], hash[2], hash[1], hash[0]);
    http_tls_write_ca(tls, path);
}
