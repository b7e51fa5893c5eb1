/* SPDX-License-Identifier: Apache-2.0 */
/* net/at_exit.c - the list of what is to be ended, under one lock that is also held while it is (net/at_exit.h). */
#include "net/at_exit.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static at_exit_entry *entries;

static void end_all(void)
{
    (void)pthread_mutex_lock(&lock);
    while (entries != NULL) {
        at_exit_entry *ended = entries;
        entries = ended->next;
        ended->end(ended->context);
    }
    (void)pthread_mutex_unlock(&lock);
}

/* The parent's workers are not in the child, and another thread of the parent may have held the lock. */
static void forget_all(void)
{
    (void)pthread_mutex_init(&lock, NULL);
    entries = NULL;
}

void at_exit_start(void)
{
    /* Without memory for it the process may end badly, as it would without us: no reason not to run. */
    (void)pthread_atfork(NULL, NULL, forget_all);
    (void)atexit(end_all);
}

void at_exit_add(at_exit_entry *entry)
{
    (void)pthread_mutex_lock(&lock);
    entry->next = entries;
    entries = entry;
    (void)pthread_mutex_unlock(&lock);
}

void at_exit_remove(at_exit_entry *entry)
{
    at_exit_entry **at = &entries;

    (void)pthread_mutex_lock(&lock);
    while (*at != NULL && *at != entry)
        at = &(*at)->next;
    if (*at != NULL)
        *at = entry->next;
    (void)pthread_mutex_unlock(&lock);
}
