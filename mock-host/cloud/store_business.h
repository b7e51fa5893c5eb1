/* SPDX-License-Identifier: Apache-2.0 */
/* store_business.h - finding companies and stores on behalf of a user, for the store_*.c files. */
#ifndef CLOUD_STORE_BUSINESS_H
#define CLOUD_STORE_BUSINESS_H

#include "store_db.h"

store_status business_find_company(db *connection, const char *user_id, const char *company_id, store_company *out);
/* Both are filled with STORE_OK and with STORE_CLOSED. */
store_status business_find_shop(db *connection, const char *user_id, const char *store_id, store_shop *shop,
                                store_company *company);

#endif
