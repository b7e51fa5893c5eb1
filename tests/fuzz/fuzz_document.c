/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report's document, as the plugin and as the cloud see it.
 *
 * Asked of each: what the plugin calls fit to be carried is well-formed for the cloud, and what is well-formed for the
 * cloud is fit for the plugin - but for numbers beyond 2^53, which only the plugin minds, and for what is no object. What
 * the cloud then stores has figures in range, and what it refuses has a code of the contract.
 */
#include "core/document.h"
#include "fuzz/cloud_side.h"
#include "fuzz/fuzz.h"

#define JSON_INT_MAX INT64_C(9007199254740991)

const unsigned fuzz_mutations = 60000;

static bool is_in_range(int64_t value)
{
    return value >= -JSON_INT_MAX && value <= JSON_INT_MAX;
}

static bool is_object(const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (at < size && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n'))
        at++;
    return at < size && data[at] == '{';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    document_fault fault = document_check(data, size);
    bool well_formed = cloud_side_is_json(data, size);
    FUZZ_REQUIRE(fault.at_byte <= size);
    if (!fault.code)
        FUZZ_REQUIRE(well_formed);
    else if (well_formed && is_object(data, size))
        FUZZ_REQUIRE(strcmp(fault.code, "number-range") == 0);

    cloud_side_verdict verdict;
    cloud_side_check_report(data, size, &verdict);
    if (!verdict.code[0]) {
        FUZZ_REQUIRE(well_formed && is_object(data, size));
        FUZZ_REQUIRE(is_in_range(verdict.gross_minor) && is_in_range(verdict.net_minor) &&
                     is_in_range(verdict.tax_minor));
    } else {
        FUZZ_REQUIRE(strcmp(verdict.code, well_formed ? "invalid-schema" : "invalid-json") == 0 ||
                     strcmp(verdict.code, "header-mismatch") == 0);
        FUZZ_REQUIRE(verdict.has_detail);
    }
    return 0;
}
