/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts/locale.c - formats by the host's language and country. The C library's locales are process-wide and belong to
 * the host, so nothing here asks them.
 */
#include "texts/locale.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000LL

/* Spanish is written with a decimal comma, but not in these countries (Unicode CLDR). */
static const char decimal_point_es[][3] = {"MX", "GT", "HN", "NI", "PA", "PE", "DO", "SV", "PR", "US", "CU", "BZ"};

static const char fractions_none[][4] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                         "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
static const char fractions_three[][4] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

static bool is_letters(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((text[i] | 0x20) < 'a' || (text[i] | 0x20) > 'z')
            return false;
    return text[count] == '\0';
}

static void copy_code(char *out, size_t letters, const char *code)
{
    out[0] = '\0';
    if (!code || strlen(code) != letters || !is_letters(code, letters))
        return;
    for (size_t i = 0; i <= letters; i++)
        out[i] = (char)(code[i] & ~0x20);
}

/* The region of a BCP 47 tag ("es-MX", "es-Latn-MX"), else the country. */
static void find_region(char region[3], const char *tag, const char *country)
{
    copy_code(region, 2, country);
    for (const char *p = tag ? strpbrk(tag, "-_") : NULL; p; p = strpbrk(p + 1, "-_"))
        if (strcspn(p + 1, "-_") == 2) {
            char part[3] = {p[1], p[2], '\0'};
            copy_code(region, 2, part);
            return;
        }
}

void locale_set(locale *l, const char *language, const char *time_zone, const char *country, const char *currency)
{
    locale_clear(l);
    char region[3];
    l->language = texts_find_language(language);
    find_region(region, language, country);
    bool comma = l->language == TEXTS_SPANISH;
    for (size_t i = 0; i < sizeof decimal_point_es / sizeof *decimal_point_es; i++)
        if (strcmp(region, decimal_point_es[i]) == 0)
            comma = false;
    l->decimal = comma ? ',' : '.';
    l->grouping = comma ? '.' : ',';
    copy_code(l->country, 2, country);
    copy_code(l->currency, 3, currency);
    if (time_zone && zone_name_is_valid(time_zone)) {
        texts_copy(l->zone_name, sizeof l->zone_name, time_zone);
        l->zone = zone_load(time_zone);
    }
    l->zone_is_known = l->zone != NULL;
}

void locale_clear(locale *l)
{
    zone_free(l->zone);
    memset(l, 0, sizeof *l);
    l->language = TEXTS_ENGLISH;
    l->decimal = '.';
    l->grouping = ',';
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
}

static char *format_fixed(const locale *l, char *out, int64_t number, int fractions)
{
    char digits[32], text[LOCALE_MAX];
    int length = snprintf(digits, sizeof digits, "%0*llu", fractions + 1, (unsigned long long)magnitude(number));
    int whole = length - fractions, at = 0;
    if (number < 0)
        text[at++] = '-';
    for (int i = 0; i < length; i++) {
        if (i == whole)
            text[at++] = l->decimal;
        else if (i > 0 && i < whole && (whole - i) % 3 == 0)
            text[at++] = l->grouping;
        text[at++] = digits[i];
    }
    text[at] = '\0';
    memcpy(out, text, (size_t)at + 1);
    return out;
}

char *locale_format_number(const locale *l, char out[LOCALE_MAX], int64_t number)
{
    return format_fixed(l, out, number, 0);
}

static int count_fractions(const char *currency)
{
    for (size_t i = 0; i < sizeof fractions_none / sizeof *fractions_none; i++)
        if (strcmp(currency, fractions_none[i]) == 0)
            return 0;
    for (size_t i = 0; i < sizeof fractions_three / sizeof *fractions_three; i++)
        if (strcmp(currency, fractions_three[i]) == 0)
            return 3;
    return 2;
}

char *locale_format_money(const locale *l, char out[LOCALE_MAX], int64_t minor, const char *currency)
{
    char amount[LOCALE_MAX];
    format_fixed(l, amount, minor, count_fractions(currency));
    const char *parts[] = {amount, currency};
    texts_fill(out, LOCALE_MAX, *currency ? "{1} {2}" : "{1}", parts, 2);
    return out;
}

char *locale_format_bytes(const locale *l, char out[LOCALE_MAX], uint64_t bytes)
{
    char amount[LOCALE_MAX];
    text_id unit = bytes < 1000      ? texts_choose_plural(TEXT_BYTES, (int64_t)bytes)
                   : bytes < 1000000 ? TEXT_KILOBYTES
                                     : TEXT_MEGABYTES;
    if (bytes < 1000)
        format_fixed(l, amount, (int64_t)bytes, 0);
    else if (bytes < 1000000)
        format_fixed(l, amount, (int64_t)((bytes + 500) / 1000), 0);
    else
        format_fixed(l, amount, (int64_t)((bytes / 1000 + 50) / 100), 1);
    const char *parts[] = {amount};
    texts_fill(out, LOCALE_MAX, texts_get(l->language, unit), parts, 1);
    return out;
}

static void write_date(const locale *l, char out[LOCALE_MAX], int64_t year, int month, int day)
{
    char year_text[16], day_text[16];
    snprintf(year_text, sizeof year_text, "%lld", (long long)year);
    snprintf(day_text, sizeof day_text, "%d", day);
    const char *parts[] = {day_text, texts_get(l->language, (text_id)(TEXT_MONTH_1 + month - 1)), year_text};
    texts_fill(out, LOCALE_MAX, texts_get(l->language, TEXT_DATE), parts, 3);
}

char *locale_format_date(const locale *l, char out[LOCALE_MAX], const char *business_date)
{
    int year, month, day, length = 0;
    if (strlen(business_date) == 10 && sscanf(business_date, "%4d-%2d-%2d%n", &year, &month, &day, &length) == 3 &&
        length == 10 && month >= 1 && month <= 12)
        write_date(l, out, year, month, day);
    else
        texts_copy(out, LOCALE_MAX, business_date);
    return out;
}

/* Local milliseconds; times that no calendar reaches are shown at its ends. */
static int64_t to_local_ms(const locale *l, int64_t wall_ms)
{
    const int64_t far_ms = 253402300799999LL; /* the last of 9999 */
    if (wall_ms > far_ms)
        wall_ms = far_ms;
    if (wall_ms < 0)
        wall_ms = 0;
    int64_t local_ms = wall_ms + (int64_t)zone_get_offset_s(l->zone, wall_ms / 1000) * 1000;
    return local_ms < 0 ? 0 : local_ms;
}

static char *format_instant(const locale *l, char out[LOCALE_MAX], int64_t wall_ms, int64_t now_ms, bool seconds)
{
    int64_t local_ms = to_local_ms(l, wall_ms), year;
    int minute = (int)(local_ms % DAY_MS / 60000), second = (int)(local_ms % 60000 / 1000), month, day;
    char date[LOCALE_MAX], clock[LOCALE_MAX];
    const char *suffix = l->zone_is_known ? "" : " UTC";
    if (seconds)
        snprintf(clock, sizeof clock, "%02d:%02d:%02d%s", minute / 60, minute % 60, second, suffix);
    else
        snprintf(clock, sizeof clock, "%02d:%02d%s", minute / 60, minute % 60, suffix);
    if (local_ms / DAY_MS == to_local_ms(l, now_ms) / DAY_MS) {
        texts_copy(out, LOCALE_MAX, clock);
        return out;
    }
    zone_date_from_days(local_ms / DAY_MS, &year, &month, &day);
    write_date(l, date, year, month, day);
    const char *parts[] = {date, clock};
    texts_fill(out, LOCALE_MAX, texts_get(l->language, TEXT_DATE_TIME), parts, 2);
    return out;
}

char *locale_format_moment(const locale *l, char out[LOCALE_MAX], int64_t wall_ms, int64_t now_ms)
{
    return format_instant(l, out, wall_ms, now_ms, false);
}

char *locale_format_second(const locale *l, char out[LOCALE_MAX], int64_t wall_ms, int64_t now_ms)
{
    return format_instant(l, out, wall_ms, now_ms, true);
}

char *locale_format_duration(const locale *l, char out[LOCALE_MAX], int64_t duration_ms)
{
    static const struct {
        int64_t unit_ms, below_ms; /* of the last: no limit */
        text_id text;
    } scale[] = {{1000, 2 * 60000, TEXT_SECONDS},
                 {60000, 2 * 3600000, TEXT_MINUTES},
                 {3600000, 2 * DAY_MS, TEXT_HOURS},
                 {DAY_MS, 0, TEXT_DAYS}};
    size_t i = 0;
    if (duration_ms < 0)
        duration_ms = 0;
    while (i + 1 < sizeof scale / sizeof *scale && duration_ms >= scale[i].below_ms)
        i++;
    int64_t count = duration_ms / scale[i].unit_ms + (duration_ms % scale[i].unit_ms != 0);
    char number[LOCALE_MAX];
    locale_format_number(l, number, count);
    const char *parts[] = {number};
    texts_fill(out, LOCALE_MAX, texts_get(l->language, texts_choose_plural(scale[i].text, count)), parts, 1);
    return out;
}
