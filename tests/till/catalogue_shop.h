/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_shop.h - a till with its catalogue, opened for each test: what the tests of both share. */
#ifndef TESTS_TILL_CATALOGUE_SHOP_H
#define TESTS_TILL_CATALOGUE_SHOP_H

#include <check.h>

#include "catalogue_bench.h"
#include "till_fixture.h"

static struct till_fixture fixture;
static const pos_catalogue *c;

static inline void open_till(void)
{
    till_fixture_open(&fixture, NULL);
    const pos_host *host = &fixture.till.host.abi;
    c = host->get_extension(host->ctx, POS_CATALOGUE_1);
    ck_assert_ptr_nonnull(c);
}

static inline void setup(void)
{
    till_fixture_start(&fixture);
    open_till();
}

static inline void teardown(void)
{
    till_fixture_end(&fixture);
}

static inline void restart(void)
{
    till_fixture_close(&fixture);
    open_till();
}

static inline void script(const char *commands)
{
    ck_assert_msg(till_fixture_script(&fixture, commands, NULL, 0) == RUN_OK, "%s", fixture.fault.text);
}

#endif
