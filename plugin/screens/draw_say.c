/* SPDX-License-Identifier: Apache-2.0 */
/* screens/draw_say.c - the strings of one description. They lie in the screens' scratch, one after the other, so that a
 * page can name several of them in one widget without a buffer of its own. */
#include "screens/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_MS 60000

/* Room for one more string; when the scratch is full (no page comes near it) everything more reads as "". */
static char *reserve(draw *d, size_t bytes)
{
    if (sizeof d->s->scratch - d->used < bytes)
        return NULL;
    return d->s->scratch + d->used;
}

static const char *keep(draw *d, char *text)
{
    d->used += strlen(text) + 1;
    return text;
}

const char *draw_say_all(draw *d, text_id pattern, const char *const *arguments, size_t count)
{
    char *out = reserve(d, PAGE_TEXT_MAX);
    if (!out)
        return "";
    texts_fill(out, PAGE_TEXT_MAX, page_word(d->s, pattern), arguments, count);
    return keep(d, out);
}

const char *draw_count(draw *d, text_id one, int64_t number, const char *a)
{
    return draw_say(d, texts_choose_plural(one, number), draw_number(d, number), a);
}

const char *draw_number(draw *d, int64_t number)
{
    char *out = reserve(d, LOCALE_MAX);
    return out ? keep(d, locale_format_number(&d->s->locale, out, number)) : "";
}

const char *draw_plain(draw *d, int64_t number)
{
    char *out = reserve(d, LOCALE_MAX);
    if (!out)
        return "";
    snprintf(out, LOCALE_MAX, "%" PRId64, number);
    return keep(d, out);
}

const char *draw_money(draw *d, int64_t minor, const char *currency)
{
    char *out = reserve(d, LOCALE_MAX);
    return out ? keep(d, locale_format_money(&d->s->locale, out, minor, currency)) : "";
}

const char *draw_bytes(draw *d, uint64_t bytes)
{
    char *out = reserve(d, LOCALE_MAX);
    return out ? keep(d, locale_format_bytes(&d->s->locale, out, bytes)) : "";
}

const char *draw_date(draw *d, const char *business_date)
{
    char *out = reserve(d, LOCALE_MAX);
    return out ? keep(d, locale_format_date(&d->s->locale, out, business_date)) : "";
}

const char *draw_moment(draw *d, int64_t wall_ms)
{
    char *out = reserve(d, LOCALE_MAX);
    return out ? keep(d, locale_format_moment(&d->s->locale, out, wall_ms, d->s->now.wall_ms)) : "";
}

void draw_counts(draw *d, int64_t every_ms)
{
    if (d->builder && (d->s->counting_ms == 0 || every_ms < d->s->counting_ms))
        d->s->counting_ms = every_ms;
}

const char *draw_duration(draw *d, int64_t duration_ms)
{
    char *out = reserve(d, LOCALE_MAX);
    return out ? keep(d, locale_format_duration(&d->s->locale, out, duration_ms)) : "";
}

const char *draw_wait(draw *d, int64_t duration_ms)
{
    draw_counts(d, duration_ms < 3 * MINUTE_MS ? 1000 : MINUTE_MS);
    return draw_duration(d, duration_ms);
}
