/* SPDX-License-Identifier: Apache-2.0 */
/* The key file and what is sealed with it. Not part of libposhost's public face. */
#ifndef HOST_SDK_STORAGE_KEY_H
#define HOST_SDK_STORAGE_KEY_H

#include <stddef.h>
#include <stdint.h>

#define POSHOST_KEY_BYTES  32u
#define POSHOST_SEAL_BYTES 40u /* what sealing adds: a nonce of 24 in front, a tag of 16 behind */

/* Reads the key, making it if there is none: durable when it returns. `key` is POSHOST_KEY_BYTES.
 * Errors: as of poshost_storage_open(). */
int32_t poshost_key_load(const char *path, unsigned char *key, char *error, size_t capacity_bytes);

/* Encrypts into `sealed`, which has room for size_bytes + POSHOST_SEAL_BYTES. */
void poshost_key_seal(const unsigned char *key, uint32_t collection, uint64_t id, const void *bytes, size_t size_bytes,
                      unsigned char *sealed);

/* Decrypts into `bytes` (room for sealed_bytes - POSHOST_SEAL_BYTES). CORRUPT: another key, another record, or
 * damaged. */
int32_t poshost_key_open(const unsigned char *key, uint32_t collection, uint64_t id, const unsigned char *sealed,
                         size_t sealed_bytes, unsigned char *bytes);

/* Makes the folder's entry of `path` durable: a file that was just made is not, even after its own fsync. */
int32_t poshost_key_sync_folder(const char *path, char *error, size_t capacity_bytes);

#endif
