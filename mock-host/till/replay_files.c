/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the files of a replay and merges them, one line of each at a time.
 */
#include "replay_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replay.h"

/* True where the file was opened, or is not there (and that is fine: *is_open false). */
static bool replay_open_in_folder(struct replay_file *file, const char *folder, const char *name, struct fault *fault)
{
    static const char *const endings[] = {"", ".gz"};
    for (size_t i = 0; i < 2; i++) {
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s%s", folder, name, endings[i]) >= (int)sizeof path)
            return fault_set(fault, "the folder's name is too long");
        if (access(path, F_OK) != 0)
            continue;
        file->is_open = ndjson_open(&file->reader, path, fault);
        return file->is_open;
    }
    return true;
}

static bool replay_open_path(struct replay_files *files, const char *path, struct fault *fault)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return fault_set(fault, "cannot read %s: %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode)) {
        files->file[0].is_open = ndjson_open(&files->file[0].reader, path, fault);
        return files->file[0].is_open;
    }
    if (!replay_open_in_folder(&files->file[0], path, "z.ndjson", fault) ||
        !replay_open_in_folder(&files->file[1], path, "x.ndjson", fault))
        return false;
    if (files->file[0].is_open || files->file[1].is_open)
        return true;
    return fault_set(fault, "%s has neither z.ndjson nor x.ndjson, plain or with .gz behind", path);
}

struct replay_files *replay_files_open(const char *path, struct fault *fault)
{
    struct replay_files *files = calloc(1, sizeof *files);
    if (files == NULL) {
        (void)fault_set(fault, "no memory to read %s", path);
        return NULL;
    }
    if (replay_open_path(files, path, fault))
        return files;
    replay_files_close(files);
    return NULL;
}

static void replay_read_one(struct replay_files *files, struct replay_file *file)
{
    struct fault fault;
    file->has_line = false;
    while (file->is_open && !file->has_line) {
        switch (ndjson_next(&file->reader, &fault)) {
        case NDJSON_LINE:
            file->has_line = replay_line_read(&file->line, file->reader.line, file->reader.length, &fault);
            if (!file->has_line) {
                (void)fprintf(stderr, "%s:%" PRId64 ": %s\n", file->reader.path, file->reader.line_number, fault.text);
                files->broken_lines++;
            }
            break;
        case NDJSON_BAD_LINE:
            (void)fprintf(stderr, "%s\n", fault.text);
            files->broken_lines++;
            break;
        case NDJSON_FAILED:
            files->failed = true;
            files->fault = fault;
            ndjson_close(&file->reader);
            file->is_open = false;
            break;
        default:
            ndjson_close(&file->reader);
            file->is_open = false;
            break;
        }
    }
}

static bool replay_is_before(const struct replay_file *a, const struct replay_file *b)
{
    if (a->line.time_ms != b->line.time_ms)
        return a->line.time_ms < b->line.time_ms;
    return a->line.kind == POS_REPORT_X && b->line.kind == POS_REPORT_Z;
}

bool replay_files_next(struct replay_files *files)
{
    struct replay_file *a = &files->file[0];
    struct replay_file *b = &files->file[1];
    if (files->next == NULL || files->next == a)
        replay_read_one(files, a);
    if (files->next == NULL || files->next == b)
        replay_read_one(files, b);
    files->next = a;
    if (b->has_line && (!a->has_line || replay_is_before(b, a)))
        files->next = b;
    return files->next->has_line;
}

void replay_files_close(struct replay_files *files)
{
    for (size_t i = 0; i < 2; i++) {
        if (files->file[i].is_open)
            ndjson_close(&files->file[i].reader);
    }
    free(files);
}

bool replay_peek(const char *path, char register_id[DATABASE_REGISTER_BYTES], int64_t *first_ms, struct fault *fault)
{
    struct replay_files *files = replay_files_open(path, fault);
    if (files == NULL)
        return false;
    bool found = replay_files_next(files);
    if (found) {
        memcpy(register_id, files->next->line.register_id, DATABASE_REGISTER_BYTES);
        *first_ms = files->next->line.time_ms;
    } else {
        (void)fault_set(fault, "%s has no report in it%s%s", path, files->failed ? ": " : "", files->fault.text);
    }
    replay_files_close(files);
    return found;
}
