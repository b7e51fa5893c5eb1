/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a batch of reports: framing, hashes and documents are checked first, without any lock; then the store takes
 * all that passed in one transaction; then each gets its result.
 */
#include "answers.h"
#include "batch.h"
#include "handlers.h"
#include "problem.h"
#include "report_check.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ITEMS 16

/* Only as long as the batch: most have one report, and room for as many as may come would be two megabytes. */
typedef struct upload {
    size_t count;
    size_t capacity; /* of items; the others have room for `count` */
    batch_item *items;
    report_verdict *verdicts;
    store_report *reports;
    store_report_result *results;
} upload;

static bool add_item(upload *batch, const batch_item *item)
{
    if (batch->count == batch->capacity) {
        size_t capacity = batch->capacity ? 2 * batch->capacity : FIRST_ITEMS;
        batch_item *items = realloc(batch->items, capacity * sizeof *items);
        if (!items)
            return false;
        batch->items = items;
        batch->capacity = capacity;
    }
    batch->items[batch->count++] = *item;
    return true;
}

static bool read_items(const request *self, response *answer, upload *batch)
{
    char detail[200];
    batch_cursor cursor = {.bytes = self->body, .length = self->body_bytes};
    for (;;) {
        batch_item item;
        switch (batch_next(&cursor, &item, detail, sizeof detail)) {
        case BATCH_ITEM:
            if (add_item(batch, &item))
                break;
            problem_set(answer, PROBLEM_BUSY, NULL);
            return false;
        case BATCH_END:
            return true;
        case BATCH_TOO_MANY:
            problem_set(answer, PROBLEM_TOO_LARGE, "More than 1024 items.");
            return false;
        case BATCH_MALFORMED:
            problem_set(answer, PROBLEM_MALFORMED, detail);
            return false;
        }
    }
}

static void fill_report(const batch_item *item, const report_verdict *verdict, store_report *out)
{
    out->kind = item->kind;
    out->rebuilt = item->rebuilt;
    memcpy(out->register_id, item->register_id, sizeof out->register_id);
    out->epoch = item->epoch;
    out->z_number = item->z_number;
    out->x_sequence = item->x_sequence;
    memcpy(out->sha256, item->sha256, sizeof out->sha256);
    memcpy(out->business_date, item->business_date, sizeof out->business_date);
    memcpy(out->currency, item->currency, sizeof out->currency);
    out->closed_at_ms = item->closed_at_ms;
    out->grand_total_minor = item->grand_total_minor;
    out->gross_minor = verdict->gross_minor;
    out->net_minor = verdict->net_minor;
    out->tax_minor = verdict->tax_minor;
    out->warning = verdict->warning[0] ? verdict->warning : NULL;
    out->document = item->report;
    out->document_bytes = item->report_bytes;
    out->skip = verdict->code != NULL;
}

static void check_item(const batch_item *item, const char *store_currency, report_verdict *verdict)
{
    static const char damaged[] = "The bytes do not have the hash of the header line.";
    char sha256[IDENT_HEX_SIZE];
    ident_hash_hex(item->report, item->report_bytes, sha256);
    if (strcmp(sha256, item->sha256) == 0) {
        report_check(item, store_currency, verdict);
        return;
    }
    memset(verdict, 0, sizeof *verdict);
    verdict->code = "hash-mismatch";
    memcpy(verdict->detail, damaged, sizeof damaged);
}

static cJSON *answer_receipt(const store_receipt *receipt)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "receipt_id", receipt->receipt_id);
    cJSON_AddStringToObject(object, "company_id", receipt->company_id);
    cJSON_AddStringToObject(object, "store_id", receipt->store_id);
    cJSON_AddStringToObject(object, "till_id", receipt->till_id);
    cJSON_AddStringToObject(object, "register_id", receipt->register_id);
    answer_int(object, "epoch", receipt->epoch);
    cJSON_AddStringToObject(object, "kind", receipt->kind == 'Z' ? "Z" : "X");
    answer_int(object, "z_number", receipt->z_number);
    answer_int(object, "x_sequence", receipt->x_sequence);
    cJSON_AddStringToObject(object, "sha256", receipt->sha256);
    answer_int(object, "received_at_ms", receipt->received_at_ms);
    return object;
}

static const char *word_of(const report_verdict *verdict, const store_report_result *result)
{
    if (verdict->code)
        return strcmp(verdict->code, "hash-mismatch") == 0 ? "retry" : "rejected";
    if (result->outcome == STORE_OUTCOME_CONFLICT)
        return "conflict";
    return result->outcome == STORE_OUTCOME_SUPERSEDED ? "superseded" : "delivered";
}

static cJSON *answer_item(const upload *batch, size_t index)
{
    const batch_item *item = &batch->items[index];
    const report_verdict *verdict = &batch->verdicts[index];
    const store_report_result *result = &batch->results[index];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "status", word_of(verdict, result));
    cJSON_AddStringToObject(object, "kind", item->kind == 'Z' ? "Z" : "X");
    cJSON_AddStringToObject(object, "register_id", item->register_id);
    answer_int(object, "epoch", item->epoch);
    answer_int(object, "z_number", item->z_number);
    answer_int(object, "x_sequence", item->x_sequence);
    cJSON_AddStringToObject(object, "sha256", item->sha256);
    if (verdict->code) {
        cJSON *problem = cJSON_AddObjectToObject(object, "problem");
        cJSON_AddStringToObject(problem, "code", verdict->code);
        cJSON_AddStringToObject(problem, "detail", verdict->detail);
        return object;
    }
    if (result->receipt.receipt_id[0])
        cJSON_AddItemToObject(object, "receipt", answer_receipt(&result->receipt));
    if (item->kind == 'X' && result->outcome == STORE_OUTCOME_SUPERSEDED)
        answer_int(object, "last_x_sequence", result->last_x_sequence);
    return object;
}

static bool make_room(upload *batch)
{
    size_t count = batch->count ? batch->count : 1;
    batch->verdicts = calloc(count, sizeof *batch->verdicts);
    batch->reports = calloc(count, sizeof *batch->reports);
    batch->results = calloc(count, sizeof *batch->results);
    return batch->verdicts && batch->reports && batch->results;
}

static void take_batch(request *self, response *answer, upload *batch)
{
    if (!read_items(self, answer, batch))
        return;
    if (!make_room(batch)) {
        problem_set(answer, PROBLEM_BUSY, NULL);
        return;
    }
    for (size_t i = 0; i < batch->count; i++) {
        check_item(&batch->items[i], self->till.currency, &batch->verdicts[i]);
        fill_report(&batch->items[i], &batch->verdicts[i], &batch->reports[i]);
    }
    store_status status =
        store_reports_put(self->api->store, &self->till, batch->reports, batch->count, self->now_ms, batch->results);
    if (status != STORE_OK) {
        problem_set_store(answer, status);
        return;
    }
    answer->status = 200;
    answer->json = cJSON_CreateObject();
    cJSON *results = cJSON_AddArrayToObject(answer->json, "results");
    for (size_t i = 0; i < batch->count; i++)
        cJSON_AddItemToArray(results, answer_item(batch, i));
}

void handle_upload_reports(request *self, response *answer)
{
    if (self->till.closed) {
        problem_set(answer, PROBLEM_STORE_CLOSED, NULL);
        return;
    }
    upload batch = {0};
    take_batch(self, answer, &batch);
    free(batch.items);
    free(batch.verdicts);
    free(batch.reports);
    free(batch.results);
}
