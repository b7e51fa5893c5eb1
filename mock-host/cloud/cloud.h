/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cloud.h - a whole cloud in this process: database, certificate, mailer and server. main.c runs one; tests run as
 * many as they like.
 */
#ifndef CLOUD_CLOUD_H
#define CLOUD_CLOUD_H

#include "store.h"

typedef struct cloud_config {
    const char *data_dir;  /* made if need be, mode 0700 */
    const char *listen;    /* ADDRESS:PORT, [ADDRESS]:PORT; port 0: the kernel chooses */
    const char *cert_file; /* PEM; NULL: a development certificate of our own in data_dir/tls */
    const char *key_file;
    const char *smtp_url;      /* NULL: mails become files in data_dir/mail */
    const char *smtp_user;     /* or NULL */
    const char *smtp_password; /* or NULL */
    const char *smtp_from;
    bool faults;                        /* tests only: the fault routes of faults.h */
    bool dev;                           /* the mailbox page; loopback only */
    bool no_tls;                        /* loopback only, behind a proxy */
    bool fast_passwords;                /* tests only */
    int64_t (*clock_ms)(void *context); /* NULL: the wall clock */
    void *clock_context;
} cloud_config;

typedef struct cloud cloud;

/* NULL after having logged why not. The texts of the configuration are needed during the call only. */
cloud *cloud_start(const cloud_config *config);
/* Ends requests under way, threads and database. */
void cloud_stop(cloud *self);

unsigned cloud_port(const cloud *self);
/* "https://127.0.0.1:8443" */
const char *cloud_url(const cloud *self);
/* For operators and tests: the database behind it. */
store *cloud_store(cloud *self);

#endif
