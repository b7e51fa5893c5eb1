/* SPDX-License-Identifier: Apache-2.0 */
/* core/intake.h - reads a pos_report of a host, whatever its age, and checks what the plugin itself relies on. */
#ifndef CORE_INTAKE_H
#define CORE_INTAKE_H

#include "pos/report.h"

/* Copies the smaller of the two structs, zero-fills the rest, and checks it: POS_OK, POS_E_MISUSE or POS_E_TOO_LARGE
 * with *why (static text). Of a report that is too large the copy is filled all the same. */
int32_t intake_read(const pos_report *in, uint32_t kind, const char *register_id, pos_report *out, const char **why);

#endif
