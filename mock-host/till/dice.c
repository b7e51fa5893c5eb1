/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A splitmix64 generator. rand() differs between C libraries; a shop that is the same everywhere makes a failing run
 * repeatable from its seed alone.
 */
#include "dice.h"

static uint64_t dice_next(struct dice *dice)
{
    uint64_t z = (dice->state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream)
{
    dice->state = seed;
    uint64_t mixed = dice_next(dice);
    dice->state = mixed ^ (stream * 0xD1342543DE82EF95ULL);
    (void)dice_next(dice);
}

uint32_t dice_throw(struct dice *dice, uint32_t below)
{
    /* Multiply-shift: the bias of at most below/2^32 does not matter to a shop. */
    return (uint32_t)(((dice_next(dice) >> 32) * below) >> 32);
}

bool dice_chance(struct dice *dice, uint32_t percent)
{
    return dice_throw(dice, 100) < percent;
}
