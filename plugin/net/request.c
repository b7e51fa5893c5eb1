/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/request.c - making and unmaking requests and answers. Both may hold secrets (a password in a body, a token in a
 * session's answer), so nothing of them is freed unwiped.
 */
#include "net/net.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

net_request *net_request_new(const char *method)
{
    net_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    request->method = method;
    return request;
}

void net_request_free(net_request *request)
{
    if (request == NULL)
        return;
    free(request->path);
    if (request->token != NULL) {
        sodium_memzero(request->token, strlen(request->token));
        free(request->token);
    }
    if (request->body != NULL) {
        sodium_memzero(request->body, request->body_bytes);
        free(request->body);
    }
    free(request);
}

void net_answer_clear(net_answer *answer)
{
    if (answer->read != NULL)
        answer->reader->drop(answer->read);
    answer->read = NULL;
    if (answer->body != NULL) {
        sodium_memzero(answer->body, answer->body_bytes);
        free(answer->body);
    }
    answer->body = NULL;
    answer->body_bytes = 0;
}
