/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame around a laid-out screen: title, page, status bar, keys. Its words are the till's own, in the two languages
 * that the screens come in.
 */
#include <string.h>

#include "view.h"

struct view_words {
    const char *page;
    const char *till;
    const char *keys;
    const char *keys_back;
};

static const struct view_words view_english = {
    "page", "Till", "number = use   n/p = next/previous page   q = leave   h = help",
    "number = use   b = back   n/p = next/previous page   q = leave   h = help"};
static const struct view_words view_spanish = {
    "página", "Caja", "número = usar   n/p = página siguiente/anterior   q = salir   h = ayuda",
    "número = usar   b = volver   n/p = página siguiente/anterior   q = salir   h = ayuda"};

static const struct view_words *view_words_of(const struct view_frame *frame)
{
    return strncmp(frame->language, "es", 2) == 0 ? &view_spanish : &view_english;
}

static void view_print_rule(FILE *file, char filler)
{
    char line[DISPLAY_LINE_BYTES] = "";
    display_pad(line, filler, VIEW_COLUMNS);
    (void)fprintf(file, "%s\n", line);
}

static void view_print_title(FILE *file, const poshost_screen *screen, const char *right)
{
    char line[DISPLAY_LINE_BYTES] = " ";
    int right_width = display_width(right);
    display_append(line, poshost_screen_title(screen), VIEW_COLUMNS - right_width - 2);
    if (right_width > 0) {
        display_pad(line, ' ', VIEW_COLUMNS - right_width - 1);
        display_append(line, right, VIEW_COLUMNS);
    }
    (void)fprintf(file, "%s\n", line);
    view_print_rule(file, '=');
}

static void view_print_status(FILE *file, const poshost_screen *screen, const struct view_frame *frame, bool keys)
{
    char line[DISPLAY_LINE_BYTES] = " ";
    const struct view_words *words = view_words_of(frame);
    int clock_width = display_width(frame->clock);
    view_print_rule(file, '-');
    display_append(line, frame->mark, 4);
    display_pad(line, ' ', 4);
    display_append(line, frame->status, VIEW_COLUMNS - clock_width - 2);
    if (clock_width > 0) {
        display_pad(line, ' ', VIEW_COLUMNS - clock_width - 1);
        display_append(line, frame->clock, VIEW_COLUMNS);
    }
    (void)fprintf(file, "%s\n", line);
    if (!keys)
        return;
    line[0] = '\0';
    bool has_back = (poshost_screen_flags(screen) & POS_SCREEN_HAS_BACK) != 0;
    display_append(line, " ", VIEW_COLUMNS);
    display_append(line, has_back ? words->keys_back : words->keys, VIEW_COLUMNS);
    (void)fprintf(file, "%s\n", line);
}

/* Where the page that begins at line `first` ends: before the last start that leaves it whole, or full to the brim where
 * one thing alone is longer than a page. */
static size_t view_page_end(const struct view *view, size_t first)
{
    size_t end = first + VIEW_BODY_ROWS;
    if (end >= view->line_count)
        return view->line_count;
    while (end > first && !view->lines[end].starts)
        end--;
    return end > first ? end : first + VIEW_BODY_ROWS;
}

size_t view_page_count(const struct view *view)
{
    size_t pages = 1;
    for (size_t end = view_page_end(view, 0); end < view->line_count; end = view_page_end(view, end))
        pages++;
    return pages;
}

void view_print_page(FILE *file, const struct view *view, const poshost_screen *screen, const struct view_frame *frame,
                     size_t page)
{
    char right[64] = "";
    size_t pages = view_page_count(view);
    if (pages > 1)
        (void)snprintf(right, sizeof right, "%s %zu/%zu", view_words_of(frame)->page, page + 1, pages);
    view_print_title(file, screen, right);
    size_t first = 0;
    for (size_t i = 0; i < page; i++)
        first = view_page_end(view, first);
    size_t end = view_page_end(view, first);
    for (size_t i = first; i < first + VIEW_BODY_ROWS; i++)
        (void)fprintf(file, "%s\n", i < end ? view->lines[i].text : "");
    view_print_status(file, screen, frame, true);
}

void view_print_all(FILE *file, const struct view *view, const poshost_screen *screen, const struct view_frame *frame)
{
    view_print_title(file, screen, "");
    for (size_t i = 0; i < view->line_count; i++)
        (void)fprintf(file, "%s\n", view->lines[i].text);
    view_print_status(file, screen, frame, false);
}
