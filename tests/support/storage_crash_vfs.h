/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite on a disk whose power can fail: every write stays pending until the file is synced, and a crash keeps none,
 * all or some of what is pending, torn at sectors of 512 bytes. Also counts the syncs.
 *
 * Registered as SQLite's default VFS, so that a storage under test needs no change. It has no shared memory: SQLite
 * takes WAL mode on it only from a connection in exclusive locking mode.
 */
#ifndef TESTS_SUPPORT_STORAGE_CRASH_VFS_H
#define TESTS_SUPPORT_STORAGE_CRASH_VFS_H

#include <stdint.h>

/* Once a process, before the first database is opened. */
void storage_crash_vfs_install(void);

/* Syncs, and bytes read, of files below `folder` since they were first opened. */
uint64_t storage_crash_vfs_syncs(const char *folder);
uint64_t storage_crash_vfs_read_bytes(const char *folder);

/* From now on every write below `folder` fails with that SQLite code: SQLITE_FULL, SQLITE_IOERR_WRITE. SQLITE_OK ends
 * it. */
void storage_crash_vfs_refuse(const char *folder, int code);

/* The power of `folder` and all below it fails in the n-th write, truncation or sync from now; 0: now. It does not
 * come back. */
void storage_crash_vfs_cut(const char *folder, uint32_t nth);

/* Frees what is known of `folder`: no file of it may be open. */
void storage_crash_vfs_forget(const char *folder);

/*
 * Makes in `to` (an existing folder) the files that a crash leaves of `folder` itself, not of those below. Files that
 * SQLite never opened are copied as they are. choice 0: nothing pending came through; 1: all of it; others: a part, by
 * chance with that seed.
 */
void storage_crash_vfs_image(const char *folder, const char *to, uint32_t choice);

#endif
