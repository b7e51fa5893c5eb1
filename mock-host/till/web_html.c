/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place where text becomes HTML. A company may be called "<script>"; it is shown as it is written.
 */
#include "web_html.h"

#include <stdarg.h>
#include <string.h>

static void web_html_char(FILE *out, char c)
{
    switch (c) {
    case '&':
        (void)fputs("&amp;", out);
        break;
    case '<':
        (void)fputs("&lt;", out);
        break;
    case '>':
        (void)fputs("&gt;", out);
        break;
    case '"':
        (void)fputs("&#34;", out);
        break;
    case '\'':
        (void)fputs("&#39;", out);
        break;
    default:
        (void)fputc(((unsigned char)c < 0x20 && c != '\n') || c == 0x7F ? ' ' : c, out);
        break;
    }
}

static void web_html_text(FILE *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        web_html_char(out, *text);
}

void web_html_write(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (; *format != '\0'; format++) {
        if (format[0] == '%' && format[1] == 's') {
            web_html_text(out, va_arg(args, const char *));
            format++;
        } else if (format[0] == '%' && format[1] == 'u') {
            (void)fprintf(out, "%u", va_arg(args, unsigned int));
            format++;
        } else {
            (void)fputc(*format, out);
        }
    }
    va_end(args);
}

void web_html_say(FILE *out, const char *pattern, const char *a, const char *b, const char *c)
{
    const char *arguments[] = {a, b, c};
    size_t next = 0;
    for (; *pattern != '\0'; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 's' && next < 3) {
            web_html_text(out, arguments[next++]);
            pattern++;
        } else {
            web_html_char(out, *pattern);
        }
    }
}

/* Ids that do not fit are told apart by a hash of the whole. */
void web_html_name(char name[WEB_ID_BYTES], const char *widget_id)
{
    size_t used = 0;
    uint64_t hash = 14695981039346656037u;
    bool whole = true;
    for (const char *c = widget_id; *c != '\0'; c++) {
        bool plain =
            (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '.' || *c == '-';
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
        whole = whole && used + 4 + 18 < WEB_ID_BYTES;
        if (!whole)
            continue;
        if (plain)
            name[used++] = *c;
        else
            used += (size_t)snprintf(name + used, 4, "_%02x", (unsigned)(unsigned char)*c);
    }
    name[used] = '\0';
    if (!whole)
        (void)snprintf(name + used, WEB_ID_BYTES - used, "_%016llx", (unsigned long long)hash);
}

void web_html_icon(FILE *out, enum web_icon icon)
{
    static const char *const paths[] = {
        [WEB_ICON_FINE] = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.4 14.2-4-4 1.6-1.6 2.4 2.4 5.4-5.4 1.6 1.6z",
        [WEB_ICON_INFO] = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1.2 15h-2.4v-6.5h2.4zm0-8.2h-2.4V6.4h2.4z",
        [WEB_ICON_WARNING] = "M12 2.5 1 21.5h22zm1.2 16h-2.4v-2.4h2.4zm0-4h-2.4v-5h2.4z",
        [WEB_ICON_ERROR] = "M8 2h8l6 6v8l-6 6H8l-6-6V8zm5.2 15.6v-2.4h-2.4v2.4zm0-4.4V6.4h-2.4v6.8z",
        [WEB_ICON_BACK] = "m14.6 5 1.6 1.6L10.8 12l5.4 5.4-1.6 1.6-7-7z",
        [WEB_ICON_NEXT] = "m9.4 5-1.6 1.6 5.4 5.4-5.4 5.4L9.4 19l7-7z",
    };
    web_html_write(out, "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"%s\"/></svg>",
                   paths[icon]);
}
