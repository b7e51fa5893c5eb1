/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shop_catalogue.h - what a new till sells, at which tax, and how it is paid, unless it is told otherwise: a small
 * grocer in Spain, prices in EUR with tax included. Its lines become rows of the database on the first start; from then
 * on they are the till's own, to be edited, uploaded and replaced.
 */
#ifndef TILL_SHOP_CATALOGUE_H
#define TILL_SHOP_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHOP_CATALOGUE_LINE_BYTES 512

/* The n-th line (from 0), in the form of a catalogue line of cloud/openapi.yaml. False: there are no more. */
bool shop_catalogue_line(size_t n, char line[SHOP_CATALOGUE_LINE_BYTES]);

#endif
