/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a document into DIR/exports. Nothing that is there is ever overwritten: the second Z-7.json is Z-7-2.json.
 */
#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <pos/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPORT_PATH_BYTES 4400
#define EXPORT_TRIES      1000

static int32_t export_fail(struct fault *fault, const char *path)
{
    int32_t code = errno == ENOSPC || errno == EDQUOT ? POS_E_NO_SPACE : POS_E_IO;
    (void)fault_set(fault, "cannot save %s: %s", path, strerror(errno));
    return code;
}

/* The n-th name: "Z-7.json", "Z-7-2.json", ... */
static bool export_make_path(char path[EXPORT_PATH_BYTES], const char *folder, const char *name, int attempt)
{
    const char *dot = strrchr(name, '.');
    int stem_bytes = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);
    int length = attempt == 1 ? snprintf(path, EXPORT_PATH_BYTES, "%s/%s", folder, name)
                              : snprintf(path, EXPORT_PATH_BYTES, "%s/%.*s-%d%s", folder, stem_bytes, name, attempt,
                                         name + stem_bytes);
    return length > 0 && length < EXPORT_PATH_BYTES;
}

/* A new file, or -1. */
static int export_create(char path[EXPORT_PATH_BYTES], const char *folder, const char *name)
{
    for (int attempt = 1; attempt <= EXPORT_TRIES; attempt++) {
        if (!export_make_path(path, folder, name, attempt)) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static bool export_write(int fd, const void *bytes, uint32_t size_bytes)
{
    const char *at = bytes;
    while (size_bytes > 0) {
        ssize_t wrote = write(fd, at, size_bytes);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        size_bytes -= (uint32_t)wrote;
    }
    return fsync(fd) == 0;
}

/* The file's name is durable only with its folder. */
static bool export_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

/* In full: who reads it may stand in another folder. */
static void export_tell_place(const char *path, char *place, uint32_t place_capacity_bytes)
{
    char *whole = realpath(path, NULL);
    const char *words = whole != NULL ? whole : path;
    size_t fits = strlen(words);
    if (fits >= place_capacity_bytes)
        fits = place_capacity_bytes - 1;
    while (fits > 0 && words[fits] != '\0' && ((unsigned char)words[fits] & 0xc0u) == 0x80u)
        fits--; /* not in the middle of a character */
    memcpy(place, words, fits);
    place[fits] = '\0';
    free(whole);
}

int32_t export_save(const char *data, const char *name, const void *bytes, uint32_t size_bytes, char *place,
                    uint32_t place_capacity_bytes, struct fault *fault)
{
    char folder[EXPORT_PATH_BYTES], path[EXPORT_PATH_BYTES] = "";
    place[0] = '\0';
    if (snprintf(folder, sizeof folder, "%s/exports", data) >= (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return export_fail(fault, name);
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return export_fail(fault, folder);
    int fd = export_create(path, folder, name);
    if (fd < 0)
        return export_fail(fault, path);
    bool ok = export_write(fd, bytes, size_bytes);
    int32_t result = ok ? POS_OK : export_fail(fault, path);
    if (close(fd) != 0 && result == POS_OK)
        result = export_fail(fault, path);
    if (result == POS_OK && !export_sync_folder(folder))
        result = export_fail(fault, folder);
    if (result != POS_OK)
        (void)unlink(path);
    else
        export_tell_place(path, place, place_capacity_bytes);
    return result;
}
