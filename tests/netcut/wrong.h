/* SPDX-License-Identifier: Apache-2.0 */
/* tests/netcut/wrong.h - what the cases of wrong.c and slow.c share: answers that are made, and what the owner reads. */
#ifndef NETCUT_WRONG_H
#define NETCUT_WRONG_H

#include "netcut/bench.h"
#include "support/http_server.h"
#include "support/http_tls.h"

typedef enum wrong_body { WRONG_ENDLESS = 1, WRONG_HEADERS, WRONG_GZIP_BOMB, WRONG_ZSTD_BOMB } wrong_body;

/* Points `reply` to an answer that is made here; the caller frees what is returned, after the server has ended. */
char *wrong_make(wrong_body which, http_reply *reply);

int64_t wrong_read_rss_kb(void);

/* Waits until the status page and then Diagnose (NULL: it is not asked) say so. */
void wrong_check_words(bench *b, const char *line, const char *diagnosis);
/* Nothing is left of it on the screen, and Diagnose finds all in order. */
void wrong_check_healed(bench *b);

#endif
