/* SPDX-License-Identifier: Apache-2.0 */
/*
 * money.h - arithmetic on minor units. Integers only; every rounding is half away from zero, so that a return takes
 * back exactly what the sale put in.
 */
#ifndef TILL_MONEY_H
#define TILL_MONEY_H

#include <stddef.h>
#include <stdint.h>

/* amount * numerator / denominator, rounded. denominator > 0; the product must fit 63 bits. */
int64_t money_share(int64_t amount_minor, int64_t numerator, int64_t denominator);

/* What is left of a tax-included amount without its tax. rate in hundredths of a percent: 2100 is 21 %. */
int64_t money_net_of_gross(int64_t gross_minor, int32_t rate);

#define MONEY_TEXT_BYTES 32

/* "1234.56", "-0.05": two decimals, as on the till's own display. */
void money_format(int64_t minor, char text[MONEY_TEXT_BYTES]);

#endif
