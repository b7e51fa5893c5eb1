/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite on a disk whose power can fail. Each file keeps, beside the real one, its bytes as of the last sync and the
 * writes since; a crash is then any subset of those writes laid over the synced bytes.
 */
#include "storage_crash_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A folder whose files lose their power together. */
typedef struct power {
    struct power *next;
    char folder[PATH_MAX];
    int is_off;
    uint32_t steps_left; /* until then; 0: not ordered */
    int refusal;         /* what every write gets, SQLITE_OK: none */
} power;

typedef struct open_file {
    sqlite3_file base;
    crash_file *disk;
    sqlite3_file *real; /* behind this struct */
} open_file;

static crash_file *disk_files;
static power *powers;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs crash_vfs;

static void note(crash_file *disk, sqlite3_int64 at, const void *bytes, int size_bytes)
{
    if (disk->pending_count == disk->pending_room) {
        disk->pending_room = disk->pending_room ? disk->pending_room * 2 : 64;
        disk->pending = storage_crash_must(realloc(disk->pending, (size_t)disk->pending_room * sizeof *disk->pending));
    }
    crash_change *one = &disk->pending[disk->pending_count++];
    *one = (crash_change){.at = at, .size_bytes = size_bytes};
    if (size_bytes >= 0) {
        one->bytes = storage_crash_must(malloc((size_t)size_bytes + 1));
        memcpy(one->bytes, bytes, (size_t)size_bytes);
    }
}

static void drop_pending(crash_file *disk)
{
    for (int i = 0; i < disk->pending_count; i++)
        free(disk->pending[i].bytes);
    free(disk->pending);
    disk->pending = NULL;
    disk->pending_count = 0;
    disk->pending_room = 0;
}

static void settle(crash_file *disk)
{
    for (int i = 0; i < disk->pending_count; i++)
        storage_crash_lay(&disk->synced, &disk->pending[i], disk->pending[i].size_bytes);
    drop_pending(disk);
}

static int is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static power *power_of(const char *path)
{
    power *found = powers;
    while (found != NULL && !is_below(path, found->folder))
        found = found->next;
    return found;
}

static int is_off(const crash_file *disk)
{
    const power *supply = power_of(disk->path);
    return supply != NULL && supply->is_off;
}

/* One step of writing; 1 if the power fails in it. */
static int fails_now(const crash_file *disk)
{
    power *supply = power_of(disk->path);
    if (supply == NULL || supply->steps_left == 0 || --supply->steps_left > 0)
        return 0;
    supply->is_off = 1;
    return 1;
}

/* ---- the file ---- */

static int file_close(sqlite3_file *base)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xClose(file->real);
}

static int file_read(sqlite3_file *base, void *to, int size, sqlite3_int64 at)
{
    open_file *file = (open_file *)base;
    file->disk->read_bytes += (uint64_t)size;
    return is_off(file->disk) ? SQLITE_IOERR_READ : file->real->pMethods->xRead(file->real, to, size, at);
}

static int file_write(sqlite3_file *base, const void *from, int size, sqlite3_int64 at)
{
    open_file *file = (open_file *)base;
    if (is_off(file->disk))
        return SQLITE_IOERR_WRITE;
    const power *supply = power_of(file->disk->path);
    if (supply != NULL && supply->refusal != SQLITE_OK)
        return supply->refusal;
    note(file->disk, at, from, size); /* the write in which the power fails may have come through */
    return fails_now(file->disk) ? SQLITE_IOERR_WRITE : file->real->pMethods->xWrite(file->real, from, size, at);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    open_file *file = (open_file *)base;
    if (is_off(file->disk))
        return SQLITE_IOERR_TRUNCATE;
    note(file->disk, size, NULL, -1);
    return fails_now(file->disk) ? SQLITE_IOERR_TRUNCATE : file->real->pMethods->xTruncate(file->real, size);
}

static int file_sync(sqlite3_file *base, int flags)
{
    open_file *file = (open_file *)base;
    if (is_off(file->disk) || fails_now(file->disk))
        return SQLITE_IOERR_FSYNC;
    file->disk->syncs++;
    settle(file->disk);
    (void)flags;
    return SQLITE_OK; /* the real disk may take its time: the power that fails here is our own */
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *base, int level)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *base, int level)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xUnlock(file->real, level);
}

static int file_reserved(sqlite3_file *base, int *is_reserved)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xCheckReservedLock(file->real, is_reserved);
}

static int file_control(sqlite3_file *base, int what, void *arg)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xFileControl(file->real, what, arg);
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

static int file_traits(sqlite3_file *base)
{
    (void)base;
    return 0; /* no promise: not even that a write past the end leaves the rest alone */
}

/* The shared memory of a write-ahead log is made anew from the log whenever the first one opens it: it has no part in
 * what a crash leaves. */
static int file_shm_map(sqlite3_file *base, int page, int page_bytes, int extend, void volatile **to)
{
    open_file *file = (open_file *)base;
    return is_off(file->disk) ? SQLITE_IOERR_SHMMAP
                              : file->real->pMethods->xShmMap(file->real, page, page_bytes, extend, to);
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *base)
{
    open_file *file = (open_file *)base;
    file->real->pMethods->xShmBarrier(file->real);
}

static int file_shm_unmap(sqlite3_file *base, int remove)
{
    open_file *file = (open_file *)base;
    return file->real->pMethods->xShmUnmap(file->real, remove);
}

static const sqlite3_io_methods file_methods = {.iVersion = 2, /* no mapping */
                                                .xClose = file_close,
                                                .xRead = file_read,
                                                .xWrite = file_write,
                                                .xTruncate = file_truncate,
                                                .xSync = file_sync,
                                                .xFileSize = file_size,
                                                .xLock = file_lock,
                                                .xUnlock = file_unlock,
                                                .xCheckReservedLock = file_reserved,
                                                .xFileControl = file_control,
                                                .xSectorSize = file_sector,
                                                .xDeviceCharacteristics = file_traits,
                                                .xShmMap = file_shm_map,
                                                .xShmLock = file_shm_lock,
                                                .xShmBarrier = file_shm_barrier,
                                                .xShmUnmap = file_shm_unmap};

/* ---- the VFS ---- */

crash_file *storage_crash_find(const char *path)
{
    for (crash_file *disk = disk_files; disk != NULL; disk = disk->next) {
        if (strcmp(disk->path, path) == 0)
            return disk;
    }
    return NULL;
}

static crash_file *make_disk(const char *path)
{
    crash_file *disk = storage_crash_find(path);
    if (disk != NULL)
        return disk;
    disk = storage_crash_must(calloc(1, sizeof *disk));
    snprintf(disk->path, sizeof disk->path, "%s", path);
    storage_crash_read_whole(disk);
    disk->next = disk_files;
    disk_files = disk;
    return disk;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
    (void)vfs;
    open_file *file = (open_file *)base;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    if (path == NULL) /* a temporary file of SQLite's own: not on this disk */
        return real_vfs->xOpen(real_vfs, path, base, flags, out_flags);
    crash_file *disk = make_disk(path);
    if (is_off(disk))
        return SQLITE_CANTOPEN;
    int result = real_vfs->xOpen(real_vfs, path, file->real, flags, out_flags);
    if (result == SQLITE_OK) {
        file->disk = disk;
        file->base.pMethods = &file_methods;
    }
    return result;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    crash_file *disk = storage_crash_find(path);
    if (disk != NULL && is_off(disk))
        return SQLITE_IOERR_DELETE;
    if (disk != NULL) {
        drop_pending(disk);
        disk->synced.size = 0;
    }
    return real_vfs->xDelete(real_vfs, path, sync_folder);
}

void storage_crash_vfs_install(void)
{
    if (real_vfs != NULL)
        return;
    real_vfs = storage_crash_must(sqlite3_vfs_find(NULL));
    crash_vfs = *real_vfs;
    crash_vfs.zName = "crash";
    crash_vfs.szOsFile = (int)sizeof(open_file) + real_vfs->szOsFile;
    crash_vfs.pNext = NULL;
    crash_vfs.xOpen = vfs_open;
    crash_vfs.xDelete = vfs_delete;
    if (sqlite3_vfs_register(&crash_vfs, 1) != SQLITE_OK)
        abort();
}

uint64_t storage_crash_vfs_syncs(const char *folder)
{
    uint64_t syncs = 0;
    for (const crash_file *disk = disk_files; disk != NULL; disk = disk->next)
        syncs += is_below(disk->path, folder) ? disk->syncs : 0;
    return syncs;
}

uint64_t storage_crash_vfs_read_bytes(const char *folder)
{
    uint64_t bytes = 0;
    for (const crash_file *disk = disk_files; disk != NULL; disk = disk->next)
        bytes += is_below(disk->path, folder) ? disk->read_bytes : 0;
    return bytes;
}

static power *need_power(const char *folder)
{
    power *supply = powers;
    while (supply != NULL && strcmp(supply->folder, folder) != 0)
        supply = supply->next;
    if (supply != NULL)
        return supply;
    supply = storage_crash_must(calloc(1, sizeof *supply));
    snprintf(supply->folder, sizeof supply->folder, "%s", folder);
    supply->next = powers;
    powers = supply;
    return supply;
}

void storage_crash_vfs_cut(const char *folder, uint32_t nth)
{
    power *supply = need_power(folder);
    supply->steps_left = nth;
    supply->is_off = supply->is_off || nth == 0;
}

void storage_crash_vfs_refuse(const char *folder, int code)
{
    need_power(folder)->refusal = code;
}

void storage_crash_vfs_forget(const char *folder)
{
    for (crash_file **at = &disk_files; *at != NULL;) {
        crash_file *disk = *at;
        if (!is_below(disk->path, folder)) {
            at = &disk->next;
            continue;
        }
        *at = disk->next;
        drop_pending(disk);
        free(disk->synced.bytes);
        free(disk);
    }
    for (power **at = &powers; *at != NULL;) {
        power *supply = *at;
        if (strcmp(supply->folder, folder) != 0) {
            at = &supply->next;
            continue;
        }
        *at = supply->next;
        free(supply);
    }
}
