/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_cloud.h - the real mock-cloud as a process of its own: over TLS on a free loopback port, with its
 * fault switches. It can be stopped, killed and started again on the same port, as a till would see it.
 */
#ifndef SUPPORT_E2E_CLOUD_H
#define SUPPORT_E2E_CLOUD_H

#include "support/e2e_base.h"

typedef struct e2e_cloud {
    char folder[E2E_PATH_BYTES]; /* cloud.db, tls/, mail/ */
    char log[E2E_PATH_BYTES];    /* standard output and error */
    char database[E2E_PATH_BYTES];
    char ca[E2E_PATH_BYTES];
    char mail[E2E_PATH_BYTES];
    char url[64];
    int port;
    bool plain;        /* without TLS */
    pid_t pid;         /* 0: it does not run */
    char last_code[8]; /* that was read from a mail */
} e2e_cloud;

void e2e_cloud_open(e2e_cloud *cloud); /* a new one, running */
void e2e_cloud_open_plain(e2e_cloud *cloud);
void e2e_cloud_start(e2e_cloud *cloud); /* again, on the same folder and port; returns when it listens */
void e2e_cloud_begin(e2e_cloud *cloud); /* likewise, but returns at once: only to be killed while it starts */
void e2e_cloud_stop(e2e_cloud *cloud);  /* SIGTERM; it must end well */
void e2e_cloud_kill(e2e_cloud *cloud);  /* SIGKILL */
void e2e_cloud_close(e2e_cloud *cloud); /* stops it if need be and removes its folder */

/* Adds a fault rule, as mock-host/cloud/faults.h describes them. */
void e2e_cloud_fault(const e2e_cloud *cloud, const char *rule);
void e2e_cloud_heal(const e2e_cloud *cloud); /* removes all rules and lets go of what hangs */
/* Posts to another fault route, "/_faults/clock" or "/_faults/store". */
void e2e_cloud_control(const e2e_cloud *cloud, const char *path, const char *json);
/* Requests to that route since the process started, and how often the first fault rule was applied. */
int64_t e2e_cloud_requests(const e2e_cloud *cloud, const char *route);
int64_t e2e_cloud_fired(const e2e_cloud *cloud);

/* A call of the contract, as a person's own browser would make it: answers the status; the body goes to *body (may be
 * NULL), which the caller frees. `token` may be NULL. */
long e2e_cloud_call(const e2e_cloud *cloud, const char *method, const char *path, const char *json, const char *token,
                    char **body);

/* Reads the code of a mail to that address that was not read before into last_code; false: there is none yet. */
bool e2e_cloud_read_mail(e2e_cloud *cloud, const char *email);

#endif
