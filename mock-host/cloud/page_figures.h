/* SPDX-License-Identifier: Apache-2.0 */
/* page_figures.h - the figures page of a store and its sections, one a file. Private to page_*.c. */
#ifndef CLOUD_PAGE_FIGURES_H
#define CLOUD_PAGE_FIGURES_H

#include "page.h"
#include "store_figures.h"

#define PAGE_HISTORY_ROWS 25

typedef struct figures_view {
    page page;
    figures_shop shop;
    figures_range all;    /* the store, all its days */
    figures_range chosen; /* the days that the totals and the download are for */
    char from[STORE_DATE_SIZE];
    char to[STORE_DATE_SIZE];
    bool wrong_range;    /* what was asked for is no range of days: `chosen` is the usual one */
    int64_t page_number; /* of the history, from 1 */
} figures_view;

/* Reads store, days and page out of the request. False: the answer is set. */
bool page_figures_open(figures_view *self, request *from, response *answer);

/* The sections; STORE_OK, or why the page can't be made. */
store_status page_write_attention(figures_view *self);
store_status page_write_running(figures_view *self);
store_status page_write_chart(figures_view *self);
store_status page_write_history(figures_view *self);
store_status page_write_totals(figures_view *self);

/* "T1 · Counter 1" */
void page_write_register(page *self, const figures_report *report);
/* The little marks of a row of the history. */
void page_write_marks(page *self, const figures_report *report, const char *store_id);
/* The words for what the cloud found odd in a report. */
void page_write_warning(page *self, const char *warning);
/* <div class="scroll"> that a keyboard can scroll, named by words, and <table>. */
void page_begin_table(page *self, page_text_id name, const char *classes);
void page_end_table(page *self);
/* <th scope="col">; `classes` "" or "n" for numbers. */
void page_column(page *self, const char *classes, page_text_id words);

#endif
