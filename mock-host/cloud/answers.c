/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes that several routes answer with.
 */
#include "answers.h"

void answer_int(cJSON *object, const char *name, int64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

void answer_text_or_null(cJSON *object, const char *name, const char *text)
{
    if (text[0])
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

void answer_int_or_null(cJSON *object, const char *name, int64_t value)
{
    if (value)
        answer_int(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

cJSON *answer_session(const store_session *session, const char *token)
{
    cJSON *object = cJSON_CreateObject();
    if (token)
        cJSON_AddStringToObject(object, "token", token);
    answer_int(object, "expires_at_ms", session->expires_at_ms);
    cJSON *user = cJSON_AddObjectToObject(object, "user");
    cJSON_AddStringToObject(user, "user_id", session->user.user_id);
    cJSON_AddStringToObject(user, "email", session->user.email);
    cJSON_AddStringToObject(user, "name", session->user.name);
    cJSON_AddStringToObject(user, "language", session->user.language);
    return object;
}

cJSON *answer_company(const store_company *company)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "company_id", company->company_id);
    cJSON_AddStringToObject(object, "name", company->name);
    answer_text_or_null(object, "tax_id", company->tax_id);
    cJSON_AddStringToObject(object, "country", company->country);
    cJSON_AddStringToObject(object, "currency", company->currency);
    return object;
}

cJSON *answer_shop(const store_shop *shop)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "store_id", shop->store_id);
    cJSON_AddStringToObject(object, "company_id", shop->company_id);
    cJSON_AddStringToObject(object, "name", shop->name);
    answer_text_or_null(object, "address", shop->address);
    cJSON_AddStringToObject(object, "time_zone", shop->time_zone);
    cJSON_AddStringToObject(object, "currency", shop->currency);
    return object;
}
