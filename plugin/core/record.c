/* SPDX-License-Identifier: Apache-2.0 */
/* core/record.c - record headers to bytes and back (core/record.h has the layout). */
#include "core/record.h"

#include <string.h>
#include <zlib.h>

static const uint8_t MAGIC[4] = {'F', 'C', 'R', 'D'};

enum {
    AT_VERSION = 4,
    AT_KIND = 6,
    AT_LENGTH = 8,
    AT_HEADER_CRC = 12,
    AT_PAYLOAD_CRC = 16,
    AT_ORIGIN = 20,
    AT_SHA256 = 24,
    AT_Z_NUMBER = 56,
    AT_X_SEQUENCE = 64,
    AT_CLOSED_AT = 72,
    AT_GRAND_TOTAL = 80,
    AT_ACCEPTED_AT = 88,
    AT_BUSINESS_DATE = 96,
    AT_CURRENCY = 107,
    AT_REGISTER = 111,
    AT_EPOCH = 176,
    AT_VERDICT = 180,
    AT_CODE = 184,
    AT_DETAIL = 224,
    AT_SLOT = 424
};

static void write_int(uint8_t *at, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t read_int(const uint8_t *at, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = count; i-- > 0;)
        value = (value << 8) | at[i];
    return value;
}

uint32_t record_crc(uint32_t crc, const void *bytes, uint32_t size_bytes)
{
    return (uint32_t)crc32(crc, bytes, size_bytes);
}

static uint32_t header_crc(const uint8_t *bytes)
{
    static const uint8_t zero[4];
    uint32_t crc = record_crc(0, bytes, AT_HEADER_CRC);
    crc = record_crc(crc, zero, sizeof zero);
    return record_crc(crc, bytes + AT_PAYLOAD_CRC, RECORD_PAYLOAD_OFFSET - AT_PAYLOAD_CRC);
}

/* Text fields are zero-filled; the room for them always leaves a zero behind. */
static void write_text(uint8_t *at, const char *text, size_t room)
{
    memcpy(at, text, strnlen(text, room - 1));
}

static void read_text(char *text, const uint8_t *at, size_t room)
{
    memcpy(text, at, room - 1);
    text[room - 1] = '\0';
}

void record_encode(const record_header *header, uint8_t bytes[RECORD_PAYLOAD_OFFSET])
{
    memset(bytes, 0, RECORD_PAYLOAD_OFFSET);
    memcpy(bytes, MAGIC, sizeof MAGIC);
    write_int(bytes + AT_VERSION, RECORD_VERSION, 2);
    write_int(bytes + AT_KIND, header->kind, 2);
    write_int(bytes + AT_LENGTH, header->payload_bytes, 4);
    write_int(bytes + AT_PAYLOAD_CRC, header->payload_crc, 4);
    write_int(bytes + AT_ORIGIN, header->origin, 4);
    memcpy(bytes + AT_SHA256, header->sha256, sizeof header->sha256);
    write_int(bytes + AT_Z_NUMBER, (uint64_t)header->z_number, 8);
    write_int(bytes + AT_X_SEQUENCE, (uint64_t)header->x_sequence, 8);
    write_int(bytes + AT_CLOSED_AT, (uint64_t)header->closed_at_ms, 8);
    write_int(bytes + AT_GRAND_TOTAL, (uint64_t)header->grand_total_minor, 8);
    write_int(bytes + AT_ACCEPTED_AT, (uint64_t)header->accepted_at_ms, 8);
    write_text(bytes + AT_BUSINESS_DATE, header->business_date, sizeof header->business_date);
    write_text(bytes + AT_CURRENCY, header->currency, sizeof header->currency);
    write_text(bytes + AT_REGISTER, header->register_id, sizeof header->register_id);
    write_int(bytes + AT_EPOCH, header->epoch, 4);
    write_int(bytes + AT_VERDICT, header->verdict, 4);
    write_text(bytes + AT_CODE, header->code, AT_DETAIL - AT_CODE);
    write_text(bytes + AT_DETAIL, header->detail, AT_SLOT - AT_DETAIL);
    write_int(bytes + AT_SLOT, header->slot, 4);
    write_int(bytes + AT_HEADER_CRC, header_crc(bytes), 4);
}

record_state record_decode(const uint8_t *bytes, uint32_t size_bytes, uint32_t total_bytes, record_header *header)
{
    memset(header, 0, sizeof *header);
    if (size_bytes < RECORD_PAYLOAD_OFFSET || memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
        return RECORD_BAD;
    if (read_int(bytes + AT_HEADER_CRC, 4) != header_crc(bytes))
        return RECORD_BAD;
    if (read_int(bytes + AT_VERSION, 2) > RECORD_VERSION)
        return RECORD_NEWER;
    header->kind = (record_kind)read_int(bytes + AT_KIND, 2);
    header->payload_bytes = (uint32_t)read_int(bytes + AT_LENGTH, 4);
    header->payload_crc = (uint32_t)read_int(bytes + AT_PAYLOAD_CRC, 4);
    header->origin = (uint32_t)read_int(bytes + AT_ORIGIN, 4);
    memcpy(header->sha256, bytes + AT_SHA256, sizeof header->sha256);
    header->z_number = (int64_t)read_int(bytes + AT_Z_NUMBER, 8);
    header->x_sequence = (int64_t)read_int(bytes + AT_X_SEQUENCE, 8);
    header->closed_at_ms = (int64_t)read_int(bytes + AT_CLOSED_AT, 8);
    header->grand_total_minor = (int64_t)read_int(bytes + AT_GRAND_TOTAL, 8);
    header->accepted_at_ms = (int64_t)read_int(bytes + AT_ACCEPTED_AT, 8);
    read_text(header->business_date, bytes + AT_BUSINESS_DATE, sizeof header->business_date);
    read_text(header->currency, bytes + AT_CURRENCY, sizeof header->currency);
    read_text(header->register_id, bytes + AT_REGISTER, sizeof header->register_id);
    header->epoch = (uint32_t)read_int(bytes + AT_EPOCH, 4);
    header->verdict = (record_verdict)read_int(bytes + AT_VERDICT, 4);
    read_text(header->code, bytes + AT_CODE, AT_DETAIL - AT_CODE);
    read_text(header->detail, bytes + AT_DETAIL, AT_SLOT - AT_DETAIL);
    header->slot = (uint32_t)read_int(bytes + AT_SLOT, 4);
    return total_bytes == RECORD_PAYLOAD_OFFSET + header->payload_bytes ? RECORD_GOOD : RECORD_BAD;
}

void record_to_item(const record_header *header, protocol_item *item)
{
    memset(item, 0, sizeof *item);
    item->key.kind = header->kind == RECORD_X ? POS_REPORT_X : POS_REPORT_Z;
    item->key.epoch = header->epoch;
    item->key.z_number = header->z_number;
    item->key.x_sequence = header->x_sequence;
    memcpy(item->key.register_id, header->register_id, sizeof item->key.register_id);
    memcpy(item->sha256, header->sha256, sizeof item->sha256);
    item->length_bytes = header->payload_bytes;
    item->origin = header->origin;
    memcpy(item->business_date, header->business_date, sizeof item->business_date);
    memcpy(item->currency, header->currency, sizeof item->currency);
    item->closed_at_ms = header->closed_at_ms;
    item->grand_total_minor = header->grand_total_minor;
}
