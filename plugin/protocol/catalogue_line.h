/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/catalogue_line.h - one line of configuration data: what kind it is, its key, what it refers to, and whether it
 * is as the contract has it (getCatalogue in cloud/openapi.yaml, pos/catalogue.h).
 *
 * One line at a time, at most 16 KiB each: a catalogue of any size is a stream, never a document. Whether lines fit each
 * other (order, references, validity) is core/catalogue_check.h's.
 *
 * A kind that is not known is no fault: such a line is counted, named to the owner, and left out, because a till cannot
 * sell by what it does not understand.
 */
#ifndef PROTOCOL_CATALOGUE_LINE_H
#define PROTOCOL_CATALOGUE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pos/catalogue.h"

#define CATALOGUE_ID_MAX   64  /* bytes */
#define CATALOGUE_NAME_MAX 200 /* characters */
#define CATALOGUE_KEY_MAX  POS_CATALOGUE_KEY_MAX_BYTES

/* In the order of their keys; CATALOGUE_TAX to CATALOGUE_PRICE are those that are counted. */
typedef enum catalogue_kind {
    CATALOGUE_HEAD = 0,
    CATALOGUE_TAX,
    CATALOGUE_PAYMENT_METHOD,
    CATALOGUE_PRICE_LEVEL,
    CATALOGUE_DEPARTMENT,
    CATALOGUE_GROUP,
    CATALOGUE_USER,
    CATALOGUE_ITEM,
    CATALOGUE_PRICE,
    CATALOGUE_REMOVED, /* an item that is gone; only among changes */
    CATALOGUE_UNKNOWN  /* `unknown` has its name */
} catalogue_kind;

#define CATALOGUE_KINDS 9 /* HEAD to PRICE */

typedef enum catalogue_fault {
    CATALOGUE_FINE = 0,
    /* of a line on its own */
    CATALOGUE_BAD_JSON,   /* no JSON object in UTF-8, or one with a member twice */
    CATALOGUE_BAD_LENGTH, /* more than 16 KiB */
    CATALOGUE_BAD_KIND,   /* it does not say its kind */
    CATALOGUE_BAD_ID,     /* member: not 1 to 64 bytes, or with control characters */
    CATALOGUE_BAD_NAME,   /* missing, longer than 200 characters, or with control characters */
    CATALOGUE_BAD_AMOUNT, /* negative, no whole number, or beyond 2^53 */
    CATALOGUE_BAD_RATE,
    CATALOGUE_BAD_DATE,  /* member: there is no such day */
    CATALOGUE_BAD_DATES, /* it ends before it begins */
    CATALOGUE_BAD_CURRENCY,
    CATALOGUE_BAD_SCHEMA, /* of another version of the format */
    CATALOGUE_BAD_SECRET, /* a user with a password or the like: `member` */
    CATALOGUE_BAD_MEMBER, /* any other member that is not as it has to be */
    CATALOGUE_NO_MEMORY,
    /* of lines together: core/catalogue_check.h */
    CATALOGUE_BAD_ORDER,        /* its key is lower than the one before */
    CATALOGUE_TWICE,            /* its key is the one before */
    CATALOGUE_NO_HEAD,          /* the first line is not the one of the catalogue */
    CATALOGUE_OTHER_CURRENCY,   /* than this till's */
    CATALOGUE_TOO_MANY,         /* more than 10,000 of a kind that has to be few */
    CATALOGUE_BAD_REFERENCE,    /* member: what it refers to is not there */
    CATALOGUE_PRICE_ALONE,      /* a price that does not follow its item */
    CATALOGUE_CIRCLE,           /* a department that is above itself */
    CATALOGUE_REMOVED_IN_WHOLE, /* a removal where there is nothing to remove from */
    CATALOGUE_BAD_KEY           /* the till gave it out under another key */
} catalogue_fault;

typedef struct catalogue_line {
    catalogue_kind kind;
    char key[CATALOGUE_KEY_MAX + 1]; /* "" of an unknown kind */
    char id[CATALOGUE_ID_MAX + 1];   /* of a price and a removal: the item's */
    char name[4 * CATALOGUE_NAME_MAX + 1];
    char currency[4];                      /* of the head */
    char department[CATALOGUE_ID_MAX + 1]; /* "" : none; so are the others */
    char group[CATALOGUE_ID_MAX + 1];
    char tax[CATALOGUE_ID_MAX + 1];
    char parent[CATALOGUE_ID_MAX + 1];
    char level[CATALOGUE_ID_MAX + 1];
    int64_t amount_minor; /* of a price */
    char valid_from[11], valid_to[11];
    char unknown[33];   /* the name of an unknown kind, cut */
    const char *member; /* of a fault: which one; static text, or NULL */
} catalogue_line;

/* Reads one line (no line feed). Also after a fault, id and name are there as far as they could be read. */
catalogue_fault catalogue_line_read(const char *text, size_t size_bytes, catalogue_line *line);

/* The kind that a key belongs to, by its bytes alone; CATALOGUE_UNKNOWN: to none. */
catalogue_kind catalogue_key_kind(const char *key);

/* Do two lines say the same, whatever the order of their members? false also when memory is out, or
 * when one is too long to be a line. */
bool catalogue_lines_equal(const char *a, size_t a_bytes, const char *b, size_t b_bytes);

#endif
