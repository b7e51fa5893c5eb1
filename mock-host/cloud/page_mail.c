/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mailbox of development mode: the mails that have become files because there is no mail server, newest first. It
 * shows codes to whoever asks, which is its purpose; without --dev, or beyond this machine, there is no such page.
 */
#include "files.h"
#include "page_format.h"
#include "page_handlers.h"
#include "page.h"
#include "problem.h"

#include <dirent.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 50

/* The value of a header line of a message, decoded if it is "=?UTF-8?B?..?="; "" if there is none. */
static void read_header(const char *message, const char *name, char *out, size_t out_size)
{
    static const char coded[] = "=?UTF-8?B?";
    const char *end = strstr(message, "\n\n");
    size_t name_length = strlen(name);
    size_t used = 0;
    out[0] = 0;
    for (const char *line = message; line && line < end; line = strchr(line, '\n') + 1) {
        if (strncmp(line, name, name_length) != 0 || strncmp(line + name_length, ": ", 2) != 0)
            continue;
        const char *value = line + name_length + 2;
        size_t length = strcspn(value, "\n");
        if (strncmp(value, coded, sizeof coded - 1) == 0 && length > sizeof coded + 1) {
            value += sizeof coded - 1;
            length -= sizeof coded + 1;
            if (sodium_base642bin((unsigned char *)out, out_size - 1, value, length, NULL, &used, NULL,
                                  sodium_base64_VARIANT_ORIGINAL) != 0)
                used = 0;
            out[used] = 0;
        } else {
            snprintf(out, out_size, "%.*s", (int)length, value);
        }
        return;
    }
}

/* The six digits behind "Code: " at the start of a line; false: it has none. */
static bool read_code(const char *body, char code[IDENT_CODE_SIZE])
{
    const char *at = strstr(body, "\nCode: ");
    if (!at || strspn(at + 7, "0123456789") != IDENT_CODE_SIZE - 1)
        return false;
    memcpy(code, at + 7, IDENT_CODE_SIZE - 1);
    code[IDENT_CODE_SIZE - 1] = 0;
    return true;
}

static void write_mail(page *out, const char *name, const char *message)
{
    char text[400];
    char code[IDENT_CODE_SIZE];
    const char *body = strstr(message, "\n\n");
    body = body ? body + 1 : "";
    page_raw(out, "<article class=\"card mail\"><div><h2>");
    read_header(message, "Subject", text, sizeof text);
    page_text(out, text);
    page_raw(out, "</h2><p class=\"soft\">");
    read_header(message, "To", text, sizeof text);
    page_say_with(out, PAGE_MAIL_TO, text, NULL, NULL);
    page_raw(out, " \xc2\xb7 ");
    page_format_age(out->language, out->request->now_ms - strtoll(name, NULL, 10), text);
    page_text(out, text);
    page_raw(out, "</p></div>\n");
    if (read_code(body, code)) {
        page_raw(out, "<p class=\"code\">");
        page_text(out, code);
        page_raw(out, "</p>\n");
        sodium_memzero(code, sizeof code);
    }
    page_raw(out, "<pre>");
    page_text(out, body + strspn(body, "\n"));
    page_raw(out, "</pre></article>\n");
}

static int is_mail(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".eml") == 0;
}

static int by_time(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*one)->d_name, (*other)->d_name);
}

static int write_mails(page *out, const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_mail, by_time);
    int shown = 0;
    for (int i = count - 1; i >= 0; i--) {
        char path[PATH_MAX + NAME_MAX];
        size_t length = 0;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        char *message = shown < SHOWN_MAX ? files_read(path, &length) : NULL;
        if (message) {
            write_mail(out, entries[i]->d_name, message);
            sodium_memzero(message, length);
            shown++;
        }
        free(message);
        free(entries[i]);
    }
    free(entries);
    return shown;
}

void page_show_mail(request *self, response *answer)
{
    page one;
    if (!self->api->mail_folder) {
        problem_set(answer, PROBLEM_NOT_FOUND, NULL);
        return;
    }
    page_open(&one, self, answer);
    page_head(&one, page_words(one.language, PAGE_MAIL_TITLE));
    page_raw(&one, "<div class=\"cardhead\"><h1>");
    page_say(&one, PAGE_MAIL_TITLE);
    page_raw(&one, "</h1><a class=\"button\" href=\"/mail\">");
    page_say(&one, PAGE_MAIL_AGAIN);
    page_raw(&one, "</a></div>\n<p class=\"notice warn\">");
    page_say(&one, PAGE_MAIL_ABOUT);
    page_raw(&one, "</p>\n");
    if (write_mails(&one, self->api->mail_folder) == 0) {
        page_raw(&one, "<section class=\"card\"><p class=\"empty\">");
        page_say(&one, PAGE_MAIL_EMPTY);
        page_raw(&one, "</p></section>\n");
    }
    page_close(&one, 200);
}
