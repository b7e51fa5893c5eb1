#!/bin/bash
# tests/threaded.sh PROGRAM... - print those of PROGRAM in which a second thread may run: what they are linked from
# starts one, transfers with libcurl, loads a plugin or starts another program. A program takes in only those objects
# that it calls, so this follows from the link. A script is printed too.
set -u

able=' (pthread_create|thrd_create|MHD_start_daemon|curl_(easy|multi)_perform|dlopen|exec[lv][a-z]*|posix_spawnp?|system|popen)(@|$)'
kept=0

for program in "$@"; do
    if [[ $program == *.sh ]] || nm --undefined-only "$program" | grep -qE "$able"; then
        echo "$program"
        kept=$((kept + 1))
    fi
done
echo "threads may run in $kept of $# tests" >&2
