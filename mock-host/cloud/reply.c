/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending an answer: the headers that every answer carries, and the bodies that fault rules cut or drip.
 */
#include "exchange.h"
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODINGS "zstd, gzip"

static const char html[] = "<!DOCTYPE html><title>Gateway</title><p>Something between you and the cloud.</p>\n";
static const char no_memory[] = "{\"type\":\"urn:factorycloud:problem:internal\",\"title\":\"Internal error\","
                                "\"status\":500,\"detail\":\"Out of memory.\"}";

typedef struct faulty_body {
    exchange *exchange;
    char *text;
    size_t length;
} faulty_body;

static ssize_t read_faulty(void *context, uint64_t position, char *out, size_t room)
{
    faulty_body *self = context;
    const fault_plan *plan = &self->exchange->plan;
    if (plan->cut_after_bytes >= 0 && position >= (uint64_t)plan->cut_after_bytes)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (position >= self->length)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (plan->drip_ms > 0 && !faults_wait(self->exchange->config->faults, plan->drip_ms, -1))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t part = self->length - (size_t)position;
    if (plan->cut_after_bytes >= 0 && part > (uint64_t)plan->cut_after_bytes - position)
        part = (size_t)((uint64_t)plan->cut_after_bytes - position);
    if (plan->drip_ms > 0)
        part = 1;
    if (part > room)
        part = room;
    memcpy(out, self->text + position, part);
    return (ssize_t)part;
}

static void free_faulty(void *context)
{
    faulty_body *self = context;
    free(self->text);
    free(self);
}

static struct MHD_Response *make_faulty(exchange *self, char *text, size_t length)
{
    faulty_body *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    *source = (faulty_body){self, text, length};
    return MHD_create_response_from_callback(length, 1024, read_faulty, source, free_faulty);
}

static bool add(struct MHD_Response *to, const char *name, const char *value)
{
    return MHD_add_response_header(to, name, value) == MHD_YES;
}

/* What the pages for people carry besides: nothing comes from elsewhere, nothing runs, nobody frames them. */
static bool add_page_headers(const response *answer, struct MHD_Response *to)
{
    char line[96];
    bool good = add(to, "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
                    "frame-ancestors 'none'") &&
                add(to, "X-Frame-Options", "DENY") && add(to, "Referrer-Policy", "no-referrer") &&
                add(to, "Cross-Origin-Opener-Policy", "same-origin") &&
                add(to, "Cross-Origin-Resource-Policy", "same-origin");
    if (answer->location[0])
        good = good && add(to, "Location", answer->location);
    if (answer->cookie[0])
        good = good && add(to, "Set-Cookie", answer->cookie);
    if (answer->file_name[0]) {
        snprintf(line, sizeof line, "attachment; filename=\"%s\"", answer->file_name);
        good = good && add(to, "Content-Disposition", line);
    }
    return good;
}

static bool add_headers(const exchange *self, struct MHD_Response *to, const char *type)
{
    const response *answer = &self->answer;
    char seconds[24];
    bool good = add(to, "Accept-Encoding", CODINGS) &&
                add(to, "Cache-Control", answer->lasting ? "public, max-age=31536000, immutable" : "no-store") &&
                add(to, "X-Content-Type-Options", "nosniff");
    if (page_is_for_people(&self->request))
        good = good && add_page_headers(answer, to);
    if (type)
        good = good && add(to, "Content-Type", type);
    if (answer->etag[0])
        good = good && add(to, "ETag", answer->etag);
    if (answer->challenge)
        good = good && add(to, "WWW-Authenticate", "Bearer");
    if (answer->allow)
        good = good && add(to, "Allow", answer->allow);
    if (answer->retry_after_s > 0) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)answer->retry_after_s);
        good = good && add(to, "Retry-After", seconds);
    }
    return good;
}

/* The body as text for free(); NULL with *length 0 when the status has none. */
static char *make_text(exchange *self, const char **type, size_t *length)
{
    response *answer = &self->answer;
    char *text = NULL;
    *length = 0;
    *type = NULL;
    if (answer->status == 204 || answer->status == 304)
        return NULL;
    if (self->plan.status && self->plan.bare) {
        *type = "text/html; charset=utf-8";
        text = strdup(html);
    } else if (answer->text || answer->location[0]) {
        *type = answer->type ? answer->type : "text/plain; charset=utf-8";
        text = answer->text ? answer->text : strdup("");
        *length = answer->text ? answer->text_bytes : 0;
        answer->text = NULL;
        return text;
    } else {
        *type = answer->slug ? "application/problem+json" : "application/json";
        text = answer->json ? cJSON_PrintUnformatted(answer->json) : NULL;
        if (!text) {
            answer->status = 500;
            answer->slug = "internal";
            *type = "application/problem+json";
            text = strdup(no_memory);
        }
    }
    *length = text ? strlen(text) : 0;
    return text;
}

enum MHD_Result reply_send(exchange *self, struct MHD_Connection *connection)
{
    const char *type;
    size_t length;
    if (self->answer.slug && !self->plan.bare && page_is_for_people(&self->request))
        page_from_problem(&self->request, &self->answer);
    char *text = make_text(self, &type, &length);
    struct MHD_Response *out;
    self->sent_bytes = length;
    if (text && (self->plan.cut_after_bytes >= 0 || self->plan.drip_ms > 0))
        out = make_faulty(self, text, length);
    else
        out = MHD_create_response_from_buffer(length, text, text ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!out) {
        free(text);
        return MHD_NO;
    }
    enum MHD_Result result = MHD_NO;
    if (add_headers(self, out, type))
        result = MHD_queue_response(connection, (unsigned)self->answer.status, out);
    MHD_destroy_response(out);
    return result;
}
