/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of the storage contract about crashes. Each runs a few operations, cuts the power there or in the middle
 * of the next one, and looks at every outcome that the bench can make of it.
 */
#include "storage_contract_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUTS_MAX 200u

const char *storage_contract_check_reopen(const storage_bench *bench)
{
    void *ctx = storage_contract_open(bench);
    uint64_t gone = 2;
    for (uint32_t id = 0; id < 4; id++) {
        storage_contract_put(bench, ctx, 3, id, id, 700);
        storage_contract_put(bench, ctx, 3 | POS_COLLECTION_SECRET, id, id, 70);
    }
    bench->calls->remove(ctx, 3, &gone, 1);
    bench->calls->release(ctx);
    void *twin = bench->twin(ctx);
    const char *wrong = NULL;
    if (bench->calls->acquire(twin) != POS_OK)
        wrong = "acquire after release fails";
    for (uint32_t id = 0; id < 4 && wrong == NULL; id++) {
        if (id != gone)
            wrong = storage_contract_expect(bench, twin, 3, id, id, 700);
        if (wrong == NULL)
            wrong = storage_contract_expect(bench, twin, 3 | POS_COLLECTION_SECRET, id, id, 70);
    }
    bench->calls->release(twin);
    bench->free_twin(twin);
    bench->free(ctx);
    return wrong;
}

/* Looks at one outcome of a crash. `arg` is the check's own. */
typedef const char *(*look_fn)(const storage_bench *bench, void *left, uint32_t arg);

/* Goes through all outcomes; frees each. */
static const char *look_at_all(const storage_bench *bench, void *ctx, look_fn look, uint32_t arg)
{
    const char *wrong = NULL;
    void *left;
    for (uint32_t choice = 0; wrong == NULL && (left = bench->crash(ctx, choice)) != NULL; choice++) {
        int32_t code = bench->calls->acquire(left);
        wrong = code == POS_OK ? look(bench, left, arg)
                               : storage_contract_say("after the crash acquire returned %d", (int)code);
        bench->free(left);
    }
    return wrong;
}

/* ---- durable ---- */

static const uint32_t kinds[] = {3, 3 | POS_COLLECTION_DEVICE, 3 | POS_COLLECTION_SECRET};
#define KIND_COUNT 3u

static const char *look_durable(const storage_bench *bench, void *left, uint32_t count)
{
    const char *wrong = NULL;
    for (uint32_t i = 0; i < count && wrong == NULL; i++)
        wrong = storage_contract_expect(bench, left, kinds[i % KIND_COUNT], i, i, 100 * i);
    return wrong;
}

const char *storage_contract_check_durable(const storage_bench *bench)
{
    if (bench->crash == NULL)
        return NULL;
    const char *wrong = NULL;
    for (uint32_t count = 1; count <= 7 && wrong == NULL; count++) {
        void *ctx = storage_contract_open(bench);
        for (uint32_t i = 0; i < count; i++)
            storage_contract_put(bench, ctx, kinds[i % KIND_COUNT], i, i, 100 * i);
        wrong = look_at_all(bench, ctx, look_durable, count);
        bench->free(ctx);
    }
    return wrong;
}

/* ---- atomic ---- */

/* Record 1 is the old one or the new one; arg 1: the new put had returned POS_OK. */
static const char *look_atomic(const storage_bench *bench, void *left, uint32_t arg)
{
    for (uint32_t i = 0; i < KIND_COUNT; i++) {
        const char *as_new = storage_contract_expect(bench, left, kinds[i], 1, 20 + i, 9000);
        if (as_new == NULL)
            continue;
        int must_be_new = ((arg >> i) & 1) != 0;
        const char *as_old = storage_contract_expect(bench, left, kinds[i], 1, 10 + i, 5000);
        if (as_old != NULL)
            return storage_contract_say("collection 0x%x: neither the old record nor the new one", (unsigned)kinds[i]);
        if (must_be_new)
            return "the put had returned POS_OK, and the crash brought the old record back";
    }
    return NULL;
}

const char *storage_contract_check_atomic(const storage_bench *bench)
{
    if (bench->crash == NULL || bench->cut == NULL)
        return NULL;
    const char *wrong = NULL;
    uint32_t is_over = 0;
    for (uint32_t cut = 1; cut <= CUTS_MAX && !is_over && wrong == NULL; cut++) {
        void *ctx = storage_contract_open(bench);
        for (uint32_t i = 0; i < KIND_COUNT; i++)
            storage_contract_put(bench, ctx, kinds[i], 1, 10 + i, 5000);
        bench->cut(ctx, cut);
        uint32_t done = 0;
        for (uint32_t i = 0; i < KIND_COUNT; i++) {
            if (storage_contract_put(bench, ctx, kinds[i], 1, 20 + i, 9000) == POS_OK)
                done |= 1u << i;
        }
        is_over = done == 7; /* the power failed after all of it */
        wrong = look_at_all(bench, ctx, look_atomic, done);
        bench->free(ctx);
    }
    return wrong;
}

/* ---- order ---- */

/* A fixed play of puts and removes over few ids and all kinds of collections, and its state after any of them. */
#define STEPS    40u
#define PLAY_IDS 4u

typedef struct play_state {
    uint32_t seed[KIND_COUNT][PLAY_IDS]; /* 0: not there */
} play_state;

static int is_remove(uint32_t step)
{
    return step % 3 == 2;
}

static void step_place(uint32_t step, uint32_t *kind, uint64_t *id)
{
    *kind = (step * 7 / 4) % KIND_COUNT;
    *id = (step * 5 / 3) % PLAY_IDS;
}

static void play_until(uint32_t steps, play_state *state)
{
    memset(state, 0, sizeof *state);
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t kind;
        uint64_t id;
        step_place(step, &kind, &id);
        state->seed[kind][id] = is_remove(step) ? 0 : step + 1;
    }
}

static uint32_t step_size(uint32_t step)
{
    return 30 + step * 97;
}

static const char *differs(const storage_bench *bench, void *left, const play_state *state)
{
    const char *wrong = NULL;
    for (uint32_t kind = 0; kind < KIND_COUNT && wrong == NULL; kind++) {
        for (uint32_t id = 0; id < PLAY_IDS && wrong == NULL; id++) {
            uint32_t seed = state->seed[kind][id];
            wrong = seed == 0 ? storage_contract_expect_none(bench, left, kinds[kind], id)
                              : storage_contract_expect(bench, left, kinds[kind], id, seed, step_size(seed - 1));
        }
    }
    return wrong;
}

/* arg: bits 0-7 the least prefix, bits 8-15 the longest. */
static const char *look_order(const storage_bench *bench, void *left, uint32_t arg)
{
    uint32_t least = arg & 0xFF;
    uint32_t most = arg >> 8;
    char last[200] = "";
    for (uint32_t steps = least; steps <= most; steps++) {
        play_state state;
        play_until(steps, &state);
        const char *wrong = differs(bench, left, &state);
        if (wrong == NULL)
            return NULL;
        snprintf(last, sizeof last, "%s", wrong);
    }
    return storage_contract_say("no prefix of %u to %u operations explains what is left (%.120s)", (unsigned)least,
                                (unsigned)most, last);
}

/* Plays until an operation fails or all are done; says which prefixes are allowed then. */
static uint32_t play(const storage_bench *bench, void *ctx, uint32_t steps)
{
    uint32_t least = 0;
    uint32_t step;
    for (step = 0; step < steps; step++) {
        uint32_t kind;
        uint64_t id;
        step_place(step, &kind, &id);
        int32_t code = is_remove(step) ? bench->calls->remove(ctx, kinds[kind], &id, 1)
                                       : storage_contract_put(bench, ctx, kinds[kind], id, step + 1, step_size(step));
        if (code != POS_OK)
            return least | ((step + 1) << 8); /* the failed one may have come through */
        if (!is_remove(step) || (kinds[kind] & POS_COLLECTION_SECRET) != 0)
            least = step + 1;
    }
    return least | (step << 8);
}

const char *storage_contract_check_order(const storage_bench *bench)
{
    if (bench->crash == NULL)
        return NULL;
    const char *wrong = NULL;
    for (uint32_t steps = 1; steps <= STEPS && wrong == NULL; steps++) {
        void *ctx = storage_contract_open(bench);
        uint32_t allowed = play(bench, ctx, steps);
        wrong = look_at_all(bench, ctx, look_order, allowed);
        bench->free(ctx);
    }
    for (uint32_t cut = 1; bench->cut != NULL && cut <= CUTS_MAX && wrong == NULL; cut++) {
        void *ctx = storage_contract_open(bench);
        bench->cut(ctx, cut);
        uint32_t allowed = play(bench, ctx, STEPS);
        wrong = look_at_all(bench, ctx, look_order, allowed);
        bench->free(ctx);
        if ((allowed >> 8) == STEPS && (allowed & 0xFF) >= STEPS - 1)
            break; /* the power failed after all of it */
    }
    return wrong;
}

/* ---- much data ---- */

/* Enough for a storage to tidy up behind itself (a checkpoint, a new log file): that is where crashes are forgotten. */
#define LARGE_PUTS  30u
#define LARGE_IDS   4u
#define LARGE_BYTES 200000u
#define LARGE_STEP  131u /* from one cut to the next, in steps of writing */

/* arg: how many puts returned POS_OK; the next one may have come through. */
static const char *look_large(const storage_bench *bench, void *left, uint32_t done)
{
    const char *wrong = NULL;
    for (uint32_t id = 0; id < LARGE_IDS && wrong == NULL; id++) {
        uint32_t last = UINT32_MAX; /* the last put of this id that must be there */
        for (uint32_t i = id; i < done; i += LARGE_IDS)
            last = i;
        wrong = last == UINT32_MAX ? storage_contract_expect_none(bench, left, 3, id)
                                   : storage_contract_expect(bench, left, 3, id, last, LARGE_BYTES + last);
        if (wrong != NULL && done % LARGE_IDS == id)
            wrong = storage_contract_expect(bench, left, 3, id, done, LARGE_BYTES + done);
    }
    return wrong;
}

const char *storage_contract_check_large(const storage_bench *bench)
{
    if (bench->crash == NULL)
        return NULL;
    const char *wrong = NULL;
    uint32_t done = 0;
    for (uint32_t cut = 1; done < LARGE_PUTS && wrong == NULL; cut += LARGE_STEP) {
        void *ctx = storage_contract_open(bench);
        if (bench->cut != NULL)
            bench->cut(ctx, cut);
        for (done = 0; done < LARGE_PUTS; done++) {
            if (storage_contract_put(bench, ctx, 3, done % LARGE_IDS, done, LARGE_BYTES + done) != POS_OK)
                break;
        }
        wrong = look_at_all(bench, ctx, look_large, done);
        bench->free(ctx);
    }
    return wrong;
}

/* ---- removes ---- */

static const char *look_removed(const storage_bench *bench, void *left, uint32_t other)
{
    const char *wrong = storage_contract_expect_none(bench, left, 3, 1);
    if (wrong != NULL)
        return "a later put is durable, and the remove before it is not";
    wrong = storage_contract_expect(bench, left, 3, 2, 2, 60);
    if (wrong != NULL)
        return "the remove overtook: it took the record that was put after it";
    return storage_contract_expect(bench, left, other, 3, 3, 60);
}

/* put 1, put 2, remove 1 and 2, put 2 again, put 3 elsewhere: 1 stays away, 2 and 3 are there. */
const char *storage_contract_check_remove_order(const storage_bench *bench)
{
    if (bench->crash == NULL)
        return NULL;
    const char *wrong = NULL;
    for (uint32_t i = 0; i < KIND_COUNT && wrong == NULL; i++) {
        const uint64_t ids[] = {1, 2};
        void *ctx = storage_contract_open(bench);
        storage_contract_put(bench, ctx, 3, 1, 9, 60);
        storage_contract_put(bench, ctx, 3, 2, 8, 60);
        bench->calls->remove(ctx, 3, ids, 2);
        storage_contract_put(bench, ctx, 3, 2, 2, 60);
        storage_contract_put(bench, ctx, kinds[i], 3, 3, 60);
        wrong = look_at_all(bench, ctx, look_removed, kinds[i]);
        bench->free(ctx);
    }
    return wrong;
}

static const char *look_secret_gone(const storage_bench *bench, void *left, uint32_t arg)
{
    (void)arg;
    return storage_contract_expect_none(bench, left, 3 | POS_COLLECTION_SECRET, 1) == NULL
               ? NULL
               : "a removed secret is back after a crash";
}

const char *storage_contract_check_secret_remove(const storage_bench *bench)
{
    if (bench->crash == NULL)
        return NULL;
    const uint64_t id = 1;
    void *ctx = storage_contract_open(bench);
    storage_contract_put(bench, ctx, 3 | POS_COLLECTION_SECRET, 1, 9, 60);
    bench->calls->remove(ctx, 3 | POS_COLLECTION_SECRET, &id, 1);
    const char *wrong = look_at_all(bench, ctx, look_secret_gone, 0);
    bench->free(ctx);
    return wrong;
}
