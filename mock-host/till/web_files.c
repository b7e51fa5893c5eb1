/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links web.css and web.js in as they are: one program, and files that an editor knows how to colour.
 */
#include "web_files.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The compiler runs in the project's top folder. */
__asm__(".pushsection .rodata\n"
        "web_css_begin: .incbin \"mock-host/till/web.css\"\n"
        "web_css_end: .byte 0\n"
        "web_js_begin: .incbin \"mock-host/till/web.js\"\n"
        "web_js_end: .byte 0\n"
        ".popsection\n");

extern const char web_css_begin[], web_css_end[], web_js_begin[], web_js_end[];

static const char web_icon[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"7\" "
    "fill=\"#1b5fcc\"/><path d=\"M10 22a5 5 0 0 1 0-10 7 7 0 0 1 13 2 4 4 0 0 1-1 8z\" fill=\"#fff\"/></svg>";

const struct web_file *web_files_find(const char *url)
{
    static struct web_file files[] = {{"/app.css", "text/css; charset=utf-8", NULL, 0},
                                      {"/app.js", "text/javascript; charset=utf-8", NULL, 0},
                                      {"/icon.svg", "image/svg+xml", web_icon, sizeof web_icon - 1}};
    files[0].bytes = web_css_begin;
    files[0].size_bytes = (size_t)((uintptr_t)web_css_end - (uintptr_t)web_css_begin);
    files[1].bytes = web_js_begin;
    files[1].size_bytes = (size_t)((uintptr_t)web_js_end - (uintptr_t)web_js_begin);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].url, url) == 0)
            return &files[i];
    }
    return NULL;
}

void web_files_tag(const struct web_file *file, char tag[24])
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < file->size_bytes; i++)
        hash = (hash ^ (unsigned char)file->bytes[i]) * 1099511628211u;
    (void)snprintf(tag, 24, "\"%016llx\"", (unsigned long long)hash);
}
