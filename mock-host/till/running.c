/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running figures of the shop, an X, for pos.reports/1. The till keeps no X: whoever asks gets the figures of now,
 * under the sequence that they have reserved.
 */
#include <inttypes.h>
#include <string.h>

#include "figures.h"
#include "shop.h"
#include "till.h"

static bool running_make(struct till *till, const struct period *period, int64_t x_sequence, struct figures *figures,
                         struct fault *fault)
{
    struct figures_request request = {.period = period,
                                      .kind = POS_REPORT_X,
                                      .x_sequence = x_sequence,
                                      .taken_at_ms = clock_wall_ms(&till->clock),
                                      .time_zone = till->time_zone};
    return figures_make(&till->db, &request, figures, fault);
}

int32_t shop_take_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    struct till *till = ctx;
    struct period period;
    struct figures figures;
    struct fault fault;
    if (!receipts_get_period(&till->db, &period, &fault)) {
        log_write(&till->log, POS_LOG_ERROR, "running: %s", fault.text);
        return POS_E_IO;
    }
    if (period.period_id == 0 || period.last_receipt_number == till->shop.last_running_receipt)
        return POS_E_NOT_FOUND;
    if (!running_make(till, &period, min_x_sequence > 0 ? min_x_sequence : 1, &figures, &fault)) {
        log_write(&till->log, POS_LOG_ERROR, "running: %s", fault.text);
        return POS_E_FAILED;
    }
    int32_t result = visitor(visitor_ctx, &figures.report);
    if (result == POS_OK) {
        till->shop.last_running_receipt = period.last_receipt_number;
        till->shop.running_taken++;
        log_write(&till->log, POS_LOG_DEBUG, "the plugin has taken X %" PRId64 " of the period that will be Z %" PRId64,
                  figures.report.x_sequence, figures.report.z_number);
    }
    figures_free(&figures);
    return result;
}
