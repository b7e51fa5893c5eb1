/* SPDX-License-Identifier: Apache-2.0 */
/* core/intake.c - the struct beside a document is the host's word for what it is: checked here, once (core/intake.h). */
#include "core/intake.h"

#include <stdbool.h>
#include <string.h>

static bool is_digits(const char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return true;
}

static bool is_date(const char *text)
{
    if (!text || strnlen(text, 11) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    if (!is_digits(text, 0, 4) || !is_digits(text, 5, 7) || !is_digits(text, 8, 10))
        return false;
    int month = (text[5] - '0') * 10 + text[6] - '0';
    int day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_currency(const char *text)
{
    if (!text || strnlen(text, 4) != 3)
        return false;
    for (int i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    }
    return true;
}

static const char *find_fault(const pos_report *r, uint32_t kind, const char *register_id)
{
    if (r->kind != kind)
        return kind == POS_REPORT_Z ? "report.kind must be POS_REPORT_Z" : "report.kind must be POS_REPORT_X";
    if (r->z_number < 1 || r->z_number > POS_Z_NUMBER_MAX)
        return "report.z_number must be from 1 to POS_Z_NUMBER_MAX";
    if (kind == POS_REPORT_X && (r->x_sequence < 1 || r->x_sequence > POS_X_SEQUENCE_MAX))
        return "report.x_sequence must be from 1 to POS_X_SEQUENCE_MAX";
    if (!r->register_id || strcmp(r->register_id, register_id) != 0)
        return "report.register_id must be the register_id that pos_host.info() gave at create";
    if (!is_date(r->business_date))
        return "report.business_date must be YYYY-MM-DD";
    if (!is_currency(r->currency))
        return "report.currency must be three capital letters (ISO 4217)";
    if (!r->document && r->document_size > 0)
        return "report.document is NULL but document_size is not 0";
    if (r->origin > POS_ORIGIN_REBUILT)
        return "report.origin must be POS_ORIGIN_ORIGINAL or POS_ORIGIN_REBUILT";
    return NULL;
}

int32_t intake_read(const pos_report *in, uint32_t kind, const char *register_id, pos_report *out, const char **why)
{
    memset(out, 0, sizeof *out);
    if (!in || in->struct_size < sizeof in->struct_size) {
        *why = "the report is NULL or its struct_size is not set";
        return POS_E_MISUSE;
    }
    /* Half a pointer is none. */
    memcpy(out, in, in->struct_size < sizeof *out ? in->struct_size - in->struct_size % sizeof(void *) : sizeof *out);
    out->struct_size = sizeof *out;
    if (out->origin == 0)
        out->origin = POS_ORIGIN_ORIGINAL;
    *why = find_fault(out, kind, register_id);
    if (*why)
        return POS_E_MISUSE;
    if (out->document_size > POS_DOCUMENT_MAX_BYTES) {
        *why = "the report is larger than 4 MiB; it will be listed as rejected, and the day stays closed";
        return POS_E_TOO_LARGE;
    }
    return POS_OK;
}
