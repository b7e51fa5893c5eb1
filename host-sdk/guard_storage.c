/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pos_storage that the plugin sees: judges order and thread of its calls, judges the answers of the host's storage,
 * and counts calls, bytes and time, because the project's budgets are in those.
 */
#include "guard_internal.h"

#define PLUGIN POSHOST_SIDE_PLUGIN
#define HOST   POSHOST_SIDE_HOST

static int may_use(poshost_guard *guard, const char *call, uint32_t collection)
{
    if (!poshost_guard_may_call(guard, call))
        return 0;
    const char *rule = NULL;
    if (guard->is_listing)
        rule = "called from inside a list visitor";
    else if (guard->lock == POSHOST_LOCK_NONE)
        rule = "called before acquire";
    else if (guard->lock == POSHOST_LOCK_RELEASED)
        rule = "called after release";
    else if ((collection & 0xFFFFu) == 0)
        rule = "a collection is a number from 1 to 65535, with its bits";
    if (rule == NULL)
        return 1;
    poshost_guard_misuse(guard, PLUGIN, call, "%s", rule);
    return 0;
}

/* Books the time of one storage function, less what the plugin's own visitor took of it. */
static void book(poshost_guard *guard, uint64_t start_ns, uint64_t visitor_ns)
{
    uint64_t spent = poshost_guard_now_ns() - start_ns - visitor_ns;
    guard->meter.storage_ns += spent;
    guard->meter.host_ns += spent;
    if (spent > guard->meter.longest_storage_ns)
        guard->meter.longest_storage_ns = spent;
}

static int32_t guarded_acquire(void *ctx)
{
    poshost_guard *guard = ctx;
    if (!poshost_guard_may_call(guard, "storage.acquire"))
        return POS_E_MISUSE;
    if (guard->lock != POSHOST_LOCK_NONE) {
        poshost_guard_misuse(guard, PLUGIN, "storage.acquire", "called twice by one instance");
        return POS_E_MISUSE;
    }
    uint64_t start = poshost_guard_now_ns();
    int32_t result = guard->storage.acquire(guard->storage.ctx);
    book(guard, start, 0);
    result = poshost_guard_check_result(guard, HOST, "storage.acquire", result, POS_E_IO);
    if (result == POS_OK)
        guard->lock = POSHOST_LOCK_HELD;
    return result;
}

static void guarded_release(void *ctx)
{
    poshost_guard *guard = ctx;
    if (!may_use(guard, "storage.release", 1))
        return;
    uint64_t start = poshost_guard_now_ns();
    guard->storage.release(guard->storage.ctx);
    book(guard, start, 0);
    guard->lock = POSHOST_LOCK_RELEASED;
}

static int32_t guarded_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    poshost_guard *guard = ctx;
    if (!may_use(guard, "storage.put", collection))
        return POS_E_MISUSE;
    if (bytes == NULL && size_bytes > 0) {
        poshost_guard_misuse(guard, PLUGIN, "storage.put", "bytes is NULL with a size");
        return POS_E_MISUSE;
    }
    guard->meter.puts++;
    guard->meter.writes++;
    guard->meter.written_bytes += size_bytes;
    uint64_t start = poshost_guard_now_ns();
    int32_t result = guard->storage.put(guard->storage.ctx, collection, id, bytes, size_bytes);
    book(guard, start, 0);
    return poshost_guard_check_result(guard, HOST, "storage.put", result, POS_E_IO);
}

static int32_t guarded_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                           uint32_t capacity_bytes, uint32_t *size_bytes)
{
    poshost_guard *guard = ctx;
    if (!may_use(guard, "storage.get", collection))
        return POS_E_MISUSE;
    if (size_bytes == NULL || (buffer == NULL && capacity_bytes > 0)) {
        poshost_guard_misuse(guard, PLUGIN, "storage.get", "size_bytes is NULL, or buffer with a capacity");
        return POS_E_MISUSE;
    }
    guard->meter.gets++;
    uint32_t size = UINT32_MAX;
    uint64_t start = poshost_guard_now_ns();
    int32_t result =
        guard->storage.get(guard->storage.ctx, collection, id, offset_bytes, buffer, capacity_bytes, &size);
    book(guard, start, 0);
    result = poshost_guard_check_result(guard, HOST, "storage.get", result, POS_E_IO);
    if (result != POS_OK)
        return result;
    if (size > POS_RECORD_MAX_BYTES) {
        poshost_guard_misuse(guard, HOST, "storage.get", "returned POS_OK without the record's size");
        return POS_E_IO;
    }
    uint32_t left = offset_bytes < size ? size - offset_bytes : 0;
    guard->meter.read_bytes += left < capacity_bytes ? left : capacity_bytes;
    *size_bytes = size;
    return POS_OK;
}

static int32_t guarded_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    poshost_guard *guard = ctx;
    if (!may_use(guard, "storage.remove", collection))
        return POS_E_MISUSE;
    if (ids == NULL && count > 0) {
        poshost_guard_misuse(guard, PLUGIN, "storage.remove", "ids is NULL with a count");
        return POS_E_MISUSE;
    }
    guard->meter.writes++;
    uint64_t start = poshost_guard_now_ns();
    int32_t result = guard->storage.remove(guard->storage.ctx, collection, ids, count);
    book(guard, start, 0);
    return poshost_guard_check_result(guard, HOST, "storage.remove", result, POS_E_IO);
}

typedef struct listing {
    poshost_guard *guard;
    pos_record_visitor visitor;
    void *visitor_ctx;
    uint64_t from_id;
    uint64_t last_id;
    uint64_t visitor_ns;
    int has_last;
    int is_over;
} listing;

static int32_t guarded_visit(void *ctx, uint64_t id, uint32_t size_bytes)
{
    listing *list = ctx;
    if (list->is_over) {
        poshost_guard_misuse(list->guard, HOST, "storage.list", "went on after the visitor had ended it");
        return 1;
    }
    if (id < list->from_id || (list->has_last && id <= list->last_id))
        poshost_guard_misuse(list->guard, HOST, "storage.list",
                             "visited id %llu after %llu, from %llu: ids come ascending, as unsigned numbers",
                             (unsigned long long)id, (unsigned long long)list->last_id,
                             (unsigned long long)list->from_id);
    list->has_last = 1;
    list->last_id = id;
    uint64_t start = poshost_guard_now_ns();
    int32_t result = list->visitor(list->visitor_ctx, id, size_bytes);
    list->visitor_ns += poshost_guard_now_ns() - start;
    list->is_over = result != 0;
    return result;
}

static int32_t guarded_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                            void *visitor_ctx)
{
    poshost_guard *guard = ctx;
    if (!may_use(guard, "storage.list", collection))
        return POS_E_MISUSE;
    if (visitor == NULL) {
        poshost_guard_misuse(guard, PLUGIN, "storage.list", "visitor is NULL");
        return POS_E_MISUSE;
    }
    listing list = {.guard = guard, .visitor = visitor, .visitor_ctx = visitor_ctx, .from_id = from_id};
    uint64_t start = poshost_guard_now_ns();
    guard->is_listing = 1;
    int32_t result = guard->storage.list(guard->storage.ctx, collection, from_id, guarded_visit, &list);
    guard->is_listing = 0;
    book(guard, start, list.visitor_ns);
    return poshost_guard_check_result(guard, HOST, "storage.list", result, POS_E_IO);
}

void poshost_guard_lend_storage(poshost_guard *guard)
{
    guard->lent_storage = (pos_storage){.struct_size = (uint32_t)sizeof guard->lent_storage,
                                        .ctx = guard,
                                        .acquire = guarded_acquire,
                                        .release = guarded_release,
                                        .put = guarded_put,
                                        .get = guarded_get,
                                        .remove = guarded_remove,
                                        .list = guarded_list};
}
