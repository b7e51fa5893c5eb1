/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds words on a screen, for scripts. It searches what the widgets say, not the lines that were made of it: a
 * sentence that happens to be broken after its third word is still there.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

struct words_on_screen {
    char *text;
    size_t used;
    size_t capacity;
};

static bool view_gather(struct words_on_screen *gathered, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return true;
    size_t length = strlen(text);
    if (gathered->used + length + 2 > gathered->capacity) {
        size_t capacity = (gathered->used + length + 2) * 2;
        char *grown = realloc(gathered->text, capacity);
        if (grown == NULL)
            return false;
        gathered->text = grown;
        gathered->capacity = capacity;
    }
    for (const char *c = text; *c != '\0'; c++) {
        bool blank = isspace((unsigned char)*c) != 0;
        if (blank && gathered->used > 0 && gathered->text[gathered->used - 1] == ' ')
            continue;
        gathered->text[gathered->used++] = blank ? ' ' : *c;
    }
    if (gathered->used == 0 || gathered->text[gathered->used - 1] != ' ')
        gathered->text[gathered->used++] = ' ';
    gathered->text[gathered->used] = '\0';
    return true;
}

static bool view_gather_widget(struct words_on_screen *gathered, const poshost_screen *screen,
                               const poshost_widget *widget)
{
    const char *value = widget->value;
    if (widget->kind == POS_WIDGET_INPUT)
        value = poshost_screen_value(screen, widget->id);
    if (widget->kind == POS_WIDGET_TOGGLE)
        value = NULL;
    if (widget->kind == POS_WIDGET_LIST && widget->total > 0)
        value = NULL; /* what it would say if it were empty is not on the screen */
    if (widget->kind == POS_WIDGET_CHOICE) {
        value = poshost_screen_value(screen, widget->id);
        for (uint32_t i = 0; i < widget->option_count; i++) {
            if (strcmp(widget->options[i].value, value) == 0)
                value = widget->options[i].label;
        }
    }
    return view_gather(gathered, widget->label) && view_gather(gathered, value) &&
           view_gather(gathered, widget->help) && view_gather(gathered, widget->disabled_reason) &&
           view_gather(gathered, widget->error);
}

bool view_has_words(const poshost_screen *screen, const char *words)
{
    struct words_on_screen gathered = {0};
    struct words_on_screen wanted = {0};
    bool ok = view_gather(&gathered, poshost_screen_title(screen)) && view_gather(&wanted, words);
    for (uint32_t i = 0; ok && i < poshost_screen_widget_count(screen); i++)
        ok = view_gather_widget(&gathered, screen, poshost_screen_widget(screen, i));
    bool found = false;
    if (ok && wanted.used > 1 && gathered.text != NULL) {
        wanted.text[wanted.used - 1] = '\0'; /* the blank that view_gather() put behind */
        found = strstr(gathered.text, wanted.text) != NULL;
    }
    free(gathered.text);
    free(wanted.text);
    return found;
}
