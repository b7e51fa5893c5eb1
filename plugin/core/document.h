/* SPDX-License-Identifier: Apache-2.0 */
/* core/document.h - is a report's document fit to be carried: well-formed JSON in valid UTF-8, numbers that survive. */
#ifndef CORE_DOCUMENT_H
#define CORE_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#define DOCUMENT_DEPTH_MAX 64

/* Why a document is rejected; the slugs are shown and stored. NULL: it is fine. Static text. */
typedef struct document_fault {
    const char *code; /* "empty", "invalid-json", "invalid-utf8", "too-deep", "number-range" */
    size_t at_byte;   /* where it was noticed */
} document_fault;

/* One pass, no allocation. Whether the figures add up is not asked: the plugin carries reports, it does not judge
 * them; what members a report must have is the cloud's to say. */
document_fault document_check(const void *bytes, size_t size_bytes);

#endif
