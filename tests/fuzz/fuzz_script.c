/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script language of the mock till: lines out of a file, words out of lines, commands and their arguments. Commands
 * that need a till are only looked up, not run.
 *
 * Asked of each: the lines that are read are those that are there; words that were taken apart, quoted and put together
 * again, are the same words; a variable says what it was set to; what a command refuses, it says why.
 */
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "till/calendar.h"
#include "till/options.h"
#include "till/run.h"

const unsigned fuzz_mutations = 15000;

#define INPUT_BYTES_MAX 16384 /* all of it goes into a pipe at once */
#define QUOTED_BYTES    (8 * INPUT_LINE_BYTES)

static struct run run;

static void require_words_again(const struct words *words, const struct variables *variables)
{
    static char quoted[QUOTED_BYTES];
    static struct words again;
    struct fault fault;
    size_t used = 0;
    for (size_t i = 0; i < words->count; i++) {
        quoted[used++] = '"';
        for (const char *c = words->word[i]; *c != '\0' && used + 8 < sizeof quoted; c++) {
            if (*c == '"' || *c == '\\')
                quoted[used++] = '\\';
            if (*c == '{' && c > words->word[i] && c[-1] == '$') { /* no variable: the $ stands in quotes of its own */
                quoted[used++] = '"';
                quoted[used++] = '"';
            }
            quoted[used++] = *c;
        }
        quoted[used++] = '"';
        quoted[used++] = ' ';
    }
    quoted[used] = '\0';
    FUZZ_REQUIRE(words_split(&again, quoted, variables, &fault));
    FUZZ_REQUIRE(again.count == words->count);
    for (size_t i = 0; i < words->count; i++)
        FUZZ_REQUIRE(strcmp(again.word[i], words->word[i]) == 0);
}

static void try_argument(const char *text)
{
    int64_t duration_ms = -1, wall_ms;
    int32_t minute = -1;
    if (run_parse_duration(text, &duration_ms))
        FUZZ_REQUIRE(duration_ms >= 0 && duration_ms <= 10000 * CALENDAR_DAY_MS);
    if (options_parse_minute(text, &minute))
        FUZZ_REQUIRE(minute >= 0 && minute < 24 * 60);
    (void)calendar_parse_local(text, &wall_ms);
}

/* What runs without a till. */
static bool is_pure(const char *name)
{
    static const char *const pure[] = {"set", "print", "help", "quit"};
    for (size_t i = 0; i < sizeof pure / sizeof *pure; i++) {
        if (strcmp(pure[i], name) == 0)
            return true;
    }
    for (const struct verb *verb = run_verbs; verb->name != NULL; verb++) {
        if (strcmp(verb->name, name) == 0)
            return false;
    }
    return true; /* no command at all */
}

static void try_line(const char *line)
{
    static struct words words;
    run.fault.text[0] = '\0';
    if (!words_split(&words, line, &run.variables, &run.fault)) {
        FUZZ_REQUIRE(run.fault.text[0] != '\0' && run_line(&run, line) == RUN_USAGE);
        return;
    }
    FUZZ_REQUIRE(words.count <= WORDS_MAX);
    for (size_t i = 0; i < words.count; i++) {
        FUZZ_REQUIRE(words.word[i] >= words.buffer && words.word[i] < words.buffer + sizeof words.buffer);
        FUZZ_REQUIRE(fuzz_ends(words.word[i], (size_t)(words.buffer + sizeof words.buffer - words.word[i])));
        try_argument(words.word[i]);
    }
    require_words_again(&words, &run.variables);
    if (words.count > 0 && !is_pure(words.word[0]))
        return;
    enum run_result result = run_line(&run, line);
    FUZZ_REQUIRE(result >= RUN_OK && result <= RUN_QUIT);
    FUZZ_REQUIRE(result == RUN_OK || result == RUN_QUIT || run.fault.text[0] != '\0');
    if (result == RUN_OK && words.count == 3 && strcmp(words.word[0], "set") == 0) {
        const char *value = variables_get(&run.variables, words.word[1]);
        FUZZ_REQUIRE(value != NULL && strcmp(value, words.word[2]) == 0);
    }
}

/* The line that should come now; -1: none. */
static ptrdiff_t next_length(const uint8_t *at, size_t left)
{
    const uint8_t *end = left > 0 ? memchr(at, '\n', left) : NULL;
    return end ? end - at : left > 0 ? (ptrdiff_t)left : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *out;
    size = size < INPUT_BYTES_MAX ? size : INPUT_BYTES_MAX;
    static struct input input;
    static char line[INPUT_LINE_BYTES];
    if (!out)
        out = fopen("/dev/null", "w");
    int ends[2];
    FUZZ_REQUIRE(out && pipe(ends) == 0 && (size == 0 || write(ends[1], data, size) == (ssize_t)size));
    close(ends[1]);
    run_start(&run, NULL, out);
    input_start(&input, ends[0]);
    for (;;) {
        enum input_result result = input_next(&input, true, line);
        if (result == INPUT_NOTHING_YET)
            continue;
        ptrdiff_t length = next_length(data, size);
        FUZZ_REQUIRE((result == INPUT_END) == (length < 0));
        if (result != INPUT_LINE)
            break;
        size_t text_bytes = strlen(line);
        FUZZ_REQUIRE((ptrdiff_t)text_bytes <= length && memcmp(line, data, text_bytes) == 0);
        try_line(line);
        size_t gone = (size_t)length < size ? (size_t)length + 1 : size;
        data += gone;
        size -= gone;
    }
    input_wipe(&input);
    run_end(&run);
    close(ends[0]);
    return 0;
}
