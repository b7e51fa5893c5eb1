/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All refusals of the cloud in one table, so that a slug always has the same status and title. The words are plain and
 * the same whatever the reason behind them: nothing here tells a known address from an unknown one.
 */
#include "problem.h"

#include <stdio.h>

#define BUSY_RETRY_S 5

typedef struct problem_row {
    int status;
    const char *slug;
    const char *title;
    const char *detail;
} problem_row;

static const problem_row rows[] = {
    [PROBLEM_MALFORMED] = {400, "malformed", "Malformed request", "The request can't be read."},
    [PROBLEM_UNAUTHORIZED] = {401, "unauthorized", "Not authorized",
                              "The token is missing, unknown, expired or revoked."},
    [PROBLEM_LOGIN_FAILED] = {401, "login-failed", "Log-in failed", "The e-mail address or the password is wrong."},
    [PROBLEM_CODE_WRONG] = {403, "code-wrong", "Wrong code", "The code is not right."},
    [PROBLEM_WRONG_STORE] = {403, "wrong-store", "Wrong store or till",
                             "This till token is for another store or till."},
    [PROBLEM_STORE_CLOSED] = {403, "store-closed", "Store closed", "Head office has closed this store."},
    [PROBLEM_NOT_FOUND] = {404, "not-found", "Not found", "There is nothing here."},
    [PROBLEM_METHOD_NOT_ALLOWED] = {405, "method-not-allowed", "Method not allowed", "This path has other methods."},
    [PROBLEM_REGISTER_KNOWN] = {409, "register-known", "Register known",
                                "This store already has a till with this register id."},
    [PROBLEM_CATALOGUE_EXISTS] = {409, "catalogue-exists", "Other configuration data",
                                  "The store has other configuration data than what is to be replaced."},
    [PROBLEM_CODE_EXPIRED] = {410, "code-expired", "Code no longer valid",
                              "The code is no longer valid. Ask for a new one."},
    [PROBLEM_GONE] = {410, "gone", "Gone", "It was there and is over."},
    [PROBLEM_TOO_LARGE] = {413, "too-large", "Too large", "The body is larger than this route takes."},
    [PROBLEM_UNSUPPORTED_TYPE] = {415, "unsupported-type", "Unsupported media type",
                                  "This route takes another Content-Type."},
    [PROBLEM_UNSUPPORTED_ENCODING] = {415, "unsupported-encoding", "Unsupported content coding",
                                      "Accept-Encoding lists the codings that this cloud decodes."},
    [PROBLEM_INVALID] = {422, "invalid", "Invalid request", "Some fields are not acceptable."},
    [PROBLEM_CATALOGUE_INVALID] = {422, "catalogue-invalid", "Invalid configuration data",
                                   "A line of the configuration data is not acceptable."},
    [PROBLEM_KEY_REUSED] = {422, "idempotency-key-reused", "Idempotency key reused",
                            "This Idempotency-Key came before with another body."},
    [PROBLEM_THROTTLED] = {429, "throttled", "Too many attempts", "Too many attempts. Try again later."},
    [PROBLEM_INTERNAL] = {500, "internal", "Internal error", "Something went wrong here. Ask again later."},
    [PROBLEM_BUSY] = {503, "busy", "Busy", "Not now. Ask again later."},
};

cJSON *problem_set(response *answer, problem_kind kind, const char *detail)
{
    const problem_row *row = &rows[kind];
    char type[80];
    response_clear(answer);
    answer->status = row->status;
    answer->slug = row->slug;
    answer->challenge = row->status == 401;
    answer->retry_after_s = row->status == 503 ? BUSY_RETRY_S : row->status == 429 ? 1 : 0;
    snprintf(type, sizeof type, "urn:factorycloud:problem:%s", row->slug);
    answer->json = cJSON_CreateObject();
    cJSON_AddStringToObject(answer->json, "type", type);
    cJSON_AddStringToObject(answer->json, "title", row->title);
    cJSON_AddNumberToObject(answer->json, "status", row->status);
    cJSON_AddStringToObject(answer->json, "detail", detail ? detail : row->detail);
    return answer->json;
}

void problem_set_store(response *answer, store_status status)
{
    switch (status) {
    case STORE_NOT_FOUND:
        problem_set(answer, PROBLEM_NOT_FOUND, NULL);
        break;
    case STORE_REUSED:
        problem_set(answer, PROBLEM_KEY_REUSED, NULL);
        break;
    case STORE_EXPIRED:
        problem_set(answer, PROBLEM_CODE_EXPIRED, NULL);
        break;
    case STORE_CLOSED:
        problem_set(answer, PROBLEM_STORE_CLOSED, NULL);
        break;
    case STORE_GONE:
        problem_set(answer, PROBLEM_GONE, NULL);
        break;
    case STORE_BUSY:
        problem_set(answer, PROBLEM_BUSY, NULL);
        break;
    default:
        problem_set(answer, PROBLEM_INTERNAL, NULL);
        break;
    }
}

void problem_set_throttled(response *answer, int64_t retry_after_ms)
{
    int64_t seconds = (retry_after_ms + 999) / 1000;
    char detail[80];
    if (seconds < 1)
        seconds = 1;
    if (seconds > 86400)
        seconds = 86400;
    snprintf(detail, sizeof detail, "Too many attempts. Try again in %lld seconds.", (long long)seconds);
    problem_set(answer, PROBLEM_THROTTLED, detail);
    answer->retry_after_s = seconds;
}

problem_kind problem_for_status(int status)
{
    for (int kind = PROBLEM_MALFORMED; kind <= PROBLEM_BUSY; kind++)
        if (rows[kind].status == status)
            return (problem_kind)kind;
    return PROBLEM_INTERNAL;
}
