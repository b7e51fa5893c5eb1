/* SPDX-License-Identifier: Apache-2.0 */
/* core/account.h - log in, register, recover: what is asked, and what a session changes here. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "core/core.h"

/* Reads the session record; one that is spoilt means: log in again. */
void account_open(core *c);
/* A record that the storage could not give out at the start is asked for again, once a second. */
void account_read_again(core *c, core_time now);
void account_forget_unread(core *c); /* another one was stored, or none is wanted any more */
void account_take_answer(core *c, const net_answer *answer);
/* Writes the session that the answer brought; the request is done with it. */
void account_store_session(core *c);

#endif
