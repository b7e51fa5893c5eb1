/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail.h - the code out of the newest mail to an address, from the folder where the mock cloud leaves its mails.
 */
#ifndef TILL_MAIL_H
#define TILL_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

#define MAIL_NAME_BYTES 256
#define MAIL_CODE_BYTES 32

/* The newest mail whose code was taken already: only later ones count. */
struct mail_mark {
    int64_t modified_ns;
    char name[MAIL_NAME_BYTES];
};

/* 1: found, the mark moves to it. 0: no such mail yet. -1: the folder cannot be read (words in *fault). */
int mail_find_code(const char *directory, const char *address, struct mail_mark *mark, char code[MAIL_CODE_BYTES],
                   struct fault *fault);

#endif
