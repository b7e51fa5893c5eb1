/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h - what the built-in shop sells, at which tax, and how it is paid: a small grocer in Spain, prices in EUR
 * with tax included. Fixed tables: the database gets a copy on its first start, for whoever reads it with SQL.
 */
#ifndef TILL_CATALOGUE_H
#define TILL_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CATALOGUE_CURRENCY "EUR"

struct catalogue_tax {
    const char *id;
    const char *name;
    int32_t rate; /* hundredths of a percent, included in prices */
};

struct catalogue_department {
    const char *id;
    const char *name;
};

struct catalogue_item {
    const char *id;
    const char *barcode; /* EAN-13 */
    const char *name;
    const struct catalogue_department *department;
    const struct catalogue_tax *tax;
    int64_t price_minor; /* of one piece, or of 1 kg where weighed */
    bool weighed;
};

struct catalogue_tender {
    const char *id;
    const char *name;
    const char *type; /* "cash", "card", "voucher" */
};

struct catalogue_cashier {
    const char *id;
    const char *name;
};

extern const struct catalogue_tax catalogue_taxes[];
extern const size_t catalogue_tax_count;
extern const struct catalogue_department catalogue_departments[];
extern const size_t catalogue_department_count;
extern const struct catalogue_item catalogue_items[];
extern const size_t catalogue_item_count;
extern const struct catalogue_tender catalogue_tenders[];
extern const size_t catalogue_tender_count;
extern const struct catalogue_cashier catalogue_cashiers[];
extern const size_t catalogue_cashier_count;

/* Places in catalogue_tenders. */
#define CATALOGUE_CASH    0u
#define CATALOGUE_CARD    1u
#define CATALOGUE_VOUCHER 2u

#endif
