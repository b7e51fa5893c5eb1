/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/http_world.h - two companies in a cloud without sockets, the same before every input (fuzz_http.c). */
#ifndef FUZZ_HTTP_WORLD_H
#define FUZZ_HTTP_WORLD_H

#include "cloud/request.h"

#define WORLD_NOW_MS INT64_C(1795201500000)
#define WORLD_TILL   "0123456789abcdef0123456789abcdef"

typedef struct world_tenant {
    char email[64], session[160], till_token[160];
    char company_id[IDENT_ID_SIZE], store_id[IDENT_ID_SIZE];
    char mark[40]; /* in all of its names; random, so that no input holds it */
} world_tenant;

typedef struct world {
    api api;
    world_tenant tenants[2];
} world;

/* Makes it, the first time; afterwards, where a request has written since, puts it back as it was. */
world *world_open(void);

/* Without a body where `body` is NULL. The caller clears the response. */
void world_ask(request *self, const char *body, size_t body_bytes, response *answer);

#endif
