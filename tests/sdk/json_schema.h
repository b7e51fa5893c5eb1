/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges a JSON document by a JSON schema, as far as pos/report.schema.json needs: type, required, properties,
 * additionalProperties, items, enum, const, minimum, maximum, minLength, maxLength, pattern, $ref within the document,
 * allOf, if/then/else. A keyword that it does not know and that could matter makes it abort.
 */
#ifndef TESTS_SDK_JSON_SCHEMA_H
#define TESTS_SDK_JSON_SCHEMA_H

#include <cjson/cJSON.h>

/* NULL: valid. Else what is wrong, in one static place. */
const char *json_schema_judge(const cJSON *schema, const cJSON *document);

#endif
