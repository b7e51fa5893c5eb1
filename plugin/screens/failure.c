/* SPDX-License-Identifier: Apache-2.0 */
/* screens/failure.c - one table of causes, so that every failure that an owner can meet has words in one place. */
#include "screens/failure.h"

#include <string.h>

static text_id find_offline_text(net_outcome how)
{
    switch (how) {
    case NET_FAILED_RESOLVE:
        return TEXT_FAIL_RESOLVE;
    case NET_FAILED_TIMEOUT:
        return TEXT_FAIL_TIMEOUT;
    case NET_FAILED_CUT:
    case NET_CANCELLED:
        return TEXT_FAIL_CUT;
    case NET_FAILED_MEMORY:
        return TEXT_FAIL_TILL;
    case NET_FAILED_CONFIG:
    case NET_FAILED_TLS:
    case NET_FAILED_TOO_LARGE:
    case NET_ANSWERED:
    case NET_FAILED_CONNECT:
        break;
    }
    return TEXT_FAIL_CONNECT;
}

text_id failure_find_text(const protocol_verdict *verdict)
{
    if (verdict->outcome == PROTOCOL_DONE)
        return TEXT_NONE;
    switch (verdict->cause) {
    case CAUSE_OFFLINE:
        return find_offline_text(verdict->net);
    case CAUSE_TLS:
        return TEXT_FAIL_TLS;
    case CAUSE_CONFIG:
        return TEXT_FAIL_CONFIG;
    case CAUSE_NOT_THE_CLOUD:
        return TEXT_FAIL_NOT_THE_CLOUD;
    case CAUSE_BUSY:
    case CAUSE_THROTTLED:
        return TEXT_FAIL_BUSY;
    case CAUSE_UNAUTHORIZED:
        return TEXT_FAIL_UNAUTHORIZED;
    case CAUSE_STORE_REFUSED:
        return TEXT_FAIL_STORE_REFUSED;
    case CAUSE_NONE:
    case CAUSE_LOGIN_FAILED:
    case CAUSE_CODE_WRONG:
    case CAUSE_CODE_EXPIRED:
    case CAUSE_REGISTER_KNOWN:
    case CAUSE_INVALID:
    case CAUSE_TOO_LARGE:
    case CAUSE_ENCODING:
    case CAUSE_CATALOGUE_EXISTS:
    case CAUSE_CATALOGUE_INVALID:
    case CAUSE_GONE:
    case CAUSE_OTHER:
        break;
    }
    return TEXT_FAIL_OTHER;
}

bool failure_was_answered(const protocol_verdict *verdict)
{
    return verdict->cause != CAUSE_OFFLINE && verdict->cause != CAUSE_TLS && verdict->cause != CAUSE_CONFIG &&
           verdict->cause != CAUSE_NOT_THE_CLOUD;
}

text_id failure_find_rejection(const char *code)
{
    static const struct {
        const char *code;
        text_id text;
    } known[] = {{"invalid-json", TEXT_REJECT_JSON},      {"invalid-schema", TEXT_REJECT_SCHEMA},
                 {"header-mismatch", TEXT_REJECT_HEADER}, {"empty", TEXT_REJECT_EMPTY},
                 {"invalid-utf8", TEXT_REJECT_JSON},      {"too-deep", TEXT_REJECT_JSON},
                 {"number-range", TEXT_REJECT_NUMBER},    {"invalid-figures", TEXT_REJECT_NUMBER},
                 {"too-large", TEXT_REJECT_TOO_LARGE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].code, code) == 0)
            return known[i].text;
    return TEXT_REJECT_OTHER;
}

/* The input of the open page that the cloud's member is typed in; NULL: it has none. */
static const char *find_input(const screens *s, const char *field)
{
    static const char *const other_names[][2] = {{"new_password", "password"}, {"terms_accepted", "terms"}};
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++)
        if (strcmp(other_names[i][0], field) == 0)
            field = other_names[i][1];
    for (const char *const *input = page_get(s)->inputs; input && *input; input++)
        if (strcmp(*input, field) == 0)
            return *input;
    return NULL;
}

static void show_at(screens *s, const char *field, text_id text, const char *a)
{
    const char *input = find_input(s, field);
    if (input)
        page_error_at(s, input, text, a);
    else
        page_notice(s, POS_LEVEL_ERROR, text, a, NULL);
}

static text_id find_field_text(const char *code)
{
    static const struct {
        const char *code;
        text_id text;
    } known[] = {{"required", TEXT_FIELD_REQUIRED},
                 {"too-short", TEXT_FIELD_TOO_SHORT},
                 {"too-long", TEXT_FIELD_TOO_LONG},
                 {"not-accepted", TEXT_FIELD_TERMS},
                 {"not-listed", TEXT_FIELD_NOT_LISTED}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].code, code) == 0)
            return known[i].text;
    return TEXT_FIELD_INVALID;
}

static void show_invalid(screens *s, const protocol_verdict *verdict)
{
    for (uint32_t i = 0; i < verdict->field_count && i < PROTOCOL_FIELDS_MAX; i++) {
        const protocol_field_error *error = &verdict->fields[i];
        const char *input = find_input(s, error->field);
        if (input)
            page_error_at(s, input, find_field_text(error->code), NULL);
        else
            page_notice(s, POS_LEVEL_ERROR, TEXT_FAIL_FIELD, error->field, error->detail);
    }
    if (verdict->field_count == 0)
        page_notice(s, POS_LEVEL_ERROR, TEXT_FAIL_OTHER_CODE, verdict->code, NULL);
}

static void show_wrong_code(screens *s, int32_t tries_left)
{
    char number[LOCALE_MAX];
    locale_format_number(&s->locale, number, tries_left);
    if (tries_left < 0)
        show_at(s, "code", TEXT_FAIL_CODE, NULL);
    else if (tries_left == 0)
        show_at(s, "code", TEXT_FAIL_CODE_LAST, NULL);
    else
        show_at(s, "code", texts_choose_plural(TEXT_FAIL_CODE_TRIES, tries_left), number);
}

static void show_wait(screens *s, const protocol_verdict *verdict)
{
    char moment[LOCALE_MAX];
    int64_t wait_ms = verdict->retry_after_ms > 0 ? verdict->retry_after_ms : 60000;
    if (wait_ms > 86400000)
        wait_ms = 86400000; /* the contract's longest */
    /* The minute after the last second of the wait would be too early by its fraction: round up. */
    locale_format_second(&s->locale, moment, s->now.wall_ms + wait_ms + 999, s->now.wall_ms);
    page_notice(s, POS_LEVEL_WARNING, verdict->cause == CAUSE_THROTTLED ? TEXT_FAIL_THROTTLED : TEXT_FAIL_BUSY_UNTIL,
                moment, NULL);
}

void failure_show(screens *s, const core_person *person)
{
    const protocol_verdict *verdict = &person->verdict;
    if (person->storage_failed) {
        page_notice(s, POS_LEVEL_ERROR, TEXT_FAIL_STORAGE, NULL, NULL);
        return;
    }
    switch (verdict->cause) {
    case CAUSE_LOGIN_FAILED:
        show_at(s, "password", TEXT_FAIL_LOG_IN, NULL);
        return;
    case CAUSE_CODE_WRONG:
        show_wrong_code(s, verdict->tries_left);
        return;
    case CAUSE_CODE_EXPIRED:
        show_at(s, "code", TEXT_FAIL_CODE_EXPIRED, NULL);
        return;
    case CAUSE_INVALID:
        show_invalid(s, verdict);
        return;
    case CAUSE_THROTTLED:
    case CAUSE_BUSY:
        show_wait(s, verdict);
        return;
    case CAUSE_OTHER:
    case CAUSE_TOO_LARGE:
    case CAUSE_ENCODING:
    case CAUSE_CATALOGUE_EXISTS:
    case CAUSE_CATALOGUE_INVALID:
    case CAUSE_GONE:
    case CAUSE_REGISTER_KNOWN:
        page_notice(s, POS_LEVEL_ERROR, TEXT_FAIL_OTHER_CODE, verdict->code, NULL);
        return;
    case CAUSE_NONE:
    case CAUSE_OFFLINE:
    case CAUSE_TLS:
    case CAUSE_CONFIG:
    case CAUSE_NOT_THE_CLOUD:
    case CAUSE_UNAUTHORIZED:
    case CAUSE_STORE_REFUSED:
        break;
    }
    text_id text = failure_find_text(verdict); /* none: the cloud did its part, the till could not */
    page_notice(s, POS_LEVEL_ERROR, text == TEXT_NONE ? TEXT_FAIL_TILL : text, NULL, NULL);
}
