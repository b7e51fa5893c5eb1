/* SPDX-License-Identifier: Apache-2.0 */
/* What storage_crash_vfs.c and storage_crash_image.c share. */
#ifndef TESTS_SUPPORT_STORAGE_CRASH_INTERNAL_H
#define TESTS_SUPPORT_STORAGE_CRASH_INTERNAL_H

#include "storage_crash_vfs.h"

#include <limits.h>
#include <sqlite3.h>
#include <stddef.h>

#define SECTOR 512

typedef struct crash_change {
    sqlite3_int64 at; /* of a truncation: the new size */
    int size_bytes;   /* -1: a truncation */
    unsigned char *bytes;
} crash_change;

typedef struct crash_bytes {
    unsigned char *bytes;
    sqlite3_int64 size;
    sqlite3_int64 room; /* grows by doubling: a journal grows by thousands of small writes */
} crash_bytes;

/* What the disk knows of a file; lives on after it is closed. */
typedef struct crash_file {
    struct crash_file *next;
    char path[PATH_MAX];
    crash_bytes synced;
    crash_change *pending;
    int pending_count;
    int pending_room;
    uint64_t syncs;
    uint64_t read_bytes;
} crash_file;

/* The pointer, which must not be NULL. */
void *storage_crash_must(void *memory);

/* Lays one change over bytes, as far as the first `part` bytes of it. */
void storage_crash_lay(crash_bytes *to, const crash_change *one, int part);

/* Reads the real file as its synced bytes; nothing if there is none. */
void storage_crash_read_whole(crash_file *disk);

crash_file *storage_crash_find(const char *path);

#endif
