/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The framing of a batch of reports, from both ends.
 *
 * Asked of each: whatever bytes arrive, the cloud's items lie in them one behind the other; what it takes, the plugin would
 * have sent, and sent anew by the plugin's own writer it is read as the same items. And of an item made from the input:
 * where the plugin sees no problem in it, the cloud takes it, for one header line that it does not take spoils the batch.
 */
#include <sodium.h>

#include "fuzz/cloud_side.h"
#include "fuzz/fuzz.h"
#include "pos/report.h"
#include "protocol/batch.h"

const unsigned fuzz_mutations = 20000;

#define ITEMS_MAX 32

static cloud_side_item read[ITEMS_MAX], again[ITEMS_MAX];

/* The batch as it would travel; the caller frees the request. */
static net_request *send_items(const protocol_item *items, const uint8_t *const *reports, int count)
{
    protocol_batch *batch = protocol_batch_new();
    FUZZ_REQUIRE(batch != NULL);
    for (int i = 0; i < count; i++) {
        uint32_t half = items[i].length_bytes / 2;
        FUZZ_REQUIRE(protocol_batch_begin_item(batch, &items[i]));
        FUZZ_REQUIRE(protocol_batch_append(batch, reports[i], half));
        FUZZ_REQUIRE(protocol_batch_append(batch, reports[i] + half, items[i].length_bytes - half));
        FUZZ_REQUIRE(protocol_batch_end_item(batch));
    }
    net_request *request = protocol_upload(batch, "fct_1", "sto_1", "0123456789abcdef0123456789abcdef", 0);
    FUZZ_REQUIRE(request != NULL);
    return request;
}

static void copy_text(char *to, size_t capacity, const char *from)
{
    FUZZ_REQUIRE(strlen(from) < capacity);
    memcpy(to, from, strlen(from) + 1);
}

static void to_plugin(const cloud_side_item *from, protocol_item *to)
{
    *to = (protocol_item){.key = {.kind = from->kind == 'Z' ? POS_REPORT_Z : POS_REPORT_X,
                                  .epoch = (uint32_t)from->epoch,
                                  .z_number = from->z_number,
                                  .x_sequence = from->x_sequence},
                          .length_bytes = (uint32_t)from->report_bytes,
                          .origin = from->rebuilt ? POS_ORIGIN_REBUILT : POS_ORIGIN_ORIGINAL,
                          .closed_at_ms = from->closed_at_ms,
                          .grand_total_minor = from->grand_total_minor};
    copy_text(to->key.register_id, sizeof to->key.register_id, from->register_id);
    copy_text(to->business_date, sizeof to->business_date, from->business_date);
    copy_text(to->currency, sizeof to->currency, from->currency);
    FUZZ_REQUIRE(sodium_hex2bin(to->sha256, sizeof to->sha256, from->sha256, strlen(from->sha256), NULL, NULL, NULL) ==
                 0);
}

static void require_same(const cloud_side_item *a, const cloud_side_item *b)
{
    FUZZ_REQUIRE(a->kind == b->kind && a->rebuilt == b->rebuilt && a->epoch == b->epoch && a->z_number == b->z_number &&
                 a->x_sequence == b->x_sequence && a->closed_at_ms == b->closed_at_ms &&
                 a->grand_total_minor == b->grand_total_minor);
    FUZZ_REQUIRE(strcmp(a->register_id, b->register_id) == 0 && strcmp(a->sha256, b->sha256) == 0 &&
                 strcmp(a->business_date, b->business_date) == 0 && strcmp(a->currency, b->currency) == 0);
    FUZZ_REQUIRE(a->report_bytes == b->report_bytes && memcmp(a->report, b->report, a->report_bytes) == 0);
}

static void try_bytes(const uint8_t *data, size_t size)
{
    static protocol_item items[ITEMS_MAX];
    const uint8_t *reports[ITEMS_MAX];
    int count = cloud_side_read_batch(data, size, read, ITEMS_MAX);
    if (count <= 0)
        return;
    count = count < ITEMS_MAX ? count : ITEMS_MAX;
    for (int i = 0; i < count; i++) {
        const uint8_t *end = i > 0 ? read[i - 1].report + read[i - 1].report_bytes : data;
        FUZZ_REQUIRE(read[i].report >= end && read[i].report + read[i].report_bytes < data + size);
        to_plugin(&read[i], &items[i]);
        FUZZ_REQUIRE(protocol_item_problem(&items[i]) == NULL);
        reports[i] = read[i].report;
    }
    net_request *request = send_items(items, reports, count);
    FUZZ_REQUIRE(cloud_side_read_batch(request->body, request->body_bytes, again, ITEMS_MAX) == count);
    for (int i = 0; i < count; i++)
        require_same(&read[i], &again[i]);
    net_request_free(request);
}

static void try_item(fuzz_input *in)
{
    protocol_item item = {.key = {.kind = fuzz_pick(in, 4), .epoch = (uint32_t)fuzz_take(in, 4)}};
    item.key.z_number = (int64_t)fuzz_take(in, 8);
    item.key.x_sequence = (int64_t)fuzz_take(in, 8);
    item.closed_at_ms = (int64_t)fuzz_take(in, 8);
    item.grand_total_minor = (int64_t)fuzz_take(in, 8);
    item.origin = fuzz_pick(in, 4);
    for (size_t i = 0; i < sizeof item.sha256; i++)
        item.sha256[i] = (uint8_t)(i * item.origin);
    (void)fuzz_text(in, item.key.register_id, sizeof item.key.register_id);
    (void)fuzz_text(in, item.business_date, sizeof item.business_date);
    (void)fuzz_text(in, item.currency, sizeof item.currency);
    item.length_bytes = (uint32_t)in->left;
    if (protocol_item_problem(&item) != NULL)
        return;
    const uint8_t *report = in->left > 0 ? in->at : (const uint8_t *)"";
    net_request *request = send_items(&item, &report, 1);
    FUZZ_REQUIRE(cloud_side_read_batch(request->body, request->body_bytes, again, ITEMS_MAX) == 1);
    FUZZ_REQUIRE(again[0].z_number == item.key.z_number && again[0].x_sequence == item.key.x_sequence &&
                 again[0].epoch == item.key.epoch && again[0].closed_at_ms == item.closed_at_ms &&
                 again[0].grand_total_minor == item.grand_total_minor);
    FUZZ_REQUIRE(strcmp(again[0].register_id, item.key.register_id) == 0);
    FUZZ_REQUIRE(again[0].report_bytes == item.length_bytes && memcmp(again[0].report, report, in->left) == 0);
    net_request_free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    if (fuzz_pick(&in, 2) == 0)
        try_bytes(in.at, in.left);
    else
        try_item(&in);
    return 0;
}
