/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_trouble.h - the troubles of tills and of the cloud. Each says whether it really happened (or really may now,
 * where it is counted when it strikes). */
#ifndef SIM_TROUBLE_H
#define SIM_TROUBLE_H

#include "sim/sim_build.h"

bool trouble_puts_fail_shown(sim *s, sim_till *t);
bool trouble_puts_fail_hidden(sim *s, sim_till *t);
bool trouble_disk_full(sim *s, sim_till *t);
bool trouble_disk_unreadable(sim *s, sim_till *t);
bool trouble_disk_slow(sim *s, sim_till *t);
bool trouble_history_busy(sim *s, sim_till *t);
bool trouble_bit_rot(sim *s, sim_till *t);

bool trouble_take_backup(sim *s, sim_till *t);
bool trouble_restore_backup(sim *s, sim_till *t);
bool trouble_restore_image(sim *s, sim_till *t);
bool trouble_storage_wiped(sim *s, sim_till *t);
bool trouble_till_replaced(sim *s, sim_till *t);
bool trouble_disk_lies(sim *s, sim_till *t);
bool trouble_host_reset(sim *s, sim_till *t);
bool trouble_till_cloned(sim *s, sim_till *t);

void sim_trouble_cloud_start(sim *s);
void sim_trouble_cloud_end(sim *s);

#endif
