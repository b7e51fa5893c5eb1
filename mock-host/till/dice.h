/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dice.h - the same throws for the same seed, on every machine and in every run.
 */
#ifndef TILL_DICE_H
#define TILL_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

/* Two numbers, so that every receipt has throws of its own, whatever was thrown before it. */
void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream);

/* 0 .. below-1; below > 0. */
uint32_t dice_throw(struct dice *dice, uint32_t below);

/* True in `percent` of a hundred throws. */
bool dice_chance(struct dice *dice, uint32_t percent);

#endif
