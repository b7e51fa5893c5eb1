/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - one request and its answer while they pass through the server. Private to server.c and reply.c. */
#ifndef CLOUD_EXCHANGE_H
#define CLOUD_EXCHANGE_H

#include "body.h"
#include "faults.h"
#include "request.h"
#include "server.h"

#include <microhttpd.h>

typedef struct exchange {
    const server_config *config;
    request request;
    response answer;
    fault_plan plan;
    body *body;
    size_t received_bytes; /* as sent */
    size_t sent_bytes;     /* of the answer's body */
    int64_t started_ms;    /* monotonic */
    int fd;
    bool is_fault_route;
    char client[64];
} exchange;

/* Sends the answer, as the fault plan wants it. */
enum MHD_Result reply_send(exchange *self, struct MHD_Connection *connection);

#endif
