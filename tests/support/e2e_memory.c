/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/PID/mem where /proc/PID/maps says that there is memory; see the header. */
#define _GNU_SOURCE /* memmem */ /* NOLINT */
#include "support/e2e_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAPPING_BYTES_MAX (512UL << 20)

typedef struct search {
    const char *needle;
    size_t length;
    void (*found)(void *context, e2e_memory_hit hit);
    void *context;
    size_t hits;
} search;

static void search_bytes(search *self, const char *bytes, size_t size, const char *mapping)
{
    const char *at = bytes;
    while ((at = memmem(at, size - (size_t)(at - bytes), self->needle, self->length)) != NULL) {
        size_t before = (size_t)(at - bytes);
        self->hits++;
        if (self->found)
            self->found(self->context,
                        (e2e_memory_hit){.text = at,
                                         .before = before < E2E_MEMORY_BEFORE ? before : E2E_MEMORY_BEFORE,
                                         .after = size - before,
                                         .mapping = mapping});
        at++;
    }
}

/* A mapping that can't be read (guard pages, what the kernel keeps for itself) has nothing of ours. */
static size_t read_mapping(int memory, unsigned long from, char *bytes, size_t size)
{
    size_t used = 0;
    while (used < size) {
        ssize_t got = pread(memory, bytes + used, size - used, (off_t)(from + used));
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    return used;
}

static void search_mapping(search *self, int memory, const char *line)
{
    unsigned long from, to;
    char rights[8];
    int name_at = 0;
    if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %n", &from, &to, rights, &name_at) != 3 || rights[0] != 'r' ||
        to - from > MAPPING_BYTES_MAX)
        return;
    char *bytes = malloc(to - from);
    ck_assert_ptr_nonnull(bytes);
    search_bytes(self, bytes, read_mapping(memory, from, bytes, to - from), name_at ? line + name_at : "");
    free(bytes);
}

size_t e2e_memory_search(pid_t pid, const char *needle, size_t length, void (*found)(void *context, e2e_memory_hit hit),
                         void *context)
{
    search self = {needle, length, found, context, 0};
    char path[64], line[4096];
    int status;
    ck_assert_int_eq(kill(pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
    ck_assert_msg(WIFSTOPPED(status), "process %d ended", (int)pid);
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_msg(maps && memory >= 0, "cannot read the memory of process %d: %s", (int)pid, strerror(errno));
    while (fgets(line, sizeof line, maps)) {
        line[strcspn(line, "\n")] = 0;
        search_mapping(&self, memory, line);
    }
    fclose(maps);
    close(memory);
    ck_assert_int_eq(kill(pid, SIGCONT), 0);
    return self.hits;
}
