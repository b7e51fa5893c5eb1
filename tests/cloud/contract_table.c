/* SPDX-License-Identifier: Apache-2.0 */
/* The document's operations for tests; see the header. */
#include "contract_table.h"
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 7

/* A field that does not fit would make a test that looks at something else. */
static bool take(char *out, size_t out_size, const char *field)
{
    int length = snprintf(out, out_size, "%s", strcmp(field, "-") == 0 ? "" : field);
    return length >= 0 && (size_t)length < out_size;
}

static bool read_line(char *line, operation *out)
{
    char *rest = line;
    char *fields[FIELDS];
    char listed[sizeof out->slugs];
    line[strcspn(line, "\n")] = 0;
    for (int i = 0; i < FIELDS; i++)
        if (!(fields[i] = strsep(&rest, "\t")))
            return false;
    out->needs_key = strcmp(fields[4], "key") == 0;
    if (!take(listed, sizeof listed - 2, fields[5]))
        return false;
    snprintf(out->slugs, sizeof out->slugs, ",%.*s,", (int)sizeof listed - 3, listed);
    return take(out->method, sizeof out->method, fields[0]) && take(out->path, sizeof out->path, fields[1]) &&
           take(out->who, sizeof out->who, fields[2]) && take(out->media, sizeof out->media, fields[3]) &&
           take(out->json, sizeof out->json, fields[6]);
}

size_t operations_read(operation out[OPERATIONS_MAX])
{
    char line[2048];
    size_t count = 0;
    bool good = true;
    FILE *table = suite_open_contract("routes");
    while (table && good && fgets(line, sizeof line, table))
        good = count < OPERATIONS_MAX - 1 && read_line(line, &out[count++]);
    if (!table || pclose(table) != 0)
        return 0;
    return good ? count : 0;
}

bool operation_says(const operation *self, const char *slug)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, ",%s,", slug);
    return strstr(self->slugs, wanted) != NULL;
}

bool operation_has(const operation *self, const char *parameter)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, "{%s}", parameter);
    return strstr(self->path, wanted) != NULL;
}
