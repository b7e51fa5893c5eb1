/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz/no_check.c - in place of Check's library in a fuzzer: test support that is shared with tests uses its assertions.
 * In libFuzzer's hands one that fails has to be a crash; in replay.c the library itself is there.
 */
#include <check.h>
#include <stdarg.h>

#include "fuzz/fuzz.h"

void _ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%d: %s ", file, line, expr);
    va_start(arguments, msg);
    if (msg)
        vfprintf(stderr, msg, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

void _mark_point(const char *file, int line)
{
    (void)file;
    (void)line;
}
