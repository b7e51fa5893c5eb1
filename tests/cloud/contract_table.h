/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/cloud/contract_table.h - the operations of include/cloud/openapi.yaml as the document itself lists them, read by
 * contract.py: for tests that must not forget a route.
 */
#ifndef TESTS_CLOUD_CONTRACT_TABLE_H
#define TESTS_CLOUD_CONTRACT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define OPERATIONS_MAX 64 /* the last one stays empty */

typedef struct operation {
    char method[8];
    char path[120]; /* with the base, parameters as {company_id} */
    char who[8];    /* "none", "session" or "till" */
    char media[64]; /* of the body; "" if it takes none */
    bool needs_key;
    char slugs[80];  /* of its 403 and 404, with commas before, between and behind */
    char json[1024]; /* an example of its body, or "" */
} operation;

/* The number of operations; 0 if the document can't be read. */
size_t operations_read(operation out[OPERATIONS_MAX]);

bool operation_says(const operation *self, const char *slug);
bool operation_has(const operation *self, const char *parameter);

#endif
