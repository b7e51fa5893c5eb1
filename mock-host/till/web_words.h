/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_words.h - the words of the page that are the till's own, in the two languages that the screens come in.
 */
#ifndef TILL_WEB_WORDS_H
#define TILL_WEB_WORDS_H

enum web_word {
    WEB_WORD_NONE,
    WEB_WORD_SKIP,
    WEB_WORD_TILL, /* the header's name */
    WEB_WORD_REGISTER,
    WEB_WORD_PERIOD,   /* number of the open period */
    WEB_WORD_RECEIPT,  /* one receipt */
    WEB_WORD_RECEIPTS, /* how many */
    WEB_WORD_SELL,
    WEB_WORD_CLOSE_DAY,
    WEB_WORD_OPEN_SETTINGS,
    WEB_WORD_NO_SETTINGS, /* heading while they are closed */
    WEB_WORD_NO_SETTINGS_TEXT,
    WEB_WORD_BACK,
    WEB_WORD_LEAVE,
    WEB_WORD_APPLY,
    WEB_WORD_FIRST,
    WEB_WORD_PREVIOUS,
    WEB_WORD_NEXT,
    WEB_WORD_LAST,
    WEB_WORD_RANGE, /* from, to, total */
    WEB_WORD_PAGES, /* name of the navigation */
    WEB_WORD_SHOW,
    WEB_WORD_HIDE,
    WEB_WORD_LOOK_AGAIN,
    WEB_WORD_LOST, /* the browser's script cannot reach the till */
    WEB_WORD_ERROR,
    WEB_WORD_WARNING,
    WEB_WORD_INFO,
    WEB_WORD_FINE,
    WEB_WORD_STALE,
    WEB_WORD_TOO_LONG,
    WEB_WORD_DIGITS,
    WEB_WORD_NOT_TEXT,
    WEB_WORD_SOLD,   /* receipt number */
    WEB_WORD_CLOSED, /* Z number */
    WEB_WORD_FAILED, /* words of the plugin or the till */
    WEB_WORD_COUNT
};

/* `language` as of pos_host_info; anything but Spanish is English. Patterns hold %s in the order above. */
const char *web_word(const char *language, enum web_word word);

/* "en" or "es" */
const char *web_words_language(const char *language);

#endif
