/* SPDX-License-Identifier: Apache-2.0 */
/* mailer.h - the thread that sends the queued mails. */
#ifndef CLOUD_MAILER_H
#define CLOUD_MAILER_H

#include "store.h"

typedef struct mailer_config {
    store *store;
    const char *folder;   /* mails become files here when smtp_url is NULL */
    const char *smtp_url; /* smtp://host:port (STARTTLS, except to loopback) or smtps:// */
    const char *smtp_user;
    const char *smtp_password;
    const char *from;
    int64_t (*clock_ms)(void *context);
    void *clock_context;
} mailer_config;

typedef struct mailer mailer;

/* The texts are copied. NULL after having logged why not. */
mailer *mailer_start(const mailer_config *config);
/* A mail may be waiting. */
void mailer_wake(void *self);
void mailer_stop(mailer *self);

/* The whole message, header and body, with LF as line end. Returns its length, 0 if it does not fit. */
size_t mailer_compose(const store_mail *mail, const char *from, char *out, size_t out_size);

#endif
