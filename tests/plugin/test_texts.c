/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_texts.c - all words are there in both languages, are used, and have the same places. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texts/texts.h"

typedef struct entry {
    const char *name, *english, *spanish;
    int plural; /* 1: of one, 2: of other */
} entry;

#define TEXT(id, en, es) {"TEXT_" #id, en, es, 0},
#define PLURAL(id, en_one, en_other, es_one, es_other)                                                                 \
    {"TEXT_" #id, en_one, es_one, 1}, {"TEXT_" #id, en_other, es_other, 2},
static const entry entries[] = {
#include "texts/words.def"
};
#undef TEXT
#undef PLURAL
#define ENTRIES (sizeof entries / sizeof *entries)

/* Bit n: the place {n} is there. Fails on braces that are no place. */
static unsigned find_places(const entry *e, const char *text)
{
    unsigned places = 0;
    for (const char *p = strpbrk(text, "{}"); p; p = strpbrk(p + 1, "{}")) {
        ck_assert_msg(p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}', "%s: a stray brace: %s", e->name, text);
        places |= 1u << (p[1] - '0');
        p += 2;
    }
    return places;
}

START_TEST(test_table_is_complete)
{
    ck_assert_uint_eq(ENTRIES, TEXT_COUNT - 1);
    for (size_t i = 0; i < ENTRIES; i++) {
        const entry *e = &entries[i];
        ck_assert_msg(*e->english && *e->spanish, "%s lacks a language", e->name);
        ck_assert_str_eq(texts_get(TEXTS_ENGLISH, (text_id)(i + 1)), e->english);
        ck_assert_str_eq(texts_get(TEXTS_SPANISH, (text_id)(i + 1)), e->spanish);
        ck_assert_msg(!strchr(e->english, '%') && !strchr(e->spanish, '%'), "%s has a %%", e->name);
        ck_assert_msg(!strstr(e->english, "  ") && !strstr(e->spanish, "  "), "%s has two spaces", e->name);
    }
    ck_assert_str_eq(texts_get(TEXTS_ENGLISH, TEXT_NONE), "");
    ck_assert_str_eq(texts_get(TEXTS_ENGLISH, TEXT_COUNT), "");
}
END_TEST

START_TEST(test_places_are_the_same)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        const entry *e = &entries[i];
        unsigned english = find_places(e, e->english);
        ck_assert_msg(english == find_places(e, e->spanish), "%s: places differ between the languages", e->name);
        if (e->plural == 2)
            ck_assert_msg(english == find_places(e, entries[i - 1].english), "%s: places differ between the forms",
                          e->name);
        if (e->plural != 0)
            ck_assert_msg(english & 2u, "%s: a plural without its number in {1}", e->name);
    }
}
END_TEST

/* A sentence ends alike in both languages: a full stop that was forgotten is seen at once on a screen. */
START_TEST(test_ends_are_the_same)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        const char *en = entries[i].english, *es = entries[i].spanish;
        char a = en[strlen(en) - 1], b = es[strlen(es) - 1];
        ck_assert_msg((a == '.') == (b == '.') && (a == '?') == (b == '?'), "%s: ends differ", entries[i].name);
    }
}
END_TEST

static char *read_file(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    char *text = calloc(1, 1 << 18);
    ck_assert_uint_lt(fread(text, 1, (1 << 18) - 1, file), (1 << 18) - 1);
    fclose(file);
    return text;
}

static int has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", p[length]) || p[length] == '\0')
            return 1;
    return 0;
}

static void mark_used(const char *folder, unsigned char *used)
{
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "%s is not here: run the tests in the project's root", folder);
    for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
        size_t length = strlen(d->d_name);
        if (length < 3 || strcmp(d->d_name + length - 2, ".c") != 0)
            continue;
        char *text = read_file(folder, d->d_name);
        for (size_t i = 0; i < ENTRIES; i++)
            used[i] |= (unsigned char)has_word(text, entries[i].name);
        free(text);
    }
    closedir(dir);
}

START_TEST(test_every_text_is_used)
{
    unsigned char used[ENTRIES] = {0};
    mark_used("plugin/screens", used);
    mark_used("plugin/texts", used);
    for (size_t i = 0; i < ENTRIES; i++)
        if (strncmp(entries[i].name, "TEXT_MONTH_", 11) != 0) /* reached by counting from the first */
            ck_assert_msg(used[i], "%s is used nowhere", entries[i].name);
}
END_TEST

START_TEST(test_languages)
{
    ck_assert_int_eq(texts_find_language("es"), TEXTS_SPANISH);
    ck_assert_int_eq(texts_find_language("es-MX"), TEXTS_SPANISH);
    ck_assert_int_eq(texts_find_language("ES_es"), TEXTS_SPANISH);
    ck_assert_int_eq(texts_find_language("est"), TEXTS_ENGLISH);
    ck_assert_int_eq(texts_find_language("e"), TEXTS_ENGLISH);
    ck_assert_int_eq(texts_find_language(""), TEXTS_ENGLISH);
    ck_assert_int_eq(texts_find_language("de"), TEXTS_ENGLISH);
    ck_assert_int_eq(texts_find_language(NULL), TEXTS_ENGLISH);
}
END_TEST

START_TEST(test_fill)
{
    char out[32];
    const char *two[] = {"one", "two"};
    ck_assert_uint_eq(texts_fill(out, sizeof out, "{2} and {1}.", two, 2), 12);
    ck_assert_str_eq(out, "two and one.");
    texts_fill(out, sizeof out, "{1}{3}{9}!", two, 2);
    ck_assert_str_eq(out, "one!");
    texts_fill(out, sizeof out, "{0} {x} {1", two, 2);
    ck_assert_str_eq(out, "{0} {x} {1");
    const char *sly[] = {"{2} %n {1}", NULL};
    texts_fill(out, sizeof out, "<{1}{2}>", sly, 2);
    ck_assert_str_eq(out, "<{2} %n {1}>");
    ck_assert_uint_eq(texts_fill(NULL, 0, "x", two, 2), 0);
}
END_TEST

START_TEST(test_cut_at_a_character)
{
    char out[8];
    const char *name[] = {"ñoñería"};
    for (size_t room = 1; room <= sizeof out; room++) {
        memset(out, 'x', sizeof out);
        size_t wrote = texts_fill(out, room, "{1}€{1}", name, 1);
        ck_assert_uint_lt(wrote, room);
        ck_assert_uint_eq(strlen(out), wrote);
        ck_assert_msg(memcmp(out, "ñoñería", wrote) == 0, "%s", out);
        ck_assert((out[wrote] & 0x80) == 0 && ("ñoñería"[wrote] & 0xc0) != 0x80);
    }
    ck_assert_uint_eq(texts_copy(out, 3, "a€"), 1);
    ck_assert_str_eq(out, "a");
}
END_TEST

START_TEST(test_plural)
{
    ck_assert_int_eq(texts_choose_plural(TEXT_REPORTS, 1), TEXT_REPORTS);
    ck_assert_int_eq(texts_choose_plural(TEXT_REPORTS, 0), TEXT_REPORTS_OTHER);
    ck_assert_int_eq(texts_choose_plural(TEXT_REPORTS, 2), TEXT_REPORTS_OTHER);
    ck_assert_int_eq(texts_choose_plural(TEXT_REPORTS, -1), TEXT_REPORTS_OTHER);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("texts");
    TCase *tcase = tcase_create("words");
    tcase_add_test(tcase, test_table_is_complete);
    tcase_add_test(tcase, test_places_are_the_same);
    tcase_add_test(tcase, test_ends_are_the_same);
    tcase_add_test(tcase, test_every_text_is_used);
    tcase_add_test(tcase, test_languages);
    tcase_add_test(tcase, test_fill);
    tcase_add_test(tcase, test_cut_at_a_character);
    tcase_add_test(tcase, test_plural);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
