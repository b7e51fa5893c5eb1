/* SPDX-License-Identifier: Apache-2.0 */
/* answers.h - JSON of what the store returned, in the contract's shapes, shared by the handlers. */
#ifndef CLOUD_ANSWERS_H
#define CLOUD_ANSWERS_H

#include "request.h"

/* `token` NULL: a SessionInfo. */
cJSON *answer_session(const store_session *session, const char *token);
cJSON *answer_company(const store_company *company);
cJSON *answer_shop(const store_shop *shop);

/* Texts that are "" and integers that are 0 where there is nothing become null. */
void answer_text_or_null(cJSON *object, const char *name, const char *text);
void answer_int_or_null(cJSON *object, const char *name, int64_t value);

/* cJSON prints numbers through doubles; all of the contract's integers fit one. */
void answer_int(cJSON *object, const char *name, int64_t value);

#endif
