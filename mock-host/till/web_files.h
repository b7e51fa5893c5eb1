/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_files.h - the style sheet, the script and the icon, linked into the program.
 */
#ifndef TILL_WEB_FILES_H
#define TILL_WEB_FILES_H

#include <stddef.h>

struct web_file {
    const char *url;
    const char *type;
    const char *bytes;
    size_t size_bytes;
};

/* NULL: there is none of that address. */
const struct web_file *web_files_find(const char *url);

/* An ETag that moves with the bytes. */
void web_files_tag(const struct web_file *file, char tag[24]);

#endif
