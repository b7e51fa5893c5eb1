/* SPDX-License-Identifier: Apache-2.0 */
/* oom/server.h - the model cloud of support/core_cloud.h behind HTTP on loopback, in a thread whose memory never fails. */
#ifndef OOM_SERVER_H
#define OOM_SERVER_H

#include "support/core_cloud_routes.h"
#include "support/http_tls.h"

typedef struct oom_server oom_server;

/* tls: NULL for plain HTTP. Aborts instead of failing. */
oom_server *server_start(core_cloud *cloud, const http_tls *tls);
void server_stop(oom_server *server);
const char *server_url(const oom_server *server);
/* While it runs, the cloud is looked at between these only. */
void server_lock(oom_server *server);
void server_unlock(oom_server *server);

#endif
