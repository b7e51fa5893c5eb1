/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_texts.h - every word of the cloud's pages, English and Spanish side by side, in page_texts.def.
 *
 * A text may have places, {1} to {3}, for strings that are ready to read (numbers, dates and money are formatted
 * before). A text about a number comes twice: for one and for other numbers.
 */
#ifndef CLOUD_PAGE_TEXTS_H
#define CLOUD_PAGE_TEXTS_H

#include <stddef.h>
#include <stdint.h>

typedef enum page_language { PAGE_ENGLISH = 1, PAGE_SPANISH } page_language;

#define TEXT(id, en, es)                               PAGE_##id,
#define PLURAL(id, en_one, en_other, es_one, es_other) PAGE_##id, PAGE_##id##_OTHER,
typedef enum page_text_id {
    PAGE_TEXT_NONE = 0,
#include "page_texts.def"
    PAGE_TEXT_COUNT
} page_text_id;
#undef TEXT
#undef PLURAL

/* "en" and "es"; English for any other code. */
page_language page_language_of(const char *code);
const char *page_language_code(page_language language);
/* What a browser asks for by Accept-Language (NULL: nothing). */
page_language page_language_asked(const char *header);

/* The text as it stands, places and all. */
const char *page_words(page_language language, page_text_id id);
/* The text for a number, of a PLURAL. */
page_text_id page_plural(page_text_id id, int64_t number);
/* The text with its places filled, plain (not escaped), into a buffer; returns it. */
char *page_compose(page_language language, page_text_id id, char *out, size_t out_size, const char *first,
                   const char *second, const char *third);

#endif
