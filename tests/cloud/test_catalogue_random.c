/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random histories: whoever has any earlier revision and applies the changes since, as openapi.yaml says to, has the
 * current one byte for byte, whatever the size of the pages.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS     14
#define LEVELS    3
#define REVISIONS 24
#define TEXT_SIZE 16384

typedef struct shelf {
    bool has_item[ITEMS];
    unsigned name[ITEMS];
    unsigned amount[ITEMS][LEVELS]; /* 0: no such price */
    unsigned taxes;
} shelf;

static fixture fx;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void change(shelf *self)
{
    uint32_t changes = randombytes_uniform(5);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t at = randombytes_uniform(ITEMS);
        switch (randombytes_uniform(5)) {
        case 0:
        case 1:
            self->has_item[at] = !self->has_item[at];
            break;
        case 2:
            self->name[at]++;
            break;
        case 3:
            self->taxes = randombytes_uniform(4);
            break;
        default:
            self->amount[at][randombytes_uniform(LEVELS)] = randombytes_uniform(4);
            break;
        }
    }
}

/* Ids that begin alike, so that prices of one stand between it and the next. */
static const char *id_of(int index)
{
    static const char *const ids[ITEMS] = {"0", "00", "000", "01", "1", "A",  "AA",
                                           "a", "aa", "aaa", "ab", "b", "ba", "\xc3\xa9"};
    return ids[index];
}

static void write_text(const shelf *self, char *out)
{
    size_t used = (size_t)snprintf(out, TEXT_SIZE, "%s", HEAD);
    for (unsigned i = 0; i < self->taxes; i++)
        used += (size_t)snprintf(out + used, TEXT_SIZE - used,
                                 "{\"kind\":\"tax\",\"tax_id\":\"%u\",\"name\":\"\",\"rate\":0}\n", i);
    for (int i = 0; i < LEVELS; i++)
        used += (size_t)snprintf(out + used, TEXT_SIZE - used,
                                 "{\"kind\":\"price_level\",\"price_level_id\":\"%d\",\"name\":\"\"}\n", i);
    for (int i = 0; i < ITEMS; i++) {
        if (!self->has_item[i])
            continue;
        used += (size_t)snprintf(out + used, TEXT_SIZE - used,
                                 "{\"kind\":\"item\",\"item_id\":\"%s\",\"name\":\"%u\"}\n", id_of(i), self->name[i]);
        for (int level = 0; level < LEVELS; level++)
            if (self->amount[i][level])
                used += (size_t)snprintf(out + used, TEXT_SIZE - used,
                                         "{\"kind\":\"price\",\"item_id\":\"%s\",\"price_level_id\":\"%d\","
                                         "\"amount\":%u,\"valid_from\":\"2026-01-01\"}\n",
                                         id_of(i), level, self->amount[i][level]);
    }
}

/* Which item a line is of, -1 if of none; *removed: it says that it is gone. */
static int item_of(const char *line, size_t bytes, bool *removed)
{
    int found = -1;
    cJSON *object = cJSON_ParseWithLength(line, bytes);
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItem(object, "kind"));
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(object, "item_id"));
    *removed = kind && strcmp(kind, "removed") == 0;
    for (int i = 0; id && i < ITEMS; i++)
        if (strcmp(id_of(i), id) == 0)
            found = i;
    cJSON_Delete(object);
    return found;
}

/* A catalogue in parts: what comes before the items, and the lines of each. */
typedef struct parts {
    char few[TEXT_SIZE];
    char items[ITEMS][1024];
} parts;

/* Lines take the place of all that is there of the same part. */
static void put_lines(parts *self, const char *text)
{
    bool fresh[ITEMS] = {false};
    self->few[0] = 0;
    while (*text) {
        bool removed;
        size_t bytes = strcspn(text, "\n") + 1;
        int of = item_of(text, bytes, &removed);
        if (of >= 0 && !fresh[of]) {
            self->items[of][0] = 0;
            fresh[of] = true;
        }
        if (!removed)
            strncat(of >= 0 ? self->items[of] : self->few, text, bytes);
        text += bytes;
    }
}

static void check_changes(const char *before, long long since, const char *now, long long revision)
{
    static parts whole;
    static char made[TEXT_SIZE];
    long long told;
    int pages;
    char *changes = catalogue_fetch(&fx, &bar, revision, since, 1 + (int)randombytes_uniform(12), &told, &pages);
    ck_assert_int_eq(told, since);
    memset(&whole, 0, sizeof whole);
    put_lines(&whole, before);
    put_lines(&whole, changes);
    snprintf(made, sizeof made, "%s", whole.few);
    for (int i = 0; i < ITEMS; i++)
        strcat(made, whole.items[i]);
    ck_assert_msg(strcmp(made, now) == 0, "from %lld to %lld:\n%s\nby\n%s\nis\n%s\nnot\n%s", since, revision, before,
                  changes, made, now);
    free(changes);
}

START_TEST(changes_lead_from_any_revision_to_the_current_one)
{
    static char texts[REVISIONS + 1][TEXT_SIZE];
    shelf now = {.taxes = 2};
    for (int i = 0; i < ITEMS; i++)
        now.has_item[i] = i % 3 != 0;
    for (int revision = 1; revision <= REVISIONS; revision++) {
        change(&now);
        write_text(&now, texts[revision]);
        ck_assert_int_eq(catalogue_send(&fx, &bar, revision - 1, texts[revision], 1 + randombytes_uniform(40)),
                         revision);
        for (int since = 1; since <= revision; since++)
            check_changes(texts[since], since, texts[revision], revision);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_random");
    TCase *cases = tcase_create("catalogue_random");
    tcase_set_timeout(cases, 240);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, changes_lead_from_any_revision_to_the_current_one);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
