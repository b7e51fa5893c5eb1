/* SPDX-License-Identifier: Apache-2.0 */
/* passwords.h - argon2id hashes of passwords, a few at a time. */
#ifndef CLOUD_PASSWORDS_H
#define CLOUD_PASSWORDS_H

#include <stdbool.h>

#define PASSWORDS_HASH_SIZE 128 /* crypto_pwhash_STRBYTES */

typedef struct passwords passwords;

/* `fast`: the cheapest parameters, for tests only. NULL when there is no memory. */
passwords *passwords_open(bool fast);
void passwords_close(passwords *self);

/* 0, or -1 when there is no memory for it. */
int passwords_hash(passwords *self, const char *password, char hash[PASSWORDS_HASH_SIZE]);

/* `hash` NULL (an unknown user): the same work against a hash that nothing fits, then false. */
bool passwords_verify(passwords *self, const char *password, const char *hash);

#endif
