/* SPDX-License-Identifier: Apache-2.0 */
/* store_history.h - how a report is read out of the database. Private to the store. */
#ifndef CLOUD_STORE_HISTORY_H
#define CLOUD_STORE_HISTORY_H

#include "store_db.h"
#include "store_figures.h"

/* Of a report `r`; what follows them is the statement's own. */
#define HISTORY_COLUMNS(receipts)                                                                                      \
    "SELECT r.receipt_id, r.till_id, r.register_id, (SELECT t.device_name FROM tills t WHERE t.store_id = r.store_id"  \
    "  AND t.register_id = r.register_id AND t.till_id = r.till_id), r.epoch, r.z_number, r.business_date,"            \
    " r.closed_at_ms, r.received_at_ms, r.currency, r.gross_minor, r.net_minor, r.tax_minor, r.grand_total_minor,"     \
    " r.origin = 'rebuilt', r.warning, r.counted, r.decided_at_ms, r.sha256, " receipts " AS receipts"

/* The document is kept as bytes; SQLite reads JSON from text only. */
#define HISTORY_RECEIPTS "CAST(r.document AS TEXT) ->> '$.counts.receipts'"

/* `with_marks`: four more columns follow, see MARKS in store_history.c. */
void history_read_report(sqlite3_stmt *statement, bool with_marks, figures_report *out);

#endif
