/* SPDX-License-Identifier: Apache-2.0 */
/* net/worker.h - the one thread that owns sockets. */
#ifndef NET_WORKER_H
#define NET_WORKER_H

#include "net/mailbox.h"

/* Starts the thread, with every signal blocked in it. NULL: *reason (static text) says why. */
typedef struct worker worker;
worker *worker_start(mailbox *box, const char **reason);
/* After mailbox_stop(): waits for its end and frees it. */
void worker_join(worker *joined);

#endif
