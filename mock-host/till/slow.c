/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes every call on, and sleeps before each put and remove.
 */
#include "slow.h"

#include <time.h>

static void slow_wait(const struct slow_storage *slow)
{
    struct timespec pause = {.tv_sec = slow->delay_ms / 1000, .tv_nsec = (long)(slow->delay_ms % 1000) * 1000000L};
    (void)nanosleep(&pause, NULL); /* cut short by a signal: then this write is a faster one */
}

static int32_t slow_acquire(void *ctx)
{
    struct slow_storage *slow = ctx;
    return slow->inner->acquire(slow->inner->ctx);
}

static void slow_release(void *ctx)
{
    struct slow_storage *slow = ctx;
    slow->inner->release(slow->inner->ctx);
}

static int32_t slow_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    struct slow_storage *slow = ctx;
    slow_wait(slow);
    return slow->inner->put(slow->inner->ctx, collection, id, bytes, size_bytes);
}

static int32_t slow_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                        uint32_t capacity_bytes, uint32_t *size_bytes)
{
    struct slow_storage *slow = ctx;
    return slow->inner->get(slow->inner->ctx, collection, id, offset_bytes, buffer, capacity_bytes, size_bytes);
}

static int32_t slow_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    struct slow_storage *slow = ctx;
    slow_wait(slow);
    return slow->inner->remove(slow->inner->ctx, collection, ids, count);
}

static int32_t slow_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                         void *visitor_ctx)
{
    struct slow_storage *slow = ctx;
    return slow->inner->list(slow->inner->ctx, collection, from_id, visitor, visitor_ctx);
}

const pos_storage *slow_storage_fill(struct slow_storage *slow, const pos_storage *inner, uint32_t delay_ms)
{
    *slow = (struct slow_storage){.calls = {.struct_size = (uint32_t)sizeof(pos_storage),
                                            .ctx = slow,
                                            .acquire = slow_acquire,
                                            .release = slow_release,
                                            .put = slow_put,
                                            .get = slow_get,
                                            .remove = slow_remove,
                                            .list = slow_list},
                                  .inner = inner,
                                  .delay_ms = delay_ms};
    return &slow->calls;
}
