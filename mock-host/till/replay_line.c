/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the few members of a report that the till itself needs. The document stays as it is, byte for byte; only its
 * copy in cJSON is looked at.
 */
#include "replay_line.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define REPLAY_MONEY_MAX 9007199254740991.0

static bool replay_text(const cJSON *document, const char *name, char *out, size_t capacity, struct fault *fault)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(document, name);
    if (!cJSON_IsString(member))
        return fault_set(fault, "\"%s\" is missing or no text", name);
    if (member->valuestring[0] == '\0' || strlen(member->valuestring) >= capacity)
        return fault_set(fault, "\"%s\" is empty or longer than %zu bytes", name, capacity - 1);
    memcpy(out, member->valuestring, strlen(member->valuestring) + 1);
    return true;
}

static bool replay_whole(const cJSON *object, const char *name, double from, double to, int64_t *out,
                         struct fault *fault)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(member) || !(member->valuedouble >= from && member->valuedouble <= to) ||
        floor(member->valuedouble) < member->valuedouble)
        return fault_set(fault, "\"%s\" is missing, no whole number, or out of range", name);
    *out = (int64_t)member->valuedouble;
    return true;
}

static bool replay_time(const cJSON *document, const char *name, int64_t *out_ms, struct fault *fault)
{
    char text[CALENDAR_TEXT_BYTES];
    if (!replay_text(document, name, text, sizeof text, fault))
        return false;
    if (!calendar_parse_time(text, out_ms))
        return fault_set(fault, "\"%s\" is \"%s\", not a time like 2026-01-05T20:30:00+01:00", name, text);
    return true;
}

static bool replay_read_members(struct replay_line *line, const cJSON *document, struct fault *fault)
{
    char type[8] = "";
    if (!replay_text(document, "report_type", type, sizeof type, fault))
        return false;
    if (strcmp(type, "Z") != 0 && strcmp(type, "X") != 0)
        return fault_set(fault, "\"report_type\" is \"%s\", neither Z nor X", type);
    line->kind = type[0] == 'Z' ? POS_REPORT_Z : POS_REPORT_X;
    if (!replay_text(document, "register_id", line->register_id, sizeof line->register_id, fault) ||
        !replay_text(document, "business_date", line->business_date, sizeof line->business_date, fault) ||
        !replay_text(document, "currency", line->currency, sizeof line->currency, fault) ||
        !replay_whole(document, "z_number", 1, (double)POS_Z_NUMBER_MAX, &line->z_number, fault) ||
        !replay_time(document, line->kind == POS_REPORT_Z ? "closed_at" : "created_at", &line->time_ms, fault))
        return false;
    if (!calendar_is_date(line->business_date))
        return fault_set(fault, "\"business_date\" is \"%s\", not a day like 2026-01-05", line->business_date);
    if (strlen(line->currency) != 3)
        return fault_set(fault, "\"currency\" is \"%s\", not three letters", line->currency);
    if (line->kind == POS_REPORT_X &&
        !replay_whole(document, "x_sequence", 1, (double)POS_X_SEQUENCE_MAX, &line->x_sequence, fault))
        return false;
    return replay_whole(cJSON_GetObjectItemCaseSensitive(document, "grand_totals"), "net", -REPLAY_MONEY_MAX,
                        REPLAY_MONEY_MAX, &line->grand_total_minor, fault)
               ? true
               : fault_prefix(fault, "in \"grand_totals\": ");
}

bool replay_line_read(struct replay_line *line, const char *document, size_t length, struct fault *fault)
{
    memset(line, 0, sizeof *line);
    const char *end = NULL;
    cJSON *parsed = cJSON_ParseWithLengthOpts(document, length + 1, &end, 1);
    if (parsed == NULL)
        return fault_set(fault, "not valid JSON%s, at byte %zu", memchr(document, '\0', length) ? " (a zero byte)" : "",
                         end != NULL ? (size_t)(end - document) + 1 : 1);
    bool ok = cJSON_IsObject(parsed) ? replay_read_members(line, parsed, fault) : fault_set(fault, "not a JSON object");
    cJSON_Delete(parsed);
    return ok;
}
