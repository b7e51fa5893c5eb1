/* SPDX-License-Identifier: Apache-2.0 */
/* support/catalogue_shop.h - a till with twenty items, and a cloud whose revision 7 has five others and two more. */
#ifndef CATALOGUE_SHOP_H
#define CATALOGUE_SHOP_H

#include "support/catalogue_bench.h"

static shop s;

static inline void setup(void)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 20);
    shop_connect(&s);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 5);
    lines_put_items(&s.cloud.now, "Old", 6, 22);
    s.cloud.revision = 7;
}

static inline void teardown(void)
{
    shop_close(&s);
}

static inline void take_new(void)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}

/* The cloud's next revision: one item more, one renamed. */
static inline void revise(void)
{
    catalogue_cloud_revise(&s.cloud);
    lines_clear(&s.cloud.now);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 6);
    lines_put_items(&s.cloud.now, "Old", 7, 23);
}

#endif
