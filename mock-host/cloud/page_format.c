/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formatting after CLDR's data for English and Spanish, as far as these pages need it.
 */
#include "page_format.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NO_BREAK "\xc2\xa0"
#define MINUS    "\xe2\x88\x92"

int page_currency_decimals(const char *currency)
{
    static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
    if (strlen(currency) != 3)
        return 2;
    return strstr(none, currency) ? 0 : strstr(three, currency) ? 3 : 2;
}

static char *format_fixed(page_language language, int64_t number, int decimals, char out[PAGE_FORMAT_SIZE])
{
    char digits[32];
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    int count = snprintf(digits, sizeof digits, "%0*llu", decimals + 1, (unsigned long long)size);
    int whole = count - decimals;
    /* Spanish leaves four digits together. */
    bool grouped = language == PAGE_SPANISH ? whole > 4 : whole > 3;
    size_t used = (size_t)snprintf(out, PAGE_FORMAT_SIZE, "%s", number < 0 ? MINUS : "");
    for (int i = 0; i < count && used + 2 < PAGE_FORMAT_SIZE; i++) {
        if (i == whole)
            out[used++] = language == PAGE_SPANISH ? ',' : '.';
        else if (grouped && i > 0 && i < whole && (whole - i) % 3 == 0)
            out[used++] = language == PAGE_SPANISH ? '.' : ',';
        out[used++] = digits[i];
    }
    out[used] = 0;
    return out;
}

char *page_format_number(page_language language, int64_t number, char out[PAGE_FORMAT_SIZE])
{
    return format_fixed(language, number, 0, out);
}

char *page_format_decimal(page_language language, int64_t number, int decimals, char out[PAGE_FORMAT_SIZE])
{
    while (decimals > 0 && number % 10 == 0) {
        number /= 10;
        decimals--;
    }
    return format_fixed(language, number, decimals, out);
}

char *page_format_quantity(page_language language, int64_t thousandths, char out[PAGE_FORMAT_SIZE])
{
    return page_format_decimal(language, thousandths, 3, out);
}

char *page_format_money(page_language language, int64_t minor, const char *currency, char out[PAGE_FORMAT_SIZE])
{
    char number[PAGE_FORMAT_SIZE];
    const char *sign = strcmp(currency, "EUR") == 0 ? "€" : "";
    if (language == PAGE_ENGLISH && strcmp(currency, "GBP") == 0)
        sign = "£";
    if (language == PAGE_ENGLISH && strcmp(currency, "USD") == 0)
        sign = "$";
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    if (size > INT64_MAX)
        size = INT64_MAX;
    format_fixed(language, (int64_t)size, page_currency_decimals(currency), number);
    const char *minus = minor < 0 ? MINUS : "";
    if (language == PAGE_SPANISH)
        snprintf(out, PAGE_FORMAT_SIZE, "%s%.40s" NO_BREAK "%.8s", minus, number, sign[0] ? sign : currency);
    else if (sign[0])
        snprintf(out, PAGE_FORMAT_SIZE, "%s%s%.40s", minus, sign, number);
    else
        snprintf(out, PAGE_FORMAT_SIZE, "%s%.8s" NO_BREAK "%.40s", minus, currency, number);
    return out;
}

static const char *month_of(page_language language, int month)
{
    static const char names[2][12][4] = {
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
        {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}};
    return names[language == PAGE_SPANISH][month];
}

static const char *weekday_of(page_language language, int year, int month, int day)
{
    static const char *const names[2][7] = {{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
                                            {"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}};
    static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    int moved = month < 3 ? year - 1 : year;
    return names[language == PAGE_SPANISH]
                [(moved + moved / 4 - moved / 100 + moved / 400 + shift[month - 1] + day) % 7];
}

static bool split_date(const char *text, int *year, int *month, int *day)
{
    return strlen(text) == 10 && sscanf(text, "%4d-%2d-%2d", year, month, day) == 3 && *year > 0 && *month >= 1 &&
           *month <= 12 && *day >= 1 && *day <= 31;
}

char *page_format_date(page_language language, const char *business_date, char out[PAGE_FORMAT_SIZE])
{
    int year, month, day;
    if (!split_date(business_date, &year, &month, &day))
        snprintf(out, PAGE_FORMAT_SIZE, "%.60s", business_date);
    else
        snprintf(out, PAGE_FORMAT_SIZE, "%s" NO_BREAK "%d" NO_BREAK "%s" NO_BREAK "%d",
                 weekday_of(language, year, month, day), day, month_of(language, month - 1), year);
    return out;
}

char *page_format_day(page_language language, const char *business_date, char out[PAGE_FORMAT_SIZE])
{
    int year, month, day;
    if (!split_date(business_date, &year, &month, &day))
        snprintf(out, PAGE_FORMAT_SIZE, "%.60s", business_date);
    else
        snprintf(out, PAGE_FORMAT_SIZE, "%d" NO_BREAK "%s", day, month_of(language, month - 1));
    return out;
}

static struct tm local_of(const page_zone *zone, int64_t at_ms)
{
    struct tm local;
    time_t at_s = (time_t)(at_ms / 1000);
    memset(&local, 0, sizeof local);
    at_s += page_zone_offset_s(zone, at_s);
    gmtime_r(&at_s, &local);
    return local;
}

char *page_format_moment(page_language language, const page_zone *zone, int64_t at_ms, char out[PAGE_FORMAT_SIZE])
{
    struct tm local = local_of(zone, at_ms);
    snprintf(out, PAGE_FORMAT_SIZE, "%d" NO_BREAK "%s" NO_BREAK "%d, %02d:%02d%s", local.tm_mday,
             month_of(language, local.tm_mon % 12), local.tm_year + 1900, local.tm_hour, local.tm_min,
             zone->known ? "" : NO_BREAK "UTC");
    return out;
}

char *page_format_time(const page_zone *zone, int64_t at_ms, char out[PAGE_FORMAT_SIZE])
{
    struct tm local = local_of(zone, at_ms);
    snprintf(out, PAGE_FORMAT_SIZE, "%02d:%02d%s", local.tm_hour, local.tm_min, zone->known ? "" : NO_BREAK "UTC");
    return out;
}

char *page_format_age(page_language language, int64_t age_ms, char out[PAGE_FORMAT_SIZE])
{
    static const struct {
        int64_t unit_min;
        page_text_id id;
    } units[] = {
        {60 * 24 * 365, PAGE_AGE_YEARS}, {60 * 24, PAGE_AGE_DAYS}, {60, PAGE_AGE_HOURS}, {1, PAGE_AGE_MINUTES}};
    int64_t minutes = age_ms / 60000;
    char number[PAGE_FORMAT_SIZE];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (minutes >= units[i].unit_min) {
            int64_t count = minutes / units[i].unit_min;
            return page_compose(language, page_plural(units[i].id, count), out, PAGE_FORMAT_SIZE,
                                page_format_number(language, count, number), NULL, NULL);
        }
    return page_compose(language, PAGE_AGE_NOW, out, PAGE_FORMAT_SIZE, NULL, NULL, NULL);
}
