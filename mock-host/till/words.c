/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a script's line apart. Deliberately small: no expressions, no nesting, so that what a script types is what
 * stands there.
 */
#include "words.h"

#include <ctype.h>
#include <string.h>

struct words_reader {
    struct words *words;
    const struct variables *variables;
    const char *at;
    size_t used;
};

bool variables_set(struct variables *variables, const char *name, const char *value, struct fault *fault)
{
    size_t i = 0;
    if (name[0] == '\0' || strlen(name) >= VARIABLE_NAME_BYTES ||
        strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
        return fault_set(fault, "\"%s\" is no name for a variable: letters, digits and _, at most %d", name,
                         VARIABLE_NAME_BYTES - 1);
    if (strlen(value) >= VARIABLE_VALUE_BYTES)
        return fault_set(fault, "the value of %s is too long: at most %d bytes", name, VARIABLE_VALUE_BYTES - 1);
    while (i < variables->count && strcmp(variables->entry[i].name, name) != 0)
        i++;
    if (i == VARIABLES_MAX)
        return fault_set(fault, "too many variables: at most %d", VARIABLES_MAX);
    if (i == variables->count)
        variables->count++;
    strcpy(variables->entry[i].name, name);
    strcpy(variables->entry[i].value, value);
    return true;
}

const char *variables_get(const struct variables *variables, const char *name)
{
    for (size_t i = 0; i < variables->count; i++) {
        if (strcmp(variables->entry[i].name, name) == 0)
            return variables->entry[i].value;
    }
    return NULL;
}

static bool words_put(struct words_reader *reader, char c, struct fault *fault)
{
    if (reader->used + 2 > sizeof reader->words->buffer)
        return fault_set(fault, "the line is too long");
    reader->words->buffer[reader->used++] = c;
    return true;
}

static bool words_read_variable(struct words_reader *reader, struct fault *fault)
{
    char name[VARIABLE_NAME_BYTES];
    const char *end = strchr(reader->at, '}');
    size_t length = end != NULL ? (size_t)(end - reader->at) - 2 : 0;
    if (end == NULL || length == 0 || length >= sizeof name)
        return fault_set(fault, "${ without a name and }");
    memcpy(name, reader->at + 2, length);
    name[length] = '\0';
    const char *value = variables_get(reader->variables, name);
    if (value == NULL)
        return fault_set(fault, "${%s} was never set (set, mail)", name);
    reader->at = end + 1;
    for (; *value != '\0'; value++) {
        if (!words_put(reader, *value, fault))
            return false;
    }
    return true;
}

static bool words_read_escape(struct words_reader *reader, struct fault *fault)
{
    char c = reader->at[1];
    if (c != '"' && c != '\\' && c != 'n')
        return fault_set(fault, "in \"...\" a backslash stands before \" or \\ or n only");
    reader->at += 2;
    return words_put(reader, c == 'n' ? '\n' : c, fault);
}

static bool words_read_word(struct words_reader *reader, struct fault *fault)
{
    bool quoted = false;
    while (*reader->at != '\0' && (quoted || !isspace((unsigned char)*reader->at))) {
        bool ok;
        if (reader->at[0] == '$' && reader->at[1] == '{') {
            ok = words_read_variable(reader, fault);
        } else if (*reader->at == '"') {
            quoted = !quoted;
            reader->at++;
            ok = true;
        } else if (quoted && *reader->at == '\\') {
            ok = words_read_escape(reader, fault);
        } else {
            ok = words_put(reader, *reader->at++, fault);
        }
        if (!ok)
            return false;
    }
    if (quoted)
        return fault_set(fault, "a \" is missing at the end");
    if (reader->used == sizeof reader->words->buffer)
        return fault_set(fault, "the line is too long");
    reader->words->buffer[reader->used++] = '\0';
    return true;
}

bool words_split(struct words *words, const char *line, const struct variables *variables, struct fault *fault)
{
    struct words_reader reader = {.words = words, .variables = variables, .at = line};
    words->count = 0;
    for (;;) {
        while (isspace((unsigned char)*reader.at))
            reader.at++;
        if (*reader.at == '\0' || *reader.at == '#')
            return true;
        if (words->count == WORDS_MAX)
            return fault_set(fault, "too many words in a line: at most %d; put \"...\" around a text", WORDS_MAX);
        words->word[words->count] = words->buffer + reader.used;
        if (!words_read_word(&reader, fault))
            return false;
        words->count++;
    }
}
