/* SPDX-License-Identifier: Apache-2.0 */
/* page_format.h - numbers, money, dates and times as people write them. Each fills `out` and returns it. */
#ifndef CLOUD_PAGE_FORMAT_H
#define CLOUD_PAGE_FORMAT_H

#include "page_texts.h"
#include "page_zone.h"

#define PAGE_FORMAT_SIZE 64

/* Decimals of a currency: 0 for JPY, 3 for KWD, mostly 2. */
int page_currency_decimals(const char *currency);

char *page_format_number(page_language language, int64_t number, char out[PAGE_FORMAT_SIZE]);
/* A number with so many decimals: 12345 with 2 is 123.45. Not wanted decimals that are zero are left away. */
char *page_format_decimal(page_language language, int64_t number, int decimals, char out[PAGE_FORMAT_SIZE]);
char *page_format_quantity(page_language language, int64_t thousandths, char out[PAGE_FORMAT_SIZE]);
/* "€1,234.50", "1234,50 €" */
char *page_format_money(page_language language, int64_t minor, const char *currency, char out[PAGE_FORMAT_SIZE]);
/* "2026-11-20" -> "Fri 20 Nov 2026"; anything else as it is. */
char *page_format_date(page_language language, const char *business_date, char out[PAGE_FORMAT_SIZE]);
/* "20 Nov" */
char *page_format_day(page_language language, const char *business_date, char out[PAGE_FORMAT_SIZE]);
/* "20 Nov 2026, 14:05", and "14:05"; in the zone, with " UTC" behind when it is not known. */
char *page_format_moment(page_language language, const page_zone *zone, int64_t at_ms, char out[PAGE_FORMAT_SIZE]);
char *page_format_time(const page_zone *zone, int64_t at_ms, char out[PAGE_FORMAT_SIZE]);
/* "12 minutes ago"; what is to come is "just now": clocks differ. */
char *page_format_age(page_language language, int64_t age_ms, char out[PAGE_FORMAT_SIZE]);

#endif
