/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extension "pos.reports/1" as the plugin sees it: a host whose history hands over the wrong day, or none, would
 * make the plugin lose or double a close, so what passes here is judged before the plugin takes it.
 */
#include "guard_internal.h"

#include "text.h"

#include <string.h>

#define PLUGIN POSHOST_SIDE_PLUGIN
#define HOST   POSHOST_SIDE_HOST

typedef struct visit {
    poshost_guard *guard;
    const char *call;
    pos_report_visitor visitor;
    void *visitor_ctx;
    uint32_t kind;
    int64_t number; /* closed: the z_number asked for; running: the least x_sequence */
    uint32_t count; /* how often the visitor was called */
    int32_t answer; /* of the plugin's visitor */
    uint64_t visitor_ns;
} visit;

static const char *judge_report(const visit *seen, const pos_report *report)
{
    if (report == NULL)
        return "report is NULL";
    if (report->struct_size < offsetof(pos_report, grand_total_minor) + sizeof report->grand_total_minor)
        return "report.struct_size is not set, or too small";
    if (report->kind != seen->kind)
        return "report.kind is not the one asked for";
    if (report->document == NULL && report->document_size > 0)
        return "report.document is NULL with a size";
    if (report->register_id == NULL || strcmp(report->register_id, seen->guard->register_id) != 0)
        return "report.register_id is not info.register_id";
    if (!poshost_text_is_date(report->business_date))
        return "report.business_date is not a day written YYYY-MM-DD";
    if (seen->kind == POS_REPORT_Z && report->z_number != seen->number)
        return "report.z_number is not the one asked for";
    if (report->z_number < 1 || report->z_number > POS_Z_NUMBER_MAX)
        return "report.z_number is out of 1..POS_Z_NUMBER_MAX";
    if (seen->kind == POS_REPORT_X && report->x_sequence < seen->number)
        return "report.x_sequence is below the least one asked for";
    if (report->origin > POS_ORIGIN_REBUILT)
        return "report.origin is none of POS_ORIGIN_*";
    return NULL;
}

static int32_t guarded_visit(void *ctx, const pos_report *report)
{
    visit *seen = ctx;
    seen->count++;
    const char *rule = seen->count > 1 ? "the visitor is called once" : judge_report(seen, report);
    if (rule != NULL) {
        poshost_guard_misuse(seen->guard, HOST, seen->call, "%s", rule);
        return POS_E_MISUSE;
    }
    uint64_t start = poshost_guard_now_ns();
    seen->answer = seen->visitor(seen->visitor_ctx, report);
    seen->visitor_ns += poshost_guard_now_ns() - start;
    return seen->answer;
}

static int32_t finish(visit *seen, uint64_t start_ns, int32_t result)
{
    poshost_guard *guard = seen->guard;
    guard->meter.host_ns += poshost_guard_now_ns() - start_ns - seen->visitor_ns;
    result = poshost_guard_check_result(guard, HOST, seen->call, result, POS_E_FAILED);
    if (result == POS_OK && seen->count == 0) {
        poshost_guard_misuse(guard, HOST, seen->call, "returned POS_OK without calling the visitor");
        return POS_E_FAILED;
    }
    if (seen->count > 0 && seen->answer != POS_OK && result != seen->answer) {
        poshost_guard_misuse(guard, HOST, seen->call, "the visitor returned %d, this function %d: it is the same",
                             (int)seen->answer, (int)result);
        return seen->answer;
    }
    return result;
}

static int32_t guarded_closed_range(void *ctx, int64_t *first_z_number, int64_t *last_z_number)
{
    poshost_guard *guard = ctx;
    const char *call = "reports.closed_range";
    if (!poshost_guard_may_call(guard, call))
        return POS_E_MISUSE;
    if (first_z_number == NULL || last_z_number == NULL) {
        poshost_guard_misuse(guard, PLUGIN, call, "a NULL argument");
        return POS_E_MISUSE;
    }
    int64_t first = -1;
    int64_t last = -1;
    uint64_t start = poshost_guard_now_ns();
    int32_t result = guard->reports.closed_range(guard->reports.ctx, &first, &last);
    guard->meter.host_ns += poshost_guard_now_ns() - start;
    result = poshost_guard_check_result(guard, HOST, call, result, POS_E_FAILED);
    if (result != POS_OK)
        return result;
    int is_empty = first == 0 && last == 0;
    if (!is_empty && (first < 1 || last < first || last > POS_Z_NUMBER_MAX)) {
        poshost_guard_misuse(guard, HOST, call, "%lld to %lld is no range of Z numbers, nor 0 and 0", (long long)first,
                             (long long)last);
        return POS_E_FAILED;
    }
    *first_z_number = first;
    *last_z_number = last;
    return POS_OK;
}

static int32_t guarded_closed(void *ctx, int64_t z_number, pos_report_visitor visitor, void *visitor_ctx)
{
    poshost_guard *guard = ctx;
    visit seen = {.guard = guard,
                  .call = "reports.closed",
                  .visitor = visitor,
                  .visitor_ctx = visitor_ctx,
                  .kind = POS_REPORT_Z,
                  .number = z_number};
    if (!poshost_guard_may_call(guard, seen.call))
        return POS_E_MISUSE;
    if (visitor == NULL) {
        poshost_guard_misuse(guard, PLUGIN, seen.call, "visitor is NULL");
        return POS_E_MISUSE;
    }
    uint64_t start = poshost_guard_now_ns();
    int32_t result = guard->reports.closed(guard->reports.ctx, z_number, guarded_visit, &seen);
    return finish(&seen, start, result);
}

static int32_t guarded_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    poshost_guard *guard = ctx;
    visit seen = {.guard = guard,
                  .call = "reports.running",
                  .visitor = visitor,
                  .visitor_ctx = visitor_ctx,
                  .kind = POS_REPORT_X,
                  .number = min_x_sequence};
    if (!poshost_guard_may_call(guard, seen.call))
        return POS_E_MISUSE;
    if (visitor == NULL) {
        poshost_guard_misuse(guard, PLUGIN, seen.call, "visitor is NULL");
        return POS_E_MISUSE;
    }
    uint64_t start = poshost_guard_now_ns();
    int32_t result = guard->reports.running(guard->reports.ctx, min_x_sequence, guarded_visit, &seen);
    return finish(&seen, start, result);
}

const void *poshost_guard_lend_reports(poshost_guard *guard, const pos_reports *reports)
{
    if (reports->struct_size == 0) {
        poshost_guard_misuse(guard, HOST, "get_extension", POS_REPORTS_1 " has no struct_size");
        return NULL;
    }
    poshost_guard_copy(&guard->reports, sizeof guard->reports, reports, reports->struct_size);
    guard->lent_reports =
        (pos_reports){.struct_size = (uint32_t)sizeof guard->lent_reports,
                      .ctx = guard,
                      .closed_range = guard->reports.closed_range != NULL ? guarded_closed_range : NULL,
                      .closed = guard->reports.closed != NULL ? guarded_closed : NULL,
                      .running = guard->reports.running != NULL ? guarded_running : NULL};
    return &guard->lent_reports;
}
