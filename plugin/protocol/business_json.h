/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/business_json.h - a company and a store as they stand in any answer. */
#ifndef PROTOCOL_BUSINESS_JSON_H
#define PROTOCOL_BUSINESS_JSON_H

#include "protocol/business.h"
#include "protocol/json.h"

bool business_read_company(const cJSON *object, protocol_company *company);
bool business_read_store(const cJSON *object, protocol_store *store);

#endif
