/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/cloud_side.c - asks the cloud's own parsers (fuzz/cloud_side.h). */
#include "fuzz/cloud_side.h"

#include "cloud/batch.h"
#include "cloud/catalogue_line.h"
#include "cloud/json_check.h"
#include "cloud/json_read.h"
#include "cloud/report_check.h"
#include "fuzz/fuzz.h"

bool cloud_side_is_json(const void *bytes, size_t size)
{
    size_t at = 0;
    const char *wrong = json_check(bytes, size, &at);
    FUZZ_REQUIRE(at <= size);
    return wrong == NULL;
}

/* ---- a report ---- */

static void read_header(const cJSON *root, batch_item *item)
{
    char kind[2] = "Z";
    (void)json_text(root, "report_type", 1, 1, kind);
    item->kind = kind[0];
    (void)json_text(root, "register_id", 1, 64, item->register_id);
    (void)json_text(root, "business_date", 10, 10, item->business_date);
    (void)json_text(root, "currency", 3, 3, item->currency);
    (void)json_int(root, "z_number", 1, 999999999999, &item->z_number);
    (void)json_int(root, "x_sequence", 1, 999999999999, &item->x_sequence);
    if (item->kind == 'Z')
        item->x_sequence = 0;
}

void cloud_side_check_report(const void *bytes, size_t size, cloud_side_verdict *verdict)
{
    batch_item item = {.report = bytes, .report_bytes = size};
    report_verdict said;
    const char *wrong = NULL;
    size_t at = 0;
    cJSON *root = json_parse(bytes, size, &wrong, &at);
    read_header(root, &item);
    cJSON_Delete(root);
    report_check(&item, "EUR", &said);
    FUZZ_REQUIRE(fuzz_ends(said.detail, sizeof said.detail) && fuzz_ends(said.warning, sizeof said.warning));
    memset(verdict, 0, sizeof *verdict);
    snprintf(verdict->code, sizeof verdict->code, "%s", said.code ? said.code : "");
    verdict->has_detail = said.detail[0] != '\0';
    verdict->gross_minor = said.gross_minor;
    verdict->net_minor = said.net_minor;
    verdict->tax_minor = said.tax_minor;
}

/* ---- a batch ---- */

static void copy_item(const batch_item *from, cloud_side_item *to)
{
    *to = (cloud_side_item){.kind = from->kind,
                            .rebuilt = from->rebuilt,
                            .epoch = from->epoch,
                            .z_number = from->z_number,
                            .x_sequence = from->x_sequence,
                            .closed_at_ms = from->closed_at_ms,
                            .grand_total_minor = from->grand_total_minor,
                            .report = (const uint8_t *)from->report,
                            .report_bytes = from->report_bytes};
    snprintf(to->register_id, sizeof to->register_id, "%s", from->register_id);
    snprintf(to->sha256, sizeof to->sha256, "%s", from->sha256);
    snprintf(to->business_date, sizeof to->business_date, "%s", from->business_date);
    snprintf(to->currency, sizeof to->currency, "%s", from->currency);
}

int cloud_side_read_batch(const void *bytes, size_t size, cloud_side_item *items, int most)
{
    batch_cursor cursor = {.bytes = bytes, .length = size};
    batch_item item;
    char detail[160] = "";
    int count = 0;
    for (;;) {
        size_t before = cursor.at;
        batch_status status = batch_next(&cursor, &item, detail, sizeof detail);
        if (status != BATCH_ITEM) {
            FUZZ_REQUIRE((status == BATCH_MALFORMED) == (detail[0] != '\0') && fuzz_ends(detail, sizeof detail));
            FUZZ_REQUIRE(status != BATCH_END || cursor.at == size);
            return status == BATCH_END ? count : -1;
        }
        FUZZ_REQUIRE(cursor.at > before && cursor.at <= size && cursor.index == (size_t)count + 1);
        report_verdict verdict;
        report_check(&item, "EUR", &verdict);
        if (count < most)
            copy_item(&item, &items[count]);
        count++;
    }
}

/* ---- a line ---- */

const char *cloud_side_read_line(const char *text, size_t size)
{
    static catalogue_line line;
    char detail[CATALOGUE_DETAIL_SIZE] = "", words[200];
    bool good = catalogue_line_read(text, size, &line, detail);
    FUZZ_REQUIRE(fuzz_ends(detail, sizeof detail) && (good || detail[0] != '\0'));
    FUZZ_REQUIRE(fuzz_ends(line.key, sizeof line.key) && line.ref_count <= CATALOGUE_REFS_MAX);
    catalogue_describe(line.key, words, sizeof words);
    FUZZ_REQUIRE(!good || catalogue_kind_of(line.key, strlen(line.key)) == line.kind);
    return good ? line.key : NULL;
}
