/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/reader.h - what all readers share: judge the answer, parse its body, or say that it is not the cloud's. */
#ifndef PROTOCOL_READER_H
#define PROTOCOL_READER_H

#include "protocol/json.h"
#include "protocol/verdict.h"

/* The body of a success, to be freed with json_free; NULL: the verdict says what happened instead. */
cJSON *reader_open(const net_answer *answer, protocol_verdict *verdict);
/* Says that the body was not the contract's, and wipes what was read of it. */
void reader_doubt(protocol_verdict *verdict, void *read, size_t size);
/* All of a flat object; `to` is zeroed first, and after anything but a success. */
void reader_object(const net_answer *answer, protocol_verdict *verdict, const json_member *members, size_t count,
                   void *to, size_t to_bytes);

#endif
