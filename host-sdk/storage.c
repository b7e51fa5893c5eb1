/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a storage on SQLite: its files, its lock, its key. What is done with records is storage_records.c.
 */
#include "storage_internal.h"

#include "storage_key.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static char *join(const char *path, const char *ending)
{
    size_t room = strlen(path) + strlen(ending) + 1;
    char *joined = malloc(room);
    if (joined != NULL)
        snprintf(joined, room, "%s%s", path, ending);
    return joined;
}

/* ---- the lock ---- */

static int32_t lock(poshost_storage *storage)
{
    int fd = open(storage->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) {
        poshost_text_format(storage->error, sizeof storage->error, "Cannot open %s: %s.", storage->lock_path,
                            strerror(errno));
        return POS_E_IO;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int reason = errno;
        close(fd);
        poshost_text_format(storage->error, sizeof storage->error, "%s is in use by another instance or program (%s).",
                            storage->path, strerror(reason));
        return reason == EWOULDBLOCK ? POS_E_BUSY : POS_E_IO;
    }
    storage->lock_fd = fd;
    storage->owner = getpid();
    return POS_OK;
}

static void unlock(poshost_storage *storage)
{
    if (storage->lock_fd >= 0)
        close(storage->lock_fd);
    storage->lock_fd = -1;
}

static int32_t storage_acquire(void *ctx)
{
    poshost_storage *storage = ctx;
    storage->error[0] = '\0';
    if (storage->lock_fd >= 0) {
        poshost_text_format(storage->error, sizeof storage->error, "%s is acquired already.", storage->path);
        return POS_E_BUSY;
    }
    int32_t code = lock(storage);
    if (code != POS_OK)
        return code;
    code = poshost_database_open(&storage->ordinary, storage->path, POSHOST_DATABASE_ORDINARY, 0640, storage->error);
    if (code == POS_OK)
        code = poshost_database_open(&storage->device, storage->device_path, POSHOST_DATABASE_DEVICE, 0600,
                                     storage->error);
    if (code != POS_OK) {
        poshost_database_close(&storage->ordinary);
        unlock(storage);
    }
    return code;
}

/* ---- life ---- */

static void storage_release(void *ctx)
{
    poshost_storage *storage = ctx;
    storage->error[0] = '\0';
    if (storage->lock_fd < 0 || storage->owner != getpid())
        return;
    /* Lazy removes may be lost by rule 2, so a failure here harms nobody; it only makes work at the next start. */
    poshost_storage_flush(storage);
    storage->waiting.count = 0;
    poshost_database_close(&storage->ordinary);
    poshost_database_close(&storage->device);
    unlock(storage);
}

const pos_storage *poshost_storage_calls(const poshost_storage *storage)
{
    return storage == NULL ? NULL : &storage->calls;
}

static void fill_calls(poshost_storage *storage)
{
    storage->calls = (pos_storage){.struct_size = sizeof(pos_storage),
                                   .ctx = storage,
                                   .acquire = storage_acquire,
                                   .release = storage_release,
                                   .put = poshost_storage_put,
                                   .get = poshost_storage_get,
                                   .remove = poshost_storage_remove,
                                   .list = poshost_storage_list};
}

const char *poshost_storage_error(const poshost_storage *storage)
{
    return storage == NULL ? "" : storage->error;
}

void poshost_storage_close(poshost_storage *storage)
{
    if (storage == NULL)
        return;
    storage_release(storage);
    sodium_free(storage->key);
    free(storage->path);
    free(storage->lock_path);
    free(storage->device_path);
    free(storage);
}

static int32_t open_files(poshost_storage *storage, const char *key_path, char *error, uint32_t cap)
{
    int32_t code = poshost_key_sync_folder(storage->path, error, cap); /* is the folder there at all? */
    if (code != POS_OK)
        return code;
    code = poshost_key_load(key_path, storage->key, error, cap);
    if (code == POS_OK)
        sodium_mprotect_readonly(storage->key);
    return code;
}

int32_t poshost_storage_open(const char *path, const char *key_file_path, poshost_storage **out, char *error,
                             uint32_t error_capacity_bytes)
{
    poshost_text_format(error, error_capacity_bytes, "%s", "");
    if (out != NULL)
        *out = NULL;
    if (out == NULL || path == NULL || key_file_path == NULL || strcmp(path, key_file_path) == 0) {
        poshost_text_format(
            error, error_capacity_bytes,
            "poshost_storage_open: path, key_file_path and out are required, and the two paths differ.");
        return POS_E_MISUSE;
    }
    if (sodium_init() < 0) {
        poshost_text_format(error, error_capacity_bytes, "The system gives no random numbers.");
        return POS_E_FAILED;
    }
    poshost_storage *storage = calloc(1, sizeof *storage);
    int32_t code = POS_E_NO_MEMORY;
    if (storage != NULL) {
        fill_calls(storage);
        storage->lock_fd = -1;
        storage->path = join(path, "");
        storage->lock_path = join(path, ".lock");
        storage->device_path = join(key_file_path, ".device");
        storage->key = sodium_malloc(POSHOST_KEY_BYTES);
        if (storage->path && storage->lock_path && storage->device_path && storage->key)
            code = open_files(storage, key_file_path, error, error_capacity_bytes);
    }
    if (code != POS_OK) {
        poshost_storage_close(storage);
        return code;
    }
    *out = storage;
    return POS_OK;
}
