/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/at_exit.h - the end of a process whose host did not destroy its instances: a POS program that just calls exit().
 *
 * The TLS library takes its tables down at exit, and a worker in the middle of a handshake would run into that. So all
 * workers are ended before. Registered after the libraries were started, and therefore called before their own end.
 */
#ifndef NET_AT_EXIT_H
#define NET_AT_EXIT_H

typedef struct at_exit_entry {
    struct at_exit_entry *next;
    void (*end)(void *context); /* at exit; the entry is not in the list any more then */
    void *context;
} at_exit_entry;

void at_exit_start(void); /* once a process; after fork() the child's list is empty */
void at_exit_add(at_exit_entry *entry);
/* When it returns, end() was called and has returned, or will never be called. */
void at_exit_remove(at_exit_entry *entry);

#endif
