/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/compare.c - builds a question as JSON, and reads what the cloud answers (protocol/compare.h). */
#include "protocol/compare.h"
#include "protocol/reader.h"
#include "protocol/wire.h"

#include "pos/report.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_CAP_BYTES (512u * 1024u) /* 2,048 numbers with their hashes, and words around them */
#define DIFFERS_MAX      4096
#define NUMBERS_MAX      2048

struct protocol_question {
    cJSON *sets;
    cJSON *ranges, *digests; /* of the last set */
    protocol_per per;
    uint32_t set_count, range_count, digest_count;
};

/* ---- the question ---- */

protocol_question *protocol_question_new(void)
{
    protocol_question *question = calloc(1, sizeof *question);

    if (question == NULL)
        return NULL;
    question->sets = cJSON_CreateArray();
    if (question->sets == NULL) {
        free(question);
        return NULL;
    }
    return question;
}

void protocol_question_free(protocol_question *question)
{
    if (question == NULL)
        return;
    cJSON_Delete(question->sets);
    free(question);
}

uint32_t protocol_question_ranges(const protocol_question *question)
{
    return question->range_count;
}

static const char *per_word(protocol_per per)
{
    return per == PER_ALL ? "all" : per == PER_BLOCK ? "block" : "number";
}

/* cJSON frees what it takes; what it does not take is freed here. */
static bool append(cJSON *array, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToArray(array, item))
        return true;
    cJSON_Delete(item);
    return false;
}

/* As text: cJSON prints a number of 16 digits as a rounded 1.5e+15. */
static cJSON *make_number(int64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    return cJSON_CreateRaw(digits);
}

bool protocol_question_begin(protocol_question *question, const char *register_id, uint32_t epoch, protocol_per per)
{
    cJSON *set = cJSON_CreateObject();

    if (question->set_count == COMPARE_SETS_MAX) {
        cJSON_Delete(set);
        return false;
    }
    if (!append(question->sets, set))
        return false;
    question->set_count++;
    question->per = per;
    question->ranges = cJSON_AddStringToObject(set, "register_id", register_id) &&
                               cJSON_AddNumberToObject(set, "epoch", epoch) &&
                               cJSON_AddStringToObject(set, "per", per_word(per))
                           ? cJSON_AddArrayToObject(set, "ranges")
                           : NULL;
    question->digests = question->ranges != NULL ? cJSON_AddArrayToObject(set, "digests") : NULL;
    return question->digests != NULL;
}

bool protocol_question_add_range(protocol_question *question, int64_t first, int64_t last)
{
    cJSON *range;

    if (question->ranges == NULL || question->range_count == COMPARE_RANGES_MAX)
        return false;
    range = cJSON_CreateArray();
    if (!append(question->ranges, range) || !append(range, make_number(first)) || !append(range, make_number(last)))
        return false;
    question->range_count++;
    return true;
}

bool protocol_question_add_digest(protocol_question *question, const uint8_t *digest)
{
    size_t size = question->per == PER_NUMBER ? COMPARE_NUMBER_BYTES : COMPARE_DIGEST_BYTES;
    char digits[2 * COMPARE_DIGEST_BYTES + 1];

    if (question->digests == NULL || question->digest_count == COMPARE_DIGESTS_MAX)
        return false;
    (void)sodium_bin2hex(digits, sizeof digits, digest, size);
    if (!append(question->digests, cJSON_CreateString(digits)))
        return false;
    question->digest_count++;
    return true;
}

net_request *protocol_ask(const protocol_question *question, const char *till_token, const char *store_id,
                          const char *till_id)
{
    const char *const path[] = {"/v1/stores/", store_id, "/tills/", till_id, "/reports/compare", NULL};
    net_request *request = wire_cap_answer(wire_add_token(wire_request("POST", path), till_token), ANSWER_CAP_BYTES);
    cJSON *body = cJSON_CreateObject();
    /* Not cJSON_AddItemReferenceToObject(): it loses the reference when memory is out for the name. */
    cJSON *sets = cJSON_CreateArrayReference(question->sets->child);
    char *text = NULL;

    if (!cJSON_AddItemToObjectCS(body, "sets", sets))
        cJSON_Delete(sets);
    else if (request != NULL)
        text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    if (text == NULL) {
        net_request_free(request);
        return NULL;
    }
    request->content_type = "application/json";
    request->body = (uint8_t *)text;
    request->body_bytes = strlen(text);
    return request;
}

/* ---- the answer ---- */

static bool read_lacking(const cJSON *object, protocol_lacking *lacking)
{
    static const json_member members[] = {
        JSON_MEMBER(protocol_lacking, z_number, JSON_INT64, JSON_REQUIRED),
        JSON_MEMBER(protocol_lacking, sha256, JSON_HEX_BYTES, JSON_NULLABLE),
    };
    const cJSON *other = cJSON_GetObjectItemCaseSensitive(object, "sha256");

    lacking->has_other = other != NULL && !cJSON_IsNull(other);
    return json_read(object, members, sizeof members / sizeof members[0], lacking) && lacking->z_number >= 1 &&
           lacking->z_number <= POS_Z_NUMBER_MAX;
}

/* The elements of an array of that name; -1: there is none, or it is too long. */
static int count_elements(const cJSON *object, const char *name, int most, const cJSON **array)
{
    int count;

    *array = cJSON_GetObjectItemCaseSensitive(object, name);
    count = cJSON_IsArray(*array) ? cJSON_GetArraySize(*array) : -1;
    return count > most ? -1 : count;
}

static bool read_differs(const cJSON *object, protocol_compared *set)
{
    const cJSON *array, *one;
    int count = count_elements(object, "differs", DIFFERS_MAX, &array);

    if (count <= 0)
        return count == 0;
    set->differs = calloc((size_t)count, sizeof set->differs[0]);
    if (set->differs == NULL)
        return false;
    cJSON_ArrayForEach(one, array)
    {
        if (!json_read_integer(one, 0, POS_Z_NUMBER_MAX / COMPARE_BLOCK, &set->differs[set->differ_count]))
            return false;
        set->differ_count++;
    }
    return true;
}

static bool read_numbers(const cJSON *object, protocol_compared *set)
{
    const cJSON *array, *one;
    int count = count_elements(object, "numbers", NUMBERS_MAX, &array);

    if (count <= 0)
        return count == 0;
    set->numbers = calloc((size_t)count, sizeof set->numbers[0]);
    if (set->numbers == NULL)
        return false;
    cJSON_ArrayForEach(one, array)
    {
        if (!read_lacking(one, &set->numbers[set->number_count]))
            return false;
        set->number_count++;
    }
    return true;
}

static bool read_sets(const cJSON *tree, uint32_t asked, protocol_comparison *comparison)
{
    const cJSON *array, *one;
    int64_t held;

    if (count_elements(tree, "sets", COMPARE_SETS_MAX, &array) != (int)asked || asked == 0)
        return false;
    comparison->sets = calloc(asked, sizeof comparison->sets[0]);
    if (comparison->sets == NULL)
        return false; /* the same to the caller: nothing is known, ask again */
    cJSON_ArrayForEach(one, array)
    {
        protocol_compared *set = &comparison->sets[comparison->count++];
        if (!json_read_integer(cJSON_GetObjectItemCaseSensitive(one, "held"), 0, COMPARE_SPAN_MAX, &held) ||
            !read_differs(one, set) || !read_numbers(one, set))
            return false;
        set->held = (uint32_t)held;
    }
    return true;
}

void protocol_read_comparison(const net_answer *answer, const protocol_question *question, protocol_verdict *verdict,
                              protocol_comparison *comparison)
{
    cJSON *tree = reader_open(answer, verdict);

    *comparison = (protocol_comparison){0};
    if (tree != NULL && !read_sets(tree, question->set_count, comparison)) {
        protocol_comparison_clear(comparison);
        protocol_doubt(verdict, "the answer lacks a set that was asked about, or one is not as it has to be");
    }
    if (verdict->cause == CAUSE_THROTTLED)
        verdict->cause = CAUSE_BUSY; /* no person is waiting here */
    json_free(tree);
}

void protocol_comparison_clear(protocol_comparison *comparison)
{
    for (uint32_t i = 0; i < comparison->count; i++) {
        free(comparison->sets[i].differs);
        free(comparison->sets[i].numbers);
    }
    free(comparison->sets);
    *comparison = (protocol_comparison){0};
}
