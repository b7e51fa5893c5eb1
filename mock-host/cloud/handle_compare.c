/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Has the cloud all of my closes?" Sets are checked whole before the first is looked up. Long ranges are read in parts,
 * so that a till with ten thousand days does not hold the database's reader from the others.
 */
#include "answers.h"
#include "compare.h"
#include "form.h"
#include "handlers.h"
#include "json_read.h"

#include <stdio.h>
#include <string.h>

#define SETS_MAX     64
#define RANGES_MAX   1024
#define DIGESTS_MAX  2048
#define SPAN_MAX     1000000
#define NUMBER_MAX   999999999999
#define PART_NUMBERS (64 * COMPARE_BLOCK) /* read at a time */

typedef struct question {
    char register_id[IDENT_ID_SIZE];
    int64_t epoch;
    const cJSON *ranges;
    const cJSON *digests;
    compare_per per;
} question;

typedef struct result {
    const cJSON *digest; /* the one at `index` */
    size_t index;
    cJSON *differs;
    cJSON *numbers;
} result;

typedef struct totals {
    int ranges;
    int digests;
} totals;

static bool reject(form *fields, int index, const char *member, const char *detail)
{
    char field[40];
    snprintf(field, sizeof field, "sets[%d].%s", index, member);
    form_reject(fields, field, "invalid", detail);
    return false;
}

static bool read_range(const cJSON *range, int64_t *first, int64_t *last)
{
    const cJSON *begin = cJSON_GetArrayItem(range, 0);
    const cJSON *end = cJSON_GetArrayItem(range, 1);
    if (!cJSON_IsArray(range) || cJSON_GetArraySize(range) != 2 || !json_is_int(begin, 1, NUMBER_MAX) ||
        !json_is_int(end, 1, NUMBER_MAX))
        return false;
    *first = (int64_t)cJSON_GetNumberValue(begin);
    *last = (int64_t)cJSON_GetNumberValue(end);
    return *first <= *last;
}

/* How many numbers and blocks the ranges span; false if they are not as documented. */
static bool measure(const cJSON *ranges, int64_t *numbers, int64_t *blocks)
{
    const cJSON *range;
    int64_t first, last, before = -1;
    *numbers = *blocks = 0;
    cJSON_ArrayForEach(range, ranges)
    {
        if (!read_range(range, &first, &last) || (before >= 0 && first <= before + 1))
            return false;
        *numbers += last - first + 1;
        *blocks += last / COMPARE_BLOCK - first / COMPARE_BLOCK + 1;
        if (before >= 0 && before / COMPARE_BLOCK == first / COMPARE_BLOCK)
            --*blocks;
        before = last;
    }
    return *numbers > 0;
}

static bool check_digests(const question *self, int64_t wanted)
{
    const cJSON *digest;
    size_t digits = self->per == COMPARE_NUMBERS ? COMPARE_NUMBER_DIGITS : COMPARE_HEX_DIGITS;
    if (!cJSON_IsArray(self->digests) || cJSON_GetArraySize(self->digests) != wanted)
        return false;
    cJSON_ArrayForEach(digest, self->digests) if (!cJSON_IsString(digest) ||
                                                  !ident_is_hex(digest->valuestring, digits)) return false;
    return true;
}

static bool read_per(const cJSON *object, compare_per *out)
{
    const char *word = cJSON_GetStringValue(json_member(object, "per"));
    if (!word)
        return false;
    *out = strcmp(word, "all") == 0      ? COMPARE_ALL
           : strcmp(word, "block") == 0  ? COMPARE_BLOCKS
           : strcmp(word, "number") == 0 ? COMPARE_NUMBERS
                                         : 0;
    return *out != 0;
}

static bool read_question(form *fields, const cJSON *object, int index, question *out, totals *sum)
{
    int64_t numbers, blocks;
    if (!json_text(object, "register_id", 1, 64, out->register_id))
        return reject(fields, index, "register_id", "A text of 1 to 64 bytes.");
    if (!json_int(object, "epoch", 0, INT32_MAX, &out->epoch))
        return reject(fields, index, "epoch", "An integer from 0.");
    if (!read_per(object, &out->per))
        return reject(fields, index, "per", "all, block or number.");
    out->ranges = json_member(object, "ranges");
    out->digests = json_member(object, "digests");
    if (!cJSON_IsArray(out->ranges) || !measure(out->ranges, &numbers, &blocks))
        return reject(fields, index, "ranges", "Pairs of first and last number, ascending, apart from one another.");
    if (numbers > (out->per == COMPARE_NUMBERS ? DIGESTS_MAX : SPAN_MAX))
        return reject(fields, index, "ranges", "More numbers than a set may have.");
    if (!check_digests(out, out->per == COMPARE_ALL ? 1 : out->per == COMPARE_BLOCKS ? blocks : numbers))
        return reject(fields, index, "digests", "As many as `ranges` and `per` ask for, in lower-case hexadecimal.");
    sum->ranges += cJSON_GetArraySize(out->ranges);
    sum->digests += cJSON_GetArraySize(out->digests);
    if (sum->ranges > RANGES_MAX || sum->digests > DIGESTS_MAX)
        return reject(fields, index, "ranges", "More ranges or digests than a request may have.");
    return true;
}

static const char *digest_at(void *context, size_t index)
{
    result *self = context;
    for (; self->index < index; self->index++)
        self->digest = self->digest->next;
    return self->digest->valuestring;
}

static void add_block(void *context, int64_t block)
{
    result *self = context;
    cJSON_AddItemToArray(self->differs, cJSON_CreateNumber((double)block));
}

static void add_number(void *context, int64_t number, const compare_row *held)
{
    result *self = context;
    char hex[IDENT_HEX_SIZE] = "";
    cJSON *entry = cJSON_CreateObject();
    if (held)
        sodium_bin2hex(hex, sizeof hex, held->sha256, sizeof held->sha256);
    answer_int(entry, "z_number", number);
    answer_text_or_null(entry, "sha256", hex);
    answer_text_or_null(entry, "origin", held ? held->rebuilt ? "rebuilt" : "original" : "");
    cJSON_AddItemToArray(self->numbers, entry);
}

static store_status read_ranges(const request *self, const question *what, compare *one)
{
    const cJSON *range;
    int64_t first = 0, last = 0;
    store_status status = STORE_OK;
    cJSON_ArrayForEach(range, what->ranges)
    {
        read_range(range, &first, &last);
        compare_enter(one, first);
        for (int64_t from = first; from <= last && status == STORE_OK; from += PART_NUMBERS) {
            int64_t to = last - from < PART_NUMBERS ? last : from + PART_NUMBERS - 1;
            status = store_compare_visit(self->api->store, &self->till, what->register_id, what->epoch, from, to,
                                         compare_row_in, one);
        }
        if (status != STORE_OK)
            break;
        compare_leave(one, last);
    }
    if (status == STORE_OK)
        compare_finish(one);
    return status;
}

static store_status answer_set(const request *self, const question *what, cJSON *sets)
{
    cJSON *object = cJSON_CreateObject();
    result found = {.digest = what->digests->child};
    compare one = {
        .per = what->per, .digest_at = digest_at, .differs = add_block, .lacks = add_number, .context = &found};
    cJSON_AddItemToArray(sets, object);
    found.differs = cJSON_CreateArray();
    found.numbers = cJSON_CreateArray();
    compare_begin(&one);
    store_status status = read_ranges(self, what, &one);
    answer_int(object, "held", one.held);
    cJSON_AddItemToObject(object, "differs", found.differs);
    cJSON_AddItemToObject(object, "numbers", found.numbers);
    return status;
}

static void compare_sets(const request *self, response *answer, form *fields)
{
    question what[SETS_MAX];
    totals sum = {0, 0};
    int count = 0;
    const cJSON *set;
    const cJSON *sets = json_member(fields->object, "sets");
    if (!cJSON_IsArray(sets) || cJSON_GetArraySize(sets) < 1 || cJSON_GetArraySize(sets) > SETS_MAX)
        form_reject(fields, "sets", sets ? "invalid" : "required", "A list of 1 to 64 sets.");
    else
        cJSON_ArrayForEach(set, sets) if (!read_question(fields, set, count, &what[count], &sum)) break;
    else count++;
    if (!form_accept(fields, answer))
        return;
    answer->status = 200;
    answer->json = cJSON_CreateObject();
    cJSON *results = cJSON_AddArrayToObject(answer->json, "sets");
    store_status status = STORE_OK;
    for (int i = 0; i < count && status == STORE_OK; i++)
        status = answer_set(self, &what[i], results);
    if (status != STORE_OK)
        problem_set_store(answer, status);
}

void handle_compare_reports(request *self, response *answer)
{
    form fields;
    if (self->till.closed) {
        problem_set(answer, PROBLEM_STORE_CLOSED, NULL);
        return;
    }
    if (form_begin(&fields, self, answer))
        compare_sets(self, answer, &fields);
    form_end(&fields);
}
