/* SPDX-License-Identifier: Apache-2.0 */
/* core/business.h - companies and stores: lists by pages, and creating them once. */
#ifndef CORE_BUSINESS_H
#define CORE_BUSINESS_H

#include "core/core.h"

void business_take_answer(core *c, const net_answer *answer);
/* Hashes a form's texts, so that the same form sent again can be told from another one. key: 32 bytes, or NULL. */
void business_hash_form(const char *const *texts, size_t count, const uint8_t *key, uint8_t hash[32]);
/* Makes sure that state.create.key is stored for what has that hash: the old key when it was asked for before and the
 * answer is not known, else a new one. One write. false: the storage refused. */
bool business_store_key(core *c, const uint8_t form_hash[32]);
/* Answered: the same again would be meant as another one. */
void business_forget_key(core *c);

#endif
