/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic on minor units. Kept apart because every figure of a report rests on these few lines, and an independent
 * recount must be able to state the same rule in one SQL expression.
 */
#include "money.h"

#include <stdio.h>

int64_t money_share(int64_t amount_minor, int64_t numerator, int64_t denominator)
{
    int64_t product = amount_minor * numerator;
    int64_t half = denominator / 2;
    return product >= 0 ? (product + half) / denominator : -((-product + half) / denominator);
}

int64_t money_net_of_gross(int64_t gross_minor, int32_t rate)
{
    return money_share(gross_minor, 10000, 10000 + (int64_t)rate);
}

void money_format(int64_t minor, char text[MONEY_TEXT_BYTES])
{
    int64_t whole = minor < 0 ? -minor : minor;
    (void)snprintf(text, MONEY_TEXT_BYTES, "%s%lld.%02lld", minor < 0 ? "-" : "", (long long)(whole / 100),
                   (long long)(whole % 100));
}
