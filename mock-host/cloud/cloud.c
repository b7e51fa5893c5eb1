/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a cloud together, and taking it apart in the opposite order: the server first, so that nobody uses what is
 * closed after it.
 */
#include "cloud.h"
#include "faults.h"
#include "files.h"
#include "listener.h"
#include "log.h"
#include "mailer.h"
#include "passwords.h"
#include "server.h"
#include "tls_files.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct cloud {
    store *store;
    passwords *passwords;
    mailer *mailer;
    faults *faults;
    server *server;
    listener listener;
    api api;
    char mail_folder[PATH_MAX];
    char *cert_pem;
    char *key_pem;
    char url[LISTENER_ADDRESS_SIZE + 24];
    int64_t (*clock_ms)(void *context);
    void *clock_context;
};

static int64_t wall_clock_ms(void *context)
{
    struct timespec now;
    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t now_ms(void *context)
{
    const cloud *self = context;
    return self->clock_ms(self->clock_context) + faults_clock_offset_ms(self->faults);
}

static int read_certificate(cloud *self, const cloud_config *config)
{
    char cert[PATH_MAX];
    char key[PATH_MAX];
    size_t length;
    if (config->no_tls) {
        if (self->listener.loopback)
            return 0;
        log_line(LOG_LEVEL_ERROR, "without TLS only on a loopback address, not %s", self->listener.address);
        return -1;
    }
    snprintf(cert, sizeof cert, "%s/tls/server.pem", config->data_dir);
    snprintf(key, sizeof key, "%s/tls/server-key.pem", config->data_dir);
    if (config->cert_file) {
        snprintf(cert, sizeof cert, "%s", config->cert_file);
        snprintf(key, sizeof key, "%s", config->key_file ? config->key_file : "");
    } else {
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%s/tls", config->data_dir);
        if (tls_files_prepare(folder, self->listener.address) != 0)
            return -1;
    }
    self->cert_pem = files_read(cert, &length);
    self->key_pem = files_read(key, &length);
    if (self->cert_pem && self->key_pem)
        return 0;
    log_line(LOG_LEVEL_ERROR, "no certificate or key in %s and %s", cert, key);
    return -1;
}

static int open_store(cloud *self, const cloud_config *config)
{
    char path[PATH_MAX];
    if (files_make_folder(config->data_dir) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/cloud.db", config->data_dir);
    self->store = store_open(path);
    return self->store ? 0 : -1;
}

static int start_mailer(cloud *self, const cloud_config *config)
{
    snprintf(self->mail_folder, sizeof self->mail_folder, "%s/mail", config->data_dir);
    mailer_config settings = {.store = self->store,
                              .folder = self->mail_folder,
                              .smtp_url = config->smtp_url,
                              .smtp_user = config->smtp_user,
                              .smtp_password = config->smtp_password,
                              .from = config->smtp_from ? config->smtp_from : "mock-cloud@localhost",
                              .clock_ms = now_ms,
                              .clock_context = self};
    self->mailer = mailer_start(&settings);
    return self->mailer ? 0 : -1;
}

static int start_server(cloud *self, const cloud_config *config)
{
    char host[LISTENER_ADDRESS_SIZE + 2];
    if ((config->dev || config->faults) && !self->listener.loopback) {
        log_line(LOG_LEVEL_ERROR, "%s only on a loopback address, not %s",
                 config->dev ? "development mode" : "fault switches", self->listener.address);
        return -1;
    }
    self->api = (api){.store = self->store,
                      .passwords = self->passwords,
                      .mail_queued = mailer_wake,
                      .mail_context = self->mailer,
                      .mail_folder = config->dev ? self->mail_folder : NULL};
    server_config settings = {.api = &self->api,
                              .faults = self->faults,
                              .listen_fd = self->listener.fd,
                              .cert_pem = self->cert_pem,
                              .key_pem = self->key_pem,
                              .clock_ms = now_ms,
                              .clock_context = self};
    listener_host(&self->listener, host, sizeof host);
    snprintf(self->url, sizeof self->url, "%s://%s:%u", self->cert_pem ? "https" : "http", host, self->listener.port);
    self->server = server_start(&settings);
    if (!self->server)
        return -1;
    self->listener.fd = -1; /* the server's now */
    return 0;
}

cloud *cloud_start(const cloud_config *config)
{
    cloud *self = calloc(1, sizeof *self);
    if (!self || sodium_init() < 0) {
        free(self);
        return NULL;
    }
    self->listener.fd = -1;
    self->clock_ms = config->clock_ms ? config->clock_ms : wall_clock_ms;
    self->clock_context = config->clock_context;
    if (open_store(self, config) == 0 && (self->passwords = passwords_open(config->fast_passwords)) != NULL &&
        (!config->faults || (self->faults = faults_open(self->store)) != NULL) &&
        listener_open(&self->listener, config->listen) == 0 && read_certificate(self, config) == 0 &&
        start_mailer(self, config) == 0 && start_server(self, config) == 0)
        return self;
    cloud_stop(self);
    return NULL;
}

void cloud_stop(cloud *self)
{
    if (!self)
        return;
    server_stop(self->server);
    mailer_stop(self->mailer);
    if (self->listener.fd >= 0)
        close(self->listener.fd);
    faults_close(self->faults);
    passwords_close(self->passwords);
    store_close(self->store);
    if (self->key_pem)
        sodium_memzero(self->key_pem, strlen(self->key_pem));
    free(self->key_pem);
    free(self->cert_pem);
    free(self);
}

unsigned cloud_port(const cloud *self)
{
    return self->listener.port;
}

const char *cloud_url(const cloud *self)
{
    return self->url;
}

store *cloud_store(cloud *self)
{
    return self->store;
}
