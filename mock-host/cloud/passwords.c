/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Password hashing with libsodium's argon2id. It costs a core for tenths of a second and 64 MiB, on purpose; so it
 * happens outside every lock, and only as many run at once as leave a core and the memory for the uploads.
 */
#include "passwords.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(PASSWORDS_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's size");

struct passwords {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    int free_slots;
    unsigned long long opslimit;
    size_t memlimit;
    char unknown_user[PASSWORDS_HASH_SIZE];
};

static void take_slot(passwords *self)
{
    pthread_mutex_lock(&self->lock);
    while (self->free_slots == 0)
        pthread_cond_wait(&self->freed, &self->lock);
    self->free_slots--;
    pthread_mutex_unlock(&self->lock);
}

static void give_slot(passwords *self)
{
    pthread_mutex_lock(&self->lock);
    self->free_slots++;
    pthread_cond_signal(&self->freed);
    pthread_mutex_unlock(&self->lock);
}

static int count_slots(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 5 ? 4 : cores > 2 ? (int)cores - 1 : 1;
}

int passwords_hash(passwords *self, const char *password, char hash[PASSWORDS_HASH_SIZE])
{
    take_slot(self);
    int code = crypto_pwhash_str(hash, password, strlen(password), self->opslimit, self->memlimit);
    give_slot(self);
    return code;
}

bool passwords_verify(passwords *self, const char *password, const char *hash)
{
    take_slot(self);
    int code = crypto_pwhash_str_verify(hash ? hash : self->unknown_user, password, strlen(password));
    give_slot(self);
    return hash && code == 0;
}

passwords *passwords_open(bool fast)
{
    char nobody_knows[33];
    unsigned char random[16];
    passwords *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->freed, NULL);
    self->free_slots = count_slots();
    self->opslimit = fast ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE;
    self->memlimit = fast ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE;
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(nobody_knows, sizeof nobody_knows, random, sizeof random);
    if (passwords_hash(self, nobody_knows, self->unknown_user) == 0)
        return self;
    passwords_close(self);
    return NULL;
}

void passwords_close(passwords *self)
{
    if (!self)
        return;
    pthread_cond_destroy(&self->freed);
    pthread_mutex_destroy(&self->lock);
    free(self);
}
