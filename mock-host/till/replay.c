/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays reports. Two files are merged by time; between two reports the clock moves in the plugin's own steps, so that
 * its schedule decides when an X is taken, as on a till that trades.
 */
#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "period.h"
#include "pulse.h"
#include "replay_line.h"
#include "replay_files.h"

#define REPLAY_DRAIN_MS 10000

/* The X that is the running figures now. */
struct replay_running {
    struct replay_line line;
    char *document;
    size_t size_bytes;
    bool fresh; /* not taken yet */
};

struct replay {
    struct till *till;
    struct replay_counts *counts;
    struct replay_running running;
};

static int32_t replay_take_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    struct replay *replay = ctx;
    struct replay_running *running = &replay->running;
    if (!running->fresh || running->line.x_sequence < min_x_sequence)
        return POS_E_NOT_FOUND;
    pos_report x = {.struct_size = (uint32_t)sizeof x,
                    .kind = POS_REPORT_X,
                    .origin = POS_ORIGIN_ORIGINAL,
                    .document_size = (uint32_t)running->size_bytes,
                    .document = running->document,
                    .register_id = running->line.register_id,
                    .business_date = running->line.business_date,
                    .currency = running->line.currency,
                    .z_number = running->line.z_number,
                    .x_sequence = running->line.x_sequence,
                    .closed_at_ms = running->line.time_ms,
                    .grand_total_minor = running->line.grand_total_minor};
    int32_t result = visitor(visitor_ctx, &x);
    if (result == POS_OK) {
        running->fresh = false;
        replay->counts->x_taken++;
        replay->till->shop.running_taken++;
    }
    return result;
}

static void replay_drop_running(struct replay *replay)
{
    if (replay->running.fresh)
        replay->counts->x_skipped++;
    replay->running.fresh = false;
}

/* The line's bytes are taken over into the buffer of the running figures, which grows to the largest X and stays. */
static bool replay_set_running(struct replay *replay, const struct replay_line *line, const char *document,
                               size_t size_bytes, struct fault *fault)
{
    int64_t last_z_number = 0, first_z_number = 0;
    struct replay_running *running = &replay->running;
    replay_drop_running(replay);
    replay->counts->x_offered++;
    if (!closed_get_range(&replay->till->db, &first_z_number, &last_z_number, fault))
        return false;
    if (line->z_number <= last_z_number) { /* its day is closed: nobody asks for it any more */
        replay->counts->x_skipped++;
        return true;
    }
    char *grown = realloc(running->document, size_bytes);
    if (grown == NULL)
        return fault_set(fault, "no memory for an X report of %zu bytes", size_bytes);
    memcpy(grown, document, size_bytes);
    running->document = grown;
    running->size_bytes = size_bytes;
    running->line = *line;
    running->fresh = true;
    return true;
}

static bool replay_close(struct replay *replay, const struct replay_line *line, const char *document, size_t size_bytes,
                         struct fault *fault)
{
    bool is_new = false;
    struct till *till = replay->till;
    struct closed_report report = {.z_number = line->z_number,
                                   .register_id = line->register_id,
                                   .business_date = line->business_date,
                                   .closed_at_ms = line->time_ms,
                                   .currency = line->currency,
                                   .grand_total_minor = line->grand_total_minor,
                                   .document = document,
                                   .document_size = size_bytes};
    replay_drop_running(replay);
    replay->counts->z_read++;
    if (!period_import(&till->db, &report, &is_new, fault))
        return false;
    if (!is_new) {
        replay->counts->z_known++;
        return true;
    }
    till->shop.closes++;
    till->handover.waiting = true;
    return pulse_tick(till, fault); /* which hands it over first */
}

static bool replay_is_drained(void *ctx)
{
    const struct replay *replay = ctx;
    const struct till *till = replay->till;
    return (int64_t)till->pulse.pending <= till->options->replay_drain || till->pulse.attention == POS_ATTENTION_ACTION;
}

/* Time passes until the report's own. A report of the past (files out of order) is taken now. */
static bool replay_go_to(struct replay *replay, int64_t time_ms, struct fault *fault)
{
    struct till *till = replay->till;
    int64_t ahead_ms = time_ms - clock_wall_ms(&till->clock);
    enum flow_result flow = FLOW_DONE;
    if (till->options->speed > 0) {
        struct flow_wait wait = {.timeout_real_ms = clock_real_wait_ms(&till->clock, ahead_ms), .fd = -1};
        flow = ahead_ms > 0 ? flow_until(till, &wait, fault) : FLOW_DONE;
    } else if (ahead_ms > 0) {
        flow = flow_advance(till, ahead_ms, NULL, NULL, fault);
    }
    if (till->options->replay_drain >= 0 && flow != FLOW_FAULT && flow != FLOW_STOPPED) {
        struct flow_wait drain = {
            .timeout_real_ms = REPLAY_DRAIN_MS, .is_done = replay_is_drained, .ctx = replay, .fd = -1, .brisk = true};
        if (!replay_is_drained(replay))
            flow = flow_until(till, &drain, fault);
    }
    if (flow == FLOW_STOPPED)
        return fault_set(fault, "stopped by a signal");
    return flow != FLOW_FAULT;
}

static bool replay_one(struct replay *replay, struct replay_files *files, struct fault *fault)
{
    const struct replay_line *line = &files->next->line;
    const char *document = files->next->reader.line;
    size_t size_bytes = files->next->reader.length;
    if (strcmp(line->register_id, replay->till->db.register_id) != 0) {
        (void)fprintf(stderr, "%s:%" PRId64 ": the report is of register \"%s\", this till is \"%s\" (--register)\n",
                      files->next->reader.path, files->next->reader.line_number, line->register_id,
                      replay->till->db.register_id);
        replay->counts->broken_lines++;
        return true;
    }
    if (!replay_go_to(replay, line->time_ms, fault))
        return false;
    return line->kind == POS_REPORT_Z ? replay_close(replay, line, document, size_bytes, fault)
                                      : replay_set_running(replay, line, document, size_bytes, fault);
}

static bool replay_all(struct replay *replay, struct replay_files *files, struct fault *fault)
{
    bool first = true;
    while (replay_files_next(files)) {
        if (first && files->next->line.time_ms < clock_wall_ms(&replay->till->clock))
            clock_jump(&replay->till->clock, files->next->line.time_ms - clock_wall_ms(&replay->till->clock));
        first = false;
        if (!replay_one(replay, files, fault))
            return false;
    }
    replay_drop_running(replay);
    replay->counts->broken_lines += files->broken_lines;
    if (files->failed)
        return fault_set(fault, "%s", files->fault.text);
    if (replay->counts->broken_lines > 0)
        return fault_set(fault, "%" PRId64 " broken lines were passed over", replay->counts->broken_lines);
    return true;
}

bool replay_run(struct till *till, const char *path, struct replay_counts *counts, struct fault *fault)
{
    struct replay_files *files = replay_files_open(path, fault);
    memset(counts, 0, sizeof *counts);
    if (files == NULL)
        return false;
    struct replay replay = {.till = till, .counts = counts};
    struct host_running shops_own = till->host.running;
    int64_t pace_ms = till->pace_ms;
    int64_t handed_over = till->handover.taken;
    till->host.running.take = replay_take_running;
    till->host.running.ctx = &replay;
    till->pace_ms = 0; /* a year would take hours; --replay-drain is what gives the network time */
    bool ok = replay_all(&replay, files, fault);
    till->host.running = shops_own;
    till->pace_ms = pace_ms;
    counts->z_handed_over = till->handover.taken - handed_over;
    free(replay.running.document);
    replay_files_close(files);
    return ok;
}

void replay_print_counts(FILE *file, const struct replay_counts *counts)
{
    (void)fprintf(file,
                  "replay: Z read %" PRId64 ", handed over %" PRId64 ", known before %" PRId64 "; X offered %" PRId64
                  ", taken %" PRId64 ", skipped %" PRId64 "; broken lines %" PRId64 "\n",
                  counts->z_read, counts->z_handed_over, counts->z_known, counts->x_offered, counts->x_taken,
                  counts->x_skipped, counts->broken_lines);
}
