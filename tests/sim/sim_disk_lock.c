/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_disk_lock.c - locks and shared memory between the connections of one thread (sim/sim_disk.h). */
#include "sim/sim_disk_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- locks of the file ---- */

int disk_lock_raise(sqlite3_file *base, int level)
{
    disk_handle *handle = (disk_handle *)base;
    disk_file *f = handle->file;
    if (handle->level >= level)
        return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED) {
        if (f->pending || f->exclusive)
            return SQLITE_BUSY;
        f->shared++;
    } else if (level == SQLITE_LOCK_RESERVED) {
        if (f->reserved)
            return SQLITE_BUSY;
        f->reserved = true;
    } else {
        if (handle->level < SQLITE_LOCK_RESERVED && f->reserved)
            return SQLITE_BUSY;
        f->reserved = f->pending = true;
        handle->level = SQLITE_LOCK_PENDING;
        if (f->shared > 1)
            return SQLITE_BUSY;
        f->exclusive = true;
    }
    handle->level = level;
    return SQLITE_OK;
}

int disk_lock_lower(sqlite3_file *base, int level)
{
    disk_handle *handle = (disk_handle *)base;
    disk_file *f = handle->file;
    if (handle->level <= level)
        return SQLITE_OK;
    if (handle->level > SQLITE_LOCK_SHARED)
        f->reserved = f->pending = f->exclusive = false;
    if (level == SQLITE_LOCK_NONE)
        f->shared--;
    handle->level = level;
    return SQLITE_OK;
}

int disk_lock_is_reserved(sqlite3_file *base, int *result)
{
    *result = ((disk_handle *)base)->file->reserved;
    return SQLITE_OK;
}

/* ---- shared memory ---- */

int disk_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
    disk_file *f = ((disk_handle *)base)->file;
    *out = NULL;
    if (region >= SHM_REGIONS)
        return SQLITE_IOERR_SHMSIZE;
    if (!f->shm[region] && extend)
        f->shm[region] = calloc(1, (size_t)size);
    *out = f->shm[region];
    return SQLITE_OK;
}

static bool can_lock(const disk_handle *handle, int slot, bool exclusive)
{
    const disk_file *f = handle->file;
    bool own_shared = (handle->shm_shared >> slot) & 1;
    bool own_exclusive = (handle->shm_exclusive >> slot) & 1;
    if (f->shm_exclusive[slot] && !own_exclusive)
        return false;
    return !exclusive || f->shm_shared[slot] - own_shared == 0;
}

static void lock_slot(disk_handle *handle, int slot, bool exclusive)
{
    uint16_t bit = (uint16_t)(1u << slot);
    if (exclusive) {
        handle->shm_exclusive |= bit;
        handle->file->shm_exclusive[slot] = true;
    } else if (!(handle->shm_shared & bit)) {
        handle->shm_shared |= bit;
        handle->file->shm_shared[slot]++;
    }
}

static void unlock_slot(disk_handle *handle, int slot)
{
    uint16_t bit = (uint16_t)(1u << slot);
    if (handle->shm_exclusive & bit)
        handle->file->shm_exclusive[slot] = false;
    if (handle->shm_shared & bit)
        handle->file->shm_shared[slot]--;
    handle->shm_exclusive &= (uint16_t)~bit;
    handle->shm_shared &= (uint16_t)~bit;
}

int disk_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
    disk_handle *handle = (disk_handle *)base;
    bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (int slot = offset; slot < offset + n; slot++) {
        if (flags & SQLITE_SHM_UNLOCK)
            unlock_slot(handle, slot);
        else if (!can_lock(handle, slot, exclusive))
            return SQLITE_BUSY;
    }
    for (int slot = offset; slot < offset + n && (flags & SQLITE_SHM_LOCK); slot++)
        lock_slot(handle, slot, exclusive);
    return SQLITE_OK;
}

void disk_shm_barrier(sqlite3_file *base)
{
    (void)base;
}

static void forget_shm(disk_file *f)
{
    for (int i = 0; i < SHM_REGIONS && f->shm[i]; i++) {
        free(f->shm[i]);
        f->shm[i] = NULL;
    }
}

int disk_shm_unmap(sqlite3_file *base, int delete_it)
{
    disk_handle *handle = (disk_handle *)base;
    for (int slot = 0; slot < SQLITE_SHM_NLOCK; slot++)
        unlock_slot(handle, slot);
    if (delete_it)
        forget_shm(handle->file);
    return SQLITE_OK;
}

/* ---- the end of a handle, and of everything ---- */

void disk_lock_release(disk_handle *handle)
{
    disk_shm_unmap(&handle->base, 0);
    disk_lock_lower(&handle->base, SQLITE_LOCK_NONE);
}

void disk_lock_forget(disk_file *f)
{
    forget_shm(f);
    f->shared = 0;
    f->reserved = f->pending = f->exclusive = false;
    memset(f->shm_shared, 0, sizeof f->shm_shared);
    memset(f->shm_exclusive, 0, sizeof f->shm_exclusive);
}
