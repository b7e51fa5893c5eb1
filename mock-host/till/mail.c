/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks through .eml files for "Code: 123456". The order is by time of modification, then by name, which the cloud
 * counts up; a mail that was used is never used again, so that a script cannot take the code of an earlier step.
 */
#include "mail.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool mail_is_after(int64_t modified_ns, const char *name, const struct mail_mark *mark)
{
    if (modified_ns != mark->modified_ns)
        return modified_ns > mark->modified_ns;
    return strcmp(name, mark->name) > 0;
}

static bool mail_contains(const char *line, const char *address)
{
    size_t length = strlen(address);
    for (; *line != '\0'; line++) {
        if (strncasecmp(line, address, length) == 0)
            return true;
    }
    return false;
}

static void mail_read_line(const char *line, const char *address, bool *is_for, char code[MAIL_CODE_BYTES])
{
    char digits[MAIL_CODE_BYTES];
    if (strncasecmp(line, "To:", 3) == 0 && mail_contains(line, address))
        *is_for = true;
    if (sscanf(line, "Code: %31[0-9]", digits) == 1)
        strcpy(code, digits);
}

/* True when the mail is for the address and has a code. */
static bool mail_read(const char *path, const char *address, char code[MAIL_CODE_BYTES])
{
    char line[1024];
    bool is_for = false;
    FILE *file = fopen(path, "re");
    code[0] = '\0';
    if (file == NULL)
        return false; /* it may just be moved away: then the next look finds it or not */
    while (fgets(line, sizeof line, file) != NULL)
        mail_read_line(line, address, &is_for, code);
    (void)fclose(file);
    return is_for && code[0] != '\0';
}

static bool mail_is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && length < MAIL_NAME_BYTES && strcmp(name + length - 4, ".eml") == 0;
}

int mail_find_code(const char *directory, const char *address, struct mail_mark *mark, char code[MAIL_CODE_BYTES],
                   struct fault *fault)
{
    struct mail_mark best = *mark;
    bool found = false;
    DIR *listing = opendir(directory);
    if (listing == NULL) {
        int code_of_error = errno;
        (void)fault_set(fault, "cannot read the mail folder %s: %s", directory, strerror(code_of_error));
        return code_of_error == ENOENT ? 0 : -1; /* the cloud makes it with its first mail */
    }
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        char path[4096 + MAIL_NAME_BYTES];
        char here[MAIL_CODE_BYTES];
        struct stat info;
        if (!mail_is_name(entry->d_name))
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (stat(path, &info) != 0)
            continue;
        int64_t modified_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
        if (!mail_is_after(modified_ns, entry->d_name, &best) || !mail_read(path, address, here))
            continue;
        best.modified_ns = modified_ns;
        (void)snprintf(best.name, sizeof best.name, "%s", entry->d_name);
        strcpy(code, here);
        found = true;
    }
    (void)closedir(listing);
    *mark = best;
    return found ? 1 : 0;
}
