/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_sql.h - what the databases say, asked with SQLite alone: nothing here is shared with the programs
 * that wrote them.
 */
#ifndef SUPPORT_E2E_SQL_H
#define SUPPORT_E2E_SQL_H

#include "support/e2e_base.h"

/* The one number that a query answers. `other` (NULL: none) is attached as "other". Both are opened read-only. */
int64_t e2e_sql_number(const char *database, const char *other, const char *query);
/* The one text that a query answers; the caller frees it. NULL: no row, or NULL. */
char *e2e_sql_text(const char *database, const char *query);

/* How many counted Z reports of the cloud have exactly these bytes, and are in `store` (NULL: any). */
int64_t e2e_sql_counted(const char *cloud, const void *document, size_t size_bytes, const char *store);

/* Holds the cloud's tables against a till's: every closed Z is there exactly once, counted once, with the till's own
 * bytes, and the figures are those that the receipts add up to, to the cent. Fails the test with what differs. */
void e2e_sql_compare_till(const char *cloud, const char *till);

#endif
