/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/verdict.c - what an answer means. A refusal needs all of: an answer, problem+json, a type of the contract, a
 * body in order that repeats the status. Anything less may come from a proxy or a captive portal and says nothing.
 */
#include "protocol/verdict.h"
#include "protocol/json.h"

#include <stdio.h>
#include <string.h>

#define PROBLEM_TYPE   "application/problem+json"
#define PROBLEM_PREFIX "urn:factorycloud:problem:"
#define TRIES_MAX      1000

/* Slugs with a cause of their own, each under the one status that the contract gives it. */
static const struct {
    int32_t status;
    const char *slug;
    protocol_cause cause;
} causes[] = {
    {401, "unauthorized", CAUSE_UNAUTHORIZED},
    {401, "login-failed", CAUSE_LOGIN_FAILED},
    {403, "code-wrong", CAUSE_CODE_WRONG},
    {403, "wrong-store", CAUSE_STORE_REFUSED},
    {403, "store-closed", CAUSE_STORE_REFUSED},
    {404, "not-found", CAUSE_STORE_REFUSED},
    {409, "register-known", CAUSE_REGISTER_KNOWN},
    {410, "code-expired", CAUSE_CODE_EXPIRED},
    {413, "too-large", CAUSE_TOO_LARGE},
    {415, "unsupported-type", CAUSE_ENCODING},
    {415, "unsupported-encoding", CAUSE_ENCODING},
    {422, "invalid", CAUSE_INVALID},
    {409, "catalogue-exists", CAUSE_CATALOGUE_EXISTS},
    {422, "catalogue-invalid", CAUSE_CATALOGUE_INVALID},
    {410, "gone", CAUSE_GONE},
};

static void decide(protocol_verdict *verdict, protocol_outcome outcome, protocol_cause cause)
{
    verdict->outcome = outcome;
    verdict->cause = cause;
}

static void say(protocol_verdict *verdict, const char *detail)
{
    (void)snprintf(verdict->detail, sizeof verdict->detail, "%s", detail);
}

void protocol_doubt(protocol_verdict *verdict, const char *detail)
{
    decide(verdict, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD);
    verdict->code[0] = '\0';
    verdict->field_count = 0;
    verdict->tries_left = -1;
    say(verdict, detail);
}

static void judge_failure(const net_answer *answer, protocol_verdict *verdict)
{
    say(verdict, answer->detail);
    switch (answer->outcome) {
    case NET_FAILED_TLS:
        decide(verdict, PROTOCOL_RETRY, CAUSE_TLS);
        return;
    case NET_FAILED_CONFIG:
        decide(verdict, PROTOCOL_RETRY, CAUSE_CONFIG);
        return;
    case NET_FAILED_TOO_LARGE: /* the contract's answers all fit: this was another's */
        decide(verdict, PROTOCOL_RETRY, CAUSE_NOT_THE_CLOUD);
        return;
    default:
        decide(verdict, PROTOCOL_RETRY, CAUSE_OFFLINE);
        return;
    }
}

/* Every error has to be whole; only the first few are kept. */
static bool read_fields(const cJSON *problem, protocol_verdict *verdict)
{
    const cJSON *errors = cJSON_GetObjectItemCaseSensitive(problem, "errors");
    const cJSON *error;

    if (errors == NULL || cJSON_IsNull(errors))
        return true;
    if (!cJSON_IsArray(errors))
        return false;
    cJSON_ArrayForEach(error, errors)
    {
        const cJSON *field = cJSON_GetObjectItemCaseSensitive(error, "field");
        const cJSON *code = cJSON_GetObjectItemCaseSensitive(error, "code");
        const cJSON *detail = cJSON_GetObjectItemCaseSensitive(error, "detail");
        protocol_field_error *kept = &verdict->fields[verdict->field_count];

        if (!cJSON_IsString(field) || !cJSON_IsString(code) || !cJSON_IsString(detail))
            return false;
        if (verdict->field_count == PROTOCOL_FIELDS_MAX)
            continue;
        json_read_cut(field, kept->field, sizeof kept->field);
        json_read_cut(code, kept->code, sizeof kept->code);
        json_read_cut(detail, kept->detail, sizeof kept->detail);
        verdict->field_count++;
    }
    return true;
}

static bool read_tries(const cJSON *problem, protocol_verdict *verdict)
{
    const cJSON *tries = cJSON_GetObjectItemCaseSensitive(problem, "tries_left");
    int64_t left;

    if (tries == NULL || cJSON_IsNull(tries))
        return true;
    if (!json_read_integer(tries, 0, TRIES_MAX, &left))
        return false;
    verdict->tries_left = (int32_t)left;
    return true;
}

/* true: the body is a problem of the contract and its content stands in the verdict. */
static bool read_members(const cJSON *problem, int32_t http_status, protocol_verdict *verdict)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(problem, "type");
    const cJSON *title = cJSON_GetObjectItemCaseSensitive(problem, "title");
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(problem, "status");
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(problem, "detail");
    const char *slug;
    int64_t told;

    if (!cJSON_IsString(type) || !cJSON_IsString(title) || !cJSON_IsString(detail) ||
        !json_read_integer(status, 400, 599, &told) || told != http_status)
        return false;
    if (strncmp(type->valuestring, PROBLEM_PREFIX, strlen(PROBLEM_PREFIX)) != 0)
        return false;
    slug = type->valuestring + strlen(PROBLEM_PREFIX);
    if (slug[0] == '\0' || slug[strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0' ||
        strlen(slug) >= sizeof verdict->code)
        return false;
    if (!read_fields(problem, verdict) || !read_tries(problem, verdict))
        return false;
    strcpy(verdict->code, slug);
    json_read_cut(detail, verdict->detail, sizeof verdict->detail);
    return true;
}

static bool read_problem(const net_answer *answer, protocol_verdict *verdict)
{
    cJSON *problem;
    bool whole;

    if (strcmp(answer->content_type, PROBLEM_TYPE) != 0)
        return false;
    problem = json_parse(answer->body, answer->body_bytes);
    whole = problem != NULL && read_members(problem, answer->status, verdict);
    json_free(problem);
    return whole;
}

static protocol_cause find_cause(int32_t status, const char *slug)
{
    size_t i;

    for (i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (causes[i].status == status && strcmp(causes[i].slug, slug) == 0)
            return causes[i].cause;
    }
    return CAUSE_OTHER;
}

/* 429 and 5xx mean "later" whoever says so; 4xx means something only in the cloud's own words. */
static void judge_error(const net_answer *answer, protocol_verdict *verdict)
{
    bool own_words = read_problem(answer, verdict);

    if (!own_words)
        protocol_doubt(verdict, "the answer is not one of the cloud's");
    if (answer->status == 429 && own_words && strcmp(verdict->code, "throttled") == 0)
        decide(verdict, PROTOCOL_RETRY, CAUSE_THROTTLED);
    else if (answer->status == 429 || answer->status >= 500)
        decide(verdict, PROTOCOL_RETRY, CAUSE_BUSY);
    else if (own_words)
        decide(verdict, PROTOCOL_REFUSED, find_cause(answer->status, verdict->code));
    else if (answer->status == 413)
        decide(verdict, PROTOCOL_RETRY, CAUSE_TOO_LARGE);
}

static bool is_wanted(const net_answer *answer, const char *want_type)
{
    if (want_type == NULL)
        return answer->status == 204;
    return answer->status >= 200 && answer->status < 300 && answer->status != 204 &&
           strcmp(answer->content_type, want_type) == 0;
}

void protocol_judge(const net_answer *answer, const char *want_type, protocol_verdict *verdict)
{
    *verdict = (protocol_verdict){
        .net = answer->outcome, .status = answer->status, .retry_after_ms = answer->retry_after_ms, .tries_left = -1};
    if (answer->outcome != NET_ANSWERED)
        judge_failure(answer, verdict);
    else if (is_wanted(answer, want_type))
        decide(verdict, PROTOCOL_DONE, CAUSE_NONE);
    else if (answer->status >= 400 && answer->status < 600)
        judge_error(answer, verdict);
    else
        protocol_doubt(verdict, "the answer is not one of the cloud's");
}
