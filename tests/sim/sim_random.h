/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_random.h - all chance of a simulation, from its seed. Independent streams, so that one more draw in one part
 * does not change what happens in another.
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sim_random {
    uint64_t state;
} sim_random;

sim_random sim_random_make(uint64_t seed, uint64_t stream);
uint64_t sim_random_next(sim_random *r);
uint32_t sim_random_below(sim_random *r, uint32_t bound);               /* 0..bound-1; bound is not 0 */
int64_t sim_random_between(sim_random *r, int64_t least, int64_t most); /* both included */
bool sim_random_once_in(sim_random *r, uint32_t n);

/* Makes libsodium draw from a stream of its own. Before sodium_init(). */
void sim_random_take_libsodium(void);
void sim_random_seed_libsodium(uint64_t seed);

/* core_env.random: a till's ids and jitter. From which stream is said before every call of its core. */
void sim_random_use(sim_random *stream);
void sim_random_fill(void *bytes, size_t count);

#endif
