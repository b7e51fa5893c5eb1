/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a crash leaves of a folder: the synced bytes of each file, with none, all or a part of the later writes over
 * them.
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

static void grow(crash_bytes *to, sqlite3_int64 size)
{
    if (size <= to->size)
        return;
    if (size > to->room) {
        to->room = size > 2 * to->room ? size : 2 * to->room;
        to->bytes = storage_crash_must(realloc(to->bytes, (size_t)to->room));
    }
    memset(to->bytes + to->size, 0, (size_t)(size - to->size));
    to->size = size;
}

void storage_crash_lay(crash_bytes *to, const crash_change *one, int part)
{
    if (one->size_bytes < 0) {
        grow(to, one->at);
        to->size = one->at;
        return;
    }
    if (part <= 0)
        return;
    grow(to, one->at + part);
    memcpy(to->bytes + one->at, one->bytes, (size_t)part);
}

void storage_crash_read_whole(crash_file *disk)
{
    FILE *file = fopen(disk->path, "rb");
    if (file == NULL)
        return;
    fseek(file, 0, SEEK_END);
    disk->synced.size = ftell(file);
    disk->synced.room = disk->synced.size + 1;
    rewind(file);
    disk->synced.bytes = storage_crash_must(malloc((size_t)disk->synced.room));
    if (fread(disk->synced.bytes, 1, (size_t)disk->synced.size, file) != (size_t)disk->synced.size)
        abort();
    fclose(file);
}

static void write_whole(const char *path, const crash_bytes *from)
{
    FILE *file = storage_crash_must(fopen(path, "wb"));
    if (from->size > 0 && fwrite(from->bytes, 1, (size_t)from->size, file) != (size_t)from->size)
        abort();
    fclose(file);
}

static void copy_file(const char *from, const char *to)
{
    crash_file file = {0};
    snprintf(file.path, sizeof file.path, "%s", from);
    storage_crash_read_whole(&file);
    write_whole(to, &file.synced);
    free(file.synced.bytes);
}

static uint32_t chance(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void write_image(const crash_file *disk, const char *to, uint32_t choice)
{
    crash_bytes left = {.size = disk->synced.size, .room = disk->synced.size + 1};
    uint32_t state = choice * 2654435761u;
    left.bytes = storage_crash_must(malloc((size_t)left.room));
    if (left.size > 0)
        memcpy(left.bytes, disk->synced.bytes, (size_t)left.size);
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
            storage_crash_lay(&left, one, part);
    }
    write_whole(to, &left);
    free(left.bytes);
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
