/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_disk.c - files in memory, with a journal of what was not synced (sim/sim_disk.h). Locks of the two
 * connections are in sim_disk_lock.c.
 */
#include "sim/sim_disk_internal.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

static struct {
    disk_file files[SIM_DISK_FILES];
    bool off;
    uint32_t steps_left;
    int refusal;
    int64_t now_ms;
    sim_random random;
} disk;

/* ---- what was not synced ---- */

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static void grow(disk_file *f, int64_t size)
{
    if (size > f->room) {
        f->room = size > 2 * f->room ? size : 2 * f->room;
        f->bytes = must(realloc(f->bytes, (size_t)f->room));
    }
    if (size > f->size)
        memset(f->bytes + f->size, 0, (size_t)(size - f->size));
    f->size = size;
}

static void forget_changes(disk_file *f)
{
    for (uint32_t i = 0; i < f->change_count; i++) {
        free(f->changes[i].old_bytes);
        free(f->changes[i].new_bytes);
    }
    f->change_count = 0;
}

/* new_bytes NULL: the file is cut (or grown) to `at`. */
static void note_change(disk_file *f, int64_t at, const void *new_bytes, int64_t count)
{
    if (f->change_count == f->change_room) {
        f->change_room = f->change_room ? 2 * f->change_room : 64;
        f->changes = must(realloc(f->changes, f->change_room * sizeof *f->changes));
    }
    disk_change *change = &f->changes[f->change_count++];
    *change = (disk_change){.at = at, .count = count, .old_size = f->size};
    int64_t covered = new_bytes ? count : f->size - at;
    change->old_count = at + covered > f->size ? f->size - at : covered;
    if (change->old_count > 0) {
        change->old_bytes = must(malloc((size_t)change->old_count));
        memcpy(change->old_bytes, f->bytes + at, (size_t)change->old_count);
    }
    if (new_bytes) {
        change->new_bytes = must(malloc((size_t)count + 1));
        memcpy(change->new_bytes, new_bytes, (size_t)count);
    }
}

static void apply(disk_file *f, const disk_change *change, int64_t from, int64_t count)
{
    if (!change->new_bytes) {
        grow(f, change->at);
        return;
    }
    if (change->at + from + count > f->size)
        grow(f, change->at + from + count);
    memcpy(f->bytes + change->at + from, change->new_bytes + from, (size_t)count);
}

/* Back to what was synced, then a part of the rest again. */
static void draw_what_is_left(disk_file *f, sim_random *r)
{
    uint32_t mode = sim_random_below(r, 4); /* nothing, all, and twice any part */
    for (uint32_t i = f->change_count; i-- > 0;) {
        const disk_change *change = &f->changes[i];
        f->size = change->old_size;
        if (change->old_count > 0)
            memcpy(f->bytes + change->at, change->old_bytes, (size_t)change->old_count);
    }
    for (uint32_t i = 0; i < f->change_count && mode > 0; i++) {
        const disk_change *change = &f->changes[i];
        if (mode == 1 || !change->new_bytes) {
            if (mode == 1 || sim_random_below(r, 2))
                apply(f, change, 0, change->count);
            continue;
        }
        for (int64_t from = 0; from < change->count; from += SECTOR) {
            int64_t count = change->count - from < SECTOR ? change->count - from : SECTOR;
            if (sim_random_below(r, 8) >= (mode == 2 ? 1u : 4u))
                apply(f, change, from, count);
        }
    }
    forget_changes(f);
}

/* ---- power ---- */

static bool fails_now(void)
{
    if (!disk.off && disk.steps_left > 0 && --disk.steps_left == 0)
        disk.off = true;
    return disk.off;
}

void sim_disk_cut(uint32_t nth)
{
    disk.steps_left = nth;
    disk.off = disk.off || nth == 0;
}

bool sim_disk_is_off(void)
{
    return disk.off;
}

void sim_disk_power_on(sim_random *r)
{
    for (int i = 0; i < SIM_DISK_FILES; i++) {
        disk_file *f = &disk.files[i];
        draw_what_is_left(f, r);
        disk_lock_forget(f);
    }
    disk.off = false;
    disk.steps_left = 0;
}

void sim_disk_refuse(int code)
{
    disk.refusal = code;
}

void sim_disk_set_clock(int64_t now_ms)
{
    disk.now_ms = now_ms;
}

void sim_disk_format(uint64_t seed)
{
    for (int i = 0; i < SIM_DISK_FILES; i++) {
        disk_file *f = &disk.files[i];
        forget_changes(f);
        disk_lock_forget(f);
        free(f->changes);
        free(f->bytes);
        memset(f, 0, sizeof *f);
    }
    disk.off = false;
    disk.steps_left = 0;
    disk.refusal = SQLITE_OK;
    disk.random = sim_random_make(seed, 0xd15c);
    sqlite3_randomness(0, NULL); /* SQLite seeds its own generator anew, from here */
}

/* ---- a file ---- */

static int file_close(sqlite3_file *base)
{
    disk_handle *handle = (disk_handle *)base;
    disk_lock_release(handle);
    handle->file->handles--;
    if (handle->delete_on_close)
        handle->file->exists = false;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *to, int count, sqlite3_int64 at)
{
    const disk_file *f = ((disk_handle *)base)->file;
    if (disk.off)
        return SQLITE_IOERR_READ;
    int64_t there = at < f->size ? f->size - at : 0;
    if (there >= count) {
        memcpy(to, f->bytes + at, (size_t)count);
        return SQLITE_OK;
    }
    memset(to, 0, (size_t)count);
    if (there > 0)
        memcpy(to, f->bytes + at, (size_t)there);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *from, int count, sqlite3_int64 at)
{
    disk_file *f = ((disk_handle *)base)->file;
    if (disk.off)
        return SQLITE_IOERR_WRITE;
    if (disk.refusal != SQLITE_OK && disk.refusal != SQLITE_IOERR_FSYNC)
        return disk.refusal;
    note_change(f, at, from, count);
    apply(f, &f->changes[f->change_count - 1], 0, count);
    return fails_now() ? SQLITE_IOERR_WRITE : SQLITE_OK; /* the write in which the power fails may come through */
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    disk_file *f = ((disk_handle *)base)->file;
    if (disk.off)
        return SQLITE_IOERR_TRUNCATE;
    if (size < f->size) {
        note_change(f, size, NULL, 0);
        f->size = size;
    }
    return fails_now() ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    if (disk.off || fails_now() || disk.refusal == SQLITE_IOERR_FSYNC)
        return SQLITE_IOERR_FSYNC;
    forget_changes(((disk_handle *)base)->file);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = ((disk_handle *)base)->file->size;
    return disk.off ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_control(sqlite3_file *base, int what, void *arg)
{
    (void)base;
    (void)what;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

static int file_traits(sqlite3_file *base)
{
    (void)base;
    return 0; /* no promise at all */
}

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           .xClose = file_close,
                                           .xRead = file_read,
                                           .xWrite = file_write,
                                           .xTruncate = file_truncate,
                                           .xSync = file_sync,
                                           .xFileSize = file_size,
                                           .xLock = disk_lock_raise,
                                           .xUnlock = disk_lock_lower,
                                           .xCheckReservedLock = disk_lock_is_reserved,
                                           .xFileControl = file_control,
                                           .xSectorSize = file_sector,
                                           .xDeviceCharacteristics = file_traits,
                                           .xShmMap = disk_shm_map,
                                           .xShmLock = disk_shm_lock,
                                           .xShmBarrier = disk_shm_barrier,
                                           .xShmUnmap = disk_shm_unmap};

/* ---- the VFS ---- */

static disk_file *find(const char *path)
{
    for (int i = 0; i < SIM_DISK_FILES; i++) {
        if (disk.files[i].exists && strcmp(disk.files[i].path, path) == 0)
            return &disk.files[i];
    }
    return NULL;
}

static disk_file *make(const char *path)
{
    for (int i = 0; i < SIM_DISK_FILES; i++) {
        disk_file *f = &disk.files[i];
        if (f->exists || f->handles > 0 || strlen(path) >= sizeof f->path)
            continue;
        forget_changes(f);
        f->exists = true;
        f->size = 0;
        memcpy(f->path, path, strlen(path) + 1);
        return f;
    }
    return NULL;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
    disk_handle *handle = (disk_handle *)base;
    (void)vfs;
    memset(handle, 0, sizeof *handle);
    if (disk.off)
        return SQLITE_CANTOPEN;
    disk_file *f = path ? find(path) : NULL;
    if (!f && (!path || flags & SQLITE_OPEN_CREATE))
        f = make(path ? path : "temporary");
    if (!f)
        return SQLITE_CANTOPEN;
    f->handles++;
    handle->file = f;
    handle->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->base.pMethods = &methods;
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    (void)sync_folder;
    disk_file *f = find(path);
    if (disk.off)
        return SQLITE_IOERR_DELETE;
    if (!f)
        return SQLITE_IOERR_DELETE_NOENT;
    f->exists = false;
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
    (void)vfs;
    const disk_file *f = find(path);
    *result = f && (flags != SQLITE_ACCESS_EXISTS || f->size > 0);
    return disk.off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *out)
{
    (void)vfs;
    if ((int)strlen(path) >= room)
        return SQLITE_CANTOPEN;
    memcpy(out, path, strlen(path) + 1);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *out)
{
    (void)vfs;
    for (int i = 0; i < count; i++)
        out[i] = (char)sim_random_below(&disk.random, 256);
    return count;
}

/* A lock that is held is held for ever in one thread: nothing gets better by waiting. */
static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int vfs_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *now)
{
    (void)vfs;
    *now = disk.now_ms + INT64_C(210866760000000); /* Julian */
    return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *vfs, double *now)
{
    sqlite3_int64 ms = 0;
    vfs_time_ms(vfs, &ms);
    *now = (double)ms / 86400000.0;
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *vfs, int count, char *out)
{
    (void)vfs;
    if (count > 0)
        out[0] = 0;
    return 0;
}

void sim_disk_install(void)
{
    static sqlite3_vfs vfs = {.iVersion = 2,
                              .szOsFile = (int)sizeof(disk_handle),
                              .mxPathname = SIM_DISK_PATH_SIZE - 16,
                              .zName = SIM_DISK_VFS,
                              .xOpen = vfs_open,
                              .xDelete = vfs_delete,
                              .xAccess = vfs_access,
                              .xFullPathname = vfs_full_path,
                              .xRandomness = vfs_randomness,
                              .xSleep = vfs_sleep,
                              .xCurrentTime = vfs_time,
                              .xGetLastError = vfs_error,
                              .xCurrentTimeInt64 = vfs_time_ms};
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
}
