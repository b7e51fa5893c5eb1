/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking reports: the rules of the contract's table, in its order, in one durable transaction a batch. The scope of
 * the till token is part of every query. The numbers in the comments are those of the table in openapi.yaml (1 and 2
 * were settled before a report came here).
 */
#include "store_db.h"

#include <stdio.h>
#include <string.h>

#define KEY_SQL "company_id = ?1 AND till_id = ?2 AND register_id = ?3 AND kind = ?4 AND z_number = ?5"

typedef struct taking {
    db *writer;
    const store_till_scope *scope;
    const store_report *report;
    char kind[2];
    int64_t now_ms;
} taking;

typedef struct held_row {
    int64_t report_no;
    bool counted;
    bool rebuilt;
    bool conflict;
    store_receipt receipt;
} held_row;

#define HELD_COLUMNS                                                                                                   \
    "SELECT report_no, counted, origin = 'rebuilt', standing = 'conflict', receipt_id, store_id, epoch, sha256,"       \
    " received_at_ms FROM reports WHERE " KEY_SQL " AND x_sequence = ?6 "

/* A receipt of the report under way, but for what it is a receipt for: the report itself, or what is held instead. */
static void begin_receipt(const taking *self, store_receipt *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->company_id, self->scope->company_id, sizeof out->company_id);
    memcpy(out->till_id, self->scope->till_id, sizeof out->till_id);
    memcpy(out->register_id, self->report->register_id, sizeof out->register_id);
    out->kind = self->report->kind;
    out->z_number = self->report->z_number;
    out->x_sequence = self->report->x_sequence;
}

static store_status read_held(const taking *self, sqlite3_stmt *statement, held_row *out)
{
    store_status status = db_step(self->writer, statement);
    if (status == STORE_OK) {
        store_receipt *receipt = &out->receipt;
        memset(out, 0, sizeof *out);
        out->report_no = sqlite3_column_int64(statement, 0);
        out->counted = sqlite3_column_int(statement, 1) != 0;
        out->rebuilt = sqlite3_column_int(statement, 2) != 0;
        out->conflict = sqlite3_column_int(statement, 3) != 0;
        begin_receipt(self, receipt);
        db_text(statement, 4, receipt->receipt_id, sizeof receipt->receipt_id);
        db_text(statement, 5, receipt->store_id, sizeof receipt->store_id);
        receipt->epoch = sqlite3_column_int64(statement, 6);
        db_text(statement, 7, receipt->sha256, sizeof receipt->sha256);
        receipt->received_at_ms = sqlite3_column_int64(statement, 8);
    }
    db_done(statement);
    return status;
}

/* The same bytes under the same numbers, in whatever store or epoch. */
static store_status find_same(const taking *self, held_row *out)
{
    const store_report *report = self->report;
    return read_held(self,
                     db_query(self->writer, HELD_COLUMNS "AND sha256 = ?7", "ttttiit", self->scope->company_id,
                              self->scope->till_id, report->register_id, self->kind, report->z_number,
                              report->x_sequence, report->sha256),
                     out);
}

/* What counts under the key (or came first, if head office counts none). */
static store_status find_counted(const taking *self, held_row *out)
{
    const store_report *report = self->report;
    return read_held(self,
                     db_query(self->writer, HELD_COLUMNS "AND epoch = ?7 ORDER BY counted DESC, copy LIMIT 1",
                              "ttttiii", self->scope->company_id, self->scope->till_id, report->register_id, self->kind,
                              report->z_number, report->x_sequence, report->epoch),
                     out);
}

/* 4: is the period of this X closed, or a sequence at least as high held? */
static store_status find_newer(const taking *self, bool *superseded, int64_t *last_x_sequence)
{
    const store_report *report = self->report;
    int64_t closed = 0;
    store_status status = db_get_int(
        self->writer, &closed, "SELECT COUNT(*) FROM reports WHERE " KEY_SQL " AND epoch = ?6", "ttttii",
        self->scope->company_id, self->scope->till_id, report->register_id, "Z", report->z_number, report->epoch);
    if (status == STORE_OK)
        status = db_get_int(self->writer, last_x_sequence,
                            "SELECT IFNULL(MAX(x_sequence), 0) FROM reports WHERE " KEY_SQL " AND epoch = ?6", "ttttii",
                            self->scope->company_id, self->scope->till_id, report->register_id, "X", report->z_number,
                            report->epoch);
    *superseded = closed > 0 || *last_x_sequence >= report->x_sequence;
    return status;
}

static store_status insert_parts(const taking *self, int64_t report_no)
{
    const store_report *report = self->report;
    static const char *const statements[] = {
        "INSERT INTO report_taxes SELECT ?1, p.key, p.value ->> 'tax_id', p.value ->> 'rate', p.value ->> 'net',"
        " p.value ->> 'tax', p.value ->> 'gross' FROM json_each(?2, '$.taxes') p",
        "INSERT INTO report_payments SELECT ?1, p.key, p.value ->> 'payment_method_id', p.value ->> 'type',"
        " p.value ->> 'count', p.value ->> 'amount_in', p.value ->> 'amount_out', p.value ->> 'amount'"
        " FROM json_each(?2, '$.payments') p",
        "INSERT INTO report_departments SELECT ?1, p.key, p.value ->> 'department_id', p.value ->> 'quantity',"
        " p.value ->> 'gross', p.value ->> 'net' FROM json_each(?2, '$.departments') p"};
    store_status status = STORE_OK;
    for (size_t i = 0; i < sizeof statements / sizeof *statements && status == STORE_OK; i++) {
        sqlite3_stmt *statement = db_query(self->writer, statements[i], "i", report_no);
        if (statement && sqlite3_bind_text64(statement, 2, report->document, report->document_bytes, SQLITE_STATIC,
                                             SQLITE_UTF8) != SQLITE_OK)
            status = STORE_FAILED;
        if (status == STORE_OK)
            status = db_step(self->writer, statement);
        db_done(statement);
        if (status == STORE_NOT_FOUND)
            status = STORE_OK;
    }
    return status;
}

/* One row, so that SQLite need not be able to undo half of it. */
static store_status insert_report(const taking *self, const char *standing, bool counted, store_receipt *out)
{
    const store_report *report = self->report;
    const store_till_scope *scope = self->scope;
    char receipt_id[IDENT_ID_SIZE];
    ident_make_id("rcp_", receipt_id);
    store_status status = db_exec(
        self->writer,
        "INSERT INTO reports (company_id, till_id, register_id, kind, z_number, x_sequence, epoch, receipt_id,"
        " store_id, copy, standing, counted, business_date, closed_at_ms, currency, gross_minor, net_minor, tax_minor,"
        " grand_total_minor, origin, warning, received_at_ms, sha256, document_bytes, document)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT COUNT(*) FROM reports WHERE " KEY_SQL
        " AND x_sequence = ?6 AND epoch = ?7), ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,"
        " ?24)",
        "ttttiiittt"
        "itit"
        "iiiitt"
        "itib",
        scope->company_id, scope->till_id, report->register_id, self->kind, report->z_number, report->x_sequence,
        report->epoch, receipt_id, scope->store_id, standing, (int64_t)counted, report->business_date,
        report->closed_at_ms, report->currency, report->gross_minor, report->net_minor, report->tax_minor,
        report->grand_total_minor, report->rebuilt ? "rebuilt" : "original", report->warning, self->now_ms,
        report->sha256, (int64_t)report->document_bytes, report->document, report->document_bytes);
    if (status == STORE_OK)
        status = insert_parts(self, sqlite3_last_insert_rowid(self->writer->handle));
    begin_receipt(self, out);
    memcpy(out->receipt_id, receipt_id, sizeof out->receipt_id);
    memcpy(out->store_id, scope->store_id, sizeof out->store_id);
    memcpy(out->sha256, report->sha256, sizeof out->sha256);
    out->epoch = report->epoch;
    out->received_at_ms = self->now_ms;
    return status == STORE_EXISTS ? STORE_FAILED : status;
}

static store_status take_x(const taking *self, store_report_result *result)
{
    bool superseded = false;
    store_status status = find_newer(self, &superseded, &result->last_x_sequence);
    if (status != STORE_OK)
        return status;
    result->outcome = superseded ? STORE_OUTCOME_SUPERSEDED : STORE_OUTCOME_DELIVERED; /* 4, 8 */
    return superseded ? STORE_OK : insert_report(self, "first", true, &result->receipt);
}

static store_status take_z(const taking *self, store_report_result *result)
{
    held_row held;
    result->outcome = STORE_OUTCOME_DELIVERED;
    store_status status = find_counted(self, &held);
    if (status == STORE_NOT_FOUND) /* 8 */
        return insert_report(self, "first", true, &result->receipt);
    if (status != STORE_OK)
        return status;
    if (self->report->rebuilt) { /* 5 */
        result->outcome = STORE_OUTCOME_SUPERSEDED;
        result->receipt = held.receipt;
        return STORE_OK;
    }
    if (held.rebuilt && held.counted) { /* 6 */
        status = db_exec(self->writer, "UPDATE reports SET counted = 0, standing = 'replaced' WHERE report_no = ?", "i",
                         held.report_no);
        return status == STORE_OK ? insert_report(self, "original", true, &result->receipt) : status;
    }
    result->outcome = STORE_OUTCOME_CONFLICT; /* 7 */
    return insert_report(self, "conflict", false, &result->receipt);
}

static store_status take_report(const taking *self, store_report_result *result)
{
    held_row same;
    memset(result, 0, sizeof *result);
    store_status status = find_same(self, &same);
    if (status == STORE_OK) { /* 3 */
        result->outcome = same.conflict ? STORE_OUTCOME_CONFLICT : STORE_OUTCOME_DELIVERED;
        result->receipt = same.receipt;
        return STORE_OK;
    }
    if (status != STORE_NOT_FOUND)
        return status;
    return self->report->kind == 'X' ? take_x(self, result) : take_z(self, result);
}

typedef struct putting {
    taking one;
    const store_report *reports;
    size_t count;
    store_report_result *results;
} putting;

static store_status put_all(db *writer, void *context)
{
    putting *self = context;
    taking *one = &self->one;
    one->writer = writer;
    store_status status = db_exec(writer, "UPDATE tills SET last_seen_at_ms = ? WHERE store_id = ? AND till_id = ?",
                                  "itt", one->now_ms, one->scope->store_id, one->scope->till_id);
    for (size_t i = 0; i < self->count && status == STORE_OK; i++) {
        if (self->reports[i].skip)
            continue;
        one->report = &self->reports[i];
        one->kind[0] = self->reports[i].kind;
        status = take_report(one, &self->results[i]);
    }
    return status;
}

store_status store_reports_put(store *self, const store_till_scope *scope, const store_report *reports, size_t count,
                               int64_t now_ms, store_report_result *results)
{
    putting all = {.one = {.scope = scope, .now_ms = now_ms}, .reports = reports, .count = count, .results = results};
    return db_share(self, put_all, &all);
}
