/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay_files.h - the one or two files of a replay, merged by time.
 */
#ifndef TILL_REPLAY_FILES_H
#define TILL_REPLAY_FILES_H

#include "ndjson.h"
#include "replay_line.h"

struct replay_file {
    struct ndjson reader;
    struct replay_line line; /* of the line that reader holds */
    bool has_line;
    bool is_open;
};

struct replay_files {
    struct replay_file file[2];
    struct replay_file *next; /* the file with the line to take */
    int64_t broken_lines;
    bool failed; /* a file ended before its end */
    struct fault fault;
};

/* NULL: nothing there to read. */
struct replay_files *replay_files_open(const char *path, struct fault *fault);

/* Moves on to the next report by time; an X before a Z of the same moment. Broken lines are told on stderr, counted and
 * passed over. False: there are no more. */
bool replay_files_next(struct replay_files *files);

void replay_files_close(struct replay_files *files);

#endif
