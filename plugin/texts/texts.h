/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts/texts.h - every word that an owner reads, English and Spanish side by side, in the words_*.def beside this file.
 *
 * A text may have places, {1} to {9}, which take strings that are ready to read: numbers, dates and money are formatted
 * beforehand (locale.h), so no text can ask for an argument of the wrong type. The two languages name the same places,
 * in whatever order their grammar wants. A text about a number comes twice, for one and for other numbers.
 */
#ifndef TEXTS_TEXTS_H
#define TEXTS_TEXTS_H

#include <stddef.h>
#include <stdint.h>

typedef enum texts_language { TEXTS_ENGLISH = 1, TEXTS_SPANISH } texts_language;

#define TEXT(id, en, es)                               TEXT_##id,
#define PLURAL(id, en_one, en_other, es_one, es_other) TEXT_##id, TEXT_##id##_OTHER,
typedef enum text_id {
    TEXT_NONE = 0, /* no text: reads as "" */
#include "texts/words.def"
    TEXT_COUNT
} text_id;
#undef TEXT
#undef PLURAL

#define TEXTS_PLACES_MAX 9

/* "es", "es-MX", "ES_es" are Spanish; everything else, NULL too, is English. */
texts_language texts_find_language(const char *tag);

/* The words as they stand, places and all. Static text, never NULL. */
const char *texts_get(texts_language language, text_id id);

/* The form of a plural text (named by its first id) for that number. */
text_id texts_choose_plural(text_id one, int64_t number);

/* Puts the arguments into the places; an argument that is missing reads as "". Always terminates; what does not fit is
 * cut between two characters. Returns the bytes written, without the terminator. */
size_t texts_fill(char *out, size_t capacity, const char *pattern, const char *const *arguments, size_t count);

/* Copies with the same care about cutting. */
size_t texts_copy(char *out, size_t capacity, const char *text);

#endif
