/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/results.c - what the cloud says of each item of a batch. A result settles a report for good, so one that is
 * not whole makes the whole answer worthless: sending again is harmless, believing half an answer is not.
 */
#include "protocol/batch.h"
#include "protocol/reader.h"

#include "pos/report.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const json_member key_members[] = {
    JSON_MEMBER(protocol_key, register_id, JSON_LABEL, JSON_REQUIRED),
    JSON_MEMBER(protocol_key, epoch, JSON_UINT31, JSON_REQUIRED),
    JSON_MEMBER(protocol_key, z_number, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(protocol_key, x_sequence, JSON_INT64, JSON_REQUIRED),
};

static const json_member receipt_members[] = {
    JSON_MEMBER(protocol_receipt, receipt_id, JSON_ID, JSON_REQUIRED),
    JSON_MEMBER(protocol_receipt, company_id, JSON_ID, JSON_REQUIRED),
    JSON_MEMBER(protocol_receipt, store_id, JSON_ID, JSON_REQUIRED),
    JSON_MEMBER(protocol_receipt, till_id, JSON_HEX, JSON_REQUIRED),
    JSON_MEMBER(protocol_receipt, sha256, JSON_HEX_BYTES, JSON_REQUIRED),
    JSON_MEMBER(protocol_receipt, received_at_ms, JSON_INT64, JSON_REQUIRED),
};

static const struct {
    const char *word;
    protocol_status status;
} status_words[] = {
    {"delivered", STATUS_DELIVERED}, {"conflict", STATUS_CONFLICT}, {"superseded", STATUS_SUPERSEDED},
    {"rejected", STATUS_REJECTED},   {"retry", STATUS_RETRY},
};

static bool read_status(const cJSON *object, protocol_status *status)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "status");
    size_t i;

    if (!cJSON_IsString(value))
        return false;
    *status = STATUS_RETRY; /* a word that we do not know settles nothing */
    for (i = 0; i < COUNT(status_words); i++) {
        if (strcmp(value->valuestring, status_words[i].word) == 0)
            *status = status_words[i].status;
    }
    return true;
}

static bool read_key(const cJSON *object, protocol_key *key)
{
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(object, "kind");

    if (!cJSON_IsString(kind) || !json_read(object, key_members, COUNT(key_members), key))
        return false;
    if (strcmp(kind->valuestring, "Z") == 0)
        key->kind = POS_REPORT_Z;
    else if (strcmp(kind->valuestring, "X") == 0)
        key->kind = POS_REPORT_X;
    else
        return false;
    return key->z_number >= 1 && key->z_number <= POS_Z_NUMBER_MAX && key->x_sequence <= POS_X_SEQUENCE_MAX &&
           (key->x_sequence == 0) == (key->kind == POS_REPORT_Z);
}

/* Absent reads as none. */
static bool read_receipt(const cJSON *object, protocol_result *result)
{
    const cJSON *receipt = cJSON_GetObjectItemCaseSensitive(object, "receipt");

    if (receipt == NULL || cJSON_IsNull(receipt))
        return true;
    result->has_receipt = true;
    return json_read(receipt, receipt_members, COUNT(receipt_members), &result->receipt) &&
           read_key(receipt, &result->receipt.key);
}

static bool read_item_problem(const cJSON *object, protocol_result *result)
{
    const cJSON *problem = cJSON_GetObjectItemCaseSensitive(object, "problem");
    const cJSON *code = cJSON_GetObjectItemCaseSensitive(problem, "code");
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(problem, "detail");

    if (problem == NULL || cJSON_IsNull(problem))
        return true;
    if (!cJSON_IsString(code) || code->valuestring[0] == '\0' || !cJSON_IsString(detail))
        return false;
    json_read_cut(code, result->problem_code, sizeof result->problem_code);
    json_read_cut(detail, result->problem_detail, sizeof result->problem_detail);
    return true;
}

/* Has the result what the contract requires beside its status? Whatever settles a report needs it; a retry does not. */
static bool is_whole(const cJSON *object, const protocol_result *result)
{
    switch (result->status) {
    case STATUS_DELIVERED:
    case STATUS_CONFLICT:
        return result->has_receipt;
    case STATUS_SUPERSEDED:
        if (result->key.kind == POS_REPORT_Z)
            return result->has_receipt;
        return cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(object, "last_x_sequence"));
    case STATUS_REJECTED:
        return result->problem_code[0] != '\0';
    default:
        return true;
    }
}

static bool read_result(const cJSON *object, protocol_result *result)
{
    static const json_member members[] = {
        JSON_MEMBER(protocol_result, sha256, JSON_HEX_BYTES, JSON_REQUIRED),
        JSON_MEMBER(protocol_result, last_x_sequence, JSON_INT64, JSON_NULLABLE),
    };

    return json_read(object, members, COUNT(members), result) && read_status(object, &result->status) &&
           read_key(object, &result->key) && read_receipt(object, result) && read_item_problem(object, result) &&
           is_whole(object, result);
}

static bool read_all(const cJSON *array, protocol_results *results)
{
    const cJSON *one;
    int count = cJSON_GetArraySize(array);

    if (!cJSON_IsArray(array) || count > (int)PROTOCOL_BATCH_ITEMS_MAX)
        return false;
    if (count == 0)
        return true;
    results->items = calloc((size_t)count, sizeof results->items[0]);
    if (results->items == NULL)
        return false; /* the same to the caller: nothing was settled, send again */
    cJSON_ArrayForEach(one, array)
    {
        if (!read_result(one, &results->items[results->count]))
            return false;
        results->count++;
    }
    return true;
}

static void read_results(const net_answer *answer, protocol_verdict *verdict, protocol_results *results)
{
    cJSON *tree = reader_open(answer, verdict);

    *results = (protocol_results){0};
    if (tree != NULL && !read_all(cJSON_GetObjectItemCaseSensitive(tree, "results"), results)) {
        protocol_results_clear(results);
        protocol_doubt(verdict, "the answer lacks a result, or one is not as it has to be");
    }
    if (verdict->cause == CAUSE_THROTTLED)
        verdict->cause = CAUSE_BUSY; /* no person is waiting here */
    json_free(tree);
}

/* ---- on the worker ---- */

typedef struct read_ahead {
    protocol_verdict verdict;
    protocol_results results;
} read_ahead;

static void *read_on_worker(const net_answer *answer)
{
    read_ahead *read = calloc(1, sizeof *read);

    if (read != NULL)
        read_results(answer, &read->verdict, &read->results);
    return read;
}

static void drop_read(void *context)
{
    read_ahead *read = context;

    protocol_results_clear(&read->results);
    free(read);
}

const net_reader protocol_results_reader = {read_on_worker, drop_read};

void protocol_read_results(const net_answer *answer, protocol_verdict *verdict, protocol_results *results)
{
    read_ahead *read = answer->reader == &protocol_results_reader ? answer->read : NULL;

    if (read == NULL) {
        read_results(answer, verdict, results);
        return;
    }
    *verdict = read->verdict;
    *results = read->results; /* the caller's now */
    read->results = (protocol_results){0};
}

void protocol_results_clear(protocol_results *results)
{
    free(results->items);
    *results = (protocol_results){0};
}
