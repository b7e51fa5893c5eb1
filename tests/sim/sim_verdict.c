/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_verdict.c - exactly one visible state for each close (sim/sim_verdict.h). */
#include "sim/sim_verdict.h"

#include <stdio.h>
#include <stdlib.h>

#define ROWS_A_PAGE 64u

int64_t verdict_id(int till, uint32_t close)
{
    return ((int64_t)till << 32) | close;
}

void verdict_open(const sim *s, verdict_book *book)
{
    *book = (verdict_book){0};
    for (int i = 0; i < s->till_count; i++) {
        book->of[i] = calloc(s->tills[i]->shop.count + 1, sizeof **book->of);
        if (!book->of[i])
            abort();
    }
}

void verdict_close(verdict_book *book)
{
    for (int i = 0; i < SIM_TILLS_MAX; i++)
        free(book->of[i]);
}

void verdict_note_cloud(verdict_book *book, int64_t id, bool counted, bool conflict, bool decided)
{
    verdict_state *state = &book->of[id >> 32][id & UINT32_MAX];
    state->counted = counted;
    state->conflict = conflict;
    state->decided = decided;
}

/* ---- the till's screen ---- */

static verdict_state *find(const sim *s, verdict_book *book, const sim_till *t, const core_row *row)
{
    for (uint32_t k = t->shop.count; k-- > 0;) {
        const sim_close *z = &t->shop.closes[k];
        if (z->number == row->z_number && z->wall_ms == row->closed_at_ms && z->grand == row->grand_total_minor)
            return &book->of[t->index][k];
    }
    return t->cloned_from >= 0 ? find(s, book, s->tills[t->cloned_from], row) : NULL;
}

/* Nothing but the number is left of it. */
static void note_damaged(const sim *s, verdict_book *book, const sim_till *t, const core_row *row)
{
    for (uint32_t k = 0; k < t->shop.count; k++)
        book->of[t->index][k].damaged |= t->shop.closes[k].number == row->z_number;
    if (t->cloned_from >= 0)
        note_damaged(s, book, s->tills[t->cloned_from], row);
}

static void note_row(sim *s, verdict_book *book, const sim_till *t, const core_row *row)
{
    if (!row->readable) {
        book->unreadable[t->index]++;
        return;
    }
    if (row->kind != POS_REPORT_Z) {
        book->x_waits[t->index] = true;
        return;
    }
    if (row->state == STATE_DAMAGED) {
        note_damaged(s, book, t, row);
        return;
    }
    verdict_state *state = find(s, book, t, row);
    if (!state) {
        sim_fail(s, t->index, "Z %lld is on the till's screen, and nobody closed it", (long long)row->z_number);
        return;
    }
    state->queued |= row->state == STATE_WAITING || row->state == STATE_SENDING || row->state == STATE_HELD;
    state->kept_conflict |= row->state == STATE_CONFLICT;
    state->rejected |= row->state == STATE_REJECTED;
    state->elsewhere |= row->state == STATE_ELSEWHERE;
}

static void read_screen(sim *s, verdict_book *book, const sim_till *t)
{
    core_row rows[ROWS_A_PAGE];
    uint32_t first = 0, total = 0, count;
    if (!t->core || t->disk_ill_until_ms != 0)
        return;
    core_begin_call(t->core);
    do {
        count = core_list_queue(t->core, sim_till_time(t), first, ROWS_A_PAGE, rows, &total);
        for (uint32_t i = 0; i < count && !s->failed; i++)
            note_row(s, book, t, &rows[i]);
        first += count;
    } while (count > 0 && first < total && !s->failed);
    book->read[t->index] = true;
}

static void read_screens(sim *s, verdict_book *book)
{
    for (int i = 0; i < s->till_count && !s->failed; i++)
        read_screen(s, book, s->tills[i]);
}

static bool is_anywhere(const verdict_state *state)
{
    return state->counted || state->conflict || state->decided || state->queued || state->kept_conflict ||
           state->rejected || state->elsewhere || state->damaged;
}

/* ---- judging ---- */

/* What the plugin has said OK to is here or there; and "delivered through", which the owner reads, is so. */
static void audit_close(sim *s, const sim_till *t, uint32_t k, const verdict_state *state, int64_t delivered_through)
{
    const sim_close *z = &t->shop.closes[k];
    if (!z->accepted || z->exposed || t->rotten)
        return;
    if (!is_anywhere(state))
        sim_fail(s, t->index, "Z %lld of till %d was accepted, and is neither here nor there", (long long)z->number,
                 t->index);
    bool promised = t->honest && k >= t->shop.numbering_from && z->number <= delivered_through;
    if (promised && !state->counted && !state->rejected)
        sim_fail(s, t->index, "Z %lld of till %d is not in the cloud, though the screen says so", (long long)z->number,
                 t->index);
}

/* The last X that was taken is waiting, or in the cloud. */
static void audit_x(sim *s, const verdict_book *book, const sim_till *t)
{
    bool excused = !t->honest || t->exposed || t->rotten || t->joined < 0 || book->x_waits[t->index];
    if (excused || t->shop.x_at_ms == 0 || sim_check_is_there(s, t->shop.x_sha))
        return;
    sim_fail(s, t->index, "the last X of period %lld is neither here nor there", (long long)t->shop.next_number);
}

void sim_check_x(sim *s, void *till, uint64_t boot)
{
    sim_till *t = till;
    bool excused = !t->honest || t->exposed || t->rotten || t->joined < 0 || t->shop.x_seen || t->shop.x_at_ms == 0;
    if (excused || t->boot != boot || !t->core || core_get_queue(t->core, sim_till_time(t)).pending > 0 ||
        sim_check_is_there(s, t->shop.x_sha))
        return;
    sim_fail(s, t->index, "the last X of period %lld is settled, and not in the cloud", (long long)t->shop.next_number);
}

/* Rows of the screen after a power cut, before anything else happens: what was accepted is among them, or delivered. */
void sim_check_start(sim *s, sim_till *t)
{
    core_row rows[ROWS_A_PAGE];
    uint32_t total = 0;
    core_begin_call(t->core);
    uint32_t count = core_list_queue(t->core, sim_till_time(t), 0, ROWS_A_PAGE, rows, &total);
    core_queue q = core_get_queue(t->core, sim_till_time(t));
    if (count < total || t->disk_ill_until_ms != 0 || t->rotten)
        return;
    for (uint32_t back = 1; back <= 3 && back <= t->shop.count; back++) {
        const sim_close *z = &t->shop.closes[t->shop.count - back];
        bool found = !z->accepted || z->exposed || z->number <= q.delivered_through;
        for (uint32_t i = 0; i < count && !found; i++)
            found = !rows[i].readable || rows[i].z_number == z->number;
        if (!found && !sim_check_is_there(s, z->sha) && !sim_check_is_there(s, z->rebuilt_sha))
            sim_fail(s, t->index, "Z %lld was accepted, and is gone after a power cut", (long long)z->number);
    }
}

void verdict_audit(sim *s, verdict_book *book)
{
    read_screens(s, book);
    for (int i = 0; i < s->till_count && !s->failed; i++) {
        const sim_till *t = s->tills[i];
        if (!book->read[i])
            continue;
        core_queue q = core_get_queue(t->core, sim_till_time(t));
        if (t->told_elsewhere > 0 && q.elsewhere == 0 && !t->rotten)
            sim_fail(s, i, "it was told of a Z in another store, and does not say so");
        audit_x(s, book, t);
        for (uint32_t k = 0; k < t->shop.count && !s->failed; k++)
            audit_close(s, t, k, &book->of[i][k], q.delivered_through);
    }
}

static const char *words_of(const verdict_state *state, char text[128])
{
    snprintf(text, 128, "%s%s%s%s%s%s%s", state->counted ? " counted" : "", state->conflict ? " in-conflict" : "",
             state->queued ? " waiting" : "", state->kept_conflict ? " kept-as-conflict" : "",
             state->rejected ? " rejected" : "", state->elsewhere ? " elsewhere" : "",
             state->damaged ? " damaged" : "");
    return text;
}

static void judge(sim *s, verdict_book *book, const sim_till *t, uint32_t k)
{
    const sim_close *z = &t->shop.closes[k];
    const verdict_state *state = &book->of[t->index][k];
    const char *wrong = NULL;
    char words[128];
    bool too_long = t->narrow && z->size + 500 > SIM_NARROW_BYTES; /* for its proxy */
    if (state->queued && !too_long)
        wrong = "is still waiting after everything healed";
    else if (state->counted && (state->conflict || state->rejected || (state->kept_conflict && !state->decided)))
        wrong = "has two states at once";
    else if (state->conflict && !sim_till_may_conflict(t, z))
        wrong = "is in conflict, of a till that was not cloned";
    else if (state->rejected && z->document == DOCUMENT_GOOD)
        wrong = "was rejected, though there is nothing wrong with it";
    else if (state->queued && !state->counted)
        wrong = NULL;
    else if (!is_anywhere(state) && !z->may_be_lost && book->unreadable[t->index] > 0)
        book->unreadable[t->index]--; /* on the screen, and no more can be told of it */
    else if (!is_anywhere(state) && !z->may_be_lost)
        wrong = "is lost";
    else if (!state->counted && !state->conflict && !state->decided && !state->rejected && state->damaged &&
             t->shop.history == HISTORY_ORIGINAL && k >= t->shop.numbering_from)
        wrong = "is damaged, and was not taken from the host's history";
    s->figures.delivered += state->counted;
    s->figures.conflicts += !state->counted && (state->conflict || state->decided);
    s->figures.rejected += !state->counted && !state->conflict && !state->decided && state->rejected;
    s->figures.others += !state->counted && !state->conflict && !state->decided && !state->rejected;
    if (wrong)
        s->figures.broken = wrong;
    if (wrong)
        sim_fail(s, t->index, "Z %lld of till %d (close %u) %s. It is:%s", (long long)z->number, t->index, k, wrong,
                 words_of(state, words));
}

void verdict_end(sim *s, verdict_book *book)
{
    read_screens(s, book);
    s->figures.delivered = s->figures.conflicts = s->figures.rejected = s->figures.others = 0;
    for (int i = 0; i < s->till_count && !s->failed; i++) {
        if (!book->read[i] && !s->tills[i]->scrapped)
            sim_fail(s, i, "till %d does not run in the end", i);
        for (uint32_t k = 0; k < s->tills[i]->shop.count && !s->failed; k++)
            judge(s, book, s->tills[i], k);
    }
}
