/* SPDX-License-Identifier: Apache-2.0 */
/* crash/points.c - worlds within worlds (crash/points.h). */
#include "crash/points.h"

#define CUT_TEXT 200u

/* ---- is it a world that was run before? ---- */

static void add_bytes(crypto_generichash_state *hash, const void *bytes, size_t count)
{
    crypto_generichash_update(hash, (const unsigned char *)&count, sizeof count);
    crypto_generichash_update(hash, bytes, count);
}

static void add_text(crypto_generichash_state *hash, const char *text)
{
    add_bytes(hash, text, strlen(text));
}

static void add_lines(crypto_generichash_state *hash, const lines *l)
{
    add_bytes(hash, l->arena ? l->arena : "", l->used);
}

typedef struct disk_walk {
    crypto_generichash_state *hash;
    const storage_memory *disk;
    uint32_t collection;
} disk_walk;

static int32_t add_record(void *ctx, uint64_t id, uint32_t size_bytes)
{
    const disk_walk *walk = ctx;
    uint32_t size = 0;
    const void *bytes = storage_memory_peek(walk->disk, walk->collection, id, &size);
    ck_assert(bytes && size == size_bytes);
    add_bytes(walk->hash, &id, sizeof id);
    add_bytes(walk->hash, bytes, size);
    return 0;
}

static void add_disk(crypto_generichash_state *hash, storage_memory *disk)
{
    static const uint32_t collections[] = {COLLECTION_STATE,  COLLECTION_OUTBOX, COLLECTION_KEPT,   COLLECTION_X,
                                           COLLECTION_LEDGER, COLLECTION_SECRET, COLLECTION_DEVICE, COLLECTION_DAMAGED};
    const pos_storage *calls = storage_memory_calls();
    ck_assert_int_eq(calls->acquire(disk), POS_OK);
    for (size_t i = 0; i < sizeof collections / sizeof *collections; i++) {
        disk_walk walk = {hash, disk, collections[i]};
        add_bytes(hash, &collections[i], sizeof collections[i]);
        ck_assert_int_eq(calls->list(disk, collections[i], 0, add_record, &walk), POS_OK);
    }
    calls->release(disk);
}

static void add_cloud(crypto_generichash_state *hash, const core_cloud *c)
{
    add_bytes(hash, c->reports, c->count * sizeof *c->reports);
    add_bytes(hash, c->tokens, c->token_count * sizeof *c->tokens);
    add_bytes(hash, c->known, c->known_count * sizeof *c->known);
    add_bytes(hash, c->created, c->created_count * sizeof *c->created);
    add_bytes(hash, &c->serial, sizeof c->serial);
    add_text(hash, c->session);
}

static void add_catalogues(crypto_generichash_state *hash, const shop *s, bool staged)
{
    const catalogue_cloud *k = &s->cloud;
    const int64_t numbers[] = {
        k->revision,  k->before_revision,          k->replaces,      k->pages, k->committed, k->open,
        s->host.mode, (int64_t)s->host.generation, s->host.can_undo, staged};
    add_bytes(hash, numbers, sizeof numbers);
    add_text(hash, k->key);
    add_text(hash, k->upload_id);
    add_text(hash, s->host.tag);
    add_text(hash, s->host.before_tag);
    add_lines(hash, &k->now);
    add_lines(hash, &k->before);
    add_lines(hash, &k->up);
    add_lines(hash, &s->host.local);
    add_lines(hash, &s->host.before);
    if (staged)
        add_lines(hash, &s->host.staged);
}

static void make_digest(const world *w, storage_memory *disk, bool staged, uint8_t digest[16])
{
    const bench *b = &w->s.b;
    crypto_generichash_state hash;
    const uint32_t numbers[] = {w->cuts, w->told, w->host_repeats, b->close_count};
    crypto_generichash_init(&hash, NULL, 0, 16);
    add_bytes(&hash, numbers, sizeof numbers);
    for (uint32_t i = 0; i < b->close_count; i++) {
        const bench_close *z = &b->closes[i];
        const bool flags[] = {z->handed_over, z->forgotten, z->rebuilt != NULL};
        add_text(&hash, z->sha);
        add_bytes(&hash, flags, sizeof flags);
    }
    add_disk(&hash, disk);
    add_cloud(&hash, &b->cloud);
    if (b->catalogue)
        add_catalogues(&hash, &w->s, staged);
    crypto_generichash_final(&hash, digest, 16);
}

static size_t slot_of(const crash_points *p, const uint8_t digest[16])
{
    static const uint8_t none[16];
    uint64_t at;
    memcpy(&at, digest, sizeof at);
    size_t slot = (size_t)at & (p->seen_capacity - 1);
    while (memcmp(p->seen[slot], none, 16) != 0 && memcmp(p->seen[slot], digest, 16) != 0)
        slot = (slot + 1) & (p->seen_capacity - 1);
    return slot;
}

/* Notes it; false: it was there. */
static bool is_new(crash_points *p, const uint8_t digest[16])
{
    if (2 * p->seen_count >= p->seen_capacity) {
        crash_points larger = {.seen_capacity = p->seen_capacity ? 2 * p->seen_capacity : 1024};
        static const uint8_t none[16];
        larger.seen = calloc(larger.seen_capacity, 16);
        ck_assert_ptr_nonnull(larger.seen);
        for (size_t i = 0; i < p->seen_capacity; i++) {
            if (memcmp(p->seen[i], none, 16) != 0)
                memcpy(larger.seen[slot_of(&larger, p->seen[i])], p->seen[i], 16);
        }
        free(p->seen);
        p->seen = larger.seen;
        p->seen_capacity = larger.seen_capacity;
    }
    uint8_t *slot = p->seen[slot_of(p, digest)];
    if (memcmp(slot, digest, 16) == 0)
        return false;
    memcpy(slot, digest, 16);
    p->seen_count++;
    return true;
}

/* ---- running one ---- */

/* What a good host and an owner do after a power cut. */
static void recover(world *w)
{
    world_start(w);
    if (w->host_repeats)
        world_hand_over(w);
    world_run(w, 2000);
    if (w->day->resume)
        w->day->resume(w);
    world_rest(w);
}

static void conclude(world *w)
{
    crash_points *looking = w->points;
    w->points = NULL;
    verdict_check(w);
    if (w->day->check)
        w->day->check(w);
    w->points = looking;
}

static void run_world(const world *from, storage_memory *disk, bool staged, bool repeats, const char *cut)
{
    crash_points *p = from->points;
    world *left = malloc(sizeof *left);
    ck_assert_ptr_nonnull(left);
    uint64_t seed = world_swap_seed(0);
    world_survive(left, from, disk, staged);
    left->cuts = from->cuts + 1;
    left->host_repeats = repeats;
    left->points = left->cuts < p->cuts_max ? p : NULL;
    snprintf(left->trail, sizeof left->trail, "%.*s%s%s%s", (int)(WORLD_TRAIL - CUT_TEXT - 40), from->trail,
             from->trail[0] ? "; " : "", cut, repeats ? "" : ", not handed over again");
    memcpy(p->trail, left->trail, WORLD_TRAIL);
    p->count->worlds[left->cuts]++;
    recover(left);
    memcpy(p->trail, left->trail, WORLD_TRAIL); /* it may have been that of a world within */
    conclude(left);
    world_close(left);
    free(left);
    memcpy(p->trail, from->trail, WORLD_TRAIL);
    world_swap_seed(seed);
}

/* ---- at a point ---- */

static bool has_closes_untold(const world *w)
{
    for (uint32_t i = 0; i < w->s.b.close_count; i++) {
        if (!w->s.b.closes[i].handed_over && !w->s.b.closes[i].forgotten)
            return true;
    }
    return false;
}

/* One of the disks that may be left; with what was staged, and without it; a host that repeats, and one that does not. */
static void try_disk(world *w, storage_memory *disk, const char *cut)
{
    for (uint32_t way = 0; way < 4; way++) {
        bool staged = way % 2 == 0, repeats = way / 2 == 0 ? w->host_repeats : false;
        uint8_t digest[16];
        if ((!staged && w->s.host.staged.count == 0) ||
            (way / 2 == 1 && (w->cuts > 0 || !has_closes_untold(w) || w->s.b.has_reports == false)))
            continue;
        bool before = w->host_repeats;
        w->host_repeats = repeats;
        make_digest(w, disk, staged, digest);
        w->host_repeats = before;
        if (!is_new(w->points, digest))
            continue;
        storage_memory *own = storage_memory_copy(disk, 1);
        run_world(w, own, staged, repeats, cut);
    }
}

static uint64_t *count_of(crash_count *count, crash_border border, uint32_t cuts)
{
    return border == BORDER_STORAGE   ? &count->storage[cuts]
           : border == BORDER_NETWORK ? &count->network[cuts]
                                      : &count->host[cuts];
}

void points_visit(world *w, const crash_place *place, const char *side)
{
    char cut[CUT_TEXT];
    storage_memory *now = w->s.b.disk;
    if (!w->points)
        return;
    ++*count_of(w->points->count, place->border, w->cuts + 1);
    if (w->looked_at == w->changes)
        return;
    w->looked_at = w->changes;
    for (uint64_t n = storage_memory_durable(now); n <= storage_memory_operations(now); n++) {
        storage_memory *disk = storage_memory_after_crash(now, n, 0);
        ck_assert_ptr_nonnull(disk);
        snprintf(cut, sizeof cut, "cut %.50s %.80s %u:%llx (%llu of %llu operations left)", side, place->what,
                 place->collection & 0xffffu, (unsigned long long)place->id, (unsigned long long)n,
                 (unsigned long long)storage_memory_operations(now));
        try_disk(w, disk, cut);
        storage_memory_free(disk);
    }
}

/* ---- a day ---- */

void points_run(const crash_day *day, crash_points *points)
{
    world *w = malloc(sizeof *w);
    ck_assert_ptr_nonnull(w);
    world_open(w, day);
    snprintf(w->trail, sizeof w->trail, "no cut");
    memcpy(points->trail, w->trail, WORLD_TRAIL);
    if (day->prepare)
        day->prepare(w);
    storage_memory_settle(w->s.b.disk);
    w->trail[0] = '\0';
    w->changes++;
    w->points = points;
    points->count->worlds[0] = 1;
    day->tell(w);
    w->points = NULL;
    if (day->resume)
        day->resume(w);
    world_rest(w);
    conclude(w);
    world_close(w);
    free(w);
    free(points->seen);
}
