/* SPDX-License-Identifier: Apache-2.0 */
/* core/account.h - log in, register, recover: what is asked, and what a session changes here. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "core/core.h"

/* Reads the session record; one that cannot be read means: log in again. */
void account_open(core *c);
void account_take_answer(core *c, const net_answer *answer);
/* Writes the session that the answer brought; the request is done with it. */
void account_store_session(core *c);

#endif
