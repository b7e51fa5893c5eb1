/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_answers.h - the shape that several routes about configuration data answer with. */
#ifndef CLOUD_CATALOGUE_ANSWERS_H
#define CLOUD_CATALOGUE_ANSWERS_H

#include "store_catalogue.h"

#include <cjson/cJSON.h>

cJSON *answer_catalogue_info(const catalogue_info *info);

#endif
