/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_cloud.c - does for the cloud's handlers what its server does, without sockets (sim/sim_cloud.h). */
#include "sim/sim_cloud.h"

#include "cloud/body.h"
#include "cloud/log.h"
#include "cloud/problem.h"
#include "cloud/request.h"
#include "cloud/store_catalogue.h"
#include "cloud/store_db.h"
#include "cloud/store_figures.h"
#include "sim/sim_disk.h"
#include "sim/sim_log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static store *database;
static passwords *hasher;

/* ---- in place of the cloud's log.c: its lines belong into the simulation's log ---- */

void log_set_level(log_level level)
{
    (void)level;
}

int log_parse_level(const char *word, log_level *level)
{
    (void)word;
    *level = LOG_LEVEL_INFO;
    return 0;
}

void log_line(log_level level, const char *format, ...)
{
    char text[240];
    va_list arguments;
    if (level > LOG_LEVEL_WARNING)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sim_log_cloud(text);
}

/* ---- life ---- */

static void take_no_notice(void *context)
{
    (void)context; /* mails are looked for by those who wait for them */
}

bool sim_cloud_open(const char *path)
{
    if (!hasher)
        hasher = passwords_open(true);
    if (hasher)
        database = store_open(path);
    return database != NULL;
}

void sim_cloud_close(void)
{
    store_close(database);
    passwords_close(hasher);
    database = NULL;
    hasher = NULL;
}

bool sim_cloud_is_open(void)
{
    return database != NULL;
}

/* ---- a request ---- */

#define QUERY_MAX 8

typedef struct parts {
    char text[1024]; /* path, then names and values, each with its zero */
    const char *names[QUERY_MAX], *values[QUERY_MAX];
    int count;
} parts;

static int hex_of(char digit)
{
    return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10;
}

static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])) {
            *to++ = (char)(hex_of(from[1]) * 16 + hex_of(from[2]));
            from += 2;
        } else {
            *to++ = *from == '+' ? ' ' : *from;
        }
    }
    *to = 0;
}

static bool split(const char *path, parts *out)
{
    out->count = 0;
    if (strlen(path) >= sizeof out->text)
        return false;
    memcpy(out->text, path, strlen(path) + 1);
    char *next = strchr(out->text, '?');
    while (next && out->count < QUERY_MAX) {
        *next++ = 0;
        char *value = strchr(next, '=');
        char *end = strchr(next, '&');
        if (!value || (end && end < value))
            return false;
        *value++ = 0;
        out->names[out->count] = next;
        out->values[out->count++] = value;
        next = end;
    }
    if (next)
        *next = 0;
    for (int i = 0; i < out->count; i++)
        unescape((char *)(uintptr_t)out->values[i]);
    return true;
}

static const char *value_of(const parts *in, const char *name)
{
    for (int i = 0; i < in->count; i++) {
        if (strcmp(in->names[i], name) == 0)
            return in->values[i];
    }
    return NULL;
}

static void fill_reply(response *answer, sim_reply *out)
{
    out->status = answer->status;
    out->retry_after_s = answer->retry_after_s;
    snprintf(out->etag, sizeof out->etag, "%s", answer->etag);
    if (answer->status == 204 || answer->status == 304)
        return;
    const char *type = answer->text ? answer->type : answer->slug ? "application/problem+json" : "application/json";
    snprintf(out->type, sizeof out->type, "%s", type ? type : "text/plain");
    if (answer->text) {
        out->body = answer->text;
        out->body_bytes = answer->text_bytes;
        answer->text = NULL;
    } else {
        out->body = answer->json ? cJSON_PrintUnformatted(answer->json) : NULL;
        out->body_bytes = out->body ? strlen(out->body) : 0;
    }
}

static void run(request *self, const sim_call *call, response *answer)
{
    size_t max_body = 0;
    api_begin(self, answer, &max_body);
    if (answer->status != 0)
        return;
    body *decoded = body_open(body_parse_coding(call->content_encoding), max_body);
    if (!decoded)
        abort();
    if (call->body_bytes > 0)
        body_feed(decoded, call->body, call->body_bytes);
    switch (body_finish(decoded, &self->body, &self->body_bytes)) {
    case BODY_OK:
        api_handle(self, answer);
        break;
    case BODY_TOO_LARGE:
        problem_set(answer, PROBLEM_TOO_LARGE, NULL);
        break;
    default:
        problem_set(answer, PROBLEM_MALFORMED, NULL);
    }
    body_close(decoded);
}

void sim_cloud_handle(const sim_call *call, int64_t now_ms, sim_reply *out)
{
    static parts split_path;
    char authorization[256];
    api shared = {.store = database, .passwords = hasher, .mail_queued = take_no_notice};
    response answer = {0};
    memset(out, 0, sizeof *out);
    if (!database || !split(call->path, &split_path))
        return;
    snprintf(authorization, sizeof authorization, "Bearer %s", call->token ? call->token : "");
    request one = {.api = &shared,
                   .now_ms = now_ms,
                   .method = call->method,
                   .path = split_path.text,
                   .client = call->client,
                   .authorization = call->token ? authorization : NULL,
                   .content_type = call->content_type,
                   .content_encoding = call->content_encoding,
                   .idempotency_key = call->idempotency_key,
                   .query_limit = value_of(&split_path, "limit"),
                   .query_after = value_of(&split_path, "after"),
                   .query_q = value_of(&split_path, "q"),
                   .query_revision = value_of(&split_path, "revision"),
                   .query_since = value_of(&split_path, "since"),
                   .if_none_match = call->if_none_match,
                   .body = ""};
    sim_disk_set_clock(now_ms);
    run(&one, call, &answer);
    if (!sim_disk_is_off())
        fill_reply(&answer, out);
    response_clear(&answer);
}

/* ---- head office ---- */

bool sim_cloud_withdraw_store(const char *store_id, bool closed, int64_t now_ms)
{
    return database && store_shop_close(database, store_id, closed, now_ms) == STORE_OK;
}

bool sim_cloud_execute(const char *sql)
{
    db *writer;
    if (!database || db_begin(database, &writer) != STORE_OK)
        return false;
    bool done = sqlite3_exec(writer->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
    return db_end(writer, done ? STORE_OK : STORE_FAILED) == STORE_OK;
}

bool sim_cloud_revoke_tokens(const char *company_id, const char *store_id, int64_t now_ms)
{
    db *writer;
    if (!database || db_begin(database, &writer) != STORE_OK)
        return false;
    store_status status = db_exec(writer,
                                  "UPDATE till_tokens SET revoked_at_ms = ? WHERE company_id = ? AND store_id = ?"
                                  " AND revoked_at_ms IS NULL",
                                  "itt", now_ms, company_id, store_id);
    return db_end(writer, status) == STORE_OK;
}

static bool find_code(const char *text, char code[8])
{
    for (const char *at = text; *at; at++) {
        size_t digits = strspn(at, "0123456789");
        if (digits == 6) {
            memcpy(code, at, 6);
            code[6] = 0;
            return true;
        }
        if (digits > 0)
            at += digits - 1;
    }
    return false;
}

bool sim_cloud_take_code(const char *email, char code[8])
{
    char text[2048] = "";
    db *writer;
    if (!database || db_begin(database, &writer) != STORE_OK)
        return false;
    sqlite3_stmt *mail =
        db_query(writer, "SELECT body FROM mails WHERE recipient = ? ORDER BY mail_id DESC LIMIT 1", "t", email);
    if (db_step(writer, mail) == STORE_OK)
        db_text(mail, 0, text, sizeof text);
    db_done(mail);
    store_status status = db_exec(writer, "DELETE FROM mails WHERE recipient = ? OR recipient = ''", "t", email);
    return db_end(writer, status) == STORE_OK && find_code(text, code);
}

bool sim_cloud_edit_price(const char *store_id, uint64_t draw, int64_t now_ms)
{
    char item[64] = "";
    price_edit edit = {.store_id = store_id,
                       .item_id = item,
                       .price_level_id = "1",
                       .amount_minor = (int64_t)(draw % 900) + 100,
                       .now_ms = now_ms};
    if (!database)
        return false;
    db *reader = db_lock_reader(database);
    sqlite3_stmt *row = db_query(reader,
                                 "SELECT c.revision, substr(CAST(l.key AS TEXT), 2, 4) FROM catalogues c"
                                 " JOIN catalogue_lines l USING (upload_no) WHERE c.store_id = ?1"
                                 " AND l.key > x'37' AND length(l.key) = 5"
                                 " ORDER BY CAST(substr(CAST(l.key AS TEXT), 2, 4) AS INTEGER) < ?2 % 40 LIMIT 1",
                                 "ti", store_id, (int64_t)(draw >> 10));
    bool found = db_step(reader, row) == STORE_OK;
    if (found) {
        edit.revision = sqlite3_column_int64(row, 0);
        db_text(row, 1, item, sizeof item);
    }
    db_done(row);
    db_unlock_reader(reader);
    return found && store_price_edit(database, &edit) == STORE_OK;
}

/* The conflict that is to be decided: store, user and receipt. */
typedef struct dispute {
    char store_id[IDENT_ID_SIZE], user_id[IDENT_ID_SIZE], receipt_id[IDENT_ID_SIZE];
} dispute;

static bool find_dispute(const char *company_id, uint64_t draw, dispute *out)
{
    db *reader = db_lock_reader(database);
    sqlite3_stmt *row = db_query(reader,
                                 "SELECT r.store_id, c.created_by, r.receipt_id, COUNT(*) OVER () AS n,"
                                 " ROW_NUMBER() OVER (ORDER BY report_no) AS i FROM reports r JOIN companies c"
                                 " USING (company_id) WHERE company_id = ?1 AND standing = 'conflict'"
                                 " AND decided_at_ms IS NULL ORDER BY i = 1 + ?2 % n DESC LIMIT 1",
                                 "ti", company_id, (int64_t)(draw >> 8));
    bool found = db_step(reader, row) == STORE_OK;
    if (found) {
        db_text(row, 0, out->store_id, sizeof out->store_id);
        db_text(row, 1, out->user_id, sizeof out->user_id);
        db_text(row, 2, out->receipt_id, sizeof out->receipt_id);
    }
    db_done(row);
    db_unlock_reader(reader);
    return found;
}

typedef struct side_list {
    sim_side *sides;
    uint32_t count;
} side_list;

static void take_side(void *context, const figures_report *report)
{
    side_list *list = context;
    if (list->count < SIM_SIDES_MAX)
        snprintf(list->sides[list->count++].receipt_id, sizeof list->sides[0].receipt_id, "%s", report->receipt_id);
}

uint32_t sim_cloud_decide_conflict(const char *company_id, bool all, uint64_t draw, int64_t now_ms,
                                   sim_side sides[SIM_SIDES_MAX], bool *sure)
{
    dispute at;
    side_list list = {sides, 0};
    if (!database || !find_dispute(company_id, draw, &at) ||
        store_conflict_read(database, at.user_id, at.store_id, at.receipt_id, take_side, &list) != STORE_OK ||
        list.count == 0 || list.count == SIM_SIDES_MAX)
        return 0;
    uint32_t chosen = (uint32_t)(draw % list.count);
    for (uint32_t i = 0; i < list.count; i++)
        sides[i].counted = all || i == chosen;
    *sure = store_conflict_decide(database, at.user_id, at.store_id, at.receipt_id,
                                  all ? NULL : sides[chosen].receipt_id, now_ms) == STORE_OK;
    return list.count;
}
