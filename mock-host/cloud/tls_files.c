/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making certificates with GnuTLS, so that the cloud speaks real TLS on its first start and clients verify it like any
 * other: no switch to skip verification is needed anywhere.
 */
#include "tls_files.h"
#include "files.h"
#include "log.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S         (24L * 3600L)
#define CA_DAYS       3650
#define SERVER_DAYS   397
#define RENEW_DAYS    30
#define PEM_BYTES_MAX 8192

typedef struct identity {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
} identity;

static int failed(const char *what, int code)
{
    if (code >= 0)
        return 0;
    log_line(LOG_LEVEL_ERROR, "certificate: %s: %s", what, gnutls_strerror(code));
    return -1;
}

static void path_of(char *out, const char *folder, const char *name)
{
    snprintf(out, PATH_MAX, "%s/%s", folder, name);
}

static int open_identity(identity *self)
{
    self->certificate = NULL;
    self->key = NULL;
    return failed("init", gnutls_x509_crt_init(&self->certificate)) ||
                   failed("init", gnutls_x509_privkey_init(&self->key))
               ? -1
               : 0;
}

static void close_identity(identity *self)
{
    if (self->certificate)
        gnutls_x509_crt_deinit(self->certificate);
    if (self->key)
        gnutls_x509_privkey_deinit(self->key);
}

static int load_pem(const char *folder, const char *name, gnutls_datum_t *out)
{
    char path[PATH_MAX];
    size_t length = 0;
    path_of(path, folder, name);
    out->data = (unsigned char *)files_read(path, &length);
    out->size = (unsigned)length;
    return out->data ? 0 : -1;
}

static int load_identity(identity *self, const char *folder, const char *certificate_name, const char *key_name)
{
    gnutls_datum_t pem;
    int code = -1;
    if (load_pem(folder, certificate_name, &pem) != 0)
        return -1;
    code = gnutls_x509_crt_import(self->certificate, &pem, GNUTLS_X509_FMT_PEM);
    free(pem.data);
    if (failed("reading", code) || load_pem(folder, key_name, &pem) != 0)
        return -1;
    code = gnutls_x509_privkey_import(self->key, &pem, GNUTLS_X509_FMT_PEM);
    gnutls_memset(pem.data, 0, pem.size);
    free(pem.data);
    return failed("reading the key", code);
}

static int save_identity(const identity *self, const char *folder, const char *certificate_name, const char *key_name)
{
    char path[PATH_MAX];
    char pem[PEM_BYTES_MAX];
    size_t length = sizeof pem;
    if (failed("key", gnutls_x509_privkey_export(self->key, GNUTLS_X509_FMT_PEM, pem, &length)))
        return -1;
    path_of(path, folder, key_name);
    int code = files_write(path, pem, length, 0600);
    gnutls_memset(pem, 0, sizeof pem);
    length = sizeof pem;
    if (code != 0 || failed("export", gnutls_x509_crt_export(self->certificate, GNUTLS_X509_FMT_PEM, pem, &length)))
        return -1;
    path_of(path, folder, certificate_name);
    return files_write(path, pem, length, 0644);
}

/* What both kinds have: key, version, serial number, validity, key identifier. A day of grace for clocks that are behind. */
static int begin_certificate(identity *self, const char *common_name, long days)
{
    unsigned char serial[16];
    unsigned char id[32];
    size_t id_bytes = sizeof id;
    time_t now = time(NULL);
    if (failed("key", gnutls_x509_privkey_generate(self->key, GNUTLS_PK_ECDSA,
                                                   GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)) ||
        failed("serial", gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial)))
        return -1;
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x01); /* positive, and never empty */
    gnutls_x509_crt_t crt = self->certificate;
    return failed("version", gnutls_x509_crt_set_version(crt, 3)) ||
                   failed("serial", gnutls_x509_crt_set_serial(crt, serial, sizeof serial)) ||
                   failed("begin", gnutls_x509_crt_set_activation_time(crt, now - DAY_S)) ||
                   failed("end", gnutls_x509_crt_set_expiration_time(crt, now + days * DAY_S)) ||
                   failed("key", gnutls_x509_crt_set_key(crt, self->key)) ||
                   failed("name", gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                                                (unsigned)strlen(common_name))) ||
                   failed("key id", gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &id_bytes)) ||
                   failed("key id", gnutls_x509_crt_set_subject_key_id(crt, id, 20))
               ? -1
               : 0;
}

static int make_ca(identity *self)
{
    if (begin_certificate(self, "mock-cloud development CA", CA_DAYS) != 0)
        return -1;
    gnutls_x509_crt_t crt = self->certificate;
    return failed("CA", gnutls_x509_crt_set_basic_constraints(crt, 1, 0)) ||
                   failed("usage",
                          gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN)) ||
                   failed("signing", gnutls_x509_crt_sign2(crt, crt, self->key, GNUTLS_DIG_SHA256, 0))
               ? -1
               : 0;
}

static int add_address(gnutls_x509_crt_t crt, const char *address)
{
    unsigned char raw[16];
    unsigned size = 0;
    if (inet_pton(AF_INET, address, raw) == 1)
        size = 4;
    else if (inet_pton(AF_INET6, address, raw) == 1)
        size = 16;
    if (size)
        return failed("address",
                      gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, raw, size, GNUTLS_FSAN_APPEND));
    return failed("name", gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, address,
                                                               (unsigned)strlen(address), GNUTLS_FSAN_APPEND));
}

static int make_server(identity *self, const identity *ca, const char *address)
{
    unsigned char id[20];
    size_t id_bytes = sizeof id;
    if (begin_certificate(self, "mock-cloud", SERVER_DAYS) != 0)
        return -1;
    gnutls_x509_crt_t crt = self->certificate;
    return failed("CA", gnutls_x509_crt_set_basic_constraints(crt, 0, -1)) ||
                   failed("usage", gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE)) ||
                   failed("purpose", gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0)) ||
                   add_address(crt, "localhost") || add_address(crt, "127.0.0.1") || add_address(crt, "::1") ||
                   add_address(crt, address) ||
                   failed("CA's key id", gnutls_x509_crt_get_subject_key_id(ca->certificate, id, &id_bytes, NULL)) ||
                   failed("CA's key id", gnutls_x509_crt_set_authority_key_id(crt, id, id_bytes)) ||
                   failed("signing", gnutls_x509_crt_sign2(crt, ca->certificate, ca->key, GNUTLS_DIG_SHA256, 0))
               ? -1
               : 0;
}

/* Is the certificate by this CA, for this address, and good for a while? */
static int is_usable(const identity *self, const identity *ca, const char *address)
{
    unsigned verdict = 0;
    return gnutls_x509_crt_get_expiration_time(self->certificate) > time(NULL) + RENEW_DAYS * DAY_S &&
           gnutls_x509_crt_check_hostname(self->certificate, address) != 0 &&
           gnutls_x509_crt_verify(self->certificate, &ca->certificate, 1, 0, &verdict) >= 0 && verdict == 0;
}

static int prepare_server(const char *folder, const char *address, const identity *ca)
{
    identity held;
    identity fresh;
    int usable = open_identity(&held) == 0 && load_identity(&held, folder, "server.pem", "server-key.pem") == 0 &&
                 is_usable(&held, ca, address);
    close_identity(&held);
    if (usable)
        return 0;
    int code = open_identity(&fresh) == 0 && make_server(&fresh, ca, address) == 0 &&
                       save_identity(&fresh, folder, "server.pem", "server-key.pem") == 0
                   ? 0
                   : -1;
    close_identity(&fresh);
    return code;
}

int tls_files_prepare(const char *folder, const char *address)
{
    identity ca;
    char path[PATH_MAX];
    size_t length = 0;
    if (files_make_folder(folder) != 0 || open_identity(&ca) != 0)
        return -1;
    path_of(path, folder, "ca.pem");
    char *there = files_read(path, &length);
    int code = there ? load_identity(&ca, folder, "ca.pem", "ca-key.pem") : make_ca(&ca);
    if (code == 0 && !there)
        code = save_identity(&ca, folder, "ca.pem", "ca-key.pem");
    free(there);
    if (code == 0)
        code = prepare_server(folder, address, &ca);
    close_identity(&ca);
    return code;
}
