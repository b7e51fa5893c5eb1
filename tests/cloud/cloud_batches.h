/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cloud/cloud_batches.h - building report batches, right ones and wrong ones. */
#ifndef TESTS_CLOUD_CLOUD_BATCHES_H
#define TESTS_CLOUD_CLOUD_BATCHES_H

#include "cloud_fixture.h"

typedef struct buffer {
    char *bytes;
    size_t length;
} buffer;

/* One report of the tests: figures follow from the number, so that any two differ and grand totals accumulate. */
typedef struct item {
    char kind; /* 0: 'Z' */
    long long z_number;
    long long x_sequence;
    long long epoch;
    const char *register_id; /* NULL: till-1 */
    const char *note;        /* makes another document of the same number */
    bool rebuilt;
    const char *document; /* NULL: made from the above */
    const char *sha256;   /* NULL: the right one */
    const char *header;   /* NULL: made from the above; else the whole line */
} item;

void buffer_add(buffer *self, const void *bytes, size_t length);

void buffer_free(buffer *self);

/* Appends an item. `document_bytes` is given apart so that a document may hold anything. */
void batch_add_raw(buffer *self, item what, const void *document, size_t document_bytes);

void batch_add(buffer *self, item what);

buffer batch_gzip(const buffer *plain);

buffer batch_zstd(const buffer *plain);
/* A zstd frame of zeros that declares a window of 2^window_log bytes. */
buffer batch_zstd_window(size_t zeros, int window_log);

reply batch_send_coded(const fixture *self, const till *from, const buffer *bytes, const char *coding);

/* Sends one item; the answer is a 200 with one result. */
reply batch_send_one(const fixture *self, const till *from, item what);

/* Sends one item and expects this status of it (and, if not NULL, this problem code). */
void batch_expect_one(const fixture *self, const till *from, item what, const char *status, const char *code);

#endif
