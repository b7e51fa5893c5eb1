/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_figures.h - what head office reads: figures out of the reports, as seen by a user. Every query goes through
 * `members`; a stranger's store is empty or STORE_NOT_FOUND. Visitors are called with the database locked: they write
 * into memory and call no function of the store.
 */
#ifndef CLOUD_STORE_FIGURES_H
#define CLOUD_STORE_FIGURES_H

#include "store.h"

/* A store and how far its figures go. In a list a company without stores comes once, with an empty store_id. */
typedef struct figures_shop {
    store_shop shop;
    char company[STORE_NAME_SIZE];
    bool closed;
    int64_t closes; /* counted Z reports; 0: none, as the rest is then */
    char first_date[STORE_DATE_SIZE];
    char last_date[STORE_DATE_SIZE];
    char last_currency[4];
    int64_t last_gross_minor; /* all closes of the last date in that currency */
    int64_t open_conflicts;
} figures_shop;

typedef void (*figures_shop_visitor)(void *context, const figures_shop *shop);

/* By company and name; `offset` and `limit` count stores. *more: another page follows. */
store_status store_figures_shops(store *self, const char *user_id, const char *query, int64_t limit, int64_t offset,
                                 figures_shop_visitor visitor, void *context, bool *more);
/* One of them; a store that head office has closed is still there to be read. */
store_status store_figures_shop(store *self, const char *user_id, const char *store_id, figures_shop *out);

/* Which reports: of one store as seen by one user, by business date. */
typedef struct figures_range {
    const char *user_id;
    const char *store_id;
    const char *from; /* YYYY-MM-DD, inclusive; NULL: from the first */
    const char *to;
} figures_range;

typedef enum figures_conflict {
    FIGURES_NO_CONFLICT = 0,
    FIGURES_CONFLICT_DECIDED,
    FIGURES_CONFLICT_OPEN
} figures_conflict;

typedef struct figures_report {
    char receipt_id[IDENT_ID_SIZE];
    char till_id[IDENT_ID_SIZE];
    char register_id[IDENT_ID_SIZE];
    char device_name[STORE_NAME_SIZE]; /* "" : not told */
    int64_t epoch;
    int64_t z_number;
    char business_date[STORE_DATE_SIZE];
    int64_t closed_at_ms;
    int64_t received_at_ms;
    char currency[4];
    int64_t gross_minor;
    int64_t net_minor;
    int64_t tax_minor;
    int64_t grand_total_minor;
    int64_t receipts; /* -1: not told */
    bool rebuilt;
    char warning[256]; /* "" : none */
    /* Of a Z beside the one before it in its epoch; see the view `continuity`. */
    int64_t missing;     /* numbers between them */
    int64_t break_minor; /* what the grand totals have more than the reports; of the missing ones if there are any */
    bool new_epoch;      /* the first of an epoch that is not the register's first */
    figures_conflict conflict;
    /* Of the reports under one number, see store_conflict_read(). */
    bool counted;
    int64_t decided_at_ms; /* 0: not decided */
    char sha256[IDENT_HEX_SIZE];
} figures_report;

typedef void (*figures_report_visitor)(void *context, const figures_report *report);

/* For each register the X with the highest sequence of the period that is open now. */
store_status store_figures_running(store *self, const figures_range *range, figures_report_visitor visitor,
                                   void *context);
/* Counted Z reports, newest first. */
store_status store_figures_history(store *self, const figures_range *range, int64_t limit, int64_t offset,
                                   figures_report_visitor visitor, void *context);
/* Those of them that need a look, by weight and then newest first: open conflicts, gaps, breaks, new epochs. */
store_status store_figures_marked(store *self, const figures_range *range, int64_t limit,
                                  figures_report_visitor visitor, void *context);

/* A line of a table of totals, per currency. Which numbers are told depends on the table; 0 otherwise. */
typedef struct figures_line {
    char name[200]; /* department, tender or tax; the warning; "" in the sum of all */
    char currency[4];
    char type[64];
    int64_t rate;  /* hundredths of a percent; -1: not told */
    int64_t count; /* reports, or payments */
    int64_t quantity;
    int64_t gross_minor;
    int64_t net_minor;
    int64_t tax_minor;
} figures_line;

typedef enum figures_table {
    FIGURES_SUM = 1,
    FIGURES_DEPARTMENTS,
    FIGURES_TENDERS,
    FIGURES_TAXES,
    FIGURES_WARNINGS
} figures_table;

typedef void (*figures_line_visitor)(void *context, const figures_line *line);

store_status store_figures_lines(store *self, const figures_range *range, figures_table table,
                                 figures_line_visitor visitor, void *context);

/* Reports under the number that this one has, in the order in which they came; STORE_NOT_FOUND if that is no conflict.
 */
store_status store_conflict_read(store *self, const char *user_id, const char *store_id, const char *receipt_id,
                                 figures_report_visitor visitor, void *context);
/* Head office decides: `chosen` counts and no other, or, if NULL, all count. May be decided anew at any time.
 * STORE_NOT_LISTED: `chosen` is not one of them. */
store_status store_conflict_decide(store *self, const char *user_id, const char *store_id, const char *receipt_id,
                                   const char *chosen, int64_t now_ms);

#endif
