/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/core_faults.h - one thing goes wrong, once: the n-th allocation that the core makes, the n-th call of its
 * storage of some kind, or the n-th request that the net should take. What the bench, the model cloud and the host in
 * memory allocate for themselves is spared. Included, before any bench, by one file of a program.
 */
#ifndef TESTS_PLUGIN_CORE_FAULTS_H
#define TESTS_PLUGIN_CORE_FAULTS_H

#include "core/catalogue.h"
#include "core/internal.h"
#include "core/resend.h"
#include "memory_fault.h"

typedef enum fault_kind {
    FAULT_NONE = 0,
    FAULT_MEMORY,
    FAULT_PUT,      /* fails without an effect */
    FAULT_PUT_DONE, /* fails, and took effect */
    FAULT_GET,
    FAULT_LIST,
    FAULT_REMOVE,
    FAULT_SUBMIT, /* the net takes no request */
    FAULT_KINDS
} fault_kind;

static const char *const fault_names[FAULT_KINDS] = {"none", "allocation", "put",    "put that took effect",
                                                     "get",  "list",       "remove", "submit"};

static struct {
    fault_kind kind;
    int left; /* until it happens; of allocations memory_countdown counts */
    bool happened;
    const pos_storage *storage; /* what stands behind; its ctx is given on */
    uint32_t (*submit)(net *face, net_request *request);
} faults;

/* The n-th from here. */
static inline void fault_arm(fault_kind kind, int n)
{
    faults.kind = kind;
    faults.happened = false;
    faults.left = n;
}

/* Ends it; did it come to that? */
static inline bool fault_disarm(void)
{
    bool happened = faults.happened;
    faults.kind = FAULT_NONE;
    faults.happened = false;
    return happened;
}

static inline bool fault_strikes(fault_kind kind)
{
    if (faults.kind != kind || faults.left <= 0 || --faults.left > 0)
        return false;
    faults.happened = true;
    return true;
}

/* ---- whose allocations count ---- */

static inline void fault_enter(void)
{
    if (faults.kind == FAULT_MEMORY && faults.left > 0)
        memory_fail_at(faults.left);
}

static inline void fault_leave(void)
{
    if (faults.kind != FAULT_MEMORY || faults.left <= 0)
        return;
    int left = atomic_exchange(&memory_countdown, 0);
    faults.happened = left < 0;
    faults.left = left < 0 ? 0 : left;
}

#define FAULT_IN_CORE(type, name, parameters, arguments)                                                               \
    static inline type fault_##name parameters                                                                         \
    {                                                                                                                  \
        fault_enter();                                                                                                 \
        type fault_result = name arguments;                                                                            \
        fault_leave();                                                                                                 \
        return fault_result;                                                                                           \
    }

FAULT_IN_CORE(int32_t, core_create, (const core_env *env, core_time now, core **out, const char **why),
              (env, now, out, why))
FAULT_IN_CORE(uint32_t, core_tick, (core * c, core_time now, uint32_t flags), (c, now, flags))
FAULT_IN_CORE(int32_t, core_close_day, (core * c, core_time now, const pos_report *z, const char **why),
              (c, now, z, why))
FAULT_IN_CORE(bool, core_log_in, (core * c, core_time now, const char *email, const char *password),
              (c, now, email, password))
FAULT_IN_CORE(bool, core_assign,
              (core * c, core_time now, const protocol_company *company, const protocol_store *store,
               protocol_claim claim, const char *known),
              (c, now, company, store, claim, known))
FAULT_IN_CORE(bool, core_disconnect, (core * c, core_time now), (c, now))
FAULT_IN_CORE(bool, core_set_x_enabled, (core * c, core_time now, bool enabled), (c, now, enabled))
FAULT_IN_CORE(bool, core_diagnose, (core * c, core_time now), (c, now))
FAULT_IN_CORE(bool, core_resend_start, (core * c, core_time now), (c, now))
FAULT_IN_CORE(bool, core_list_companies, (core * c, core_time now, const char *search, uint32_t page),
              (c, now, search, page))
FAULT_IN_CORE(bool, core_list_stores, (core * c, core_time now, const char *company, const char *search, uint32_t page),
              (c, now, company, search, page))
FAULT_IN_CORE(bool, core_catalogue_download, (core * c, core_time now), (c, now))
FAULT_IN_CORE(bool, core_catalogue_accept, (core * c, core_time now, uint32_t serial), (c, now, serial))
FAULT_IN_CORE(bool, core_catalogue_undo, (core * c, core_time now), (c, now))
FAULT_IN_CORE(bool, core_catalogue_upload, (core * c, core_time now), (c, now))

#define core_create             fault_core_create
#define core_tick               fault_core_tick
#define core_close_day          fault_core_close_day
#define core_log_in             fault_core_log_in
#define core_assign             fault_core_assign
#define core_disconnect         fault_core_disconnect
#define core_set_x_enabled      fault_core_set_x_enabled
#define core_diagnose           fault_core_diagnose
#define core_resend_start       fault_core_resend_start
#define core_list_companies     fault_core_list_companies
#define core_list_stores        fault_core_list_stores
#define core_catalogue_download fault_core_catalogue_download
#define core_catalogue_accept   fault_core_catalogue_accept
#define core_catalogue_undo     fault_core_catalogue_undo
#define core_catalogue_upload   fault_core_catalogue_upload

#include "support/core_bench.h"

/* ---- the storage ---- */

static inline int32_t fault_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    int32_t result = POS_OK;
    fault_leave();
    if (fault_strikes(FAULT_PUT))
        result = POS_E_IO;
    else if (bench_put(ctx, collection, id, bytes, size) != POS_OK || fault_strikes(FAULT_PUT_DONE))
        result = POS_E_IO;
    fault_enter();
    return result;
}

static inline int32_t fault_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer,
                                uint32_t capacity, uint32_t *size)
{
    fault_leave();
    int32_t result =
        fault_strikes(FAULT_GET) ? POS_E_IO : bench_get(ctx, collection, id, offset, buffer, capacity, size);
    fault_enter();
    return result;
}

static inline int32_t fault_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    fault_leave();
    int32_t result = fault_strikes(FAULT_REMOVE) ? POS_E_IO : bench_remove(ctx, collection, ids, count);
    fault_enter();
    return result;
}

/* The core's visitor allocates on its own account. */
typedef struct fault_visit {
    pos_record_visitor visitor;
    void *ctx;
} fault_visit;

static inline int32_t fault_visit_record(void *ctx, uint64_t id, uint32_t size)
{
    const fault_visit *v = ctx;
    fault_enter();
    int32_t result = v->visitor(v->ctx, id, size);
    fault_leave();
    return result;
}

static inline int32_t fault_list(void *ctx, uint32_t collection, uint64_t from, pos_record_visitor visitor, void *vctx)
{
    fault_visit visit = {visitor, vctx};
    fault_leave();
    int32_t result =
        fault_strikes(FAULT_LIST) ? POS_E_IO : bench_list(ctx, collection, from, fault_visit_record, &visit);
    fault_enter();
    return result;
}

/* ---- the net ---- */

static inline uint32_t fault_submit(net *face, net_request *request)
{
    uint32_t ticket = 0;
    fault_leave();
    if (fault_strikes(FAULT_SUBMIT))
        net_request_free(request);
    else
        ticket = script_submit(face, request);
    fault_enter();
    return ticket;
}

static inline void fault_cancel(net *face, uint32_t ticket)
{
    fault_leave();
    script_cancel(face, ticket);
    fault_enter();
}

/* After bench_open(); and after each bench_start() the net. */
static inline void fault_take_storage(bench *b)
{
    b->storage.put = fault_put;
    b->storage.get = fault_get;
    b->storage.remove = fault_remove;
    b->storage.list = fault_list;
}

static inline void fault_take_net(bench *b)
{
    b->net->face.submit = fault_submit;
    b->net->face.cancel = fault_cancel;
}

#endif
