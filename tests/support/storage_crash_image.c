/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a crash leaves of a folder: the synced bytes of each file, with none, all or a part of the later writes over them.
 */
#include "storage_crash_internal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *storage_crash_must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void grow(unsigned char **bytes, sqlite3_int64 *size, sqlite3_int64 to)
{
    if (to <= *size)
        return;
    *bytes = storage_crash_must(realloc(*bytes, (size_t)to));
    memset(*bytes + *size, 0, (size_t)(to - *size));
    *size = to;
}

void storage_crash_lay(unsigned char **bytes, sqlite3_int64 *size, const crash_change *one, int part)
{
    if (one->size_bytes < 0) {
        grow(bytes, size, one->at);
        *size = one->at;
        return;
    }
    if (part <= 0)
        return;
    grow(bytes, size, one->at + part);
    memcpy(*bytes + one->at, one->bytes, (size_t)part);
}

void storage_crash_read_whole(crash_file *disk)
{
    FILE *file = fopen(disk->path, "rb");
    if (file == NULL)
        return;
    fseek(file, 0, SEEK_END);
    disk->synced_bytes = ftell(file);
    rewind(file);
    disk->synced = storage_crash_must(malloc((size_t)disk->synced_bytes + 1));
    if (fread(disk->synced, 1, (size_t)disk->synced_bytes, file) != (size_t)disk->synced_bytes)
        abort();
    fclose(file);
}

static void write_whole(const char *path, const void *bytes, size_t size)
{
    FILE *file = storage_crash_must(fopen(path, "wb"));
    if (size > 0 && fwrite(bytes, 1, size, file) != size)
        abort();
    fclose(file);
}

static void copy_file(const char *from, const char *to)
{
    crash_file file = {0};
    snprintf(file.path, sizeof file.path, "%s", from);
    storage_crash_read_whole(&file);
    write_whole(to, file.synced, (size_t)file.synced_bytes);
    free(file.synced);
}

static uint32_t chance(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void write_image(const crash_file *disk, const char *to, uint32_t choice)
{
    unsigned char *bytes = storage_crash_must(malloc((size_t)disk->synced_bytes + 1));
    sqlite3_int64 size = disk->synced_bytes;
    uint32_t state = choice * 2654435761u;
    memcpy(bytes, disk->synced ? disk->synced : (const unsigned char *)"", (size_t)size);
    for (int i = 0; i < disk->pending_count; i++) {
        const crash_change *one = &disk->pending[i];
        int part = choice == 0 ? 0 : one->size_bytes;
        int is_kept = choice == 1;
        if (choice > 1) {
            is_kept = chance(&state) % 2 != 0;
            if (one->size_bytes > SECTOR && chance(&state) % 4 == 0)
                part = (int)(chance(&state) % (uint32_t)(one->size_bytes / SECTOR)) * SECTOR;
        }
        if (is_kept)
            storage_crash_lay(&bytes, &size, one, part);
    }
    write_whole(to, bytes, (size_t)size);
    free(bytes);
}

void storage_crash_vfs_image(const char *folder, const char *to, uint32_t choice)
{
    DIR *list = storage_crash_must(opendir(folder));
    const struct dirent *entry;
    while ((entry = readdir(list)) != NULL) {
        char from_path[PATH_MAX];
        char to_path[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(from_path, sizeof from_path, "%s/%s", folder, entry->d_name);
        snprintf(to_path, sizeof to_path, "%s/%s", to, entry->d_name);
        const crash_file *disk = storage_crash_find(from_path);
        if (disk != NULL)
            write_image(disk, to_path, choice);
        else
            copy_file(from_path, to_path);
    }
    closedir(list);
}
