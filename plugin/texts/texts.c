/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts/texts.c - looks words up and fills their places. Patterns are our own and arguments are not looked into, so a
 * company called "{2}" or "%n" is just a name.
 */
#include "texts/texts.h"

#include <string.h>

/*
 * A language's words stand in one piece of read-only memory, and each is found by where it begins in it: a table of
 * pointers would have to be adjusted to the address of the object in every process that loads it, and be a copy there.
 */
#define TEXT(id, en, es)                               char id[sizeof(en)];
#define PLURAL(id, en_one, en_other, es_one, es_other) char id[sizeof(en_one)], id##_OTHER[sizeof(en_other)];
typedef struct english_words {
    char none[1];
#include "texts/words.def"
} english_words;
#undef TEXT
#undef PLURAL

#define TEXT(id, en, es)                               char id[sizeof(es)];
#define PLURAL(id, en_one, en_other, es_one, es_other) char id[sizeof(es_one)], id##_OTHER[sizeof(es_other)];
typedef struct spanish_words {
    char none[1];
#include "texts/words.def"
} spanish_words;
#undef TEXT
#undef PLURAL

#define TEXT(id, en, es)                               en,
#define PLURAL(id, en_one, en_other, es_one, es_other) en_one, en_other,
static const english_words english = {
    "",
#include "texts/words.def"
};
#undef TEXT
#undef PLURAL

#define TEXT(id, en, es)                               es,
#define PLURAL(id, en_one, en_other, es_one, es_other) es_one, es_other,
static const spanish_words spanish = {
    "",
#include "texts/words.def"
};
#undef TEXT
#undef PLURAL

typedef struct beginning {
    uint16_t english, spanish;
} beginning;
_Static_assert(sizeof(english_words) <= UINT16_MAX && sizeof(spanish_words) <= UINT16_MAX,
               "16 bits hold any beginning");

#define AT(id)                                                                                                         \
    {                                                                                                                  \
        offsetof(english_words, id), offsetof(spanish_words, id)                                                       \
    }
#define TEXT(id, en, es)                               AT(id),
#define PLURAL(id, en_one, en_other, es_one, es_other) AT(id), AT(id##_OTHER),
static const beginning beginnings[TEXT_COUNT] = {
    AT(none),
#include "texts/words.def"
};
#undef TEXT
#undef PLURAL
#undef AT

texts_language texts_find_language(const char *tag)
{
    if (!tag || (tag[0] | 0x20) != 'e' || (tag[1] | 0x20) != 's')
        return TEXTS_ENGLISH;
    return tag[2] == '\0' || tag[2] == '-' || tag[2] == '_' ? TEXTS_SPANISH : TEXTS_ENGLISH;
}

const char *texts_get(texts_language language, text_id id)
{
    if ((unsigned)id >= (unsigned)TEXT_COUNT)
        return "";
    return language == TEXTS_SPANISH ? (const char *)&spanish + beginnings[id].spanish
                                     : (const char *)&english + beginnings[id].english;
}

text_id texts_choose_plural(text_id one, int64_t number)
{
    return number == 1 ? one : (text_id)(one + 1);
}

/* The longest head of `text`, at most `room` bytes, that does not end inside a UTF-8 sequence. */
static size_t whole_bytes(const char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)text[room] & 0xC0u) == 0x80u)
        room--;
    return room;
}

static size_t put(char *out, size_t capacity, size_t at, const char *text, size_t length, int *full)
{
    size_t fits = whole_bytes(text, length, capacity - 1 - at);
    memcpy(out + at, text, fits);
    if (fits < length)
        *full = 1;
    return at + fits;
}

size_t texts_fill(char *out, size_t capacity, const char *pattern, const char *const *arguments, size_t count)
{
    if (capacity == 0)
        return 0;
    size_t at = 0;
    int full = 0;
    const char *p = pattern;
    while (*p && !full) {
        if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
            size_t place = (size_t)(p[1] - '1');
            const char *argument = place < count && arguments[place] ? arguments[place] : "";
            at = put(out, capacity, at, argument, strlen(argument), &full);
            p += 3;
            continue;
        }
        size_t run = 1 + strcspn(p + 1, "{");
        at = put(out, capacity, at, p, run, &full);
        p += run;
    }
    out[at] = '\0';
    return at;
}

size_t texts_copy(char *out, size_t capacity, const char *text)
{
    if (capacity == 0)
        return 0;
    int full = 0;
    size_t at = put(out, capacity, 0, text, strlen(text), &full);
    out[at] = '\0';
    return at;
}
