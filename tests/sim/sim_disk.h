/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_disk.h - the cloud's disk: a VFS of SQLite in memory whose power can fail. What was written since the last
 * sync may then be there, not at all, in part, in any order and torn at sectors; what was synced stays.
 *
 * With shared memory, so that the database runs in WAL mode as in production. One process, one thread, no wall clock.
 */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "sim/sim_random.h"

#define SIM_DISK_VFS "sim"

void sim_disk_install(void);             /* registers it as the default VFS; once a process */
void sim_disk_format(uint64_t seed);     /* empty, in order, power on. No file may be open */
void sim_disk_set_clock(int64_t now_ms); /* what SQLite's date functions see */

/* The power fails in the n-th write, truncation or sync from now (1: the next); 0: now. Every call fails from then on. */
void sim_disk_cut(uint32_t nth);
bool sim_disk_is_off(void);
/* After the database was closed: draws what is left, and turns the power on again. */
void sim_disk_power_on(sim_random *r);

/* Every write fails with that code of SQLite until it is set back to 0: full, or broken. SQLITE_IOERR_FSYNC: writes come
 * through, and no sync does. */
void sim_disk_refuse(int code);

#endif
