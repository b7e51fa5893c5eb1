/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poshost/storage.h - the contract of pos/storage.h on SQLite.
 *
 *   poshost_storage *storage;
 *   poshost_storage_open("/var/lib/pos/factorycloud.db", "/var/lib/pos-keys/factorycloud.key", &storage, why,
 *                        sizeof why);
 *   host.storage = poshost_storage_calls(storage);
 *   poshost_guard_new(calls, &host, NULL, &guard, ...)      (guard.h), or create() without the guard
 *   ... poshost_guard_destroy(), then:
 *   poshost_storage_close(storage);
 *
 * FILES     <path>             ordinary collections. A backup of the POS may carry it.
 *           <path>-wal         its journal, while it is in use
 *           <path>.lock        the exclusive lock; empty; never removed
 *           <key_file>         32 random bytes, mode 0600, made on first use. Keep it in another folder, and that
 *                              folder out of backups and cloned images.
 *           <key_file>.device  the SECRET and DEVICE collections, mode 0600: what must not travel with a backup. SECRET
 *                              records in it are encrypted with the key (XChaCha20-Poly1305; collection and id are
 *                              authenticated with them, so that records cannot be swapped).
 *           A lost key folder costs a log-in, no report. A lost or copied main file costs no credential.
 *
 * HOW THE CONTRACT HOLDS
 *   rule 1  Ordinary records: one SQLite transaction a put in WAL mode with synchronous=FULL, which is one fsync.
 *           Secret and device records: a rollback journal with synchronous=FULL, truncated after each commit, and
 *           secure_delete=ON: an overwritten or removed secret is gone from the file and from its journal when the
 *           call returns (a flash drive's spare blocks are beyond any program's reach). Such a put costs about four
 *           fsyncs instead of one: these collections are for what changes seldom.
 *   rule 2  Each put is durable before the next call begins, so any number of files keeps the order. A remove of
 *           ordinary records waits in memory (visible at once to get and list) and becomes part of the next put's
 *           transaction, of a full waiting list's own, or of release(). A put or remove in the device file first makes
 *           the waiting removes durable, so that it cannot overtake them.
 *   rule 3  Nothing is retried here: an error is told, and the plugin settles it by a fresh put.
 *   rule 4  acquire() locks <path>.lock with flock() (refuses other processes and a second open in this one), and the
 *           databases with SQLite's exclusive locking mode (refuses SQLite programs that do not know the lock file).
 *           All descriptors are close-on-exec. After fork() without exec the child's copy of the lock keeps it taken
 *           as long as that child lives.
 *   There is one connection a file and no shared memory, so SQLite's WAL-reset bug (two connections) cannot occur.
 *
 * Works on local filesystems; not on network mounts without working locks and fsync.
 */
#ifndef POSHOST_STORAGE_H
#define POSHOST_STORAGE_H

#include <poshost/api.h>
#include <pos/storage.h>

POSHOST_BEGIN_DECLS

typedef struct poshost_storage poshost_storage;

/*
 * Names the files and makes the key if there is none; both folders must exist. The databases are opened by acquire().
 *
 * Errors, *out is NULL then:
 *   MISUSE     a NULL argument, or both paths are the same
 *   FAILED     the key file is not a plain file of ours: another size, another owner, or readable by group or others
 *              (the words say which; a key that others can read is refused rather than mended: it may be known already)
 *   NOT_FOUND  a folder does not exist
 *   IO, NO_SPACE, NO_MEMORY
 */
POSHOST_API int32_t poshost_storage_open(const char *path, const char *key_file_path, poshost_storage **out,
                                         char *error, uint32_t error_capacity_bytes);

/* The storage as a host gives it to a plugin: pos_host.storage. Valid until poshost_storage_close(). */
POSHOST_API const pos_storage *poshost_storage_calls(const poshost_storage *storage);

/* Why the last failing call failed, in English, for a log: the code alone does not name the file. Never NULL; valid
 * until the next call. */
POSHOST_API const char *poshost_storage_error(const poshost_storage *storage);

/* Releases if need be and frees. NULL is fine. */
POSHOST_API void poshost_storage_close(poshost_storage *storage);

POSHOST_END_DECLS

#endif
