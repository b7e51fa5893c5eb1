/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_random.c - splitmix64 and the stand-in for libsodium's generator (sim/sim_random.h). */
#include "sim/sim_random.h"

#include <sodium.h>
#include <string.h>

static sim_random shared; /* of libsodium */
static sim_random *used;  /* of the till whose core runs */

uint64_t sim_random_next(sim_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

sim_random sim_random_make(uint64_t seed, uint64_t stream)
{
    sim_random r = {seed * UINT64_C(0xd1342543de82ef95) + stream};
    r.state = sim_random_next(&r) ^ stream;
    return r;
}

uint32_t sim_random_below(sim_random *r, uint32_t bound)
{
    return (uint32_t)(((sim_random_next(r) >> 32) * bound) >> 32);
}

int64_t sim_random_between(sim_random *r, int64_t least, int64_t most)
{
    return least + (int64_t)(sim_random_next(r) % (uint64_t)(most - least + 1));
}

bool sim_random_once_in(sim_random *r, uint32_t n)
{
    return sim_random_below(r, n) == 0;
}

static void draw_bytes(sim_random *r, void *bytes, size_t count)
{
    uint8_t *at = bytes;
    while (count > 0) {
        uint64_t value = sim_random_next(r);
        size_t part = count < sizeof value ? count : sizeof value;
        memcpy(at, &value, part);
        at += part;
        count -= part;
    }
}

void sim_random_use(sim_random *stream)
{
    used = stream;
}

void sim_random_fill(void *bytes, size_t count)
{
    draw_bytes(used, bytes, count);
}

static const char *name(void)
{
    return "seeded";
}

static uint32_t draw(void)
{
    return (uint32_t)(sim_random_next(&shared) >> 32);
}

static void fill(void *const bytes, const size_t count)
{
    draw_bytes(&shared, bytes, count);
}

void sim_random_take_libsodium(void)
{
    static randombytes_implementation seeded = {.implementation_name = name, .random = draw, .buf = fill};
    randombytes_set_implementation(&seeded);
}

void sim_random_seed_libsodium(uint64_t seed)
{
    shared = sim_random_make(seed, 0x50d1);
}
