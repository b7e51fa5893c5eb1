/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/screen_film.h - a walk through the pages as one transcript, compared with one that a person has read.
 *
 * The transcripts lie in tests/support/screen_golden_*.txt. After a wanted change of words or pages, run the test with
 * SCREEN_GOLDEN=write and read the difference before it is committed.
 */
#ifndef SUPPORT_SCREEN_FILM_H
#define SUPPORT_SCREEN_FILM_H

#include "support/screen_bench.h"

typedef struct film {
    char text[262144];
    size_t length;
} film;

static film roll;

static inline void say(const char *text)
{
    size_t length = strlen(text);
    ck_assert_uint_lt(roll.length + length, sizeof roll.text);
    memcpy(roll.text + roll.length, text, length + 1);
    roll.length += length;
}

/* Waits are drawn by lot in the core: "in 4 seconds" is written down as "in ~". */
static inline void say_without_waits(const char *text)
{
    static const char *const units[] = {" second", " minute", " hour", " segundo", " minuto", " hora"};
    char *copy = strdup(text), *to = copy;
    for (const char *p = text; *p;) {
        size_t digits = strspn(p, "0123456789"), unit = 0;
        for (size_t i = 0; digits > 0 && i < sizeof units / sizeof *units; i++)
            if (strncmp(p + digits, units[i], strlen(units[i])) == 0)
                unit = strlen(units[i]) + strspn(p + digits + strlen(units[i]), "s");
        if (unit == 0) {
            *to++ = *p++;
            continue;
        }
        *to++ = '~';
        p += digits + unit;
    }
    *to = '\0';
    say(copy);
    free(copy);
}

static inline void shoot(bench *b, const char *scene)
{
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    say("#### ");
    say(scene);
    say("\n");
    say_without_waits(b->page.text);
    say("\n");
}

static inline void shoot_line(bench *b, const char *scene)
{
    char line[400], numbered[440];
    uint32_t attention;
    screens_status(b->screens, b->now, &attention, line, sizeof line);
    snprintf(numbered, sizeof numbered, "%u | %s\n\n", attention, line);
    say("#### status bar, ");
    say(scene);
    say("\n");
    say(numbered);
}

/* The answer to one request, instead of the usual one; the failed request and its page are shown. */
static inline void shoot_refusal(bench *b, const char *scene, const char *method, const char *path, int32_t status,
                                 const char *body, const char *button)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, method, path, status, body);
    b->cloud.rules[rules].retry_after_ms = status == 429 || status == 503 ? 30000 : -1;
    bench_press_and_wait(b, button);
    shoot(b, scene);
    b->cloud.rule_count = rules;
}

static inline void shoot_outage(bench *b, const char *scene, net_outcome how, const char *method, const char *path,
                                const char *button)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, method, path, 0, NULL);
    b->cloud.rules[rules].outcome = how;
    bench_press_and_wait(b, button);
    shoot(b, scene);
    b->cloud.rule_count = rules;
}

static inline void compare(const char *path)
{
    static char golden[sizeof roll.text];
    FILE *file = fopen(path, "rb");
    size_t length = file ? fread(golden, 1, sizeof golden - 1, file) : 0;
    golden[length] = '\0';
    if (file)
        fclose(file);
    if (strcmp(golden, roll.text) == 0)
        return;
    size_t at = 0, line = 1;
    for (size_t i = 0; golden[i] == roll.text[i]; i++)
        if (golden[i] == '\n') {
            at = i + 1;
            line++;
        }
    ck_abort_msg("%s differs in line %zu:\n  there: %.*s\n  here:  %.*s", path, line, (int)strcspn(golden + at, "\n"),
                 golden + at, (int)strcspn(roll.text + at, "\n"), roll.text + at);
}

/* Compares the roll with tests/support/screen_golden_<name>_<language>.txt, or writes it there if asked to. */
static inline void film_develop(const char *name, const char *language)
{
    char path[120];
    const char *mode = getenv("SCREEN_GOLDEN");
    snprintf(path, sizeof path, "tests/support/screen_golden_%s_%s.txt", name, language);
    if (mode && strcmp(mode, "write") == 0) {
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(roll.text, 1, roll.length, file), roll.length);
        fclose(file);
    }
    compare(path);
}

#endif
