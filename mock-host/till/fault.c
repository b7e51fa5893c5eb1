/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of an error. One buffer of fixed size per chain of calls: an error path that allocates can fail itself.
 */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fault_set(struct fault *fault, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return false;
}

bool fault_prefix(struct fault *fault, const char *format, ...)
{
    char before[sizeof fault->text];
    char whole[2 * sizeof fault->text];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(before, sizeof before, format, args);
    va_end(args);
    (void)snprintf(whole, sizeof whole, "%s%s", before, fault->text);
    memcpy(fault->text, whole, sizeof fault->text - 1);
    fault->text[sizeof fault->text - 1] = '\0';
    return false;
}
