/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking words up, and choosing a language.
 */
#include "page_texts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT(id, en, es)                               {en, es},
#define PLURAL(id, en_one, en_other, es_one, es_other) {en_one, es_one}, {en_other, es_other},
static const char *const words[PAGE_TEXT_COUNT][2] = {
    {"", ""},
#include "page_texts.def"
};
#undef TEXT
#undef PLURAL

page_language page_language_of(const char *code)
{
    return strncasecmp(code, "es", 2) == 0 ? PAGE_SPANISH : PAGE_ENGLISH;
}

const char *page_language_code(page_language language)
{
    return language == PAGE_SPANISH ? "es" : "en";
}

page_language page_language_asked(const char *header)
{
    page_language best = PAGE_ENGLISH;
    double best_quality = 0;
    while (header && *header) {
        header += strspn(header, ", \t");
        size_t length = strcspn(header, ",");
        const char *quality_text = memchr(header, '=', length);
        double quality = quality_text ? strtod(quality_text + 1, NULL) : 1;
        if (length >= 2 && quality > best_quality &&
            (strncasecmp(header, "es", 2) == 0 || strncasecmp(header, "en", 2) == 0) &&
            (length == 2 || strchr("-;, \t", header[2]))) {
            best = page_language_of(header);
            best_quality = quality;
        }
        header += length;
    }
    return best;
}

const char *page_words(page_language language, page_text_id id)
{
    return words[id][language == PAGE_SPANISH];
}

page_text_id page_plural(page_text_id id, int64_t number)
{
    return number == 1 ? id : (page_text_id)(id + 1);
}

char *page_compose(page_language language, page_text_id id, char *out, size_t out_size, const char *first,
                   const char *second, const char *third)
{
    const char *const values[] = {first, second, third};
    size_t used = 0;
    for (const char *at = page_words(language, id); *at && used + 1 < out_size;) {
        if (at[0] == '{' && at[1] >= '1' && at[1] <= '3' && at[2] == '}') {
            const char *value = values[at[1] - '1'] ? values[at[1] - '1'] : "";
            size_t length = strlen(value);
            if (length > out_size - 1 - used)
                length = out_size - 1 - used;
            memcpy(out + used, value, length);
            used += length;
            at += 3;
        } else {
            out[used++] = *at++;
        }
    }
    out[used] = 0;
    return out;
}
