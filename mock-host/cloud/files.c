/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files: certificates, keys, mails, the port file.
 */
#include "files.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_MAX (1024L * 1024L)

static int complain(const char *what, const char *path)
{
    log_line(LOG_LEVEL_ERROR, "%s %s: %s", what, path, strerror(errno));
    return -1;
}

int files_make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : complain("making the folder", path);
}

static int sync_folder_of(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int code = fsync(fd);
    close(fd);
    return code;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

int files_write(const char *path, const void *bytes, size_t length, unsigned mode)
{
    char temporary[PATH_MAX];
    int used = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (used < 0 || (size_t)used >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return complain("writing", path);
    }
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        return complain("writing", temporary);
    int code = write_all(fd, bytes, length) == 0 && fsync(fd) == 0 ? 0 : -1;
    if (close(fd) != 0 || code != 0 || rename(temporary, path) != 0 || sync_folder_of(path) != 0) {
        complain("writing", path);
        unlink(temporary);
        return -1;
    }
    return 0;
}

char *files_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rbe");
    char *bytes = NULL;
    struct stat about;
    if (!file) {
        if (errno != ENOENT)
            complain("reading", path);
        return NULL;
    }
    if (fstat(fileno(file), &about) == 0 && about.st_size >= 0 && about.st_size < READ_MAX &&
        (bytes = malloc((size_t)about.st_size + 1)) != NULL) {
        *length = fread(bytes, 1, (size_t)about.st_size, file);
        bytes[*length] = 0;
        if (ferror(file)) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (!bytes)
        complain("reading", path);
    fclose(file);
    return bytes;
}
