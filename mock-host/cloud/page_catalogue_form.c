/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a form with a file in it (multipart/form-data, RFC 7578) where it stands: parts are pointed at, not copied.
 */
#include "page_catalogue.h"

#include <stdio.h>
#include <string.h>

static const char *find(const char *in, const char *end, const char *what, size_t length)
{
    for (; in + length <= end; in++) {
        in = memchr(in, what[0], (size_t)(end - in));
        if (!in || in + length > end)
            return NULL;
        if (memcmp(in, what, length) == 0)
            return in;
    }
    return NULL;
}

/* "\r\n--boundary" out of the Content-Type; false: it has none that can be one. */
static bool read_boundary(const request *from, char out[80])
{
    const char *at = from->content_type ? strstr(from->content_type, "boundary=") : NULL;
    if (!at)
        return false;
    at += strlen("boundary=");
    at += *at == '"';
    size_t length = strcspn(at, "\"; \t");
    if (length < 1 || length > 70)
        return false;
    snprintf(out, 80, "\r\n--%.*s", (int)length, at);
    return true;
}

const char *page_form_part(const request *from, const char *name, size_t *length)
{
    char boundary[80];
    char wanted[64];
    const char *end = from->body + from->body_bytes;
    if (!read_boundary(from, boundary))
        return NULL;
    size_t mark = strlen(boundary);
    snprintf(wanted, sizeof wanted, "; name=\"%s\"", name);
    /* The first boundary has no line before it. */
    const char *at = find(from->body, end, boundary + 2, mark - 2);
    for (at = at ? at + mark - 2 : NULL; at;) {
        const char *data = find(at, end, "\r\n\r\n", 4);
        const char *stop = data ? find(data + 2, end, boundary, mark) : NULL;
        if (!stop)
            return NULL;
        data += 4;
        if (find(at, data, wanted, strlen(wanted)) && stop >= data) {
            *length = (size_t)(stop - data);
            return data;
        }
        at = stop + mark;
    }
    return NULL;
}

void page_form_short_part(const request *from, const char *name, char *out, size_t out_size)
{
    size_t length = 0;
    const char *part = page_form_part(from, name, &length);
    snprintf(out, out_size, "%.*s", part && length < out_size ? (int)length : 0, part ? part : "");
}
