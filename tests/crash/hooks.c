/* SPDX-License-Identifier: Apache-2.0 */
/* crash/hooks.c - every call that crosses the border of the core, seen from both sides and from within. */
#include <stddef.h>

#include "crash/points.h"

#define WORLD_OF(pointer, member) ((world *)(void *)((char *)(pointer)-offsetof(world, member)))

/* ---- storage ---- */

static int32_t hook_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    world *w = ctx;
    crash_place place = {BORDER_STORAGE, "put", collection, id};
    points_visit(w, &place, "before");
    int32_t result = bench_put(ctx, collection, id, bytes, size);
    w->changes++;
    points_visit(w, &place, "inside"); /* it took effect, or (above) it did not */
    points_visit(w, &place, "after");
    return result;
}

/* Id by id, for the power may go between two of them; what is removed may come back all the same (it is lazy). */
static int32_t hook_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    world *w = ctx;
    bench *b = ctx;
    uint32_t writes = b->writes + 1;
    int32_t result = POS_OK;
    points_visit(w, &(crash_place){BORDER_STORAGE, "remove", collection, count > 0 ? ids[0] : 0}, "before");
    for (uint32_t i = 0; i < count && result == POS_OK; i++) {
        crash_place place = {BORDER_STORAGE, "remove", collection, ids[i]};
        verdict_check_removal(w, collection, ids[i]);
        result = bench_remove(ctx, collection, &ids[i], 1);
        w->changes++;
        points_visit(w, &place, i + 1 < count ? "inside" : "after");
    }
    b->writes = writes;
    return result;
}

static int32_t hook_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer, uint32_t capacity,
                        uint32_t *size)
{
    crash_place place = {BORDER_STORAGE, "get", collection, id};
    points_visit(ctx, &place, "before");
    int32_t result = bench_get(ctx, collection, id, offset, buffer, capacity, size);
    points_visit(ctx, &place, "after");
    return result;
}

static int32_t hook_list(void *ctx, uint32_t collection, uint64_t from, pos_record_visitor visitor, void *visitor_ctx)
{
    crash_place place = {BORDER_STORAGE, "list", collection, from};
    points_visit(ctx, &place, "before");
    int32_t result = bench_list(ctx, collection, from, visitor, visitor_ctx);
    points_visit(ctx, &place, "after");
    return result;
}

/* ---- network ---- */

static uint32_t hook_submit(net *face, net_request *request)
{
    const net_script *script = (const net_script *)face;
    world *w = WORLD_OF(script->handle_ctx, s.b.cloud);
    crash_place place = {BORDER_NETWORK, request->path, 0, 0};
    points_visit(w, &place, "before the request leaves");
    uint32_t ticket = script_submit(face, request);
    w->changes++;
    points_visit(w, &place, "after the cloud has acted on it, no answer");
    return ticket;
}

/* Once the plugin has this answer, it is free to forget the key of that form: the owner finds what was created. */
static uint32_t note_of(net_script *script, const net_answer *answer)
{
    const net_request *request = script_find(script, answer->ticket)->request;
    if (strcmp(request->method, "POST") != 0 || answer->outcome != NET_ANSWERED)
        return 0;
    const char *end = strrchr(request->path, '/');
    return strcmp(end, "/companies") == 0 ? TOLD_COMPANY : strcmp(end, "/stores") == 0 ? TOLD_STORE : 0;
}

static bool hook_poll(net *face, net_answer *answer)
{
    net_script *script = (net_script *)face;
    world *w = WORLD_OF(script->handle_ctx, s.b.cloud);
    if (!script_poll(face, answer))
        return false;
    points_visit(w, &(crash_place){BORDER_NETWORK, "answer", 0, answer->ticket}, "arrived, not looked at");
    world_tell(w, note_of(script, answer));
    return true;
}

void hooks_on_net(world *w)
{
    w->s.b.net->face.submit = hook_submit;
    w->s.b.net->face.poll = hook_poll;
}

/* ---- the host's history ---- */

static int32_t hook_closed_range(void *ctx, int64_t *first, int64_t *last)
{
    points_visit(ctx, &(crash_place){BORDER_HOST, "closed_range", 0, 0}, "inside");
    return bench_closed_range(ctx, first, last);
}

static int32_t hook_closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    points_visit(ctx, &(crash_place){BORDER_HOST, "closed", 0, (uint64_t)number}, "inside");
    return bench_closed(ctx, number, visitor, visitor_ctx);
}

static int32_t hook_running(void *ctx, int64_t min_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    points_visit(ctx, &(crash_place){BORDER_HOST, "running", 0, (uint64_t)min_sequence}, "inside");
    return bench_running(ctx, min_sequence, visitor, visitor_ctx);
}

/* ---- the host's catalogue ---- */

#define HOST_OF(ctx)      WORLD_OF(ctx, s.host)
#define HOST_PLACE(name)  (&(crash_place){BORDER_HOST, name, 0, 0})
#define BEFORE(ctx, name) points_visit(HOST_OF(ctx), HOST_PLACE(name), "before")
#define AFTER(ctx, name)  points_visit(HOST_OF(ctx), HOST_PLACE(name), "after")
#define CHANGED(ctx)      (HOST_OF(ctx)->changes++)

static int32_t hook_state(void *ctx, pos_catalogue_state *out)
{
    BEFORE(ctx, "state");
    return host_state(ctx, out);
}

static int32_t hook_read(void *ctx, uint32_t which, const char *after, pos_catalogue_visitor visitor, void *visitor_ctx)
{
    BEFORE(ctx, "read");
    return host_read_lines(ctx, which, after, visitor, visitor_ctx);
}

static int32_t hook_begin(void *ctx, uint32_t mode)
{
    BEFORE(ctx, "stage_begin");
    int32_t result = host_stage_begin(ctx, mode);
    CHANGED(ctx);
    AFTER(ctx, "stage_begin");
    return result;
}

static int32_t hook_add(void *ctx, const pos_catalogue_line *added, uint32_t count, uint32_t stride, char *reason,
                        uint32_t room)
{
    BEFORE(ctx, "stage_add");
    int32_t result = host_stage_add(ctx, added, count, stride, reason, room);
    CHANGED(ctx);
    AFTER(ctx, "stage_add");
    return result;
}

static int32_t hook_discard(void *ctx)
{
    BEFORE(ctx, "stage_discard");
    int32_t result = host_discard(ctx);
    CHANGED(ctx);
    AFTER(ctx, "stage_discard");
    return result;
}

static int32_t hook_swap(void *ctx, const char *tag, char *reason, uint32_t room)
{
    BEFORE(ctx, "swap");
    int32_t result = host_swap(ctx, tag, reason, room);
    CHANGED(ctx);
    AFTER(ctx, "swap");
    return result;
}

static int32_t hook_undo(void *ctx, char *reason, uint32_t room)
{
    BEFORE(ctx, "undo");
    int32_t result = host_undo(ctx, reason, room);
    CHANGED(ctx);
    AFTER(ctx, "undo");
    return result;
}

void hooks_on(world *w)
{
    bench *b = &w->s.b;
    catalogue_host *h = &w->s.host;
    b->storage.ctx = b;
    b->storage.put = hook_put;
    b->storage.get = hook_get;
    b->storage.remove = hook_remove;
    b->storage.list = hook_list;
    b->reports.ctx = b;
    b->reports.closed_range = hook_closed_range;
    b->reports.closed = hook_closed;
    b->reports.running = hook_running;
    h->calls.ctx = h;
    h->calls.state = hook_state;
    h->calls.read = hook_read;
    h->calls.stage_begin = hook_begin;
    h->calls.stage_add = hook_add;
    h->calls.stage_discard = hook_discard;
    h->calls.swap = hook_swap;
    h->calls.undo = hook_undo;
}
