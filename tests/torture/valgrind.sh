#!/bin/bash
# tests/torture/valgrind.sh PROGRAM - run a torture test under valgrind: any error, and any memory that is lost, fails it.
#
# A forked child has the memory of its parent's threads and not the threads: what those had in hand is no leak, so
# nothing is counted where the host forks.
set -u

case $1 in
*/test_fork) leaks=no ;;
*) leaks=full ;;
esac
exec valgrind --quiet --error-exitcode=99 --leak-check=$leaks --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite "$1"
