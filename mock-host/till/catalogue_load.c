/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new till's catalogue. The file may be in any order: the key is what puts the rows in theirs.
 */
#include "catalogue.h"

#include <string.h>

#include "ndjson.h"
#include "query.h"
#include "shop_catalogue.h"

static bool load_barcodes(struct database *db, const struct catalogue_line *line, struct fault *fault)
{
    const cJSON *barcode;
    cJSON_ArrayForEach(barcode, cJSON_GetObjectItemCaseSensitive(line->json, "barcodes"))
    {
        if (cJSON_IsString(barcode) &&
            !query_run(db->sqlite, fault, "INSERT OR IGNORE INTO catalogue_barcodes VALUES(1, ?, 0, ?)", "ss",
                       line->key, barcode->valuestring))
            return false;
    }
    return true;
}

static bool load_line(struct database *db, const char *text, size_t text_bytes, struct fault *fault)
{
    struct catalogue_line line;
    if (text_bytes > POS_CATALOGUE_LINE_MAX_BYTES)
        return fault_set(fault, "the line is longer than %u bytes", POS_CATALOGUE_LINE_MAX_BYTES);
    if (!catalogue_line_read(&line, text, text_bytes, fault))
        return false;
    bool ok = query_run(db->sqlite, fault, "INSERT INTO catalogue_lines VALUES(1, ?, 0, ?, CAST(? AS TEXT))", "sib",
                        line.key, CATALOGUE_OPEN, (const void *)text, text_bytes);
    if (!ok && sqlite3_errcode(db->sqlite) == SQLITE_CONSTRAINT)
        (void)fault_set(fault, "%s is there twice", line.key + 1);
    if (ok && line.key[0] == CATALOGUE_ITEM && !line.is_price)
        ok = load_barcodes(db, &line, fault);
    catalogue_line_free(&line);
    return ok;
}

static bool load_file(struct database *db, const char *path, struct fault *fault)
{
    static struct ndjson reader; /* large */
    enum ndjson_result got;
    bool ok = true;
    if (!ndjson_open(&reader, path, fault))
        return false;
    while (ok && (got = ndjson_next(&reader, fault)) != NDJSON_END)
        ok = got == NDJSON_LINE && (load_line(db, reader.line, reader.length, fault) ||
                                    fault_prefix(fault, "%s:%lld: ", path, (long long)reader.line_number));
    ndjson_close(&reader);
    return ok;
}

static bool load_built_in(struct database *db, struct fault *fault)
{
    char line[SHOP_CATALOGUE_LINE_BYTES];
    for (size_t n = 0; shop_catalogue_line(n, line); n++) {
        if (!load_line(db, line, strlen(line), fault))
            return false;
    }
    return true;
}

/* What the plugin looks at before a download, a file has to be looked at for, too. */
static bool load_judge(struct database *db, struct fault *fault)
{
    sqlite3_stmt *row =
        query_open(db->sqlite, fault,
                   "SELECT a.barcode, min(a.key), max(a.key) FROM catalogue_barcodes a GROUP BY a.barcode"
                   " HAVING count(*) > 1 LIMIT 1",
                   "");
    if (row == NULL)
        return false;
    int found = query_next(row, fault);
    if (found == 1)
        (void)fault_set(fault, "two items have the barcode %s: %s and %s", (const char *)sqlite3_column_text(row, 0),
                        (const char *)sqlite3_column_text(row, 1) + 1, (const char *)sqlite3_column_text(row, 2) + 1);
    (void)sqlite3_finalize(row);
    return found == 0;
}

bool catalogue_load(struct database *db, const char *path, struct fault *fault)
{
    bool ok = path != NULL ? load_file(db, path, fault) : load_built_in(db, fault);
    return ok && load_judge(db, fault) &&
           query_run(db->sqlite, fault, "UPDATE catalogue SET local_lines = (SELECT count(*) FROM local_catalogue)",
                     "") &&
           catalogue_read_currency(db, fault);
}
