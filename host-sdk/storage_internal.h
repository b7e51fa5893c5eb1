/* SPDX-License-Identifier: Apache-2.0 */
/* What storage.c and storage_records.c share. Not part of libposhost's public face. */
#ifndef HOST_SDK_STORAGE_INTERNAL_H
#define HOST_SDK_STORAGE_INTERNAL_H

#include <sys/types.h>

#include <poshost/storage.h>

#include "storage_database.h"
#include "storage_waiting.h"

struct poshost_storage {
    pos_storage calls; /* what the plugin is given: ctx is this struct */
    char *path;
    char *lock_path;
    char *device_path;
    unsigned char *key; /* in memory that is not swapped out */
    int lock_fd;        /* -1: not acquired */
    pid_t owner;        /* the process that acquired */
    int is_listing;
    poshost_database ordinary;
    poshost_database device;
    poshost_waiting waiting;
    char error[POSHOST_DATABASE_ERROR_BYTES];
};

/* The functions of pos/storage.h that need the lock; ctx is the poshost_storage. */
int32_t poshost_storage_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes);
int32_t poshost_storage_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                            uint32_t capacity_bytes, uint32_t *size_bytes);
int32_t poshost_storage_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count);
int32_t poshost_storage_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                             void *visitor_ctx);

/* Makes the waiting removes durable by themselves. */
int32_t poshost_storage_flush(poshost_storage *storage);

#endif
