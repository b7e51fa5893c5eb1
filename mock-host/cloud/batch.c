/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing a report batch. Pure and without allocation of its own but cJSON's for a header line, so that a fuzzer can
 * throw anything at it. A batch that is not framed right is refused as a whole: past a framing error nothing can be
 * trusted, not even where the next item starts.
 */
#include "batch.h"
#include "json_read.h"

#include <stdio.h>
#include <string.h>

static bool parse_key(const cJSON *header, batch_item *item)
{
    char kind[2];
    if (!json_text(header, "kind", 1, 1, kind) || (kind[0] != 'Z' && kind[0] != 'X'))
        return false;
    item->kind = kind[0];
    return json_text(header, "register_id", 1, 64, item->register_id) &&
           json_int(header, "epoch", 0, 2147483647, &item->epoch) &&
           json_int(header, "z_number", 1, 999999999999, &item->z_number) &&
           json_int(header, "x_sequence", 0, 999999999999, &item->x_sequence) &&
           (item->kind == 'X') == (item->x_sequence > 0);
}

const char *batch_parse_header(const char *line, size_t length, batch_item *item)
{
    const char *wrong = NULL;
    size_t at = 0;
    int64_t report_bytes = 0;
    char origin[9];
    cJSON *header = json_parse(line, length, &wrong, &at);
    memset(item, 0, sizeof *item);
    if (!header)
        return wrong;
    if (!cJSON_IsObject(header))
        wrong = "not a JSON object";
    else if (!parse_key(header, item))
        wrong = "kind, register_id, epoch, z_number or x_sequence is missing or out of range";
    else if (!json_text(header, "sha256", 64, 64, item->sha256) || !ident_is_hex(item->sha256, 64))
        wrong = "sha256 is not 64 lower-case hexadecimal digits";
    else if (!json_int(header, "length", 0, BATCH_REPORT_MAX, &report_bytes))
        wrong = "length is missing or out of range";
    else if (!json_text(header, "business_date", 10, 10, item->business_date) || !json_is_date(item->business_date))
        wrong = "business_date is not a date";
    else if (!json_int(header, "closed_at_ms", 0, JSON_INT_MAX, &item->closed_at_ms))
        wrong = "closed_at_ms is missing or out of range";
    else if (!json_int(header, "grand_total_minor", -JSON_INT_MAX, JSON_INT_MAX, &item->grand_total_minor))
        wrong = "grand_total_minor is missing or out of range";
    else if (!json_text(header, "currency", 3, 3, item->currency) || !json_is_capitals(item->currency, 3))
        wrong = "currency is not three capital letters";
    else if (!json_text(header, "origin", 1, 8, origin) ||
             (strcmp(origin, "original") != 0 && strcmp(origin, "rebuilt") != 0))
        wrong = "origin is neither original nor rebuilt";
    else
        item->rebuilt = origin[0] == 'r';
    item->report_bytes = (size_t)report_bytes;
    cJSON_Delete(header);
    return wrong;
}

static batch_status refuse(const batch_cursor *cursor, const char *wrong, char *detail, size_t detail_size)
{
    snprintf(detail, detail_size, "Item %zu at byte %zu: %s.", cursor->index, cursor->at, wrong);
    return BATCH_MALFORMED;
}

batch_status batch_next(batch_cursor *cursor, batch_item *item, char *detail, size_t detail_size)
{
    const char *line = cursor->bytes + cursor->at;
    size_t left = cursor->length - cursor->at;
    if (left == 0)
        return BATCH_END;
    if (cursor->index == BATCH_ITEMS_MAX)
        return BATCH_TOO_MANY;
    size_t window = left < BATCH_LINE_MAX + 1 ? left : BATCH_LINE_MAX + 1;
    const char *end = memchr(line, '\n', window);
    if (!end)
        return refuse(cursor,
                      left > BATCH_LINE_MAX ? "the header line is longer than 4096 bytes"
                                            : "the header line does not end",
                      detail, detail_size);
    size_t line_bytes = (size_t)(end - line);
    const char *wrong = batch_parse_header(line, line_bytes, item);
    if (wrong)
        return refuse(cursor, wrong, detail, detail_size);
    left -= line_bytes + 1;
    if (left < item->report_bytes + 1)
        return refuse(cursor, "the batch ends before the report does", detail, detail_size);
    item->report = end + 1;
    if (item->report[item->report_bytes] != '\n')
        return refuse(cursor, "no line feed behind the report", detail, detail_size);
    cursor->at += line_bytes + 1 + item->report_bytes + 1;
    cursor->index++;
    return BATCH_ITEM;
}
