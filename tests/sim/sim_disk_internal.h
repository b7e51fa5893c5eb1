/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_disk_internal.h - what sim_disk.c and sim_disk_lock.c share. */
#ifndef SIM_DISK_INTERNAL_H
#define SIM_DISK_INTERNAL_H

#include "sim/sim_disk.h"

#include <sqlite3.h>

#define SIM_DISK_FILES     8
#define SIM_DISK_PATH_SIZE 256
#define SHM_REGIONS        1024

/* A write or a truncation that was not synced. */
typedef struct disk_change {
    int64_t at, count; /* new_bytes NULL: cut at `at` */
    int64_t old_size, old_count;
    uint8_t *old_bytes, *new_bytes;
} disk_change;

typedef struct disk_file {
    bool exists;
    int handles;
    char path[SIM_DISK_PATH_SIZE];
    uint8_t *bytes;
    int64_t size, room;
    disk_change *changes;
    uint32_t change_count, change_room;
    /* locks */
    int shared;
    bool reserved, pending, exclusive;
    int shm_shared[SQLITE_SHM_NLOCK];
    bool shm_exclusive[SQLITE_SHM_NLOCK];
    uint8_t *shm[SHM_REGIONS];
} disk_file;

typedef struct disk_handle {
    sqlite3_file base; /* first */
    disk_file *file;
    bool delete_on_close;
    int level; /* SQLITE_LOCK_* */
    uint16_t shm_shared, shm_exclusive;
} disk_handle;

int disk_lock_raise(sqlite3_file *base, int level);
int disk_lock_lower(sqlite3_file *base, int level);
int disk_lock_is_reserved(sqlite3_file *base, int *result);
int disk_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out);
int disk_shm_lock(sqlite3_file *base, int offset, int n, int flags);
void disk_shm_barrier(sqlite3_file *base);
int disk_shm_unmap(sqlite3_file *base, int delete_it);
void disk_lock_release(disk_handle *handle); /* a handle is closed */
void disk_lock_forget(disk_file *f);         /* the machine went down: locks and shared memory are gone */

#endif
