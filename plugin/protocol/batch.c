/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/batch.c - grows the body of an upload: header line, raw bytes, newline, again and again. */
#include "protocol/batch.h"
#include "protocol/json.h"
#include "protocol/text.h"
#include "protocol/wire.h"

#include "pos/report.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECODED_BYTES_MAX   (6u * 1024u * 1024u) /* the contract's */
#define HEADER_BYTES_MAX    4096                 /* the contract's, too; ours stay far below */
#define FIRST_ROOM_BYTES    (64u * 1024u)
#define RESULT_BYTES_MAX    4096u /* of one result in the answer, its words included */
#define ANSWER_MARGIN_BYTES (64u * 1024u)

struct protocol_batch {
    uint8_t *bytes;
    size_t size_bytes;
    size_t room_bytes;
    uint32_t item_count;
    bool in_item;
    size_t item_at;     /* where the item that was begun starts */
    uint32_t item_left; /* bytes that it still lacks */
};

protocol_batch *protocol_batch_new(void)
{
    return calloc(1, sizeof(protocol_batch));
}

void protocol_batch_free(protocol_batch *batch)
{
    if (batch == NULL)
        return;
    free(batch->bytes);
    free(batch);
}

size_t protocol_batch_bytes(const protocol_batch *batch)
{
    return batch->size_bytes;
}

static bool is_within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool is_terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static const char *text_problem(const protocol_item *item)
{
    const char *register_id = item->key.register_id;

    if (!is_terminated(register_id, sizeof item->key.register_id) || register_id[0] == '\0' ||
        !text_is_utf8(register_id, strlen(register_id)) || text_has_controls(register_id))
        return "the register id is not 1 to 64 bytes of UTF-8 without control characters";
    if (!is_terminated(item->business_date, sizeof item->business_date) || !text_is_date(item->business_date))
        return "the business date is not YYYY-MM-DD";
    if (!is_terminated(item->currency, sizeof item->currency) || !text_is_capitals(item->currency, 3))
        return "the currency is not three capital letters";
    return NULL;
}

const char *protocol_item_problem(const protocol_item *item)
{
    bool is_z = item->key.kind == POS_REPORT_Z;

    if (!is_z && item->key.kind != POS_REPORT_X)
        return "the report is neither a Z nor an X";
    if (!is_within(item->key.z_number, 1, POS_Z_NUMBER_MAX))
        return "the Z number is out of range";
    if (!is_within(item->key.x_sequence, is_z ? 0 : 1, is_z ? 0 : POS_X_SEQUENCE_MAX))
        return "the X sequence is out of range";
    if (item->key.epoch > INT32_MAX)
        return "the epoch is out of range";
    if (item->length_bytes > POS_DOCUMENT_MAX_BYTES)
        return "the document is larger than 4 MiB";
    if (!is_within(item->closed_at_ms, 0, JSON_INTEGER_MAX))
        return "the time of the close is out of range";
    if (!is_within(item->grand_total_minor, -JSON_INTEGER_MAX, JSON_INTEGER_MAX))
        return "the grand total is beyond 2^53";
    if (item->origin > POS_ORIGIN_REBUILT)
        return "the origin is neither original nor rebuilt";
    return text_problem(item);
}

/* As text: cJSON prints a number of 16 digits as a rounded 1.5e+15. */
static bool add_number(cJSON *object, const char *name, int64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    return cJSON_AddRawToObject(object, name, digits) != NULL;
}

static bool add_text(cJSON *object, const char *name, const char *text)
{
    return cJSON_AddStringToObject(object, name, text) != NULL;
}

static bool print_header(const protocol_item *item, char line[HEADER_BYTES_MAX])
{
    cJSON *object = cJSON_CreateObject();
    char sha256[2 * PROTOCOL_SHA256_BYTES + 1];
    bool printed;

    (void)sodium_bin2hex(sha256, sizeof sha256, item->sha256, sizeof item->sha256);
    printed = object != NULL && add_text(object, "kind", item->key.kind == POS_REPORT_Z ? "Z" : "X") &&
              add_text(object, "register_id", item->key.register_id) && add_number(object, "epoch", item->key.epoch) &&
              add_number(object, "z_number", item->key.z_number) &&
              add_number(object, "x_sequence", item->key.x_sequence) && add_text(object, "sha256", sha256) &&
              add_number(object, "length", item->length_bytes) &&
              add_text(object, "business_date", item->business_date) &&
              add_number(object, "closed_at_ms", item->closed_at_ms) &&
              add_number(object, "grand_total_minor", item->grand_total_minor) &&
              add_text(object, "currency", item->currency) &&
              add_text(object, "origin", item->origin == POS_ORIGIN_REBUILT ? "rebuilt" : "original") &&
              cJSON_PrintPreallocated(object, line, HEADER_BYTES_MAX, 0) != 0;
    cJSON_Delete(object);
    return printed;
}

static bool add_bytes(protocol_batch *batch, const void *bytes, size_t size)
{
    size_t need = batch->size_bytes + size;
    size_t room = batch->room_bytes == 0 ? FIRST_ROOM_BYTES : batch->room_bytes;
    uint8_t *grown;

    while (room < need)
        room *= 2;
    if (room > batch->room_bytes) {
        grown = realloc(batch->bytes, room);
        if (grown == NULL)
            return false;
        batch->bytes = grown;
        batch->room_bytes = room;
    }
    if (size > 0)
        memcpy(batch->bytes + batch->size_bytes, bytes, size);
    batch->size_bytes = need;
    return true;
}

bool protocol_batch_begin_item(protocol_batch *batch, const protocol_item *item)
{
    char line[HEADER_BYTES_MAX];
    size_t length;

    if (batch->in_item || batch->item_count == PROTOCOL_BATCH_ITEMS_MAX || protocol_item_problem(item) != NULL ||
        !print_header(item, line))
        return false;
    length = strlen(line);
    if (batch->size_bytes + length + item->length_bytes + 2 > DECODED_BYTES_MAX)
        return false;
    line[length] = '\n';
    batch->item_at = batch->size_bytes;
    if (!add_bytes(batch, line, length + 1))
        return false;
    batch->in_item = true;
    batch->item_left = item->length_bytes;
    return true;
}

bool protocol_batch_append(protocol_batch *batch, const void *bytes, uint32_t size_bytes)
{
    if (!batch->in_item || size_bytes > batch->item_left || !add_bytes(batch, bytes, size_bytes))
        return false;
    batch->item_left -= size_bytes;
    return true;
}

bool protocol_batch_end_item(protocol_batch *batch)
{
    if (!batch->in_item || batch->item_left != 0 || !add_bytes(batch, "\n", 1))
        return false;
    batch->in_item = false;
    batch->item_count++;
    return true;
}

void protocol_batch_drop_item(protocol_batch *batch)
{
    if (!batch->in_item)
        return;
    batch->in_item = false;
    batch->size_bytes = batch->item_at;
}

net_request *protocol_upload(protocol_batch *batch, const char *till_token, const char *store_id, const char *till_id,
                             uint32_t encodings)
{
    const char *const path[] = {"/v1/stores/", store_id, "/tills/", till_id, "/reports", NULL};
    net_request *request = wire_add_token(wire_request("POST", path), till_token);

    protocol_batch_drop_item(batch); /* a half item would spoil the rest */
    if (request != NULL) {
        request->content_type = "application/vnd.pos.report-batch";
        request->body = batch->bytes;
        request->body_bytes = batch->size_bytes;
        request->encodings = encodings;
        request->answer_cap_bytes = ANSWER_MARGIN_BYTES + batch->item_count * RESULT_BYTES_MAX;
        request->reader = &protocol_results_reader;
        batch->bytes = NULL;
    }
    protocol_batch_free(batch);
    return request;
}
