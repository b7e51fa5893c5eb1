/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h - refusals, as RFC 9457 problems with the contract's closed list of slugs. */
#ifndef CLOUD_PROBLEM_H
#define CLOUD_PROBLEM_H

#include "request.h"

typedef enum problem_kind {
    PROBLEM_MALFORMED = 1,
    PROBLEM_UNAUTHORIZED,
    PROBLEM_LOGIN_FAILED,
    PROBLEM_CODE_WRONG,
    PROBLEM_WRONG_STORE,
    PROBLEM_STORE_CLOSED,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_REGISTER_KNOWN,
    PROBLEM_CATALOGUE_EXISTS,
    PROBLEM_CODE_EXPIRED,
    PROBLEM_GONE,
    PROBLEM_TOO_LARGE,
    PROBLEM_UNSUPPORTED_TYPE,
    PROBLEM_UNSUPPORTED_ENCODING,
    PROBLEM_INVALID,
    PROBLEM_CATALOGUE_INVALID,
    PROBLEM_KEY_REUSED,
    PROBLEM_THROTTLED,
    PROBLEM_INTERNAL,
    PROBLEM_BUSY
} problem_kind;

/* Makes the answer this problem. `detail` NULL: the usual words. Returns the body, for members that a kind adds. */
cJSON *problem_set(response *answer, problem_kind kind, const char *detail);

/* The problem for what the store said, for what a handler does not treat itself. */
void problem_set_store(response *answer, store_status status);

void problem_set_throttled(response *answer, int64_t retry_after_ms);

/* The problem that has this HTTP status in the contract; PROBLEM_INTERNAL for others. */
problem_kind problem_for_status(int status);

#endif
