/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz/replay.c - runs a fuzzer as a test: every input of its corpus, then mutations of them from a fixed seed.
 *
 * Each runs in a process of Check's; the input that is being tried stands in memory that is shared with it, so that
 * whatever kills it leaves the input behind, as a file beside the program.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <sys/mman.h>

#include "fuzz/fuzz.h"

#define INPUT_MAX  4096u /* of a file of the corpus */
#define FILES_MAX  50
#define GROWTH_MAX 1024u /* of a mutation */
#define SEED       UINT64_C(20261121)

typedef struct sample {
    size_t size;
    uint8_t bytes[INPUT_MAX];
} sample;

static sample corpus[FILES_MAX];
static unsigned corpus_count;
static uint64_t dice = SEED;

/* Shared with the processes that try it. */
static struct {
    size_t size;
    uint8_t bytes[INPUT_MAX + GROWTH_MAX];
} * tried;

static uint32_t roll(uint32_t below)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (uint32_t)((dice >> 16) % below);
}

/* ---- the corpus ---- */

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void read_file(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || corpus_count == FILES_MAX) {
        fprintf(stderr, "%s: %s\n", path, file ? "more than 50 files in the corpus" : strerror(errno));
        exit(EXIT_FAILURE);
    }
    sample *s = &corpus[corpus_count++];
    s->size = fread(s->bytes, 1, sizeof s->bytes, file);
    bool whole = fgetc(file) == EOF;
    fclose(file);
    if (!whole) {
        fprintf(stderr, "%s: more than %u bytes\n", path, INPUT_MAX);
        exit(EXIT_FAILURE);
    }
}

/* In the order of their names: mutations depend on it. */
static void read_corpus(const char *name)
{
    char folder[256];
    struct dirent **entries = NULL;
    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", name);
    int count = scandir(folder, &entries, is_file, alphasort);
    for (int i = 0; i < count; i++) {
        read_file(folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (corpus_count == 0) {
        fprintf(stderr, "%s: there is no corpus (run from the project's folder)\n", folder);
        exit(EXIT_FAILURE);
    }
}

/* ---- mutations ---- */

static size_t room(void)
{
    return sizeof tried->bytes - tried->size;
}

static void change_byte(void)
{
    static const uint8_t telling[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '"', '{', '}',
                                      '[',  ']',  ',',  ':',  '\\', '9', '-', '\n'};
    uint32_t at = roll((uint32_t)tried->size);
    uint32_t how = roll(3);
    if (how == 0)
        tried->bytes[at] ^= (uint8_t)(1u << roll(8));
    else
        tried->bytes[at] = how == 1 ? (uint8_t)roll(256) : telling[roll(sizeof telling)];
}

static void cut_out(void)
{
    uint32_t at = roll((uint32_t)tried->size), length = 1 + roll(16);
    if (length > tried->size - at)
        length = (uint32_t)tried->size - at;
    memmove(tried->bytes + at, tried->bytes + at + length, tried->size - at - length);
    tried->size -= length;
}

/* Something of another input, or of this one again. */
static void put_in(void)
{
    const sample *from = &corpus[roll(corpus_count)];
    uint32_t length = 1 + roll(64), at = roll((uint32_t)tried->size + 1);
    if (from->size == 0 || length > room())
        return;
    uint32_t start = roll((uint32_t)from->size);
    if (length > from->size - start)
        length = (uint32_t)from->size - start;
    memmove(tried->bytes + at + length, tried->bytes + at, tried->size - at);
    memcpy(tried->bytes + at, from->bytes + start, length);
    tried->size += length;
}

static void mutate(void)
{
    const sample *from = &corpus[roll(corpus_count)];
    memcpy(tried->bytes, from->bytes, from->size);
    tried->size = from->size;
    for (uint32_t i = 1 + roll(6); i > 0; i--) {
        uint32_t how = tried->size == 0 ? 7 : roll(8);
        if (how < 5)
            change_byte();
        else if (how == 5)
            cut_out();
        else
            put_in();
    }
}

/* ---- tests ---- */

static void try_it(void)
{
    uint8_t *exact = malloc(tried->size > 0 ? tried->size : 1); /* so that a byte too far is seen */
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, tried->bytes, tried->size);
    ck_assert_int_eq(LLVMFuzzerTestOneInput(exact, tried->size), 0);
    free(exact);
}

START_TEST(test_nothing)
{
    tried->size = 0;
    try_it();
}
END_TEST

START_TEST(test_corpus)
{
    for (unsigned i = 0; i < corpus_count; i++) {
        memcpy(tried->bytes, corpus[i].bytes, corpus[i].size);
        tried->size = corpus[i].size;
        try_it();
    }
}
END_TEST

START_TEST(test_mutations)
{
    for (unsigned i = 0; i < fuzz_mutations; i++) {
        mutate();
        try_it();
    }
}
END_TEST

static void keep_input(const char *program)
{
    char path[512];
    snprintf(path, sizeof path, "%s.failing", program);
    FILE *file = fopen(path, "wb");
    if (file && fwrite(tried->bytes, 1, tried->size, file) == tried->size)
        printf("The input that failed: %s\n", path);
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    const char *name = argc > 0 ? strstr(argv[0], "/test_") : NULL;
    /* cppcheck-suppress invalidFunctionArg ; memory of no file */
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!name || tried == MAP_FAILED)
        return EXIT_FAILURE;
    while (strstr(name + 1, "/test_"))
        name = strstr(name + 1, "/test_");
    read_corpus(name + strlen("/test_"));
    Suite *suite = suite_create("a fuzzer's corpus and mutations of it");
    TCase *tcase = tcase_create(name + 1);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_nothing);
    tcase_add_test(tcase, test_corpus);
    tcase_add_test(tcase, test_mutations);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (failed > 0)
        keep_input(argv[0]);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
