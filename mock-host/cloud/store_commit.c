/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commit of an upload: its lines become the store's by changing one number. What takes time is to find out what
 * changed, by walking both catalogues side by side once; that also counts what there is. Order, doubles and references
 * were settled page by page; what only the whole can tell is settled here.
 */
#include "catalogue_departments.h"
#include "store_catalogue_db.h"

#include <stdio.h>
#include <string.h>

/* Changes are told for so many revisions back; a till that has slept longer reads everything. */
#define KEPT_REVISIONS 1000

/* One of the two walks. The statement is NULL where there is nothing to walk. */
typedef struct walk {
    sqlite3_stmt *statement;
    bool there; /* a line is, and these are of it */
    const char *key;
    size_t key_bytes;
    const void *line;
    size_t line_bytes;
} walk;

typedef struct merge {
    db *writer;
    int64_t catalogue_no;
    int64_t revision; /* that is being made */
    catalogue_info *info;
    char marked[CATALOGUE_KEY_SIZE]; /* the item that was marked last */
    size_t marked_bytes;
} merge;

static store_status step(merge *self, walk *side)
{
    side->there = false;
    if (!side->statement)
        return STORE_OK;
    store_status status = db_step(self->writer, side->statement);
    if (status != STORE_OK)
        return status == STORE_NOT_FOUND ? STORE_OK : status;
    side->key = sqlite3_column_blob(side->statement, 0);
    side->key_bytes = (size_t)sqlite3_column_bytes(side->statement, 0);
    side->line = sqlite3_column_blob(side->statement, 1);
    side->line_bytes = (size_t)sqlite3_column_bytes(side->statement, 1);
    side->there = side->key && side->line;
    return side->there ? STORE_OK : STORE_FAILED;
}

static int compare_keys(const walk *one, const walk *other)
{
    if (!one->there || !other->there)
        return one->there ? -1 : 1;
    size_t common = one->key_bytes < other->key_bytes ? one->key_bytes : other->key_bytes;
    int order = memcmp(one->key, other->key, common);
    if (order != 0)
        return order;
    return one->key_bytes < other->key_bytes ? -1 : one->key_bytes > other->key_bytes;
}

store_status catalogue_mark_item(db *writer, int64_t catalogue_no, const char *key, size_t key_bytes, int64_t revision,
                                 bool gone)
{
    return db_exec(writer,
                   "INSERT INTO catalogue_items (catalogue_no, key, changed, gone) VALUES (?, ?, ?, ?)"
                   " ON CONFLICT (catalogue_no, key) DO UPDATE SET changed = excluded.changed, gone = excluded.gone",
                   "ibii", catalogue_no, key, key_bytes, revision, (int64_t)gone);
}

/* The item of this key changed. Lines of an item stand together, so the first that changed marks it. */
static store_status mark(merge *self, const walk *at, bool only_before)
{
    size_t bytes = catalogue_item_part(at->key, at->key_bytes);
    if (at->key[0] != '7' || bytes >= sizeof self->marked ||
        (bytes == self->marked_bytes && memcmp(self->marked, at->key, bytes) == 0))
        return STORE_OK;
    memcpy(self->marked, at->key, bytes);
    self->marked_bytes = bytes;
    return catalogue_mark_item(self->writer, self->catalogue_no, self->marked, bytes, self->revision,
                               only_before && bytes == at->key_bytes);
}

static store_status count(merge *self, const walk *now)
{
    catalogue_kind kind = catalogue_kind_of(now->key, now->key_bytes);
    if (kind == CATALOGUE_HEAD) {
        catalogue_line head;
        char detail[CATALOGUE_DETAIL_SIZE];
        if (!catalogue_line_read(now->line, now->line_bytes, &head, detail))
            return STORE_FAILED;
        memcpy(self->info->currency, head.currency, sizeof head.currency);
    }
    self->info->counts[kind]++;
    self->info->lines++;
    return STORE_OK;
}

static store_status walk_both(merge *self, walk *before, walk *now)
{
    store_status status = step(self, before);
    if (status == STORE_OK)
        status = step(self, now);
    while (status == STORE_OK && (before->there || now->there)) {
        int order = compare_keys(before, now);
        bool same = order == 0 && before->line_bytes == now->line_bytes &&
                    memcmp(before->line, now->line, now->line_bytes) == 0;
        if (!same && before->statement) /* a first revision is no change: nobody has an earlier one */
            status = mark(self, order < 0 ? before : now, order < 0);
        if (status == STORE_OK && order >= 0)
            status = count(self, now);
        if (status == STORE_OK && order <= 0)
            status = step(self, before);
        if (status == STORE_OK && order >= 0)
            status = step(self, now);
    }
    return status;
}

static store_status merge_catalogues(merge *self, int64_t old_upload_no, int64_t new_upload_no)
{
    walk before = {.key = "", .line = ""};
    walk now = {.key = "", .line = ""};
    if (old_upload_no) /* another statement than the next one, for both are open at once */
        before.statement =
            db_query(self->writer, "SELECT key, line FROM catalogue_lines WHERE upload_no = ?1 ORDER BY key", "i",
                     old_upload_no);
    now.statement = db_query(self->writer, "SELECT key, line FROM catalogue_lines WHERE upload_no = ? ORDER BY key",
                             "i", new_upload_no);
    store_status status =
        now.statement && (before.statement || !old_upload_no) ? walk_both(self, &before, &now) : STORE_FAILED;
    db_done(before.statement);
    db_done(now.statement);
    return status;
}

/* ------------------------------------------------------------------ what only the whole can tell */

static store_status refuse(catalogue_fault *fault, const char *detail)
{
    snprintf(fault->detail, sizeof fault->detail, "%s", detail);
    return STORE_INVALID;
}

static store_status check_caps(const catalogue_info *info, catalogue_fault *fault)
{
    if (info->counts[CATALOGUE_HEAD] == 0)
        return refuse(fault, "There is no line of the kind catalogue.");
    for (int kind = CATALOGUE_TAX; kind < CATALOGUE_ITEM; kind++)
        if (info->counts[kind] > CATALOGUE_FEW_MAX)
            return refuse(fault, "There are more than 10000 lines of one kind other than item and price.");
    return STORE_OK;
}

static store_status load_departments(db *writer, int64_t upload_no, departments *list)
{
    store_status status;
    sqlite3_stmt *statement = db_query(writer,
                                       "SELECT line FROM catalogue_lines WHERE upload_no = ? AND key >= x'34'"
                                       " AND key < x'35' ORDER BY key",
                                       "i", upload_no);
    while ((status = db_step(writer, statement)) == STORE_OK) {
        catalogue_line line;
        char detail[CATALOGUE_DETAIL_SIZE];
        const char *text = sqlite3_column_blob(statement, 0);
        if (!text || !catalogue_line_read(text, (size_t)sqlite3_column_bytes(statement, 0), &line, detail)) {
            status = STORE_FAILED;
            break;
        }
        departments_add(list, line.key, line.parent);
    }
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

static store_status check_departments(db *writer, int64_t upload_no, int64_t count_of, catalogue_fault *fault)
{
    departments *list = departments_open((size_t)count_of);
    if (!list)
        return STORE_BUSY;
    store_status status = load_departments(writer, upload_no, list);
    if (status == STORE_OK && !departments_check(list, fault->key, fault->detail, sizeof fault->detail))
        status = STORE_INVALID;
    departments_close(list);
    if (status != STORE_INVALID)
        return status;
    status = db_get_int(writer, &fault->line, "SELECT COUNT(*) FROM catalogue_lines WHERE upload_no = ? AND key <= ?",
                        "ib", upload_no, fault->key, strlen(fault->key));
    return status == STORE_OK ? STORE_INVALID : status;
}

/* ------------------------------------------------------------------ the transaction */

store_status catalogue_write_revision(db *writer, const catalogue_row *row, const catalogue_info *info)
{
    const int64_t *counts = info->counts;
    store_status status = db_exec(
        writer,
        "INSERT INTO catalogue_revisions (catalogue_no, revision, changed_at_ms, currency, taxes, payment_methods,"
        " price_levels, departments, groups, users, items, prices) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "iiitiiiiiiii", row->catalogue_no, info->revision, info->changed_at_ms, info->currency, counts[CATALOGUE_TAX],
        counts[CATALOGUE_PAYMENT_METHOD], counts[CATALOGUE_PRICE_LEVEL], counts[CATALOGUE_DEPARTMENT],
        counts[CATALOGUE_GROUP], counts[CATALOGUE_USER], counts[CATALOGUE_ITEM], counts[CATALOGUE_PRICE]);
    int64_t known_since = info->revision - KEPT_REVISIONS;
    if (status != STORE_OK || known_since <= row->known_since)
        return status;
    status = db_exec(writer, "DELETE FROM catalogue_items WHERE catalogue_no = ? AND gone = 1 AND changed <= ?", "ii",
                     row->catalogue_no, known_since);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE catalogues SET known_since = ? WHERE catalogue_no = ?", "ii", known_since,
                         row->catalogue_no);
    return status;
}

static store_status switch_lines(db *writer, const catalogue_row *row, const upload_row *upload,
                                 const catalogue_info *info)
{
    store_status status = db_exec(writer, "UPDATE catalogues SET revision = ?, upload_no = ? WHERE catalogue_no = ?",
                                  "iii", info->revision, upload->upload_no, row->catalogue_no);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE catalogue_uploads SET ended_at_ms = ?, revision = ? WHERE upload_no = ?",
                         "iii", info->changed_at_ms, info->revision, upload->upload_no);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE catalogue_uploads SET useless = 1 WHERE upload_no = ?", "i", row->upload_no);
    return status;
}

static store_status find_or_make_row(db *writer, const char *store_id, catalogue_row *row)
{
    store_status status = db_exec(writer,
                                  "INSERT INTO catalogues (store_id, revision, upload_no, known_since)"
                                  " VALUES (?, 0, 0, 1) ON CONFLICT (store_id) DO NOTHING",
                                  "t", store_id);
    return status == STORE_OK ? catalogue_find(writer, store_id, row) : status;
}

static store_status commit(db *writer, const char *store_id, const upload_row *upload, int64_t now_ms,
                           catalogue_info *out, catalogue_fault *fault)
{
    catalogue_row row;
    store_status status = find_or_make_row(writer, store_id, &row);
    if (status != STORE_OK)
        return status;
    if (row.revision != upload->replaces) {
        status = catalogue_load_info(writer, &row, row.revision, out);
        return status == STORE_OK ? STORE_STALE : status;
    }
    memset(out, 0, sizeof *out);
    out->revision = row.revision + 1;
    out->changed_at_ms = now_ms;
    merge both = {.writer = writer, .catalogue_no = row.catalogue_no, .revision = out->revision, .info = out};
    status = merge_catalogues(&both, row.upload_no, upload->upload_no);
    if (status == STORE_OK)
        status = check_caps(out, fault);
    if (status == STORE_OK)
        status = check_departments(writer, upload->upload_no, out->counts[CATALOGUE_DEPARTMENT], fault);
    if (status == STORE_OK)
        status = catalogue_write_revision(writer, &row, out);
    return status == STORE_OK ? switch_lines(writer, &row, upload, out) : status;
}

/* The answer to a commit that succeeded before. */
static store_status load_made(db *writer, const char *store_id, int64_t revision, catalogue_info *out)
{
    catalogue_row row;
    store_status status = catalogue_find(writer, store_id, &row);
    return status == STORE_OK ? catalogue_load_info(writer, &row, revision, out) : status;
}

store_status store_upload_commit(store *self, const char *store_id, const char *upload_id, int64_t lines,
                                 int64_t now_ms, catalogue_info *out, catalogue_fault *fault)
{
    upload_row row;
    db *writer;
    memset(fault, 0, sizeof *fault);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = upload_find(writer, store_id, upload_id, now_ms, &row);
    if (status == STORE_GONE && row.revision > 0)
        status = load_made(writer, store_id, row.revision, out);
    else if (status == STORE_OK && row.upload.lines != lines)
        status = STORE_NOT_LISTED;
    else if (status == STORE_OK)
        status = commit(writer, store_id, &row, now_ms, out, fault);
    return db_end(writer, status);
}
