/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract suite's bench for poshost/storage.h: real files in a folder of their own, on a disk whose power can
 * fail.
 */
#include "storage_benches.h"

#include "storage_crash_vfs.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CRASH_CHOICES 6u

typedef struct bench_storage {
    poshost_storage *storage;
    int is_twin;
    char root[PATH_MAX - 32];
} bench_storage;

/* ---- files ---- */

static void join(char *out, size_t room, const char *root, const char *rest)
{
    if ((size_t)snprintf(out, room, "%s/%s", root, rest) >= room)
        abort();
}

static void each_file(const char *root, const char *folder, int (*visit)(const char *path, void *arg), void *arg)
{
    char path[PATH_MAX];
    char full[PATH_MAX + 300];
    join(path, sizeof path, root, folder);
    DIR *list = opendir(path);
    if (list == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(list)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        join(full, sizeof full, path, entry->d_name);
        if (visit(full, arg))
            break;
    }
    closedir(list);
}

static int remove_one(const char *path, void *arg)
{
    (void)arg;
    return unlink(path) != 0;
}

static void remove_all(const char *root)
{
    char path[PATH_MAX];
    each_file(root, "data", remove_one, NULL);
    each_file(root, "keys", remove_one, NULL);
    join(path, sizeof path, root, "data");
    rmdir(path);
    join(path, sizeof path, root, "keys");
    rmdir(path);
    rmdir(root);
}

typedef struct search {
    const unsigned char *bytes;
    size_t size_bytes;
    int is_found;
} search;

static int search_one(const char *path, void *arg)
{
    search *wanted = arg;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        abort();
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    unsigned char *all = malloc(size + 1);
    if (all == NULL || fread(all, 1, size, file) != size)
        abort();
    fclose(file);
    for (size_t at = 0; at + wanted->size_bytes <= size && !wanted->is_found; at++)
        wanted->is_found = memcmp(all + at, wanted->bytes, wanted->size_bytes) == 0;
    free(all);
    return wanted->is_found;
}

static int has_plain(void *ctx, const void *bytes, uint32_t size_bytes)
{
    const bench_storage *self = ctx;
    search wanted = {.bytes = bytes, .size_bytes = size_bytes};
    each_file(self->root, "data", search_one, &wanted);
    if (!wanted.is_found)
        each_file(self->root, "keys", search_one, &wanted);
    return wanted.is_found;
}

/* A backup carries the data folder, not the keys. */
static int has_in_backup(void *ctx, const void *bytes, uint32_t size_bytes)
{
    const bench_storage *self = ctx;
    search wanted = {.bytes = bytes, .size_bytes = size_bytes};
    each_file(self->root, "data", search_one, &wanted);
    return wanted.is_found;
}

/* ---- the contract, with the bench's ctx ---- */

#define INNER(ctx) (((bench_storage *)(ctx))->storage)

static int32_t bench_acquire(void *ctx)
{
    return poshost_storage_calls(INNER(ctx))->acquire(INNER(ctx));
}

static void bench_release(void *ctx)
{
    poshost_storage_calls(INNER(ctx))->release(INNER(ctx));
}

static int32_t bench_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    return poshost_storage_calls(INNER(ctx))->put(INNER(ctx), collection, id, bytes, size_bytes);
}

static int32_t bench_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                         uint32_t capacity_bytes, uint32_t *size_bytes)
{
    return poshost_storage_calls(INNER(ctx))
        ->get(INNER(ctx), collection, id, offset_bytes, buffer, capacity_bytes, size_bytes);
}

static int32_t bench_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    return poshost_storage_calls(INNER(ctx))->remove(INNER(ctx), collection, ids, count);
}

static int32_t bench_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                          void *visitor_ctx)
{
    return poshost_storage_calls(INNER(ctx))->list(INNER(ctx), collection, from_id, visitor, visitor_ctx);
}

/* ---- making ---- */

static bench_storage *open_at(const char *root)
{
    char data[PATH_MAX];
    char key[PATH_MAX];
    char error[256];
    bench_storage *self = calloc(1, sizeof *self);
    if (self == NULL)
        abort();
    snprintf(self->root, sizeof self->root, "%s", root);
    join(data, sizeof data, root, "data/pos.db");
    join(key, sizeof key, root, "keys/pos.key");
    if (poshost_storage_open(data, key, &self->storage, error, sizeof error) != POS_OK) {
        fprintf(stderr, "cannot open the storage: %s\n", error);
        abort();
    }
    return self;
}

static void make_folders(char *root, size_t room)
{
    char path[PATH_MAX];
    /* In memory where there is such a place: the disk that fails here is a virtual one, the real one only slow. */
    const char *base = getenv("TMPDIR");
    if (base == NULL || base[0] == '\0')
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(root, room, "%s/storage-XXXXXX", base);
    if (mkdtemp(root) == NULL)
        abort();
    join(path, sizeof path, root, "data");
    if (mkdir(path, 0700) != 0)
        abort();
    join(path, sizeof path, root, "keys");
    if (mkdir(path, 0700) != 0)
        abort();
}

static void *make(void)
{
    char root[PATH_MAX - 32];
    storage_crash_vfs_install();
    make_folders(root, sizeof root);
    return open_at(root);
}

static void free_storage(void *ctx)
{
    bench_storage *self = ctx;
    poshost_storage_close(self->storage);
    if (!self->is_twin) {
        storage_crash_vfs_forget(self->root);
        remove_all(self->root);
    }
    free(self);
}

static void *twin(void *ctx)
{
    bench_storage *other = open_at(((bench_storage *)ctx)->root);
    other->is_twin = 1;
    return other;
}

static void cut(void *ctx, uint32_t nth)
{
    storage_crash_vfs_cut(((bench_storage *)ctx)->root, nth);
}

static void *crash(void *ctx, uint32_t choice)
{
    const bench_storage *self = ctx;
    char root[PATH_MAX - 32];
    if (choice == CRASH_CHOICES)
        return NULL;
    storage_crash_vfs_cut(self->root, 0);
    make_folders(root, sizeof root);
    for (int i = 0; i < 2; i++) {
        char from[PATH_MAX];
        char to[PATH_MAX];
        join(from, sizeof from, self->root, i == 0 ? "data" : "keys");
        join(to, sizeof to, root, i == 0 ? "data" : "keys");
        storage_crash_vfs_image(from, to, choice);
    }
    char key[PATH_MAX];
    join(key, sizeof key, root, "keys/pos.key");
    if (chmod(key, 0600) != 0)
        abort();
    return open_at(root);
}

poshost_storage *storage_bench_sqlite_inner(void *ctx)
{
    return INNER(ctx);
}

const char *storage_bench_sqlite_folder(void *ctx)
{
    return ((bench_storage *)ctx)->root;
}

const storage_bench *storage_bench_sqlite(void)
{
    static const pos_storage calls = {.struct_size = sizeof(pos_storage),
                                      .acquire = bench_acquire,
                                      .release = bench_release,
                                      .put = bench_put,
                                      .get = bench_get,
                                      .remove = bench_remove,
                                      .list = bench_list};
    static const storage_bench bench = {.name = "sqlite",
                                        .calls = &calls,
                                        .make = make,
                                        .free = free_storage,
                                        .twin = twin,
                                        .free_twin = free_storage,
                                        .crash = crash,
                                        .cut = cut,
                                        .has_plain = has_plain,
                                        .has_in_backup = has_in_backup};
    return &bench;
}
