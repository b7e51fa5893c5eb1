/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures and breaks UTF-8 by the columns that a terminal gives it. Bytes are not columns: "Íñigo" has five columns in
 * seven bytes, a Chinese shop's name two columns a character.
 */
#define _XOPEN_SOURCE 700 /* wcwidth() */

#include "display.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

/* One character of a text as it is shown. */
struct display_char {
    size_t source_bytes;
    const char *shown;
    size_t shown_bytes;
    int columns;
};

static struct display_char display_read(const char *text)
{
    wchar_t wide;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t bytes = mbrtowc(&wide, text, strlen(text), &state);
    struct display_char one = {1, "?", 1, 1};
    if (bytes == (size_t)-1 || bytes == (size_t)-2 || bytes == 0)
        return one;
    int columns = wcwidth(wide);
    one.source_bytes = bytes;
    if (columns < 0)
        return one;
    one.shown = text;
    one.shown_bytes = bytes;
    one.columns = columns;
    return one;
}

int display_width(const char *text)
{
    int columns = 0;
    while (*text != '\0') {
        struct display_char one = display_read(text);
        columns += one.columns;
        text += one.source_bytes;
    }
    return columns;
}

static bool display_put(char line[DISPLAY_LINE_BYTES], size_t *used, const struct display_char *one)
{
    if (*used + one->shown_bytes >= DISPLAY_LINE_BYTES)
        return false;
    memcpy(line + *used, one->shown, one->shown_bytes);
    *used += one->shown_bytes;
    line[*used] = '\0';
    return true;
}

void display_append(char line[DISPLAY_LINE_BYTES], const char *text, int columns)
{
    size_t used = strlen(line);
    int room = columns - display_width(line);
    bool cut = display_width(text) > room;
    int limit = cut && room > 3 ? room - 3 : room;
    while (*text != '\0') {
        struct display_char one = display_read(text);
        if (one.columns > limit || !display_put(line, &used, &one))
            break;
        limit -= one.columns;
        text += one.source_bytes;
    }
    if (cut && room > 3 && used + 4 < DISPLAY_LINE_BYTES)
        memcpy(line + used, "...", 4);
}

void display_pad(char line[DISPLAY_LINE_BYTES], char filler, int columns)
{
    size_t used = strlen(line);
    for (int width = display_width(line); width < columns && used + 1 < DISPLAY_LINE_BYTES; width++)
        line[used++] = filler;
    line[used] = '\0';
}

int display_wrap(const char **text, int columns, char line[DISPLAY_LINE_BYTES])
{
    const char *at = *text;
    const char *blank = NULL; /* the last place to break */
    size_t used = 0, used_at_blank = 0;
    int width = 0;
    line[0] = '\0';
    if (*at == '\0')
        return 0;
    while (*at != '\0' && *at != '\n') {
        struct display_char one = display_read(at);
        if (*at == ' ') {
            blank = at;
            used_at_blank = used;
        }
        if (width + one.columns > columns || !display_put(line, &used, &one))
            break;
        width += one.columns;
        at += one.source_bytes;
    }
    if (*at != '\0' && *at != '\n' && blank != NULL) {
        at = blank;
        used = used_at_blank;
        while (used > 0 && line[used - 1] == ' ')
            used--;
        line[used] = '\0';
    } else if (at == *text && *at != '\n') {
        at += display_read(at).source_bytes; /* not even one character fits: drop it rather than never end */
    }
    while (*at == ' ')
        at++;
    if (*at == '\n')
        at++;
    *text = at;
    return 1;
}
