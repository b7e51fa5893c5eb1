/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_rows.c - names of what may happen, and sets of them (sim/sim_rows.h). */
#include "sim/sim_rows.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *group, *name;
} rows[] = {
#define SIM_ROW_WORDS(group, row, name) {#group, name},
    SIM_ROWS(SIM_ROW_WORDS)
#undef SIM_ROW_WORDS
};

_Static_assert(SIM_ROW_COUNT <= SIM_ROWS_MAX, "a set has room for all rows");

const char *sim_row_name(sim_row row)
{
    return rows[row].name;
}

const char *sim_row_group(sim_row row)
{
    return rows[row].group;
}

bool sim_row_set_has(const sim_row_set *set, sim_row row)
{
    return (set->bits[row / 64] >> (row % 64)) & 1;
}

void sim_row_set_put(sim_row_set *set, sim_row row, bool in)
{
    uint64_t bit = UINT64_C(1) << (row % 64);
    set->bits[row / 64] = in ? set->bits[row / 64] | bit : set->bits[row / 64] & ~bit;
}

static bool put_name(sim_row_set *set, const char *name, size_t length)
{
    for (int i = 0; i < SIM_ROW_COUNT; i++) {
        if (strlen(rows[i].name) != length || strncmp(rows[i].name, name, length) != 0)
            continue;
        sim_row_set_put(set, (sim_row)i, true);
        return true;
    }
    return false;
}

bool sim_row_set_read(const char *names, sim_row_set *out, const char **bad)
{
    memset(out, 0, sizeof *out);
    if (strcmp(names, SIM_ROWS_NONE) == 0)
        return true;
    while (*names) {
        size_t length = strcspn(names, ",");
        *bad = names;
        if (!put_name(out, names, length))
            return false;
        names += length + (names[length] == ',');
    }
    return true;
}

void sim_row_set_write(const sim_row_set *set, char *out, uint32_t room)
{
    uint32_t used = 0;
    out[0] = 0;
    for (int i = 0; i < SIM_ROW_COUNT; i++) {
        if (sim_row_set_has(set, (sim_row)i) && used < room)
            used += (uint32_t)snprintf(out + used, room - used, "%s%s", used ? "," : "", rows[i].name);
    }
}
