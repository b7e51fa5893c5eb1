/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/record.h - the form of every record in the host's storage.
 *
 * 512 bytes of header, then the payload: the offset never changes, in no version. All numbers little-endian:
 *
 *     0  magic "FCRD"          4  version (1)           6  kind
 *     8  payload length       12  CRC-32 of the header, these four bytes read as zero
 *    16  CRC-32 of payload    20  origin (1 original, 2 rebuilt)
 *    24  SHA-256 of payload   56  Z number              64  X sequence         72  closed at, ms
 *    80  grand total, minor   88  accepted at, ms       96  business date, 10 bytes
 *   107  currency, 3 bytes   111  register, 64 bytes   176  epoch             180  verdict
 *   184  code, 39 bytes      224  detail, cut to 199 bytes 424  slot; the rest is zero
 *
 * A record of a higher version is left untouched and shown as such; one whose checksum is wrong is moved aside.
 */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "pos/report.h"
#include "protocol/batch.h"

#define RECORD_PAYLOAD_OFFSET 512u
#define RECORD_VERSION        1u

typedef enum record_kind {
    RECORD_Z = 1,
    RECORD_X,
    RECORD_STATE,
    RECORD_LEDGER,
    RECORD_SECRET,
    RECORD_DEVICE
} record_kind;

/* What became of a report. */
typedef enum record_verdict {
    VERDICT_WAITING = 1,
    VERDICT_SENT, /* of an X, which stays to remember its sequence */
    VERDICT_CONFLICT,
    VERDICT_REJECTED,
    VERDICT_ELSEWHERE,
    VERDICT_DAMAGED
} record_verdict;

typedef struct record_header {
    record_kind kind;
    uint32_t payload_bytes;
    uint32_t payload_crc;
    uint32_t origin;
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    int64_t z_number, x_sequence;
    int64_t closed_at_ms, grand_total_minor, accepted_at_ms;
    char business_date[11];
    char currency[4];
    char register_id[PROTOCOL_REGISTER_MAX + 1];
    uint32_t epoch;
    record_verdict verdict;
    char code[40];
    char detail[200];
    uint32_t slot; /* of an X: where it goes (a Z has it in its id) */
} record_header;

typedef enum record_state {
    RECORD_GOOD = 1,
    RECORD_BAD,  /* not ours, cut, or a checksum is wrong */
    RECORD_NEWER /* written by a newer plugin */
} record_state;

/* Writes RECORD_PAYLOAD_OFFSET bytes. payload_crc is taken from the header. */
void record_encode(const record_header *header, uint8_t bytes[RECORD_PAYLOAD_OFFSET]);
/* Reads them. total_bytes: of the whole record as the storage tells it. */
record_state record_decode(const uint8_t *bytes, uint32_t size_bytes, uint32_t total_bytes, record_header *header);
/* A report's header line on its way to the cloud. */
void record_to_item(const record_header *header, protocol_item *item);
/* CRC-32 of a payload, or of a further piece of it (crc: of the pieces before, 0 at first). */
uint32_t record_crc(uint32_t crc, const void *bytes, uint32_t size_bytes);

#endif
