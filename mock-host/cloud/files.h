/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - small files and folders, written so that a crash leaves the old or the new one. */
#ifndef CLOUD_FILES_H
#define CLOUD_FILES_H

#include <stddef.h>

/* mkdir -p for the last part only, mode 0700. 0 or -1 (logged). */
int files_make_folder(const char *path);

/* Temporary file beside it, sync, rename, sync of the folder. `mode` such as 0600. 0 or -1 (logged). */
int files_write(const char *path, const void *bytes, size_t length, unsigned mode);

/* The whole file with a zero behind it, or NULL (logged unless it does not exist). free() it. */
char *files_read(const char *path, size_t *length);

#endif
