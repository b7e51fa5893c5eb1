/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cloud/contract_rows.h - a row for each route of include/cloud/openapi.yaml, for what all routes have in common. */
#ifndef TESTS_CLOUD_CONTRACT_ROWS_H
#define TESTS_CLOUD_CONTRACT_ROWS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum credential { NOBODY = 1, PERSON, TILL } credential;

typedef struct row {
    const char *name; /* of the route, for fault rules */
    const char *method;
    const char *path; /* %C, %S, %T: company, store, till */
    credential who;
    bool has_json;
    bool has_key;
    bool has_batch;
    bool has_query;
    bool tenant;    /* 404 for what is somebody else's */
    bool has_lines; /* a body of lines of configuration data */
    bool of_store;  /* a till token serves for its store only: others are 404 */
} row;

extern const row contract_rows[];
extern const size_t contract_row_count;

/* The media type of a body that is not JSON; NULL if the route takes none such. */
const char *contract_type_of(const row *route);

#endif
