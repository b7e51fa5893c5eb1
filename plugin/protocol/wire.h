/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/wire.h - what all builders share: paths with their segments escaped, JSON bodies without stray copies. */
#ifndef PROTOCOL_WIRE_H
#define PROTOCOL_WIRE_H

#include "net/net.h"

/* A member of a JSON body. `text` NULL or "": left out (every optional member of the contract reads so). */
typedef struct wire_member {
    const char *name;
    const char *text;
    bool is_true; /* instead of text: the JSON value true */
} wire_member;

/* Each returns NULL when memory is out; wire_add_* then free the request, and take NULL for one. */

/* `parts` ends with NULL; the even ones are literal ("/v1/stores/"), the odd ones are escaped. */
net_request *wire_request(const char *method, const char *const *parts);
net_request *wire_add_token(net_request *request, const char *token);
net_request *wire_add_key(net_request *request, const char *idempotency_key);
net_request *wire_add_body(net_request *request, const wire_member *members, size_t count);
net_request *wire_cap_answer(net_request *request, uint32_t cap_bytes);

#endif
