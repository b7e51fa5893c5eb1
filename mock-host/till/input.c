/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line reader over read(). stdio would hide lines in a buffer of its own, where select() does not see them.
 */
#include "input.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

void input_start(struct input *input, int fd)
{
    memset(input, 0, sizeof *input);
    input->fd = fd;
}

static bool input_take(struct input *input, size_t length, size_t skip, char line[INPUT_LINE_BYTES])
{
    size_t text_bytes = length;
    if (text_bytes > 0 && input->buffer[text_bytes - 1] == '\r')
        text_bytes--;
    memcpy(line, input->buffer, text_bytes);
    line[text_bytes] = '\0';
    input->used -= length + skip;
    memmove(input->buffer, input->buffer + length + skip, input->used);
    sodium_memzero(input->buffer + input->used, sizeof input->buffer - input->used);
    return true;
}

static bool input_find(struct input *input, char line[INPUT_LINE_BYTES])
{
    const char *end = memchr(input->buffer, '\n', input->used);
    return end != NULL && input_take(input, (size_t)(end - input->buffer), 1, line);
}

enum input_result input_next(struct input *input, bool may_read, char line[INPUT_LINE_BYTES])
{
    if (input_find(input, line))
        return INPUT_LINE;
    if (input->used == sizeof input->buffer - 1)
        return INPUT_TOO_LONG;
    if (!input->at_end && may_read) {
        ssize_t got = read(input->fd, input->buffer + input->used, sizeof input->buffer - 1 - input->used);
        if (got > 0)
            input->used += (size_t)got;
        else if (got == 0 || (errno != EINTR && errno != EAGAIN))
            input->at_end = true;
        if (input_find(input, line))
            return INPUT_LINE;
    }
    if (!input->at_end)
        return INPUT_NOTHING_YET;
    if (input->used == 0)
        return INPUT_END;
    (void)input_take(input, input->used, 0, line);
    return INPUT_LINE;
}

void input_wipe(struct input *input)
{
    sodium_memzero(input->buffer, sizeof input->buffer);
    input->used = 0;
}
