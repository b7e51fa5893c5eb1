/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON with limits. cJSON's numbers are doubles: whatever is beyond 2^53-1 may have lost digits already, so
 * it is out of range wherever an integer is wanted.
 */
#include "json_read.h"
#include "json_check.h"

#include <math.h>
#include <string.h>

cJSON *json_parse(const char *text, size_t length, const char **wrong, size_t *at)
{
    *wrong = json_check(text, length, at);
    if (*wrong)
        return NULL;
    cJSON *value = cJSON_ParseWithLength(text, length);
    if (!value)
        *wrong = "out of memory";
    return value;
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return member && !cJSON_IsNull(member) ? member : NULL;
}

bool json_is_int(const cJSON *value, int64_t min, int64_t max)
{
    if (!cJSON_IsNumber(value))
        return false;
    double number = cJSON_GetNumberValue(value);
    return number >= (double)min && number <= (double)max && floor(number) >= number;
}

bool json_int(const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *out)
{
    const cJSON *member = json_member(object, name);
    if (!member || !json_is_int(member, min, max))
        return false;
    *out = (int64_t)cJSON_GetNumberValue(member);
    return true;
}

bool json_text(const cJSON *object, const char *name, size_t min_bytes, size_t max_bytes, char *out)
{
    const char *text = cJSON_GetStringValue(json_member(object, name));
    if (!text)
        return false;
    size_t length = strlen(text);
    if (length < min_bytes || length > max_bytes || json_has_control(text))
        return false;
    memcpy(out, text, length + 1);
    return true;
}

bool json_is_capitals(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

bool json_is_date(const char *text)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9'))
            return false;
    int year = two_digits(text) * 100 + two_digits(text + 2);
    int month = two_digits(text + 5);
    int day = two_digits(text + 8);
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return !(month == 2 && day == 29 && !leap);
}

bool json_has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f ||
            ((unsigned char)text[0] == 0xc2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0))
            return true;
    return false;
}

size_t json_count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}
