/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page around the screen: the till's header with its status line, the form, and what the page has to tell by
 * itself. It is written whole each time; what it shows is hashed, so that a browser can ask whether it has changed.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "pulse.h"
#include "receipts.h"
#include "web_screen.h"

#define WEB_PAGE_BUSY_TICK_MS 250 /* as in web.c */
#define WEB_PAGE_REFRESH_S    2u  /* without JavaScript, while something runs */

static bool web_page_is_busy(const struct till *till)
{
    return till->instance.guard != NULL &&
           (pulse_remaining_ms(till) == 0 || till->pulse.next_tick_ms < WEB_PAGE_BUSY_TICK_MS);
}

/* Somebody may be typing: such a page must not be loaded anew by itself. */
static bool web_page_has_field(const poshost_screen *screen)
{
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(screen, i);
        if ((widget->kind == POS_WIDGET_INPUT || widget->kind == POS_WIDGET_SECRET) && widget->disabled_reason == NULL)
            return true;
    }
    return false;
}

static bool web_page_has_error(const struct web_draw *draw)
{
    for (uint32_t i = 0; i < poshost_screen_widget_count(draw->screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(draw->screen, i);
        if (web_widget_error(draw, widget) != NULL ||
            (widget->kind == POS_WIDGET_NOTICE && widget->level == POS_LEVEL_ERROR))
            return true;
    }
    return false;
}

/* ---- the header ---- */

static void web_page_draw_line(const struct web_draw *draw)
{
    static const struct {
        const char *look;
        enum web_icon icon;
        enum web_word word;
    } levels[] = {[POS_ATTENTION_NONE] = {"none", WEB_ICON_FINE, WEB_WORD_FINE},
                  [POS_ATTENTION_INFO] = {"info", WEB_ICON_INFO, WEB_WORD_INFO},
                  [POS_ATTENTION_WARNING] = {"warning", WEB_ICON_WARNING, WEB_WORD_WARNING},
                  [POS_ATTENTION_ACTION] = {"error", WEB_ICON_ERROR, WEB_WORD_ERROR}};
    const struct pulse *pulse = &draw->web->till->pulse;
    uint32_t level =
        pulse->attention >= 1 && pulse->attention <= POS_ATTENTION_ACTION ? pulse->attention : POS_ATTENTION_INFO;
    if (draw->web->till->instance.guard == NULL || pulse->attention_text[0] == '\0')
        return;
    web_html_write(draw->out, "<p class=\"line %s\" id=\"line\" data-level=\"%u\">", levels[level].look,
                   (unsigned)level);
    web_html_icon(draw->out, levels[level].icon);
    web_html_write(draw->out, "<span><span class=\"hidden\">%s: </span>%s</span></p>",
                   web_word(draw->language, levels[level].word), pulse->attention_text);
}

static void web_page_draw_figures(const struct web_draw *draw)
{
    struct period period;
    struct fault fault;
    char number[24], clock[CALENDAR_TEXT_BYTES];
    struct till *till = draw->web->till;
    calendar_format_local(clock_wall_ms(&till->clock), clock);
    clock[16] = '\0'; /* without seconds */
    if (clock[10] != '\0')
        clock[10] = ' ';
    web_html_write(draw->out, "<div class=\"now\"><p class=\"clock\"><time id=\"clock\">%s</time></p>", clock);
    if (receipts_get_period(&till->db, &period, &fault)) {
        web_html_write(draw->out, "<p class=\"figures\" id=\"figures\"><span>");
        (void)snprintf(number, sizeof number, "%" PRId64, period.z_number);
        web_html_say(draw->out, web_word(draw->language, WEB_WORD_PERIOD), number, NULL, NULL);
        web_html_write(draw->out, "</span> <span>");
        (void)snprintf(number, sizeof number, "%" PRId64, period.receipt_count);
        web_html_say(draw->out,
                     web_word(draw->language, period.receipt_count == 1 ? WEB_WORD_RECEIPT : WEB_WORD_RECEIPTS), number,
                     NULL, NULL);
        web_html_write(draw->out, "</span></p>");
    }
    web_html_write(draw->out, "</div>");
}

static void web_page_draw_header(const struct web_draw *draw)
{
    const struct web *web = draw->web;
    const struct till *till = web->till;
    web_html_write(draw->out,
                   "<header class=\"till\" id=\"till\"><div class=\"bar\"><p class=\"shop\"><strong>%s</strong> <span>",
                   till->options->device_name);
    web_html_say(draw->out, web_word(draw->language, WEB_WORD_REGISTER), till->db.register_id, NULL, NULL);
    web_html_write(draw->out, "</span></p>");
    web_page_draw_figures(draw);
    web_html_write(draw->out,
                   "<form class=\"keys\" method=\"post\" action=\"/till\"><input type=\"hidden\" name=\"token\" "
                   "value=\"%s\"><button class=\"key\" id=\"sell\" name=\"do\" value=\"sell\">%s</button>"
                   "<button class=\"key\" id=\"close\" name=\"do\" value=\"close\">%s</button></form></div>",
                   web->token, web_word(draw->language, WEB_WORD_SELL), web_word(draw->language, WEB_WORD_CLOSE_DAY));
    web_page_draw_line(draw);
    web_html_write(draw->out, "</header>");
}

/* ---- the screen ---- */

static void web_page_draw_remark(const struct web_draw *draw)
{
    const struct web *web = draw->web;
    bool bad = web->remark == WEB_WORD_FAILED || web->remark == WEB_WORD_STALE;
    if (web->remark == WEB_WORD_NONE)
        return;
    web_html_write(draw->out, "<div class=\"notice %s\" id=\"remark\" role=\"%s\">", bad ? "warning" : "info",
                   bad ? "alert" : "status");
    web_html_icon(draw->out, bad ? WEB_ICON_WARNING : WEB_ICON_FINE);
    web_html_write(draw->out, "<div><p>");
    web_html_say(draw->out, web_word(draw->language, web->remark), web->remark_text.text, NULL, NULL);
    web_html_write(draw->out, "</p></div></div>");
}

static unsigned web_page_count_sections(const poshost_screen *screen)
{
    unsigned sections = 0;
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++)
        sections += poshost_screen_widget(screen, i)->kind == POS_WIDGET_SECTION;
    return sections;
}

static void web_page_draw_screen(struct web_draw *draw)
{
    const poshost_screen *screen = draw->screen;
    bool back = (poshost_screen_flags(screen) & POS_SCREEN_HAS_BACK) != 0;
    web_html_write(draw->out,
                   "<form class=\"screen\" id=\"screen\" method=\"post\" action=\"/act\" novalidate data-screen=\"%s\" "
                   "data-revision=\"%u\"><input type=\"hidden\" name=\"token\" value=\"%s\"><input type=\"hidden\" "
                   "name=\"screen\" value=\"%s\"><input type=\"hidden\" name=\"revision\" value=\"%u\">"
                   "<button class=\"enter\" name=\"enter\" value=\"1\" tabindex=\"-1\" aria-hidden=\"true\"></button>",
                   poshost_screen_id(screen), (unsigned)poshost_screen_revision(screen), draw->web->token,
                   poshost_screen_id(screen), (unsigned)poshost_screen_revision(screen));
    web_html_write(draw->out, "<div class=\"head\"><button class=\"back\" id=\"back\" name=\"back\" value=\"1\">");
    web_html_icon(draw->out, WEB_ICON_BACK);
    web_html_write(draw->out, "<span>%s</span></button><h1 id=\"title\" tabindex=\"-1\">%s</h1></div>",
                   web_word(draw->language, back ? WEB_WORD_BACK : WEB_WORD_LEAVE), poshost_screen_title(screen));
    web_page_draw_remark(draw);
    web_html_write(draw->out, "<div class=\"body%s\" id=\"body\">",
                   web_page_count_sections(screen) > 1 ? " columns" : "");
    web_screen_draw(draw);
    web_html_write(draw->out, "</div></form>");
    if (web_page_is_busy(draw->web->till) && web_page_has_field(screen))
        web_html_write(draw->out, "<noscript><p class=\"again\"><a href=\"/\">%s</a></p></noscript>",
                       web_word(draw->language, WEB_WORD_LOOK_AGAIN));
}

static void web_page_draw_closed(const struct web_draw *draw)
{
    web_html_write(draw->out,
                   "<form class=\"screen\" id=\"closed\" method=\"post\" action=\"/till\"><input type=\"hidden\" "
                   "name=\"token\" value=\"%s\"><div class=\"head\"><h1 id=\"title\" tabindex=\"-1\">%s</h1></div>",
                   draw->web->token, web_word(draw->language, WEB_WORD_NO_SETTINGS));
    web_page_draw_remark(draw);
    web_html_write(draw->out,
                   "<section class=\"card\" id=\"s\"><p>%s</p><div class=\"actions\"><button class=\"button primary\" "
                   "id=\"open\" name=\"do\" value=\"open\">%s</button></div></section></form>",
                   web_word(draw->language, WEB_WORD_NO_SETTINGS_TEXT),
                   web_word(draw->language, WEB_WORD_OPEN_SETTINGS));
}

/* ---- the whole ---- */

static void web_page_draw_content(struct web_draw *draw)
{
    web_html_write(draw->out, "<a class=\"skip\" href=\"#main\">%s</a>", web_word(draw->language, WEB_WORD_SKIP));
    web_page_draw_header(draw);
    web_html_write(draw->out, "<main id=\"main\" tabindex=\"-1\">");
    if (poshost_screen_is_open(draw->screen))
        web_page_draw_screen(draw);
    else
        web_page_draw_closed(draw);
    web_html_write(draw->out, "</main>");
}

static void web_page_draw_head(const struct web_draw *draw, const char *hash)
{
    const struct till *till = draw->web->till;
    bool open = poshost_screen_is_open(draw->screen) != 0;
    web_html_write(draw->out,
                   "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s%s%s – %s</title>"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1, "
                   "interactive-widget=resizes-content\"><meta name=\"color-scheme\" content=\"light dark\">"
                   "<link rel=\"icon\" href=\"/icon.svg\"><link rel=\"stylesheet\" href=\"/app.css\">"
                   "<script src=\"/app.js\" defer></script>",
                   web_words_language(draw->language),
                   web_page_has_error(draw) ? web_word(draw->language, WEB_WORD_ERROR) : "",
                   web_page_has_error(draw) ? ": " : "",
                   open ? poshost_screen_title(draw->screen) : web_word(draw->language, WEB_WORD_NO_SETTINGS),
                   till->options->device_name);
    if (web_page_is_busy(till) && !web_page_has_field(draw->screen))
        web_html_write(draw->out, "<noscript><meta http-equiv=\"refresh\" content=\"%u\"></noscript>",
                       WEB_PAGE_REFRESH_S);
    web_html_write(draw->out, "</head><body data-state=\"%s\" data-lost=\"%s\">", hash,
                   web_word(draw->language, WEB_WORD_LOST));
}

static bool web_page_write(struct web_draw *draw, char **text, size_t *size_bytes, const char *content,
                           const char *hash)
{
    draw->out = open_memstream(text, size_bytes);
    if (draw->out == NULL)
        return false;
    if (content == NULL) {
        web_page_draw_content(draw);
    } else {
        web_page_draw_head(draw, hash);
        (void)fputs(content, draw->out);
        web_html_write(draw->out, "<p class=\"hidden\" id=\"live\" role=\"status\"></p></body></html>\n");
    }
    bool written = ferror(draw->out) == 0;
    return fclose(draw->out) == 0 && written;
}

char *web_page_make(const struct web *web, size_t *size_bytes, char hash[WEB_TOKEN_BYTES])
{
    struct web_draw draw = {.web = web, .screen = web->till->screen, .language = web->till->host.info.language};
    unsigned char digest[(WEB_TOKEN_BYTES - 1) / 2];
    char *content = NULL;
    char *page = NULL;
    size_t content_bytes = 0;
    if (web_page_write(&draw, &content, &content_bytes, NULL, NULL) &&
        crypto_generichash(digest, sizeof digest, (const unsigned char *)content, content_bytes, NULL, 0) == 0) {
        (void)sodium_bin2hex(hash, WEB_TOKEN_BYTES, digest, sizeof digest);
        if (!web_page_write(&draw, &page, size_bytes, content, hash)) {
            free(page);
            page = NULL;
        }
    }
    free(content);
    return page;
}
