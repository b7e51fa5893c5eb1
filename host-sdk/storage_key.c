/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key file and what is sealed with it. The key is made whole beside its place and linked there, so that a power cut
 * or a second process never leaves half a key under the name; and it is refused, not mended, when others can read it.
 */
#include "storage_key.h"

#include "text.h"

#include <pos/abi.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(POSHOST_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(POSHOST_SEAL_BYTES ==
                   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "seal size");

static int32_t code_of(int reason)
{
    return reason == ENOENT || reason == ENOTDIR                    ? POS_E_NOT_FOUND
           : reason == ENOSPC || reason == EDQUOT                   ? POS_E_NO_SPACE
           : reason == ENOMEM                                       ? POS_E_NO_MEMORY
           : reason == EACCES || reason == EPERM || reason == EROFS ? POS_E_FAILED
                                                                    : POS_E_IO;
}

static int32_t fail(int reason, const char *what, const char *path, char *error, size_t cap)
{
    poshost_text_format(error, cap, "Cannot %s %s: %s.", what, path, strerror(reason));
    return code_of(reason);
}

int32_t poshost_key_sync_folder(const char *path, char *error, size_t capacity_bytes)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return fail(ENOMEM, "sync the folder of", path, error, capacity_bytes);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int reason = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    free(copy);
    return reason == 0 ? POS_OK : fail(reason, "sync the folder of", path, error, capacity_bytes);
}

/* A key that others could read may be known already: mending its mode would hide that. */
static int32_t check_owner(int fd, const char *path, char *error, size_t cap)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return fail(errno, "look at", path, error, cap);
    const char *wrong = NULL;
    if (!S_ISREG(status.st_mode))
        wrong = "is not a plain file";
    else if (status.st_size != (off_t)POSHOST_KEY_BYTES)
        wrong = "is not a key of this program (it must have 32 bytes)";
    else if (status.st_uid != geteuid())
        wrong = "belongs to another user";
    else if ((status.st_mode & 077) != 0)
        wrong = "can be read by others (its mode must be 0600): move it away, and the owner logs in again";
    if (wrong == NULL)
        return POS_OK;
    poshost_text_format(error, cap, "The key file %s %s.", path, wrong);
    return POS_E_FAILED;
}

static int32_t read_key(const char *path, unsigned char *key, char *error, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(errno, "open the key file", path, error, cap);
    int32_t result = check_owner(fd, path, error, cap);
    if (result == POS_OK) {
        ssize_t got = read(fd, key, POSHOST_KEY_BYTES);
        if (got != (ssize_t)POSHOST_KEY_BYTES)
            result = fail(got < 0 ? errno : EIO, "read the key file", path, error, cap);
    }
    close(fd);
    return result;
}

static int write_new_key(int fd)
{
    unsigned char key[POSHOST_KEY_BYTES];
    randombytes_buf(key, sizeof key);
    ssize_t put = write(fd, key, sizeof key);
    int reason = put == (ssize_t)sizeof key ? 0 : put < 0 ? errno : ENOSPC;
    sodium_memzero(key, sizeof key);
    if (reason == 0 && fchmod(fd, 0600) != 0)
        reason = errno;
    if (reason == 0 && fsync(fd) != 0)
        reason = errno;
    return reason;
}

static int32_t make_key(const char *path, char *error, size_t cap)
{
    size_t room = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(room);
    if (temporary == NULL)
        return fail(ENOMEM, "make the key file", path, error, cap);
    snprintf(temporary, room, "%s.XXXXXX", path);
    int fd = mkstemp(temporary); /* mode 0600 */
    int reason = fd < 0 ? errno : write_new_key(fd);
    if (fd >= 0) {
        if (close(fd) != 0 && reason == 0)
            reason = errno;
        /* EEXIST: another process was faster; its key is the one. */
        if (reason == 0 && link(temporary, path) != 0 && errno != EEXIST)
            reason = errno;
        unlink(temporary);
    }
    free(temporary);
    if (reason != 0)
        return fail(reason, "make the key file", path, error, cap);
    return poshost_key_sync_folder(path, error, cap);
}

int32_t poshost_key_load(const char *path, unsigned char *key, char *error, size_t capacity_bytes)
{
    if (sodium_init() < 0) {
        poshost_text_format(error, capacity_bytes, "The system gives no random numbers.");
        return POS_E_FAILED;
    }
    if (access(path, F_OK) != 0) {
        if (errno != ENOENT)
            return fail(errno, "find the key file", path, error, capacity_bytes);
        int32_t result = make_key(path, error, capacity_bytes);
        if (result != POS_OK)
            return result;
    }
    return read_key(path, key, error, capacity_bytes);
}

/* Binds a sealed record to its place, so that an old password cannot be put where the new one was looked for. */
#define NAME_BYTES 21u

static void name_record(uint32_t collection, uint64_t id, unsigned char *name)
{
    memcpy(name, "poshost/1", 9);
    for (unsigned i = 0; i < 4; i++)
        name[9 + i] = (unsigned char)(collection >> (8 * i));
    for (unsigned i = 0; i < 8; i++)
        name[13 + i] = (unsigned char)(id >> (8 * i));
}

void poshost_key_seal(const unsigned char *key, uint32_t collection, uint64_t id, const void *bytes, size_t size_bytes,
                      unsigned char *sealed)
{
    unsigned char name[NAME_BYTES];
    const size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    static const unsigned char nothing[1] = {0};
    name_record(collection, id, name);
    randombytes_buf(sealed, nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + nonce_bytes, NULL, size_bytes ? bytes : nothing, size_bytes,
                                               name, sizeof name, NULL, sealed, key);
}

int32_t poshost_key_open(const unsigned char *key, uint32_t collection, uint64_t id, const unsigned char *sealed,
                         size_t sealed_bytes, unsigned char *bytes)
{
    unsigned char name[NAME_BYTES];
    const size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    if (sealed_bytes < POSHOST_SEAL_BYTES)
        return POS_E_CORRUPT;
    name_record(collection, id, name);
    int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(bytes, NULL, NULL, sealed + nonce_bytes,
                                                            sealed_bytes - nonce_bytes, name, sizeof name, sealed, key);
    return failed ? POS_E_CORRUPT : POS_OK;
}
